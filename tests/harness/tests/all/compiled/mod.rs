//! The compiled file: what is damaged is refused, what is hostile ends, the same set gives the same bytes, and the
//! semantic hash follows the answers.
//!
//! `PASSGATE_SPLICES` sets how many files are spliced (a run to be recorded makes a million, optimised),
//! `PASSGATE_SEED` other ones.

#![expect(clippy::expect_used, reason = "a test fails where it stands")]

mod damage;
mod determinism;
mod semantic;
mod splices;

use passgate::Gate;
use passgate::check::CompiledFormat;
use passgate_harness::world::{Policy, World, generate, model};

/// Byte of the checksum in a file.
const CHECKSUM: usize = 12;

/// A small world with its compiled file.
struct Small {
    world: World,
    gate: Gate,
    bytes: Vec<u8>,
}

/// Three small files: one of few policies, one with a policy of many statements, one with resources and conditions.
fn three() -> [Small; 3] {
    let all: Vec<Small> = (0..80).filter_map(|seed| small(generate(seed))).collect();
    let smallest = |is: fn(&Small) -> bool| {
        let fits = all.iter().filter(|small| is(small));
        fits.min_by_key(|small| small.bytes.len()).expect("such a world").world.clone()
    };
    let (plain, much) = (smallest(|_| true), smallest(has_much));
    let mut many = smallest(|small| small.world.policies.iter().any(is_plain));
    let policy = many.policies.iter_mut().find(|policy| is_plain(policy)).expect("such a policy");
    policy.statements = policy.statements.iter().cycle().take(MANY).cloned().collect();
    [plain, many, much].map(|world| small(world).expect("a world that compiles"))
}

/// More statements than a brief holds.
const MANY: usize = 130;

fn is_plain(policy: &Policy) -> bool {
    policy.kind.is_empty() && policy.template.is_none() && !policy.statements.is_empty()
}

fn small(world: World) -> Option<Small> {
    let gate = Gate::from_model(model(&world)).ok()?;
    let bytes = gate.to_bytes().ok()?;
    Some(Small { world, gate, bytes })
}

fn has_much(small: &Small) -> bool {
    let stats = small.gate.stats();
    let bytes = |name: &str| stats.parts.iter().find(|part| part.part == name).map_or(0, |part| part.bytes);
    bytes("resources") > 200 && bytes("keys") > 16 && bytes("groups") > 40 && stats.users > 1
}

/// Puts the checksum right.
fn repair(bytes: &mut [u8]) {
    let sum = CompiledFormat::checksum(bytes);
    if let Some(at) = bytes.get_mut(CHECKSUM..CHECKSUM + 4) {
        at.copy_from_slice(&sum.to_le_bytes());
    }
}

/// Asks a gate everything that can be asked; a panic fails the test, a loop never ends it.
fn exercise(gate: &Gate, world: &World) {
    for ask in world.asks.iter().take(24) {
        let request = ask.request();
        let _ = gate.check(&request);
        let _ = gate.allows(&request.principal, &request.action, request.ip.as_ref());
        let _ = gate.cell(&request.principal, &request.action, request.ip.as_ref());
        if let (Ok(who), Ok(what)) = (gate.principal(&request.principal), gate.action(&request.action)) {
            let _ = who.check(&what, request.ip.as_ref());
        }
    }
    let _ = (gate.stats(), gate.to_bytes(), gate.compare(gate), gate.model().policies.len());
}
