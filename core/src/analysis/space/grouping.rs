//! Candidates that every test answers alike are one class of values.

use super::bits::Bits;
use super::truth::Truth;
use std::collections::HashMap;
use std::rc::Rc;

/// The classes for which a test holds, and those for which it holds or is open.
#[derive(Debug, Clone)]
pub(super) struct Sets {
    pub(super) yes: Rc<Bits>,
    pub(super) may: Rc<Bits>,
}

/// Candidates sorted into classes.
#[derive(Debug)]
pub(super) struct Grouped {
    /// For each class its candidates, the first one first.
    pub(super) classes: Vec<Vec<usize>>,
    /// For each test where it holds.
    pub(super) sets: Vec<Sets>,
}

/// `answers` holds for each test its answer for each candidate.
pub(super) fn group(candidates: usize, answers: &[Vec<Truth>]) -> Grouped {
    let mut class = vec![0usize; candidates];
    for row in answers {
        let mut numbers: HashMap<(usize, Truth), usize> = HashMap::new();
        for (of, truth) in class.iter_mut().zip(row) {
            let next = numbers.len();
            *of = *numbers.entry((*of, *truth)).or_insert(next);
        }
    }
    let count = class.iter().max().map_or(0, |most| most + 1);
    let mut classes = vec![Vec::new(); count];
    for (candidate, of) in class.iter().enumerate() {
        if let Some(members) = classes.get_mut(*of) {
            members.push(candidate);
        }
    }
    let sets = answers.iter().map(|row| sets(row, &classes)).collect();
    Grouped { classes, sets }
}

fn sets(row: &[Truth], classes: &[Vec<usize>]) -> Sets {
    let (mut yes, mut may) = (Bits::none(classes.len()), Bits::none(classes.len()));
    for (number, members) in classes.iter().enumerate() {
        let truth = members.first().and_then(|first| row.get(*first));
        if truth == Some(&Truth::Yes) {
            yes.insert(number);
        }
        if truth.is_some_and(|t| *t != Truth::No) {
            may.insert(number);
        }
    }
    if yes == may {
        let both = Rc::new(yes);
        return Sets { yes: Rc::clone(&both), may: both };
    }
    Sets { yes: Rc::new(yes), may: Rc::new(may) }
}
