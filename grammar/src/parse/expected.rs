//! What could stand at a place, in the words of the language reference: never the name of a rule.

use super::gate::Rule;
use crate::mistake::{Place, Scene};
use crate::scan::piece::Shape;

/// All that could stand there, joined to a phrase.
pub(crate) fn phrase(scene: &Scene<'_, '_>) -> String {
    let wants = |rule| scene.wants(rule);
    if wants(Rule::SET) || wants(Rule::define) {
        return "an item: `use`, `set`, `network`, `actions`, `resources`, `policy`, `user`, `group`, `role`, \
                `assert` or `test`"
            .to_owned();
    }
    let mut parts: Vec<&'static str> = Vec::new();
    if scene.wants_term() {
        parts.push(term_name(scene.place));
    }
    if scene.wants_value() {
        parts.push("a value");
    }
    if scene.may_go_on() {
        parts.push("a comma");
    }
    for (rule, name) in NAMES {
        if wants(*rule) && !covered(scene, *rule) && !parts.contains(name) {
            parts.push(name);
        }
    }
    if wants(Rule::EOI) {
        parts.push(end_name(scene));
    }
    join(&parts)
}

/// Whether a rule is said already by "a set" or "a value".
fn covered(scene: &Scene<'_, '_>, rule: Rule) -> bool {
    let in_value = matches!(rule, Rule::string | Rule::word | Rule::instant | Rule::TRUE | Rule::FALSE);
    let in_term = matches!(rule, Rule::string | Rule::word | Rule::LEFT);
    scene.wants_term() && in_term || scene.wants_value() && in_value
}

fn term_name(place: Place) -> &'static str {
    match place {
        Place::Actions => "an action",
        Place::Addresses => "an address or a network",
        Place::Resources => "a resource in quotes",
        Place::Other => "an argument",
    }
}

fn end_name(scene: &Scene<'_, '_>) -> &'static str {
    match scene.piece.shape {
        Shape::PolicyHead | Shape::MemberHead | Shape::TestHead => "`{`",
        Shape::Statement => "the end of the statement",
        Shape::Item => "the next item",
        Shape::Join => "the next line",
        Shape::Given | Shape::Case => "the next case",
    }
}

/// `a`, `a or b`, `a, b or c`.
fn join(parts: &[&str]) -> String {
    match parts {
        [] => "something else".to_owned(),
        [only] => (*only).to_owned(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// What rules are called, in the order they are said.
const NAMES: &[(Rule, &str)] = &[
    (Rule::statement, "`allow` or `deny`"),
    (Rule::who, "`user`, `group`, `role`, `policy` or `root`"),
    (Rule::join, "`in`, `attach` or `within`"),
    (Rule::grant, "a policy"),
    (Rule::name, "a name"),
    (Rule::service, "a service such as `cvm`"),
    (Rule::setting_key, "a setting such as `owner.uin`"),
    (Rule::param, "a parameter such as `net: network`"),
    (Rule::param_name, "a parameter such as `net: network`"),
    (Rule::param_type, "`network`, `actions`, `resources`, `instant` or `string`"),
    (Rule::cond, "a condition such as `mfa is true`"),
    (Rule::check, "`is`, `like`, `in`, `not`, `<`, `<=`, `>` or `>=`"),
    (Rule::whom, "`anyone`, `qcs \"…\"`, `service \"…\"` or `federated \"…\"`"),
    (Rule::instant, "an instant such as `2026-01-01T00:00:00Z`"),
    (Rule::string, "text in double quotes"),
    (Rule::word, "a word"),
    (Rule::digits, "a number"),
    (Rule::NO, "`no one`"),
    (Rule::EVERYONE, "`everyone`"),
    (Rule::ONE, "`one`"),
    (Rule::MAY, "`may`"),
    (Rule::NOT, "`not`"),
    (Rule::BYTES, "`bytes`"),
    (Rule::PRESENT, "`present`"),
    (Rule::ABSENT, "`absent`"),
    (Rule::ALLOW, "`allow`"),
    (Rule::ROOT, "`root`"),
    (Rule::FROM, "`from`"),
    (Rule::POLICY, "`policy`"),
    (Rule::CAM, "`cam`"),
    (Rule::CASE, "`case`"),
    (Rule::IGNORING, "`ignoring case`"),
    (Rule::ONLY, "`only`"),
    (Rule::EXCEPT, "`except`"),
    (Rule::AND, "`and`"),
    (Rule::OR, "`or`"),
    (Rule::EQUALS, "`=`"),
    (Rule::COLON, "`:`"),
    (Rule::LEFT, "`(`"),
    (Rule::RIGHT, "`)`"),
    (Rule::OPEN, "`{`"),
    (Rule::clause, "a clause (`from`, `on`, `when`, `unless`, `since`, `until`)"),
];
