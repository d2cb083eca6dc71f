//! Batches: many calls at once, in columns. Each row is answered as [`Gate::allows`] answers it.
//!
//! Rows go through in windows, each in steps: all principals of a window are looked up, then all actions, all
//! addresses, all cells (`table::window`), so that the memory of one row is fetched while another waits for its own. A
//! value that many rows share by number is looked up once. What the window does not settle is asked row by row: by its
//! cell alone, else as one call. Nothing is remembered from one batch to the next.

use super::answer::known_address;
use super::ask::{Ask, IpArgument};
use super::caller;
use super::gate::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::table::{Address, WINDOW, What, Who, Window};
use std::ops::Range;

/// One column of a batch.
#[derive(Debug, Clone, Copy)]
pub enum Column<'a, T> {
    /// The same value in every row.
    Same(T),
    /// A value for each row.
    Rows(&'a [T]),
    /// For each row the place of its value in a list of values, each of which is looked up once.
    Coded {
        /// The values.
        values: &'a [T],
        /// For each row a place in `values`.
        codes: &'a [u32],
    },
}

/// Many calls, in columns of equal length.
///
/// ```
/// use passgate::check::{Batch, Column, Faults, IpArgument};
/// # fn main() -> passgate::Result<()> {
/// let gate = passgate::Gate::compile(
///     "use intlpartnersmgt policy desk { allow PayOrders from 203.0.113.0/24 } user 7 { attach desk }",
/// )?;
/// let ips = [IpArgument::Text("203.0.113.9"), IpArgument::Text("192.0.2.1"), IpArgument::Text("nowhere")];
/// let answers = gate.allows_many(&Batch {
///     principals: Column::Same(Some("user:7")),
///     actions: Column::Same(Some("PayOrders")),
///     ips: Column::Rows(&ips),
///     faults: Faults::All,
/// })?;
/// assert_eq!(answers.allowed, [Some(true), Some(false), None]);
/// assert_eq!(answers.errors[0].row, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// Who asks; none is an error of its row.
    pub principals: Column<'a, Option<&'a str>>,
    /// What is to be done; none is an error of its row.
    pub actions: Column<'a, Option<&'a str>>,
    /// From where.
    pub ips: Column<'a, IpArgument<'a>>,
    /// What becomes of errors.
    pub faults: Faults,
}

/// What becomes of rows that cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Faults {
    /// The batch ends at the first of them.
    #[default]
    First,
    /// Each is told, and the rows after it are answered.
    All,
}

/// The answers of a batch.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// For each row whether it is allowed; none where it could not be answered. With [`Faults::First`] the rows end
    /// before the first error.
    pub allowed: Vec<Option<bool>>,
    /// Why rows could not be answered, in order.
    pub errors: Vec<RowError>,
}

/// Why a row of a batch could not be answered.
#[derive(Debug, Clone)]
pub struct RowError {
    /// The row, from 0.
    pub row: usize,
    /// The error that the call alone would have given.
    pub error: Error,
}

impl Gate {
    /// Answers many calls at once, each as [`Gate::allows`] does.
    ///
    /// # Errors
    /// `bad-request` where the columns differ in length, all say the same in every row, or a code lies outside its
    /// values. The errors of single rows are in the answers.
    pub fn allows_many(&self, batch: &Batch<'_>) -> Result<Answers> {
        let table = self.table();
        let rows = rows([batch.principals.rows(), batch.actions.rows(), batch.ips.rows()])?;
        let known =
            |principal: &Option<&str>| Who::of(principal.and_then(|name| caller::declared(table, name)));
        let numbered =
            |action: &Option<&str>| What::of(action.and_then(|name| table.actions.find_known(name)));
        let principals = Lookup::new(batch.principals, "principals", known)?;
        let actions = Lookup::new(batch.actions, "actions", numbered)?;
        let ips = Lookup::new(batch.ips, "ips", |ip: &IpArgument<'_>| known_address(*ip))?;
        let look_up = |rows: Range<usize>, window: &mut Window<'_>| {
            principals.look_up(rows.clone(), |row, who| window.put_who(row, who));
            actions.look_up(rows.clone(), |row, what| window.put_what(row, what));
            ips.look_up(rows, |row, address: Option<Address>| window.put_address(row, address));
        };
        let ask = |row: usize| self.row(*principals.value(row)?, *actions.value(row)?, *ips.value(row)?);
        Ok(self.in_windows(rows, batch.faults, look_up, ask))
    }

    /// Answers so many rows, window by window: `look_up` says what is known of the rows of one, `ask` answers a row
    /// that its cell does not settle.
    pub(super) fn in_windows(
        &self,
        rows: usize,
        faults: Faults,
        look_up: impl Fn(Range<usize>, &mut Window<'_>),
        ask: impl Fn(usize) -> Option<Result<bool>>,
    ) -> Answers {
        let mut answers = Answers { allowed: Vec::with_capacity(rows), errors: Vec::new() };
        let mut window = Window::new(self.table());
        for from in (0..rows).step_by(WINDOW) {
            let count = WINDOW.min(rows - from);
            look_up(from..from + count, &mut window);
            let all = window.read(count);
            let said = window.answers(count);
            if all {
                answers.allowed.extend_from_slice(said);
                continue;
            }
            let alone = |row: usize| match self.cell_alone(&window, row - from) {
                Some(allowed) => Some(Ok(allowed)),
                None => ask(row),
            };
            if !answers.take(from, said, faults, alone) {
                break;
            }
        }
        answers
    }

    /// What the cell of a row says that the window did not settle.
    fn cell_alone(&self, window: &Window<'_>, row: usize) -> Option<bool> {
        let (signature, action, address) = window.known(row)?;
        self.cells(signature, action, address)
    }

    fn row(&self, principal: Option<&str>, action: Option<&str>, ip: IpArgument<'_>) -> Option<Result<bool>> {
        let (Some(principal), Some(action)) = (principal, action) else {
            return Some(Err(lacking(if principal.is_none() { "principal" } else { "action" })));
        };
        let ask = Ask { principal, action, ip, ..Ask::default() };
        Some(self.answer(&ask, None, None).map(|(reason, _)| reason.allowed()))
    }
}

/// How many rows a batch has, by those of its columns; a column without is the same in every row.
pub(super) fn rows(columns: [Option<usize>; 3]) -> Result<usize> {
    let mut given = columns.into_iter().flatten();
    let Some(rows) = given.next() else {
        let message = "no column of the batch has rows: one at least is needed";
        return Err(Error::new(ErrorCode::BadRequest, message));
    };
    if given.all(|other| other == rows) {
        return Ok(rows);
    }
    let [principals, actions, ips] = columns.map(|n| n.map_or("any".to_owned(), |n| n.to_string()));
    let message = format!(
        "the columns of a batch have equally many rows, not {principals} principals, {actions} actions and {ips} \
         addresses"
    );
    Err(Error::new(ErrorCode::BadRequest, message))
}

impl<T> Column<'_, T> {
    /// How many rows it has; none where it serves any number.
    pub(super) fn rows(&self) -> Option<usize> {
        match self {
            Column::Same(_) => None,
            Column::Rows(rows) => Some(rows.len()),
            Column::Coded { codes, .. } => Some(codes.len()),
        }
    }
}

impl Answers {
    /// Takes what a window says; a row that it does not settle is asked alone. Whether the batch goes on.
    fn take(
        &mut self,
        from: usize,
        settled: &[Option<bool>],
        faults: Faults,
        ask: impl Fn(usize) -> Option<Result<bool>>,
    ) -> bool {
        for (row, answer) in (from..).zip(settled) {
            if answer.is_some() {
                self.allowed.push(*answer);
                continue;
            }
            let asked = ask(row).unwrap_or_else(|| Err(internal()));
            match asked {
                Ok(allowed) => self.allowed.push(Some(allowed)),
                Err(error) => {
                    self.errors.push(RowError { row, error });
                    if faults == Faults::First {
                        return false;
                    }
                    self.allowed.push(None);
                }
            }
        }
        true
    }
}

/// A column whose values become what the table knows them by.
pub(super) struct Lookup<'a, T, F, R> {
    column: Column<'a, T>,
    find: F,
    /// What was found for the only value, or for the coded ones.
    found: Vec<R>,
}

impl<'a, T, F, R> Lookup<'a, T, F, R>
where
    T: Same,
    F: Fn(&T) -> R,
    R: Copy,
{
    pub(super) fn new(column: Column<'a, T>, name: &str, find: F) -> Result<Self> {
        let found = match &column {
            Column::Same(value) => vec![find(value)],
            Column::Rows(_) => Vec::new(),
            Column::Coded { values, codes } => {
                if let Some(row) = codes.iter().position(|code| *code as usize >= values.len()) {
                    let message =
                        format!("row {row} of `{name}` has a code outside the {} values", values.len());
                    return Err(Error::new(ErrorCode::BadRequest, message));
                }
                values.iter().map(&find).collect()
            }
        };
        Ok(Lookup { column, find, found })
    }

    pub(super) fn value(&self, row: usize) -> Option<&T> {
        match &self.column {
            Column::Same(value) => Some(value),
            Column::Rows(rows) => rows.get(row),
            Column::Coded { values, codes } => values.get(*codes.get(row)? as usize),
        }
    }

    /// What the rows of a window are known by, each put where it belongs.
    #[inline(always)]
    pub(super) fn look_up(&self, rows: Range<usize>, mut put: impl FnMut(usize, R)) {
        match &self.column {
            Column::Same(_) => {
                if let Some(found) = self.found.first() {
                    (0..rows.len()).for_each(|row| put(row, *found));
                }
            }
            Column::Coded { codes, .. } => {
                // INVARIANT: every code has a value.
                let found =
                    codes.get(rows).unwrap_or_default().iter().map(|code| self.found.get(*code as usize));
                found
                    .enumerate()
                    .for_each(|(row, found)| found.into_iter().for_each(|found| put(row, *found)));
            }
            Column::Rows(all) => self.one_by_one(all.get(rows).unwrap_or_default(), put),
        }
    }

    /// Neighbours that are the same text in memory are looked up once.
    #[inline(always)]
    fn one_by_one(&self, rows: &[T], mut put: impl FnMut(usize, R)) {
        let mut before: Option<(&T, R)> = None;
        for (row, value) in rows.iter().enumerate() {
            let found = match before {
                Some((earlier, found)) if value.is_same(earlier) => found,
                _ => (self.find)(value),
            };
            before = Some((value, found));
            put(row, found);
        }
    }
}

/// Whether two values are one and the same in memory: never wrong where it says yes, and costs nothing.
pub(super) trait Same {
    fn is_same(&self, other: &Self) -> bool;
}

impl Same for Option<&str> {
    fn is_same(&self, other: &Self) -> bool {
        matches!((self, other), (Some(a), Some(b)) if std::ptr::eq(*a, *b))
    }
}

impl Same for u32 {
    /// Finding by number costs no more than comparing.
    fn is_same(&self, _: &Self) -> bool {
        false
    }
}

impl Same for [u8; 16] {
    fn is_same(&self, _: &Self) -> bool {
        false
    }
}

impl Same for IpArgument<'_> {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (IpArgument::None, IpArgument::None) => true,
            (IpArgument::Text(a), IpArgument::Text(b)) => std::ptr::eq(*a, *b),
            _ => false,
        }
    }
}

#[cold]
fn lacking(member: &str) -> Error {
    Error::new(ErrorCode::BadRequest, format!("the row has no {member}")).with_key(member)
}

#[cold]
fn internal() -> Error {
    Error::new(ErrorCode::Internal, "a batch lost one of its rows; please report this")
}
