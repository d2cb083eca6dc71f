//! Do two lists of statements decide every request alike, whoever asks? What a conversion of documents is proved by.

use super::prove::call;
use super::space::{Actions, Answer, Budget, Caller, Doubt, Reader, Space, Subject, Use, Witness};
use crate::catalog::Catalogs;
use crate::model::{Comparison, Condition, Effect, ResourcePattern, Settings, Statement, Template, Test};
use passgate_grammar::limits;
use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;

/// What was found of two lists of statements, each attached as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every request is decided alike: allowed, denied explicitly, denied implicitly, or an error of the caller.
    Alike {
        /// Classes of actions looked at.
        classes: usize,
        /// Those of them whose statements are not the same on both sides, so that all calls were searched.
        searched: usize,
    },
    /// This call is decided otherwise.
    Different {
        /// `service:Name`
        action: String,
        /// The rest of the call.
        witness: Box<Witness>,
    },
    /// No call was found that is decided otherwise, but there could be one.
    Undecided {
        /// The first action that is in doubt; empty where it is which actions there are.
        action: String,
        /// Why.
        doubt: Doubt,
    },
}

impl Verdict {
    /// Whether no call is decided otherwise, for certain.
    pub fn holds(&self) -> bool {
        matches!(self, Verdict::Alike { .. })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Alike { .. } => f.write_str("every request is decided alike"),
            Verdict::Different { action, witness } => {
                let request = witness.request("anyone", action.as_str());
                write!(f, "decided otherwise: {}", call(witness.prefix, &request))
            }
            Verdict::Undecided { action, doubt } if action.is_empty() => {
                write!(f, "no request was found that is decided otherwise, but {doubt}")
            }
            Verdict::Undecided { action, doubt } => {
                write!(f, "every request is decided alike, exact up to `{action}`: {doubt}")
            }
        }
    }
}

/// Compares two lists of statements over every request: every action of the catalogs and of opaque services, every
/// resource, address, time, key and account number.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::alike::{Verdict, alike};
/// let gate = Gate::compile("policy p { allow * from 10.0.0.0/8 } policy q { allow * from 10.0.0.0/9, 10.128.0.0/9 }")?;
/// let model = gate.model();
/// let all = |at: usize| model.policies[at].statements.iter().collect::<Vec<_>>();
/// let found = alike(&all(0), &all(1), &model.catalogs, &model.settings);
/// assert!(matches!(found, Verdict::Alike { .. }));
/// # Ok::<(), passgate::Error>(())
/// ```
pub fn alike(one: &[&Statement], other: &[&Statement], catalogs: &Catalogs, settings: &Settings) -> Verdict {
    alike_within(limits::SPACE_STEPS, [one, other], Use::Attached, catalogs, settings)
}

/// As [`alike`], with so many steps, both used so.
pub(super) fn alike_within(
    steps: u64,
    [one, other]: [&[&Statement]; 2],
    used: Use,
    catalogs: &Catalogs,
    settings: &Settings,
) -> Verdict {
    let mut budget = Budget::new(steps);
    let (classes, doubt) = Actions::new(catalogs, settings).classes(&[one, other], None, &mut budget);
    let (count, mut searched) = (classes.len(), 0);
    let (mut reader, mut singles) = (Reader::new(settings), Singles::default());
    let mut undecided = doubt.map(|doubt| (String::new(), doubt));
    for class in classes {
        if singles.are_the_same(&class.sets) {
            continue;
        }
        searched += 1;
        let subject = Subject {
            service: &class.service,
            facts: class.facts,
            sets: &class.sets,
            caller: &Caller::default(),
            clauses: &[],
        };
        let space = Space::new(&subject, &mut reader, &mut budget);
        match space.different(0, 1, used, &mut budget) {
            Answer::Found(witness) => return Verdict::Different { action: class.action(), witness },
            Answer::Nothing => {}
            Answer::Undecided(doubt) => {
                undecided.get_or_insert_with(|| (class.action(), doubt));
            }
        }
    }
    match undecided {
        Some((action, doubt)) => Verdict::Undecided { action, doubt },
        None => Verdict::Alike { classes: count, searched },
    }
}

/// Effect, resource, conditions.
type Single = (Effect, Arc<str>, BTreeSet<String>);

/// Statements taken apart into one for each of their resources, numbered so that those that say the same are one
/// number; each is taken apart once.
#[derive(Default)]
struct Singles<'s> {
    numbers: HashMap<Single, usize>,
    /// By place, which stays as it is while it is borrowed.
    of: HashMap<*const Statement, Vec<usize>>,
    statements: PhantomData<&'s Statement>,
}

impl<'s> Singles<'s> {
    /// Whether two sets hold the same statements, as far as they decide the class of actions that both cover: order and
    /// repetition do not matter.
    fn are_the_same(&mut self, sets: &[Vec<&'s Statement>]) -> bool {
        let mut sets = sets.iter().map(|set| self.of_set(set));
        let first = sets.next();
        sets.all(|other| Some(other) == first)
    }

    fn of_set(&mut self, set: &[&'s Statement]) -> Vec<usize> {
        let mut all = Vec::new();
        for statement in set {
            let (numbers, place) = (&mut self.numbers, ptr::from_ref::<Statement>(statement));
            all.extend(self.of.entry(place).or_insert_with(|| numbered(statement, numbers)).iter());
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn numbered(statement: &Statement, numbers: &mut HashMap<Single, usize>) -> Vec<usize> {
    let conditions: BTreeSet<String> = statement.conditions.iter().filter_map(said).collect();
    let single = |resource: &ResourcePattern| {
        let next = numbers.len();
        let single = (statement.effect, resource.text.clone(), conditions.clone());
        *numbers.entry(single).or_insert(next)
    };
    statement.resources.iter().map(single).collect()
}

/// A text that is equal only for conditions that say the same; none for one that always holds. Of an ordering operator's
/// values any suffices, so that the widest says it all; order, repetition and host bits of values say nothing.
pub(super) fn said(condition: &Condition) -> Option<String> {
    let values = match &condition.test {
        Test::Null { values } if values.contains(&true) && values.contains(&false) => return None,
        Test::Null { values } | Test::Bool { values } => several(values),
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => {
            several(values.iter().map(Template::written))
        }
        Test::Number { comparison, values } => ordered(*comparison, values),
        Test::Date { comparison, values } => ordered(*comparison, values),
        Test::Ip { prefixes, .. } => several(prefixes.iter()),
    };
    let Condition { qualifier, if_exist, key, test, .. } = condition;
    Some(format!("{qualifier:?} {if_exist} {:?} {key:?} {values}", test.operator()))
}

fn several<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    let texts: BTreeSet<String> = values.into_iter().map(|value| value.to_string()).collect();
    format!("{texts:?}")
}

fn ordered<T: Ord + Display>(comparison: Comparison, values: &[T]) -> String {
    match comparison {
        Comparison::Equal | Comparison::NotEqual => several(values),
        Comparison::Less | Comparison::LessEqual => several(values.iter().max()),
        Comparison::Greater | Comparison::GreaterEqual => several(values.iter().min()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;

    fn check(p: &str, q: &str, expected: &str) {
        let text = format!("use intlpartnersmgt set opaque = \"*\" policy p {{ {p} }} policy q {{ {q} }}");
        let gate = Gate::compile(text.as_str()).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
        let model = gate.model();
        let all = |at: usize| model.policies[at].statements.iter().collect::<Vec<_>>();
        let found = match alike(&all(0), &all(1), &model.catalogs, &model.settings) {
            Verdict::Alike { searched: 0, .. } => "the same".to_owned(),
            Verdict::Alike { .. } => "alike".to_owned(),
            Verdict::Different { action, .. } => action,
            Verdict::Undecided { doubt, .. } => doubt.to_string(),
        };
        assert_eq!(found, expected, "{p} | {q}");
    }

    #[test]
    fn every_action_and_every_call_counts() {
        check("allow *", "allow *", "the same");
        check("allow cvm:A, cvm:B", "allow cvm:B  allow cvm:A", "the same");
        check("allow cvm:A", "allow cvm:A  allow cvm:A", "the same");
        check(
            "deny cvm:A on \"*\", \"qcs::cvm:::x\"",
            "deny cvm:A on \"qcs::cvm:::x\" deny cvm:A",
            "the same",
        );
        check(
            "deny cvm:A when cos:k is \"a\", \"b\"",
            "deny cvm:A when cos:k is \"b\", \"a\", \"b\"",
            "the same",
        );
        check("deny cvm:A from 10.0.0.5/8", "deny cvm:A from 10.0.0.0/8", "the same");
        check("deny cvm:A when cos:k is \"a\"", "deny cvm:A when cos:k is \"a\" ignoring case", "cvm:A");
        check("deny cvm:A when cos:k is \"1\"", "deny cvm:A when cos:k is 1", "cvm:A");
        check("deny cvm:A when cos:k < 1", "deny cvm:A when cos:k < 2", "cvm:A");
        check("allow cvm:A, cvm:B", "allow cvm:A", "cvm:B");
        check("allow *", "allow *  deny intlpartnersmgt:ForceQN", "intlpartnersmgt:ForceQN");
        check("allow cvm:A deny cvm:A", "deny cvm:A", "alike");
        check("", "deny cvm:A", "cvm:A");
        check("allow cvm:A from 10.0.0.0/8", "allow cvm:A from 10.0.0.0/9, 10.128.0.0/9", "alike");
        check("allow cvm:A from 10.0.0.0/8", "allow cvm:A from 10.0.0.0/9, 10.128.0.0/10", "cvm:A");
        check("allow cvm:A when cos:k is \"a\", \"b\"", "allow cvm:A when cos:k is \"a\"", "cvm:A");
        check(
            "allow cvm:A when cos:k is \"a\", \"b\"",
            "allow cvm:A when cos:k is \"a\"  allow cvm:A when cos:k is \"b\"",
            "alike",
        );
    }

    #[test]
    fn beyond_its_steps_a_question_is_undecided() {
        let text = "set opaque = \"*\" policy p { allow cvm:A from 10.0.0.0/8 }
                    policy q { allow cvm:A from 10.0.0.0/9, 10.128.0.0/9 }";
        let gate = Gate::compile(text).unwrap();
        let model = gate.model();
        let all = |at: usize| model.policies[at].statements.iter().collect::<Vec<_>>();
        let (one, other) = (all(0), all(1));
        let sides = [&*one, &*other];
        let holds =
            |steps| alike_within(steps, sides, Use::Attached, &model.catalogs, &model.settings).holds();
        let enough = (0..limits::SPACE_STEPS).find(|steps| holds(*steps)).unwrap();
        assert!(enough > 1 && !holds(enough - 1) && holds(enough + 1) && holds(limits::SPACE_STEPS));
    }
}
