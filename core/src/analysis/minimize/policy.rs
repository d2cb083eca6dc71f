//! One policy: what it becomes, and the proof that it says the same.

use super::addresses::Reach;
use super::atoms::Atoms;
use super::gather::gather;
use super::grid::Grid;
use super::rests;
use super::search::{Found, Part, Search};
use super::terms::{Spelling, Terms};
use crate::address::PrefixSet;
use crate::analysis::alike::{Verdict, alike_within};
use crate::analysis::space::Use;
use crate::catalog::Catalogs;
use crate::model::{ActionKind, Effect, Model, Named, NamedValue, Settings, Statement};
use passgate_grammar::limits::{MINIMIZE_DROP_STEPS, MINIMIZE_DROPS, MINIMIZE_FEW, MINIMIZE_PROOF_STEPS};
use std::collections::BTreeSet;
use std::ptr;
use std::sync::Arc;

/// What every policy is looked at with.
pub(in crate::analysis) struct Setting<'m> {
    pub(in crate::analysis) catalogs: &'m Catalogs,
    pub(in crate::analysis) settings: &'m Settings,
    pub(in crate::analysis) named: &'m [Named],
    /// What the policy is used as; of a boundary more must stay as it is.
    pub(in crate::analysis) used: Use,
}

/// What a policy becomes, and the terms that it is written with.
pub(in crate::analysis) struct Shrunk {
    pub(in crate::analysis) found: Found,
    pub(in crate::analysis) terms: Terms,
}

/// The policies that somebody is bounded by.
pub(in crate::analysis) struct Boundaries(BTreeSet<Arc<str>>);

impl Boundaries {
    pub(in crate::analysis) fn of(model: &Model) -> Boundaries {
        let users = model.users.iter().filter_map(|user| user.boundary);
        let all = users.chain(model.groups.iter().filter_map(|role| role.boundary));
        let names = all.filter_map(|id| model.policies.get(id.0 as usize)).map(|policy| policy.name.clone());
        Boundaries(names.collect())
    }

    /// What a policy of the set is used as. One that stays the same as a boundary stays so as an attached policy too.
    pub(in crate::analysis) fn used(&self, policy: &str) -> Use {
        if self.0.contains(policy) { Use::Boundary } else { Use::Attached }
    }
}

impl<'m> Setting<'m> {
    pub(in crate::analysis) fn of(model: &'m Model, named: &'m [Named], used: Use) -> Setting<'m> {
        Setting { catalogs: &model.catalogs, settings: &model.settings, named, used }
    }

    /// Looks for fewer statements; `spelled` is how each list of actions stands in the text.
    pub(in crate::analysis) fn shrink(
        &self,
        statements: &[&Statement],
        spelling: &Spelling,
        spelled: &[(ActionKind, Option<String>)],
        written: &[u64],
    ) -> Option<Shrunk> {
        let atoms = Atoms::of(statements, self.catalogs, self.settings);
        let named = if spelling.gate { self.named } else { &[] };
        let terms = Terms::of(&atoms, spelling, named, spelled);
        let networks = networks(named);
        if statements.len() > MINIMIZE_FEW
            && let Some(found) =
                gather(statements, self.used, (&atoms, &terms), &networks, spelling.gate, written)
                    .filter(|found| found.parts.len() < statements.len())
        {
            return Some(Shrunk { found, terms });
        }
        let found = match Grid::of(statements, &atoms, self.settings) {
            Some(grid) => {
                let mut search = Search::new(&grid, (&atoms, &terms), &networks, spelling.gate, written);
                search.run(statements, self.used)
            }
            None => gather(statements, self.used, (&atoms, &terms), &networks, spelling.gate, written),
        };
        found.map(|found| Shrunk { found, terms })
    }

    /// The statements without the first that makes no difference; none where each does.
    pub(in crate::analysis) fn without_one(&self, statements: &[&Statement]) -> Option<Vec<Part>> {
        // Where there are no other conditions, the search has seen all calls.
        let plain = statements.iter().all(|statement| rests::apart(statement).0.is_empty());
        if plain || statements.len() > MINIMIZE_DROPS {
            return None;
        }
        let without = |gone: usize| -> Vec<&Statement> {
            statements.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, s)| *s).collect()
        };
        let needless =
            |gone: &usize| self.proves_within(MINIMIZE_DROP_STEPS, statements, &without(*gone)).is_some();
        let gone = (0..statements.len()).rev().find(needless)?;
        Some((0..statements.len()).filter(|at| *at != gone).map(Part::Kept).collect())
    }

    /// The proof that two policies say the same, whatever other policies a caller has: what their denies refuse is the
    /// same, and so is what they decide as a whole. Of boundaries that says more than of attached policies: where a deny is
    /// open, one without an allow refuses, and one with an allow is an error of the caller.
    pub(in crate::analysis) fn proves(
        &self,
        one: &[&Statement],
        other: &[&Statement],
    ) -> Option<Certificate> {
        self.proves_within(MINIMIZE_PROOF_STEPS, one, other)
    }

    fn proves_within(&self, steps: u64, one: &[&Statement], other: &[&Statement]) -> Option<Certificate> {
        let (first, second) = (denies(one), denies(other));
        let same = first.len() == second.len() && first.iter().zip(&second).all(|(a, b)| ptr::eq(*a, *b));
        let refused = if same {
            Verdict::Alike { classes: 0, searched: 0 }
        } else {
            alike_within(steps, [&first, &second], Use::Attached, self.catalogs, self.settings)
        };
        let decided = alike_within(steps, [one, other], self.used, self.catalogs, self.settings);
        match (refused, decided) {
            (Verdict::Alike { classes: a, searched: b }, Verdict::Alike { classes: c, searched: d }) => {
                Some(Certificate { classes: a + c, searched: b + d })
            }
            _ => None,
        }
    }
}

/// That a policy decides as it did, alone and beside any other policies.
///
/// Its denies refuse the same calls, and with its allows it allows, denies explicitly, denies implicitly or leaves open
/// the same calls, also as a boundary where the set uses it as one: every action of the catalogs and of opaque services,
/// every resource, address, time, key and account number. Which key an error of the caller names may be another where
/// several are at fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Certificate {
    /// Classes of actions that were compared; none of a policy that stays as it is.
    pub classes: usize,
    /// Those of them whose statements are not the same before and after, so that all their calls were searched.
    pub searched: usize,
}

fn denies<'s>(all: &[&'s Statement]) -> Vec<&'s Statement> {
    all.iter().copied().filter(|statement| statement.effect == Effect::Deny).collect()
}

fn networks(named: &[Named]) -> Vec<(Arc<str>, PrefixSet)> {
    let network = |one: &Named| match &one.value {
        NamedValue::Network(prefixes) => {
            Some((one.name.clone(), PrefixSet::from_prefixes(prefixes.iter().copied())))
        }
        NamedValue::Actions(_) | NamedValue::Resources(_) => None,
    };
    let all = named.iter().filter_map(network);
    all.filter(|(_, set)| !set.is_empty() && *set != Reach::all().addresses).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;

    #[test]
    fn a_proof_ends_with_its_steps() {
        let text = "set opaque = \"*\" policy p { allow cvm:A from 10.0.0.0/8 } policy q { allow cvm:A from 10.0.0.0/9, 10.128.0.0/9 }";
        let gate = Gate::compile(text).unwrap();
        let model = gate.model();
        let setting = Setting::of(model, &[], Use::Attached);
        let all = |at: usize| model.policies[at].statements.iter().collect::<Vec<_>>();
        let holds = |steps| setting.proves_within(steps, &all(0), &all(1)).is_some();
        assert!(!holds(1) && holds(MINIMIZE_DROP_STEPS) && holds(MINIMIZE_PROOF_STEPS));
    }
}
