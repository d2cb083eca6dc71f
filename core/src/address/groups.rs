//! IPv6 text read in one pass, a table look-up for each byte.
//!
//! Only groups of hexadecimal digits and `::` are read here. Whatever is refused, the reader of [`super::text`] looks
//! at again: it knows the form with a dotted end.

/// Longest text of eight groups.
const LONGEST: usize = 39;

const COLON: u8 = 16;
const OTHER: u8 = 17;

/// For every byte the digit it is, or what else.
static KIND: [u8; 256] = kinds();

const fn kinds() -> [u8; 256] {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        let kind = match byte as u8 {
            b @ b'0'..=b'9' => b - b'0',
            b @ b'a'..=b'f' => b - b'a' + 10,
            b @ b'A'..=b'F' => b - b'A' + 10,
            b':' => COLON,
            _ => OTHER,
        };
        #[expect(clippy::indexing_slicing, reason = "counted to the length, and before the program runs")]
        {
            kinds[byte] = kind;
        }
        byte += 1;
    }
    kinds
}

/// The address of a text of hexadecimal groups, as [`super::parse_address`] wants them; none for other text.
pub(super) fn read(bytes: &[u8]) -> Option<u128> {
    let starts_alone = matches!(bytes, [b':'] | [b':', b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]);
    if bytes.len() > LONGEST || starts_alone {
        return None;
    }
    let (mut all, mut group, mut digits, mut groups) = (0u128, 0u32, 0u32, 0u32);
    let mut gap = None;
    for (at, byte) in bytes.iter().enumerate() {
        let kind = KIND.get(usize::from(*byte)).copied()?;
        if kind < COLON {
            group = group << 4 | u32::from(kind);
            digits = digits.wrapping_add(1);
        } else if kind != COLON || digits > 4 {
            return None;
        } else if digits > 0 {
            all = all << 16 | u128::from(group);
            (group, digits, groups) = (0, 0, groups.wrapping_add(1));
        } else if at > 0 && gap.replace(groups).is_some() {
            return None;
        }
    }
    if digits > 0 {
        all = all << 16 | u128::from(group);
        groups = groups.wrapping_add(1);
    } else if gap != Some(groups) {
        return None;
    }
    match gap {
        _ if digits > 4 => None,
        None => (groups == 8).then_some(all),
        Some(before) if groups < 8 => {
            let after = 16 * groups.wrapping_sub(before);
            let head = all.checked_shr(after)?.checked_shl(16 * 8u32.wrapping_sub(before)).unwrap_or(0);
            Some(head | all & 1u128.checked_shl(after)?.wrapping_sub(1))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::read_v6;
    use super::read;

    #[test]
    fn groups_are_read_in_one_pass_as_they_are_one_by_one() {
        let parts = ["", ":", "0", "f", "A0", "ffff", "12345", "::", "g", "1.2.3.4", ":1"];
        let mut state = 7u64;
        for _ in 0..200_000 {
            let mut text = String::new();
            for at in 0..1 + state % 10 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(if at > 0 && state >> 60 != 0 { ":" } else { "" });
                let part = (state >> 33) as usize % (2 * parts.len());
                text.push_str(parts.get(part).unwrap_or(&"2001"));
            }
            let expected = read_v6(text.as_bytes()).filter(|_| !text.contains('.'));
            assert_eq!(read(text.as_bytes()), expected, "{text}");
        }
        for text in [
            "",
            ":",
            "::",
            ":::",
            "1:",
            ":1",
            "1::",
            "::1",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
        ] {
            assert_eq!(read(text.as_bytes()), read_v6(text.as_bytes()), "{text}");
        }
    }
}
