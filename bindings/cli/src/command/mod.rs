//! The sub-commands, one file each: `run(args, output) -> Exit`.

pub(crate) mod cam;
pub(crate) mod catalog;
pub(crate) mod check;
pub(crate) mod compile;
pub(crate) mod conflicts;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod explain_code;
pub(crate) mod exposure;
pub(crate) mod fmt;
pub(crate) mod forecast;
pub(crate) mod lint;
pub(crate) mod lock;
pub(crate) mod minimize;
pub(crate) mod prove;
pub(crate) mod roles;
pub(crate) mod stats;
pub(crate) mod suggest;
pub(crate) mod test;
pub(crate) mod what;
pub(crate) mod who;
