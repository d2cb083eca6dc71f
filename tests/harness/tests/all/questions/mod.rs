//! Questions over every call, held against the reference evaluator: small worlds exhausted, generated worlds tried.

mod answers;
mod conflicts;
mod diff;
mod explain;
mod exposure;
mod forecast;
mod minimize;
mod prove;
mod roles;
mod what;
mod who;
