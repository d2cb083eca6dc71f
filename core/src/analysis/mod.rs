//! Questions about a whole policy set: are its tests passed, does what it asserts hold?
//!
//! One folder a question. Every answer is the gate's own: a call that is shown was decided by [`crate::Gate::check`].
//! Nothing here opens a file or draws; results are data.

mod places;
pub mod test;
