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

#[cfg(test)]
mod tests {
    use super::*;

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
