//! The same policy set gives the same bytes, in whichever order its files come and however many threads compile.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use passgate::{Gate, TextSources};
use passgate_harness::random::Random;
use passgate_harness::world::{generate, model};

fn check(texts: &[(String, String)]) -> Vec<u8> {
    let compile =
        |texts: Vec<(String, String)>| Gate::compile(TextSources::from(texts)).unwrap().to_bytes().unwrap();
    let first = compile(texts.to_vec());
    let mut random = Random::new(7);
    for _ in 0..4 {
        let mut shuffled = texts.to_vec();
        (1..shuffled.len()).for_each(|last| shuffled.swap(last, random.below(last + 1)));
        assert_eq!(compile(shuffled), first);
    }
    let together: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| compile(texts.to_vec()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(together.iter().all(|bytes| *bytes == first));
    assert_eq!(Gate::from_bytes(&first).unwrap().to_bytes().unwrap(), first, "read and written again");
    first
}

#[test]
fn order_of_files_and_threads_change_nothing() {
    let set = [
        (
            "a.gate",
            "use intlpartnersmgt\npolicy a { allow PayOrders from office deny ForceQN }\ngroup g { attach a, b }",
        ),
        (
            "b.gate",
            "use intlpartnersmgt\nnetwork office = 10.0.0.0/8, 192.0.2.0/24\npolicy b { allow read when mfa is true }",
        ),
        ("c.gate", "user u { in g attach a }\nuser v { in g }\nrole r { attach b }"),
    ];
    let texts: Vec<(String, String)> = set.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
    check(&texts);
}

#[test]
fn a_world_compiled_twice_gives_the_same_bytes() {
    let mut different = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let world = generate(seed);
        let compile = || Gate::from_model(model(&world)).unwrap().to_bytes().unwrap();
        let bytes = compile();
        assert_eq!(compile(), bytes, "seed {seed}");
        different.insert(bytes);
    }
    assert_eq!(different.len(), 60);
}

/// What a compiled file keeps of the policy set names statements where they stand in the texts, though it has none.
#[test]
fn statements_of_the_kept_set_stand_where_they_stood() {
    let text = "use intlpartnersmgt\npolicy p { allow PayOrders\n  @reason(\"é\") deny ForceQN deny PayOrders }\nuser u { attach p }";
    let gate = Gate::compile(text).unwrap();
    let loaded = Gate::from_bytes(&gate.to_bytes().unwrap()).unwrap();
    let places = |gate: &Gate| -> Vec<_> {
        let model = gate.try_model().unwrap();
        let statements = model.policies.iter().flat_map(|policy| &policy.statements);
        statements
            .map(|s| (s.id.clone(), model.sources.start(s.span), model.sources.name(s.span).to_owned()))
            .collect()
    };
    assert_eq!(places(&loaded), places(&gate));
    assert_eq!(places(&loaded).len(), 3);
    assert_eq!(loaded.model().users.len(), 1);
}
