//! Policies on both sides of a conversion decide alike: put to the reference evaluator with requests that speak of them.

use passgate::catalog::Catalogs;
use passgate::grammar::Sources;
use passgate::model::{Model, Opaque, Owner, Policy, PolicyId, Settings};
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

type Said = (Option<Reason>, Option<ErrorCode>, Option<String>);

fn answer(model: &Model, request: &Request) -> Said {
    let (reason, code, key, _) = Answer::of(reference::decide(model, request)).without_places();
    (reason, code, key)
}
