//! Policy texts read into model values, the same for `.gate` and CAM JSON.
//!
//! One file per kind of text: actions (semantics §3), resources (§4), operators, keys and values of conditions (§5).
//! Each function takes a text and its [`Place`], pushes what is wrong, and hands back a value where there is one. No
//! catalog is needed here but in [`check_action`]; where texts come from (a tree, a JSON document) is not known here.

mod action;
mod catalog;
mod key;
mod operator;
mod place;
mod principal;
mod repeated;
mod resource;
mod test;
mod value;
mod words;

pub use action::{Names, read_action};
pub use catalog::check_action;
pub use key::{CURRENT_TIME, IP, KNOWN, check_operator_key, read_key};
pub use operator::{OPERATORS, Operator, OperatorForm, read_operator};
pub(crate) use place::one_line;
pub use place::{Path, Place, shown};
pub use principal::read_principal;
pub(crate) use repeated::Repeated;
pub use resource::read_resource;
pub(crate) use resource::request_segments;
pub use test::TestBuilder;
pub use value::{Literal, read_bool, read_instant, read_number, read_prefix, read_template};

pub(crate) use operator::snake;
pub(crate) use words::ActionWords;
