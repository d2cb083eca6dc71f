//! passgate in each way a Rust program asks it. How one is measured is the driver's.
use driver::{Asked, Load, Request, load_workload};
use passgate::Gate;
use std::net::IpAddr;

/// The set as text, a folder beside the workload.
fn set(base: &str) -> String {
    format!("{base}.set")
}

fn gate(path: &str) -> Gate {
    Gate::load(path).unwrap_or_else(|error| panic!("{error}"))
}

fn texts(path: String) -> Load<Asked> {
    Box::new(move || {
        let gate = gate(&path);
        Asked::Texts(Box::new(move |principal, action, ip| gate.allows(principal, action, ip).unwrap()))
    })
}

/// Three texts; loaded from text.
fn passgate(base: &str) -> Load<Asked> {
    texts(set(base))
}

/// Three texts; loaded from the compiled file.
fn passgate_compiled(base: &str) -> Load<Asked> {
    texts(format!("{base}.gatec"))
}

/// The statements that decided, too.
fn passgate_check(base: &str) -> Load<Asked> {
    let path = set(base);
    Box::new(move || {
        let gate = gate(&path);
        Asked::Texts(Box::new(move |principal, action, ip| {
            gate.check(&passgate::Request::new(principal, action).ip(ip)).unwrap().allowed
        }))
    })
}

/// Names as texts, addresses as values.
fn passgate_address(base: &str) -> Load<Asked> {
    prepared(base, |_, (principal, action, ip)| (principal.clone(), action.clone(), address(ip)), |gate, request| {
        gate.allows(&request.0, &request.1, request.2).unwrap()
    })
}

/// Principal and action resolved, addresses as values.
fn passgate_handles(base: &str) -> Load<Asked> {
    let resolved = |gate: &Gate, (principal, action, ip): &Request| {
        (gate.principal(principal).unwrap(), gate.action(action).unwrap(), address(ip))
    };
    prepared(base, resolved, |_, (principal, action, ip)| principal.allows(action, *ip).unwrap())
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Requests made ready once, then asked one by one.
fn prepared<T: 'static>(
    base: &str,
    ready: impl Fn(&Gate, &Request) -> T + 'static,
    ask: impl Fn(&Gate, &T) -> bool + 'static,
) -> Load<Asked> {
    let (path, requests) = (set(base), load_workload(base).requests);
    Box::new(move || {
        let gate = gate(&path);
        let requests: Vec<T> = requests.iter().map(|request| ready(&gate, request)).collect();
        Asked::Numbers(Box::new(move |part, out| {
            for (request, answer) in requests[part].iter().zip(out) {
                *answer = ask(&gate, request);
            }
        }))
    })
}

const PEERS: &[driver::Peer<Asked>] = &[
    ("passgate", passgate),
    ("passgate_compiled", passgate_compiled),
    ("passgate_address", passgate_address),
    ("passgate_handles", passgate_handles),
    ("passgate_check", passgate_check),
];

fn main() {
    driver::main(PEERS, |asked| asked);
}
