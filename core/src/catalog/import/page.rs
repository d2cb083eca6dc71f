//! One page: its blocks in order, and what is known between them: the section, the head of plain rows, the date.

use super::block::Block;
use super::facts::Facts;
use super::plain::Plain;
use super::report::Report;
use super::row::Raw;
use super::{table, words};

/// What has been read of a page.
pub(super) struct Page<'p> {
    pub(super) report: Report<'p>,
    /// The open section and the level of its heading.
    pub(super) category: Option<(&'static str, usize)>,
    pub(super) rows: Vec<Raw>,
    pub(super) facts: Vec<Facts>,
    pub(super) date: Option<String>,
    /// Where the first table without a column for addresses begins.
    pub(super) no_ip: Option<usize>,
    /// The page lists types of resources.
    pub(super) resource_types: bool,
}

/// A heading of this level is below every other: the next one of any level closes its section.
pub(super) const LOWEST: usize = usize::MAX;

impl<'p> Page<'p> {
    pub(super) fn new(report: Report<'p>) -> Self {
        Page {
            report,
            category: None,
            rows: Vec::new(),
            facts: Vec::new(),
            date: None,
            no_ip: None,
            resource_types: false,
        }
    }

    /// Reads all blocks.
    pub(super) fn read(&mut self, blocks: &[Block]) {
        let mut plain = Plain::default();
        for block in blocks {
            match block {
                Block::Line { text, at } => {
                    self.look_for_date(text);
                    plain.line(text, *at, self);
                }
                Block::Gap => plain.gap(self),
                Block::Heading { level, text, .. } => {
                    plain.close(self);
                    self.look_for_date(text);
                    self.heading(*level, text);
                }
                Block::Table(found) => {
                    plain.close(self);
                    table::read(found, self);
                }
            }
        }
        plain.close(self);
    }

    /// A heading opens a section, or closes one that it is not below.
    fn heading(&mut self, level: usize, text: &str) {
        match words::category(text, true) {
            Some(category) => self.category = Some((category, level)),
            None if self.category.is_some_and(|open| level <= open.1) => self.category = None,
            None => {}
        }
    }

    fn look_for_date(&mut self, text: &str) {
        if self.date.is_none() {
            self.date = words::page_date(text).map(str::to_owned);
        }
    }
}
