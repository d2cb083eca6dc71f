//! Where Rust meets the C interfaces of Python and Arrow: all `unsafe` of the package, and nothing else.
//!
//! [`entry`] are calls that Python makes without PyO3 between, [`text`] their texts where they lie; [`arrow`] reads what others export through the Arrow C
//! data interface, [`export`] hands our answers out through it. What each relies on is written where it is relied on;
//! together it is this:
//!
//! * **The interpreter keeps its contract.** A function of a method table is called attached to the interpreter, with
//!   `self` of the type that the method belongs to and as many arguments as it says; they live as long as the call.
//! * **A compact ASCII string is what the interpreter's header says**: as many bytes as it is long, each below 128, right
//!   behind the head, unchanged while the object lives. Asked for only where this interpreter keeps its strings so.
//! * **An Arrow producer keeps its own.** The interface carries pointers without sizes: a buffer has as many bytes as
//!   format, length and offsets ask for, stays as it is until `release` is called, and the capsule's structure is what
//!   its name says, handed to one consumer. All that can be checked is checked before a byte is read: format, number of buffers, null pointers,
//!   negative and overflowing lengths, released structures; what is read afterwards (offsets, views, UTF-8) is read by
//!   safe code from slices.
//! * **No panic crosses.** Each function that C calls catches panics.

#![expect(unsafe_code, reason = "the one place where C's contracts are relied on; each block says which")]

pub(crate) mod arrow;
pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod text;
