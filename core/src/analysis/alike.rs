//! Do two lists of statements decide every request alike, whoever asks? What a conversion of documents is proved by.

use super::space::{Actions, Answer, Budget, Caller, Doubt, Space, Subject, Witness};
use crate::catalog::Catalogs;
use crate::model::{Settings, Statement};
use passgate_grammar::limits;

/// What was found of two lists of statements, each attached as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every request is decided alike: allowed, denied explicitly, denied implicitly, or an error of the caller.
    Alike {
        /// Classes of actions looked at.
        classes: usize,
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
    let mut budget = Budget::new(limits::SPACE_STEPS);
    let (classes, doubt) = Actions::new(catalogs, settings).classes(&[one, other], None, &mut budget);
    let count = classes.len();
    let mut undecided = doubt.map(|doubt| (String::new(), doubt));
    for class in classes {
        let subject = Subject {
            settings,
            service: &class.service,
            facts: class.facts,
            sets: &class.sets,
            caller: &Caller::default(),
            clauses: &[],
        };
        let space = Space::new(&subject, &mut budget);
        match space.different(0, 1, &mut budget) {
            Answer::Found(witness) => return Verdict::Different { action: class.action(), witness },
            Answer::Nothing => {}
            Answer::Undecided(doubt) => {
                undecided.get_or_insert_with(|| (class.action(), doubt));
            }
        }
    }
    match undecided {
        Some((action, doubt)) => Verdict::Undecided { action, doubt },
        None => Verdict::Alike { classes: count },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;

    fn check(p: &str, q: &str, expected: &str) {
        let text = format!(
            "use intlpartnersmgt set opaque = \"*\" policy p {{ {p} }} policy q {{ {q} }}"
        );
        let gate = Gate::compile(text.as_str()).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
        let model = gate.model();
        let all = |at: usize| model.policies[at].statements.iter().collect::<Vec<_>>();
        let found = match alike(&all(0), &all(1), &model.catalogs, &model.settings) {
            Verdict::Alike { .. } => "alike".to_owned(),
            Verdict::Different { action, .. } => action,
            Verdict::Undecided { doubt, .. } => doubt.to_string(),
        };
        assert_eq!(found, expected, "{p} | {q}");
    }

    #[test]
    fn every_action_and_every_call_counts() {
        check("allow *", "allow *", "alike");
        check("allow cvm:A, cvm:B", "allow cvm:B  allow cvm:A", "alike");
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
}
