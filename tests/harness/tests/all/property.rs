//! Generated worlds: table and reference give equal answers.

use passgate::reference;
use passgate_harness::world::{generate, model};
use std::collections::BTreeMap;

#[test]
fn probe() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..2000u64 {
        let world = generate(seed);
        let model = model(&world);
        for ask in &world.asks {
            let request = ask.request();
            let key = match reference::decide(&model, &request) {
                Ok(d) => d.reason.as_str().to_owned(),
                Err(e) => format!("error {}", e.code()),
            };
            *counts.entry(key).or_default() += 1;
            for (c, s) in reference::seen(&model, &request) {
                *counts.entry(format!("{} {s:?}", name(&c.test))).or_default() += 1;
            }
        }
    }
    for (k, n) in counts {
        println!("{k:40} {n}");
    }
}
fn name(t: &passgate::model::Test) -> String {
    format!("{t:?}").split(['{', ' ']).next().unwrap().to_owned()
}
