//! What the calls of a run touched, and what they did not: statements that matched no call, and regions that no call
//! fell into.
//!
//! A statement is *reached* where it matches a call of a case, whether or not it decided that call. A *region* is the
//! set of statements that meet in a cell of the table ([`crate::Gate::cell`]) of some caller; it is reached where a call
//! falls into it. The callers are those of whom asserts speak. What a case expects plays no part here.

use crate::analysis::callers::Callers;
use crate::catalog::ActionId;
use crate::check::{Gate, Ip, Place, Request};
use crate::model::Model;
use passgate_grammar::{limits, text};
use std::sync::Arc;

/// What the calls of a run reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Statements of identity policies: the others decide nothing.
    pub statements: Reached<Arc<Place>>,
    /// Regions of the table.
    pub regions: Reached<Region>,
    /// Whether all regions were counted; where not, there are more than `regions` says.
    pub complete: bool,
}

/// How many of some things were reached, and the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached<T> {
    /// How many there are.
    pub count: usize,
    /// How many of them were reached.
    pub reached: usize,
    /// The first of those that were not reached, in order.
    pub unreached: Vec<T>,
}

/// A region that was not reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The statements of the attached policies that meet there, by place, the first few; none where calls are refused
    /// because no statement speaks of them.
    pub statements: Vec<Arc<Place>>,
    /// The same of the boundary, where the caller has one.
    pub boundary: Option<Vec<Arc<Place>>>,
    /// How many statements meet there, those of the boundary included.
    pub count: usize,
    /// A call that would reach it.
    pub request: Request,
    /// The same as a case of a test, with the answer that is given now.
    pub case: String,
}

impl<T> Reached<T> {
    /// Counts things by whether they were reached; of the others the first `most` are kept.
    fn of(
        reached: impl Iterator<Item = bool>,
        most: usize,
        mut kept: impl FnMut(usize) -> Option<T>,
    ) -> Self {
        let mut out = Reached { count: 0, reached: 0, unreached: Vec::new() };
        for (place, reached) in reached.enumerate() {
            out.count += 1;
            out.reached += usize::from(reached);
            if !reached && out.unreached.len() < most {
                out.unreached.extend(kept(place));
            }
        }
        out
    }

    /// How many were not reached and are not kept.
    pub fn untold(&self) -> usize {
        self.count - self.reached - self.unreached.len()
    }
}

/// Statements of a region that are kept.
const KEPT: usize = 8;

/// What has been touched so far.
pub(super) struct Tracker<'m> {
    gate: &'m Gate,
    callers: Vec<Request>,
    regions: crate::check::Regions,
    statements_reached: Vec<bool>,
    regions_reached: Vec<bool>,
    complete: bool,
}

impl<'m> Tracker<'m> {
    pub(super) fn new(gate: &'m Gate) -> Self {
        let model = gate.model();
        let (mut callers, all) = Callers::requests(model);
        if !model.everyone.is_empty() {
            callers.push(Request::new("user:someone", ""));
        }
        let regions = gate.regions(&callers);
        Tracker {
            gate,
            callers,
            statements_reached: vec![false; gate.places()],
            regions_reached: vec![false; regions.found.len()],
            complete: all && regions.complete,
            regions,
        }
    }

    /// Notes what a call touches.
    pub(super) fn touch(&mut self, request: &Request) {
        let touched = self.gate.touched(request);
        for number in touched.statements {
            if let Some(reached) = self.statements_reached.get_mut(number as usize) {
                *reached = true;
            }
        }
        let place = touched.region.and_then(|key| self.regions.place(&key));
        if let Some(reached) = place.and_then(|place| self.regions_reached.get_mut(place)) {
            *reached = true;
        }
    }

    pub(super) fn finish(self) -> Coverage {
        self.finish_within(limits::COVERAGE_SHOWN)
    }

    /// [`Tracker::finish`] with another limit.
    pub(super) fn finish_within(self, most: usize) -> Coverage {
        let place = |number: usize| self.gate.place(u32::try_from(number).ok()?).cloned();
        Coverage {
            statements: Reached::of(self.statements_reached.iter().copied(), most, place),
            regions: Reached::of(self.regions_reached.iter().copied(), most, |place| self.region(place)),
            complete: self.complete,
        }
    }

    fn region(&self, place: usize) -> Option<Region> {
        let region = self.regions.found.get(place)?;
        let caller = self.callers.get(region.caller)?;
        let met = self.gate.meeting(caller, region);
        let places = |numbers: &[u32]| {
            numbers.iter().take(KEPT).filter_map(|number| self.gate.place(*number).cloned()).collect()
        };
        let model = self.gate.model();
        let mut request = caller.clone();
        request.action = action(model, region.action);
        request.ip = region.address.map(|(family, bits)| Ip::Address(crate::address::address(family, bits)));
        Some(Region {
            statements: places(&met.attached),
            boundary: met.boundary.as_deref().map(places),
            count: met.attached.len() + met.boundary.map_or(0, |all| all.len()),
            case: case(self.gate, &request),
            request,
        })
    }
}

/// `service:Name`; of a service that knows every name some name.
fn action(model: &Model, id: ActionId) -> String {
    let service = model.catalogs.get(id.service).map_or("", |service| service.service.as_ref());
    let name = model.catalogs.action(id).map_or("Any", |action| action.name.as_ref());
    format!("{service}:{name}")
}

/// A call as a case of a test says it.
fn case(gate: &Gate, request: &Request) -> String {
    let principal = request.principal.as_str();
    let (kind, name) = principal.split_once(':').unwrap_or(("user", principal));
    let instance = || {
        let policies = &gate.model().policies;
        kind == "policy" && policies.iter().any(|p| p.instance.is_some() && p.name.as_ref() == name)
    };
    // An instance of a template is named by the text that attaches it.
    let name = if instance() { name.into() } else { text::write_name(name) };
    let mut out = format!("{kind} {name}");
    for role in &request.roles {
        out += &format!(" in {}", text::write_name(role));
    }
    let allowed = gate.check(request).is_ok_and(|decision| decision.allowed);
    out += if allowed { " may " } else { " may not " };
    match request.action.split_once(':') {
        Some((service, name)) if !name.bytes().all(is_plain) => {
            out += &format!("{service}:{}", text::quote(name));
        }
        _ => out += &request.action,
    }
    if let Some(Ip::Address(address)) = &request.ip {
        out += &format!(" from {address}");
    }
    out
}

/// Signs of an action's name that need no quotes (language reference, *Lexical rules*).
fn is_plain(sign: u8) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, b'_' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::test::{Options, run};

    const SET: &str = r#"
use intlpartnersmgt
set claims = "policies"
set opaque = "shop"
policy desk(net: network) {
    allow PayOrders, QueryUser from net
    deny PayOrders when mfa is false
}
policy ceiling { allow PayOrders  deny QueryArea  allow shop:Sell }
policy "all of it" { allow *  deny ForceQN from 2001:db8::/32 }
trust policy who { allow * to anyone }
group finance { attach desk(203.0.113.0/24) }
role "night shift" { attach "all of it"  within ceiling }
user 1 { in finance }
user "mia@example.com" { attach "all of it"  within ceiling }
"#;

    fn gate(cases: &str) -> Gate {
        Gate::compile(format!("{SET}test \"t\" {{ {cases} }}")).unwrap()
    }

    fn coverage(cases: &str) -> Coverage {
        let options = Options { coverage: true, ..Options::default() };
        run(&gate(cases), &options).unwrap().coverage.unwrap()
    }

    /// The statements that some cases reach.
    #[track_caller]
    fn check(cases: &str, expected: &[&str]) {
        let (none, some) = (coverage(""), coverage(cases));
        let left: Vec<&Place> = some.statements.unreached.iter().map(AsRef::as_ref).collect();
        let reached = none.statements.unreached.iter().filter(|place| !left.contains(&place.as_ref()));
        assert_eq!(reached.map(|place| place.id.as_ref()).collect::<Vec<_>>(), expected, "{cases}");
        assert_eq!(some.statements.reached, expected.len(), "{cases}");
    }

    #[test]
    fn a_statement_is_reached_where_it_matches_a_call() {
        assert_eq!(coverage("").statements.count, 7, "of identity policies");
        let desk = ["desk(203.0.113.0/24)#1", "desk(203.0.113.0/24)#2"];
        check("user 1 may not PayOrders from 192.0.2.1", &[]);
        check("user 1 may PayOrders from 203.0.113.9", &desk[..1]);
        check("user 1 may PayOrders from 203.0.113.9 with mfa is true", &desk[..1]);
        // The deny decides, the allow matches too; of an open condition nobody knows.
        check("user 1 may not PayOrders from 203.0.113.9 with mfa is false", &desk);
        check("user 1 may not PayOrders from 203.0.113.9 with mfa is \"yes\"", &desk[..1]);
        // The boundary's statements count even where the attached policies refuse.
        check("user \"mia@example.com\" may not ForceQN from 2001:db8::1", &["all of it#1", "all of it#2"]);
        check("user \"mia@example.com\" may not QueryArea", &["ceiling#2", "all of it#1"]);
        check("user \"mia@example.com\" may shop:Sell", &["ceiling#3", "all of it#1"]);
        check("root may PayOrders", &[]);
        check("user 9 may not PayOrders", &[]);
        check("user 9 in finance may PayOrders from 203.0.113.9", &desk[..1]);
    }

    #[test]
    fn cases_that_are_shown_reach_every_region() {
        let before = coverage("");
        assert_eq!((before.regions.reached, before.complete), (0, true));
        let cases: Vec<&str> = before.regions.unreached.iter().map(|region| region.case.as_str()).collect();
        let text = cases.join("\n");
        let gate = gate(&text);
        let report = run(&gate, &Options { coverage: true, ..Options::default() }).unwrap();
        assert!(report.passed(), "they say what is answered: {text}");
        let regions = report.coverage.unwrap().regions;
        assert_eq!((regions.reached, regions.count), (cases.len(), cases.len()), "{text}");
        for part in ["user \"mia@example.com\" may ", "policy ceiling may ", " from 203.0.113.1"] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn who_brings_a_role_and_odd_names_are_written_as_a_case_has_them() {
        let set = "policy p { allow forge:\"issues/list\" }  role \"night shift\" { attach p  within q }
            policy q { deny forge:\"issues/list\" }  policy t(a: actions) { allow a }
            group g { attach p, t(forge:*) }";
        let catalog = r#"{"service": "forge", "actions": [{"name": "issues/list"}]}"#;
        let settings = "catalogs = [\"forge.json\"]\nclaims = \"policies\"";
        let gate =
            Gate::compile([("a.gate", set), ("forge.json", catalog), ("passgate.toml", settings)]).unwrap();
        let ran = run(&gate, &Options { coverage: true, ..Options::default() }).unwrap();
        let cases: Vec<String> =
            ran.coverage.unwrap().regions.unreached.into_iter().map(|r| r.case).collect();
        for case in [
            "role \"night shift\" may not forge:\"issues/list\" from 192.0.2.1",
            "user someone in \"night shift\" may forge:\"issues/list\" from 192.0.2.1",
            "policy t(forge:*) may forge:\"issues/list\" from 192.0.2.1",
        ] {
            assert!(cases.iter().any(|found| found == case), "{case}: {cases:?}");
        }
    }

    #[test]
    fn as_many_are_listed_as_the_limit_says() {
        let gate = gate("");
        let all = Tracker::new(&gate).finish();
        let (statements, regions) = (all.statements.count, all.regions.count);
        let check = |most: usize| {
            let some = Tracker::new(&gate).finish_within(most);
            let untold = (statements.saturating_sub(most), regions.saturating_sub(most));
            assert_eq!((some.statements.untold(), some.regions.untold()), untold, "{most}");
            assert_eq!(some.statements.unreached, all.statements.unreached[..most.min(statements)]);
            assert_eq!((some.statements.count, some.regions.count), (statements, regions));
        };
        [0, statements, statements - 1, regions, regions - 1].into_iter().for_each(check);
        assert!(limits::COVERAGE_SHOWN > regions && all.regions.untold() == 0);
    }
}
