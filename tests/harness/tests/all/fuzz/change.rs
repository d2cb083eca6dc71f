//! How texts are changed, and made smaller.

use passgate_harness::random::Random;

/// What is put into texts of a kind.
pub(super) struct Words {
    pub(super) words: &'static [&'static str],
}

/// A text with a few changes; parts of another one may come in.
pub(super) fn change(base: &str, other: &str, words: &Words, random: &mut Random) -> String {
    let mut text = base.to_owned();
    for _ in 0..random.between(1, 4) {
        let (from, to) = stretch(&text, random);
        match random.below(9) {
            0 => text.replace_range(from..to, ""),
            1 | 2 => text.insert_str(from, &random.word(words.words)),
            3 => text.replace_range(from..to, &random.word(words.words)),
            4 => {
                let part = text.get(from..to).unwrap_or("").to_owned();
                text.insert_str(to, &part);
            }
            5 => {
                let (a, b) = stretch(other, random);
                text.insert_str(from, other.get(a..b).unwrap_or(""));
            }
            6 => {
                let (a, b) = stretch(other, random);
                text.replace_range(from..to, other.get(a..b).unwrap_or(""));
            }
            7 => text.insert(from, character(random)),
            _ => text.truncate(from),
        }
    }
    text
}

/// A stretch of a text, short more often than long, at borders of words more often than not.
fn stretch(text: &str, random: &mut Random) -> (usize, usize) {
    let from = border(text, random.below(text.len() + 1), random.chance(70));
    let most = [1, 4, 16, 64, 512].get(random.below(5)).copied().unwrap_or(1);
    let to = border(text, (from + random.between(0, most)).min(text.len()), random.chance(70));
    (from.min(to), from.max(to))
}

/// A place at or after a byte where a character begins; where `word`, at an end of a word.
fn border(text: &str, at: usize, word: bool) -> usize {
    let mut inside = word;
    for (offset, c) in text.get(floor(text, at)..).unwrap_or("").char_indices() {
        inside &= c.is_alphanumeric();
        if !inside {
            return floor(text, at) + offset;
        }
    }
    text.len()
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn character(random: &mut Random) -> char {
    const ODD: &[char] = &[
        '\0',
        '\r',
        '\n',
        '\t',
        '"',
        '\\',
        '\u{85}',
        '\u{feff}',
        '\u{202e}',
        '\u{10ffff}',
        'é',
        '“',
        '，',
        '/',
    ];
    match random.below(3) {
        0 => ODD.get(random.below(ODD.len())).copied().unwrap_or(' '),
        1 => char::from(u8::try_from(random.below(128)).unwrap_or(b' ')),
        _ => char::from_u32(u32::try_from(random.below(0x11_0000)).unwrap_or(0)).unwrap_or('\u{fffd}'),
    }
}

/// The text without what it need not have to fail.
pub(super) fn smaller(text: &str, fails: &dyn Fn(&str) -> bool) -> String {
    let mut text = text.to_owned();
    let mut size = text.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < text.len() {
            let (from, to) = (floor(&text, at), floor(&text, (at + size).min(text.len())));
            let mut shorter = text.clone();
            shorter.replace_range(from..to.max(from), "");
            if shorter.len() < text.len() && fails(&shorter) {
                text = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    text
}
