//! From statements to a layer: one walk along the address line for each family, in time linear in the bounds of the
//! prefixes once they are sorted.

use super::actions::ServiceFacts;
use super::address::AddressTest;
use super::bits::{Bits, Counter};
use super::layer::{Layer, LayerParts};
use super::policy::{Fold, Rule};
use super::rows::interleave;
use crate::address::Family;

/// What one statement says in one service. Bits of `always` hold at every address, those of `inside` where the
/// address test holds.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub(super) deny: bool,
    pub(super) always: Reach,
    pub(super) inside: Reach,
}

/// Actions that a statement matches for certain, and those it matches if its further conditions hold.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) certain: Bits,
    pub(super) open: Bits,
}

impl Reach {
    pub(super) fn none(width: usize) -> Self {
        Reach { certain: Bits::none(width), open: Bits::none(width) }
    }

    fn is_empty(&self) -> bool {
        self.certain.is_empty() && self.open.is_empty()
    }
}

impl Share {
    /// Whether it says nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.always.is_empty() && self.inside.is_empty()
    }

    /// Every action it may match somewhere.
    pub(super) fn reached(&self) -> Bits {
        let mut all = self.always.certain.clone();
        [&self.always.open, &self.inside.certain, &self.inside.open].iter().for_each(|b| all.add_all(b));
        all
    }

    /// Whether it has further conditions for some action.
    pub(super) fn is_open(&self) -> bool {
        !self.always.open.is_empty() || !self.inside.open.is_empty()
    }
}

/// What a statement says of a service: catalog facts folded in, so that the check itself has no special cases.
/// `covered` are the actions that it covers by name and grain.
pub(super) fn share(rule: &Rule, covered: &Bits, facts: &ServiceFacts) -> Option<Share> {
    let (always, inside) = (Reach::none(facts.width), Reach::none(facts.width));
    let mut share = Share { deny: rule.deny, always, inside };
    for (address, tags) in [(true, true), (true, false), (false, true), (false, false)] {
        let some =
            |bits: &Bits, handed: bool, of: &Bits| if handed { of.and(bits) } else { of.without(bits) };
        let actions = some(&facts.tagged, tags, &some(&facts.addressed, address, covered));
        let fold = rule.fold(address, tags);
        // An action that is handed no address is like a request without one: the test is settled.
        let holds = address || rule.address().is_none_or(|test| test.absent);
        if actions.is_empty() || fold == Fold::Never || !holds {
            continue;
        }
        let reach = if address && rule.address().is_some() { &mut share.inside } else { &mut share.always };
        let bits = if fold == Fold::Certain { &mut reach.certain } else { &mut reach.open };
        bits.add_all(&actions);
    }
    (!share.is_empty()).then_some(share)
}

/// Where statements of a policy begin and cease to hold on the line of one family, in order.
#[derive(Debug, Default)]
pub(super) struct Bounds(Vec<Bound>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bound {
    at: u128,
    statement: u32,
    begins: bool,
}

impl Bounds {
    /// The bounds of the address tests; `tests` gives a statement's number with its test.
    pub(super) fn new<'a>(family: Family, tests: impl Iterator<Item = (u32, &'a AddressTest)>) -> Self {
        let mut bounds = Vec::new();
        for (statement, test) in tests {
            for interval in test.set.intervals(family) {
                bounds.push(Bound { at: interval.first, statement, begins: true });
                bounds.extend(interval.after(family).map(|at| Bound { at, statement, begins: false }));
            }
        }
        bounds.sort_unstable();
        Bounds(bounds)
    }
}

/// The statements of a policy in one service.
#[derive(Debug)]
pub(super) struct Sweep<'a> {
    /// Actions of the service.
    pub(super) width: usize,
    /// By number of the statement; none where it says nothing in this service.
    pub(super) shares: &'a [Option<Share>],
    /// By number of the statement.
    pub(super) tests: &'a [Option<&'a AddressTest>],
    pub(super) v4: &'a Bounds,
    pub(super) v6: &'a Bounds,
}

/// No bound at all.
static UNBOUNDED: Bounds = Bounds(Vec::new());

impl Sweep<'_> {
    /// No statement.
    pub(super) fn nothing(width: usize) -> Self {
        Sweep { width, shares: &[], tests: &[], v4: &UNBOUNDED, v6: &UNBOUNDED }
    }

    /// The layer of these statements.
    pub(super) fn layer(&self) -> Layer {
        let open = self.shares.iter().flatten().any(Share::is_open);
        let mut parts = LayerParts::new(self.width.div_ceil(16), if open { 2 } else { 1 });
        let mut standing = Standing::new(self.width, open);
        for share in self.shares.iter().flatten() {
            standing.add(share.deny, &share.always);
        }
        for (family, bounds) in [(Family::V4, self.v4), (Family::V6, self.v6)] {
            self.walk(family, bounds, standing.clone(), &mut parts);
        }
        for (share, test) in self.shares.iter().zip(self.tests) {
            if let (Some(share), Some(test)) = (share, test)
                && test.absent
            {
                standing.add(share.deny, &share.inside);
            }
        }
        parts.without_address(standing.row());
        parts.finish()
    }

    fn walk(&self, family: Family, bounds: &Bounds, mut standing: Standing, parts: &mut LayerParts) {
        let mut at = 0;
        for bound in &bounds.0 {
            let Some(Some(share)) = self.shares.get(bound.statement as usize) else { continue };
            if bound.at != at {
                parts.from(family, at, standing.row());
                at = bound.at;
            }
            if bound.begins {
                standing.add(share.deny, &share.inside);
            } else {
                standing.remove(share.deny, &share.inside);
            }
        }
        parts.from(family, at, standing.row());
    }
}

/// What the statements in force say, counted, and the row that follows.
#[derive(Debug, Clone)]
struct Standing {
    allow: Counter,
    deny: Counter,
    may_allow: Counter,
    may_deny: Counter,
    words: usize,
    row_words: usize,
    open: bool,
    row: Vec<u32>,
}

impl Standing {
    fn new(width: usize, open: bool) -> Self {
        let (words, row_words) = (width.div_ceil(64), width.div_ceil(16));
        let counter = || Counter::new(words);
        Standing {
            allow: counter(),
            deny: counter(),
            may_allow: counter(),
            may_deny: counter(),
            words,
            row_words,
            open,
            row: Vec::new(),
        }
    }

    fn counters(&mut self, deny: bool) -> (&mut Counter, &mut Counter) {
        if deny { (&mut self.deny, &mut self.may_deny) } else { (&mut self.allow, &mut self.may_allow) }
    }

    fn add(&mut self, deny: bool, reach: &Reach) {
        let (certain, open) = self.counters(deny);
        certain.add(reach.certain.words());
        open.add(reach.open.words());
    }

    fn remove(&mut self, deny: bool, reach: &Reach) {
        let (certain, open) = self.counters(deny);
        certain.remove(reach.certain.words());
        open.remove(reach.open.words());
    }

    /// First plane: allows without those that a deny outweighs, and denies. Second plane, where some statement has
    /// further conditions: what those could still change.
    fn row(&mut self) -> &[u32] {
        self.row.clear();
        for i in 0..self.words {
            let deny = self.deny.word(i);
            self.row.extend(interleave(self.allow.word(i) & !deny, deny));
        }
        self.row.truncate(self.row_words);
        if self.open {
            for i in 0..self.words {
                let settled = self.deny.word(i);
                let may_allow = self.may_allow.word(i) & !settled & !self.allow.word(i);
                self.row.extend(interleave(may_allow, self.may_deny.word(i) & !settled));
            }
            self.row.truncate(2 * self.row_words);
        }
        &self.row
    }
}

#[cfg(test)]
mod tests {
    use super::super::intervals::AddressSet;
    use super::super::layer::Cell;
    use super::*;
    use crate::address::{PrefixSet, parse_prefix};

    struct Random(u64);

    impl Random {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }

    fn bits(random: &mut Random, width: usize) -> Bits {
        let mut bits = Bits::none(width);
        (0..width).filter(|_| random.below(3) == 0).for_each(|i| bits.insert(i));
        bits
    }

    fn share(random: &mut Random, width: usize) -> Share {
        let mut reach = || {
            let certain = bits(random, width);
            let open = bits(random, width).without(&certain);
            Reach { certain, open }
        };
        let (always, inside) = (reach(), reach());
        Share { deny: random.below(3) == 0, always, inside }
    }

    fn test(random: &mut Random) -> AddressTest {
        let count = random.below(4);
        let one = |random: &mut Random| {
            let low = random.below(16);
            let length = 28 + random.below(5);
            let text = match random.below(4) {
                0 => format!("255.255.255.{}/{length}", 240 + low),
                1 => format!("0.0.0.{low}/{length}"),
                2 => format!("::{low:x}/{}", 96 + length),
                _ => format!("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff{low:x}/{}", 96 + length),
            };
            parse_prefix(&text).unwrap().prefix
        };
        let set = PrefixSet::from_prefixes((0..count).map(|_| one(random)));
        let set = if random.below(3) == 0 { set.complement() } else { set };
        AddressTest { absent: random.below(2) == 0, set: AddressSet::new(&set) }
    }

    /// The four cells said aloud: every statement in turn.
    fn expected(
        shares: &[Option<Share>],
        tests: &[Option<&AddressTest>],
        action: usize,
        address: super::super::layer::Address,
    ) -> Cell {
        let (mut allow, mut deny, mut may_allow, mut may_deny) = (false, false, false, false);
        for (share, test) in shares.iter().zip(tests) {
            let Some(share) = share else { continue };
            let holds = test.is_some_and(|test| test.holds(address));
            let certain =
                share.always.certain.contains(action) || (holds && share.inside.certain.contains(action));
            let open = share.always.open.contains(action) || (holds && share.inside.open.contains(action));
            let (sure, may) =
                if share.deny { (&mut deny, &mut may_deny) } else { (&mut allow, &mut may_allow) };
            *sure |= certain;
            *may |= open;
        }
        match (deny, may_deny, allow, may_allow) {
            (true, ..) => Cell::Deny,
            (_, true, ..) => Cell::Depends,
            (_, _, true, _) => Cell::Allow,
            (.., true) => Cell::Depends,
            _ => Cell::None,
        }
    }

    #[test]
    fn the_sweep_agrees_with_every_statement_in_turn() {
        let mut random = Random(7);
        let ends = |low: u128| (0..18).map(move |i| low + i);
        let v4: Vec<u128> = ends(0).chain(ends(0xffff_ffee)).collect();
        let v6: Vec<u128> = ends(0).chain(ends(u128::MAX - 17)).collect();
        for round in 0..300 {
            let width = 1 + random.below(70) as usize;
            let count = random.below(7) as usize;
            let shares: Vec<Option<Share>> =
                (0..count).map(|_| (random.below(5) > 0).then(|| share(&mut random, width))).collect();
            let tests: Vec<AddressTest> = (0..count).map(|_| test(&mut random)).collect();
            let tests: Vec<Option<&AddressTest>> = tests.iter().map(Some).collect();
            let numbered = || (0u32..).zip(tests.iter().flatten().copied());
            let (b4, b6) = (Bounds::new(Family::V4, numbered()), Bounds::new(Family::V6, numbered()));
            let layer = Sweep { width, shares: &shares, tests: &tests, v4: &b4, v6: &b6 }.layer();
            let addresses = v4.iter().map(|a| Some((Family::V4, *a)));
            let addresses = addresses.chain(v6.iter().map(|a| Some((Family::V6, *a)))).chain([None]);
            for address in addresses {
                for action in 0..width {
                    let found = layer.at(action as u32, address).cell();
                    let wanted = expected(&shares, &tests, action, address);
                    assert_eq!(found, wanted, "round {round}, action {action}, {address:?}");
                }
            }
        }
    }
}
