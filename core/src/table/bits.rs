//! Sets of small numbers (actions of a service, statements of a policy) as bits, and counters that count how often
//! each number is in a set that comes and goes.

/// A set of numbers below a width that is fixed when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Bits(Box<[u64]>);

impl Bits {
    /// No number below `width`.
    pub(super) fn none(width: usize) -> Self {
        Bits(vec![0; width.div_ceil(64)].into())
    }

    /// Every number below `width`.
    pub(super) fn all(width: usize) -> Self {
        let mut bits = Self::none(width);
        (0..width).for_each(|i| bits.insert(i));
        bits
    }

    pub(super) fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.0
    }

    /// What is in either; both have the same width.
    pub(super) fn add_all(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Bits) -> Bits {
        Bits(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    /// What is in this and not in `other`.
    pub(super) fn without(&self, other: &Bits) -> Bits {
        Bits(self.0.iter().zip(&other.0).map(|(a, b)| a & !b).collect())
    }

    /// The numbers in it, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(i, word)| ones(*word).map(move |bit| i * 64 + bit))
    }
}

/// Places of the ones of a word, ascending.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then_some(word.trailing_zeros() as usize);
        word &= word.wrapping_sub(1);
        bit
    })
}

/// How many of the sets that are in force hold each number.
///
/// Counts are kept in planes: plane `k` holds bit `k` of every count, so that a set is added to all its numbers at
/// once, and what is counted at all is the union of the planes.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    words: usize,
    planes: Vec<u64>,
}

impl Counter {
    pub(super) fn new(words: usize) -> Self {
        Counter { words, planes: vec![0; words] }
    }

    /// Counts a set: `words` words.
    pub(super) fn add(&mut self, set: &[u64]) {
        for (i, word) in set.iter().enumerate().take(self.words) {
            let (mut carry, mut at) = (*word, i);
            while carry != 0 {
                if at >= self.planes.len() {
                    self.planes.resize(self.planes.len() + self.words, 0);
                }
                let Some(plane) = self.planes.get_mut(at) else { break };
                (*plane, carry) = (*plane ^ carry, *plane & carry);
                at += self.words;
            }
        }
    }

    /// Takes back a set that was counted.
    pub(super) fn remove(&mut self, set: &[u64]) {
        for (i, word) in set.iter().enumerate().take(self.words) {
            let (mut borrow, mut at) = (*word, i);
            while borrow != 0 {
                let Some(plane) = self.planes.get_mut(at) else { break };
                (*plane, borrow) = (*plane ^ borrow, !*plane & borrow);
                at += self.words;
            }
        }
    }

    /// The numbers of word `i` that are counted at least once.
    pub(super) fn word(&self, i: usize) -> u64 {
        self.planes.iter().skip(i).step_by(self.words.max(1)).fold(0, |all, plane| all | plane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_their_numbers() {
        let mut bits = Bits::none(130);
        [0, 63, 64, 129].into_iter().for_each(|i| bits.insert(i));
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert!(bits.contains(129) && !bits.contains(128) && !bits.contains(999));
        assert_eq!(Bits::all(130).iter().count(), 130);
        assert!(bits.without(&Bits::all(130)).is_empty());
        assert_eq!(bits.and(&Bits::all(130)), bits);
    }

    #[test]
    fn a_counter_forgets_only_what_was_taken_back() {
        let sets = [[0b1011u64, 1], [0b0011, 0], [0b0001, 1], [0b0001, u64::MAX]];
        let mut counter = Counter::new(2);
        sets.iter().for_each(|s| counter.add(s));
        assert_eq!((counter.word(0), counter.word(1)), (0b1011, u64::MAX));
        counter.remove(&sets[3]);
        counter.remove(&sets[0]);
        assert_eq!((counter.word(0), counter.word(1)), (0b0011, 1));
        counter.remove(&sets[2]);
        counter.remove(&sets[1]);
        assert_eq!((counter.word(0), counter.word(1)), (0, 0));
    }
}
