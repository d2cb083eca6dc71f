//! The `.gate` texts of a set: rewritten a round at a time, resolved again, and kept where every policy that changed is
//! proved to say the same.

use super::edit::{Edit, edited, edits};
use super::policy::{Boundaries, Certificate, Setting};
use super::search::{Found, Part};
use super::size::{ELEMENT, STATEMENT, Size, of_text};
use super::terms::{Spelling, Terms};
use crate::findings::Findings;
use crate::model::resolve::{Documents, Input, Resolved, resolve};
use crate::model::{ActionKind, Model, Policy, PolicyKind, Statement};
use passgate_grammar::parse::{Parsed, parse};
use passgate_grammar::text::name_text;
use passgate_grammar::tree::{self, File, ItemKind, PolicyBody};
use passgate_grammar::{SourceId, Sources};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What became of a policy's text.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct Shrunk {
    pub(in crate::analysis) before: Size,
    pub(in crate::analysis) after: Size,
    pub(in crate::analysis) certificate: Certificate,
    pub(in crate::analysis) least: bool,
}

/// The texts of a set as they stand now.
pub(in crate::analysis) struct Texts<'m> {
    model: &'m Model,
    bounds: Boundaries,
    sources: Sources,
    /// Documents of the set, as they are read.
    documents: &'m BTreeMap<Arc<str>, Policy>,
}

/// Texts read and resolved.
struct Read {
    parsed: Vec<Parsed>,
    resolved: Resolved,
    refused: bool,
}

/// A policy that is written in a `.gate` text.
struct Written<'r> {
    name: Arc<str>,
    tree: &'r [tree::Statement],
    used: Vec<Box<str>>,
    file: &'r File,
}

impl<'m> Texts<'m> {
    pub(in crate::analysis) fn new(
        model: &'m Model,
        bounds: Boundaries,
        documents: &'m BTreeMap<Arc<str>, Policy>,
    ) -> Self {
        Texts { model, bounds, sources: model.sources.as_ref().clone(), documents }
    }

    /// Rewrites until no policy becomes smaller.
    pub(in crate::analysis) fn run(&mut self) -> BTreeMap<Arc<str>, Shrunk> {
        let mut out: BTreeMap<Arc<str>, Shrunk> = BTreeMap::new();
        let mut settled: BTreeSet<Arc<str>> = BTreeSet::new();
        loop {
            let read = self.read(&self.sources);
            if read.refused {
                return out;
            }
            let plans = self.plans(&read, &mut out, &settled);
            let all: BTreeSet<Arc<str>> = plans.keys().cloned().collect();
            if all.is_empty() {
                return out;
            }
            let good = self.proved(&plans, &all, &mut out);
            settled.extend(all.difference(&good).cloned());
            self.sources = self.with(&plans, &good);
        }
    }

    /// The canonical form of every `.gate` text.
    pub(in crate::analysis) fn canonical(&self) -> Vec<(SourceId, String)> {
        let mut out = Vec::new();
        for (id, source) in self.sources.iter().filter(|(_, source)| is_gate(source.name())) {
            let parsed = parse(&self.sources, id);
            let text = passgate_grammar::format::format(&self.sources, &parsed);
            out.push((id, text.unwrap_or_else(|| source.text().to_string())));
        }
        out
    }

    fn read(&self, sources: &Sources) -> Read {
        let gate = sources.iter().filter(|(_, source)| is_gate(source.name()));
        let parsed: Vec<Parsed> = gate.map(|(id, _)| parse(sources, id)).collect();
        let files: Vec<File> = parsed.iter().map(|parsed| parsed.file.clone()).collect();
        let faulty = parsed.iter().any(|p| p.untold > 0 || p.diagnostics.iter().any(|d| d.refuses()));
        let mut findings = Findings::default();
        let input =
            Input { sources, files: &files, catalogs: &self.model.catalogs, settings: &self.model.settings };
        let resolved = resolve(input, self.kept(sources, &files), &mut findings);
        Read { parsed, resolved, refused: faulty || findings.refused() }
    }

    /// The documents of the set by the places that name them.
    fn kept(&self, sources: &Sources, files: &[File]) -> Documents {
        let mut documents = Documents::default();
        let mut named = BTreeSet::new();
        for item in files.iter().flat_map(|file| &file.items) {
            if let ItemKind::Policy(policy) = &item.kind
                && let PolicyBody::Cam(place) = policy.body
                && let Some((name, document)) =
                    self.documents.get_key_value(name_text(sources, &policy.name).as_ref())
            {
                documents.named.insert(place, document.clone());
                named.insert(name.clone());
            }
        }
        let bounds = self.model.boundary.iter().flatten();
        let bounds: BTreeSet<&str> = bounds
            .filter_map(|id| self.model.policies.get(id.0 as usize))
            .map(|policy| policy.name.as_ref())
            .collect();
        for (name, document) in self.documents.iter().filter(|(name, _)| !named.contains(*name)) {
            let to =
                if bounds.contains(name.as_ref()) { &mut documents.boundary } else { &mut documents.loose };
            to.push(document.clone());
        }
        documents
    }

    /// What policies may become smaller, by their edits.
    fn plans(
        &self,
        read: &Read,
        out: &mut BTreeMap<Arc<str>, Shrunk>,
        settled: &BTreeSet<Arc<str>>,
    ) -> BTreeMap<Arc<str>, (SourceId, Vec<Edit>)> {
        let mut plans = BTreeMap::new();
        for written in written(&self.sources, read, &self.model.settings.use_services) {
            let Some(policy) = find(&read.resolved.policies, &written.name) else { continue };
            if policy.kind != PolicyKind::Identity || policy.statements.len() != written.tree.len() {
                continue;
            }
            let size = of_text(&self.sources, &written.file.comments, written.tree);
            let outcome = out.entry(written.name.clone()).or_insert_with(|| Shrunk {
                before: size,
                after: size,
                certificate: Certificate::default(),
                least: false,
            });
            if settled.contains(&written.name) {
                continue;
            }
            let setting = Setting::of(self.model, &read.resolved.named, self.bounds.used(&written.name));
            let (edits, least) = self.plan(&setting, policy, &written, size);
            outcome.least = least && edits.is_none();
            if let Some(edits) = edits {
                plans.insert(written.name.clone(), (written.file.source, edits));
            }
        }
        plans
    }

    fn plan(
        &self,
        setting: &Setting<'_>,
        policy: &Policy,
        written: &Written<'_>,
        size: Size,
    ) -> (Option<Vec<Edit>>, bool) {
        let statements: Vec<&Statement> = policy.statements.iter().collect();
        let comments = &written.file.comments;
        let costs: Vec<u64> = written
            .tree
            .iter()
            .map(|one| of_text(&self.sources, comments, std::slice::from_ref(one)).elements as u64)
            .map(|elements| STATEMENT.saturating_add(ELEMENT.saturating_mul(elements)))
            .collect();
        let spelling = Spelling { used: written.used.clone(), gate: true };
        let shrunk = setting.shrink(&statements, &spelling, &self.spelled(policy, written), &costs);
        let least = shrunk.as_ref().is_some_and(|shrunk| shrunk.found.least);
        if let Some(shrunk) = shrunk.filter(|shrunk| is_smaller(&shrunk.found, &costs, size)) {
            return (edits(&self.sources, written.tree, &shrunk.found, &shrunk.terms), least);
        }
        let Some(parts) = setting.without_one(&statements) else { return (None, least) };
        let found = Found { parts, least: false };
        (edits(&self.sources, written.tree, &found, &Terms::default()), false)
    }

    /// The lists of names that stand as one word or pattern, as they stand.
    fn spelled(&self, policy: &Policy, written: &Written<'_>) -> Vec<(ActionKind, Option<String>)> {
        let mut out = Vec::new();
        for (statement, tree) in policy.statements.iter().zip(written.tree) {
            let plain = tree.actions.only.is_none() && tree.actions.except.is_none();
            let same = plain && statement.actions.len() == tree.actions.terms.len();
            for (at, term) in statement.actions.iter().enumerate() {
                let text =
                    tree.actions.terms.get(at).filter(|_| same).map(|term| self.sources.slice(term.span));
                let text = text.filter(|text| !text.starts_with('('));
                out.push((term.kind.clone(), text.map(str::to_owned)));
            }
        }
        out
    }

    /// Those of the plans after which a policy is smaller and is proved to say the same as at first.
    fn proved(
        &self,
        plans: &BTreeMap<Arc<str>, (SourceId, Vec<Edit>)>,
        wanted: &BTreeSet<Arc<str>>,
        out: &mut BTreeMap<Arc<str>, Shrunk>,
    ) -> BTreeSet<Arc<str>> {
        let sources = self.with(plans, wanted);
        let read = self.read(&sources);
        if read.refused {
            // Some text is not one of the language: each half on its own shows whose.
            let (first, second): (Vec<_>, Vec<_>) =
                wanted.iter().cloned().enumerate().partition(|(at, _)| *at < wanted.len() / 2);
            let halves =
                [first, second].map(|half| half.into_iter().map(|(_, name)| name).collect::<BTreeSet<_>>());
            let halves = halves.into_iter().filter(|half| !half.is_empty() && half.len() < wanted.len());
            return halves.flat_map(|half| self.proved(plans, &half, out)).collect();
        }
        let mut good = BTreeSet::new();
        for written in written(&sources, &read, &self.model.settings.use_services) {
            if !wanted.contains(&written.name) {
                continue;
            }
            let (Some(new), Some(old)) =
                (find(&read.resolved.policies, &written.name), find(&self.model.policies, &written.name))
            else {
                continue;
            };
            let size = of_text(&sources, &written.file.comments, written.tree);
            let (one, other): (Vec<&Statement>, Vec<&Statement>) =
                (old.statements.iter().collect(), new.statements.iter().collect());
            let Some(outcome) = out.get_mut(&written.name) else { continue };
            let smaller =
                (size.statements, size.elements) < (outcome.after.statements, outcome.after.elements);
            let setting = Setting::of(self.model, &read.resolved.named, self.bounds.used(&written.name));
            if let Some(certificate) = smaller.then(|| setting.proves(&one, &other)).flatten() {
                outcome.after = size;
                outcome.certificate = certificate;
                good.insert(written.name.clone());
            }
        }
        good
    }

    /// The texts with the edits of some policies made.
    fn with(&self, plans: &BTreeMap<Arc<str>, (SourceId, Vec<Edit>)>, of: &BTreeSet<Arc<str>>) -> Sources {
        let mut by_file: BTreeMap<SourceId, Vec<Edit>> = BTreeMap::new();
        for (_, (file, edits)) in plans.iter().filter(|(name, _)| of.contains(*name)) {
            by_file.entry(*file).or_default().extend(edits.iter().cloned());
        }
        let mut sources = Sources::new();
        for (id, source) in self.sources.iter() {
            match by_file.get_mut(&id) {
                Some(edits) => {
                    edits.sort_by_key(|edit| edit.range.start);
                    sources.add(source.name().clone(), edited(source.text(), edits));
                }
                None => {
                    sources.add(source.name().clone(), source.text().clone());
                }
            }
        }
        sources
    }
}

/// Whether what was found has fewer statements, or as many and fewer elements.
fn is_smaller(found: &Found, costs: &[u64], size: Size) -> bool {
    let cost = |part: &Part| match part {
        Part::Kept(place) => costs.get(*place).copied().unwrap_or(0),
        Part::Made(made) => made.cost,
    };
    let sum: u64 = found.parts.iter().map(|part| cost(part) / ELEMENT).sum();
    let now =
        (size.statements as u64).saturating_mul(STATEMENT / ELEMENT).saturating_add(size.elements as u64);
    sum < now
}

fn find<'p>(policies: &'p [Policy], name: &str) -> Option<&'p Policy> {
    let at = policies.binary_search_by(|policy| policy.name.as_ref().cmp(name)).ok()?;
    policies.get(at)
}

/// Whether a text of a set is one of the language: the only text that a program hands over has no name.
pub(in crate::analysis) fn is_gate(name: &str) -> bool {
    name.ends_with(".gate") || name == "<text>"
}

/// The policies that stand in the texts with their statements, templates left out.
fn written<'r>(sources: &Sources, read: &'r Read, default: &[Box<str>]) -> Vec<Written<'r>> {
    let mut out = Vec::new();
    for file in read.parsed.iter().map(|parsed| &parsed.file) {
        let uses = file.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Use(services) => Some(services),
            _ => None,
        });
        let own: Vec<Box<str>> = uses.flatten().map(|span| sources.slice(*span).into()).collect();
        let used = if own.is_empty() { default.to_vec() } else { own };
        for item in &file.items {
            let ItemKind::Policy(policy) = &item.kind else { continue };
            if let (PolicyBody::Statements(tree), true) = (&policy.body, policy.params.is_empty()) {
                let name = name_text(sources, &policy.name);
                out.push(Written { name: name.as_ref().into(), tree, used: used.clone(), file });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_by_their_names() {
        assert!(is_gate("a/b.gate") && is_gate("<text>") && !is_gate("a.json") && !is_gate("passgate.toml"));
    }
}
