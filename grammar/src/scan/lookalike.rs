//! Letters that look like Latin ones, and characters that cannot be seen: what a reviewer would take them for.
//!
//! Words of the language are ASCII, so none of these can stand in one; a name of another script is quoted. The list holds
//! letters that many fonts draw like a Latin one: it serves a message, and decides nothing.

/// Pairs of a letter and the ASCII letter it looks like, by alphabet.
const CYRILLIC: &str = "аaеeоoрpсcуyхxіiјjѕsԁdһhԛqԝwАAВBЕEКKМMНHОOРPСCТTХXУYІIЈJЅSԌG";
const GREEK: &str = "οoαaνvρpιiκkυuγyΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX";
const LATIN: &str = "ıiɑaɡgɩiʏyʀRʟL";
const ARMENIAN: &str = "օoսuհhոnզqցg";

/// What a character would be taken for: an ASCII character, or nothing for one that cannot be seen.
pub(crate) fn taken_for(c: char) -> Option<&'static str> {
    if is_invisible(c) {
        return Some("");
    }
    let folded = match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => wide - 0xFEE0,
        mathematical @ 0x1D400..=0x1D6A3 => {
            let place = (mathematical - 0x1D400) % 52;
            if place < 26 { u32::from(b'A') + place } else { u32::from(b'a') + place - 26 }
        }
        _ => return alphabets(c),
    };
    let at = usize::try_from(folded).ok()?.checked_sub(0x21)?;
    ASCII.get(at..=at)
}

/// The printable characters of ASCII from `!`.
const ASCII: &str =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

fn alphabets(c: char) -> Option<&'static str> {
    [CYRILLIC, GREEK, LATIN, ARMENIAN].into_iter().find_map(|pairs| {
        let (at, _) = pairs.char_indices().step_by(2).find(|(_, letter)| *letter == c)?;
        pairs.get(at + c.len_utf8()..=at + c.len_utf8())
    })
}

/// Characters of no width, and the soft hyphen.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{180e}' | '\u{fe00}'..='\u{fe0f}')
}

/// Whether a character could be part of what a reader takes for one word.
pub(crate) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '*') || is_invisible(c)
}

/// A word as a reader would take it; `None` where it is plain, or holds a letter that looks like none of ASCII.
pub(crate) fn word_taken_for(word: &str) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    let mut folded = String::with_capacity(word.len());
    for c in word.chars() {
        match c.is_ascii() {
            true => folded.push(c),
            false => folded.push_str(taken_for(c)?),
        }
    }
    Some(folded)
}

/// A text as a reader would take it: every letter that looks like one of ASCII read as that, what cannot be seen left out.
pub(crate) fn skeleton(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match taken_for(c).filter(|_| !c.is_ascii()) {
            Some(like) => folded.push_str(like),
            None => folded.push(c),
        }
    }
    folded
}

/// The first character of a quoted name that a reader would take for another: one that cannot be seen, or a letter of
/// another alphabet in a word of Latin ones. Names of one alphabet are plain, and so are letters with marks.
pub(crate) fn hidden_in_name(name: &str) -> Option<(usize, char)> {
    if name.is_ascii() {
        return None;
    }
    let end = |rest: &str| rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let mut from = 0;
    while let Some(rest) = name.get(from..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next()?;
        if is_invisible(first) {
            return Some((from, first));
        }
        let word = rest.get(..end(rest))?;
        let latin = word.bytes().any(|b| b.is_ascii_alphabetic());
        let foreign = |c: &char| !c.is_ascii() && !LATIN.contains(*c) && taken_for(*c).is_some();
        let found = word.char_indices().find(|(_, c)| foreign(c) && (latin || is_wide(*c)));
        if let Some((at, letter)) = found {
            return Some((from + at, letter));
        }
        from += word.len().max(first.len_utf8());
    }
    None
}

/// A letter of ASCII in another shape, which is of no alphabet of its own.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d6a3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hide_letters_of_other_alphabets_in_latin_words() {
        let hidden = |name: &str| hidden_in_name(name).map(|(at, c)| (at, u32::from(c)));
        assert_eq!(hidden("оffice"), Some((0, 0x43e)));
        assert_eq!(hidden("lena@оffice.example"), Some((5, 0x43e)));
        assert_eq!(hidden("张三-аdmin"), Some((7, 0x430)));
        assert_eq!(hidden("ｏｆｆｉｃｅ"), Some((0, 0xff4f)));
        assert_eq!(hidden("of\u{200b}fice"), Some((2, 0x200b)));
        assert_eq!(hidden("张\u{2060}三"), Some((3, 0x2060)));
        for plain in ["office", "张三", "Сара", "Сара-b", "naïve", "yıldız", "Σοφία", "", "é"]
        {
            assert_eq!(hidden(plain), None, "{plain}");
        }
        assert_eq!(skeleton("асе-张\u{200b}三"), "ace-张三");
        assert_eq!(skeleton("a-b"), "a-b");
    }

    fn check(word: &str, expected: Option<&str>) {
        assert_eq!(word_taken_for(word).as_deref(), expected, "{word:?}");
    }

    #[test]
    fn letters_of_other_alphabets_are_taken_for_latin_ones() {
        check("office", None);
        check("оffice", Some("office"));
        check("аllоw", Some("allow"));
        check("Οffice", Some("Office"));
        check("ｏｆｆｉｃｅ", Some("office"));
        check("𝐚llow", Some("allow"));
        check("𝙕one", Some("Zone"));
        check("of\u{200b}fice", Some("office"));
        check("ＡＺａｚ０９＿", Some("AZaz09_"));
        check("张三", None);
        check("Анна", None);
        check("naïve", None);
    }

    #[test]
    fn every_pair_is_a_letter_and_an_ascii_letter() {
        for pairs in [CYRILLIC, GREEK, LATIN, ARMENIAN] {
            let letters: Vec<char> = pairs.chars().collect();
            for pair in letters.chunks(2) {
                assert!(!pair[0].is_ascii() && pair[1].is_ascii_alphabetic(), "{pair:?}");
            }
        }
        assert_eq!((ASCII.len(), ASCII.as_bytes()[0]), (94, b'!'));
    }
}
