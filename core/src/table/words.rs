//! Runs of 32-bit words that parts of a table are views of: a part made by the compiler has a run of its own, parts
//! read from a compiled file share the one run that the file was read into. Nothing is copied when a table is loaded.

use super::memory::{Memory, Part};
use std::sync::Arc;

/// A part of a run of words; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Words {
    all: Arc<[u32]>,
    /// INVARIANT: `from <= to <= all.len()`. Words, so that whoever holds a part fits a cache line.
    from: u32,
    to: u32,
}

impl Words {
    /// A run of its own.
    pub(super) fn new(all: Arc<[u32]>) -> Self {
        let to = word(all.len());
        Words { all, from: 0, to }
    }

    /// The words `from..to` of this part; none where it does not have so many.
    pub(super) fn part(&self, from: usize, to: usize) -> Option<Self> {
        let place = |at: usize| self.from.checked_add(u32::try_from(at).ok()?);
        let (start, end) = (place(from)?, place(to)?);
        (start <= end && end <= self.to).then(|| Words { all: self.all.clone(), from: start, to: end })
    }

    /// One word. A part that was validated is only asked for words that it has.
    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<u32> {
        self.all.get((self.from as usize).wrapping_add(at)).copied()
    }

    /// Several words.
    #[inline]
    pub(super) fn slice(&self, from: usize, to: usize) -> &[u32] {
        let start = self.from as usize;
        self.all.get(start.wrapping_add(from)..start.wrapping_add(to)).unwrap_or(&[])
    }

    /// All words.
    #[inline]
    pub(super) fn all(&self) -> &[u32] {
        self.all.get(self.from as usize..self.to as usize).unwrap_or(&[])
    }

    pub(super) fn len(&self) -> usize {
        (self.to - self.from) as usize
    }

    /// Where it begins in its run, and where it ends.
    pub(super) fn bounds(&self) -> (usize, usize) {
        (self.from as usize, self.to as usize)
    }

    /// All words of its run.
    #[inline]
    pub(super) fn whole_run(&self) -> &[u32] {
        &self.all
    }

    /// The words of its run from a place to the end.
    pub(super) fn rest_of_run(&self, from: usize) -> Words {
        let to = word(self.all.len());
        Words { all: self.all.clone(), from: word(from).min(to), to }
    }

    /// The run that it is a part of: where it lies, and how many words it has.
    pub(super) fn run(&self) -> (usize, usize) {
        (self.all.as_ptr().addr(), self.all.len())
    }
}

impl From<Vec<u32>> for Words {
    fn from(words: Vec<u32>) -> Self {
        Words::new(words.into())
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Eq for Words {}

/// A number as a word. Nothing that is compiled has more parts than a word can count.
pub(super) fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Lists of numbers by number: how many there are, where each begins and the last ends, then all entries.
#[derive(Debug, Clone)]
pub(super) struct Lists(Words);

impl Lists {
    /// Lists of a file, where they fit it and lie one after the other.
    pub(super) fn of(words: Words) -> Option<Lists> {
        let count = words.get(0).filter(|_| words.len() > 0)? as usize;
        let entries = count.checked_add(2).filter(|entries| *entries <= words.len())?;
        let bounds = words.slice(1, entries);
        let ascend = bounds.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
        let ends = bounds.last().is_some_and(|last| *last as usize == words.len() - entries);
        (ascend && ends && bounds.first() == Some(&0)).then_some(Lists(words))
    }

    /// A list by number, as a part of its own.
    pub(super) fn part(&self, number: usize) -> Option<Words> {
        if number >= self.len() {
            return None;
        }
        let entries = self.len() + 2;
        let (from, to) = (self.0.get(1 + number)? as usize, self.0.get(2 + number)? as usize);
        self.0.part(entries + from, entries + to)
    }

    /// Their words.
    pub(super) fn words(&self) -> &[u32] {
        self.0.all()
    }

    pub(super) fn measure(&self, part: Part, memory: &mut Memory) {
        memory.words(part, &self.0);
    }

    /// How many lists there are.
    pub(super) fn len(&self) -> usize {
        self.0.get(0).unwrap_or(0) as usize
    }

    /// A list by number.
    #[inline]
    pub(super) fn get(&self, number: usize) -> Option<&[u32]> {
        let entries = self.len() + 2;
        if number >= self.len() {
            return None;
        }
        let (from, to) = (self.0.get(1 + number)? as usize, self.0.get(2 + number)? as usize);
        Some(self.0.slice(entries + from, entries + to))
    }
}

/// Lists while they are made.
#[derive(Debug)]
pub(super) struct ListsBuilder {
    ends: Vec<u32>,
    entries: Vec<u32>,
}

impl Default for ListsBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl ListsBuilder {
    pub(super) fn new() -> Self {
        ListsBuilder { ends: vec![0], entries: Vec::new() }
    }

    /// Adds a list; says its number.
    pub(super) fn push(&mut self, entries: impl IntoIterator<Item = u32>) -> u32 {
        self.entries.extend(entries);
        self.ends.push(word(self.entries.len()));
        word(self.ends.len() - 2)
    }

    pub(super) fn finish(self) -> Lists {
        let count = word(self.ends.len() - 1);
        let words: Vec<u32> = std::iter::once(count).chain(self.ends).chain(self.entries).collect();
        Lists(words.into())
    }
}

/// Texts by number: all of them one after the other, and where each ends.
#[derive(Debug, Clone)]
pub(super) struct Strings {
    text: Arc<str>,
    ends: Words,
}

/// Words before the ends of texts: how many texts there are, how many bytes.
const STRINGS_HEAD: usize = 2;

impl Strings {
    /// Texts of a file: how many there are, how many bytes, where each ends, the bytes, zeros up to a whole word.
    pub(super) fn of(words: &Words) -> Option<Strings> {
        let (count, length) = (words.get(0)? as usize, words.get(1)? as usize);
        let bytes_at = count.checked_add(STRINGS_HEAD)?;
        let ends = words.part(STRINGS_HEAD, bytes_at)?;
        let packed = words.all().get(bytes_at..)?;
        if packed.len() != length.div_ceil(4) {
            return None;
        }
        let mut bytes: Vec<u8> = Vec::with_capacity(packed.len() * 4);
        packed.iter().for_each(|word| bytes.extend(word.to_le_bytes()));
        if bytes.get(length..)?.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.truncate(length);
        let text: Arc<str> = String::from_utf8(bytes).ok()?.into();
        let ascend = ends.all().windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
        let whole = ends.all().iter().all(|end| text.is_char_boundary(*end as usize));
        let last = ends.all().last().map_or(0, |end| *end as usize);
        (ascend && whole && last == length).then_some(Strings { text, ends })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn measure(&self, memory: &mut Memory) {
        memory.words(Part::Texts, &self.ends);
        memory.text(Part::Texts, &self.text);
    }

    /// As they stand in a file.
    pub(super) fn to_words(&self) -> Vec<u32> {
        let mut words = vec![word(self.ends.len()), word(self.text.len())];
        words.extend_from_slice(self.ends.all());
        for chunk in self.text.as_bytes().chunks(4) {
            let mut bytes = [0; 4];
            bytes.iter_mut().zip(chunk).for_each(|(to, byte)| *to = *byte);
            words.push(u32::from_le_bytes(bytes));
        }
        words
    }

    /// A text by number; none where there are not so many.
    pub(super) fn get(&self, number: u32) -> Option<&str> {
        let at = number as usize;
        let from = match at.checked_sub(1) {
            Some(before) => self.ends.all().get(before).copied()?,
            None => 0,
        };
        let to = *self.ends.all().get(at)?;
        self.text.get(from as usize..to as usize)
    }
}

/// Texts while they are numbered, equal ones once.
#[derive(Debug, Default)]
pub(super) struct StringsBuilder {
    numbers: std::collections::HashMap<Box<str>, u32, foldhash::fast::RandomState>,
    text: String,
    ends: Vec<u32>,
}

impl StringsBuilder {
    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let number = word(self.ends.len());
        self.text.push_str(text);
        self.ends.push(word(self.text.len()));
        self.numbers.insert(text.into(), number);
        number
    }

    pub(super) fn finish(self) -> Strings {
        Strings { text: self.text.into(), ends: self.ends.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_the_words_of_its_run() {
        let words: Words = vec![1, 2, 3, 4].into();
        let part = words.part(1, 3).unwrap();
        assert_eq!((part.all(), part.get(0), part.len()), ([2, 3].as_slice(), Some(2), 2));
        assert_eq!(part.part(0, 2), Some(part.clone()));
        for (from, to) in [(0, 3), (2, 1), (usize::MAX, 1), (3, 3)] {
            assert_eq!(part.part(from, to), None, "{from} {to}");
        }
    }

    #[test]
    fn lists_and_texts_by_number() {
        let mut lists = ListsBuilder::new();
        for list in [&[7u32, 8][..], &[], &[9]] {
            lists.push(list.iter().copied());
        }
        let lists = lists.finish();
        assert_eq!((lists.len(), lists.get(0), lists.get(1)), (3, Some(&[7, 8][..]), Some(&[][..])));
        assert_eq!((lists.get(2), lists.get(3)), (Some(&[9][..]), None));
        let mut strings = StringsBuilder::default();
        assert_eq!(["a", "", "é", "a"].map(|text| strings.number(text)), [0, 1, 2, 0]);
        let strings = strings.finish();
        assert_eq!([0, 1, 2, 3].map(|n| strings.get(n)), [Some("a"), Some(""), Some("é"), None]);
    }
}
