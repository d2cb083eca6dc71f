//! What is asked and what is answered.

mod decision;
mod request;

pub use decision::{Decision, Place, Reason};
pub use request::{Account, Context, ContextValue, Ip, Request};
