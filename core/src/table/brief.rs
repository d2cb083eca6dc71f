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
use super::layer::{Address, Cell, Gathered};
use super::memory::{Memory, Part};
use super::policy::{CompiledPolicy, Rule};
use super::resource::Resource;
use super::segments::{Block, HEAD, Near, Segments, V4, V6};
use super::truth::Truth;
use super::words::{Words, word as to_u32};
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

/// The statements of a set of policies in one service, with what most checks read of the head at hand: whoever holds
/// a brief and asks for an address of IPv4 reads three more lines of memory, two of them one after the other.
#[derive(Debug, Clone)]
pub(super) struct Brief {
    block: Block,
    actions_at: u32,
    /// Of a set of one word: which statements deny, and which have further conditions.
    denies: u32,
    open: u32,
    v4: V4,
    /// Words of a set.
    words: u8,
}

/// A statement while a brief is made.
pub(super) struct Entry<'a> {
    pub(super) policy: u32,
    /// In the policy.
    pub(super) number: u32,
    pub(super) rule: &'a Rule,
}

/// Policies by number, each with a sheet in the service.
pub(super) type Numbered<'a> = [(u32, &'a CompiledPolicy)];

impl Brief {
    /// The brief of statements in a service of `width` actions, at most [`STATEMENTS`]; `reached` calls with each
    /// action that a statement reaches.
    pub(super) fn new<'a>(
        mut entries: Vec<Entry<'a>>,
        width: usize,
        reached: impl Fn(&Entry<'a>, &mut dyn FnMut(usize)),
    ) -> Brief {
        entries.sort_by_key(|e| (e.rule.place, e.policy, e.number));
        let words = entries.len().div_ceil(WORD).max(1);
        let set = |is: fn(&Rule) -> bool| {
            let mut set = vec![0; words];
            entries.iter().enumerate().filter(|(_, e)| is(e.rule)).for_each(|(at, _)| flip(&mut set, at));
            set
        };
        let mut further = vec![0, to_u32(words), to_u32(width * words)];
        further.extend(set(|rule| rule.deny));
        further.extend(set(Rule::is_open));
        further.extend(set(|rule| rule.address().is_none_or(|test| test.absent)));
        let mut added = vec![0; width * words];
        for (at, entry) in entries.iter().enumerate() {
            reached(entry, &mut |action| flip(added.get_mut(action * words..).unwrap_or(&mut []), at));
        }
        added.extend(entries.iter().flat_map(|e| [e.rule.place, e.policy, e.number]));
        Brief::at_hand(holding(&entries, words).finish(&further, &added))
    }

    fn at_hand(block: Block) -> Brief {
        let words = block.further(WORDS);
        Brief {
            actions_at: to_u32(block.further(ACTIONS_AT)),
            denies: block.further(SETS) as u32,
            open: block.further(SETS + words) as u32,
            v4: block.v4(),
            words: u8::try_from(words).unwrap_or(u8::MAX),
            block,
        }
    }

    /// The brief of policies together that have at most [`STATEMENTS`] statements in a service of `width` actions.
    pub(super) fn of_policies(policies: &Numbered<'_>, service: u32, width: usize) -> Brief {
        let briefs = || {
            let sheet = |policy: &CompiledPolicy| policy.sheet(service)?.brief().cloned();
            policies.iter().filter_map(move |(_, policy)| Some((*policy, sheet(policy)?)))
        };
        let mut entries = Vec::new();
        let mut reach: HashMap<(u32, u32), Vec<usize>, foldhash::fast::RandomState> = HashMap::default();
        for (compiled, brief) in briefs() {
            for [_, policy, number] in brief.statements() {
                let Some(rule) = compiled.rule(number) else { continue };
                entries.push(Entry { policy, number, rule });
                reach.insert((policy, number), Vec::new());
            }
            let policy = brief.statements().next().map_or(0, |[_, policy, _]| policy);
            for action in 0..width {
                for number in brief.reaching(to_u32(action)) {
                    reach.entry((policy, number)).or_default().push(action);
                }
            }
        }
        Brief::new(entries, width, |entry, each| {
            let actions = reach.get(&(entry.policy, entry.number));
            actions.into_iter().flatten().for_each(|action| each(*action));
        })
    }

    /// The brief of a policy of that number of a file, in a service of `width` actions, where it holds together and
    /// tells of the policy's own statements.
    pub(super) fn of(words: Words, policy: u32, rules: &[Rule], width: usize) -> Option<Brief> {
        let per_set = words.get(HEAD + WORDS).filter(|_| words.len() > HEAD + SETS)? as usize;
        if per_set == 0 || per_set > STATEMENTS / WORD {
            return None;
        }
        let block = Block::of(words, SETS + 3 * per_set)?;
        let reach = block.further(STATEMENTS_AT);
        if reach != width * per_set || block.payload_words() != per_set || width == 0 {
            return None;
        }
        let brief = Brief::at_hand(block);
        let rest = brief.block.words().len().checked_sub(brief.statements_at())?;
        let count = rest / STATEMENT;
        let fits = rest.is_multiple_of(STATEMENT) && count > 0 && count.div_ceil(WORD) == per_set;
        (fits && brief.tells_of(policy, rules) && brief.sets_fit(count, per_set)).then_some(brief)
    }

    /// Whether statements are the policy's, in order, and the three sets say what they are.
    fn tells_of(&self, policy: u32, rules: &[Rule]) -> bool {
        let ascend = self.statements().zip(self.statements().skip(1)).all(|(a, b)| a < b);
        let per_set = self.block.further(WORDS);
        ascend
            && self.statements().enumerate().all(|(at, [place, of, number])| {
                let Some(rule) = rules.get(number as usize) else { return false };
                let absent = rule.address().is_none_or(|test| test.absent);
                let sets = [rule.deny, rule.is_open(), absent].into_iter().enumerate();
                let is =
                    |set: usize| self.block.further(SETS + set * per_set + at / WORD) >> (at % WORD) & 1 == 1;
                of == policy && place == rule.place && sets.into_iter().all(|(set, flag)| is(set) == flag)
            })
    }

    /// Whether no set holds a statement beyond the last.
    fn sets_fit(&self, count: usize, per_set: usize) -> bool {
        let unused = if count.is_multiple_of(WORD) { 0 } else { u32::MAX << (count % WORD) };
        let fits = |set: &[u32]| set.last().is_some_and(|last| last & unused == 0);
        let heads = self.block.slice(self.block.further_at(SETS), self.block.further_at(SETS + 3 * per_set));
        let reach = self.block.slice(self.block.further(ACTIONS_AT), self.statements_at());
        let segments =
            |family| self.block.starts(family).all(|(_, at)| fits(self.block.slice(at, at + per_set)));
        heads.chunks(per_set).chain(reach.chunks(per_set)).all(fits)
            && segments(Family::V4)
            && segments(Family::V6)
    }

    /// Its words.
    pub(super) fn words(&self) -> &[u32] {
        self.block.words()
    }

    /// How many statements there are.
    pub(super) fn len(&self) -> usize {
        (self.block.words().len() - self.statements_at()) / STATEMENT
    }

    /// Number of segments of both families.
    pub(super) fn segments(&self) -> usize {
        self.block.segments()
    }

    fn statements_at(&self) -> usize {
        self.block.further(ACTIONS_AT) + self.block.further(STATEMENTS_AT)
    }

    /// Place, policy and number in the policy of each statement, ascending.
    pub(super) fn statements(&self) -> impl Iterator<Item = [u32; STATEMENT]> + '_ {
        let (all, _) = self.block.words().get(self.statements_at()..).unwrap_or(&[]).as_chunks();
        all.iter().copied()
    }

    /// Numbers, in their policy, of the statements that reach an action.
    pub(super) fn reaching(&self, action: u32) -> impl Iterator<Item = u32> + '_ {
        let words = self.block.further(WORDS);
        let at = self.block.further(ACTIONS_AT) + action as usize * words;
        let sets = self.block.slice(at, at + words).iter().enumerate();
        let bits = sets.flat_map(|(i, set)| ones(u64::from(*set)).map(move |bit| i * WORD + bit));
        bits.map(|bit| self.block.word(self.statements_at() + bit * STATEMENT + 2))
    }

    /// Counts its segments, and what it knows of statements.
    pub(super) fn measure(&self, parts: (Part, Part), memory: &mut Memory) {
        self.block.measure(self.actions_at as usize, parts, memory);
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.block.bytes()
    }

    /// The cell of an action at an address.
    #[inline]
    pub(super) fn cell(&self, action: u32, address: Address) -> Cell {
        if self.words == 1 {
            let both = self.together(action, address);
            if both & self.open == 0 {
                let silent = if both == 0 { Cell::None } else { Cell::Allow };
                return if both & self.denies == 0 { silent } else { Cell::Deny };
            }
        }
        self.at(action, address).cell()
    }

    /// Where its statements lie for an action at an address of IPv4; to be asked of several briefs before
    /// [`Brief::gathered`] is asked of any, so that the processor waits for their memory together.
    #[inline]
    pub(super) fn near(&self, action: u32, bits: u32) -> (Near<'_>, u32) {
        let words = self.block.words();
        let reach = (self.actions_at as usize).wrapping_add(action as usize);
        (self.v4.near(words, bits), words.get(reach).copied().unwrap_or(0))
    }

    /// What its statements say of an action at an address, to be put together with what others say. `near` is where
    /// they lie, for an address of IPv4.
    #[inline]
    pub(super) fn gathered(&self, action: u32, address: Address, (near, reach): (Near<'_>, u32)) -> Gathered {
        if self.words != 1 {
            return self.at(action, address);
        }
        let both = match address {
            Some((Family::V4, bits)) => near.payload(bits as u32) & reach,
            _ => self.together(action, address),
        };
        let bits = |set: u32| u32::from(set & !self.denies != 0) | u32::from(set & self.denies != 0) << 1;
        Gathered::statements(bits(both & !self.open), bits(both & self.open))
    }

    /// Of a set of one word: the statements that reach an action and hold at an address.
    #[inline]
    fn together(&self, action: u32, address: Address) -> u32 {
        let words = self.block.words();
        let reach = (self.actions_at as usize).wrapping_add(action as usize);
        let holding = match address {
            Some((Family::V4, bits)) => self.v4.payload(words, bits as u32),
            Some((Family::V6, bits)) => holding_v6(words, bits),
            None => self.without_address(),
        };
        holding & words.get(reach).copied().unwrap_or(0)
    }

    /// Whether its sets are of one word: what follows is asked of such ones only.
    #[inline]
    pub(super) fn is_narrow(&self) -> bool {
        self.words == 1
    }

    /// The statements that reach an action, with what they are.
    #[inline(always)]
    pub(super) fn reach(&self, action: u32) -> Reach {
        self.reach_in(self.block.words(), action)
    }

    #[inline(always)]
    fn reach_in(&self, words: &[u32], action: u32) -> Reach {
        let at = (self.actions_at as usize).wrapping_add(action as usize);
        let statements = words.get(at).copied().unwrap_or(0);
        Reach { statements, denies: self.denies, open: self.open }
    }

    /// The same, and the segments among which an address of IPv4 is.
    #[inline(always)]
    pub(super) fn reach_v4(&self, action: u32, bits: u32) -> (Reach, Near<'_>) {
        let words = self.block.words();
        (self.reach_in(words, action), self.v4.near(words, bits))
    }

    /// Where segments of IPv6 are looked for.
    #[inline(always)]
    pub(super) fn v6(&self) -> V6<'_> {
        V6::of(self.block.words())
    }

    /// The statements that hold without an address.
    #[inline(always)]
    pub(super) fn without_address(&self) -> u32 {
        self.block.further(SETS + 2) as u32
    }

    /// What its statements say of an action at an address before conditions are read.
    #[inline(never)]
    pub(super) fn at(&self, action: u32, address: Address) -> Gathered {
        let (words, holding, reach) = self.meeting(action, address);
        let (mut certain, mut open) = ((0, 0), (0, 0));
        for i in 0..words {
            let both = self.block.word(holding + i) & self.block.word(reach + i);
            let denies = self.block.further(SETS + i) as u32;
            let conditional = self.block.further(SETS + words + i) as u32;
            certain = (certain.0 | both & !denies & !conditional, certain.1 | both & denies & !conditional);
            open = (open.0 | both & !denies & conditional, open.1 | both & denies & conditional);
        }
        let bits = |(allow, deny): (u32, u32)| u32::from(allow != 0) | u32::from(deny != 0) << 1;
        Gathered::statements(bits(certain), bits(open))
    }

    /// Words of a set, where the statements of the address begin, and where those of the action do.
    #[inline]
    fn meeting(&self, action: u32, address: Address) -> (usize, usize, usize) {
        let words = self.block.further(WORDS);
        let holding = match address {
            Some((family, bits)) => self.block.payload(family, bits),
            None => self.block.further_at(SETS + 2 * words),
        };
        (words, holding, self.block.further(ACTIONS_AT) + action as usize * words)
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
        let statements = self.statements_at();
        let both = (0..words).map(move |i| (i, self.block.word(holding + i) & self.block.word(reach + i)));
        let numbers = both.flat_map(|(i, word)| ones(u64::from(word)).map(move |bit| (i, bit)));
        numbers.filter_map(move |(i, bit)| {
            let is = |set: usize| self.block.further(SETS + set * words + i) >> bit & 1 == 1;
            let at = statements + (i * WORD + bit) * STATEMENT;
            let [place, policy, number] = *self.block.slice(at, at + STATEMENT) else { return None };
            let left = if is(1) { Left::Conditions(rule(policy, number)?) } else { Left::Nothing };
            Some(Candidate { deny: is(0), place, left })
        })
    }
}

/// The statements that hold at an address of IPv6.
#[inline(never)]
fn holding_v6(words: &[u32], bits: u128) -> u32 {
    V6::of(words).near(bits).payload_v6(bits)
}

/// Statements of a brief of one word that reach an action, and which of all deny and have further conditions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    statements: u32,
    denies: u32,
    open: u32,
}

impl Reach {
    /// Bits of what [`Reach::say`] says: an allow matches or may match, a deny matches, and there are further
    /// conditions.
    const ALLOW: u8 = 1;
    const DENY: u8 = 2;
    pub(super) const OPEN: u8 = 4;

    /// What they say where these statements hold. What several say together are the bits of all.
    #[inline(always)]
    pub(super) fn say(self, holding: u32) -> u8 {
        let both = self.statements & holding;
        let bit = |set: u32, bit: u8| if both & set == 0 { 0 } else { bit };
        let denies = bit(self.denies & !self.open, Self::DENY);
        bit(!self.denies, Self::ALLOW) | denies | bit(self.open, Self::OPEN)
    }

    /// The answer where these statements hold; none where there are conditions.
    #[inline(always)]
    pub(super) fn answer(self, holding: u32) -> Option<bool> {
        let both = self.statements & holding;
        (both & self.open == 0).then_some((both != 0) & (both & self.denies == 0))
    }

    /// The answer for what was said. A deny wins; where there are conditions, none is given here, though an allow
    /// without may settle it.
    #[inline(always)]
    pub(super) fn settled(said: u8) -> Option<bool> {
        const ANSWERS: [Option<bool>; 8] =
            [Some(false), Some(true), Some(false), Some(false), None, None, Some(false), Some(false)];
        ANSWERS.get(usize::from(said & 7)).copied().flatten()
    }
}

fn flip(set: &mut [u32], at: usize) {
    if let Some(word) = set.get_mut(at / WORD) {
        *word ^= 1 << (at % WORD);
    }
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
