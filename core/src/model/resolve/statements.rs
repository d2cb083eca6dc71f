//! Statements: an effect, actions, and clauses that all must hold.

use super::Resolver;
use crate::model::read::{OperatorForm, Place, read_principal};
use crate::model::{
    Comparison, Condition, Effect, Instant, Notes, PolicyKind, ResourcePattern, Statement, Test, Whom,
};
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{self, Clause, ClauseKind, Cond, CondTest, Expr, Value};
use passgate_grammar::{Diagnostic, Span, code};
use std::collections::HashMap;
use std::sync::Arc;

/// What is gathered from the clauses of one statement or assert.
#[derive(Default)]
pub(super) struct Clauses {
    /// What they belong to, for messages.
    of: &'static str,
    pub(super) resources: Option<Arc<[ResourcePattern]>>,
    pub(super) conditions: Vec<Condition>,
    principals: Vec<Whom>,
    /// Where each clause that stands once was seen.
    seen: HashMap<&'static str, Span>,
}

impl Clauses {
    pub(super) fn of(of: &'static str) -> Self {
        Clauses { of, ..Clauses::default() }
    }
}

impl Resolver<'_> {
    /// One statement of a policy under its id.
    pub(super) fn statement(
        &mut self,
        id: Arc<str>,
        notes: Notes,
        kind: PolicyKind,
        file: usize,
        statement: &tree::Statement,
    ) -> Statement {
        let actions = self.action_terms(&statement.actions, file);
        let mut clauses = Clauses::of("statement");
        for clause in &statement.clauses {
            self.clause(clause, kind, &mut clauses);
            self.settle();
        }
        if kind != PolicyKind::Identity && !clauses.seen.contains_key("to") {
            let message = "a statement of a trust or resource policy says to whom";
            let told = Diagnostic::error(code::BAD_CLAUSE, statement.effect, message);
            self.out.push(told.help("add `to anyone`, or `to qcs \"…\"`"));
        }
        self.each_once(&clauses.conditions);
        Statement {
            effect: if statement.deny { Effect::Deny } else { Effect::Allow },
            id,
            notes,
            actions,
            resources: clauses.resources.unwrap_or_else(|| self.any_resource.clone()),
            conditions: clauses.conditions,
            principals: clauses.principals.into(),
            effect_span: statement.effect,
            span: statement.span,
        }
    }

    pub(super) fn clause(&mut self, clause: &Clause, kind: PolicyKind, out: &mut Clauses) {
        if let Some(word) = once_word(&clause.kind)
            && let Some(first) = out.seen.insert(word, clause.span)
        {
            let message = format!("`{word}` stands twice in this {}", out.of);
            let told = Diagnostic::error(code::BAD_CLAUSE, clause.span, message).label(first, "first here");
            self.out
                .push(told.help("a comma joins alternatives; what must hold besides is another statement"));
            return;
        }
        let span = clause.span;
        match &clause.kind {
            ClauseKind::To(whom) => self.to(whom, kind, span, out),
            ClauseKind::On(expr) => out.resources = Some(self.on(expr)),
            ClauseKind::From { negated, expr } => out.conditions.push(self.from(expr, *negated, false, span)),
            ClauseKind::UnlessFrom(expr) => out.conditions.push(self.from(expr, true, true, span)),
            ClauseKind::Since(value) => {
                out.conditions.extend(self.time(*value, Comparison::GreaterEqual, span))
            }
            ClauseKind::Until(value) => out.conditions.extend(self.time(*value, Comparison::Less, span)),
            ClauseKind::When(conds) => self.whens(clause, conds, out),
            ClauseKind::Unless(cond) => {
                if !self.wants_clause(clause, 0) {
                    out.conditions.extend(self.unless(cond));
                }
            }
            ClauseKind::At(_) => self.of_tests("at", span, "a time limit is `since` or `until`"),
            ClauseKind::With(_) => self.of_tests("with", span, "a condition is written with `when`"),
            ClauseKind::Because(_) => self.of_tests("because", span, "the reason is found by the check"),
        }
    }

    fn of_tests(&mut self, word: &str, span: Span, help: &str) {
        let message = format!("`{word}` stands in tests only");
        self.out.push(Diagnostic::error(code::BAD_CLAUSE, span, message).help(help));
    }

    fn to(&mut self, whom: &[tree::Whom], kind: PolicyKind, span: Span, out: &mut Clauses) {
        if kind == PolicyKind::Identity {
            let message =
                "`to` stands in a trust or resource policy: this policy is for whom it is attached to";
            self.out.push(Diagnostic::error(code::BAD_CLAUSE, span, message).help("leave it out"));
            return;
        }
        for one in whom {
            match one {
                tree::Whom::Anyone(_) => out.principals.push(Whom::Anyone),
                tree::Whom::Named { kind, text } => out.principals.extend(self.whom(*kind, *text)),
            }
        }
    }

    fn on(&mut self, expr: &Expr) -> Arc<[ResourcePattern]> {
        let patterns = self.resource_patterns(expr);
        if patterns.is_empty() { self.any_resource.clone() } else { patterns }
    }

    fn from(&mut self, expr: &Expr, negated: bool, if_exist: bool, span: Span) -> Condition {
        self.after = "after `from`";
        let network = self.network(expr);
        self.after = "here";
        let test = Test::Ip { negated, prefixes: network.prefixes, written: network.written };
        Condition { qualifier: None, if_exist, test, key: self.ip.clone(), span }
    }

    fn time(&mut self, value: Value, comparison: Comparison, span: Span) -> Option<Condition> {
        let instant: Instant = self.clause_instant(value)?;
        let test = Test::Date { comparison, values: vec![instant] };
        Some(Condition { qualifier: None, if_exist: false, test, key: self.current_time.clone(), span })
    }

    fn whens(&mut self, clause: &Clause, conds: &[Cond], out: &mut Clauses) {
        for (place, cond) in conds.iter().enumerate() {
            if matches!(cond.test, CondTest::AbsentOr(_)) && conds.len() > 1 {
                let message = "a condition with `or` stands alone in its `when`";
                let told = Diagnostic::error(code::BAD_CLAUSE, cond.span, message);
                self.out.push(told.help("write a second `when` for it"));
            } else if !self.wants_clause(clause, place) {
                out.conditions.extend(self.when(cond));
            }
            self.settle();
        }
    }

    /// Operator, quantifier and key occur once together in a statement: CAM cannot hold two.
    fn each_once(&mut self, conditions: &[Condition]) {
        let mut seen: HashMap<(&str, OperatorForm), Span> = HashMap::new();
        for condition in conditions {
            let (qualifier, if_exist) = (condition.qualifier, condition.if_exist);
            let form = OperatorForm { qualifier, operator: condition.test.operator(), if_exist };
            let Some(first) = seen.insert((&condition.key, form), condition.span) else { continue };
            let message = format!("`{}` is asked the same way twice in this statement", condition.key);
            let told = Diagnostic::error(code::BAD_CLAUSE, condition.span, message);
            let told = told.label(first, "first here").because("CAM cannot hold both in one statement");
            self.out.push(told.help("alternatives are one list: `k is \"a\", \"b\"`"));
            self.settle();
        }
    }

    fn whom(&mut self, kind: Span, text: Span) -> Option<Whom> {
        read_principal(self.slice(kind), &unquote(self.slice(text)), Place::new(text), &mut self.out)
    }
}

/// The word of a clause that stands once.
fn once_word(kind: &ClauseKind) -> Option<&'static str> {
    Some(match kind {
        ClauseKind::To(_) => "to",
        ClauseKind::On(_) => "on",
        ClauseKind::From { negated: false, .. } => "from",
        ClauseKind::From { negated: true, .. } => "not from",
        ClauseKind::Since(_) => "since",
        ClauseKind::Until(_) => "until",
        ClauseKind::When(_) | ClauseKind::Unless(_) | ClauseKind::UnlessFrom(_) => return None,
        ClauseKind::At(_) | ClauseKind::With(_) | ClauseKind::Because(_) => return None,
    })
}
