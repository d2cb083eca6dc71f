//! The policies of a set in one word: at most three, of numbers below two million. Where very many callers have sets of
//! few policies that are read apart, a word for each is all that is kept, and eight of them share a cache line.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Bits of a policy: one more than its number, 0 for none.
const BITS: u32 = 21;
const MASK: u64 = (1 << BITS) - 1;
/// Policies in a word.
pub(super) const MOST: usize = 3;

/// The policies of each set by number; 0 until they were put there.
#[derive(Debug)]
pub(super) struct Packed(Box<[AtomicU64]>);

impl Packed {
    /// Of so many sets, none there yet.
    pub(super) fn new(sets: usize) -> Packed {
        Packed((0..sets).map(|_| AtomicU64::new(0)).collect())
    }

    /// Puts a set there. A word says everything, so that nothing has to be seen together with it.
    pub(super) fn put(&self, set: u32, word: Word) {
        if let Some(slot) = self.0.get(set as usize) {
            slot.store(word.0, Relaxed);
        }
    }

    /// The policies of a set, where it was put there.
    #[inline]
    pub(super) fn get(&self, set: u32) -> Option<Word> {
        let word = self.0.get(set as usize)?.load(Relaxed);
        (word != 0).then_some(Word(word))
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val::<[_]>(&self.0)
    }
}

/// At least one policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u64);

impl Word {
    /// These policies; none where a word cannot hold them.
    pub(super) fn of(numbers: impl ExactSizeIterator<Item = u32>) -> Option<Word> {
        if numbers.len() == 0 || numbers.len() > MOST {
            return None;
        }
        let word = numbers.zip(0u32..).try_fold(0, |word, (number, at)| {
            let field = u64::from(number) + 1;
            (field <= MASK).then_some(word | field << (BITS * at))
        });
        word.map(Word)
    }

    /// The policies.
    #[inline]
    pub(super) fn numbers(self) -> impl Iterator<Item = u32> {
        let fields = [0, BITS, 2 * BITS].map(|shift| self.0 >> shift & MASK);
        fields.into_iter().filter(|field| *field != 0).map(|field| (field - 1) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(numbers: &[u32]) -> Option<Vec<u32>> {
        Word::of(numbers.iter().copied()).map(|word| word.numbers().collect())
    }

    #[test]
    fn up_to_three_numbers_below_the_mask_go_into_a_word() {
        let most = MASK as u32 - 1;
        for numbers in [&[0][..], &[most], &[0, most], &[0, 1, most], &[most - 2, most - 1, most]] {
            assert_eq!(there_and_back(numbers).as_deref(), Some(numbers));
        }
        for numbers in [&[][..], &[most + 1], &[0, 1, most + 1], &[0, 1, 2, 3], &[u32::MAX]] {
            assert_eq!(there_and_back(numbers), None, "{numbers:?}");
        }
    }

    #[test]
    fn a_set_is_there_once_it_was_put_there() {
        let packed = Packed::new(2);
        let word = Word::of([7, 9].into_iter()).unwrap();
        packed.put(1, word);
        packed.put(2, word);
        assert_eq!([0, 1, 2].map(|set| packed.get(set)), [None, Some(word), None]);
        assert_eq!(packed.bytes(), 16);
    }
}
