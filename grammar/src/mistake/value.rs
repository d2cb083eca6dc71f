//! Values that are none.

use super::mend;
use super::scene::Scene;
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::parse::gate::Rule;
use crate::scan::token::Kind;
use crate::text::{self, excerpt, quote};

/// `cos:prefix is folder/1`, `k is 10.0.0.0/8`, `k is 007`
pub(super) fn unquoted_value(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    if !scene.wants_value() || !(found.is_free_run() || found.kind == Kind::Sign(0)) {
        return None;
    }
    let looks_like_number = found.text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    let message = if looks_like_number && found.text.matches('.').count() < 2 {
        format!("`{}` is no number as JSON writes it; text stands in quotes", excerpt(found.text))
    } else {
        format!("`{}` is no value; text stands in quotes", excerpt(found.text))
    };
    let quoted = quote(found.text);
    let edit = (scene.span_of(found), quoted.clone());
    let diagnostic = scene.error(code::UNQUOTED_VALUE, found, message);
    Some(mend(diagnostic, format!("write `{}`", excerpt(&quoted)), Safety::Unsafe, vec![edit]))
}

/// `until "2026-07-01T00:00:00Z"`
pub(super) fn quoted_instant(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    if !found.is_text() || !scene.wants(Rule::instant) || scene.wants_value() {
        return None;
    }
    let bare = text::unquote(found.text).into_owned();
    let diagnostic = scene.error(code::BAD_VALUE, found, "an instant stands without quotes");
    let edit = (scene.span_of(found), bare.clone());
    let safety = if bare.starts_with(|c: char| c.is_ascii_digit()) && !bare.contains(' ') {
        Safety::Safe
    } else {
        return Some(diagnostic.help("write `2026-01-01T00:00:00Z`"));
    };
    Some(mend(diagnostic, format!("write `{}`", excerpt(&bare)), safety, vec![edit]))
}
