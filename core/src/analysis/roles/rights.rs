//! Rights as sets that can be counted: for each action its shape, the addresses from which its calls are always allowed and
//! those from which they depend on more.

use crate::address::{Family, PrefixSet};
use crate::analysis::closed::closed;
use crate::analysis::standing::{Answer, Dependence, Standing};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Actions with their shapes, by number, sorted; none of them is never allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Rights(pub(super) Vec<(u32, u32)>);

impl Rights {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn shape(&self, action: u32) -> Option<u32> {
        let place = self.0.binary_search_by_key(&action, |(other, _)| *other).ok()?;
        self.0.get(place).map(|(_, shape)| *shape)
    }
}

/// From where the calls of an action are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Shape {
    always: PrefixSet,
    depends: PrefixSet,
    /// A call without an address: always, or it depends.
    without: [bool; 2],
}

impl Shape {
    fn of(answer: &Answer) -> Shape {
        let place = |standing: Standing| [standing == Standing::Always, standing == Standing::Depends];
        let found = answer.on.iter().find_map(|on| match on {
            Dependence::Address { always, depends, without } => Some((always, depends, *without)),
            _ => None,
        });
        match found {
            Some((always, depends, without)) => Shape {
                always: closed(always.clone()),
                depends: closed(depends.clone()),
                without: place(without),
            },
            None => {
                let all = |wanted| {
                    if answer.standing == wanted { PrefixSet::everywhere() } else { PrefixSet::new() }
                };
                let (always, depends) = (all(Standing::Always), all(Standing::Depends));
                Shape { always, depends, without: place(answer.standing) }
            }
        }
    }

    fn intersect(&self, other: &Shape) -> Shape {
        let both = |at: usize| self.without.get(at) == Some(&true) && other.without.get(at) == Some(&true);
        Shape {
            always: self.always.intersect(&other.always),
            depends: self.depends.intersect(&other.depends),
            without: [both(0), both(1)],
        }
    }

    fn union(&self, other: &Shape) -> Shape {
        let some = |at: usize| self.without.get(at) == Some(&true) || other.without.get(at) == Some(&true);
        Shape {
            always: self.always.union(&other.always),
            depends: self.depends.union(&other.depends),
            without: [some(0), some(1)],
        }
    }
}

/// Names of actions and shapes, by number; and where addresses are cut.
#[derive(Debug, Default)]
pub(super) struct Book {
    actions: Vec<String>,
    numbers: HashMap<String, u32>,
    shapes: Vec<Shape>,
    /// Shapes by what they are made of.
    known: HashMap<Shape, u32>,
    /// The first addresses of all stretches, by family.
    cuts: BTreeMap<Family, Vec<u128>>,
}

/// What some rights have in common.
#[derive(Debug)]
pub(super) struct Common {
    shapes: BTreeMap<u32, Shape>,
    shared: u64,
}

impl Common {
    pub(super) fn shared(&self) -> u64 {
        self.shared
    }
}

impl Book {
    pub(super) fn action(&mut self, service: &str, name: &str) -> u32 {
        let name = format!("{service}:{name}");
        if let Some(number) = self.numbers.get(&name) {
            return *number;
        }
        let number = u32::try_from(self.actions.len()).unwrap_or(u32::MAX);
        self.actions.push(name.clone());
        self.numbers.insert(name, number);
        number
    }

    pub(super) fn shape(&mut self, answer: &Answer) -> u32 {
        let shape = Shape::of(answer);
        if let Some(number) = self.known.get(&shape) {
            return *number;
        }
        let number = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        self.shapes.push(shape.clone());
        self.known.insert(shape, number);
        number
    }

    /// Cuts the addresses wherever some shape changes.
    pub(super) fn cut(&mut self) {
        for family in [Family::V4, Family::V6] {
            let mut cuts: BTreeSet<u128> = [0].into();
            for set in self.shapes.iter().flat_map(|shape| [&shape.always, &shape.depends]) {
                for interval in set.intervals(family) {
                    cuts.insert(interval.first);
                    cuts.extend(interval.after(family));
                }
            }
            self.cuts.insert(family, cuts.into_iter().collect());
        }
    }

    /// How many stretches lie in some addresses.
    fn stretches(&self, of: &PrefixSet) -> u64 {
        let mut count = 0;
        for (family, cuts) in &self.cuts {
            for interval in of.intervals(*family) {
                let from = cuts.partition_point(|cut| *cut < interval.first);
                let to =
                    interval.after(*family).map_or(cuts.len(), |end| cuts.partition_point(|cut| *cut < end));
                count += to.saturating_sub(from) as u64;
            }
        }
        count
    }

    fn weight(&self, shape: &Shape) -> u64 {
        let without = shape.without.iter().filter(|yes| **yes).count() as u64;
        self.stretches(&shape.always) + self.stretches(&shape.depends) + without
    }

    fn of(&self, number: u32) -> Option<&Shape> {
        self.shapes.get(number as usize)
    }

    /// Actions × stretches.
    pub(super) fn size(&self, rights: &Rights) -> u64 {
        rights.0.iter().filter_map(|(_, shape)| self.of(*shape)).map(|shape| self.weight(shape)).sum()
    }

    /// Actions × stretches that two have alike; shapes that were compared before are in `known`.
    pub(super) fn shared(&self, one: &Rights, other: &Rights, known: &mut HashMap<(u32, u32), u64>) -> u64 {
        let mut shared = 0;
        let mut rest = other.0.as_slice();
        for (action, shape) in &one.0 {
            rest = rest.get(rest.partition_point(|(other, _)| other < action)..).unwrap_or(&[]);
            let Some((_, next)) = rest.first().filter(|(other, _)| other == action) else { continue };
            let pair = (*shape.min(next), *shape.max(next));
            let (Some(a), Some(b)) = (self.of(pair.0), self.of(pair.1)) else { continue };
            shared += *known.entry(pair).or_insert_with(|| self.weight(&a.intersect(b)));
        }
        shared
    }

    /// What all have.
    pub(super) fn common(&self, all: &[&Rights]) -> Common {
        let mut shapes = BTreeMap::new();
        let (first, others) =
            all.split_first().map_or((None, &[][..]), |(first, others)| (Some(*first), others));
        for (action, shape) in first.into_iter().flat_map(|rights| &rights.0) {
            let mut common = self.of(*shape).cloned().unwrap_or_default();
            for rights in others {
                let next = rights.shape(*action).and_then(|shape| self.of(shape));
                common = next.map_or_else(Shape::default, |next| common.intersect(next));
            }
            shapes.insert(*action, common);
        }
        let shared = shapes.values().map(|shape| self.weight(shape)).sum();
        Common { shapes, shared }
    }

    /// Actions × stretches that some has.
    pub(super) fn union(&self, all: &[&Rights]) -> u64 {
        let mut shapes: BTreeMap<u32, Shape> = BTreeMap::new();
        for (action, shape) in all.iter().flat_map(|rights| &rights.0) {
            if let Some(shape) = self.of(*shape) {
                let slot = shapes.entry(*action).or_default();
                *slot = slot.union(shape);
            }
        }
        shapes.values().map(|shape| self.weight(shape)).sum()
    }

    /// Actions of which somebody has more than what is common.
    pub(super) fn beyond(&self, rights: &Rights, common: &Common) -> Vec<String> {
        let more = rights.0.iter().filter(|(action, shape)| {
            let own = self.of(*shape).map_or(0, |shape| self.weight(shape));
            own > common.shapes.get(action).map_or(0, |shape| self.weight(shape))
        });
        let mut names: Vec<String> =
            more.filter_map(|(action, _)| self.actions.get(*action as usize).cloned()).collect();
        names.sort();
        names
    }
}
