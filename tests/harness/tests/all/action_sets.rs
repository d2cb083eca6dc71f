//! The actions that a principal may perform from an address, all at once, over generated worlds: exactly those that the
//! reference evaluator allows one by one.

use crate::new_seed;
use passgate::check::Request;
use passgate::{Gate, reference};
use passgate_harness::random::Random;
use passgate_harness::world::{generate, model};

/// Worlds of a run; optimised, more.
const WORLDS: usize = if cfg!(debug_assertions) { 25 } else { 400 };
/// Callers and addresses of a world.
const SETS: usize = 12;

#[test]
fn a_set_holds_what_is_allowed_one_by_one() {
    let seed = new_seed();
    println!("action sets: seed {seed}");
    let mut random = Random::new(seed);
    let (mut inside, mut outside, mut refused) = (0, 0, 0);
    for _ in 0..WORLDS {
        let world = generate(random.bits());
        let gate = Gate::from_model(model(&world)).expect("a world compiles");
        let loaded = Gate::from_bytes(&gate.to_bytes().expect("a world is written")).expect("and read");
        for _ in 0..SETS {
            let Some(ask) = random.pick(&world.asks) else { break };
            let Request { principal, ip, .. } = ask.request();
            let told = gate.actions(&principal, ip.as_ref());
            let again = loaded.actions(&principal, ip.as_ref());
            let Ok(set) = told else {
                refused += 1;
                let (one, other) = (told.map(|_| ()).unwrap_err(), again.map(|_| ()).unwrap_err());
                assert_eq!(one.code(), other.code());
                no_check_is_answered(&gate, &principal, ip.as_ref());
                continue;
            };
            assert_eq!(set.bytes(), again.expect("as the gate that was written").bytes());
            let mut names = set.names();
            for (number, action) in gate.action_names().enumerate() {
                let mut request = Request::new(principal.as_str(), action);
                request.ip = ip.clone();
                let allowed = reference::decide(gate.model(), &request).is_ok_and(|d| d.allowed);
                let bit = set.bytes()[number / 8] >> (number % 8) & 1 == 1;
                assert_eq!(bit, allowed, "seed {seed}, {principal} {action} {ip:?}");
                assert_eq!(gate.allows(&principal, action, ip.as_ref()).is_ok_and(|a| a), allowed);
                assert_eq!(set.contains(action).expect("an action"), allowed);
                assert_eq!(gate.action_id(action).expect("an action") as usize, number);
                if allowed {
                    assert_eq!(names.next(), Some(action));
                }
                *(if allowed { &mut inside } else { &mut outside }) += 1;
            }
            assert_eq!(names.next(), None);
            assert_eq!((set.len(), set.is_empty()), (set.names().count(), set.names().next().is_none()));
        }
    }
    println!("action sets: {inside} inside, {outside} outside, {refused} not answered");
    assert!(inside > WORLDS && outside > WORLDS, "{inside} {outside}: too few to tell");
}

/// Where there is no set, no check is answered either.
fn no_check_is_answered(gate: &Gate, principal: &str, ip: Option<&passgate::check::Ip>) {
    for action in gate.action_names() {
        assert!(gate.allows(principal, action, ip).is_err(), "{principal} {action} {ip:?}");
    }
}
