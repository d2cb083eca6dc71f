//! The exact lints: what no look at one statement's words shows, decided over every request at once.
//!
//! One file per code. They run in `lint` and `test`, never when a set is loaded for decisions. What statements mean
//! together is asked of [`crate::analysis::space`]; here stands what is asked, about which statements, and how it is
//! told. Only what is certain is told: where a question stays undecided (a doubt of the space, or work beyond
//! `limits::LINT_STEPS` or `limits::LINT_CANDIDATES`), nothing is.

mod alone;
mod always_true;
mod ask;
mod cancelled;
mod contradiction;
mod dead;
mod index;
mod plain;
mod shadowed;

use super::once_a_template;
use crate::findings::Findings;
use crate::model::{Model, PolicyKind, Statement};
use ask::Asking;
use index::Index;
use passgate_grammar::{Diagnostic, limits};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Every exact lint, by file and place, at the levels of the set.
///
/// ```
/// let gate = passgate::Gate::compile(
///     "use intlpartnersmgt
///      policy p { deny PayOrders since 2027-01-01T00:00:00Z until 2026-01-01T00:00:00Z }",
/// )?;
/// let told = passgate::lint::run_exact(gate.model());
/// assert_eq!(told.iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["contradiction"]);
/// # passgate::Result::Ok(())
/// ```
pub fn run_exact(model: &Model) -> Vec<Diagnostic> {
    run_exact_counted(model).0
}

/// As [`run_exact`], with the steps that it took: the same number for the same set on every machine.
///
/// ```
/// let steps = |statements: usize| {
///     let text = format!("use intlpartnersmgt policy p {{ {} }}", "deny read ".repeat(statements));
///     passgate::Gate::compile(text).map(|gate| passgate::lint::run_exact_counted(gate.model()).1)
/// };
/// assert!(steps(20)? < 3 * steps(10)?);
/// # passgate::Result::Ok(())
/// ```
pub fn run_exact_counted(model: &Model) -> (Vec<Diagnostic>, u64) {
    let mut findings = Findings::default();
    findings.set_levels(model.settings.lints.clone());
    findings.set_ignored(&model.ignores);
    let steps = measured(model, limits::LINT_STEPS, &mut findings);
    (findings.finish(), steps)
}

/// Runs every exact lint and adds what they say.
pub(crate) fn run_exact_into(model: &Model, findings: &mut Findings) {
    measured(model, limits::LINT_STEPS, findings);
}

/// As [`run_exact_into`] with so many steps for a question; the answer is the number of steps it took.
fn measured(model: &Model, most: u64, findings: &mut Findings) -> u64 {
    let mut asking = Asking::new(model, most);
    let mut told = HashSet::new();
    let mut out = Vec::new();
    for policy in model.policies.iter().filter(|p| p.kind == PolicyKind::Identity) {
        let mut dead = BTreeSet::new();
        for (place, statement) in policy.statements.iter().enumerate() {
            if alone::check(statement, &mut asking, &mut out) {
                dead.insert(place);
            }
        }
        let again = repeated(model, &policy.statements);
        let index = Index::new(&policy.statements, &mut asking);
        let gone: BTreeSet<usize> = dead.union(&again).copied().collect();
        shadowed::check(&policy.statements, &index, gone, &mut asking, &mut out);
        cancelled::check(&policy.statements, &index, &dead, &mut asking, &mut out);
        once_a_template(policy, &mut told, &mut out);
        findings.extend(out.drain(..));
    }
    asking.steps()
}

/// Whether conditions hold together, asked of statements one by one.
pub(super) struct Together<'m> {
    model: &'m Model,
    asking: Option<Asking<'m>>,
}

impl<'m> Together<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Together { model, asking: None }
    }

    /// Whether no call meets all conditions of a statement, which is told as `contradiction` or where a network is empty.
    pub(super) fn never(&mut self, statement: &Statement) -> bool {
        if plain::are_plain(statement) {
            return false;
        }
        let all: Vec<&crate::model::Condition> = statement.conditions.iter().collect();
        self.asking
            .get_or_insert_with(|| Asking::new(self.model, limits::LINT_STEPS))
            .contradict(statement, &all)
    }
}

/// Statements that stand in the policy before, word for word: `duplicate` tells them.
fn repeated(model: &Model, statements: &[Statement]) -> BTreeSet<usize> {
    let mut seen = HashMap::with_capacity(statements.len());
    let again = |(place, statement): (usize, &Statement)| {
        let text = model.sources.slice(statement.span);
        (!text.is_empty() && seen.insert(text, ()).is_some()).then_some(place)
    };
    statements.iter().enumerate().filter_map(again).collect()
}

/// How many statements a message points at.
const POINTED: usize = 8;

/// Points at the statements that bring something about.
fn pointing(told: Diagnostic, statements: &[&Statement], what: &str) -> Diagnostic {
    let shown = statements.iter().take(POINTED);
    let told = shown.fold(told, |told, statement| told.label(statement.effect_span, what));
    let more = statements.len().saturating_sub(POINTED);
    if more > 0 { told.because(format!("and {more} more statements")) } else { told }
}

#[cfg(test)]
mod tests;
