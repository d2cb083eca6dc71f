//! What is asked and what is answered.
//!
//! A [`Request`] is read part by part ([`answer`]) and decided over the compiled table; a [`Gate`] is where to ask.
//! Nothing here knows how the table is laid out, and nothing opens a file.

mod actions;
mod answer;
mod ask;
mod batch;
mod caller;
mod cells;
mod clauses;
mod compiled;
mod coverage;
mod decision;
mod gate;
mod handle;
mod line;
mod number;
mod read;
mod request;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use crate::table::Regions;
pub(crate) use crate::table::{Handed, Held};
pub(crate) use answer::{bad_resource, read_address, read_time};
pub(crate) use caller::{Holder, Join};
pub(crate) use clauses::Put;
pub(crate) use write::write_text;

pub use crate::table::{Cell, Cells, PartStats, Residual, Stats};
pub use actions::ActionSet;
pub use ask::IpArgument;
pub use batch::{Answers, Batch, Column, Faults, RowError};
pub use compiled::CompiledFormat;
pub use decision::{Decision, Place, Reason};
pub use gate::Gate;
pub use handle::{ActionArgument, ActionHandle, ActionNumber, PrincipalHandle};
pub use line::LineChecker;
pub use number::{IdBatch, IpNumbers, ROOT_ID, UNKNOWN_ID};
pub use read::context_from_json;
pub use request::{Account, Context, ContextValue, Ip, Request};
