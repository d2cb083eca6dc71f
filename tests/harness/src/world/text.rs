//! A world as files that a load reads: `passgate.toml`, `set.gate`, CAM documents, a catalog. Each operator has the
//! spelling that the language reference gives it.
//!
//! Not every world can be written: policies of whoever asks stand only in a bare document, an option's boundary only
//! in CAM documents.

use super::operators::Reads;
use super::{Condition, Member, Operator, Policy, Service, Statement, Template, Term, World, templates};
use passgate::model::{Instant, Number};
use serde_json::{Map, Value, json};

/// The files of a set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// Name and text of each file of the folder.
    pub set: Vec<(String, String)>,
    /// Name and text of each boundary document, which stand beside the folder.
    pub boundary: Vec<(String, String)>,
}

/// The files of a world; `None` where it cannot be written.
pub fn files(world: &World) -> Option<Files> {
    let bounds: Vec<&String> = world.boundary.iter().flatten().collect();
    let writable = world.everyone.is_empty() && world.boundary.as_ref().is_none_or(|b| !b.is_empty());
    let documents = |p: &&Policy| p.statements.iter().all(super::statements::fits_cam);
    let is_bound = |p: &&Policy| bounds.contains(&&p.name);
    if !writable || !world.policies.iter().filter(is_bound).all(|p| documents(&p)) {
        return None;
    }
    let document = |p: &Policy| (format!("{}.json", p.name), cam(p).to_string());
    let mut files = Files { set: Vec::new(), boundary: Vec::new() };
    files.set.push(("passgate.toml".into(), settings(world)));
    files.set.push(("catalogs.json".into(), catalogs(&world.services).to_string()));
    files.boundary = world.policies.iter().filter(is_bound).map(document).collect();
    let own = || world.policies.iter().filter(|p| !is_bound(p));
    let gate: Vec<String> =
        own().filter(|p| first_of_its_text(p, world)).map(policy).chain(members(world)).collect();
    files.set.push(("set.gate".into(), gate.join("\n")));
    files.set.extend(own().filter(|p| p.cam).map(document));
    Some(files)
}

fn settings(world: &World) -> String {
    let s = &world.settings;
    let names: Vec<&String> = world.services.iter().map(|s| &s.service).collect();
    let mut lines = vec!["catalogs = [\"catalogs.json\"]".to_owned(), format!("use = {names:?}")];
    lines.extend(s.uin.iter().map(|n| format!("owner.uin = {n:?}")));
    lines.extend(s.uid.iter().map(|n| format!("owner.uid = {n:?}")));
    lines.push(format!("opaque = {:?}", s.opaque));
    lines.push(format!("ip-unsupported = {:?}", if s.evaluate { "evaluate" } else { "withhold" }));
    lines.push(format!("claims = {:?}", s.claims));
    lines.push("[region-aliases]".into());
    lines.extend(s.aliases.iter().map(|(short, long)| format!("{short} = {long:?}")));
    lines.join("\n")
}

fn catalogs(services: &[Service]) -> Value {
    let row = |a: &super::Action| {
        json!({"name": a.name, "category": a.category, "granularity": a.granularity,
               "ip_restriction": a.ip, "tag_authorization": a.tags})
    };
    let service = |s: &Service| {
        let permids: Map<String, Value> =
            s.permids.iter().map(|(n, names)| (n.clone(), json!(names))).collect();
        json!({"service": s.service, "version": "2026-01-01", "granularity": s.granularity,
               "tag_authorization": s.tags, "permids": permids,
               "actions": s.actions.iter().map(row).collect::<Vec<_>>()})
    };
    Value::Array(services.iter().map(service).collect())
}

/// A CAM document.
fn cam(policy: &Policy) -> Value {
    let statements: Vec<Value> = policy.statements.iter().map(cam_statement).collect();
    json!({"version": "2.0", "statement": statements})
}

fn cam_statement(statement: &Statement) -> Value {
    let mut conditions: Map<String, Value> = Map::new();
    for condition in &statement.conditions {
        let keys = conditions.entry(cam_operator(condition)).or_insert_with(|| json!({}));
        if let Some(keys) = keys.as_object_mut() {
            keys.insert(condition.key.clone(), json!(condition.values));
        }
    }
    let mut object = Map::new();
    object.insert("effect".into(), json!(if statement.deny { "deny" } else { "allow" }));
    object.insert("action".into(), json!(statement.actions.iter().map(term).collect::<Vec<_>>()));
    object.insert("resource".into(), json!(statement.resources));
    if !conditions.is_empty() {
        object.insert("condition".into(), Value::Object(conditions));
    }
    Value::Object(object)
}

fn cam_operator(condition: &Condition) -> String {
    let qualifier = match condition.qualifier.as_str() {
        "any" => "for_any_value:",
        "all" => "for_all_value:",
        _ => "",
    };
    format!("{qualifier}{}{}", condition.operator.name(), if condition.if_exist { "_if_exist" } else { "" })
}

/// Whether a policy stands in the text: a template once, whatever its instances.
fn first_of_its_text(policy: &Policy, world: &World) -> bool {
    let first = |of: &str| world.policies.iter().find(|p| base(p) == Some(of));
    !policy.cam && base(policy).and_then(first).is_none_or(|first| first.name == policy.name)
}

fn base(policy: &Policy) -> Option<&str> {
    policy.template.as_ref().map(|t| t.base.as_str())
}

fn policy(policy: &Policy) -> String {
    let kind = if policy.kind.is_empty() { String::new() } else { format!("{} ", policy.kind) };
    let whom = if policy.kind.is_empty() { "" } else { " to anyone" };
    let of = Parameters(policy.template.as_ref());
    let statements = policy.statements.iter().map(|s| format!("    {}{whom}\n", gate_statement(s, of)));
    let head = format!("{kind}policy {}{}", base(policy).unwrap_or(&policy.name), of.declared());
    format!("{head} {{\n{}}}\n", statements.collect::<String>())
}

/// The parameters of the template that is being written, if it is one.
#[derive(Clone, Copy)]
struct Parameters<'t>(Option<&'t Template>);

impl Parameters<'_> {
    fn declared(self) -> String {
        let one = |(name, ty, _): &(String, String, String)| format!("{name}: {ty}");
        match self.0 {
            Some(template) => {
                let all: Vec<String> = template.parameters.iter().map(one).collect();
                format!("({})", all.join(", "))
            }
            None => String::new(),
        }
    }

    /// The name of the parameter that has this argument, or else what is written without one.
    fn or(self, ty: &str, argument: &str, plain: impl FnOnce() -> String) -> String {
        let all = self.0.map_or(&[][..], |template| &template.parameters);
        let found = all.iter().find(|(_, of, given)| of == ty && given == argument);
        found.map_or_else(plain, |(name, ..)| name.clone())
    }
}

/// A policy where it is attached; every other member writes more blanks and parentheses than it must.
fn grant(name: &str, member: &str, world: &World) -> String {
    let policy = world.policies.iter().find(|p| p.name == name);
    let Some(template) = policy.and_then(|p| p.template.as_ref()) else { return name.to_owned() };
    let wide = member.len() % 2 == 1;
    let one = |(_, _, argument): &(String, String, String)| {
        if wide { format!("(( {argument} ) )") } else { argument.clone() }
    };
    let arguments: Vec<String> = template.parameters.iter().map(one).collect();
    format!("{}({})", template.base, arguments.join(if wide { " ,\n  " } else { ", " }))
}

fn members(world: &World) -> impl Iterator<Item = String> {
    let groups = world.groups.iter().map(|g| member(if g.role { "role" } else { "group" }, g, world));
    groups.chain(world.users.iter().map(|u| member("user", u, world))).chain(holder(world))
}

/// A group that nobody is in and that asks for every instance, so that a request may bring it.
fn holder(world: &World) -> Option<String> {
    let instances = world.policies.iter().filter(|p| p.template.is_some()).map(|p| p.name.clone());
    let holder = Member { name: "holder".into(), attached: instances.collect(), ..Member::default() };
    (!holder.attached.is_empty()).then(|| member("group", &holder, world))
}

fn member(kind: &str, member: &Member, world: &World) -> String {
    let grants = |names: &[String]| names.iter().map(|n| grant(n, &member.name, world)).collect::<Vec<_>>();
    let list = |word: &str, names: &[String]| match names {
        [] => String::new(),
        names => format!("{word} {} ", names.join(", ")),
    };
    let within = list("within", &grants(member.boundary.as_slice()));
    let (attach, parents) = (list("attach", &grants(&member.attached)), list("in", &member.parents));
    format!("{kind} {} {{ {attach}{parents}{within}}}\n", member.name)
}

fn gate_statement(statement: &Statement, of: Parameters<'_>) -> String {
    let effect = if statement.deny { "deny" } else { "allow" };
    let actions = of.or("actions", &templates::actions(&statement.actions), || {
        statement.actions.iter().map(term).collect::<Vec<_>>().join(", ")
    });
    let resources = of.or("resources", &templates::resources(&statement.resources), || {
        statement.resources.iter().map(|r| quoted(r)).collect::<Vec<_>>().join(", ")
    });
    let clauses: Vec<String> = statement.conditions.iter().filter_map(|c| clause(c, of)).collect();
    format!("{effect} {actions} on {resources} {}", clauses.join(" "))
}

pub(super) fn term(term: &Term) -> String {
    match term {
        Term::All { long } => if *long { "*:*" } else { "*" }.into(),
        Term::Permid(number) => format!("permid/{number}"),
        Term::Pattern { service, pattern, .. } if pattern.contains('/') => format!("{service}:{pattern:?}"),
        Term::Pattern { service, pattern, legacy } => {
            format!("{}{service}:{pattern}", if *legacy { "name/" } else { "" })
        }
        Term::Category { category, except: None } => category.clone(),
        Term::Category { category, except: Some((service, pattern)) } => {
            format!("({category} except {service}:{pattern})")
        }
    }
}

/// A string of a `.gate` file; the texts of worlds hold neither quotes nor backslashes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The clause of a condition; `None` for one that always holds.
fn clause(condition: &Condition, of: Parameters<'_>) -> Option<String> {
    let (operator, key) = (condition.operator, condition.key.as_str());
    let plain = condition.qualifier.is_empty() && !condition.if_exist;
    if operator == Operator::NullEqual {
        return presence(condition);
    }
    if operator.negative() && condition.if_exist {
        return Some(unless(condition, of));
    }
    let values = values(condition, of);
    Some(match (key, operator) {
        ("qcs:ip", Operator::IpEqual) if plain => format!("from {values}"),
        ("qcs:ip", Operator::IpNotEqual) if plain => format!("not from {values}"),
        ("qcs:current_time", Operator::DateGreaterThanEqual) if plain => format!("since {values}"),
        ("qcs:current_time", Operator::DateLessThan) if plain => format!("until {values}"),
        _ => {
            let quantifier = quantifier(&condition.qualifier, "any ", "every ");
            let or = if condition.if_exist { "is absent or " } else { "" };
            format!("when {quantifier}{key} {or}{}", check(operator, operator.negative(), &values))
        }
    })
}

fn presence(condition: &Condition) -> Option<String> {
    match condition.values.as_slice() {
        [one] => {
            Some(format!("when {} is {}", condition.key, if one == "true" { "absent" } else { "present" }))
        }
        _ => None,
    }
}

/// `unless any k …` is the negative operator with `for_all_value:` and `_if_exist`, `unless every k …` with
/// `for_any_value:`.
fn unless(condition: &Condition, of: Parameters<'_>) -> String {
    let values = values(condition, of);
    if condition.key == "qcs:ip"
        && condition.operator == Operator::IpNotEqual
        && condition.qualifier.is_empty()
    {
        return format!("unless from {values}");
    }
    let quantifier = quantifier(&condition.qualifier, "every ", "any ");
    format!("unless {quantifier}{} {}", condition.key, check(condition.operator, false, &values))
}

fn quantifier(qualifier: &str, any: &'static str, all: &'static str) -> &'static str {
    match qualifier {
        "any" => any,
        "all" => all,
        _ => "",
    }
}

fn check(operator: Operator, negated: bool, values: &str) -> String {
    let not = if negated { "not " } else { "" };
    match operator {
        Operator::StringLike | Operator::StringNotLike => format!("{not}like {values}"),
        Operator::IpEqual | Operator::IpNotEqual => format!("{not}in {values}"),
        Operator::StringEqualIgnoreCase | Operator::StringNotEqualIgnoreCase => {
            format!("is {not}{values} ignoring case")
        }
        Operator::BinaryEqual => format!("is bytes {values}"),
        _ if operator.orders() => format!("{} {values}", sign(operator)),
        _ => format!("is {not}{values}"),
    }
}

fn sign(operator: Operator) -> &'static str {
    match operator.name() {
        name if name.ends_with("less_than") => "<",
        name if name.ends_with("less_than_equal") => "<=",
        name if name.ends_with("greater_than") => ">",
        _ => ">=",
    }
}

/// The values in their form; of several values of an ordering operator the widest.
fn values(condition: &Condition, of: Parameters<'_>) -> String {
    let operator = condition.operator;
    let mut written: Vec<String> = condition.values.iter().map(|v| value(operator.reads(), v)).collect();
    if operator.orders() {
        let less = operator.name().contains("less");
        if operator.reads() == Reads::Number {
            written.sort_by_key(|v| Number::parse(v));
        } else {
            written.sort_by_key(|v| Instant::parse(v));
        }
        written = if less { written.pop() } else { written.into_iter().next() }.into_iter().collect();
    }
    match operator.reads() {
        Reads::Ip => of.or("network", &templates::addresses(&condition.values), || written.join(", ")),
        Reads::Date => with(of, "instant", &written, templates::instant),
        Reads::Text | Reads::Like => with(of, "string", &written, str::to_owned),
        Reads::Number | Reads::Bool | Reads::Presence => written.join(", "),
    }
}

/// Values, of which some may be parameters.
fn with(of: Parameters<'_>, ty: &str, values: &[String], argument: impl Fn(&str) -> String) -> String {
    let one = |value: &String| of.or(ty, &argument(value), || value.clone());
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn value(reads: Reads, text: &str) -> String {
    match reads {
        Reads::Text | Reads::Like => quoted(text),
        Reads::Date if text.contains(' ') => format!("{}Z", text.replace(' ', "T")),
        Reads::Number | Reads::Date | Reads::Bool | Reads::Ip | Reads::Presence => text.to_owned(),
    }
}
