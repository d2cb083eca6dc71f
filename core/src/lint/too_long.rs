//! `too-long`: a CAM document above the provider's limit for identity policies (semantics §6): the code points of the
//! text that are not JSON white space.
//!
//! Only documents that are kept as they stand are measured here; what a `.gate` policy is exported as is measured by
//! the export.

use crate::model::{Model, Policy, PolicyKind};
use passgate_grammar::{Diagnostic, Span, code, limits};

pub(super) fn check(model: &Model, policy: &Policy, out: &mut Vec<Diagnostic>) {
    let Some(source) = policy.document.filter(|_| policy.kind == PolicyKind::Identity) else { return };
    let text = model.sources.get(source).map_or("", |s| s.text());
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let count = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).count();
    if count <= limits::CAM_CHARS {
        return;
    }
    let message =
        format!("the document has {count} characters; the provider takes at most {}", limits::CAM_CHARS);
    let told = Diagnostic::warning(code::TOO_LONG, Span::new(source, 0, 0), message);
    out.push(told.help("split it into several policies").because("JSON white space is not counted"));
}
