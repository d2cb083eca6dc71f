//! How big a policy is: statements first, then written elements, then characters.

use crate::model::{Condition, ResourceKind, ResourcePattern, Statement as ModelStatement, Test};
use passgate_grammar::Sources;
use passgate_grammar::tree::{
    CheckKind, Clause, ClauseKind, Comment, Cond, CondTest, Expr, Statement, Term, TermKind,
};
use std::fmt;
use std::iter::Sum;
use std::ops::Add;

/// What one statement, one element, one character weighs in a search, so that the first always goes before the next.
pub(in crate::analysis) const STATEMENT: u64 = 1 << 42;
pub(in crate::analysis) const ELEMENT: u64 = 1 << 21;
pub(in crate::analysis) const CHARACTER: u64 = 1;

/// How big policies are. Compared by statements, then by elements, then by characters.
///
/// An element is what stands between commas: an action, category, pattern or name of a set, after `except` too; a
/// resource, an address or the name of a network; a value of a condition, `present` or `absent`. What is left out (`on
/// "*"`) is none. Characters are those of the statements without blanks, comments and notes; of a document all but JSON
/// white space.
///
/// ```
/// use passgate::analysis::minimize::Size;
/// let (one, two) = (Size { statements: 1, elements: 9, characters: 90 }, Size { statements: 2, elements: 2, characters: 20 });
/// assert!(one < two);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Size {
    /// Statements.
    pub statements: usize,
    /// Written elements of their lists and conditions.
    pub elements: usize,
    /// Characters, blanks not counted.
    pub characters: usize,
}

impl Add for Size {
    type Output = Size;

    fn add(self, other: Size) -> Size {
        Size {
            statements: self.statements + other.statements,
            elements: self.elements + other.elements,
            characters: self.characters + other.characters,
        }
    }
}

impl Sum for Size {
    fn sum<I: Iterator<Item = Size>>(sizes: I) -> Size {
        sizes.fold(Size::default(), Add::add)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.statements == 1 { "" } else { "s" };
        let Size { statements, elements, characters } = self;
        write!(f, "{statements} statement{s}, {elements} elements, {characters} characters")
    }
}

/// How big statements are as they are written.
pub(in crate::analysis) fn of_text(
    sources: &Sources,
    comments: &[Comment],
    statements: &[Statement],
) -> Size {
    let one = |statement: &Statement| Size {
        statements: 1,
        elements: expr(&statement.actions)
            + statement.clauses.iter().map(|c| clause(sources, c)).sum::<usize>(),
        characters: characters(sources, comments, statement),
    };
    statements.iter().map(one).sum()
}

/// Characters of a statement that are no blanks, without those of comments in it.
fn characters(sources: &Sources, comments: &[Comment], statement: &Statement) -> usize {
    let letters = |span| sources.slice(span).chars().filter(|c| !c.is_whitespace()).count();
    let from = comments.partition_point(|comment| comment.span.start < statement.span.start);
    let inside = comments.iter().skip(from).take_while(|comment| comment.span.end <= statement.span.end);
    letters(statement.span).saturating_sub(inside.map(|comment| letters(comment.span)).sum())
}

fn clause(sources: &Sources, clause: &Clause) -> usize {
    match &clause.kind {
        ClauseKind::To(whom) => whom.len(),
        ClauseKind::On(on) if matches!(on.terms.as_slice(), [one] if sources.slice(one.span) == "\"*\"") => 0,
        ClauseKind::On(on) | ClauseKind::From { expr: on, .. } | ClauseKind::UnlessFrom(on) => expr(on),
        ClauseKind::Since(_) | ClauseKind::Until(_) | ClauseKind::At(_) | ClauseKind::Because(_) => 1,
        ClauseKind::When(all) | ClauseKind::With(all) => all.iter().map(cond).sum(),
        ClauseKind::Unless(one) => cond(one),
    }
}

fn cond(cond: &Cond) -> usize {
    match &cond.test {
        CondTest::Present | CondTest::Absent => 1,
        CondTest::AbsentOr(check) | CondTest::Check(check) => match &check.kind {
            CheckKind::Is { values, .. } | CheckKind::Like { values, .. } => values.len(),
            CheckKind::In { expr: network, .. } => expr(network),
            CheckKind::Order { .. } => 1,
        },
    }
}

fn expr(of: &Expr) -> usize {
    let lists = [Some(&of.terms), of.only.as_ref(), of.except.as_ref()];
    lists.into_iter().flatten().flatten().map(term).sum()
}

fn term(of: &Term) -> usize {
    match &of.kind {
        TermKind::Group(inner) => expr(inner),
        TermKind::Action | TermKind::Address | TermKind::Text | TermKind::Instant | TermKind::Word => 1,
    }
}

/// How big the statements of a document are, but for their characters.
pub(in crate::analysis) fn of_document(statements: &[ModelStatement], characters: usize) -> Size {
    let one = |statement: &ModelStatement| {
        statement.actions.len() + resources(&statement.resources) + conditions(&statement.conditions)
    };
    Size { statements: statements.len(), elements: statements.iter().map(one).sum(), characters }
}

pub(in crate::analysis) fn resources(all: &[ResourcePattern]) -> usize {
    if matches!(all, [ResourcePattern { kind: ResourceKind::Any, .. }]) { 0 } else { all.len() }
}

pub(in crate::analysis) fn conditions(all: &[Condition]) -> usize {
    all.iter().map(|condition| values(&condition.test)).sum()
}

fn values(test: &Test) -> usize {
    match test {
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => values.len(),
        Test::Number { values, .. } => values.len(),
        Test::Date { values, .. } => values.len(),
        Test::Bool { values } | Test::Null { values } => values.len(),
        Test::Ip { prefixes, .. } => prefixes.len(),
    }
}
