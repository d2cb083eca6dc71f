//! Statements and clauses as boxes of literals, before the dimensions are cut: what every dimension is asked.

use super::accounts::{Numbers, own};
use super::axis::{Axis, Probe};
use super::subject::{Clause, Facts, Subject};
use super::truth::Truth;
use super::value::{Elementary, Scalar, Test};
use crate::catalog::Granularity;
use crate::model::{
    self, AccountPattern, Comparison, Condition, Effect, Owner, Qualifier, ResourceKind, ResourcePattern,
    Settings, Statement, Template,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A literal that names its dimension and its probe.
#[derive(Debug, Clone)]
pub(super) struct DraftLiteral {
    pub(super) axis: Axis,
    pub(super) probe: usize,
    pub(super) absent: bool,
    pub(super) every: bool,
    /// It holds a variable.
    pub(super) varies: bool,
}

/// A box: all literals hold.
#[derive(Debug, Clone, Default)]
pub(super) struct DraftBox {
    pub(super) literals: Vec<DraftLiteral>,
    /// A part that does not depend on the call is open, so that the box never matches surely.
    pub(super) open: bool,
}

/// A statement as boxes, one of which must hold.
#[derive(Debug)]
pub(super) struct DraftRule {
    pub(super) set: usize,
    pub(super) effect: Effect,
    pub(super) boxes: Vec<DraftBox>,
}

/// Everything that is asked of the dimensions.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) probes: BTreeMap<Axis, Vec<Probe>>,
    pub(super) rules: Vec<DraftRule>,
    /// For each clause the boxes of which one must hold.
    pub(super) clauses: Vec<Vec<DraftBox>>,
}

/// A condition put to a call.
enum Put {
    Constant(Truth),
    Literal(DraftLiteral),
}

impl Draft {
    pub(super) fn new(subject: &Subject<'_>, numbers: &Numbers) -> Draft {
        let mut draft = Draft::default();
        for (set, statements) in subject.sets.iter().enumerate() {
            for statement in statements {
                let boxes = draft.statement(statement, subject, numbers);
                draft.rules.push(DraftRule { set, effect: statement.effect, boxes });
            }
        }
        for clause in subject.clauses {
            let boxes = match clause {
                Clause::When(condition) => {
                    let all = DraftBox::default();
                    draft.conditions(all, std::iter::once(*condition), None, numbers).into_iter().collect()
                }
                Clause::On(patterns) => draft.resources(patterns, subject.settings, numbers),
            };
            draft.clauses.push(boxes);
        }
        draft
    }

    fn statement(
        &mut self,
        statement: &Statement,
        subject: &Subject<'_>,
        numbers: &Numbers,
    ) -> Vec<DraftBox> {
        let facts = subject.facts;
        let any = statement.resources.iter().any(|r| matches!(r.kind, ResourceKind::Any));
        let boxes = match facts.granularity {
            _ if any => vec![DraftBox::default()],
            Granularity::Resource => self.resources(&statement.resources, subject.settings, numbers),
            Granularity::Service | Granularity::Operation => Vec::new(),
        };
        // The conditions are the same in every box: their literals are made once.
        if boxes.is_empty() {
            return boxes;
        }
        let conditions = statement.conditions.iter();
        let Some(common) = self.conditions(DraftBox::default(), conditions, Some(facts), numbers) else {
            return Vec::new();
        };
        let with_conditions = |mut one: DraftBox| {
            one.literals.extend(common.literals.iter().cloned());
            one.open |= common.open;
            one
        };
        boxes.into_iter().map(with_conditions).collect()
    }

    /// Adds conditions to a box; none where one of them never holds. With facts, what an action is not handed is
    /// absent.
    fn conditions<'c>(
        &mut self,
        mut one: DraftBox,
        conditions: impl Iterator<Item = &'c Condition>,
        facts: Option<Facts>,
        numbers: &Numbers,
    ) -> Option<DraftBox> {
        for condition in conditions {
            match self.condition(condition, facts, numbers) {
                Put::Constant(Truth::Yes) => {}
                Put::Constant(Truth::Open) => one.open = true,
                Put::Constant(Truth::No) => return None,
                Put::Literal(literal) => one.literals.push(literal),
            }
        }
        Some(one)
    }

    fn condition(&mut self, condition: &Condition, facts: Option<Facts>, numbers: &Numbers) -> Put {
        let test = Elementary::new(&condition.test, numbers);
        let absent = match test.test {
            Test::Presence { absent, .. } => absent,
            _ => condition.if_exist,
        };
        let axis = match condition.key.as_ref() {
            "qcs:ip" => Axis::Address,
            "qcs:current_time" => Axis::Time,
            key => match own(key) {
                Some(variable) => {
                    return Put::Constant(match numbers.get(variable) {
                        Some(number) => test.holds(&Scalar::Text(number.to_owned())),
                        None => Truth::known(absent),
                    });
                }
                None => Axis::Key(condition.key.clone()),
            },
        };
        let withheld = facts.is_some_and(|facts| match &axis {
            Axis::Address => !facts.address,
            Axis::Key(key) => !facts.tags && is_tag(key),
            _ => false,
        });
        if withheld {
            return Put::Constant(Truth::known(absent));
        }
        let (every, varies) = (is_every(condition), test.varies);
        Put::Literal(self.literal(axis, Probe::Operator(test), absent, every, varies))
    }

    fn literal(&mut self, axis: Axis, probe: Probe, absent: bool, every: bool, varies: bool) -> DraftLiteral {
        let probes = self.probes.entry(axis.clone()).or_default();
        probes.push(probe);
        DraftLiteral { axis, probe: probes.len() - 1, absent, every, varies }
    }

    /// A box for each service, region and account that patterns name; their last segments together.
    fn resources(
        &mut self,
        patterns: &[ResourcePattern],
        settings: &Settings,
        numbers: &Numbers,
    ) -> Vec<DraftBox> {
        let mut by_head: BTreeMap<[Option<String>; 3], Vec<Template>> = BTreeMap::new();
        for pattern in patterns {
            let ResourceKind::Six { service, region, account, rest } = &pattern.kind else {
                return vec![DraftBox::default()];
            };
            let head = [
                service.as_deref().map(str::to_owned),
                region.as_deref().map(|name| long_region(name, settings)),
                account_text(account, &settings.owner),
            ];
            by_head.entry(head).or_default().push(rest.clone());
        }
        by_head.into_iter().map(|(head, rests)| self.resource(head, rests, numbers)).collect()
    }

    fn resource(&mut self, head: [Option<String>; 3], rests: Vec<Template>, numbers: &Numbers) -> DraftBox {
        let mut one = DraftBox::default();
        for (axis, wanted) in [Axis::Service, Axis::Region, Axis::Account].into_iter().zip(head) {
            if wanted.is_some() || axis == Axis::Service {
                one.literals.push(self.literal(axis, Probe::Segment(wanted), false, false, false));
            }
        }
        let like = model::Test::Like { negated: false, values: rests };
        let test = Elementary::new(&like, numbers);
        let varies = test.varies;
        one.literals.push(self.literal(Axis::Rest, Probe::Operator(test), false, false, varies));
        one
    }

    /// Whether some pattern of a resource is asked about.
    pub(super) fn has_resources(&self) -> bool {
        self.probes.contains_key(&Axis::Service)
    }
}

fn is_tag(key: &Arc<str>) -> bool {
    ["qcs:resource_tag", "qcs:request_tag", "qcs:tag"].contains(&key.as_ref())
}

/// "Without a qualifier, a many-valued key: positive operators any, negative operators all."
fn is_every(condition: &Condition) -> bool {
    match condition.qualifier {
        Some(Qualifier::Any) => false,
        Some(Qualifier::All) => true,
        None => match &condition.test {
            model::Test::Text { negated, .. }
            | model::Test::Like { negated, .. }
            | model::Test::Ip { negated, .. } => *negated,
            model::Test::Number { comparison, .. } | model::Test::Date { comparison, .. } => {
                *comparison == Comparison::NotEqual
            }
            model::Test::Binary { .. } | model::Test::Bool { .. } | model::Test::Null { .. } => false,
        },
    }
}

fn long_region(name: &str, settings: &Settings) -> String {
    settings.region_aliases.get(name).map_or_else(|| name.to_owned(), |long| long.to_string())
}

/// The owner's account as the empty text; none: any account.
fn account_text(account: &AccountPattern, owner: &Owner) -> Option<String> {
    let owners = |text: &str| {
        let named = |kind: &str, number: &Option<Box<str>>| {
            number.as_ref().is_some_and(|number| text.strip_prefix(kind) == Some(number))
        };
        named("uin/", &owner.uin) || named("uid/", &owner.uid)
    };
    match account {
        AccountPattern::Any => None,
        AccountPattern::Owner => Some(String::new()),
        AccountPattern::Exact(text) if owners(text) => Some(String::new()),
        AccountPattern::Exact(text) => Some(text.to_string()),
    }
}
