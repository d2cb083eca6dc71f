//! `shadowed`: a statement that could be left out, because other statements of the same effect in its policy match
//! whatever it matches, one alone or several together.
//!
//! Of statements that cover each other the later ones are told; those told are not counted upon for others.

use super::ask::Asking;
use super::index::Index;
use super::pointing;
use crate::model::{Effect, Statement};
use passgate_grammar::{Diagnostic, code};
use std::collections::BTreeSet;

/// `gone` are statements that nobody should count upon, and of which nothing more is to be told.
pub(super) fn check<'m>(
    statements: &'m [Statement],
    index: &Index<'m>,
    mut gone: BTreeSet<usize>,
    asking: &mut Asking<'m>,
    out: &mut Vec<Diagnostic>,
) {
    if statements.len() < 2 {
        return;
    }
    for (place, statement) in statements.iter().enumerate().rev() {
        if gone.contains(&place) {
            continue;
        }
        let Some(others) = index.candidates(place, statement.effect, &gone, asking) else { continue };
        if others.is_empty() || !covered(statement, &others, asking) {
            continue;
        }
        gone.insert(place);
        out.push(told(statement, &fewest(statement, others, asking)));
    }
}

fn covered(statement: &Statement, others: &[&Statement], asking: &mut Asking<'_>) -> bool {
    asking.never(statement, &[&[statement], others], |space, budget| space.uncovered(0, 1, budget))
}

/// More statements than this are not made fewer.
const MANY: usize = 16;

/// One statement that is enough, else as few as will do.
fn fewest<'s>(
    statement: &Statement,
    mut others: Vec<&'s Statement>,
    asking: &mut Asking<'_>,
) -> Vec<&'s Statement> {
    if let Some(one) = others.iter().find(|one| covered(statement, &[one], asking)) {
        return vec![one];
    }
    let mut place = 0;
    while place < others.len() && others.len() <= MANY {
        let mut fewer = others.clone();
        fewer.remove(place);
        if covered(statement, &fewer, asking) {
            others = fewer;
        } else {
            place += 1;
        }
    }
    others
}

fn told(statement: &Statement, others: &[&Statement]) -> Diagnostic {
    let (message, what) = match (statement.effect, others) {
        (Effect::Allow, [_]) => {
            ("another statement allows all that this one allows", "it allows all of that")
        }
        (Effect::Deny, [_]) => ("another statement denies all that this one denies", "it denies all of that"),
        (Effect::Allow, _) => {
            ("other statements together allow all that this one allows", "it allows a part of that")
        }
        (Effect::Deny, _) => {
            ("other statements together deny all that this one denies", "it denies a part of that")
        }
    };
    let told = Diagnostic::warning(code::SHADOWED, statement.effect_span, message);
    pointing(told, others, what).help("take it out: nothing is answered otherwise without it")
}
