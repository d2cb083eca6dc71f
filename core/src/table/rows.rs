//! Rows of one layer, equal ones stored once.

use std::collections::HashMap;
use std::hash::BuildHasher;

/// Rows of a fixed number of words, numbered as they come.
#[derive(Debug)]
pub(super) struct Rows {
    width: usize,
    words: Vec<u32>,
    /// Hash of a row → the first row with it. Two rows of one hash are both stored: sharing is lost, never meaning.
    by_hash: HashMap<u64, u32, foldhash::fast::RandomState>,
    last: Option<u32>,
}

impl Rows {
    pub(super) fn new(width: usize) -> Self {
        Rows { width, words: Vec::new(), by_hash: HashMap::default(), last: None }
    }

    /// The number of a row.
    pub(super) fn number(&mut self, row: &[u32]) -> u32 {
        if let Some(last) = self.last.filter(|last| self.get(*last) == row) {
            return last;
        }
        let hash = self.by_hash.hasher().hash_one(row);
        let known = self.by_hash.get(&hash).copied().filter(|known| self.get(*known) == row);
        let number = known.unwrap_or_else(|| self.add(row, hash));
        self.last = Some(number);
        number
    }

    fn add(&mut self, row: &[u32], hash: u64) -> u32 {
        let number = u32::try_from(self.words.len() / self.width.max(1)).unwrap_or(u32::MAX);
        self.words.extend_from_slice(row);
        self.by_hash.entry(hash).or_insert(number);
        number
    }

    fn get(&self, number: u32) -> &[u32] {
        let start = number as usize * self.width;
        self.words.get(start..start + self.width).unwrap_or(&[])
    }

    /// All rows, one after the other.
    pub(super) fn words(&self) -> &[u32] {
        &self.words
    }
}

/// Two bits for each of 64 actions, in four words: the low bit from `low`, the high bit from `high`.
pub(super) fn interleave(low: u64, high: u64) -> [u32; 4] {
    [0, 16, 32, 48].map(|shift| spread((low >> shift) as u16) | spread((high >> shift) as u16) << 1)
}

/// Bit `i` of the half word goes to bit `2 i`.
fn spread(half: u16) -> u32 {
    let mut x = u32::from(half);
    x = (x | x << 8) & 0x00ff_00ff;
    x = (x | x << 4) & 0x0f0f_0f0f;
    x = (x | x << 2) & 0x3333_3333;
    (x | x << 1) & 0x5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_have_one_number() {
        let mut rows = Rows::new(2);
        let numbers: Vec<u32> =
            [[1, 2], [3, 4], [1, 2], [1, 2], [0, 0], [3, 4]].iter().map(|r| rows.number(r)).collect();
        assert_eq!(numbers, [0, 1, 0, 0, 2, 1]);
        assert_eq!(rows.words(), [1, 2, 3, 4, 0, 0]);
    }

    #[test]
    fn bits_are_interleaved_in_order() {
        let words = interleave(1 | 1 << 17 | 1 << 63, 1 << 1 | 1 << 63);
        assert_eq!(words, [0b1001, 0b0100, 0, 0b11 << 30]);
    }
}
