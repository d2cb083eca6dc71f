//! Real policy documents: table and reference give equal answers on requests derived from their own patterns and
//! values, at every setting that changes what is handed over.

use passgate::cam;
use passgate::catalog::Catalogs;
use passgate::grammar::Sources;
use passgate::model::{IpUnsupported, Model, Opaque, Owner, Policy, PolicyId, PolicyKind, Settings};
use passgate_harness::corpus::{corpus, documents};
use passgate_harness::derived;
use passgate_harness::engines::Engines;
use passgate_harness::random::Random;
use std::sync::Arc;

#[test]
#[expect(clippy::disallowed_methods, reason = "tests read their corpus")]
fn every_accepted_document_is_decided_alike() {
    let Some(folder) = corpus("corpus") else { return };
    let accepted = documents().into_iter().filter(|d| d.accepted && d.kind == "identity");
    let (mut read, mut requests, mut allowed) = (0, 0, 0);
    for document in accepted {
        let mut sources = Sources::new();
        let text = std::fs::read_to_string(folder.join(&document.file)).unwrap();
        let id = sources.add(document.file.as_str(), text);
        let policy = cam::read(&sources, id, PolicyKind::Identity, "document").0.unwrap();
        let mut random = Random::new(u64::from(document.file.bytes().map(u32::from).sum::<u32>()));
        let asked = derived::requests(&policy, &mut random);
        for mode in [IpUnsupported::Withhold, IpUnsupported::Evaluate] {
            let engines = Engines::new(model(policy.clone(), &sources, mode)).unwrap();
            for request in &asked {
                let (expected, found) = (engines.reference(request), engines.table(request));
                assert_eq!(expected, found, "{}: {request:#?}", document.file);
                allowed += usize::from(expected.to_string().starts_with("allow"));
            }
            requests += asked.len();
        }
        read += 1;
    }
    println!("corpus: {read} documents, {requests} requests, {allowed} allowed");
    assert!(read >= 100 && allowed * 20 > requests, "the requests speak of their documents");
}

/// A document attached to whoever asks; services without a catalog are matched by text.
pub(crate) fn model(policy: Policy, sources: &Sources, ip_unsupported: IpUnsupported) -> Model {
    let owner = Owner { uin: Some("3003".into()), uid: Some("4004".into()) };
    Model {
        sources: Arc::new(sources.clone()),
        catalogs: Arc::new(Catalogs::builtin()),
        settings: Settings { owner, opaque: Opaque::All, ip_unsupported, ..Settings::default() },
        policies: vec![policy],
        groups: Vec::new(),
        users: Vec::new(),
        named: Vec::new(),
        proofs: Default::default(),
        uses: Vec::new(),
        uses_of: Default::default(),
        everyone: vec![PolicyId(0)],
        boundary: None,
        ignores: Vec::new(),
        diagnostics: Vec::new(),
    }
}
