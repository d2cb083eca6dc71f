//! Callers by their rights as JSON: one object.

use super::{LEAST, Member, Nearly, Roles, roles};
use crate::analysis::{standing, wire};
use crate::check::Gate;
use crate::error::Result;
use crate::json::Value;
use serde::{Deserialize, Serialize};

/// The question as it comes from other languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    least: Option<u8>,
}

/// Asks it with options as JSON.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("roles", gates)?;
    let Options { least } = wire::read("roles", options)?;
    Ok(to_json(&roles(gate, least.unwrap_or(LEAST))?))
}

#[derive(Serialize)]
struct Whole<'r> {
    least: u8,
    exact: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    because: &'r [String],
    all_compared: bool,
    equal: Vec<Same<'r>>,
    near: Vec<Group<'r>>,
    single: usize,
    without: usize,
}

#[derive(Serialize)]
struct Same<'r> {
    principals: &'r [String],
    actions: usize,
    rights: u64,
    same_policies: bool,
}

#[derive(Serialize)]
struct Group<'r> {
    shared: u64,
    all: u64,
    share: u64,
    members: Vec<Part<'r>>,
}

#[derive(Serialize)]
struct Part<'r> {
    principals: &'r [String],
    beyond: &'r [String],
}

/// One JSON object.
///
/// Members: `least`, the share in percent; `exact`, with `because` where it is not; `all_compared`; `equal`, each with
/// `principals`, `actions`, `rights` and `same_policies`; `near`, each with `shared`, `all`, `share` and `members`, of which
/// each has `principals` and the actions `beyond` what is shared; `single` and `without`, how many callers.
pub fn to_json(of: &Roles) -> String {
    let equal = of.equal.iter().map(|one| Same {
        principals: &one.principals,
        actions: one.actions,
        rights: one.rights,
        same_policies: one.same_policies,
    });
    let whole = Whole {
        least: of.least,
        exact: of.doubts.is_empty(),
        because: &of.doubts,
        all_compared: of.all_compared,
        equal: equal.collect(),
        near: of.near.iter().map(group).collect(),
        single: of.single,
        without: of.without,
    };
    standing::written(&whole)
}

fn group(of: &Nearly) -> Group<'_> {
    Group {
        shared: of.shared,
        all: of.all,
        share: of.share(),
        members: of.members.iter().map(member).collect(),
    }
}

fn member(of: &Member) -> Part<'_> {
    Part { principals: &of.principals, beyond: &of.beyond }
}
