//! How far the calls reach that a question has found: along each dimension the values with which some such call is
//! made. Two extents, of the calls that are allowed and of those that are not, say on what an answer depends.

use super::axis::{Axis, Values};
use super::budget::{Budget, Spent};
use super::change::Change;
use super::doubt::Doubt;
use super::instants::Moment;
use super::question::Question;
use super::region::Region;
use super::truth::Strength;
use super::world::{Cell, World};
use super::{Space, certain, left, starts};
use crate::address::PrefixSet;
use crate::check::{Account, ContextValue};
use crate::model::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where the calls lie that a question asks for. A dimension that no statement and no clause reads is left out: every
/// value is as good as every other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// There is such a call, for certain.
    pub found: bool,
    /// There is such a call, or there could be one: so it is with all that is said below.
    pub any: bool,
    /// From which addresses.
    pub addresses: Option<Addresses>,
    /// When.
    pub times: Option<Times>,
    /// With which values of the keys that are read, by key.
    pub keys: BTreeMap<Arc<str>, Key>,
    /// For each resource pattern that is looked at apart: on a resource that it covers.
    pub views: Vec<bool>,
    /// On a resource that none of these patterns covers; a call without resource is one.
    pub elsewhere: bool,
    /// With which account numbers: one of each kind that is told apart, the call that gives none first.
    pub accounts: Vec<(Account, bool)>,
    /// Not everything could be looked at: nothing is known of what is not found.
    pub blind: bool,
    /// Why there only could be such calls.
    pub doubts: BTreeSet<Doubt>,
}

/// Addresses with which some such call is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Without any.
    pub none: bool,
    /// From these.
    pub places: PrefixSet,
}

/// Times at which some such call is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    /// Without a time.
    pub none: bool,
    /// Stretches of time that no statement tells apart, by their first instant.
    pub since: BTreeMap<Instant, bool>,
}

/// Values of a key with which some such call is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// Without the key.
    pub absent: bool,
    /// Single values, one of each class that is told apart.
    pub values: Vec<(ContextValue, bool)>,
    /// What is told apart depends on the account numbers: the values are those of one choice of numbers only.
    pub varies: bool,
}

impl Space {
    /// How far allowed calls reach.
    pub fn allowed_extent(&self, attached: usize, boundary: Option<usize>, budget: &mut Budget) -> Extent {
        self.extent(Question::Allowed { attached, boundary }, budget)
    }

    /// How far calls reach that are decided and not allowed.
    pub fn refused_extent(&self, attached: usize, boundary: Option<usize>, budget: &mut Budget) -> Extent {
        self.extent(Question::Refused { attached, boundary }, budget)
    }

    /// How far calls reach that one side allows and the other does not.
    pub fn gained_extent(&self, change: Change, budget: &mut Budget) -> Extent {
        self.extent(Question::Gained(change), budget)
    }

    /// How far calls reach that the one side decides, and that are not gained there.
    pub fn kept_extent(&self, change: Change, budget: &mut Budget) -> Extent {
        self.extent(Question::Kept(change), budget)
    }

    pub(super) fn extent(&self, question: Question, budget: &mut Budget) -> Extent {
        if let Some(line) = &self.line {
            return line.extent(question, budget);
        }
        let mut extent = Extent::default();
        let cut = self.spent || self.reach(question, &mut extent, budget).is_err();
        let untried = self.accounts.iter().filter(|_| self.reads_accounts).cloned();
        extent.doubts.extend(cut.then_some(Doubt::Budget).into_iter().chain(untried));
        extent.blind = cut || (self.reads_accounts && self.accounts.is_some());
        extent
    }

    fn reach(&self, question: Question, extent: &mut Extent, budget: &mut Budget) -> Result<(), Spent> {
        let read: BTreeSet<&Axis> = self.worlds.iter().flat_map(axes).collect();
        let mut unread: BTreeSet<&Axis> = BTreeSet::new();
        for world in &self.worlds {
            let mut look = Look { world, question, doubt: world.doubt().or(self.accounts.as_ref()) };
            let whole = look.starts();
            extent.found = extent.found || look.surely(&whole, budget)?;
            let any = look.any(&whole, extent, budget)?;
            extent.accounts.push((world.assignment.account.clone(), any));
            if !any {
                look.shape(extent);
                continue;
            }
            extent.any = true;
            for at in 0..world.dimensions.len() {
                look.along(at, &whole, extent, budget)?;
            }
            look.views(&whole, extent, budget)?;
            let own: BTreeSet<&Axis> = axes(world).collect();
            unread.extend(read.difference(&own));
        }
        unread.into_iter().for_each(|axis| extent.fill(axis));
        Ok(())
    }
}

/// The dimensions of a world that calls can leave out.
fn axes(world: &World) -> impl Iterator<Item = &Axis> {
    world.dimensions.iter().map(|dimension| &dimension.axis).filter(|axis| axis.is_optional())
}

impl Extent {
    /// With some account numbers nothing reads a dimension that is read with others: every value will do.
    fn fill(&mut self, axis: &Axis) {
        match axis {
            Axis::Address => self.addresses = Some(Addresses { none: true, places: PrefixSet::everywhere() }),
            Axis::Time => {
                let times = self.times.get_or_insert_default();
                times.none = true;
                times.since.values_mut().for_each(|found| *found = true);
            }
            Axis::Key(key) => {
                let key = self.keys.entry(key.clone()).or_default();
                key.absent = true;
                key.values.iter_mut().for_each(|(_, found)| *found = true);
            }
            Axis::Service | Axis::Region | Axis::Account | Axis::Rest => {}
        }
    }
}

/// One world, one question.
struct Look<'s> {
    world: &'s World,
    question: Question,
    doubt: Option<&'s Doubt>,
}

/// The calls that the clauses admit: for certain, and with doubtful literals ruling nothing out.
struct Starts {
    sure: Vec<Region>,
    relaxed: Vec<Region>,
}

impl Starts {
    fn map(&self, cut: impl Fn(&Region) -> Option<Region>) -> Starts {
        Starts {
            sure: self.sure.iter().filter_map(&cut).collect(),
            relaxed: self.relaxed.iter().filter_map(&cut).collect(),
        }
    }

    /// What lies in a box; of the relaxed ones, what could.
    fn cut(&self, cell: &Cell) -> Starts {
        let within = |start: &Region, relaxed: bool| {
            start.clone().cut_all(certain(&cell.literals, relaxed), Strength::Surely)
        };
        Starts {
            sure: self.sure.iter().filter_map(|start| within(start, false)).collect(),
            relaxed: self.relaxed.iter().filter_map(|start| within(start, true)).collect(),
        }
    }

    /// What lies outside of a box; of the relaxed ones, what could: everything, where the box is in doubt.
    fn beyond(&self, cell: &Cell) -> Starts {
        let doubtful = cell.literals.iter().any(|literal| literal.doubtful);
        let relaxed = if doubtful { self.relaxed.clone() } else { beyond(&self.relaxed, cell) };
        Starts { sure: beyond(&self.sure, cell), relaxed }
    }
}

impl Look<'_> {
    fn starts(&self) -> Starts {
        let relaxed = if self.doubt.is_some() { starts(self.world, true) } else { Vec::new() };
        Starts { sure: starts(self.world, false), relaxed }
    }

    /// Whether some call of these is one.
    fn surely(&self, starts: &Starts, budget: &mut Budget) -> Result<bool, Spent> {
        for case in &self.question.cases(self.world) {
            for start in &starts.sure {
                if left(start, case, false, budget)?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether some call of these is one, or could be: then why is noted.
    fn any(&mut self, starts: &Starts, extent: &mut Extent, budget: &mut Budget) -> Result<bool, Spent> {
        if self.surely(starts, budget)? {
            return Ok(true);
        }
        let Some(doubt) = self.doubt else { return Ok(false) };
        for case in &self.question.cases(self.world) {
            for start in &starts.relaxed {
                if left(start, case, true, budget)?.is_some() {
                    extent.doubts.insert(doubt.clone());
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Makes room for what is cut, so that no call is found rather than no cut.
    fn shape(&self, extent: &mut Extent) {
        for dimension in &self.world.dimensions {
            match &dimension.axis {
                Axis::Address => {
                    extent.addresses.get_or_insert_default();
                }
                Axis::Time => {
                    extent.times.get_or_insert_default().note(&dimension.classes, |_| false);
                }
                Axis::Key(key) => {
                    extent.keys.entry(key.clone()).or_default().note(&dimension.classes, |_| false);
                }
                Axis::Service | Axis::Region | Axis::Account | Axis::Rest => {}
            }
        }
        extent.views.resize(extent.views.len().max(self.world.views.len()), false);
    }

    /// Looks along one dimension: at its absence, and at each class of its values.
    fn along(
        &mut self,
        at: usize,
        whole: &Starts,
        extent: &mut Extent,
        budget: &mut Budget,
    ) -> Result<(), Spent> {
        let world = self.world;
        let Some(dimension) = world.dimensions.get(at).filter(|d| d.axis.is_optional()) else {
            return Ok(());
        };
        let absent = self.any(&whole.map(|start| start.at(at, None)), extent, budget)?;
        match &dimension.axis {
            Axis::Address => extent.addresses.get_or_insert_default().none |= absent,
            Axis::Time => extent.times.get_or_insert_default().none |= absent,
            Axis::Key(key) => extent.keys.entry(key.clone()).or_default().absent |= absent,
            Axis::Service | Axis::Region | Axis::Account | Axis::Rest => {}
        }
        let (mut pieces, mut yes) = (Vec::new(), Vec::new());
        for (number, class) in dimension.classes.iter().enumerate() {
            let found = self.any(&whole.map(|start| start.at(at, Some(number))), extent, budget)?;
            if let Values::Addresses(here) = class
                && found
            {
                pieces.extend(here.iter().copied());
            }
            yes.push(found);
        }
        let found = |class: usize| yes.get(class) == Some(&true);
        match &dimension.axis {
            Axis::Time => extent.times.get_or_insert_default().note(&dimension.classes, found),
            Axis::Key(key) => extent.keys.entry(key.clone()).or_default().note(&dimension.classes, found),
            _ => {}
        }
        if let Some(addresses) = extent.addresses.as_mut().filter(|_| !pieces.is_empty()) {
            addresses.places = addresses.places.union(&PrefixSet::from_intervals(pieces));
        }
        Ok(())
    }

    /// Looks at the resources that each pattern covers, and at all others.
    fn views(&mut self, whole: &Starts, extent: &mut Extent, budget: &mut Budget) -> Result<(), Spent> {
        let world = self.world;
        extent.views.resize(extent.views.len().max(world.views.len()), false);
        let mut outside = Starts { sure: whole.sure.clone(), relaxed: whole.relaxed.clone() };
        for (number, boxes) in world.views.iter().enumerate() {
            for cell in boxes {
                let within = whole.cut(cell);
                let found = self.any(&within, extent, budget)?;
                if let Some(view) = extent.views.get_mut(number) {
                    *view |= found;
                }
                outside = outside.beyond(cell);
                budget.spend((outside.sure.len() + outside.relaxed.len()) as u64)?;
            }
        }
        extent.elsewhere |= self.any(&outside, extent, budget)?;
        Ok(())
    }
}

/// What of some regions lies outside of a box.
fn beyond(regions: &[Region], cell: &Cell) -> Vec<Region> {
    let mut out = Vec::new();
    for region in regions {
        let mut rest = Some(region.clone());
        for literal in &cell.literals {
            let Some(here) = rest else { break };
            out.extend(here.cut(literal, Strength::Surely, false));
            rest = here.cut(literal, Strength::Surely, true);
        }
    }
    out
}

impl Times {
    /// Notes the stretches of time of all classes. With other account numbers other instants may be mentioned: what is told
    /// apart by either stays apart.
    fn note(&mut self, classes: &[Values], found: impl Fn(usize) -> bool) {
        let noted = stretches(classes, found);
        let bounds: BTreeSet<Instant> = self.since.keys().chain(noted.keys()).copied().collect();
        let both = |at| (at, holding(&self.since, at) || holding(&noted, at));
        self.since = bounds.into_iter().map(both).collect();
    }
}

/// The stretches of time of all classes, by their first instant.
fn stretches(classes: &[Values], found: impl Fn(usize) -> bool) -> BTreeMap<Instant, bool> {
    let mut all: Vec<(Moment, bool)> = Vec::new();
    for (number, class) in classes.iter().enumerate() {
        if let Values::Instants(moments) = class {
            all.extend(moments.iter().map(|moment| (*moment, found(number))));
        }
    }
    all.sort_unstable();
    let mut since = BTreeMap::new();
    let mut before: Option<Moment> = None;
    for (moment, yes) in all {
        let from = match before {
            // What lies between begins just after what is mentioned.
            Some(last) if last.mentioned => last.at.next(),
            _ => moment.at,
        };
        *since.entry(from).or_default() |= yes;
        before = Some(moment);
    }
    since
}

/// What is noted of an instant: what holds in its stretch, the first of which has no beginning.
fn holding(since: &BTreeMap<Instant, bool>, at: Instant) -> bool {
    let stretch = since.range(..=at).next_back().or_else(|| since.iter().next());
    stretch.is_some_and(|(_, found)| *found)
}

impl Key {
    /// Notes all classes of values. Of other classes than those that were noted before, nothing can be said together.
    fn note(&mut self, classes: &[Values], found: impl Fn(usize) -> bool) {
        let values = classes.iter().enumerate().filter_map(|(number, class)| match class {
            Values::Scalar(scalar) => Some((scalar.to_context(), found(number))),
            _ => None,
        });
        let values: Vec<(ContextValue, bool)> = values.collect();
        let same = self.values.iter().map(|(value, _)| value).eq(values.iter().map(|(value, _)| value));
        if self.values.is_empty() {
            self.values = values;
        } else if same {
            self.values.iter_mut().zip(values).for_each(|((_, yes), (_, found))| *yes |= found);
        } else {
            self.varies = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// Classes of one stretch each: around the instants, which are mentioned.
    fn classes(mentioned: &[&str]) -> Vec<Values> {
        let mentioned: BTreeSet<Instant> = mentioned.iter().map(|text| at(text)).collect();
        let moment = |at: Instant| Moment { at, mentioned: mentioned.contains(&at) };
        let around = super::super::instants::around(&mentioned);
        around.into_iter().map(|at| Values::Instants(vec![moment(at)])).collect()
    }

    #[test]
    fn stretches_that_are_cut_otherwise_are_put_together_instant_by_instant() {
        let (early, late) = ("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        let mut times = Times::default();
        // Before, at and after each: only what comes after the later one.
        times.note(&classes(&[early, late]), |class| class == 4);
        // With other numbers only the later instant is mentioned: whatever comes before it.
        times.note(&classes(&[late]), |class| class == 0);
        for (text, expected) in [
            ("2020-01-01T00:00:00Z", true),
            (early, true),
            ("2025-06-01T00:00:00Z", true),
            ("2025-12-31T23:59:59.5Z", true),
            (late, false),
            ("2026-01-01T00:00:00.000000001Z", true),
            ("2027-01-01T00:00:00Z", true),
        ] {
            assert_eq!(holding(&times.since, at(text)), expected, "{text}");
        }
        // With numbers that let nothing mention an instant, there is one stretch.
        times.note(&classes(&[]), |_| true);
        assert!(times.since.values().all(|found| *found));
    }
}
