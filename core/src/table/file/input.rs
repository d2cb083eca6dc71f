//! Reading a section word by word. Whatever is read is there, or is a fault; nothing is allocated for what is only
//! announced.

use super::frame::Section;
use crate::table::words::Strings;

/// The steps of validation, in their order. `docs/table-format.md` lists them; a test compares the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Stage {
    Size,
    Magic,
    Version,
    Length,
    Checksum,
    Sections,
    Texts,
    Settings,
    Catalogs,
    Keys,
    Places,
    Policies,
    Callers,
    Addresses,
    Resources,
    Statements,
    Tables,
    Sources,
    /// When the policy set is asked for.
    Model,
}

impl Stage {
    /// Every step before there is a table, in order.
    pub(crate) const ALL: [Stage; 18] = [
        Stage::Size,
        Stage::Magic,
        Stage::Version,
        Stage::Length,
        Stage::Checksum,
        Stage::Sections,
        Stage::Texts,
        Stage::Settings,
        Stage::Catalogs,
        Stage::Keys,
        Stage::Places,
        Stage::Policies,
        Stage::Callers,
        Stage::Addresses,
        Stage::Resources,
        Stage::Statements,
        Stage::Tables,
        Stage::Sources,
    ];

    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Stage::Size => "size",
            Stage::Magic => "magic",
            Stage::Version => "version",
            Stage::Length => "length",
            Stage::Checksum => "checksum",
            Stage::Sections => "sections",
            Stage::Texts => "texts",
            Stage::Settings => "settings",
            Stage::Catalogs => "catalogs",
            Stage::Keys => "keys",
            Stage::Places => "places",
            Stage::Policies => "policies",
            Stage::Callers => "callers",
            Stage::Addresses => "addresses",
            Stage::Resources => "resources",
            Stage::Statements => "statements",
            Stage::Tables => "tables",
            Stage::Sources => "sources",
            Stage::Model => "model",
        }
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) stage: Stage,
    pub(crate) message: String,
}

/// What is wrong, in words.
pub(crate) type Told = &'static str;

impl Fault {
    #[cold]
    pub(crate) fn new(stage: Stage, section: Section, what: Told) -> Self {
        Fault { stage, message: format!("the section `{}` holds {what}", section.as_str()) }
    }

    #[cold]
    pub(crate) fn told(stage: Stage, message: impl Into<String>) -> Self {
        Fault { stage, message: message.into() }
    }
}

/// A section while it is read.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    words: &'a [u32],
    strings: &'a Strings,
    section: Section,
    stage: Stage,
}

impl<'a> Input<'a> {
    pub(super) fn new(words: &'a [u32], strings: &'a Strings, section: Section, stage: Stage) -> Self {
        Input { words, strings, section, stage }
    }

    /// A fault of this section.
    #[cold]
    pub(crate) fn fault(&self, what: Told) -> Fault {
        Fault::new(self.stage, self.section, what)
    }

    /// The next word.
    #[inline]
    pub(crate) fn word(&mut self) -> Result<u32, Fault> {
        let (first, rest) = self.words.split_first().ok_or_else(|| self.fault("less than it announces"))?;
        self.words = rest;
        Ok(*first)
    }

    /// A word below a bound.
    pub(crate) fn below(&mut self, bound: usize, what: Told) -> Result<u32, Fault> {
        let word = self.word()?;
        if (word as usize) < bound { Ok(word) } else { Err(self.fault(what)) }
    }

    /// 0 is none, else one more than a word below a bound.
    pub(crate) fn option(&mut self, bound: usize, what: Told) -> Result<Option<u32>, Fault> {
        Ok(self.below(bound.saturating_add(1), what)?.checked_sub(1))
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Fault> {
        Ok(self.below(2, "neither yes nor no")? == 1)
    }

    /// A text by its number.
    pub(crate) fn text(&mut self) -> Result<&'a str, Fault> {
        let number = self.word()?;
        self.strings.get(number).ok_or_else(|| self.fault("a text that is not there"))
    }

    /// A text, or none.
    pub(crate) fn text_or_none(&mut self) -> Result<Option<&'a str>, Fault> {
        match self.word()?.checked_sub(1) {
            None => Ok(None),
            Some(number) => {
                self.strings.get(number).map(Some).ok_or_else(|| self.fault("a text that is not there"))
            }
        }
    }

    /// A count, then so many items.
    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let count = self.word()? as usize;
        // Each item has a word at least: what is only announced takes no memory.
        let mut items = Vec::with_capacity(count.min(self.words.len()));
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// Nothing is left.
    pub(crate) fn end(&self) -> Result<(), Fault> {
        if self.words.is_empty() { Ok(()) } else { Err(self.fault("more than it announces")) }
    }
}
