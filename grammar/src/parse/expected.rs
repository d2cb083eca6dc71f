//! What could stand at a place, in the words of the language reference: never the name of a rule.

use super::fault::Stop;
use super::gate::Rule;
use crate::scan::token::{Kind, Lexer};

/// What a set at a place holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Actions,
    Addresses,
    Resources,
    Other,
}

/// Which set the words before a place ask for.
pub(crate) fn place(stop: &Stop<'_, '_>) -> Place {
    let mut lexer = Lexer::new(stop.text, stop.piece.body);
    let mut place = Place::Other;
    loop {
        let token = lexer.next_word();
        if token.start >= stop.at || token.kind == Kind::End {
            return place;
        }
        place = match lexer.slice(token) {
            "allow" | "deny" | "may" | "actions" => Place::Actions,
            "from" | "in" | "network" => Place::Addresses,
            "on" | "resources" => Place::Resources,
            "to" | "since" | "until" | "when" | "unless" | "at" | "with" | "because" | "attach"
            | "within" => Place::Other,
            _ => continue,
        };
    }
}

/// All that could stand there, joined to a phrase.
pub(crate) fn phrase(stop: &Stop<'_, '_>) -> String {
    let mut parts: Vec<&'static str> = Vec::new();
    let mut add = |part| {
        if !parts.contains(&part) {
            parts.push(part);
        }
    };
    let has = |rule| stop.rules.contains(&rule);
    let term = has(Rule::group) || has(Rule::action);
    let value = has(Rule::number);
    for rule in &stop.rules {
        match rule {
            Rule::group | Rule::action | Rule::address if term => add(term_name(place(stop))),
            Rule::string | Rule::word | Rule::instant if term => add(term_name(place(stop))),
            Rule::string | Rule::word | Rule::instant | Rule::number | Rule::TRUE | Rule::FALSE if value => {
                add("a value");
            }
            rule => add(rule_name(*rule)),
        }
    }
    join(&parts)
}

fn term_name(place: Place) -> &'static str {
    match place {
        Place::Actions => "an action",
        Place::Addresses => "an address or a network",
        Place::Resources => "a resource in quotes",
        Place::Other => "a set",
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

/// A rule that is no keyword, in words.
fn rule_name(rule: Rule) -> &'static str {
    match rule {
        Rule::using
        | Rule::setting
        | Rule::define
        | Rule::policy
        | Rule::member
        | Rule::assert
        | Rule::test => {
            "an item (`use`, `set`, `network`, `actions`, `resources`, `policy`, `user`, `group`, `role`, `assert`, `test`)"
        }
        Rule::policy_head => "`policy`",
        Rule::member_head => "`user`, `group` or `role`",
        Rule::test_head => "`test`",
        Rule::params | Rule::args => "`(`",
        Rule::param | Rule::param_name => "a parameter",
        Rule::param_type => "a type (`network`, `actions`, `resources`, `instant`, `string`)",
        Rule::cam => "`{` or `= cam \"FILE.json\"`",
        Rule::join => "`in`, `attach` or `within`",
        Rule::grant => "a policy",
        Rule::note => "a note",
        Rule::note_word => "a note",
        Rule::statement => "`allow` or `deny`",
        Rule::expr => "a set",
        Rule::group => "`(`",
        Rule::clause => "a clause (`from`, `on`, `when`, `unless`, `since`, `until`)",
        Rule::whom => "`anyone`, `qcs \"…\"`, `service \"…\"` or `federated \"…\"`",
        Rule::cond => "a condition",
        Rule::check | Rule::order => "a comparison (`is`, `like`, `in`, `<`, `<=`, `>`, `>=`)",
        Rule::who => "`user`, `group`, `role`, `policy` or `root`",
        Rule::given => "`given`",
        Rule::case => "a case (`user`, `group`, `role`, `policy` or `root`)",
        Rule::name | Rule::digits => "a name",
        Rule::word => "a name",
        Rule::setting_key => "a setting",
        Rule::key => "a key",
        Rule::service => "a service",
        Rule::string => "text in double quotes",
        Rule::number => "a number",
        Rule::instant => "an instant such as `2026-01-01T00:00:00Z`",
        Rule::address => "an address",
        Rule::action => "an action",
        rule => keyword(rule),
    }
}

/// A keyword in backticks.
fn keyword(rule: Rule) -> &'static str {
    match rule {
        Rule::ALLOW => "`allow`",
        Rule::AND => "`and`",
        Rule::ANYONE => "`anyone`",
        Rule::ANY_VALUE => "`any`",
        Rule::ASSERT => "`assert`",
        Rule::AT => "`at`",
        Rule::ATTACH => "`attach`",
        Rule::BECAUSE => "`because`",
        Rule::BYTES => "`bytes`",
        Rule::CAM => "`cam`",
        Rule::CASE => "`case`",
        Rule::DENY => "`deny`",
        Rule::EVERY => "`every`",
        Rule::EVERYONE => "`everyone`",
        Rule::EXCEPT => "`except`",
        Rule::FROM => "`from`",
        Rule::IGNORING => "`ignoring case`",
        Rule::IN => "`in`",
        Rule::IS => "`is`",
        Rule::LIKE => "`like`",
        Rule::MAY => "`may`",
        Rule::NO => "`no one`",
        Rule::NOT => "`not`",
        Rule::ON => "`on`",
        Rule::ONE => "`one`",
        Rule::ONLY => "`only`",
        Rule::OR => "`or`",
        Rule::POLICY => "`policy`",
        Rule::PRESENT => "`present`",
        Rule::ABSENT => "`absent`",
        Rule::ROOT => "`root`",
        Rule::EOI => "its end",
        _ => "another word",
    }
}
