//! Questions over every call, held against the reference evaluator: small worlds exhausted, generated worlds tried.

mod answers;
mod diff;
mod explain;
mod what;
mod who;
