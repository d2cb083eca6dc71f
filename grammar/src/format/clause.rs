//! Clauses as rows, in the order of the language reference.

use super::row::{Joint, Rows};
use crate::tree::{Clause, ClauseKind, Cond, CondTest, Expr, Term, TermKind, Value, Whom};

/// Where clauses stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a statement, where a policy may say the same in fewer words.
    Statement,
    /// In an assert or a test: a clause left out, or another, could mean something else there.
    Proof,
}

/// A clause in the order in which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    /// Which clause of the source.
    pub(super) clause: usize,
    /// Whether its conditions go on in the row of the clause before it.
    pub(super) joined: bool,
}

/// The clause that is left out: `on "*"` of a statement, unless another `on` stands beside it, or a comment is its own:
/// on a line before it, inside it, or behind it on its line. What is a clause's own goes with it, so that what is kept
/// is kept wherever it is put.
pub(super) fn left_out(rows: &Rows<'_>, clauses: &[Clause], place: Place) -> Option<usize> {
    let mut ons = clauses.iter().enumerate().filter(|(_, clause)| matches!(clause.kind, ClauseKind::On(_)));
    let (number, clause) = ons.next()?;
    if place == Place::Proof || ons.next().is_some() || !is_on_any(rows, clause) {
        return None;
    }
    let (start, end) = (clause.span.start as usize, clause.span.end as usize);
    let before =
        number.checked_sub(1).and_then(|n| clauses.get(n)).map_or(rows.cursor(), |c| c.span.end as usize);
    let above = rows.comments_between(before, start);
    let kept = above.iter().any(|comment| comment.own_line)
        || !rows.comments_between(start, end).is_empty()
        || rows.comment_behind(end);
    (!kept).then_some(number)
}

/// The order in which clauses are written. `tail`: the last one has a comment behind it.
pub(super) fn order(
    rows: &Rows<'_>,
    clauses: &[Clause],
    place: Place,
    left_out: Option<usize>,
    tail: bool,
) -> Vec<Placed> {
    let written: Vec<usize> = (0..clauses.len()).filter(|clause| Some(*clause) != left_out).collect();
    let commented = commented(rows, clauses, &written, tail);
    let rank_of = |clause: usize| clauses.get(clause).map_or(u8::MAX, |c| rank(rows, c, clauses, place));
    let mut sorted = written.clone();
    sorted.sort_by_key(|clause| rank_of(*clause));
    let passed = !sorted.iter().filter(|clause| commented.binary_search(clause).is_ok()).is_sorted();
    let mut before = false;
    let chosen = if passed { written } else { sorted };
    let placed = chosen.into_iter().map(|clause| {
        let plain = clauses.get(clause).is_some_and(|clause| is_plain_when(&clause.kind));
        let joined = plain && before;
        before = plain;
        Placed { clause, joined }
    });
    placed.collect()
}

/// The clauses with comments, in order: between their words, behind them, or on lines of their own before them.
fn commented(rows: &Rows<'_>, clauses: &[Clause], written: &[usize], tail: bool) -> Vec<usize> {
    let mut found = Vec::new();
    let span = |at: usize| written.get(at).and_then(|number| clauses.get(*number)).map(|clause| clause.span);
    let end = clauses.last().map_or(0, |clause| clause.span.end as usize);
    let mut comments = rows.comments_between(rows.cursor(), end).iter().peekable();
    for (at, number) in written.iter().enumerate() {
        let Some(own) = span(at) else { break };
        let next = span(at + 1).map_or(end, |next| next.start as usize);
        let mut any = false;
        while let Some(comment) = comments.peek() {
            let start = comment.span.start as usize;
            if start >= next || start > own.end as usize && comment.own_line {
                break;
            }
            // Behind what stands before all clauses is no comment of the first.
            any |= at > 0 || comment.own_line || start > own.start as usize;
            comments.next();
        }
        if any || tail && at + 1 == written.len() {
            found.push(*number);
        }
    }
    found
}

/// The place of a clause among the others.
fn rank(rows: &Rows<'_>, clause: &Clause, clauses: &[Clause], place: Place) -> u8 {
    match &clause.kind {
        ClauseKind::To(_) => 0,
        ClauseKind::On(_) => 1,
        ClauseKind::From { negated: false, .. } if not_from(rows, clause, clauses, place).is_none() => 2,
        ClauseKind::From { .. } => 3,
        ClauseKind::Since(_) => 4,
        ClauseKind::Until(_) => 5,
        kind @ ClauseKind::When(_) => 7 - u8::from(is_plain_when(kind)),
        ClauseKind::Unless(_) | ClauseKind::UnlessFrom(_) => 8,
        ClauseKind::At(_) => 9,
        ClauseKind::With(_) => 10,
        ClauseKind::Because(_) => 11,
    }
}

/// `when` without `or`.
fn is_plain_when(kind: &ClauseKind) -> bool {
    let plain = |cond: &Cond| !matches!(cond.test, CondTest::AbsentOr(_));
    matches!(kind, ClauseKind::When(conds) if conds.iter().all(plain))
}

/// `on "*"`
fn is_on_any(rows: &Rows<'_>, clause: &Clause) -> bool {
    match &clause.kind {
        ClauseKind::On(Expr { terms, only: None, except: None, .. }) => {
            matches!(&**terms, [Term { kind: TermKind::Text, span }] if rows.slice(*span) == "\"*\"")
        }
        _ => false,
    }
}

/// The N of `from anywhere except N`, where that is to be `not from N`: in a statement that does not say it already.
fn not_from<'c>(rows: &Rows<'_>, clause: &'c Clause, clauses: &[Clause], place: Place) -> Option<&'c [Term]> {
    let ClauseKind::From { negated: false, expr } = &clause.kind else { return None };
    let [Term { kind: TermKind::Word, span }] = &*expr.terms else { return None };
    if expr.only.is_some() || rows.slice(*span) != "anywhere" || place != Place::Statement {
        return None;
    }
    let alone = clauses.iter().filter(|clause| matches!(clause.kind, ClauseKind::From { .. })).count() == 1;
    expr.except.as_deref().filter(|_| alone)
}

impl Rows<'_> {
    /// Clauses as a row each, in the order of the source; those that are left out are passed over.
    pub(super) fn clauses(&mut self, clauses: &[Clause], place: Place, order: &[Placed]) {
        let mut placed: Vec<Option<Placed>> = vec![None; clauses.len()];
        for one in order {
            if let Some(slot) = placed.get_mut(one.clause) {
                *slot = Some(*one);
            }
        }
        for (number, (clause, placed)) in clauses.iter().zip(placed).enumerate() {
            match placed {
                Some(Placed { joined, .. }) => {
                    self.row();
                    self.clause(clause, clauses, place, joined);
                }
                None => {
                    let next = clauses.get(number + 1).map(|next| next.span.start as usize);
                    self.pass_over(clause.span, next.unwrap_or(clause.span.end as usize));
                }
            }
        }
    }

    fn clause(&mut self, clause: &Clause, clauses: &[Clause], place: Place, joined: bool) {
        match &clause.kind {
            ClauseKind::To(whom) => self.to(whom),
            ClauseKind::On(expr) => self.set("on", expr),
            ClauseKind::From { negated, expr } => {
                let except = not_from(self, clause, clauses, place);
                if *negated || except.is_some() {
                    self.word("not", Joint::Break);
                }
                self.word("from", Joint::Blank);
                match except {
                    Some(terms) => self.terms(terms, Joint::Blank),
                    None => self.expr(expr, Joint::Blank),
                }
            }
            ClauseKind::Since(value) => self.value("since", *value),
            ClauseKind::Until(value) => self.value("until", *value),
            ClauseKind::When(conds) => self.conds(if joined { "and" } else { "when" }, conds),
            ClauseKind::UnlessFrom(expr) => {
                self.word("unless", Joint::Break);
                self.word("from", Joint::Blank);
                self.expr(expr, Joint::Blank);
            }
            ClauseKind::Unless(cond) => {
                self.word("unless", Joint::Break);
                self.cond(cond);
            }
            ClauseKind::At(value) => self.value("at", *value),
            ClauseKind::With(conds) => self.conds("with", conds),
            ClauseKind::Because(word) => {
                self.word("because", Joint::Break);
                self.source(*word, Joint::Blank);
            }
        }
    }

    fn to(&mut self, whom: &[Whom]) {
        self.word("to", Joint::Break);
        for (number, one) in whom.iter().enumerate() {
            let joint = self.joint_of(number, Joint::Blank);
            match one {
                Whom::Anyone(word) => self.source(*word, joint),
                Whom::Named { kind, text } => {
                    self.source(*kind, joint);
                    self.source(*text, Joint::Blank);
                }
            }
        }
    }

    fn set(&mut self, word: &'static str, expr: &Expr) {
        self.word(word, Joint::Break);
        self.expr(expr, Joint::Blank);
    }

    fn value(&mut self, word: &'static str, value: Value) {
        self.word(word, Joint::Break);
        self.source(value.span, Joint::Blank);
    }

    fn conds(&mut self, first: &'static str, conds: &[Cond]) {
        for (number, cond) in conds.iter().enumerate() {
            self.word(if number == 0 { first } else { "and" }, Joint::Break);
            self.cond(cond);
        }
    }
}
