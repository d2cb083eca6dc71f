//! Questions about a whole policy set: are its tests passed, does what it asserts hold, can a statement ever match?
//!
//! One folder a question; [`space`] decides questions over every request at once, and proofs and the exact lints stand
//! on it. A call that is shown was decided by [`crate::Gate::check`], or is such that it would be decided so. Nothing
//! here opens a file or draws; results are data.

pub mod alike;
mod ask;
mod asked;
mod callers;
pub mod calls;
mod closed;
pub mod conflicts;
pub mod diff;
pub mod drift;
pub mod explain;
pub mod exposure;
pub mod forecast;
mod holdings;
mod json_parts;
pub mod lock;
pub mod minimize;
mod phrase;
mod places;
pub mod progress;
pub mod prove;
mod reads;
pub mod roles;
pub mod space;
pub mod standing;
pub mod suggest;
pub mod test;
mod threads;
pub mod what;
pub mod who;
pub mod wire;
mod work;
