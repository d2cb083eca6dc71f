//! The one canonical form of a `.gate` text (language reference, *Canonical form and export*).
//!
//! A text is laid out anew from its tree, its comments and its tokens:
//!
//! * Four blanks a level. A statement, assert or case stands on one line of up to [`WIDTH`] columns, else a clause a
//!   line. What is longer still goes on in the next line, as much in each as it holds; a line breaks only after a comma
//!   and before `only`, `except` and `and`. People stand on one line, with two blanks between what they join, else a
//!   join a line. The block of a policy or test stands between blank lines; elsewhere one blank line is kept.
//! * `=` and the comments at the end of lines are aligned in a run of lines. What is wider than the others ought to be
//!   ([`ALIGNED_NAME`], [`WIDTH`]) is passed over.
//! * Clauses stand in the order of the reference, plain conditions are joined by `and` before those with `or`,
//!   `on "*"` is left out, `from anywhere except N` is `not from N`; the last two in statements alone.
//! * Addresses are written as in RFC 5952, without `/32` and `/128`; host bits stay. Names and keys are bare where they
//!   can be. All other tokens stay as they are.
//! * Comments stay before, behind and between the tokens where they were, in their order. Where the order of clauses
//!   would let one comment pass another, the clauses of that statement stay as they were written; a clause with a
//!   comment above it or inside it is not left out.
//!
//! It is idempotent, keeps the meaning, and takes linear time. Tokens are not read here: that is `scan` and `parse`.

mod block;
mod clause;
mod expr;
mod item;
mod layout;
mod page;
mod row;
mod token;

use crate::limits;
use crate::parse::Parsed;
use crate::source::Sources;
use block::Formatter;

/// Columns of a line, in code points.
pub const WIDTH: usize = 100;
/// Columns of a word and name before an `=` up to which it is aligned with its neighbours.
pub const ALIGNED_NAME: usize = 40;

/// The canonical form of a text that was read without a fault; `None` where there was one.
///
/// ```
/// use passgate_grammar::{format, parse, Sources};
///
/// let mut sources = Sources::new();
/// let id = sources.add("desk.gate", "policy  desk { allow read,list from 203.0.113.9/32 }  // staff");
/// let canonical = format::format(&sources, &parse::parse(&sources, id));
/// assert_eq!(
///     canonical.as_deref(),
///     Some("policy desk {\n    allow read, list from 203.0.113.9\n}  // staff\n")
/// );
///
/// let id = sources.add("wrong.gate", "policy { allow");
/// assert_eq!(format::format(&sources, &parse::parse(&sources, id)), None);
/// ```
pub fn format(sources: &Sources, parsed: &Parsed) -> Option<String> {
    let source = sources.get(parsed.file.source)?;
    let faulty = parsed.untold > 0 || parsed.diagnostics.iter().any(|diagnostic| diagnostic.refuses());
    if faulty || source.text().len() > limits::FILE_BYTES {
        return None;
    }
    Some(Formatter::new(source.text(), &parsed.file).write())
}
