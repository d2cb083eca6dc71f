//! Questions over every call, held against the reference evaluator: small worlds exhausted, generated worlds tried.

mod answers;
mod catalogs;
mod conflicts;
mod diff;
mod drift;
mod exact;
mod explain;
mod exposure;
mod forecast;
mod lock;
mod minimize;
mod prove;
mod roles;
mod shares;
mod small;
mod suggest;
mod what;
mod who;
