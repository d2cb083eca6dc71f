//! Coverage against brute force: in generated worlds, with some of their requests as a test, the statements that are
//! said to be reached are those that the reference evaluator says match, and the regions are those that a walk over
//! every caller, action and address finds.
//!
//! A statement is asked alone, as an allow that everyone has: `allow` is a match.

#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "a test fails where it stands")]

use crate::{new_seed, number};
use passgate::address::{Family, address};
use passgate::analysis::test::{self, Coverage};
use passgate::catalog::{ActionId, Granularity};
use passgate::check::{ContextValue, Ip, Request};
use passgate::grammar::{SourceId, Span, limits};
use passgate::model::{
    Called, Case, CaseValue, CaseValues, Claims, Condition, Effect, GroupId, Instant, IpUnsupported, Model,
    PolicyId, PolicyKind, ResourceKind, Statement, Test, TestBlock,
};
use passgate::{Gate, Reason, reference};
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Worlds of a run.
const WORLDS: usize = 400;
/// Worlds where nothing is optimised.
const WORLDS_UNOPTIMISED: usize = 12;
/// Statements of a world above which it is left to the optimised run.
const STATEMENTS_UNOPTIMISED: usize = 40;
/// Actions, likewise.
const ACTIONS_UNOPTIMISED: usize = 24;

#[test]
fn what_is_reached_is_what_brute_force_reaches() {
    let quick = cfg!(debug_assertions);
    let default = if quick { WORLDS_UNOPTIMISED } else { WORLDS };
    let worlds = number("PASSGATE_WORLDS").map_or(default, |n| n as usize);
    let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
    println!("coverage: seed {seed}, {worlds} worlds");
    let mut random = Random::new(seed);
    let (mut tried, mut counts) = (0, [0; 4]);
    while tried < worlds {
        let world = generate(random.bits());
        let statements: usize = world.policies.iter().map(|p| p.statements.len()).sum();
        let actions: usize = world.services.iter().map(|s| s.actions.len().max(1)).sum();
        if quick && (statements > STATEMENTS_UNOPTIMISED || actions > ACTIONS_UNOPTIMISED) {
            continue;
        }
        tried += 1;
        let found = compare(&world, &mut random);
        counts.iter_mut().zip(found).for_each(|(sum, n)| *sum += n);
    }
    println!("coverage: statements {} of {}, regions {} of {}", counts[0], counts[1], counts[2], counts[3]);
    let [statements, all, regions, every] = counts;
    assert!(0 < statements && statements < all && 0 < regions && regions < every, "{counts:?}");
}

/// Statements and regions that were reached, and all of them.
fn compare(world: &World, random: &mut Random) -> [usize; 4] {
    let mut model = model(world);
    let cases: Vec<Case> =
        world.asks.iter().filter(|_| random.chance(20)).filter_map(|ask| case(&ask.request())).collect();
    let calls: Vec<Request> = cases.iter().map(|case| call(&model, case)).collect();
    model.proofs.tests = vec![TestBlock { name: "all".into(), cases, span: nowhere() }];
    let Ok(gate) = Gate::from_model(model.clone()) else { return [0; 4] };
    let options = test::Options { coverage: true, ..test::Options::default() };
    let report = test::run(&gate, &options).expect("a run");
    let coverage = report.coverage.expect("it was asked for");
    let brute = Brute::new(&model);
    statements(&brute, &calls, &coverage, world.seed);
    regions(&brute, &calls, &coverage, world.seed);
    let (statements, regions) = (&coverage.statements, &coverage.regions);
    [statements.reached, statements.count, regions.reached, regions.count]
}

fn nowhere() -> Span {
    Span::new(SourceId(0), 0, 0)
}

/// A request as a case of a test; none where no case can say it.
fn case(request: &Request) -> Option<Case> {
    let names = |names: &[String]| names.iter().map(|name| name.as_str().into()).collect();
    let address = match &request.ip {
        None => None,
        Some(Ip::Address(address)) => Some(*address),
        Some(Ip::Text(text)) => Some(text.parse().ok()?),
    };
    let mut context: Vec<(Arc<str>, CaseValues)> = Vec::new();
    for (key, value) in &request.context {
        let values = match value {
            ContextValue::List(values) => values.iter().map(case_value).collect::<Option<Vec<_>>>()?,
            one => vec![case_value(one)?],
        };
        context.push((key.as_str().into(), CaseValues { values }));
    }
    Some(Case {
        principal: request.principal.as_str().into(),
        groups: names(&request.groups),
        roles: names(&request.roles),
        policies: names(&request.policies),
        allowed: true,
        calls: [Called::Named(request.action.as_str().into())].into(),
        resources: request.resources.as_ref().map(|list| list.iter().map(|r| r.as_str().into()).collect()),
        address,
        time: request.at.as_deref().map(|at| Instant::parse(at).ok_or(())).transpose().ok()?,
        context,
        because: None,
        span: nowhere(),
    })
}

fn case_value(value: &ContextValue) -> Option<CaseValue> {
    match value {
        ContextValue::Text(text) => Some(CaseValue::Text(text.as_str().into())),
        ContextValue::Number(number) => Some(CaseValue::Number(number.as_str().into())),
        ContextValue::Bool(value) => Some(CaseValue::Bool(*value)),
        _ => None,
    }
}

/// The one call of a case, as a request: the accounts of what was asked are no part of a case.
fn call(model: &Model, case: &Case) -> Request {
    let texts = |names: &[Arc<str>]| names.iter().map(ToString::to_string).collect();
    let action = match &case.calls[0] {
        Called::Named(name) => name.to_string(),
        Called::Known(id) => action_name(model, *id),
    };
    let mut request = Request::new(case.principal.to_string(), action);
    request.ip = case.address.map(Ip::Address);
    request.resources = case.resources.as_deref().map(texts);
    request.at = case.time.map(|time| time.to_string());
    (request.groups, request.roles, request.policies) =
        (texts(&case.groups), texts(&case.roles), texts(&case.policies));
    let one = |value: &CaseValue| match value {
        CaseValue::Text(text) => ContextValue::Text(text.to_string()),
        CaseValue::Number(number) => ContextValue::Number(number.to_string()),
        CaseValue::Bool(value) => ContextValue::Bool(*value),
    };
    let context = case.context.iter().map(|(key, values)| {
        let value = match values.values.as_slice() {
            [value] => one(value),
            several => ContextValue::List(several.iter().map(one).collect()),
        };
        (key.to_string(), value)
    });
    request.context = context.collect();
    request
}

fn action_name(model: &Model, id: ActionId) -> String {
    let service = model.catalogs.get(id.service).map_or("", |s| s.service.as_ref());
    format!("{service}:{}", model.catalogs.action(id).map_or("Any", |a| a.name.as_ref()))
}

/// A statement: its policy, its place there.
type Name = (usize, usize);

/// Policies of a caller, and those that bound it.
type Having = (BTreeSet<usize>, Option<BTreeSet<usize>>);

/// The statements that meet, and those of the boundary where it plays a part.
type Region = (BTreeSet<Name>, Option<BTreeSet<Name>>);

/// A model taken apart.
struct Brute<'m> {
    model: &'m Model,
    /// Each statement alone, as an allow that everyone has.
    alone: BTreeMap<Name, Model>,
}

impl<'m> Brute<'m> {
    fn new(model: &'m Model) -> Self {
        let mut alone = BTreeMap::new();
        for (p, policy) in model.policies.iter().enumerate() {
            if policy.kind == PolicyKind::Identity {
                for (s, statement) in policy.statements.iter().enumerate() {
                    alone.insert((p, s), only(model, statement.clone()));
                }
            }
        }
        Brute { model, alone }
    }

    /// What a caller has; none for root, the unknown, and requests that are refused as such.
    fn having(&self, request: &Request) -> Option<Having> {
        // Who asks is read before conditions are: of a set without statements nothing is open.
        let mut bare = self.model.clone();
        bare.policies.iter_mut().for_each(|p| p.statements.clear());
        let decided = reference::decide(&bare, request).ok()?;
        if matches!(decided.reason, Reason::Root | Reason::UnknownPrincipal) || request.principal == "root" {
            return None;
        }
        let model = self.model;
        let (kind, name) = match request.principal.split_once(':') {
            Some((kind @ ("user" | "role" | "group" | "policy"), name)) => (kind, name),
            _ => ("user", request.principal.as_str()),
        };
        let mut policies: BTreeSet<usize> = model.everyone.iter().map(|id| id.0 as usize).collect();
        let mut open: Vec<GroupId> = Vec::new();
        let group = |name: &str, role: bool| {
            let place = model.groups.iter().position(|g| g.name.as_ref() == name && g.role == role);
            place.map(|place| GroupId(place as u32))
        };
        let policy = |name: &str| model.policies.iter().position(|p| p.name.as_ref() == name);
        let mut own = None;
        match kind {
            "user" => {
                if let Some(user) = model.users.iter().find(|u| u.name.as_ref() == name) {
                    policies.extend(user.attached.iter().map(|id| id.0 as usize));
                    open.extend(&user.parents);
                    own = user.boundary;
                }
            }
            "role" => {
                if let Some(id) = group(name, true) {
                    open.push(id);
                    own = model.groups[id.0 as usize].boundary;
                }
            }
            "group" => open.extend(group(name, false)),
            _ => policies.extend(policy(name)),
        }
        open.extend(request.groups.iter().filter_map(|name| group(name, false)));
        open.extend(request.roles.iter().filter_map(|name| group(name, true)));
        policies.extend(request.policies.iter().filter_map(|name| policy(name)));
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                let group = &model.groups[id.0 as usize];
                policies.extend(group.attached.iter().map(|id| id.0 as usize));
                open.extend(&group.parents);
            }
        }
        let bounds = model.boundary.iter().flatten().copied().chain(own);
        let bounds: Option<BTreeSet<usize>> = (model.boundary.is_some() || own.is_some())
            .then(|| bounds.map(|id: PolicyId| id.0 as usize).collect());
        Some((policies, bounds))
    }

    /// The statements that match a request, boundary included.
    fn matching(&self, request: &Request) -> BTreeSet<Name> {
        let Some((policies, bounds)) = self.having(request) else { return BTreeSet::new() };
        let has = |p: usize| policies.contains(&p) || bounds.as_ref().is_some_and(|b| b.contains(&p));
        let mine = self.alone.iter().filter(|((p, _), _)| has(*p));
        mine.filter(|(_, alone)| matches(alone, request)).map(|(name, _)| *name).collect()
    }
}

/// A model with one statement, which everyone has as an allow and nothing bounds.
fn only(model: &Model, mut statement: Statement) -> Model {
    let mut alone = model.clone();
    alone.policies.iter_mut().for_each(|policy| policy.statements.clear());
    statement.effect = Effect::Allow;
    let mut policy = alone.policies[0].clone();
    (policy.name, policy.kind, policy.statements) = ("<alone>".into(), PolicyKind::Identity, vec![statement]);
    alone.everyone = vec![PolicyId(alone.policies.len() as u32)];
    alone.policies.push(policy);
    alone.boundary = None;
    alone.users.iter_mut().for_each(|user| user.boundary = None);
    alone.groups.iter_mut().for_each(|group| group.boundary = None);
    alone
}

/// Whether the one statement matches a request, on one of its resources at least.
fn matches(alone: &Model, request: &Request) -> bool {
    let allowed = |request: &Request| reference::decide(alone, request).is_ok_and(|d| d.allowed);
    match request.resources.as_deref() {
        Some(several @ [_, _, ..]) => several
            .iter()
            .any(|resource| allowed(&Request { resources: Some(vec![resource.clone()]), ..request.clone() })),
        _ => allowed(request),
    }
}

fn statements(brute: &Brute<'_>, calls: &[Request], coverage: &Coverage, seed: u64) {
    let matched: BTreeSet<Name> = calls.iter().flat_map(|call| brute.matching(call)).collect();
    let id = |(p, s): &Name| {
        let policy = &brute.model.policies[*p];
        (policy.name.to_string(), policy.statements[*s].id.to_string())
    };
    let left: BTreeSet<(String, String)> =
        brute.alone.keys().filter(|name| !matched.contains(name)).map(id).collect();
    let told: BTreeSet<(String, String)> =
        coverage.statements.unreached.iter().map(|p| (p.policy.to_string(), p.id.to_string())).collect();
    assert_eq!(told, left, "world {seed}");
    let counts = (coverage.statements.count, coverage.statements.reached);
    assert_eq!(counts, (brute.alone.len(), matched.len()), "world {seed}");
}

fn regions(brute: &Brute<'_>, calls: &[Request], coverage: &Coverage, seed: u64) {
    let cells = Cells::new(brute);
    let mut all: BTreeSet<Region> = BTreeSet::new();
    for caller in callers(brute.model) {
        let Some(having) = brute.having(&caller) else { continue };
        for action in 0..cells.actions.len() {
            for place in 0..cells.places.len() {
                all.insert(cells.region(&having, action, place));
            }
        }
    }
    let fallen = calls.iter().filter_map(|call| {
        let action = cells.action(brute.model, &call.action)?;
        Some(cells.region(&brute.having(call)?, action, cells.place(call.ip.as_ref())))
    });
    let fallen: BTreeSet<Region> = fallen.filter(|region| all.contains(region)).collect();
    let told = &coverage.regions;
    assert_eq!((told.count, told.reached), (all.len(), fallen.len()), "world {seed}");
    assert!(coverage.complete, "world {seed}");
    // Each that is told is one that no call falls into, and its call falls into it.
    let mut shown = BTreeSet::new();
    for region in &told.unreached {
        let request = &region.request;
        let having = brute.having(request).expect("somebody asks");
        let action = cells.action(brute.model, &request.action).unwrap_or(usize::MAX);
        let brute_region = cells.region(&having, action, cells.place(request.ip.as_ref()));
        assert!(all.contains(&brute_region) && !fallen.contains(&brute_region), "world {seed}: {region:?}");
        let sizes = (brute_region.0.len(), brute_region.1.as_ref().map(BTreeSet::len));
        assert_eq!(region.count, sizes.0 + sizes.1.unwrap_or(0), "world {seed}: {region:?}");
        assert_eq!(region.boundary.is_some(), sizes.1.is_some(), "world {seed}: {region:?}");
        let ids: BTreeSet<String> = region.statements.iter().map(|p| p.id.to_string()).collect();
        let expected =
            brute_region.0.iter().map(|(p, s)| brute.model.policies[*p].statements[*s].id.to_string());
        assert!(ids.is_subset(&expected.collect()), "world {seed}: {region:?}");
        shown.insert(brute_region);
    }
    let left = told.count - told.reached;
    assert_eq!(shown.len(), left.min(limits::COVERAGE_SHOWN), "world {seed}");
}

/// The callers of whom asserts speak.
fn callers(model: &Model) -> Vec<Request> {
    let asks = |kind: &str, name: &str| Request::new(format!("{kind}:{name}"), "");
    let mut all: Vec<Request> = model.users.iter().map(|u| asks("user", &u.name)).collect();
    all.extend(model.groups.iter().filter(|g| g.role).map(|g| asks("role", &g.name)));
    if model.settings.claims != Claims::None {
        for group in &model.groups {
            if group.role {
                let mut request = asks("user", "<nobody>");
                request.roles.push(group.name.to_string());
                all.push(request);
            } else {
                all.push(asks("group", &group.name));
            }
        }
    }
    if model.settings.claims == Claims::Policies {
        let bounds = |place: usize| model.boundary.iter().flatten().any(|id| id.0 as usize == place);
        let own = model.policies.iter().enumerate();
        let own = own.filter(|(place, p)| p.kind == PolicyKind::Identity && !bounds(*place));
        all.extend(own.map(|(_, p)| asks("policy", &p.name)));
    }
    if !model.everyone.is_empty() {
        all.push(asks("user", "<nobody>"));
    }
    // Who asks is looked up with some action that there is.
    let some = model.catalogs.services().next().map(|(id, _)| ActionId { service: id, action: 0 });
    all.iter_mut().for_each(|r| r.action = some.map(|id| action_name(model, id)).unwrap_or_default());
    all
}

/// Which statements meet where, whoever has them.
struct Cells {
    actions: Vec<ActionId>,
    /// A start of every stretch of addresses, and none.
    places: Vec<Option<(Family, u128)>>,
    /// By action and place.
    met: Vec<Vec<BTreeSet<Name>>>,
    denies: BTreeSet<Name>,
}

/// IPv4 addresses written as IPv6: no call comes from there.
const MAPPED: (u128, u128) = (0xffff << 32, (0xffff << 32) | 0xffff_ffff);

impl Cells {
    fn new(brute: &Brute<'_>) -> Cells {
        let model = brute.model;
        let ids = |(service, described): (_, &Arc<passgate::catalog::Service>)| {
            let width = if described.knows_every_name() { 1 } else { described.actions.len() as u32 };
            (0..width).map(move |action| ActionId { service, action }).collect::<Vec<_>>()
        };
        let actions: Vec<ActionId> = model.catalogs.services().flat_map(ids).collect();
        let places = places(model);
        let mut met = Vec::new();
        for id in &actions {
            let stripped: Vec<(Name, Model)> =
                brute.alone.iter().filter_map(|(name, alone)| Some((*name, strip(alone, *id)?))).collect();
            let at = |place: &Option<(Family, u128)>| {
                let mut request = Request::new("user:<nobody>", action_name(model, *id));
                request.ip = place.map(|(family, bits)| Ip::Address(address(family, bits)));
                let here = stripped.iter().filter(|(_, alone)| matches(alone, &request));
                here.map(|(name, _)| *name).collect()
            };
            met.push(places.iter().map(at).collect());
        }
        let is_deny = |(p, s): &Name| model.policies[*p].statements[*s].effect == Effect::Deny;
        let denies = brute.alone.keys().copied().filter(is_deny).collect();
        Cells { actions, places, met, denies }
    }

    fn region(&self, (policies, bounds): &Having, action: usize, place: usize) -> Region {
        let of = |has: &BTreeSet<usize>| -> BTreeSet<Name> {
            self.met[action][place].iter().filter(|(p, _)| has.contains(p)).copied().collect()
        };
        let attached = of(policies);
        let allows = attached.iter().any(|name| !self.denies.contains(name));
        let boundary = bounds.as_ref().filter(|_| allows).map(of);
        (attached, boundary)
    }

    /// The action that a request names, where a catalog has it.
    fn action(&self, model: &Model, text: &str) -> Option<usize> {
        let find = |id: ActionId| self.actions.iter().position(|known| *known == id);
        match text.split_once(':') {
            Some((before, name)) => {
                let service = before.strip_prefix("name/").unwrap_or(before);
                let (service, described) = model.catalogs.find(service)?;
                let every = described.knows_every_name().then_some(0);
                find(ActionId { service, action: described.position(name).or(every)? })
            }
            None => {
                let owners = model.catalogs.services().filter_map(|(service, described)| {
                    Some(ActionId { service, action: described.position(text)? })
                });
                let owners: Vec<ActionId> = owners.collect();
                if owners.len() == 1 { find(owners[0]) } else { None }
            }
        }
    }

    /// The stretch that an address lies in.
    fn place(&self, ip: Option<&Ip>) -> usize {
        let address = match ip {
            Some(Ip::Address(std::net::IpAddr::V4(v4))) => Some((Family::V4, u32::from(*v4).into())),
            Some(Ip::Address(std::net::IpAddr::V6(v6))) => match v6.to_ipv4_mapped() {
                Some(v4) => Some((Family::V4, u32::from(v4).into())),
                None => Some((Family::V6, u128::from(*v6))),
            },
            _ => None,
        };
        let fits = |place: &(Family, u128)| {
            address.is_some_and(|(family, bits): (Family, u128)| place.0 == family && place.1 <= bits)
        };
        let below = |(at, place): (usize, &Option<(Family, u128)>)| Some((place.filter(fits)?.1, at));
        let found = self.places.iter().enumerate().filter_map(below).max();
        found.map_or_else(|| self.places.iter().position(Option::is_none).unwrap_or(0), |(_, at)| at)
    }
}

/// A statement alone, without what a request decides beyond its action and address; none where it names resources and
/// the action knows none.
fn strip(alone: &Model, id: ActionId) -> Option<Model> {
    let catalogs = &alone.catalogs;
    let described = catalogs.get(id.service)?;
    let every = described.knows_every_name();
    let row = catalogs.action(id);
    let level = if every { Granularity::Service } else { row?.granularity };
    let evaluates = alone.settings.ip_unsupported == IpUnsupported::Evaluate;
    let addressed = evaluates || row.is_none_or(|row| row.ip_restriction);
    let tagged = row.map_or(described.tag_authorization, |row| row.tag_authorization);
    let mut alone = alone.clone();
    let statement = &mut alone.policies.last_mut()?.statements[0];
    let any = statement.resources.iter().find(|r| matches!(r.kind, ResourceKind::Any)).cloned();
    match any {
        Some(any) => statement.resources = [any].into(),
        None if level != Granularity::Resource => return None,
        None => {
            // What covers any resource covers the bare one that is asked for.
            let mut pattern = statement.resources[0].clone();
            pattern.kind = ResourceKind::Any;
            statement.resources = [pattern].into();
        }
    }
    let decided = |condition: &Condition| match condition.key.as_ref() {
        "qcs:ip" => !addressed || matches!(condition.test, Test::Ip { .. } | Test::Null { .. }),
        "qcs:resource_tag" | "qcs:request_tag" | "qcs:tag" => !tagged,
        _ => false,
    };
    statement.conditions.retain(decided);
    Some(alone)
}

/// Where a stretch of addresses begins, of both families, and none.
fn places(model: &Model) -> Vec<Option<(Family, u128)>> {
    let mut starts: BTreeSet<(Family, u128)> =
        [(Family::V4, 0), (Family::V6, 0), (Family::V6, MAPPED.1 + 1)].into();
    let statements = model.policies.iter().flat_map(|policy| &policy.statements);
    for condition in statements.flat_map(|statement| statement.conditions.iter()) {
        let Test::Ip { prefixes, .. } = &condition.test else { continue };
        for prefix in prefixes.iter() {
            starts.insert((prefix.family, prefix.bits));
            let most = match prefix.family {
                Family::V4 => u128::from(u32::MAX),
                Family::V6 => u128::MAX,
            };
            starts
                .extend(prefix.last().checked_add(1).filter(|at| *at <= most).map(|at| (prefix.family, at)));
        }
    }
    let real = starts
        .into_iter()
        .filter(|(family, bits)| *family == Family::V4 || !(MAPPED.0..=MAPPED.1).contains(bits));
    real.map(Some).chain([None]).collect()
}
