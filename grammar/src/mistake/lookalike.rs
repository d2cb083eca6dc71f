//! Words with letters that merely look Latin, or with characters that cannot be seen.

use super::mend;
use super::scene::Scene;
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::scan::lookalike::{is_invisible, is_of_word, taken_for, word_taken_for};
use crate::text::excerpt;
use crate::word;

/// Bytes on each side of the place that are looked at.
const AROUND: usize = 256;

/// `аllow` with a Cyrillic letter, `ｏｆｆｉｃｅ`, `of` and `fice` with a space of no width between them.
pub(super) fn lookalike(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let at = scene.found.start;
    let from = at.saturating_sub(AROUND).max(scene.piece.start);
    let before =
        (from..=at).map(|from| scene.slice(from, at)).find(|before| !before.is_empty()).unwrap_or("");
    let start = at - before.chars().rev().take_while(|c| is_of_word(*c)).map(char::len_utf8).sum::<usize>();
    let rest = scene.slice(at, scene.text.len());
    let length: usize = rest.chars().take(AROUND).take_while(|c| is_of_word(*c)).map(char::len_utf8).sum();
    let written = scene.slice(start, at + length);
    let meant = word_taken_for(written)?;
    let latin = written.bytes().any(|b| b.is_ascii_alphabetic());
    let wide = written.chars().all(|c| c.is_ascii() || matches!(c, '\u{ff01}'..='\u{ff5e}'));
    if !latin && !wide && !word::is_reserved(&meant) {
        return None; // a name of another script
    }
    let (offset, letter) = written.char_indices().find(|(_, c)| !c.is_ascii())?;
    let number = format!("U+{:04X}", u32::from(letter));
    let message = if is_invisible(letter) {
        format!("in `{}` stands {number}, which cannot be seen", excerpt(&meant))
    } else {
        let like = taken_for(letter)?;
        format!("in `{}` stands `{letter}` ({number}), which only looks like `{like}`", excerpt(written))
    };
    let first = scene.span(start + offset, start + offset + letter.len_utf8());
    let diagnostic = Diagnostic::error(code::BAD_CHARACTER, first, message).nearest([meant.clone()]);
    let edit = (scene.span(start, start + written.len()), meant.clone());
    Some(mend(diagnostic, format!("write `{}`", excerpt(&meant)), Safety::Safe, vec![edit]))
}
