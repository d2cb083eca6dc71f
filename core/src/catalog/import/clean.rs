//! A page's text as it is read: line ends are LF, a byte order mark is gone, quoted-printable remnants are decoded.
//!
//! Every byte of the cleaned text knows its place on the page, so that a fault is shown on the author's own line.

/// A cleaned text and where its bytes come from.
pub(super) struct Clean {
    text: String,
    /// `(byte of the text, byte of the page)` wherever the distance between the two changes; sorted.
    marks: Vec<(usize, usize)>,
}

impl Clean {
    /// Cleans a page.
    pub(super) fn new(page: &str) -> Clean {
        let decoded = is_quoted_printable(page).then(|| clean(page, true)).flatten();
        decoded.or_else(|| clean(page, false)).unwrap_or(Clean { text: page.to_owned(), marks: Vec::new() })
    }

    /// The cleaned text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The byte of the page that a byte of the text comes from.
    pub(super) fn origin(&self, at: usize) -> usize {
        let n = self.marks.partition_point(|m| m.0 <= at);
        let mark = n.checked_sub(1).and_then(|i| self.marks.get(i));
        mark.map_or(at, |(text, page)| page + (at - text))
    }
}

/// Whether the signs of attributes are spelled `=3D`, as in ` width=3D72`: a table taken from an encoded mail.
fn is_quoted_printable(page: &str) -> bool {
    let bytes = page.as_bytes();
    page.match_indices("=3D").any(|(at, _)| {
        let name = bytes.get(..at).unwrap_or(&[]).iter().rev();
        let letters = name.clone().take_while(|b| b.is_ascii_alphabetic() || **b == b'-').count();
        letters > 0 && name.clone().nth(letters).is_some_and(u8::is_ascii_whitespace)
    })
}

/// `None` where what was decoded is not UTF-8.
fn clean(page: &str, decode: bool) -> Option<Clean> {
    let bytes = page.as_bytes();
    let mut text = Vec::with_capacity(bytes.len());
    let mut marks = Vec::new();
    let mut at = if page.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    marks.push((0, at));
    while let Some(byte) = bytes.get(at) {
        let (put, taken) = match byte {
            b'\r' => (Some(b'\n'), if bytes.get(at + 1) == Some(&b'\n') { 2 } else { 1 }),
            b'=' if decode => decoded(bytes, at),
            other => (Some(*other), 1),
        };
        text.extend(put);
        at += taken;
        if put.is_none() || taken != 1 {
            marks.push((text.len(), at));
        }
    }
    Some(Clean { text: String::from_utf8(text).ok()?, marks })
}

/// What `=` stands for: the byte and how much was read; no byte for a line that goes on.
fn decoded(bytes: &[u8], at: usize) -> (Option<u8>, usize) {
    let digit = |n: usize| {
        bytes.get(at + n).and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok())
    };
    match (bytes.get(at + 1), bytes.get(at + 2)) {
        (Some(b'\r'), Some(b'\n')) => (None, 3),
        (Some(b'\n' | b'\r'), _) => (None, 2),
        _ => match (digit(1), digit(2)) {
            (Some(high), Some(low)) => (Some(high * 16 + low), 3),
            _ => (Some(b'='), 1),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, text: &str) {
        assert_eq!(Clean::new(page).text(), text, "{page:?}");
    }

    #[test]
    fn line_ends_and_byte_order_mark() {
        check("\u{feff}a\r\nb\rc\n", "a\nb\nc\n");
        check("", "");
    }

    #[test]
    fn quoted_printable_is_decoded_only_where_tags_show_it() {
        check("<td width=3D72 x=3D'=\ny'>a=E2=80=99b</t=\r\nd>", "<td width=72 x='y'>a’b</td>");
        check("see ?id=3D4\na =\nb", "see ?id=3D4\na =\nb");
        check("<td width=3D72>a=FFb", "<td width=3D72>a=FFb");
        check("<td width=3D72>a=zz=", "<td width=72>a=zz=");
    }

    #[test]
    fn every_byte_knows_its_place() {
        let page = "\u{feff}ab\r\ncd <td width=3D72>=\nx=41y";
        let clean = Clean::new(page);
        for (needle, origin) in [("ab", 3), ("cd", 7), ("<td", 10), ("72", 22), ("x", 27), ("y", 31)] {
            let at = clean.text().rfind(needle).unwrap();
            assert_eq!(clean.origin(at), origin, "{needle}");
        }
        assert_eq!(clean.origin(clean.text().len()), page.len());
    }
}
