//! What a table holds, in figures: how many segments and rows, cells of each kind, which statements cost most to ask.

use super::Table;
use super::condition::{Ordered, Test};
use super::layer::{Cell, Layer};
use super::policy::Rule;
use crate::address::Family;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Statements that are named as those that cost most.
const SLOWEST: usize = 10;

/// A table in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Policies.
    pub policies: usize,
    /// Statements of all policies.
    pub statements: usize,
    /// Statements with resources or conditions beside the address.
    pub conditional: usize,
    /// Declared users.
    pub users: usize,
    /// Roles.
    pub roles: usize,
    /// Groups.
    pub groups: usize,
    /// Different sets of policies that callers and boundaries have.
    pub signatures: usize,
    /// Catalogued services.
    pub services: usize,
    /// Actions of all services.
    pub actions: usize,
    /// Intervals of all address conditions, after adjacent and repeated prefixes were joined.
    pub intervals: usize,
    /// Stretches of the address line with one row each, over all policies and services.
    pub segments: usize,
    /// Different rows, over all policies and services.
    pub rows: usize,
    /// Cells of all segments and of *no address*.
    pub cells: Cells,
    /// Bytes of the parts of a compiled file, in order.
    pub parts: Vec<PartStats>,
    /// Bytes of a compiled file.
    pub bytes: usize,
    /// Bytes in memory of the parts of the table as it is now, with what checks have made so far.
    pub memory: Vec<PartStats>,
    /// Bytes in memory of all of them.
    pub memory_bytes: usize,
    /// Statements that cost most to ask, most first.
    pub slowest: Vec<Residual>,
}

/// Cells of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cells {
    /// No statement can match.
    pub none: u64,
    /// Allowed whatever else a request carries.
    pub allow: u64,
    /// Denied whatever else a request carries.
    pub deny: u64,
    /// Conditions could change the answer.
    pub depends: u64,
}

/// A part of a compiled file, or of a table in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartStats {
    /// Of a file, the name of the section, `head` for what stands before the sections; in memory, what it holds.
    pub part: &'static str,
    /// Its bytes.
    pub bytes: usize,
}

/// A statement that is asked where its cell says *depends*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Residual {
    /// `policy#n`
    pub id: String,
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Comparisons at most for a request with one value a key.
    pub comparisons: usize,
    /// What takes most of them: the key of a condition, or `resource`.
    pub most: String,
    /// The comparisons of that one.
    pub most_comparisons: usize,
}

impl Table {
    /// The table in figures; bytes are added by whoever lays out the file.
    pub(crate) fn stats(&self) -> Stats {
        let rules = || self.policies.iter().flat_map(|policy| &policy.rules);
        let mut stats = Stats {
            policies: self.policies.len(),
            statements: rules().count(),
            conditional: rules().filter(|rule| rule.is_open()).count(),
            users: self.principals.users.len(),
            roles: self.principals.roles.len(),
            groups: self.principals.groups.len(),
            signatures: self.principals.sets(),
            services: self.actions.services().count(),
            actions: self.actions.services().map(|(_, facts)| facts.width).sum(),
            intervals: rules().filter_map(Rule::address).map(|test| test.set.len()).sum(),
            slowest: self.slowest(),
            ..Stats::default()
        };
        self.each_layer(|_, _, width, layer| count(layer, width, &mut stats));
        stats
    }

    /// Calls with each policy's layer of each service: numbers of policy and service, actions of the service. A layer
    /// that was not made yet is made for this call only.
    pub(super) fn each_layer(&self, mut each: impl FnMut(u32, u32, usize, &Layer)) {
        for (number, policy) in (0u32..).zip(&self.policies) {
            for (service, sheet) in &policy.sheets {
                let Some(facts) = self.actions.service(*service) else { continue };
                sheet.look(&policy.rules, facts, |layer| each(number, *service, facts.width, layer));
            }
        }
    }

    fn slowest(&self) -> Vec<Residual> {
        let rules = self.policies.iter().flat_map(|policy| &policy.rules).filter(|rule| rule.is_open());
        let cost = |rule| clauses(rule).map(|(_, comparisons)| comparisons).sum::<usize>();
        let mut costs: Vec<(usize, &Rule)> = rules.map(|rule| (cost(rule), rule)).collect();
        costs.sort_by_key(|(cost, rule)| (Reverse(*cost), rule.place));
        costs.truncate(SLOWEST);
        let named = |(comparisons, rule): (usize, &Rule)| {
            let ([_, id, file], [line, column], _) = self.places.record(rule.place)?;
            // Of equal ones the first, as they are asked.
            let (most, most_comparisons) = clauses(rule).min_by_key(|(_, cost)| Reverse(*cost))?;
            let (id, file, most) = (id.into(), file.into(), most.into());
            Some(Residual { id, file, line, column, comparisons, most, most_comparisons })
        };
        costs.into_iter().filter_map(named).collect()
    }
}

/// What a statement asks beside the address, resources first, with the comparisons that each takes at most for a request
/// with one value a key.
fn clauses(rule: &Rule) -> impl Iterator<Item = (&str, usize)> {
    let resources = rule.resources.iter().map(|resources| ("resource", resources.most_compared()));
    resources.chain(rule.conditions.iter().map(|c| (c.name.as_ref(), comparisons(&c.test))))
}

fn comparisons(test: &Test) -> usize {
    match test {
        Test::Text(texts) => texts.most_compared(),
        Test::Like(patterns) => patterns.len(),
        Test::Number(Ordered::OneOf(values)) => halvings(values.len()),
        Test::Date(Ordered::OneOf(values)) => halvings(values.len()),
        Test::Address(set) => halvings(set.len()),
        Test::Number(_) | Test::Date(_) | Test::Bool { .. } | Test::Presence { .. } => 1,
    }
}

fn halvings(count: usize) -> usize {
    count.checked_ilog2().map_or(1, |bits| bits as usize + 1)
}

/// Adds what a layer has.
fn count(layer: &Layer, width: usize, stats: &mut Stats) {
    let mut segments_of: HashMap<u32, u64> = HashMap::new();
    let rows = [Family::V4, Family::V6].into_iter().flat_map(|family| layer.starts(family));
    rows.for_each(|(_, row)| *segments_of.entry(row).or_default() += 1);
    *segments_of.entry(layer.no_address_row()).or_default() += 1;
    stats.segments += layer.segments();
    stats.rows += segments_of.len();
    for (row, segments) in segments_of {
        for action in 0..width {
            let cells = &mut stats.cells;
            *match layer.of_row(row, action).cell() {
                Cell::None => &mut cells.none,
                Cell::Allow => &mut cells.allow,
                Cell::Deny => &mut cells.deny,
                Cell::Depends => &mut cells.depends,
            } += segments;
        }
    }
}
