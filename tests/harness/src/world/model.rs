//! A world as a model, built directly: no reader of `.gate`, CAM JSON or settings takes part, so that a model read
//! from text can be compared with it. Every statement stands on a line of its own in a made-up text.
//!
//! Names that are not defined (after shrinking) are left out.

use super::operators::Reads;
use super::{Condition, Member, Operator, Policy, Service, Statement, Term, World};
use passgate::address::{Family, Prefix};
use passgate::catalog::{self, ActionId, Catalogs, Granularity};
use passgate::grammar::{SourceId, Sources, Span};
use passgate::model::{
    self, AccountPattern, ActionKind, ActionTerm, Claims, Comparison, Effect, Group, GroupId, Instant,
    IpUnsupported, Model, Notes, Number, Opaque, Owner, PolicyId, PolicyKind, Prove, Qualifier, ResourceKind,
    ResourcePattern, Template, Test, User,
};
use std::net::IpAddr;
use std::sync::Arc;

/// The model of a world.
pub fn model(world: &World) -> Model {
    let mut policies: Vec<&Policy> = world.policies.iter().collect();
    policies.sort_by(|a, b| a.name.cmp(&b.name));
    let catalogs = Arc::new(catalogs(&world.services));
    let mut line = 0;
    let built: Vec<model::Policy> = policies.iter().map(|p| policy(p, &catalogs, &mut line)).collect();
    let mut sources = Sources::new();
    sources.add("world.gate", "\n".repeat(line));
    let ids = Ids { policies: &policies, groups: &world.groups };
    Model {
        sources: Arc::new(sources),
        catalogs,
        settings: settings(world),
        policies: built,
        groups: world.groups.iter().map(|g| group(g, &ids)).collect(),
        users: world.users.iter().map(|u| user(u, &ids)).collect(),
        named: Vec::new(),
        proofs: Default::default(),
        uses: Vec::new(),
        uses_of: Default::default(),
        everyone: ids.policies(&world.everyone),
        boundary: world.boundary.as_ref().map(|names| ids.policies(names)),
        ignores: Vec::new(),
        diagnostics: Vec::new(),
    }
}

fn settings(world: &World) -> model::Settings {
    let (s, boxed) = (&world.settings, |text: &String| text.as_str().into());
    let mut opaque: Vec<Box<str>> = s.opaque.iter().map(boxed).collect();
    opaque.sort();
    model::Settings {
        owner: Owner { uin: s.uin.as_ref().map(boxed), uid: s.uid.as_ref().map(boxed) },
        opaque: if s.opaque.iter().any(|o| o == "*") { Opaque::All } else { Opaque::Services(opaque) },
        ip_unsupported: if s.evaluate { IpUnsupported::Evaluate } else { IpUnsupported::Withhold },
        claims: match s.claims.as_str() {
            "none" => Claims::None,
            "policies" => Claims::Policies,
            _ => Claims::Groups,
        },
        prove: Prove::OnLint,
        region_aliases: s.aliases.iter().map(|(short, long)| (boxed(short), boxed(long))).collect(),
        ..model::Settings::default()
    }
}

fn catalogs(services: &[Service]) -> Catalogs {
    let mut catalogs = Catalogs::empty();
    for service in services {
        catalogs.add(catalog_service(service));
    }
    catalogs
}

fn catalog_service(service: &Service) -> catalog::Service {
    let mut actions: Vec<catalog::Action> = service.actions.iter().map(row).collect();
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    let boxed = |names: &Vec<String>| names.iter().map(|n| n.as_str().into()).collect();
    catalog::Service {
        service: service.service.as_str().into(),
        name: None,
        version: "2026-01-01".into(),
        granularity: granularity(&service.granularity),
        console: None,
        tag_authorization: service.tags,
        ip_restriction: None,
        actions,
        permids: service.permids.iter().map(|(n, names)| (n.as_str().into(), boxed(names))).collect(),
    }
}

fn row(action: &super::Action) -> catalog::Action {
    catalog::Action {
        name: action.name.as_str().into(),
        category: action.category.as_str().into(),
        granularity: granularity(&action.granularity),
        resources: vec!["*".into()],
        ip_restriction: action.ip,
        tag_authorization: action.tags,
        description: None,
    }
}

fn granularity(word: &str) -> Granularity {
    match word {
        "service" => Granularity::Service,
        "resource" => Granularity::Resource,
        _ => Granularity::Operation,
    }
}

struct Ids<'w> {
    policies: &'w [&'w Policy],
    groups: &'w [Member],
}

impl Ids<'_> {
    fn policies(&self, names: &[String]) -> Vec<PolicyId> {
        let find = |name: &String| (0u32..).zip(self.policies).find(|(_, p)| p.name == *name);
        names.iter().filter_map(find).map(|(i, _)| PolicyId(i)).collect()
    }

    fn groups(&self, names: &[String]) -> Vec<GroupId> {
        let find = |name: &String| (0u32..).zip(self.groups).find(|(_, g)| g.name == *name);
        names.iter().filter_map(find).map(|(i, _)| GroupId(i)).collect()
    }
}

fn group(member: &Member, ids: &Ids<'_>) -> Group {
    Group {
        name: member.name.as_str().into(),
        role: member.role,
        attached: ids.policies(&member.attached),
        parents: ids.groups(&member.parents),
        boundary: ids.policies(member.boundary.as_slice()).pop(),
        notes: Notes::default(),
        span: Span::default(),
    }
}

fn user(member: &Member, ids: &Ids<'_>) -> User {
    let Group { name, attached, parents, boundary, notes, span, .. } = group(member, ids);
    User { name, attached, parents, boundary, notes, span }
}

fn policy(policy: &Policy, catalogs: &Catalogs, line: &mut usize) -> model::Policy {
    let kind = match policy.kind.as_str() {
        "trust" => PolicyKind::Trust,
        "resource" => PolicyKind::Resource,
        _ => PolicyKind::Identity,
    };
    let statements = policy.statements.iter().enumerate().map(|(i, written)| {
        *line += 1;
        let id = format!("{}#{}", policy.name, i + 1);
        statement(written, id, Span::new(SourceId(0), *line - 1, *line - 1), catalogs)
    });
    model::Policy {
        name: policy.name.as_str().into(),
        kind,
        version: "2.0".into(),
        notes: Notes::default(),
        statements: statements.collect(),
        span: Span::default(),
        document: None,
        instance: None,
    }
}

fn statement(written: &Statement, id: String, span: Span, catalogs: &Catalogs) -> model::Statement {
    let terms = written.actions.iter().map(|t| ActionTerm { kind: term(t, catalogs), span });
    let resources = written
        .resources
        .iter()
        .filter_map(|text| Some(ResourcePattern { kind: resource(text)?, text: text.as_str().into(), span }));
    model::Statement {
        effect: if written.deny { Effect::Deny } else { Effect::Allow },
        id: id.into(),
        notes: Notes::default(),
        actions: terms.collect(),
        resources: resources.collect(),
        conditions: written.conditions.iter().map(|c| condition(c, span)).collect(),
        principals: [].into(),
        effect_span: span,
        span,
    }
}

fn term(term: &Term, catalogs: &Catalogs) -> ActionKind {
    match term {
        Term::All { long } => ActionKind::All { long: *long },
        Term::Pattern { service, pattern, legacy } => ActionKind::Pattern {
            service: service.as_str().into(),
            pattern: pattern.as_str().into(),
            legacy: *legacy,
        },
        Term::Permid(number) => ActionKind::Permid(number.as_str().into()),
        Term::Category { category, except } => ActionKind::Names(names(category, except.as_ref(), catalogs)),
    }
}

/// The rows of a category in all services, without those of a service that a pattern covers.
fn names(category: &str, except: Option<&(String, String)>, catalogs: &Catalogs) -> Arc<[ActionId]> {
    let mut ids = Vec::new();
    for (service, known) in catalogs.services() {
        for (action, row) in (0u32..).zip(&known.actions) {
            let out = except.is_some_and(|(of, p)| known.service.as_ref() == of && covers(p, &row.name));
            if row.category.as_ref() == category && !out {
                ids.push(ActionId { service, action });
            }
        }
    }
    ids.into()
}

/// Whether a pattern with stars covers a name, tried piece by piece.
fn covers(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let tails = (0..=rest.len()).filter_map(|at| rest.get(at..));
            tails.into_iter().any(|tail| covers(after, tail))
        }),
    }
}

fn resource(text: &str) -> Option<ResourceKind> {
    if text == "*" {
        return Some(ResourceKind::Any);
    }
    let mut segments = text.strip_prefix("qcs::")?.splitn(4, ':');
    let (service, region) = (segments.next()?, segments.next()?);
    let (account, rest) = (segments.next()?, segments.next()?);
    let all = |segment: &str| (!segment.is_empty() && segment != "*").then(|| segment.into());
    Some(ResourceKind::Six {
        service: all(service),
        region: all(region),
        account: match account {
            "" => AccountPattern::Owner,
            "*" => AccountPattern::Any,
            other => AccountPattern::Exact(other.into()),
        },
        rest: Template::parse(rest).ok()?,
    })
}

fn condition(condition: &Condition, span: Span) -> model::Condition {
    model::Condition {
        qualifier: match condition.qualifier.as_str() {
            "any" => Some(Qualifier::Any),
            "all" => Some(Qualifier::All),
            _ => None,
        },
        if_exist: condition.if_exist,
        test: test(condition.operator, &condition.values),
        key: condition.key.as_str().into(),
        span,
    }
}

fn test(operator: Operator, values: &[String]) -> Test {
    let negated = operator.negative();
    let templates = || values.iter().filter_map(|v| Template::parse(v).ok()).collect();
    let words = || values.iter().map(|v| v == "true").collect();
    match operator.reads() {
        Reads::Text if operator == Operator::BinaryEqual => Test::Binary { values: templates() },
        Reads::Text => Test::Text {
            negated,
            ignore_case: operator.name().ends_with("_ignore_case"),
            values: templates(),
        },
        Reads::Like => Test::Like { negated, values: templates() },
        Reads::Number => Test::Number {
            comparison: comparison(operator),
            values: values.iter().filter_map(|v| Number::parse(v)).collect(),
        },
        Reads::Date => Test::Date {
            comparison: comparison(operator),
            values: values.iter().filter_map(|v| Instant::parse(v)).collect(),
        },
        Reads::Bool => Test::Bool { values: words() },
        Reads::Ip => Test::Ip {
            negated,
            prefixes: values.iter().filter_map(|v| prefix(v)).collect(),
            written: Arc::new([]),
        },
        Reads::Presence => Test::Null { values: words() },
    }
}

fn comparison(operator: Operator) -> Comparison {
    let name = operator.name();
    let name = name.strip_prefix("numeric_").or_else(|| name.strip_prefix("date_")).unwrap_or(name);
    match name {
        "not_equal" => Comparison::NotEqual,
        "less_than" => Comparison::Less,
        "less_than_equal" => Comparison::LessEqual,
        "greater_than" => Comparison::Greater,
        "greater_than_equal" => Comparison::GreaterEqual,
        _ => Comparison::Equal,
    }
}

/// A prefix as policies write it.
pub(super) fn prefix(text: &str) -> Option<Prefix> {
    let (address, length) = text.split_once('/').map_or((text, None), |(a, l)| (a, Some(l)));
    let (family, bits, width) = match address.parse().ok()? {
        IpAddr::V4(a) => (Family::V4, u128::from(u32::from(a)), 32),
        IpAddr::V6(a) => (Family::V6, u128::from(a), 128),
    };
    let length = match length {
        Some(text) => text.parse().ok()?,
        None => width,
    };
    Some(Prefix::new(family, bits, length))
}
