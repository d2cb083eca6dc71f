//! Policies on both sides of a conversion decide alike: put to the reference evaluator with requests that speak of them.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use passgate::analysis::alike::{Verdict, alike};
use passgate::analysis::space::{self, Actions, Budget, Caller, Reader, Space, Subject, Use};
use passgate::catalog::Catalogs;
use passgate::grammar::Sources;
use passgate::model::{Model, Opaque, Owner, Policy, PolicyId, Settings, Statement};
use passgate::{ErrorCode, Reason, Request, reference};
use passgate_harness::answer::Answer;
use std::sync::{Arc, LazyLock};

static CATALOGS: LazyLock<Arc<Catalogs>> = LazyLock::new(|| Arc::new(Catalogs::builtin()));

/// Policies attached to whoever asks; services without a catalog are matched by text.
pub(super) fn attached(policies: Vec<Policy>) -> Model {
    let owner = Owner { uin: Some("3003".into()), uid: Some("4004".into()) };
    let everyone = (0..policies.len()).map(|n| PolicyId(u32::try_from(n).unwrap())).collect();
    Model {
        sources: Arc::new(Sources::new()),
        catalogs: CATALOGS.clone(),
        settings: Settings { owner, opaque: Opaque::All, ..Settings::default() },
        policies,
        groups: Vec::new(),
        users: Vec::new(),
        named: Vec::new(),
        proofs: Default::default(),
        uses: Vec::new(),
        uses_of: Default::default(),
        everyone,
        boundary: None,
        ignores: Vec::new(),
        diagnostics: Vec::new(),
    }
}

/// The first request that two sets answer otherwise. The reason counts, the code of an error and the key it names; not
/// which statements decided, since a document that was split has others.
pub(super) fn difference(one: &Model, other: &Model, requests: &[Request]) -> Option<String> {
    requests.iter().find_map(|request| {
        let (a, b) = (answer(one, request), answer(other, request));
        (a != b).then(|| format!("{a:?}\n{b:?}\n{request:#?}"))
    })
}

/// How the statements of two sets were compared over every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// Alike, by [`alike`].
    Alike,
    /// Undecided.
    Undecided,
}

/// Proves that two sets decide every request alike, or says where they differ.
pub(super) fn proved(one: &Model, other: &Model) -> Result<Proof, String> {
    let (a, b) = (statements(one), statements(other));
    match alike(&a, &b, &one.catalogs, &one.settings) {
        Verdict::Alike { .. } => Ok(Proof::Alike),
        Verdict::Undecided { .. } => Ok(Proof::Undecided),
        different => Err(format!("{different:?}")),
    }
}

/// The search over all requests alone, without looking whether statements are the same.
pub(super) fn searched(one: &Model, other: &Model, steps: u64) -> Result<Proof, String> {
    let (a, b) = (statements(one), statements(other));
    let mut budget = Budget::new(steps);
    let mut actions = Actions::new(&one.catalogs, &one.settings);
    let (classes, doubt) = actions.classes(&[&a, &b], None, &mut budget);
    let mut proof = if doubt.is_some() { Proof::Undecided } else { Proof::Alike };
    let mut reader = Reader::new(&one.settings);
    for class in classes {
        let subject = Subject {
            service: &class.service,
            facts: class.facts,
            sets: &class.sets,
            caller: &Caller::default(),
            clauses: &[],
        };
        match Space::new(&subject, &mut reader, &mut budget).different(0, 1, Use::Attached, &mut budget) {
            space::Answer::Nothing => {}
            space::Answer::Undecided(_) => proof = Proof::Undecided,
            space::Answer::Found(witness) => return Err(format!("{}: {witness:?}", class.action())),
        }
    }
    Ok(proof)
}

fn statements(model: &Model) -> Vec<&Statement> {
    model.policies.iter().flat_map(|p| &p.statements).collect()
}

type Said = (Option<Reason>, Option<ErrorCode>, Option<String>);

fn answer(model: &Model, request: &Request) -> Said {
    let (reason, code, key, _) = Answer::of(reference::decide(model, request)).without_places();
    (reason, code, key)
}
