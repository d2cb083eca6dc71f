//! The text of HTML within a line or a cell: what its tags and entities come to.

use html5gum::{DefaultEmitter, HtmlString, StringReader, Token, Tokenizer};

/// Tags that end a line of text.
pub(super) const BREAKING: &[&str] = &[
    "br",
    "p",
    "li",
    "ul",
    "ol",
    "div",
    "dl",
    "dt",
    "dd",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "section",
    "header",
    "footer",
    "pre",
    "blockquote",
    "caption",
];

/// Tags that leave no trace in the text.
pub(super) const INLINE: &[&str] = &[
    "a", "abbr", "b", "big", "code", "col", "colgroup", "dx-alert", "em", "font", "html", "body", "head",
    "i", "img", "ins", "kbd", "label", "mark", "nobr", "s", "samp", "small", "span", "strike", "strong",
    "sub", "tt", "u", "var", "wbr", "input", "button", "center", "article", "main", "nav", "svg", "path",
    "meta", "link",
];

/// Tags whose content is no text of the page: marks of footnotes, programs.
pub(super) const SILENT: &[&str] = &["sup", "script", "style"];

pub(super) type Tokens<'t> = Tokenizer<StringReader<'t>, DefaultEmitter<usize>>;

pub(super) fn tokens(text: &str) -> Tokens<'_> {
    Tokenizer::new_with_emitter(text, DefaultEmitter::new_with_span())
}

pub(super) fn name(name: &HtmlString) -> String {
    string_of(name)
}

pub(super) fn string_of(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The text of a piece of HTML: `\n` where a line breaks, entities as characters, tags that do not exist as they
/// stand. What follows a `<` that begins no whole tag is text.
pub(super) fn inline(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut silent = false;
    let mut read = 0;
    for Ok(token) in tokens(text) {
        let (tag, span, opens) = match token {
            Token::StartTag(tag) => (name(&tag.name), tag.span, true),
            Token::EndTag(tag) => (name(&tag.name), tag.span, false),
            Token::String(string) => {
                read = string.span.end;
                if !silent {
                    plain.push_str(&string_of(&string.value));
                }
                continue;
            }
            Token::Comment(comment) => {
                read = comment.span.end;
                continue;
            }
            Token::Doctype(_) | Token::Error(_) => continue,
        };
        read = span.end;
        if SILENT.contains(&tag.as_str()) {
            silent = opens;
        } else if BREAKING.contains(&tag.as_str()) {
            plain.push('\n');
        } else if !INLINE.contains(&tag.as_str()) {
            plain.push_str(text.get(span.start..span.end).unwrap_or(""));
        }
    }
    plain.push_str(text.get(read..).unwrap_or(""));
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_text() {
        let check = |html: &str, expected: &str| assert_eq!(inline(html), expected, "{html}");
        check("plain", "plain");
        check("a<br>b<br />c", "a\nb\nc");
        check("<b>a</b> &amp; <i>b</i>", "a & b");
        check("a < b and c<d", "a < b and c<d");
        check("a <b", "a <b");
        check("<instanceId>/x", "<instanceId>/x");
        check("AT&T &copy; &#x31;", "AT&T © 1");
        check("a<sup>1</sup>b", "ab");
    }
}
