//! `unused-name`: a network, action set or resource list that nothing uses.

use crate::findings::Findings;
use crate::model::{Model, NamedValue};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check(model: &Model, out: &mut Findings) {
    for named in model.named.iter().filter(|named| !named.used) {
        let kind = match named.value {
            NamedValue::Network(_) => "network",
            NamedValue::Actions(_) => "action set",
            NamedValue::Resources(_) => "resource list",
        };
        let message = format!("the {kind} `{}` is never used", named.name);
        out.push(
            Diagnostic::warning(code::UNUSED_NAME, named.span, message).help("use it, or remove its line"),
        );
    }
}
