//! Questions whose clauses read something that no statement reads. Where statements read nothing but the address, what is
//! allowed depends on the address alone, and what a clause says of times and keys does not depend on it: the smallest
//! call is the smallest address with the smallest rest, each found by itself. Neither sees what the other is made of, so
//! that a time beside ten thousand statements costs what each of both costs.

use super::budget::Budget;
use super::doubt::Doubt;
use super::line::is_of_address;
use super::prepared::Reader;
use super::smallest::Size;
use super::subject::{Clause, Subject};
use super::witness::Witness;
use super::{Answer, Space};
use std::collections::BTreeSet;

/// All calls of one class of actions, taken apart where that can be done: [`Space`] for those who ask for one call, and
/// not for everything that can be said of all.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::space::{Actions, Answer, Budget, Caller, Parts, Reader, Size, Subject};
/// let gate = Gate::compile("use intlpartnersmgt  policy p { allow PayOrders from 10.0.0.0/8 }")?;
/// let model = gate.model();
/// let statements: Vec<_> = model.policies[0].statements.iter().collect();
/// let (mut reader, mut budget) = (Reader::new(&model.settings), Budget::new(1_000_000));
/// let (classes, _) = Actions::new(&model.catalogs, &model.settings).classes(&[&statements], None, &mut budget);
/// let pays = classes.iter().find(|class| !class.sets[0].is_empty()).expect("one class pays");
/// let (service, facts, sets) = (&pays.service, pays.facts, &pays.sets);
/// let subject = Subject { service, facts, sets, caller: &Caller::default(), clauses: &[] };
/// let parts = Parts::new(&subject, &mut reader, &mut budget);
/// let found = parts.smallest_allowed(0, None, Size::ANYTHING, &mut budget);
/// assert!(found.found().is_some_and(|call| call.prefix.is_some()));
/// # passgate::Result::Ok(())
/// ```
#[derive(Debug)]
pub struct Parts {
    /// Everything, or what the address says.
    here: Space,
    /// What clauses say of anything else; none where it is not apart.
    beside: Option<Space>,
}

impl Parts {
    /// The calls of one class of actions.
    pub fn new<'s>(subject: &Subject<'_, 's>, reader: &mut Reader<'s>, budget: &mut Budget) -> Parts {
        let apart = |clause: &Clause<'_>| matches!(clause, Clause::When(one) if !is_of_address(one));
        let (others, own): (Vec<_>, Vec<_>) = subject.clauses.iter().copied().partition(apart);
        if !others.is_empty() {
            let here = Space::new(&Subject { clauses: &own, ..*subject }, reader, budget);
            let beside = Space::new(&Subject { sets: &[], clauses: &others, ..*subject }, reader, budget);
            if here.line.is_some() && !beside.reads_accounts && beside.accounts.is_none() {
                return Parts { here, beside: Some(beside) };
            }
        }
        Parts { here: Space::new(subject, reader, budget), beside: None }
    }

    /// As [`Space::allowed`].
    pub fn allowed(&self, attached: usize, boundary: Option<usize>, budget: &mut Budget) -> Answer {
        self.with(self.here.allowed(attached, boundary, budget), budget)
    }

    /// As [`Space::smallest_allowed`].
    pub fn smallest_allowed(
        &self,
        attached: usize,
        boundary: Option<usize>,
        most: Size,
        budget: &mut Budget,
    ) -> Answer {
        self.with(self.here.smallest_allowed(attached, boundary, most, budget), budget)
    }

    /// As [`Space::smallest_refused`].
    pub fn smallest_refused(
        &self,
        attached: usize,
        boundary: Option<usize>,
        most: Size,
        budget: &mut Budget,
    ) -> Answer {
        self.with(self.here.smallest_refused(attached, boundary, most, budget), budget)
    }

    /// As [`Space::smallest_any`].
    pub fn smallest_any(&self, budget: &mut Budget) -> Answer {
        self.with(self.here.smallest_any(budget), budget)
    }

    /// As [`Space::smallest_unmatched`].
    pub fn smallest_unmatched(&self, of: usize, budget: &mut Budget) -> Answer {
        self.with(self.here.smallest_unmatched(of, budget), budget)
    }

    /// As [`Space::doubts`].
    pub fn doubts(&self) -> BTreeSet<Doubt> {
        self.here.doubts().into_iter().chain(self.beside.iter().flat_map(Space::doubts)).collect()
    }

    /// A call with what clauses say beside its address.
    fn with(&self, here: Answer, budget: &mut Budget) -> Answer {
        let (Answer::Found(call), Some(beside)) = (&here, &self.beside) else { return here };
        match beside.smallest_any(budget) {
            Answer::Found(rest) => {
                let Witness { address, prefix, .. } = **call;
                Answer::Found(Box::new(Witness { address, prefix, ..*rest }))
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;
    use crate::analysis::space::{Actions, Caller};
    use crate::model::Condition;

    const SET: &str = r#"
        use intlpartnersmgt
        policy p {
            allow PayOrders from 10.0.0.0/8, 2001:db8::/32
            deny PayOrders from 10.1.0.0/16
        }
        policy wide { allow PayOrders }
        policy tagged { allow PayOrders when team is "a" }
        policy clauses {
            allow PayOrders from 10.1.0.0/16, 192.0.2.0/24, 10.2.0.0/16 until 2027-01-01T00:00:00Z when mfa is true
                when team is "a", "b" when risk is not "x"
            allow PayOrders from 10.2.0.0/16 when team is "a" when team is not "a"
        }
    "#;

    /// Every choice of the conditions of a statement.
    fn choices(conditions: &[Condition]) -> Vec<Vec<Clause<'_>>> {
        let some = |bits: usize| {
            let chosen = conditions.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
            chosen.map(|(_, condition)| Clause::When(condition)).collect()
        };
        (0..1 << conditions.len()).map(some).collect()
    }

    #[test]
    fn what_is_taken_apart_has_the_same_smallest_calls() {
        let gate = Gate::compile(SET).unwrap();
        let model = gate.model();
        let named = |name: &str| model.policies.iter().find(|policy| policy.name.as_ref() == name).unwrap();
        let (mut apart, mut budget) = (0, Budget::new(10_000_000));
        for policy in ["p", "wide", "tagged"].map(named) {
            let statements: Vec<_> = policy.statements.iter().collect();
            let mut actions = Actions::new(&model.catalogs, &model.settings);
            let (classes, _) = actions.classes(&[&statements], None, &mut budget);
            let class = classes.iter().find(|class| !class.sets[0].is_empty()).unwrap();
            for chosen in
                named("clauses").statements.iter().flat_map(|statement| choices(&statement.conditions))
            {
                let (service, facts, sets) = (&class.service, class.facts, &class.sets);
                let subject = Subject { service, facts, sets, caller: &Caller::default(), clauses: &chosen };
                let mut reader = Reader::new(&model.settings);
                let parts = Parts::new(&subject, &mut reader, &mut budget);
                let whole = Space::new(&subject, &mut reader, &mut budget);
                apart += usize::from(parts.beside.is_some());
                let most = Size::ANYTHING;
                let both = [
                    (parts.allowed(0, None, &mut budget), whole.allowed(0, None, &mut budget)),
                    (
                        parts.smallest_allowed(0, None, most, &mut budget),
                        whole.smallest_allowed(0, None, most, &mut budget),
                    ),
                    (
                        parts.smallest_refused(0, None, most, &mut budget),
                        whole.smallest_refused(0, None, most, &mut budget),
                    ),
                    (parts.smallest_any(&mut budget), whole.smallest_any(&mut budget)),
                    (parts.smallest_unmatched(0, &mut budget), whole.smallest_unmatched(0, &mut budget)),
                ];
                for (at, (here, there)) in both.iter().enumerate() {
                    let sizes = [here, there].map(|answer| answer.found().map(Size::of));
                    assert_eq!(sizes[0].is_some(), sizes[1].is_some(), "{at} {chosen:?}");
                    assert!(at == 0 || sizes[0] == sizes[1], "{at} {chosen:?}: {here:?} and {there:?}");
                    assert_eq!(here == &Answer::Nothing, there == &Answer::Nothing, "{at} {chosen:?}");
                }
            }
        }
        // Of twenty choices for each policy, those with a clause beside the address; a key that a statement reads is none.
        assert!(apart > 20, "{apart} were taken apart");
    }
}
