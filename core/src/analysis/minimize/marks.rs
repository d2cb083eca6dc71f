//! Sets of small numbers as bits, of one width where they meet.

/// A set of numbers below a width.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::analysis) struct Marks(Box<[u64]>);

impl Marks {
    pub(in crate::analysis) fn none(width: usize) -> Marks {
        Marks(vec![0; width.div_ceil(64)].into())
    }

    pub(in crate::analysis) fn of(width: usize, numbers: impl IntoIterator<Item = usize>) -> Marks {
        let mut marks = Marks::none(width);
        numbers.into_iter().for_each(|number| marks.insert(number));
        marks
    }

    pub(in crate::analysis) fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(in crate::analysis) fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    pub(in crate::analysis) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(in crate::analysis) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(in crate::analysis) fn and(&self, other: &Marks) -> Marks {
        self.with(other, |a, b| a & b)
    }

    pub(in crate::analysis) fn or(&self, other: &Marks) -> Marks {
        self.with(other, |a, b| a | b)
    }

    pub(in crate::analysis) fn without(&self, other: &Marks) -> Marks {
        self.with(other, |a, b| a & !b)
    }

    pub(in crate::analysis) fn meets(&self, other: &Marks) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    /// Adds the numbers of another set.
    pub(in crate::analysis) fn add(&mut self, other: &Marks) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }

    /// Takes the numbers of another set away.
    pub(in crate::analysis) fn take_away(&mut self, other: &Marks) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, less)| *word &= !less);
    }

    /// How many numbers are in both.
    pub(in crate::analysis) fn overlap(&self, other: &Marks) -> usize {
        self.0.iter().zip(&other.0).map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    pub(in crate::analysis) fn within(&self, other: &Marks) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & !b == 0)
    }

    /// The numbers, ascending.
    pub(in crate::analysis) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
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

    fn with(&self, other: &Marks, of: impl Fn(u64, u64) -> u64) -> Marks {
        Marks(self.0.iter().zip(&other.0).map(|(a, b)| of(*a, *b)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_any_width() {
        for width in [0, 1, 63, 64, 65, 130] {
            let (all, even) = (Marks::of(width, 0..width), Marks::of(width, (0..width).step_by(2)));
            assert_eq!(all.count(), width);
            assert_eq!(even.iter().collect::<Vec<_>>(), (0..width).step_by(2).collect::<Vec<_>>());
            let odd = all.without(&even);
            assert!(even.within(&all) && !even.meets(&odd) && even.and(&odd).is_empty());
            assert_eq!((even.overlap(&all), even.overlap(&odd)), (even.count(), 0));
            assert_eq!(even.or(&odd), all);
            let (mut more, mut less) = (even.clone(), all.clone());
            more.add(&odd);
            less.take_away(&odd);
            assert_eq!((more, less), (all.clone(), even.clone()));
            assert_eq!(all.within(&even), width < 2);
            assert!((0..width).all(|n| even.has(n) != odd.has(n)));
        }
    }
}
