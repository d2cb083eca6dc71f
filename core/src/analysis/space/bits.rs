//! Sets of small numbers (classes of values) as bits. All sets that meet have the same width.

/// A set of numbers below a width that is fixed when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Bits {
    words: Box<[u64]>,
    width: usize,
}

impl Bits {
    pub(super) fn none(width: usize) -> Self {
        Bits { words: vec![0; width.div_ceil(64)].into(), width }
    }

    pub(super) fn all(width: usize) -> Self {
        Self::none(width).not()
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn insert(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64).filter(|_| number < self.width) {
            *word |= 1 << (number % 64);
        }
    }

    /// Adds the numbers of another set.
    pub(super) fn add(&mut self, other: &Bits) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word |= more);
    }

    pub(super) fn has(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How much looking at it costs.
    pub(super) fn cost(&self) -> u64 {
        self.words.len() as u64
    }

    pub(super) fn not(&self) -> Bits {
        let mut words: Box<[u64]> = self.words.iter().map(|w| !w).collect();
        if let (Some(last), rest @ 1..) = (words.last_mut(), self.width % 64) {
            *last &= (1 << rest) - 1;
        }
        Bits { words, width: self.width }
    }

    pub(super) fn and(&self, other: &Bits) -> Bits {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect();
        Bits { words, width: self.width }
    }

    /// Whether some number is in both.
    pub(super) fn meets(&self, other: &Bits) -> bool {
        self.words.iter().zip(&other.words).any(|(a, b)| a & b != 0)
    }

    /// Whether some number is in all three.
    pub(super) fn meets_in(&self, other: &Bits, third: &Bits) -> bool {
        self.words.iter().zip(&other.words).zip(&third.words).any(|((a, b), c)| a & b & c != 0)
    }

    /// Whether every number of this is in `other`.
    pub(super) fn within(&self, other: &Bits) -> bool {
        self.words.iter().zip(&other.words).all(|(a, b)| a & !b == 0)
    }

    pub(super) fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    /// The numbers in it, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                (bit < 64).then(|| {
                    left &= left - 1;
                    at * 64 + bit as usize
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_any_width() {
        for width in [0, 1, 63, 64, 65, 130] {
            let all = Bits::all(width);
            assert_eq!(all.iter().count(), width);
            assert!(all.not().is_empty());
            let mut odd = Bits::none(width);
            (0..width).filter(|n| n % 2 == 1).for_each(|n| odd.insert(n));
            assert_eq!(odd.not().iter().collect::<Vec<_>>(), (0..width).step_by(2).collect::<Vec<_>>());
            assert!(odd.within(&all) && !odd.meets(&odd.not()));
            assert_eq!(all.within(&odd), width == 0);
            assert_eq!(odd.meets_in(&all, &odd), width > 1);
            assert_eq!(odd.first(), (width > 1).then_some(1));
            assert!(odd.iter().all(|n| odd.has(n)) && !odd.has(0));
        }
    }
}
