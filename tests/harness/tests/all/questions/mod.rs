//! Questions over every call, held against the reference evaluator: small worlds exhausted, generated worlds tried.

mod answers;
mod explain;
mod diff;
mod what;
mod who;
