//! Statements by what they say of the time: whether they can match at an instant, and what is left of them then.

use crate::glob;
use crate::model::read::CURRENT_TIME;
use crate::model::{Comparison, Condition, Effect, Instant, Model, PolicyKind, Statement, Template, Test};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

/// Statements that read the time.
pub(super) struct Timed {
    by_place: HashMap<*const Statement, One>,
    /// The time is compared as text in a way that may change between the instants that are mentioned.
    texts: bool,
    /// It is compared with a variable.
    open: bool,
}

struct One {
    /// Without its conditions on the time.
    bare: Statement,
    conditions: Vec<Condition>,
    /// Where what they say can change.
    instants: BTreeSet<Instant>,
}

/// The last instant before another.
pub(super) fn before(at: Instant) -> Instant {
    match at.nanos {
        0 => Instant { seconds: at.seconds.saturating_sub(1), nanos: 999_999_999 },
        nanos => Instant { nanos: nanos - 1, ..at },
    }
}

impl Timed {
    pub(super) fn new(model: &Model) -> Timed {
        let mut timed = Timed { by_place: HashMap::new(), texts: false, open: false };
        let identity = model.policies.iter().filter(|policy| policy.kind == PolicyKind::Identity);
        for statement in identity.flat_map(|policy| &policy.statements) {
            let of_time = |condition: &&Condition| {
                condition.key.as_ref() == CURRENT_TIME && !matches!(condition.test, Test::Null { .. })
            };
            let conditions: Vec<Condition> = statement.conditions.iter().filter(of_time).cloned().collect();
            if conditions.is_empty() {
                continue;
            }
            let mut instants = BTreeSet::new();
            for condition in &conditions {
                timed.note(condition, &mut instants);
            }
            let rest = statement.conditions.iter().filter(|condition| !of_time(condition)).cloned();
            let bare = Statement { conditions: rest.collect(), ..statement.clone() };
            timed.by_place.insert(std::ptr::from_ref(statement), One { bare, conditions, instants });
        }
        timed
    }

    /// Notes each instant that a condition mentions, and the one just after it.
    fn note(&mut self, condition: &Condition, instants: &mut BTreeSet<Instant>) {
        let mentioned: Vec<Instant> = match &condition.test {
            Test::Date { values, .. } => values.clone(),
            Test::Text { values, .. } | Test::Binary { values } | Test::Like { values, .. } => {
                let like = matches!(condition.test, Test::Like { .. });
                self.open |= values.iter().any(|value| value.literal().is_none());
                let literals = values.iter().filter_map(Template::literal);
                self.texts |= like && literals.clone().any(|text| text.contains('*') && text != "*");
                literals.filter_map(|text| Instant::parse(&text.to_ascii_uppercase())).collect()
            }
            _ => Vec::new(),
        };
        instants.extend(mentioned.iter().flat_map(|at| [*at, at.next()]));
    }

    pub(super) fn doubts(&self) -> Vec<String> {
        let texts = self.texts.then(|| "`like` reads the text of `qcs:current_time`".to_owned());
        let open = self.open.then(|| "`qcs:current_time` is compared with a variable".to_owned());
        texts.into_iter().chain(open).collect()
    }

    /// The instants after one and up to another at which what some statements say can change, each with these statements.
    pub(super) fn instants<'s>(
        &self,
        of: &[&'s Statement],
        from: Instant,
        to: Instant,
    ) -> BTreeMap<Instant, Vec<&'s Statement>> {
        let mut all: BTreeMap<Instant, Vec<&Statement>> = BTreeMap::new();
        // An empty range may not be asked for.
        let within = (Bound::Excluded(from), Bound::Included(to));
        for statement in of.iter().filter(|_| from < to) {
            let one = self.by_place.get(&std::ptr::from_ref(*statement));
            for at in one.into_iter().flat_map(|one| one.instants.range(within)) {
                all.entry(*at).or_default().push(*statement);
            }
        }
        all
    }

    /// Whether a statement's conditions on the time hold.
    pub(super) fn holds(&self, statement: &Statement, at: Instant) -> bool {
        let one = self.by_place.get(&std::ptr::from_ref(statement));
        // What is open is no allow, and is a deny.
        let open = statement.effect == Effect::Deny;
        one.is_none_or(|one| one.conditions.iter().all(|condition| holds(condition, at).unwrap_or(open)))
    }

    /// What is left of a statement at an instant; none where it cannot match then.
    pub(super) fn at<'m>(&'m self, statement: &'m Statement, at: Instant) -> Option<&'m Statement> {
        match self.by_place.get(&std::ptr::from_ref(statement)) {
            None => Some(statement),
            Some(one) => self.holds(statement, at).then_some(&one.bare),
        }
    }
}

/// Whether a condition on the time holds at an instant (semantics §5); none where a variable decides.
fn holds(condition: &Condition, at: Instant) -> Option<bool> {
    match &condition.test {
        Test::Date { comparison, values } => Some(dates(*comparison, values, at)),
        Test::Text { negated, ignore_case, values } => {
            let text = at.to_string();
            let same =
                |value: &str| if *ignore_case { value.eq_ignore_ascii_case(&text) } else { value == text };
            texts(values, *negated, &same)
        }
        Test::Binary { values } => texts(values, false, &|value| value == at.to_string()),
        Test::Like { negated, values } => {
            texts(values, *negated, &|value| glob::matches(value, &at.to_string()))
        }
        // No other operator is admitted on the time.
        _ => Some(false),
    }
}

fn dates(comparison: Comparison, values: &[Instant], at: Instant) -> bool {
    let any = |fits: &dyn Fn(Ordering) -> bool| values.iter().any(|value| fits(at.cmp(value)));
    match comparison {
        Comparison::Equal => any(&Ordering::is_eq),
        Comparison::NotEqual => !any(&Ordering::is_eq),
        Comparison::Less => any(&Ordering::is_lt),
        Comparison::LessEqual => any(&Ordering::is_le),
        Comparison::Greater => any(&Ordering::is_gt),
        Comparison::GreaterEqual => any(&Ordering::is_ge),
    }
}

fn texts(values: &[Template], negated: bool, fits: &dyn Fn(&str) -> bool) -> Option<bool> {
    if values.iter().filter_map(Template::literal).any(fits) {
        return Some(!negated);
    }
    values.iter().all(|value| value.literal().is_some()).then_some(negated)
}
