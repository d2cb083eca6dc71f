//! A request put to single clauses of statements, for explanations.

use super::answer::{self, Asked};
use super::ask::Ask;
use super::caller::Caller;
use super::gate::Gate;
use crate::check::Request;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Condition, ResourceKind, Statement, Variable};
use crate::table::{Handed, Held, Question, Table};

/// A request, read.
pub(crate) struct Put<'q> {
    table: &'q Table,
    question: &'q Question<'q>,
    addressed: bool,
}

impl Gate {
    /// Reads a request, whoever asks, and hands it on.
    ///
    /// # Errors
    /// Those of [`Gate::check`] that lie in the request itself.
    pub(crate) fn put<T>(
        &self,
        request: &Request,
        addressed: bool,
        then: impl FnOnce(&Put<'_>) -> T,
    ) -> Result<T> {
        let table = self.table();
        let anybody = Caller::Brought { policies: Vec::new(), boundary: None };
        answer::read(table, &Ask::from(request), Some(&anybody), false, |asked, _| match asked {
            Asked::With(_, question) => Ok(then(&Put { table, question, addressed })),
            Asked::WithoutPolicies(_) => {
                Err(Error::new(ErrorCode::Internal, "a caller with policies has none"))
            }
        })
    }
}

impl Put<'_> {
    /// Whether a condition holds, and how its key stands.
    pub(crate) fn condition(&self, condition: &Condition) -> (Held, Handed) {
        self.table.condition_of(condition, &self.question.facts, self.addressed)
    }

    /// Whether a statement's resources cover each of the request's that play a part; one answer where none does: a bare
    /// `*` must be among them then (semantics §4).
    pub(crate) fn resources(&self, statement: &Statement) -> Vec<Held> {
        let patterns = &statement.resources;
        if self.question.resources.is_empty() {
            let any = patterns.iter().any(|pattern| matches!(pattern.kind, ResourceKind::Any));
            return vec![if any { Held::Yes } else { Held::No }];
        }
        let each = self.question.resources.iter();
        each.map(|resource| self.table.resources_of(patterns, resource, &self.question.facts)).collect()
    }

    /// What a variable stands for.
    pub(crate) fn variable(&self, variable: Variable) -> Option<&str> {
        self.question.facts.variables.get(variable)
    }
}
