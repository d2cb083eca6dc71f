//! Writing sections; texts go to the section of texts, each once.

use super::frame::{self, Section};
use crate::table::words::{StringsBuilder, word};
use std::collections::BTreeMap;

/// A file while it is written.
#[derive(Debug, Default)]
pub(crate) struct Output {
    sections: BTreeMap<Section, Vec<u32>>,
    strings: StringsBuilder,
}

/// A section while it is written.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    words: &'a mut Vec<u32>,
    strings: &'a mut StringsBuilder,
}

impl Output {
    /// A section, to be gone on with.
    pub(crate) fn section(&mut self, section: Section) -> Part<'_> {
        Part { words: self.sections.entry(section).or_default(), strings: &mut self.strings }
    }

    /// The words of the whole file.
    pub(crate) fn finish(mut self, semantic_hash: [u32; 8]) -> Vec<u32> {
        let strings = std::mem::take(&mut self.strings).finish();
        self.sections.insert(Section::Texts, strings.to_words());
        frame::write(&self.sections, semantic_hash)
    }
}

impl Part<'_> {
    pub(crate) fn word(&mut self, word: u32) {
        self.words.push(word);
    }

    pub(crate) fn words(&mut self, words: &[u32]) {
        self.words.extend_from_slice(words);
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.word(u32::from(value));
    }

    /// 0 is none, else one more.
    pub(crate) fn option(&mut self, number: Option<u32>) {
        self.word(number.map_or(0, |number| number.saturating_add(1)));
    }

    pub(crate) fn text(&mut self, text: &str) {
        let number = self.strings.number(text);
        self.word(number);
    }

    pub(crate) fn text_or_none(&mut self, text: Option<&str>) {
        let number = text.map(|text| self.strings.number(text));
        self.option(number);
    }

    /// A count, then the items.
    pub(crate) fn list<'i, T>(&mut self, items: &'i [T], mut item: impl FnMut(&mut Self, &'i T)) {
        self.word(word(items.len()));
        items.iter().for_each(|each| item(self, each));
    }
}
