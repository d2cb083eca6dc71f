//! passgate for Node: arguments in, the call, the result out. Rules, defaults and messages are the core's.
//!
//! `gate` holds the calls and the one entry of questions about the whole set, `decision` the answers, `error` what is handed over instead of an answer, `convert` turns
//! JavaScript values into a request, `options` into options of a load; `value` reads them and is the only file with
//! `unsafe`. A call hands its fault over as a value and `lib/gate.cjs` throws it. A panic never crosses into Node:
//! `error::guard` makes it our `internal` error.

#![cfg_attr(test, allow(dead_code, reason = "`#[napi]` registers nothing in a test build"))]

mod convert;
mod decision;
mod error;
mod gate;
mod options;
mod value;

/// Version of the package.
#[napi_derive::napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
