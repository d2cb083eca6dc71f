//! Conflicts of duties as JSON: one object, an element for callers that stand alike.

use super::{Conflict, Conflicts, Through, conflicts};
use crate::analysis::{standing, wire};
use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::json::Value;
use crate::model::read::shown;
use serde::{Deserialize, Serialize};

/// The question as it comes from other languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    pair: Pairs,
}

/// One pair or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Pairs {
    One(String),
    Many(Vec<String>),
}

/// Asks it with options as JSON.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("conflicts", gates)?;
    let Options { pair } = wire::read("conflicts", options)?;
    let texts = match pair {
        Pairs::One(text) => vec![text],
        Pairs::Many(texts) => texts,
    };
    let pairs: Vec<[String; 2]> = texts.iter().map(|text| read_pair(text)).collect::<Result<_>>()?;
    Ok(to_json(&conflicts(gate, &pairs)?))
}

/// Reads `A,B`.
///
/// # Errors
/// `bad-request` for any other form.
pub fn read_pair(text: &str) -> Result<[String; 2]> {
    let both = text.split_once(',').map(|(a, b)| [a.trim().to_owned(), b.trim().to_owned()]);
    let both = both.filter(|pair| pair.iter().all(|side| !side.is_empty() && !side.contains(',')));
    both.ok_or_else(|| {
        let message = format!("`{}` is no pair: two actions or patterns with a comma between", shown(text));
        Error::new(ErrorCode::BadRequest, message).with_key("pair")
    })
}

#[derive(Serialize)]
struct Whole<'c> {
    pairs: &'c [[String; 2]],
    exact: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    because: &'c [String],
    conflicts: Vec<One<'c>>,
}

#[derive(Serialize)]
struct One<'c> {
    pair: Option<&'c [String; 2]>,
    principals: &'c [String],
    first: &'c [String],
    second: &'c [String],
    addresses: Vec<String>,
    without: bool,
    when: Vec<Stretch>,
    timeless: bool,
    first_through: Vec<Way<'c>>,
    second_through: Vec<Way<'c>>,
}

#[derive(Serialize)]
struct Stretch {
    since: Option<String>,
    until: Option<String>,
}

#[derive(Serialize)]
struct Way<'c> {
    policy: &'c str,
    id: &'c str,
    file: &'c str,
    line: u32,
    column: u32,
    through: &'c [String],
}

/// One JSON object.
///
/// Members: `pairs` as they were given; `exact`, with `because` where it is not; `conflicts`, each with its `pair`, the
/// `principals`, the actions of each side (`first`, `second`), the `addresses` from which both are possible, `without` (in
/// calls without an address), `when` (stretches of time, each `since` and `until`), `timeless` (in calls without a time)
/// and the allows of each side (`first_through`, `second_through`), each with its place and the groups it comes `through`.
pub fn to_json(of: &Conflicts) -> String {
    let whole = Whole {
        pairs: &of.pairs,
        exact: of.is_exact(),
        because: &of.doubts,
        conflicts: of.conflicts.iter().map(|one| told(of, one)).collect(),
    };
    standing::written(&whole)
}

fn told<'c>(of: &'c Conflicts, one: &'c Conflict) -> One<'c> {
    let [first, second] = &one.actions;
    let [first_through, second_through] = &one.through;
    let text = |at: Option<crate::model::Instant>| at.map(|at| at.to_string());
    let stretch =
        |(since, until): &(Option<_>, Option<_>)| Stretch { since: text(*since), until: text(*until) };
    One {
        pair: of.pairs.get(one.pair),
        principals: &one.principals,
        first,
        second,
        addresses: one.from.iter().map(ToString::to_string).collect(),
        without: one.without,
        when: one.when.iter().map(stretch).collect(),
        timeless: one.timeless,
        first_through: first_through.iter().map(way).collect(),
        second_through: second_through.iter().map(way).collect(),
    }
}

fn way(of: &Through) -> Way<'_> {
    let (file, line, column) = of.place();
    Way { policy: &of.policy, id: &of.id, file, line, column, through: &of.through }
}
