//! Every way in which a text can stand to some patterns: a product of automata, walked breadth first, so that each
//! way is shown by a shortest text.
//!
//! A pattern is walked deterministically: the literals between its stars are found one after the other, each as
//! early as it goes, by Knuth–Morris–Pratt. Texts that are compared whole share one tree of their letters.

use super::budget::{Budget, Spent};
use crate::glob::Glob;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Of what letters the texts are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// Any character.
    All,
    /// Letters, digits and `_`: names of actions.
    Name,
    /// Digits: account numbers.
    Digits,
}

/// What texts are sorted by.
#[derive(Debug, Default)]
pub(super) struct Patterns<'p> {
    /// Patterns with stars.
    pub(super) globs: Vec<&'p Glob>,
    /// Whole texts, compared without the case of A–Z; in lower case.
    pub(super) folded: BTreeSet<&'p str>,
    /// Whole texts.
    pub(super) exact: BTreeSet<&'p str>,
}

/// A shortest text for each way of standing to the patterns, shortest first. `empty`: also the empty text counts.
pub(super) fn kinds(
    patterns: &Patterns<'_>,
    letters: Letters,
    empty: bool,
    budget: &mut Budget,
) -> Result<Vec<String>, Spent> {
    let walk = Walk::new(patterns, letters);
    let start = walk.start();
    let mut seen: HashMap<State, ()> = HashMap::from([(start.clone(), ())]);
    let mut shown: BTreeSet<Kind> = BTreeSet::new();
    let mut found = Vec::new();
    let mut queue = VecDeque::from([(start, String::new())]);
    while let Some((state, text)) = queue.pop_front() {
        if (empty || !text.is_empty()) && shown.insert(walk.kind(&state)) {
            found.push(text.clone());
        }
        budget.spend((walk.letters.len() * (1 + state.places.len())) as u64)?;
        for letter in &walk.letters {
            let next = walk.step(&state, *letter);
            if seen.insert(next.clone(), ()).is_none() {
                let longer = format!("{text}{letter}");
                queue.push_back((next, longer));
            }
        }
    }
    Ok(found)
}

/// Which patterns are matched, and which whole text it is.
type Kind = (Vec<u32>, Option<u32>);

/// Places in the patterns that could still match, by pattern, and in the tree of whole texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    places: Vec<(u32, u32)>,
    node: Option<u32>,
}

#[derive(Debug)]
struct Walk {
    chains: Vec<Chain>,
    tree: Tree,
    letters: Vec<char>,
}

impl Walk {
    fn new(patterns: &Patterns<'_>, letters: Letters) -> Self {
        let globs = patterns.globs.iter().map(|glob| Chain::new(glob.literals(), false));
        let folded = patterns.folded.iter().map(|text| Chain::new(std::iter::once(*text), true));
        let chains: Vec<Chain> = globs.chain(folded).collect();
        let tree = Tree::new(patterns.exact.iter().copied());
        let mut mentioned: BTreeSet<char> = tree.next.keys().map(|(_, c)| *c).collect();
        mentioned.extend(chains.iter().flat_map(Chain::letters));
        Walk { chains, tree, letters: alphabet(&mentioned, letters) }
    }

    fn start(&self) -> State {
        State { places: (0u32..).zip(&self.chains).map(|(i, _)| (i, 0)).collect(), node: Some(0) }
    }

    fn step(&self, state: &State, letter: char) -> State {
        let alive = state.places.iter().filter_map(|(i, place)| {
            let chain = self.chains.get(*i as usize)?;
            Some((*i, chain.step(*place, letter)?))
        });
        let node = state.node.and_then(|node| self.tree.next.get(&(node, letter)).copied());
        State { places: alive.collect(), node }
    }

    fn kind(&self, state: &State) -> Kind {
        let accepts = |(i, place): &&(u32, u32)| {
            self.chains.get(*i as usize).is_some_and(|chain| chain.accepting == *place)
        };
        let matched = state.places.iter().filter(accepts).map(|(i, _)| *i).collect();
        (matched, state.node.filter(|node| self.tree.ends.contains(node)))
    }
}

/// The letters that matter, and one that stands for all others.
fn alphabet(mentioned: &BTreeSet<char>, letters: Letters) -> Vec<char> {
    let fits = |c: &char| match letters {
        Letters::All => true,
        Letters::Name => c.is_ascii_alphanumeric() || *c == '_',
        Letters::Digits => c.is_ascii_digit(),
    };
    let common = "xyzabcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    let rare = ('\u{4e00}'..).take(mentioned.len() + 1);
    let other = common.chars().chain(rare).filter(fits).find(|c| !mentioned.contains(c));
    other.into_iter().chain(mentioned.iter().copied().filter(fits)).collect()
}

/// One pattern as a chain of places: `0..=accepting`, where each literal is searched for or, at both ends, required.
#[derive(Debug)]
struct Chain {
    /// Letters of all literals, in order; the letter at a place is what leads on from it.
    letters: Vec<char>,
    /// For each place, where the search goes on when the letter differs; none where nothing is left to match.
    back: Vec<Back>,
    accepting: u32,
    fold: bool,
}

/// What a letter that does not lead on does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Back {
    /// The pattern cannot match any more.
    Dead,
    /// The search begins again at its first letter, and the letter is used up there.
    First,
    /// The letter is tried at this earlier place.
    Try(u32),
}

impl Chain {
    fn new<'p>(literals: impl Iterator<Item = &'p str>, fold: bool) -> Self {
        let mut chain = Chain { letters: Vec::new(), back: Vec::new(), accepting: 0, fold };
        let literals: Vec<Vec<char>> = literals.map(|l| l.chars().collect()).collect();
        for (number, literal) in literals.iter().enumerate() {
            let last = number + 1 == literals.len();
            chain.push(literal, number > 0, last);
        }
        chain.accepting = u32::try_from(chain.letters.len()).unwrap_or(u32::MAX);
        chain
    }

    /// Adds the places of a literal; of the last one also the place behind it, where the whole text has matched.
    fn push(&mut self, literal: &[char], after_star: bool, last: bool) {
        let base = u32::try_from(self.letters.len()).unwrap_or(u32::MAX);
        let borders = borders(literal);
        let places = literal.len() + usize::from(last);
        for place in 0..places {
            let back = match place.checked_sub(1).and_then(|p| borders.get(p)) {
                _ if !after_star => Back::Dead,
                None => Back::First,
                Some(border) => Back::Try(base + border),
            };
            self.back.push(back);
        }
        self.letters.extend(literal);
    }

    fn letters(&self) -> impl Iterator<Item = char> + '_ {
        let folded = self.letters.iter().filter(|_| self.fold);
        self.letters.iter().copied().chain(folded.map(char::to_ascii_uppercase))
    }

    /// The place after a letter; none where the pattern cannot match any more.
    fn step(&self, mut place: u32, letter: char) -> Option<u32> {
        loop {
            let leads = self.letters.get(place as usize).is_some_and(|wanted| {
                *wanted == letter || (self.fold && wanted.eq_ignore_ascii_case(&letter))
            });
            if leads {
                return Some(place + 1);
            }
            match self.back.get(place as usize)? {
                Back::Dead => return None,
                Back::First => return Some(place),
                Back::Try(earlier) => place = *earlier,
            }
        }
    }
}

/// For each prefix of a text, the length of its longest proper border.
fn borders(text: &[char]) -> Vec<u32> {
    let mut borders: Vec<u32> = Vec::with_capacity(text.len());
    for (at, letter) in text.iter().enumerate() {
        let mut length = at.checked_sub(1).and_then(|p| borders.get(p)).copied().unwrap_or(0);
        let next = loop {
            if at > 0 && text.get(length as usize) == Some(letter) {
                break length + 1;
            }
            match length.checked_sub(1).and_then(|p| borders.get(p as usize)) {
                Some(shorter) => length = *shorter,
                None => break 0,
            }
        };
        borders.push(next);
    }
    borders
}

/// Whole texts by their letters.
#[derive(Debug)]
struct Tree {
    next: HashMap<(u32, char), u32>,
    ends: BTreeSet<u32>,
}

impl Tree {
    fn new<'p>(texts: impl Iterator<Item = &'p str>) -> Self {
        let mut tree = Tree { next: HashMap::new(), ends: BTreeSet::new() };
        let mut count = 0u32;
        for text in texts {
            let mut node = 0;
            for letter in text.chars() {
                node = *tree.next.entry((node, letter)).or_insert_with(|| {
                    count += 1;
                    count
                });
            }
            tree.ends.insert(node);
        }
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All texts over some letters up to a length.
    fn texts(letters: &[char], length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..length {
            let until = all.len();
            for at in from..until {
                let longer: Vec<String> = letters.iter().map(|c| format!("{}{c}", all[at])).collect();
                all.extend(longer);
            }
            from = until;
        }
        all
    }

    fn vector(text: &str, globs: &[Glob], exact: &[&str], folded: &[&str]) -> Vec<bool> {
        let globs = globs.iter().map(|g| g.matches(text));
        let folded = folded.iter().map(|f| f.eq_ignore_ascii_case(text));
        globs.chain(exact.iter().map(|e| *e == text)).chain(folded).collect()
    }

    /// Each kind that any text has is shown once, the kinds of all short texts among them.
    fn check(globs: &[&str], exact: &[&str], folded: &[&str], empty: bool) {
        let globs: Vec<Glob> = globs.iter().map(|g| Glob::new(g)).collect();
        let patterns = Patterns {
            globs: globs.iter().collect(),
            exact: exact.iter().copied().collect(),
            folded: folded.iter().copied().collect(),
        };
        let found = kinds(&patterns, Letters::All, empty, &mut Budget::new(1_000_000)).unwrap();
        let of = |text: &str| vector(text, &globs, exact, folded);
        let shown: BTreeSet<Vec<bool>> = found.iter().map(|t| of(t)).collect();
        assert_eq!(shown.len(), found.len(), "{globs:?} {exact:?} {folded:?}: {found:?}");
        assert!(empty || found.iter().all(|t| !t.is_empty()));
        for text in texts(&['a', 'b', 'B', 'z'], 5) {
            let counts = empty || !text.is_empty();
            assert!(!counts || shown.contains(&of(&text)), "{globs:?} {exact:?} {folded:?} {text:?}");
        }
    }

    #[test]
    fn every_kind_of_text_is_shown_once() {
        let globs = ["a*", "*a", "*a*", "a*b", "ab*ba", "*ab*ba*", "*aab", "*abab*b", "b*b*"];
        for empty in [false, true] {
            check(&[], &[], &[], empty);
            check(&[], &["a", "ab"], &[], empty);
            check(&[], &["AB"], &["ab"], empty);
            for a in globs {
                check(&[a], &["ab", "a", "b"], &[], empty);
                check(&[a], &["ab"], &["ab", "b"], empty);
                for b in globs {
                    check(&[a, b], &["aba"], &[], empty);
                    for c in globs {
                        check(&[a, b, c], &[], &[], empty);
                    }
                }
            }
        }
    }

    #[test]
    fn letters_may_be_few() {
        let digits = Glob::new("1*");
        let patterns = Patterns { globs: vec![&digits], ..Patterns::default() };
        let found = kinds(&patterns, Letters::Digits, false, &mut Budget::new(1_000)).unwrap();
        assert_eq!(found, ["0", "1"]);
        let other = Glob::new("*-*");
        let patterns = Patterns { globs: vec![&other], ..Patterns::default() };
        let found = kinds(&patterns, Letters::Name, false, &mut Budget::new(1_000)).unwrap();
        assert_eq!(found, ["x"]);
    }

    #[test]
    fn too_many_kinds_end_in_time() {
        let globs: Vec<Glob> = ('a'..='z').map(|c| Glob::new(&format!("*{c}*"))).collect();
        let patterns = Patterns { globs: globs.iter().collect(), ..Patterns::default() };
        assert!(kinds(&patterns, Letters::All, true, &mut Budget::new(100_000)).is_err());
    }
}
