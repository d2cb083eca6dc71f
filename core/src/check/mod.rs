//! What is asked and what is answered.

mod decision;
mod read;
mod request;

pub use decision::{Decision, Place, Reason};
pub use read::context_from_json;
pub use request::{Account, Context, ContextValue, Ip, Request};
