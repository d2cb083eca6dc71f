//! Account numbers that a request may give: tried one assignment after the other, so that every variable is a known
//! text while the rest is looked at (semantics §5, *Variables*).

use super::budget::{Budget, Spent};
use super::doubt::Doubt;
use super::subject::Caller;
use super::texts::{Letters, Patterns, kinds};
use super::value::templates;
use crate::check::Account;
use crate::glob::Glob;
use crate::model::{Condition, Owner, ResourceKind, ResourcePattern, Template, TemplatePart, Test, Variable};
use passgate_grammar::limits;
use std::collections::{BTreeMap, BTreeSet};

/// What the three variables stand for in a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) uin: Option<Box<str>>,
    pub(super) owner_uin: Option<Box<str>>,
    pub(super) app_id: Option<Box<str>>,
}

impl Numbers {
    pub(super) fn get(&self, variable: Variable) -> Option<&str> {
        match variable {
            Variable::Uin => self.uin.as_deref(),
            Variable::OwnerUin => self.owner_uin.as_deref(),
            Variable::AppId => self.app_id.as_deref(),
        }
    }

    fn set(&mut self, variable: Variable, number: Option<Box<str>>) {
        match variable {
            Variable::Uin => self.uin = number,
            Variable::OwnerUin => self.owner_uin = number,
            Variable::AppId => self.app_id = number,
        }
    }
}

/// One way of giving account numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Assignment {
    /// What the request says.
    pub(super) account: Account,
    /// What the variables stand for then.
    pub(super) numbers: Numbers,
    /// What they stand for where a second policy set has another owner.
    pub(super) others: Option<Numbers>,
}

/// What conditions and resources make of account numbers.
#[derive(Debug, Default)]
pub(super) struct Uses<'s> {
    variables: BTreeSet<Variable>,
    /// Texts and patterns that are compared with one another, by place: a key, or the last segment of resources.
    places: BTreeMap<&'s str, Place<'s>>,
    /// Tests of `qcs:uin` and `qcs:owner_uin`.
    own: Vec<&'s Test>,
}

#[derive(Debug, Default)]
struct Place<'s> {
    templates: Vec<&'s Template>,
    /// An operator that reads numbers, dates, addresses or booleans.
    values: bool,
}

impl<'s> Uses<'s> {
    pub(super) fn condition(&mut self, condition: &'s Condition) {
        if let Some(variable) = own(&condition.key) {
            self.variables.insert(variable);
            self.own.push(&condition.test);
        }
        let place = self.places.entry(&condition.key).or_default();
        let values = templates(&condition.test);
        place.values |= values.is_empty() && !matches!(condition.test, Test::Null { .. });
        place.templates.extend(values);
        values.iter().for_each(|template| self.variables.extend(variables(template)));
    }

    pub(super) fn resources(&mut self, patterns: &'s [ResourcePattern]) {
        for pattern in patterns {
            if let ResourceKind::Six { rest, .. } = &pattern.kind {
                self.variables.extend(variables(rest));
                self.places.entry("").or_default().templates.push(rest);
            }
        }
    }

    /// The last segment of a resource of a call.
    pub(super) fn resource(&mut self, rest: &'s Template) {
        self.places.entry("").or_default().templates.push(rest);
    }

    /// Whether some condition is on an account number itself.
    pub(super) fn reads_accounts(&self) -> bool {
        !self.own.is_empty()
    }

    /// The assignments to be tried, the one without account numbers first, and why they may be too few.
    pub(super) fn assignments(
        &self,
        caller: &Caller,
        owners: &[&Owner],
        budget: &mut Budget,
    ) -> Result<(Vec<Assignment>, Option<Doubt>), Spent> {
        let mut all = vec![default(caller, owners)];
        if self.variables.is_empty() {
            return Ok((all, None));
        }
        let (mut numbers, mut doubt) = self.numbers(budget)?;
        // A caller's number that nothing reads is as good as any other.
        let own = Some(&caller.uin).filter(|_| self.variables.contains(&Variable::Uin));
        let known = owners.iter().flat_map(|owner| [&owner.uin, &owner.uid]).chain(own);
        numbers.extend(known.flatten().map(|number| number.to_string()));
        for variable in &self.variables {
            let given = all.iter().flat_map(|before| {
                let with = numbers.iter().map(move |number| before.with(*variable, number));
                std::iter::once(before.clone()).chain(with)
            });
            all = given.take(limits::SPACE_ACCOUNTS + 1).collect();
        }
        if all.len() > limits::SPACE_ACCOUNTS {
            all.truncate(limits::SPACE_ACCOUNTS);
            doubt = Some(Doubt::Accounts);
        }
        // The fewer numbers a call gives the better it shows.
        all.sort_by_key(Assignment::given);
        Ok((all, doubt))
    }

    /// Numbers that some text could tell apart, and two that none mentions.
    fn numbers(&self, budget: &mut Budget) -> Result<(BTreeSet<String>, Option<Doubt>), Spent> {
        let mut all = BTreeSet::new();
        let mut certain = true;
        for (key, place) in &self.places {
            certain &= place.numbers(&mut all);
            certain &= own(key).is_none() || place.templates.iter().all(|t| t.parts.len() <= 1);
        }
        certain &= self.own_numbers(&mut all, budget)?;
        let mut fresh = (0u32..).map(|n| format!("9{:011}", 17 + n)).filter(|n| !all.contains(n));
        let fresh: Vec<String> = fresh.by_ref().take(2.min(self.variables.len())).collect();
        all.extend(fresh);
        Ok((all, (!certain).then_some(Doubt::Accounts)))
    }

    /// Numbers that tests of the keys of accounts tell apart.
    fn own_numbers(&self, all: &mut BTreeSet<String>, budget: &mut Budget) -> Result<bool, Spent> {
        let mut globs: BTreeSet<Glob> = BTreeSet::new();
        let mut certain = true;
        for test in &self.own {
            match test {
                Test::Like { values, .. } => {
                    globs.extend(values.iter().filter_map(|t| Some(Glob::new(t.literal()?))))
                }
                Test::Number { values, .. } => {
                    certain &= values.iter().all(|n| neighbours(&n.to_string(), all))
                }
                _ => {}
            }
        }
        let numeric = self.own.iter().any(|test| matches!(test, Test::Number { .. }));
        let starred: Vec<&Glob> = globs.iter().filter(|g| g.exact().is_none() && !g.is_any()).collect();
        certain &= !numeric || starred.is_empty();
        if starred.is_empty() {
            return Ok(certain);
        }
        let patterns = Patterns { globs: starred, ..Patterns::default() };
        all.extend(kinds(&patterns, Letters::Digits, false, budget)?);
        Ok(certain)
    }
}

impl Place<'_> {
    /// Adds the numbers that make a text with a variable equal to a text without; whether these are all that count.
    fn numbers(&self, all: &mut BTreeSet<String>) -> bool {
        let (fixed, varying): (Vec<&&Template>, Vec<&&Template>) =
            self.templates.iter().partition(|t| t.literal().is_some());
        let fixed: Vec<&str> = fixed.iter().filter_map(|t| t.literal()).collect();
        all.extend(fixed.iter().filter(|t| is_number(t)).map(|t| (*t).to_owned()));
        if varying.is_empty() {
            return true;
        }
        for text in &fixed {
            all.extend(runs(text).filter(|run| run.len() <= limits::SPACE_NUMBER_DIGITS).flat_map(parts));
        }
        let starred = fixed.iter().any(|t| t.contains('*') && t.bytes().any(|b| b.is_ascii_digit()));
        let long = fixed.iter().any(|t| runs(t).any(|run| run.len() > limits::SPACE_NUMBER_DIGITS));
        let alike = varying.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
        let loose = !alike && varying.iter().any(|t| touches(t));
        !self.values && !starred && !long && !loose
    }
}

/// What is given by nobody, by set; the owners of several sets that are one are given once.
fn default(caller: &Caller, owners: &[&Owner]) -> Assignment {
    let numbers = |owner: &Owner| Numbers {
        uin: caller.uin.clone(),
        owner_uin: owner.uin.clone(),
        app_id: owner.uid.clone(),
    };
    let first = owners.first().map(|owner| numbers(owner)).unwrap_or_default();
    let others = owners.get(1).map(|owner| numbers(owner)).filter(|others| *others != first);
    Assignment { account: Account::default(), numbers: first, others }
}

impl Assignment {
    /// What the variables stand for in the statements of one policy set.
    pub(super) fn of_side(&self, side: usize) -> &Numbers {
        self.others.as_ref().filter(|_| side > 0).unwrap_or(&self.numbers)
    }

    /// How many numbers the request gives.
    fn given(&self) -> usize {
        let Account { uin, owner_uin, app_id } = &self.account;
        [uin, owner_uin, app_id].into_iter().flatten().count()
    }

    fn with(&self, variable: Variable, number: &str) -> Assignment {
        let mut next = self.clone();
        for numbers in [Some(&mut next.numbers), next.others.as_mut()].into_iter().flatten() {
            numbers.set(variable, Some(number.into()));
        }
        let given = Some(number.to_owned());
        match variable {
            Variable::Uin => next.account.uin = given,
            Variable::OwnerUin => next.account.owner_uin = given,
            Variable::AppId => next.account.app_id = given,
        }
        next
    }
}

/// The variable whose value a key has.
pub(super) fn own(key: &str) -> Option<Variable> {
    match key {
        "qcs:uin" => Some(Variable::Uin),
        "qcs:owner_uin" => Some(Variable::OwnerUin),
        _ => None,
    }
}

fn variables(template: &Template) -> impl Iterator<Item = Variable> + '_ {
    template.parts.iter().filter_map(|part| match part {
        TemplatePart::Variable(variable) => Some(*variable),
        TemplatePart::Literal(_) => None,
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Runs of digits in a text.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty())
}

/// All parts of a run of digits.
fn parts(run: &str) -> impl Iterator<Item = String> + '_ {
    (0..run.len()).flat_map(move |from| {
        (from + 1..=run.len()).filter_map(move |to| run.get(from..to).map(str::to_owned))
    })
}

/// Whether a variable stands beside a star, a digit or another variable.
fn touches(template: &Template) -> bool {
    let near = |c: Option<char>| c.is_some_and(|c| c == '*' || c.is_ascii_digit());
    template.parts.windows(2).any(|pair| match pair {
        [TemplatePart::Literal(text), TemplatePart::Variable(_)] => near(text.chars().next_back()),
        [TemplatePart::Variable(_), TemplatePart::Literal(text)] => near(text.chars().next()),
        [TemplatePart::Variable(_), TemplatePart::Variable(_)] => true,
        _ => false,
    })
}

/// Adds the whole numbers next to a number; false where there are none to be written.
fn neighbours(number: &str, all: &mut BTreeSet<String>) -> bool {
    all.insert("00".to_owned());
    if number.starts_with('-') {
        return true;
    }
    let whole = number.split('.').next().unwrap_or_default();
    let Ok(n) = whole.parse::<u64>() else { return false };
    let near = [n.checked_sub(1), Some(n), n.checked_add(1)];
    all.extend(near.into_iter().flatten().map(|n| n.to_string()));
    !number.contains('e')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;

    /// How many assignments the conditions of a statement ask for, and whether all that count are among them.
    fn assignments(conditions: &str) -> (usize, Option<Doubt>) {
        let text = format!("policy p {{ allow * when {conditions} }}");
        let gate = Gate::compile(text.as_str()).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
        let statement = gate.model().policies[0].statements[0].clone();
        let mut uses = Uses::default();
        statement.conditions.iter().for_each(|condition| uses.condition(condition));
        let (owner, mut budget) = (Owner::default(), Budget::new(limits::SPACE_STEPS));
        let (all, doubt) = uses.assignments(&Caller::default(), &[&owner], &mut budget).unwrap();
        (all.len(), doubt)
    }

    #[test]
    fn account_numbers_are_given_in_64_ways() {
        let numbers =
            |count: usize| (0..count).map(|n| format!("\"{}\"", 100 + n)).collect::<Vec<_>>().join(", ");
        // No number, a number that none mentions, and those mentioned.
        let ways = |count: usize| assignments(&format!("qcs:uin is {}", numbers(count - 2)));
        let most = limits::SPACE_ACCOUNTS;
        assert_eq!(ways(most), (most, None));
        assert_eq!(ways(most + 1), (most, Some(Doubt::Accounts)));
    }

    #[test]
    fn all_parts_of_a_number_of_12_digits_are_tried() {
        let doubt = |digits: usize| {
            let number = "1".repeat(digits);
            assignments(&format!("cos:k is \"a${{uin}}\" and cos:k is not \"a{number}\"")).1
        };
        assert_eq!(doubt(limits::SPACE_NUMBER_DIGITS), None);
        assert_eq!(doubt(limits::SPACE_NUMBER_DIGITS + 1), Some(Doubt::Accounts));
    }
}
