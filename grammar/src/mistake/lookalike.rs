//! Words and quoted names with letters that merely look Latin, or with characters that cannot be seen.

use super::mend;
use super::scene::Scene;
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::scan::lookalike::{hidden_in_name, is_invisible, is_of_word, skeleton, taken_for, word_taken_for};
use crate::source::Span;
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
    let message = message(written, &meant, letter)?;
    let first = scene.span(start + offset, start + offset + letter.len_utf8());
    let diagnostic = Diagnostic::error(code::BAD_CHARACTER, first, message).nearest([meant.clone()]);
    let edit = (scene.span(start, start + written.len()), meant.clone());
    Some(mend(diagnostic, format!("write `{}`", excerpt(&meant)), Safety::Safe, vec![edit]))
}

fn message(written: &str, meant: &str, letter: char) -> Option<String> {
    let number = format!("U+{:04X}", u32::from(letter));
    if is_invisible(letter) {
        return Some(format!("in `{}` stands {number}, which cannot be seen", excerpt(meant)));
    }
    let like = taken_for(letter)?;
    Some(format!("in `{}` stands `{letter}` ({number}), which only looks like `{like}`", excerpt(written)))
}

/// `"аlice"` with a Cyrillic letter, as a name. An escape says that the letter is meant.
pub(crate) fn in_quoted_name(span: Span, written: &str) -> Option<Diagnostic> {
    let name = written.strip_prefix('"')?.strip_suffix('"')?;
    let (at, letter) = hidden_in_name(name)?;
    let meant = skeleton(name);
    let start = span.start as usize + 1 + at;
    let first = Span::new(span.source, start, start + letter.len_utf8());
    let told = Diagnostic::error(code::BAD_CHARACTER, first, message(name, &meant, letter)?);
    let escape = format!("\\u{{{:X}}}", u32::from(letter));
    let inner = Span { start: span.start + 1, end: span.end - 1, ..span };
    let help = format!("write `{}`; where the character is meant, write it as `{escape}`", excerpt(&meant));
    Some(told.nearest([meant.clone()]).help(help).fix(
        format!("`{}`", excerpt(&meant)),
        inner,
        meant,
        Safety::Unsafe,
    ))
}
