//! CAM JSON: the provider's policy documents, in and out (semantics §6).
//!
//! [`read`] turns a document into the model's policy, [`export`] writes a policy as a document, [`export_split`] as
//! several within the provider's size, [`to_gate`] writes policies as `.gate` text, [`format()`] lays a document out. The values inside (actions,
//! resources, conditions) are read by [`crate::model::read`], which `.gate` shares. Whether the document may be
//! attached, and what the catalog says of its actions, is not known here.

mod format;
mod gate;
mod names;
mod path;
mod read;
mod syntax;
mod terms;
mod write;

pub use format::{format, is_document};
pub(crate) use gate::condition_clauses;
pub use gate::to_gate;
pub use names::{document_names, split_names};
pub use path::add_paths;
pub use read::read;
pub(crate) use write::{Lengths, counted_chars};
pub use write::{export, export_split, export_within};
