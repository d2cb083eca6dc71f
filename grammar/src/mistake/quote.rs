//! Quotes: the wrong ones, and those that are missing around resources and names.

use super::mend;
use super::scene::{Place, Scene, Word};
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::parse::gate::Rule;
use crate::scan::token::Kind;
use crate::text::{self, excerpt, quote};
use crate::word;

/// `'qcs::…'`, `“qcs::…”`
pub(super) fn wrong_quotes(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let start = scene.found.start;
    let rest = scene.slice(start, scene.text.len());
    let open = rest.chars().next()?;
    let close = match open {
        '\'' | '`' => open,
        '“' | '”' | '„' => '”',
        '‘' | '’' => '’',
        '«' => '»',
        '「' => '」',
        _ => return None,
    };
    let message = "text stands in double quotes: neither `'` nor `“` begins it";
    let end = start + open.len_utf8();
    let diagnostic = Diagnostic::error(code::WRONG_QUOTES, scene.span(start, end), message);
    let line = rest.split(['\n', '\r']).next().unwrap_or("");
    let inner = line.get(open.len_utf8()..).and_then(|inner| inner.split_once(close)).map(|(inner, _)| inner);
    let Some(inner) = inner.filter(|inner| !inner.contains('"')) else {
        return Some(diagnostic.help("write it in `\"`"));
    };
    let written = scene.span(start, end + inner.len() + close.len_utf8());
    let quoted = quote(inner);
    Some(mend(diagnostic, format!("write `{}`", excerpt(&quoted)), Safety::Safe, vec![(written, quoted)]))
}

/// `on qcs::cvm:::instance/*`
pub(super) fn unquoted_resource(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let prefixed = found.text.starts_with("qcs:") || found.text.starts_with("arn:");
    if !prefixed || found.text.matches(':').count() < 3 {
        return None;
    }
    let written = loose_text(scene, found);
    let quoted = quote(written);
    let span = scene.span(found.start, found.start + written.len());
    let diagnostic =
        Diagnostic::error(code::UNQUOTED_RESOURCE, span, "a resource is written in double quotes");
    Some(mend(diagnostic, format!("write `{}`", excerpt(&quoted)), Safety::Safe, vec![(span, quoted)]))
}

/// `group test`
pub(super) fn reserved_name(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    if !word::is_reserved(found.text) || !scene.wants(Rule::name) {
        return None;
    }
    let message = format!("`{}` is a word of the language: as a name it is quoted", found.text);
    let quoted = quote(found.text);
    let edit = (scene.span_of(found), quoted.clone());
    let diagnostic = scene.error(code::UNQUOTED_NAME, found, message);
    Some(mend(diagnostic, format!("write `{} {quoted}`", scene.previous.text), Safety::Safe, vec![edit]))
}

/// `user alice@example.com`
pub(super) fn unquoted_name(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let writes_name = found.is_free_run() || found.kind == Kind::Sign(0);
    if !writes_name || !scene.wants(Rule::name) {
        return None;
    }
    let written = loose_text(scene, found);
    let mut odd: Vec<char> = Vec::new();
    for c in written.chars().filter(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))) {
        if !odd.contains(&c) && odd.len() < 3 {
            odd.push(c);
        }
    }
    let odd: Vec<String> = odd.iter().map(|c| format!("`{c}`")).collect();
    let message = match odd.as_slice() {
        [] => "a name that begins with a digit or `-` is quoted".to_owned(),
        odd => format!("a name with {} is quoted", odd.join(" or ")),
    };
    let quoted = quote(written);
    let span = scene.span(found.start, found.start + written.len());
    let diagnostic = Diagnostic::error(code::UNQUOTED_NAME, span, message);
    Some(mend(diagnostic, format!("write `{}`", excerpt(&quoted)), Safety::Safe, vec![(span, quoted)]))
}

/// `network "office" = …`, `network my.net = …`, `actions user = …`
pub(super) fn set_name(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let (found, kind) = (&scene.found, &scene.previous);
    let names_set =
        matches!(kind.text, "network" | "actions" | "resources") && kind.start == scene.head.start;
    if !names_set || !scene.wants(Rule::word) {
        return None;
    }
    let error = |message: String| scene.error(code::SYNTAX, found, message);
    if found.is_text() {
        let bare = text::unquote(found.text).into_owned();
        let diagnostic = error("the name of a set stands without quotes".to_owned());
        if !text::is_word(&bare) {
            return Some(diagnostic.help("call it with letters, digits, `_` and `-`"));
        }
        let edit = (scene.span_of(found), bare.clone());
        return Some(mend(diagnostic, format!("write `{bare}`"), Safety::Safe, vec![edit]));
    }
    if word::is_reserved(found.text) {
        let message = format!("`{}` is a word of the language, and no name of a set", found.text);
        return Some(error(message).help("call it otherwise"));
    }
    let named = found.is_free_run() && !found.text.ends_with(':') || found.kind == Kind::Sign(0);
    named.then(|| {
        error(format!("`{}` is no name of a set", excerpt(found.text)))
            .help("a name begins with a letter and has letters, digits, `_` and `-`")
    })
}

/// What an author would take for one word: up to a blank, comma, quote, parenthesis, or a brace that opens a block.
fn loose_text<'t>(scene: &Scene<'t, '_>, found: &Word<'t>) -> &'t str {
    let rest = scene.slice(found.start, scene.piece.end);
    let variable = scene.place == Place::Resources;
    let mut braces = 0_usize;
    let mut before = ' ';
    let end = rest.find(|c: char| {
        let opens = c == '{' && variable && before == '$';
        let ends = match c {
            '{' if opens => false,
            '}' if braces > 0 => false,
            _ => c.is_whitespace() || matches!(c, ',' | '"' | '(' | ')' | '{' | '}'),
        };
        braces += usize::from(opens);
        braces -= usize::from(c == '}' && braces > 0);
        before = c;
        ends
    });
    rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest)
}
