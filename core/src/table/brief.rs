//! The brief of a set of few statements: for every stretch of the address line the statements whose address test
//! holds, as bits, and for every action the statements that reach it, as bits. Where both meet are the statements that
//! matter, and whether they deny or allow is the cell.
//!
//! This is the smallest and fastest form of a signature, and it says at once which statements decided. It lies in one
//! block: segments whose payload are the statements that hold there, then for each action those that reach it, then
//! for each statement its place, policy and number there. Bigger sets are read by layers and asked policy by policy.

use super::address::AddressTest;
use super::bits::ones;
use super::facts::Facts;
use super::layer::{Address, Gathered};
use super::policy::{CompiledPolicy, Rule};
use super::resource::Resource;
use super::segments::{Block, Segments};
use super::truth::Truth;
use crate::address::Family;
use std::collections::HashMap;

/// Statements up to which a set has a brief.
pub(super) const STATEMENTS: usize = 128;
/// Statements in a word.
const WORD: usize = 32;

/// Further head words: where the actions begin, words of a set of statements, where the statements begin; then the
/// sets of denies, of statements with further conditions, and of those that hold without an address.
const ACTIONS_AT: usize = 0;
const WORDS: usize = 1;
const STATEMENTS_AT: usize = 2;
const SETS: usize = 3;
/// Words of a statement: place, policy, number in the policy.
const STATEMENT: usize = 3;

/// The statements of a set of policies in one service.
#[derive(Debug, Clone)]
pub(super) struct Brief(Block);

/// A statement while the brief is made; in order of place.
struct Entry<'a> {
    place: u32,
    policy: u32,
    number: u32,
    rule: &'a Rule,
}

/// Policies by number, each with a sheet in the service.
pub(super) type Numbered<'a> = [(u32, &'a CompiledPolicy)];

impl Brief {
    /// The brief of these policies in a service of `width` actions; they have at most [`STATEMENTS`] statements.
    pub(super) fn new(policies: &Numbered<'_>, service: u32, width: usize) -> Brief {
        let mut gathered: Vec<Entry<'_>> = Vec::new();
        for (policy, compiled) in policies {
            for number in compiled.sheet(service).map_or(&[][..], |sheet| sheet.members()) {
                let Some(rule) = compiled.rule(*number) else { continue };
                gathered.push(Entry { place: rule.place, policy: *policy, number: *number, rule });
            }
        }
        gathered.sort_by_key(|g| (g.place, g.policy, g.number));
        let words = gathered.len().div_ceil(WORD).max(1);
        let set = |is: fn(&Rule) -> bool| {
            let mut set = vec![0; words];
            gathered.iter().enumerate().filter(|(_, g)| is(g.rule)).for_each(|(at, _)| flip(&mut set, at));
            set
        };
        let mut further = vec![0, number(words), number(width * words)];
        further.extend(set(|rule| rule.deny));
        further.extend(set(Rule::is_open));
        further.extend(set(|rule| rule.address().is_none_or(|test| test.absent)));
        let mut added = reach(&gathered, policies, service, width);
        added.extend(gathered.iter().flat_map(|g| [g.place, g.policy, g.number]));
        Brief(holding(&gathered, words).finish(&further, &added))
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.0.bytes()
    }

    /// What its statements say of an action at an address before conditions are read.
    #[inline]
    pub(super) fn at(&self, action: u32, address: Address) -> Gathered {
        let (words, holding, reach) = self.meeting(action, address);
        let (mut certain, mut open) = ((0, 0), (0, 0));
        for i in 0..words {
            let both = self.0.word(holding + i) & self.0.word(reach + i);
            let denies = self.0.further(SETS + i) as u32;
            let conditional = self.0.further(SETS + words + i) as u32;
            certain = (certain.0 | both & !denies & !conditional, certain.1 | both & denies & !conditional);
            open = (open.0 | both & !denies & conditional, open.1 | both & denies & conditional);
        }
        let bits = |(allow, deny): (u32, u32)| u32::from(allow != 0) | u32::from(deny != 0) << 1;
        Gathered::statements(bits(certain), bits(open))
    }

    /// Words of a set, where the statements of the address begin, and where those of the action do.
    #[inline]
    fn meeting(&self, action: u32, address: Address) -> (usize, usize, usize) {
        let words = self.0.further(WORDS);
        let holding = match address {
            Some((family, bits)) => self.0.payload(family, bits),
            None => self.0.further_at(SETS + 2 * words),
        };
        (words, holding, self.0.further(ACTIONS_AT) + action as usize * words)
    }

    /// The statements that may match an action at an address, ascending by place. `rule` finds one by policy and
    /// number.
    pub(super) fn candidates<'a>(
        &'a self,
        action: u32,
        address: Address,
        rule: impl Fn(u32, u32) -> Option<&'a Rule> + 'a,
    ) -> impl Iterator<Item = Candidate<'a>> + 'a {
        let (words, holding, reach) = self.meeting(action, address);
        let statements = self.0.further(ACTIONS_AT) + self.0.further(STATEMENTS_AT);
        let both = (0..words).map(move |i| (i, self.0.word(holding + i) & self.0.word(reach + i)));
        let numbers = both.flat_map(|(i, word)| ones(u64::from(word)).map(move |bit| (i, bit)));
        numbers.filter_map(move |(i, bit)| {
            let is = |set: usize| self.0.further(SETS + set * words + i) >> bit & 1 == 1;
            let at = statements + (i * WORD + bit) * STATEMENT;
            let [place, policy, number] = *self.0.slice(at, at + STATEMENT) else { return None };
            let left = if is(1) { Left::Conditions(rule(policy, number)?) } else { Left::Nothing };
            Some(Candidate { deny: is(0), place, left })
        })
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn flip(set: &mut [u32], at: usize) {
    if let Some(word) = set.get_mut(at / WORD) {
        *word ^= 1 << (at % WORD);
    }
}

/// For each action the statements that reach it.
fn reach(gathered: &[Entry<'_>], policies: &Numbered<'_>, service: u32, width: usize) -> Vec<u32> {
    let words = gathered.len().div_ceil(WORD).max(1);
    let numbered = gathered.iter().enumerate().map(|(at, g)| ((g.policy, g.number), at));
    let places: HashMap<(u32, u32), usize, foldhash::fast::RandomState> = numbered.collect();
    let mut reach = vec![0; width * words];
    for (policy, compiled) in policies {
        let Some(sheet) = compiled.sheet(service) else { continue };
        for (action, set) in reach.chunks_mut(words).enumerate() {
            let members = sheet.groups(number(action)).flatten();
            members.filter_map(|member| places.get(&(*policy, *member))).for_each(|at| flip(set, *at));
        }
    }
    reach
}

/// The statements whose address test holds, for every stretch of the address line.
fn holding(gathered: &[Entry<'_>], words: usize) -> Segments {
    let mut segments = Segments::new(words);
    let mut always = vec![0u32; words];
    let tests = || gathered.iter().enumerate().map(|(at, g)| (at, g.rule.address()));
    tests().filter(|(_, test)| test.is_none()).for_each(|(at, _)| flip(&mut always, at));
    for family in [Family::V4, Family::V6] {
        let (mut set, mut start) = (always.clone(), 0);
        for (bound, at) in bounds(family, tests()) {
            if bound != start {
                segments.from(family, start, &set);
                start = bound;
            }
            flip(&mut set, at);
        }
        segments.from(family, start, &set);
    }
    segments
}

/// Where the tests begin and cease to hold, in order.
fn bounds<'a>(
    family: Family,
    tests: impl Iterator<Item = (usize, Option<&'a AddressTest>)>,
) -> Vec<(u128, usize)> {
    let mut bounds = Vec::new();
    for (at, test) in tests.filter_map(|(at, test)| Some((at, test?))) {
        for interval in test.set.intervals(family) {
            bounds.push((interval.first, at));
            bounds.extend(interval.after(family).map(|after| (after, at)));
        }
    }
    bounds.sort_unstable();
    bounds
}

/// A statement that may have decided.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) deny: bool,
    /// Number of its place.
    pub(super) place: u32,
    left: Left<'a>,
}

/// What is left to ask of a statement.
#[derive(Debug, Clone, Copy)]
enum Left<'a> {
    /// Nothing: it matches.
    Nothing,
    /// Resources and further conditions.
    Conditions(&'a Rule),
    /// The address too.
    Everything(&'a Rule),
}

impl<'a> Candidate<'a> {
    /// A statement of which only the action is known to be covered.
    pub(super) fn unasked(rule: &'a Rule) -> Self {
        Candidate { deny: rule.deny, place: rule.place, left: Left::Everything(rule) }
    }

    /// Whether it matches.
    pub(super) fn matches(&self, facts: &Facts<'_>, resource: Option<&Resource<'_>>) -> Truth<'a> {
        match self.left {
            Left::Nothing => Truth::Yes,
            Left::Conditions(rule) => rule.matches_beyond_address(facts, resource),
            Left::Everything(rule) => rule.matches(facts, resource),
        }
    }
}
