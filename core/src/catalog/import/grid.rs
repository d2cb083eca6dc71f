//! Tables as rows of cells, whatever they were written in.

use passgate_grammar::limits;
use std::rc::Rc;

/// A cell: its text without markup, `\n` where a line breaks.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) text: Rc<str>,
    /// It reaches down from a row above.
    pub(super) carried: bool,
}

/// A row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// Where it starts in the cleaned text.
    pub(super) at: usize,
    /// One cell over several columns: a title within the table.
    pub(super) title: bool,
}

impl Row {
    /// Text of a column; empty where the row is shorter.
    pub(super) fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |c| c.text.as_ref())
    }

    /// The only cell with a text, where there is only one.
    pub(super) fn single(&self) -> Option<&str> {
        let mut filled = self.cells.iter().filter(|c| !c.text.trim().is_empty());
        let first = filled.next()?;
        filled.next().is_none().then_some(first.text.as_ref())
    }
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
}

/// What is wrong with a page's form, and where in the cleaned text.
#[derive(Debug)]
pub(super) struct FormFault {
    pub(super) at: usize,
    pub(super) message: String,
    /// Whether a named limit is exceeded.
    pub(super) limit: bool,
}

impl FormFault {
    pub(super) fn new(at: usize, message: impl Into<String>) -> FormFault {
        FormFault { at, message: message.into(), limit: false }
    }

    pub(super) fn limit(at: usize, message: impl Into<String>) -> FormFault {
        FormFault { at, message: message.into(), limit: true }
    }
}

/// How many cells a page may still have.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Budget {
        Budget(limits::PAGE_CELLS)
    }

    /// Takes `cells`, or says that there are too many.
    pub(super) fn take(&mut self, cells: usize, at: usize) -> Result<(), FormFault> {
        match self.0.checked_sub(cells) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => {
                let message = format!("the tables of the page have more than {} cells", limits::PAGE_CELLS);
                Err(FormFault::limit(at, message))
            }
        }
    }
}

/// The fault of a row with more columns than the limit.
pub(super) fn too_wide(at: usize) -> FormFault {
    FormFault::limit(at, format!("a row has more than {} columns", limits::TABLE_COLUMNS))
}
