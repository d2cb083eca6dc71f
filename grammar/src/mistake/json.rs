//! JSON of a policy document inside a policy file.

use super::scene::Scene;
use crate::code;
use crate::diagnostic::Diagnostic;
use crate::scan::piece::Block;

/// `"Effect": "Allow"`, or a whole document.
pub(super) fn json_in_gate(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let mut ahead = scene.ahead();
    let next = ahead.next()?;
    let end = if found.is_text() && next.text == ":" {
        ahead.next().filter(super::scene::Word::is_text).map_or(next.end, |value| value.end)
    } else if matches!(found.text, "{" | "[") && next.is_text() && ahead.next()?.text == ":" {
        found.end
    } else {
        return None;
    };
    let message =
        "this is JSON of a policy document; a statement here is `allow` or `deny` and its actions".to_owned();
    let help = if scene.piece.block == Block::File {
        "save the document as a file of its own, and write `policy NAME = cam \"FILE.json\"`"
    } else {
        "write `allow ACTIONS`; for `NotAction` use `except`; or keep the document: `policy NAME = cam \"FILE.json\"`"
    };
    Some(Diagnostic::error(code::JSON_IN_GATE, scene.span(found.start, end), message).help(help))
}
