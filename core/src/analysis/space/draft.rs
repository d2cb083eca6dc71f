//! Statements and clauses as boxes of literals, before the dimensions are cut: what every dimension is asked.

use super::accounts::{Assignment, Numbers, own};
use super::axis::{Axis, Probe};
use super::prepared::{
    Head, Prepared, PreparedClause, PreparedCondition, PreparedOne, PreparedRule, Resources,
};
use super::subject::Facts;
use super::truth::Truth;
use super::value::{Elementary, Scalar, Test};
use crate::model::{self, Comparison, Condition, Effect, Qualifier};
use std::collections::BTreeMap;
use std::rc::Rc;
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
    /// For each resource pattern that is looked at apart, its box.
    pub(super) views: Vec<Vec<DraftBox>>,
}

/// A condition put to a call.
enum Put {
    Constant(Truth),
    Literal(DraftLiteral),
}

impl Draft {
    pub(super) fn new(prepared: &Prepared<'_>, assignment: &Assignment) -> Draft {
        let (mut draft, numbers) = (Draft::default(), &assignment.numbers);
        for rule in &prepared.rules {
            let boxes = draft.statement(rule, assignment.of_side(rule.side));
            draft.rules.push(DraftRule { set: rule.set, effect: rule.effect, boxes });
        }
        for clause in &prepared.clauses {
            let boxes = match clause {
                PreparedClause::When(condition) => {
                    let condition = std::slice::from_ref(condition);
                    draft.conditions(condition, None, numbers).into_iter().collect()
                }
                PreparedClause::On(resources) => draft.resources(resources, numbers),
                PreparedClause::Of(one) => vec![draft.one(one)],
            };
            draft.clauses.push(boxes);
        }
        for view in &prepared.views {
            let boxes = draft.resources(view, numbers);
            draft.views.push(boxes);
        }
        draft
    }

    fn statement(&mut self, rule: &PreparedRule<'_>, numbers: &Numbers) -> Vec<DraftBox> {
        let boxes = self.resources(&rule.resources, numbers);
        // The conditions are the same in every box: their literals are made once.
        if boxes.is_empty() {
            return boxes;
        }
        let Some(common) = self.conditions(&rule.conditions, Some(rule.facts), numbers) else {
            return Vec::new();
        };
        let with_conditions = |mut one: DraftBox| {
            one.literals.extend(common.literals.iter().cloned());
            one.open |= common.open;
            one
        };
        boxes.into_iter().map(with_conditions).collect()
    }

    /// Conditions as a box; none where one of them never holds. With facts, what an action is not handed is absent.
    fn conditions(
        &mut self,
        conditions: &[PreparedCondition<'_>],
        facts: Option<Facts>,
        numbers: &Numbers,
    ) -> Option<DraftBox> {
        let mut one = DraftBox::default();
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

    fn condition(
        &mut self,
        prepared: &PreparedCondition<'_>,
        facts: Option<Facts>,
        numbers: &Numbers,
    ) -> Put {
        let (condition, test) = (prepared.condition, prepared.operator.with(numbers));
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
    fn resources(&mut self, resources: &Resources, numbers: &Numbers) -> Vec<DraftBox> {
        match resources {
            Resources::Any => vec![DraftBox::default()],
            Resources::Six(all) => {
                all.iter().map(|(head, rests)| self.resource(head, rests.with(numbers))).collect()
            }
        }
    }

    /// The box of one resource.
    fn one(&mut self, one: &PreparedOne) -> DraftBox {
        match one {
            PreparedOne::Any => {
                let literal = self.literal(Axis::Service, Probe::Bare, false, false, false);
                DraftBox { literals: vec![literal], open: false }
            }
            PreparedOne::Six(head, rest) => self.resource(head, Rc::clone(rest)),
        }
    }

    fn resource(&mut self, head: &Head, rests: Rc<Elementary>) -> DraftBox {
        let mut one = DraftBox::default();
        for (axis, wanted) in [Axis::Service, Axis::Region, Axis::Account].into_iter().zip(head) {
            if wanted.is_some() || axis == Axis::Service {
                let probe = Probe::Segment(wanted.clone());
                one.literals.push(self.literal(axis, probe, false, false, false));
            }
        }
        let varies = rests.varies;
        one.literals.push(self.literal(Axis::Rest, Probe::Operator(rests), false, false, varies));
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
