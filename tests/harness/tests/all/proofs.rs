//! Asserts judged by hand: small sets, each with asserts, held against every cell of its world by the reference
//! evaluator. An assert that is proved has no cell that shows otherwise; one that fails has, and the call shown is one.

#![expect(clippy::indexing_slicing, reason = "a test fails where it stands")]

use passgate::analysis::prove::{self, Verdict};
use passgate::check::{ContextValue, Ip};
use passgate::{Gate, Request, TextSources, reference};
use std::fmt::Write as _;
use std::net::IpAddr;

/// Where nothing is optimised, one set of so many is tried.
const STRIDE_UNOPTIMISED: usize = 4_001;
const STRIDE_OPTIMISED: usize = 53;
/// Of all asserts one of so many is put into a set, beginning elsewhere in each.
const ASSERTS: usize = 11;

const CATALOG: &str = r#"{"service": "small", "version": "1", "actions": [
    {"name": "Near", "category": "read"},
    {"name": "Far", "category": "read", "ip_restriction": false},
    {"name": "Thing", "category": "write", "granularity": "resource"}]}"#;

const ADDRESSES: [Option<&str>; 5] =
    [None, Some("9.255.255.255"), Some("10.0.0.0"), Some("11.0.0.0"), Some("::1")];
const TIMES: [Option<&str>; 3] = [None, Some("2025-12-31T23:59:59.999999999Z"), Some("2026-01-01T00:00:00Z")];
const RESOURCES: [Option<&str>; 3] = [None, Some("qcs::small:::a"), Some("qcs::small:::b")];
const ACTIONS: [&str; 3] = ["Near", "Far", "Thing"];

/// Values of the key `small:k`; the last cannot be read.
fn contexts() -> [Option<ContextValue>; 5] {
    let text = |t: &str| ContextValue::Text(t.to_owned());
    [
        None,
        Some(text("a")),
        Some(text("b")),
        Some(ContextValue::List(vec![text("a"), text("b")])),
        Some(ContextValue::Bool(true)),
    ]
}

/// A caller: the principal, groups and roles it brings, what it is in, and whether it has the policy `q`.
struct Caller {
    principal: &'static str,
    groups: &'static [&'static str],
    roles: &'static [&'static str],
    within: &'static [&'static str],
    has_q: bool,
    /// It brings more than one thing: only `no one` and `only` speak of it.
    mixture: bool,
}

const CALLERS: [Caller; 7] = [
    Caller {
        principal: "user:u",
        groups: &[],
        roles: &[],
        within: &["user u"],
        has_q: false,
        mixture: false,
    },
    Caller {
        principal: "user:w",
        groups: &[],
        roles: &[],
        within: &["user w", "group g"],
        has_q: true,
        mixture: false,
    },
    Caller { principal: "role:r", groups: &[], roles: &[], within: &["role r"], has_q: true, mixture: false },
    Caller {
        principal: "group:g",
        groups: &[],
        roles: &[],
        within: &["group g"],
        has_q: true,
        mixture: false,
    },
    Caller {
        principal: "user:someone",
        groups: &[],
        roles: &["r"],
        within: &["role r"],
        has_q: true,
        mixture: false,
    },
    Caller {
        principal: "user:u",
        groups: &["g"],
        roles: &[],
        within: &["user u", "group g"],
        has_q: true,
        mixture: true,
    },
    Caller {
        principal: "x",
        groups: &["g"],
        roles: &["r"],
        within: &["group g", "role r"],
        has_q: true,
        mixture: true,
    },
];

#[derive(Clone)]
struct Cell {
    request: Request,
    caller: usize,
    action: usize,
    address: Option<&'static str>,
    time: Option<&'static str>,
    resource: Option<&'static str>,
    value: Option<ContextValue>,
}

fn cells() -> Vec<Cell> {
    let mut all = Vec::new();
    for (caller, who) in CALLERS.iter().enumerate() {
        for (action, name) in ACTIONS.iter().enumerate() {
            for address in ADDRESSES {
                for time in TIMES {
                    for resource in RESOURCES {
                        for value in contexts() {
                            let mut request = Request::new(who.principal, format!("small:{name}"));
                            request.groups = who.groups.iter().map(ToString::to_string).collect();
                            request.roles = who.roles.iter().map(ToString::to_string).collect();
                            request.ip = address.map(|a| Ip::Text(a.to_owned()));
                            request.at = time.map(str::to_owned);
                            request.resources = resource.map(|r| vec![r.to_owned()]);
                            request.context =
                                value.clone().map(|v| ("small:k".to_owned(), v)).into_iter().collect();
                            all.push(Cell { request, caller, action, address, time, resource, value });
                        }
                    }
                }
            }
        }
    }
    all
}

/// One clause of an assert, and whether it admits a cell.
type Admits = fn(&Cell) -> bool;

fn near(cell: &Cell) -> bool {
    cell.address.is_some_and(|a| a.starts_with("10."))
}

fn holds_text(cell: &Cell, wanted: &str) -> bool {
    let is = |value: &ContextValue| matches!(value, ContextValue::Text(text) if text == wanted);
    match &cell.value {
        Some(ContextValue::List(values)) => values.iter().any(is),
        Some(value) => is(value),
        None => false,
    }
}

fn early(cell: &Cell) -> bool {
    cell.time.is_some_and(|t| t < "2026-01-01T00:00:00Z")
}

fn late(cell: &Cell) -> bool {
    cell.time.is_some_and(|t| t >= "2026-01-01T00:00:00Z")
}

const CLAUSES: [(&str, Admits); 9] = [
    ("", |_| true),
    ("from 10.0.0.0/8", near),
    ("not from 10.0.0.0/8", |c| c.address.is_some() && !near(c)),
    ("unless from 10.0.0.0/8", |c| !near(c)),
    ("on \"qcs::small:::a\"", |c| c.resource == Some("qcs::small:::a")),
    ("on \"*\" from 10.0.0.0/8 until 2026-01-01T00:00:00Z", |c| near(c) && early(c)),
    ("when small:k is \"a\"", |c| holds_text(c, "a")),
    ("since 2026-01-01T00:00:00Z when small:k is \"b\"", |c| late(c) && holds_text(c, "b")),
    ("when small:k is absent unless from 10.0.0.0/8", |c| c.value.is_none() && !near(c)),
];

/// A subject, and whether it speaks of a caller; `only` and `no one` speak of mixtures too.
type Speaks = fn(&Caller) -> bool;

fn one_of(caller: &Caller, names: &[&str]) -> bool {
    caller.within.iter().any(|name| names.contains(name))
}

/// Subject, whether it forbids without `not`, whom it speaks of.
const SUBJECTS: [(&str, bool, Speaks); 9] = [
    ("no one", true, |_| true),
    ("everyone", false, |c| !c.mixture),
    ("user u", false, |c| !c.mixture && one_of(c, &["user u"])),
    ("user u, group g", false, |c| !c.mixture && one_of(c, &["user u", "group g"])),
    ("group g", false, |c| !c.mixture && one_of(c, &["group g"])),
    ("role r", false, |c| !c.mixture && one_of(c, &["role r"])),
    ("policy q", false, |c| !c.mixture && c.has_q),
    ("only group g", true, |c| !one_of(c, &["group g"])),
    ("only user u, role r", true, |c| !one_of(c, &["user u", "role r"])),
];

#[derive(Clone)]
struct Assert {
    text: String,
    /// Whether a call that is allowed shows it wrong.
    forbids: bool,
    speaks: Speaks,
    actions: Vec<usize>,
    admits: Admits,
}

fn asserts() -> Vec<Assert> {
    let mut all = Vec::new();
    let actions: [(&str, &[usize]); 4] =
        [("small:Near", &[0]), ("small:Far", &[1]), ("small:Thing", &[2]), ("small:*", &[0, 1, 2])];
    for (subject, forbids, speaks) in SUBJECTS {
        for not in [false, true] {
            if not && (forbids || subject == "everyone") {
                continue;
            }
            for (name, actions) in actions {
                for (clause, admits) in CLAUSES {
                    let may = if not { "may not" } else { "may" };
                    let text = format!("assert {subject} {may} {name} {clause}");
                    all.push(Assert {
                        text,
                        forbids: forbids || not,
                        speaks,
                        actions: actions.to_vec(),
                        admits,
                    });
                }
            }
        }
    }
    all
}

/// Every statement: effect, actions, address, resource, a further condition.
fn statements() -> Vec<String> {
    let mut all = Vec::new();
    for effect in ["allow", "deny"] {
        for actions in ["small:Near", "small:Far", "small:Thing", "small:*"] {
            for address in ["", "from 10.0.0.0/8", "not from 10.0.0.0/8", "unless from 10.0.0.0/8"] {
                for resource in ["", "on \"qcs::small:::a\""] {
                    for more in
                        ["", "until 2026-01-01T00:00:00Z", "when small:k is \"a\"", "unless small:k is \"a\""]
                    {
                        all.push(format!("{effect} {actions} {address} {resource} {more}"));
                    }
                }
            }
        }
    }
    all
}

#[test]
fn verdicts_are_those_of_every_cell() {
    let (statements, cells, asserts) = (statements(), cells(), asserts());
    let stride = if cfg!(debug_assertions) { STRIDE_UNOPTIMISED } else { STRIDE_OPTIMISED };
    let (mut sets, mut proved, mut refuted) = (0, 0, 0);
    for number in (0..statements.len() * statements.len()).step_by(stride) {
        let (one, other) = (&statements[number / statements.len()], &statements[number % statements.len()]);
        let chosen: Vec<&Assert> = asserts.iter().skip(number % ASSERTS).step_by(ASSERTS).collect();
        let mut text = format!(
            "policy p {{ {one} }} policy q {{ {other} }} group g {{ attach q }} role r {{ attach q within p }}\n\
             user u {{ attach p }} user w {{ attach p in g }}\n"
        );
        chosen.iter().for_each(|assert| writeln!(text, "{}", assert.text).unwrap());
        let gate = gate(&text);
        let answers: Vec<Option<bool>> = cells
            .iter()
            .map(|cell| reference::decide(gate.model(), &cell.request).ok().map(|d| d.allowed))
            .collect();
        for (assert, report) in chosen.iter().zip(prove::run(&gate, None).unwrap()) {
            let shows = |cell: &Cell| {
                (assert.speaks)(&CALLERS[cell.caller])
                    && assert.actions.contains(&cell.action)
                    && (assert.admits)(cell)
            };
            let wrong = cells.iter().zip(&answers).find(|(c, a)| shows(c) && **a == Some(assert.forbids));
            match (&report.verdict, wrong) {
                (Verdict::Holds, None) => proved += 1,
                (Verdict::Fails(shown), Some(_)) => {
                    let decided = reference::decide(gate.model(), &shown.request).unwrap().allowed;
                    assert_eq!(decided, assert.forbids, "{text}\n{}\n{:#?}", assert.text, shown.request);
                    let cell = cell_of(&shown.request);
                    assert!(shows(&cell), "{text}\n{}\n{:#?}", assert.text, shown.request);
                    let wrong =
                        cells.iter().zip(&answers).filter(|(c, a)| shows(c) && **a == Some(assert.forbids));
                    let alone = wrong.map(|(cell, _)| cell).filter(|cell| !CALLERS[cell.caller].mixture);
                    let least = alone.map(order).min();
                    assert_eq!(least, Some(order(&cell)), "{text}\n{}\n{:#?}", assert.text, shown.request);
                    refuted += 1;
                }
                (verdict, wrong) => {
                    let cell = wrong.map(|(cell, _)| &cell.request);
                    panic!("{text}\n{}\n{verdict:#?}\nby hand: {cell:#?}", assert.text)
                }
            }
        }
        sets += 1;
    }
    println!("proofs: {sets} sets, {proved} proved, {refuted} refuted");
    assert!(proved > 100 && refuted > 100);
}

/// Which of several calls is shown: the one that says least, then the first caller, then the first action
/// by name.
fn order(cell: &Cell) -> (usize, bool, usize, &'static str) {
    let said = [cell.address.is_some(), cell.time.is_some(), cell.resource.is_some(), cell.value.is_some()];
    let list = matches!(cell.value, Some(ContextValue::List(_)));
    (said.into_iter().filter(|said| *said).count(), list, cell.caller, ACTIONS[cell.action])
}

#[expect(clippy::unwrap_used, reason = "part of a test")]
fn gate(text: &str) -> Gate {
    let files = [("passgate.toml", "catalogs = ['small.json']"), ("small.json", CATALOG), ("a.gate", text)];
    let files: TextSources =
        files.into_iter().map(|(n, t)| (n.to_owned(), t.to_owned())).collect::<Vec<_>>().into();
    Gate::compile(files).unwrap()
}

/// The cell that a shown call lies in, for those who ask what admits it.
#[expect(clippy::unwrap_used, reason = "part of a test")]
fn cell_of(request: &Request) -> Cell {
    let is = |c: &&Caller| {
        c.principal == request.principal && c.groups == request.groups && c.roles == request.roles
    };
    let caller = CALLERS.iter().position(|c| is(&c)).unwrap();
    let action = ACTIONS.iter().position(|a| request.action.ends_with(a)).unwrap();
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let address = match &request.ip {
        Some(Ip::Address(IpAddr::V4(a))) if a.octets()[0] == 10 => Some("10.0.0.0"),
        Some(_) => Some("11.0.0.0"),
        None => None,
    };
    let resource = request.resources.as_ref().map(|list| leak(list[0].clone()));
    let time = request.at.clone().map(leak);
    let value = request.context.first().map(|(_, value)| value.clone());
    Cell { request: request.clone(), caller, action, address, time, resource, value }
}
