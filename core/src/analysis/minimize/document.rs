//! One policy as a CAM document: made smaller, written, read again.

use super::policy::{Certificate, Setting};
use super::search::{Found, Made, Part};
use super::size::{ELEMENT, STATEMENT, Size, of_document};
use super::terms::{Spelling, Terms};
use crate::cam;
use crate::cam::counted_chars;
use crate::model::{ActionKind, Policy, Statement};
use passgate_grammar::{Sources, Span};
use std::sync::Arc;

/// A document that says what the policy did.
#[derive(Debug)]
pub(in crate::analysis) struct Document {
    pub(in crate::analysis) policy: Policy,
    pub(in crate::analysis) text: String,
    pub(in crate::analysis) before: Size,
    pub(in crate::analysis) after: Size,
    pub(in crate::analysis) certificate: Certificate,
    pub(in crate::analysis) least: bool,
}

/// Makes a document smaller until no smaller one is found; none where the policy has no place in a document.
pub(in crate::analysis) fn document(
    policy: &Policy,
    sources: &Sources,
    setting: &Setting<'_>,
) -> Option<Document> {
    let (text, mut now) = match policy.document.and_then(|id| sources.get(id)) {
        Some(source) => (source.text().to_string(), policy.clone()),
        None => reread(policy, setting)?,
    };
    let before = of_document(&now.statements, counted_chars(&text));
    let original: Vec<&Statement> = policy.statements.iter().collect();
    let all: Vec<&Statement> = now.statements.iter().collect();
    let kept = policy.document.is_some_and(|id| sources.get(id).is_some());
    let mut certificate = if kept { Certificate::default() } else { setting.proves(&original, &all)? };
    let (mut size, mut text) = (before, text);
    let least = loop {
        let (found, least) = step(&now, setting);
        let Some((written, next)) = found.and_then(|next| reread(&next, setting)) else { break least };
        let smaller = of_document(&next.statements, counted_chars(&written));
        if (smaller.statements, smaller.elements) >= (size.statements, size.elements) {
            break least;
        }
        let all: Vec<&Statement> = next.statements.iter().collect();
        let Some(proof) = setting.proves(&original, &all) else { break false };
        (certificate, size, text, now) = (proof, smaller, written, next);
    };
    Some(Document { policy: now, text, before, after: size, certificate, least })
}

/// The policy with fewer statements, and whether there is no smaller one for certain.
fn step(policy: &Policy, setting: &Setting<'_>) -> (Option<Policy>, bool) {
    let statements: Vec<&Statement> = policy.statements.iter().collect();
    let spelled: Vec<(ActionKind, Option<String>)> =
        statements.iter().flat_map(|s| s.actions.iter()).map(|term| (term.kind.clone(), None)).collect();
    let written: Vec<u64> = policy.statements.iter().map(cost).collect();
    let shrunk = setting.shrink(&statements, &Spelling::default(), &spelled, &written);
    let least = shrunk.as_ref().is_some_and(|shrunk| shrunk.found.least);
    let made = |found: &Found, terms: &Terms| Policy {
        statements: found.parts.iter().filter_map(|part| statement(part, policy, terms)).collect(),
        document: None,
        ..policy.clone()
    };
    if let Some(shrunk) = &shrunk {
        let next = made(&shrunk.found, &shrunk.terms);
        let (old, new) = (of_document(&policy.statements, 0), of_document(&next.statements, 0));
        if (new.statements, new.elements) < (old.statements, old.elements) {
            return (Some(next), least);
        }
    }
    let dropped = setting.without_one(&statements).filter(|parts| !parts.is_empty());
    let kept = |parts: Vec<Part>| Policy {
        statements: parts
            .iter()
            .filter_map(|part| match part {
                Part::Kept(place) => policy.statements.get(*place).cloned(),
                Part::Made(_) => None,
            })
            .collect(),
        document: None,
        ..policy.clone()
    };
    (dropped.map(kept), least)
}

fn cost(statement: &Statement) -> u64 {
    let elements = of_document(std::slice::from_ref(statement), 0).elements as u64;
    STATEMENT.saturating_add(ELEMENT.saturating_mul(elements))
}

fn statement(part: &Part, policy: &Policy, terms: &Terms) -> Option<Statement> {
    match part {
        Part::Kept(place) => policy.statements.get(*place).cloned(),
        Part::Made(made) => Some(new(made, policy, terms)),
    }
}

/// A new statement; its conditions and resources in the order of their texts.
pub(in crate::analysis) fn new(made: &Made, policy: &Policy, terms: &Terms) -> Statement {
    let conditions = made.addresses.conditions.iter().chain(&made.conditions).cloned().collect();
    Statement {
        effect: made.effect,
        id: Arc::from(format!("{}#new", policy.name)),
        notes: crate::model::Notes::default(),
        actions: terms.kinds(&made.actions).into(),
        resources: made.resources.clone().into(),
        conditions,
        principals: Arc::default(),
        effect_span: Span::default(),
        span: Span::default(),
    }
}

/// A policy as the document it is written as, read.
fn reread(policy: &Policy, setting: &Setting<'_>) -> Option<(String, Policy)> {
    let fresh = Policy { document: None, ..policy.clone() };
    let (text, _) = cam::export(&fresh, &Sources::new(), setting.catalogs);
    let text = text?;
    let mut sources = Sources::new();
    let id = sources.add("document.json", text.as_str());
    let (read, _) = cam::read(&sources, id, policy.kind, &policy.name);
    let read = read?;
    Some((text, Policy { document: None, notes: policy.notes.clone(), span: policy.span, ..read }))
}
