//! Questions that the lints put to [`crate::analysis::space`], each with a budget of its own.

use crate::analysis::space::{ActionClass, Actions, Answer, Budget, Caller, Facts, Reader, Space, Subject};
use crate::catalog::Granularity;
use crate::lint::{self, Lists};
use crate::model::{Condition, Model, ResourceKind, ResourcePattern, Statement};
use passgate_grammar::Span;

/// The model with what is known of its actions.
pub(super) struct Asking<'m> {
    pub(super) model: &'m Model,
    pub(super) lists: Lists<'m>,
    actions: Actions<'m>,
    caller: Caller,
    steps: u64,
    /// Steps of one question.
    most: u64,
}

/// An action that is handed everything.
const EVERYTHING: Facts = Facts { granularity: Granularity::Resource, address: true, tags: true };

impl<'m> Asking<'m> {
    /// Each question is given this many steps.
    pub(super) fn new(model: &'m Model, most: u64) -> Self {
        Asking {
            most,
            model,
            lists: Lists::new(model),
            actions: Actions::new(&model.catalogs, &model.settings),
            caller: Caller::default(),
            steps: 0,
        }
    }

    /// Steps that all questions took.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Counts work that is done outside of the space.
    pub(super) fn count(&mut self, steps: usize) {
        self.steps += steps as u64;
    }

    /// Whether there is surely no call, for any action of a statement, of which the answer is yes; `sets` are told
    /// apart as in the question.
    pub(super) fn never<'s>(
        &mut self,
        statement: &Statement,
        sets: &[&[&'s Statement]],
        question: impl Fn(&Space, &mut Budget) -> Answer,
    ) -> bool {
        let mut budget = Budget::new(self.most);
        let (classes, doubt) = self.actions.classes(sets, Some(&statement.actions), &mut budget);
        let mut reader = Reader::new(&self.model.settings);
        let mut nothing = |class: &ActionClass<'s>, budget: &mut Budget| {
            let subject = subject(&class.service, class.facts, &class.sets, &self.caller);
            question(&Space::new(&subject, &mut reader, budget), budget) == Answer::Nothing
        };
        let never = doubt.is_none() && classes.iter().all(|class| nothing(class, &mut budget));
        self.steps += budget.used();
        never
    }

    /// Whether conditions can surely not hold together, whatever the action is handed.
    pub(super) fn contradict(&mut self, statement: &Statement, conditions: &[&Condition]) -> bool {
        let alone = with_conditions(statement, conditions.iter().copied());
        let mut budget = Budget::new(self.most);
        let sets = [vec![&alone]];
        let subject = subject("service", EVERYTHING, &sets, &self.caller);
        let space = Space::new(&subject, &mut Reader::new(&self.model.settings), &mut budget);
        let nothing = space.matched(0, &mut budget) == Answer::Nothing;
        self.steps += budget.used();
        nothing
    }

    /// The statement with what catalog facts are held against.
    pub(super) fn subject(&mut self, statement: &'m Statement) -> lint::Subject<'m> {
        lint::Subject::new(self.model, statement, &mut self.lists)
    }
}

/// A statement on every resource, with these conditions.
pub(super) fn with_conditions<'c>(
    statement: &Statement,
    conditions: impl Iterator<Item = &'c Condition>,
) -> Statement {
    Statement {
        effect: statement.effect,
        id: statement.id.clone(),
        actions: statement.actions.clone(),
        resources: [ResourcePattern { kind: ResourceKind::Any, text: "*".into(), span: Span::default() }]
            .into(),
        conditions: conditions.cloned().collect(),
        principals: statement.principals.clone(),
        notes: statement.notes.clone(),
        effect_span: statement.effect_span,
        span: statement.span,
    }
}

/// Every call for one class of actions.
fn subject<'a, 's>(
    service: &'a str,
    facts: Facts,
    sets: &'a [Vec<&'s Statement>],
    caller: &'a Caller,
) -> Subject<'a, 's> {
    Subject { service, facts, sets, caller, clauses: &[] }
}
