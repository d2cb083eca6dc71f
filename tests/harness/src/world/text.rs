//! A world as files that a load reads: `passgate.toml`, `set.gate`, CAM documents, a catalog. Each operator has the
//! spelling that the language reference gives it.
//!
//! Not every world can be written: policies of whoever asks stand only in a bare document, an option's boundary only
//! in CAM documents.

use super::operators::Reads;
use super::{Condition, Member, Operator, Policy, Service, Statement, Term, World};
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
    let gate: Vec<String> = own().filter(|p| !p.cam).map(policy).chain(members(world)).collect();
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

fn policy(policy: &Policy) -> String {
    let kind = if policy.kind.is_empty() { String::new() } else { format!("{} ", policy.kind) };
    let whom = if policy.kind.is_empty() { "" } else { " to anyone" };
    let statements = policy.statements.iter().map(|s| format!("    {}{whom}\n", gate_statement(s)));
    format!("{kind}policy {} {{\n{}}}\n", policy.name, statements.collect::<String>())
}

fn members(world: &World) -> impl Iterator<Item = String> {
    let groups = world.groups.iter().map(|g| member(if g.role { "role" } else { "group" }, g));
    groups.chain(world.users.iter().map(|u| member("user", u)))
}

fn member(kind: &str, member: &Member) -> String {
    let list = |word: &str, names: &[String]| match names {
        [] => String::new(),
        names => format!("{word} {} ", names.join(", ")),
    };
    let within = list("within", member.boundary.as_slice());
    let (attach, parents) = (list("attach", &member.attached), list("in", &member.parents));
    format!("{kind} {} {{ {attach}{parents}{within}}}\n", member.name)
}

fn gate_statement(statement: &Statement) -> String {
    let effect = if statement.deny { "deny" } else { "allow" };
    let actions: Vec<String> = statement.actions.iter().map(term).collect();
    let resources: Vec<String> = statement.resources.iter().map(|r| quoted(r)).collect();
    let clauses: Vec<String> = statement.conditions.iter().filter_map(clause).collect();
    format!("{effect} {} on {} {}", actions.join(", "), resources.join(", "), clauses.join(" "))
}

fn term(term: &Term) -> String {
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
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The clause of a condition; `None` for one that always holds.
fn clause(condition: &Condition) -> Option<String> {
    let (operator, key) = (condition.operator, condition.key.as_str());
    let plain = condition.qualifier.is_empty() && !condition.if_exist;
    if operator == Operator::NullEqual {
        return presence(condition);
    }
    if operator.negative() && condition.if_exist {
        return Some(unless(condition));
    }
    let values = values(condition);
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
fn unless(condition: &Condition) -> String {
    let values = values(condition);
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
fn values(condition: &Condition) -> String {
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
    written.join(", ")
}

fn value(reads: Reads, text: &str) -> String {
    match reads {
        Reads::Text | Reads::Like => quoted(text),
        Reads::Date if text.contains(' ') => format!("{}Z", text.replace(' ', "T")),
        Reads::Number | Reads::Date | Reads::Bool | Reads::Ip | Reads::Presence => text.to_owned(),
    }
}
