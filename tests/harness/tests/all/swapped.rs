//! Threads that check while the gate is replaced: every answer is that of the gate that was asked, none is mixed of two.
//!
//! Each gate is new when it is put in place, so that what it makes at first checks is made by all threads at once.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails where it stands")]

use passgate::{Gate, Request, reference};
use passgate_harness::answer::Answer;
use passgate_harness::random::Random;
use passgate_harness::world::{generate, model};
use std::collections::BTreeSet;
use std::sync::RwLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

const THREADS: usize = 8;
const VERSIONS: usize = 4;
const SWAPS: usize = 32;

/// A gate, and which of the sets it was made of.
type Current = RwLock<(usize, Gate)>;

#[test]
fn answers_are_those_of_one_gate_while_gates_are_swapped() {
    let seed = crate::number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("swapped: seed {seed}");
    let mut seeds = Random::new(seed);
    let worlds: Vec<_> = (0..VERSIONS).map(|_| generate(seeds.bits())).collect();
    let requests: Vec<Request> =
        worlds.iter().flat_map(|world| &world.asks).map(|ask| ask.request()).collect();
    let models: Vec<_> = worlds.iter().map(model).collect();
    let answers = |model| requests.iter().map(|r| Answer::of(reference::decide(model, r))).collect();
    let expected: Vec<Vec<Answer>> = models.iter().map(answers).collect();
    let told: BTreeSet<String> = expected.iter().map(|answers| format!("{answers:?}")).collect();
    assert_eq!(told.len(), VERSIONS, "the sets differ in what they answer");

    // Every second gate is read from its compiled file.
    let gate = |number: usize| {
        let gate = Gate::from_model(models[number % VERSIONS].clone()).unwrap();
        if number.is_multiple_of(2) { gate } else { Gate::from_bytes(&gate.to_bytes().unwrap()).unwrap() }
    };
    let (current, asked) = (RwLock::new((0, gate(0))), AtomicUsize::new(0));
    let swaps_left = AtomicUsize::new(SWAPS);
    std::thread::scope(|scope| {
        let asking = (0..THREADS).map(|thread| {
            let (current, asked, swaps_left, requests, expected) =
                (&current, &asked, &swaps_left, &requests, &expected);
            scope.spawn(move || {
                while swaps_left.load(SeqCst) > 0 {
                    ask_all(current, thread, requests, expected);
                    asked.fetch_add(1, SeqCst);
                }
            })
        });
        let asking: Vec<_> = asking.collect();
        for number in 1..=SWAPS {
            let next = gate(number);
            // Threads have asked since the last swap, and are asking now.
            while asked.load(SeqCst) < number * THREADS / 2 && !asking.iter().all(|a| a.is_finished()) {
                std::thread::yield_now();
            }
            *current.write().unwrap() = (number % VERSIONS, next);
            swaps_left.fetch_sub(1, SeqCst);
        }
    });
    assert!(asked.load(SeqCst) >= SWAPS * THREADS / 2);
}

/// Asks the gate of this moment everything, each thread from another place on.
fn ask_all(current: &Current, thread: usize, requests: &[Request], expected: &[Vec<Answer>]) {
    let (version, gate) = current.read().unwrap().clone();
    let first = thread * requests.len() / THREADS;
    for number in (first..requests.len()).chain(0..first) {
        let request = &requests[number];
        assert_eq!(Answer::of(gate.check(request)), expected[version][number], "{request:?}");
    }
    let later = current.read().unwrap().1.clone();
    requests.iter().for_each(|request| mixed_handles(&gate, &later, request));
}

/// A principal of one gate with an action of another: the principal's gate answers.
fn mixed_handles(gate: &Gate, later: &Gate, request: &Request) {
    let (Ok(principal), Ok(action)) = (gate.principal(&request.principal), later.action(&request.action))
    else {
        return;
    };
    let by_handles = principal.allows(&action, request.ip.as_ref());
    let by_names = gate.allows(&request.principal, &request.action, request.ip.as_ref());
    assert_eq!(by_handles.map_err(|e| e.code()), by_names.map_err(|e| e.code()), "{request:?}");
}
