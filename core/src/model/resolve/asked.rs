//! Asserts that are asked of a model which has been read: texts beside its own, in which its names can be used.
//!
//! Names are those of the model, as if the text were one more file of the set. Bare names of actions mean the services
//! that any file of the set uses; where none does (documents, compiled files), those of all catalogs. Only asserts can
//! be asked, and `use` lines before them.

use super::names::Names;
use super::networks::Network;
use super::proof::People;
use super::vocabulary::Vocabularies;
use super::{Input, Most, Resolver};
use crate::findings::Findings;
use crate::model::{Assert, Model, NamedValue, Settings};
use passgate_grammar::tree::{
    self, Before, DefineKind, Expr, File, Item, ItemKind, Member, MemberKind, Name,
};
use passgate_grammar::{Diagnostic, Sources, Span, code, parse};
use std::collections::HashMap;
use std::sync::Arc;

/// Asserts that were asked.
#[derive(Debug)]
pub(crate) struct Asked {
    /// In the order of the texts.
    pub(crate) asserts: Vec<Assert>,
    /// The model's texts and, after them, those that were asked.
    pub(crate) sources: Arc<Sources>,
    /// What is told of the texts that were asked.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether something that is told refuses them.
    pub(crate) refused: bool,
}

/// Reads asserts, each with or without its first word.
pub(crate) fn asserts(model: &Model, texts: &[&str]) -> Asked {
    let mut findings = Findings::default();
    findings.set_levels(model.settings.lints.clone());
    let mut sources = Sources::clone(&model.sources);
    let files: Vec<File> =
        texts.iter().enumerate().map(|(at, text)| file(at, text, &mut sources, &mut findings)).collect();
    let settings = Settings { use_services: services(model), ..model.settings.clone() };
    let declared = Declared::of(model);
    let asserts = {
        let input =
            Input { sources: &sources, files: &files, catalogs: &model.catalogs, settings: &settings };
        let vocabularies = Vocabularies::collect(input, &mut findings);
        let names = declared.names(model);
        let mut resolver = Resolver::new(Most::default(), input, names, vocabularies, &mut findings);
        resolver.know(model, &files);
        let boundary = model.boundary.as_deref().unwrap_or_default();
        let claims = settings.claims;
        let mut people = People::new(&model.policies, boundary, (&model.groups, &model.users), claims);
        let asserts = resolver.asserts_of_files(&mut people);
        resolver.findings.extend(resolver.out);
        asserts
    };
    let (refused, sources) = (findings.refused(), Arc::new(sources));
    let mut diagnostics = findings.finish();
    // There is no file in which a fix could be made.
    diagnostics.iter_mut().for_each(|told| told.fixes.clear());
    Asked { asserts, sources, diagnostics, refused }
}

/// One text as a file of its own.
fn file(at: usize, text: &str, sources: &mut Sources, findings: &mut Findings) -> File {
    let first = text.trim_start();
    let starts = |word: &str| {
        let rest = first.strip_prefix(word);
        rest.is_some_and(|rest| {
            !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        })
    };
    let whole = starts("assert") || starts("use") || first.starts_with("//");
    let text = if whole { text.to_owned() } else { format!("assert {text}") };
    let id = sources.add(format!("<assert {}>", at + 1), text);
    let parsed = parse::parse(sources, id);
    findings.extend(parsed.diagnostics);
    findings.untold(id, parsed.untold);
    let mut asserts = 0;
    for item in &parsed.file.items {
        match item.kind {
            ItemKind::Assert(_) => asserts += 1,
            ItemKind::Use(_) => {}
            _ => {
                let told = Diagnostic::error(code::BAD_CLAUSE, item.span, "only asserts can be asked");
                findings.push(told.help("write what must hold, as `no one may write`"));
            }
        }
    }
    if asserts == 0 && !findings.refused() {
        findings.push(Diagnostic::error(code::EMPTY_PROOF, Span::new(id, 0, 0), "no assert is asked here"));
    }
    parsed.file
}

/// What bare names mean.
fn services(model: &Model) -> Vec<Box<str>> {
    if !model.uses.is_empty() {
        return model.uses.clone();
    }
    if !model.settings.use_services.is_empty() {
        return model.settings.use_services.clone();
    }
    model.catalogs.services().map(|(_, service)| service.service.clone()).collect()
}

/// What the model declares, as the tree would say it: names and their places, nothing else.
struct Declared {
    groups: Vec<Member>,
    user: Member,
    item: Item,
    expr: Expr,
}

impl Declared {
    fn of(model: &Model) -> Self {
        let member = |kind, span| Member { kind, name: Name { span, quoted: false }, joins: Vec::new() };
        let kind = |role| if role { MemberKind::Role } else { MemberKind::Group };
        let nothing = Span::default();
        let before = Before { docs: Vec::new(), notes: Vec::new() };
        Declared {
            groups: model.groups.iter().map(|group| member(kind(group.role), group.span)).collect(),
            user: member(MemberKind::User, nothing),
            item: Item { span: nothing, before, kind: ItemKind::Use(Vec::new()) },
            expr: Expr { span: nothing, terms: Vec::new(), only: None, except: None },
        }
    }

    fn names<'a>(&'a self, model: &'a Model) -> Names<'a> {
        let mut names = Names::default();
        for named in &model.named {
            let kind = match named.value {
                NamedValue::Network(_) => DefineKind::Network,
                NamedValue::Actions(_) => DefineKind::Actions,
                NamedValue::Resources(_) => DefineKind::Resources,
            };
            names.know_set(kind, (&named.name, named.span), &self.expr, &self.item);
        }
        for (group, member) in model.groups.iter().zip(&self.groups) {
            names.know_member(&group.name, &self.item, member);
        }
        model.users.iter().for_each(|user| names.know_member(&user.name, &self.item, &self.user));
        names
    }
}

impl<'a> Resolver<'a> {
    /// Takes over what the names of a model stand for.
    fn know(&mut self, model: &Model, files: &[File]) {
        for (place, named) in model.named.iter().enumerate() {
            match &named.value {
                NamedValue::Network(prefixes) => {
                    let network = Network { prefixes: prefixes.clone(), written: Arc::default() };
                    self.networks.insert(place, network);
                }
                NamedValue::Actions(terms) => {
                    self.actions.insert(place, terms.clone());
                }
                NamedValue::Resources(patterns) => {
                    self.resources.insert(place, patterns.clone());
                }
            }
        }
        let grants: Vec<&tree::Grant> =
            files.iter().flat_map(|file| &file.items).flat_map(|item| grants(&item.kind)).collect();
        if grants.is_empty() {
            return;
        }
        let instances = model.policies.iter().filter(|policy| policy.instance.is_some());
        let known: HashMap<String, &Arc<str>> =
            instances.map(|policy| (packed(&policy.name), &policy.name)).collect();
        for grant in grants {
            if let Some(name) = known.get(&packed(self.slice(grant.span))) {
                self.templates.know(grant.span, name);
            }
        }
    }

    fn asserts_of_files(&mut self, people: &mut People<'_>) -> Vec<Assert> {
        let files = self.files;
        let mut asserts = Vec::new();
        for (file, tree) in files.iter().enumerate() {
            for item in &tree.items {
                if let ItemKind::Assert(assert) = &item.kind {
                    asserts.extend(self.assert(item.span, assert, file, people));
                }
            }
        }
        asserts
    }
}

/// Instances of templates that an assert names.
fn grants(kind: &ItemKind) -> Vec<&tree::Grant> {
    let ItemKind::Assert(assert) = kind else { return Vec::new() };
    let (tree::Subject::These(who) | tree::Subject::Only(who)) = &assert.subject else { return Vec::new() };
    let named = who.iter().filter_map(|who| match who {
        tree::Who::Policy(grant) => grant.args.is_some().then_some(grant),
        _ => None,
    });
    named.collect()
}

/// A text without blanks: instances are named by their text.
fn packed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{LoadOptions, compile_model};

    const SET: &str = "use intlpartnersmgt
        network office = 203.0.113.0/24
        actions credit = AllocateCreditPool
        policy desk(net: network) { allow write from net }
        group g { attach desk(office) }
        role r { in g }
        user 1 { in g }";

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let model = compile_model(SET, &LoadOptions::default()).unwrap();
        let asked = asserts(&model, &[text]);
        let told: Vec<&str> = asked.diagnostics.iter().map(|told| told.code.as_str()).collect();
        assert_eq!(told, expected, "{text}: {:#?}", asked.diagnostics);
        assert_eq!(asked.refused, !expected.is_empty());
        assert!(asked.refused || asked.asserts.len() == 1, "{text}");
    }

    #[test]
    fn names_of_the_set_can_be_used() {
        check("no one may write unless from office", &[]);
        check("assert no one may credit", &[]);
        check("only group g, role r may PayOrders", &[]);
        check("user 1 may not read", &[]);
        check("policy desk(office) may not read", &[]);
        check("policy desk( office ) may not read", &[]);
        check("use intlpartnersmgt assert everyone may PayOrders from anywhere", &[]);
    }

    #[test]
    fn faults_are_told() {
        check("no one may write unless from offices", &["unknown-name"]);
        check("user 2 may write", &["unknown-name"]);
        check("group r may write", &["wrong-kind"]);
        check("policy desk may write", &["unknown-name"]);
        check("no one may Payorders", &["action-case"]);
        check("no one can write", &["foreign-word"]);
        check("use intlpartnersmgt", &["empty-proof"]);
        check("assert no one may write user 3 { }", &["bad-clause"]);
    }

    #[test]
    fn a_fault_points_into_the_text_that_was_asked() {
        let model = compile_model(SET, &LoadOptions::default()).unwrap();
        let asked = asserts(&model, &["no one may write", "no one may read from offices"]);
        let span = asked.diagnostics[0].span;
        assert_eq!((asked.sources.name(span), asked.sources.slice(span)), ("<assert 2>", "offices"));
    }
}
