//! Policies: their statements, and the CAM documents that stand among them, sorted by name.

use super::names::PolicyDef;
use super::notes::{NoteOf, Noted};
use super::{Documents, Resolver};
use crate::model::read::{Place, check_action, shown};
use crate::model::{Policy, PolicyId, PolicyKind};
use passgate_grammar::tree::{PolicyBody, Statement};
use passgate_grammar::{Diagnostic, Span, code};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The version of a policy that does not say one.
pub(super) const VERSION: &str = "2.0";

impl Resolver<'_> {
    /// All policies of the set, and which of them came as boundary.
    pub(super) fn policies(&mut self, mut documents: Documents) -> (Vec<Policy>, Vec<PolicyId>) {
        let mut all = Vec::with_capacity(self.names.policies.len() + documents.loose.len());
        for place in 0..self.names.policies.len() {
            all.extend(self.policy(place, &mut documents));
        }
        for instance in self.instances() {
            if self.not_written(&instance) {
                all.push(instance);
            }
        }
        for document in documents.loose {
            self.document(&document);
            match self.names.policy(&document.name) {
                Some(first) => self.named_twice(&document, first.policy.name.span),
                None => all.push(document),
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        self.each_named_once(&all);
        self.add_boundary(all, documents.boundary)
    }

    /// A boundary document keeps its name unless the set has one of that name.
    fn add_boundary(&mut self, mut all: Vec<Policy>, boundary: Vec<Policy>) -> (Vec<Policy>, Vec<PolicyId>) {
        let mut taken: HashSet<Arc<str>> = all.iter().map(|p| p.name.clone()).collect();
        let mut bounds = HashSet::new();
        for mut document in boundary {
            self.document(&document);
            let own = document.name.clone();
            let others = (2..).map(|n| format!("{own} ({n})").into());
            let name = std::iter::once(own.clone()).chain(others).find(|n| !taken.contains(n));
            document.name = name.unwrap_or(own);
            taken.insert(document.name.clone());
            bounds.insert(document.name.clone());
            all.push(document);
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        let ids = ids(&all).filter(|(policy, _)| bounds.contains(&policy.name)).map(|(_, id)| id).collect();
        (all, ids)
    }

    /// What catalogs say of the actions of a CAM document.
    fn document(&mut self, document: &Policy) {
        self.count_statements(document.statements.len(), document.span);
        for statement in &document.statements {
            for term in statement.actions.iter() {
                let place = Place::new(term.span);
                check_action(&term.kind, place, self.catalogs, self.settings, &mut self.out);
            }
            self.settle();
        }
    }

    fn policy(&mut self, place: usize, documents: &mut Documents) -> Option<Policy> {
        let PolicyDef { name, item, policy, file } = self.names.policies.get(place)?;
        let (name, item, policy, file): (Arc<str>, _, _, _) = (name.as_ref().into(), *item, *policy, *file);
        if !policy.params.is_empty() {
            self.template(place);
            return None;
        }
        let noted = self.policy_notes(item, &policy.body);
        let span = policy.name.span;
        match &policy.body {
            PolicyBody::Cam(file) => {
                let document = documents.named.remove(file)?;
                self.document(&document);
                Some(Policy { notes: noted.notes, ..document })
            }
            PolicyBody::Statements(written) => {
                self.count_statements(written.len(), span);
                let statements = self.statements_of(&name, policy.kind, file, written);
                let version = noted.version.unwrap_or_else(|| VERSION.into());
                let (kind, notes) = (policy.kind, noted.notes);
                Some(Policy { name, kind, version, notes, statements, span, document: None, instance: None })
            }
        }
    }

    fn statements_of(
        &mut self,
        name: &str,
        kind: PolicyKind,
        file: usize,
        written: &[Statement],
    ) -> Vec<crate::model::Statement> {
        let mut statements = Vec::with_capacity(written.len());
        let mut ids: HashMap<Arc<str>, Span> = HashMap::new();
        for (place, statement) in written.iter().enumerate() {
            let noted = self.statement_notes(statement, &mut ids);
            let id = match &noted.id {
                Some(id) => format!("{name}#{id}"),
                None => format!("{name}#{}", place + 1),
            };
            statements.push(self.statement(id.into(), noted.notes, kind, file, statement));
            self.settle();
        }
        statements
    }

    /// What stands before a statement; its id is its own in the policy.
    pub(super) fn statement_notes(
        &mut self,
        statement: &Statement,
        ids: &mut HashMap<Arc<str>, Span>,
    ) -> Noted {
        let of = if statement.deny { NoteOf::Deny } else { NoteOf::Allow };
        let mut noted = self.noted(&statement.before, of, statement.span);
        if let Some(id) = &noted.id
            && let Some(first) = ids.insert(id.clone(), noted.id_span)
        {
            let message = format!("two statements of this policy have the id `{}`", shown(id));
            let told = Diagnostic::error(code::BAD_NOTE, noted.id_span, message);
            self.out.push(told.label(first, "first here"));
            noted.id = None;
        }
        noted
    }

    /// Counts statements; `false` beyond the limit, which is told once.
    pub(super) fn count_statements(&mut self, count: usize, span: Span) -> bool {
        let before = self.statements;
        self.statements = before.saturating_add(count);
        let most = self.most.statements;
        if before <= most && self.statements > most {
            let message = format!("a policy set has at most {most} statements");
            self.out.push(Diagnostic::error(code::LIMIT, span, message));
        }
        self.statements <= most
    }

    /// No policy is called like an instance.
    fn not_written(&mut self, instance: &Policy) -> bool {
        let first = self.names.policy(&instance.name);
        if let Some(first) = first {
            let message =
                format!("policy `{}` is called like an instance of a template", shown(&instance.name));
            let told = Diagnostic::error(code::DUPLICATE_NAME, first.policy.name.span, message);
            self.out.push(told.label(instance.span, "this template").help("choose another name"));
        }
        first.is_none()
    }

    fn named_twice(&mut self, document: &Policy, first: Span) {
        let message = format!("policy `{}` is defined twice: by a file of this name too", document.name);
        let top = Span { end: document.span.start, ..document.span };
        let told = Diagnostic::error(code::DUPLICATE_NAME, top, message);
        let help = format!("rename the file, or keep it by `policy NAME = cam \"{}.json\"`", document.name);
        self.out.push(told.label(first, "first defined here").help(help));
    }

    /// Documents of one name in several folders.
    fn each_named_once(&mut self, sorted: &[Policy]) {
        for pair in sorted.windows(2) {
            if let [first, second] = pair
                && first.name == second.name
            {
                self.named_twice(second, first.span);
            }
        }
    }
}

/// Policies with their ids.
pub(crate) fn ids(policies: &[Policy]) -> impl Iterator<Item = (&Policy, PolicyId)> {
    let id = |place: usize| PolicyId(u32::try_from(place).unwrap_or(u32::MAX));
    policies.iter().enumerate().map(move |(place, policy)| (policy, id(place)))
}
