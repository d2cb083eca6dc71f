//! IPv4 text read all at once: eight bytes side by side, without a branch that depends on how long an octet is.
//!
//! Two octets lie in the first eight bytes, two in the last eight, and what is wrong with a text is asked of all four
//! together. Only the common case is read here. Whatever is refused, the reader of [`super::text`] looks at again.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

/// Bits of a byte.
const BYTE: u32 = 8;

/// The address of a text of 8 to 15 bytes that is four octets, as [`super::parse_address`] wants them. None for other
/// text, and for one of 7 bytes.
#[inline]
pub(super) fn read(bytes: &[u8]) -> Option<u32> {
    if !(8..16).contains(&bytes.len()) {
        return None;
    }
    let length = bytes.len() as u32;
    // The first byte highest.
    let (head, tail) = (u64::from_be_bytes(*bytes.first_chunk()?), u64::from_be_bytes(*bytes.last_chunk()?));
    let (head_others, tail_others) = (not_dot(head), not_dot(tail));
    let wrong = head | tail | (head_others & not_digit(head)) | (tail_others & not_digit(tail));
    if wrong & HIGH != 0 {
        return None;
    }
    let ((a, b), front) = front(head, !head_others & HIGH);
    let ((c, d), back) = back(tail, !tail_others & HIGH);
    // No octet is empty or longer than four digits, and the second dot is the second last one: with three dots between
    // them the octets are the whole text.
    let beyond = beyond_one(front) | beyond_one(back);
    let bits = front.0.wrapping_add(front.1).wrapping_add(back.0).wrapping_add(back.1);
    if beyond & !(3 * BYTE) != 0 || bits != (BYTE * length).wrapping_sub(3 * BYTE) {
        return None;
    }
    join(values(a << 32 | c), values(b << 32 | d), length)
}

/// The high bit of the bytes that are no dot, where the high bits of all bytes are unset.
#[inline]
fn not_dot(bytes: u64) -> u64 {
    (bytes ^ (0x2e * ONES)).wrapping_add(0x7f * ONES)
}

/// The high bit of the bytes that are no digit, where the high bits of all bytes are unset.
#[inline]
fn not_digit(bytes: u64) -> u64 {
    bytes.wrapping_add((0x80 - 0x3a) * ONES) | !bytes.wrapping_add((0x80 - 0x30) * ONES)
}

/// The octets before the first two dots, the last digit of each lowest, and how many bits they have.
#[inline]
fn front(text: u64, dots: u64) -> ((u64, u64), (u32, u32)) {
    let first = dots.leading_zeros();
    let behind = first.wrapping_add(BYTE);
    let (rest, dots) = (text.wrapping_shl(behind), dots.wrapping_shl(behind));
    let second = dots.leading_zeros();
    let octets = (text.wrapping_shr(first.wrapping_neg()), rest.wrapping_shr(second.wrapping_neg()));
    (octets, (first, second))
}

/// The octets after the last two dots, as [`front`] those before the first two.
#[inline]
fn back(text: u64, dots: u64) -> ((u64, u64), (u32, u32)) {
    let below = |dots: u64| (dots ^ dots.wrapping_sub(1)) >> BYTE;
    // Of a dot the highest bit is set.
    let behind = dots.trailing_zeros().wrapping_add(1);
    let (rest, others) = (text.wrapping_shr(behind), dots.wrapping_shr(behind));
    let octets = (rest & below(others), text & below(dots));
    (octets, (others.trailing_zeros().wrapping_sub(BYTE - 1), behind.wrapping_sub(BYTE)))
}

/// Bits of two octets beyond those of one digit, or-ed together; beyond those of four where an octet is empty or a dot
/// lacks.
#[inline]
fn beyond_one(bits: (u32, u32)) -> u32 {
    bits.0.wrapping_sub(BYTE) | bits.1.wrapping_sub(BYTE)
}

/// The numbers of two octets, one in each half.
#[inline]
fn values(octets: u64) -> u64 {
    const DIGIT: u64 = 0x0000_000f_0000_000f;
    (octets & DIGIT) + (octets >> 8 & DIGIT) * 10 + (octets >> 16 & DIGIT) * 100
}

/// The address of octets one and three beside two and four, where none is beyond 255 and none has more digits than its
/// number needs.
#[inline]
fn join(odd: u64, even: u64, length: u32) -> Option<u32> {
    const QUARTERS: u64 = 0x0001_0001_0001_0001;
    let all = odd << 16 | even;
    let reach = |least: u64| (all + (0x8000 - least) * QUARTERS) >> 15 & QUARTERS;
    // Digits beyond the first of each. The text has seven bytes beside them.
    let digits = (reach(10) + reach(100)).wrapping_mul(QUARTERS) >> 48;
    if all & (0xff00 * QUARTERS) != 0 || digits + 7 != u64::from(length) {
        return None;
    }
    let pairs = odd << 8 | even;
    Some((pairs >> 16 | pairs) as u32)
}

#[cfg(test)]
mod tests {
    use super::super::text::read_v4;
    use super::read;
    use std::net::Ipv4Addr;

    #[test]
    fn octets_are_read_all_at_once_as_they_are_byte_by_byte() {
        let parts = [
            "0", "9", "10", "99", "100", "255", "256", "260", "300", "999", "00", "01", "012", "", "1a", "/",
            ":", "1000",
        ];
        for a in parts {
            for b in parts {
                for c in parts {
                    for d in parts {
                        for text in [
                            format!("{a}.{b}.{c}.{d}"),
                            format!("{a}.{b}.{c}{d}"),
                            format!("{a}.{b}.{c}.{d}."),
                        ] {
                            let read = read(text.as_bytes());
                            let expected = read_v4(text.as_bytes()).filter(|_| text.len() > 7);
                            assert_eq!(read, expected, "{text}");
                        }
                    }
                }
            }
        }
        for value in (0..=u32::MAX).step_by(65_521) {
            let text = Ipv4Addr::from(value).to_string();
            assert_eq!(read_v4(text.as_bytes()), Some(value), "{text}");
            assert_eq!(read(text.as_bytes()), Some(value).filter(|_| text.len() > 7), "{text}");
        }
    }

    #[test]
    fn octets_of_every_length_and_of_digits_at_every_limit() {
        let mut texts = 0;
        let octets =
            ["", "0", "7", "00", "07", "70", "99", "000", "007", "070", "199", "249", "255", "256", "1000"];
        for lengths in 0..octets.len().pow(4) {
            let part = |at: u32| octets[lengths / octets.len().pow(at) % octets.len()];
            let text = format!("{}.{}.{}.{}", part(0), part(1), part(2), part(3));
            assert_eq!(read(text.as_bytes()), read_v4(text.as_bytes()).filter(|_| text.len() > 7), "{text}");
            texts += usize::from(read(text.as_bytes()).is_some());
        }
        // Seven are octets as they should be; four of one digit are too short for this reader.
        assert_eq!(texts, 7_usize.pow(4) - 2_usize.pow(4));
    }

    #[test]
    fn any_byte_at_any_place_and_two_of_them_is_read_as_byte_by_byte() {
        for text in ["10.1.2.3", "1.2.3.40", "192.168.100.7", "1.255.3.255", "255.255.255.255"] {
            for at in 0..text.len() {
                for byte in 0..=255 {
                    let mut bytes = text.as_bytes().to_vec();
                    bytes[at] = byte;
                    assert_eq!(read(&bytes), read_v4(&bytes), "{byte} at {at} of {text}");
                    for other in 0..at {
                        for second in [0, b'.', b'/', b'0', b'9', b':', 0x80, 0xae] {
                            let mut bytes = bytes.clone();
                            bytes[other] = second;
                            assert_eq!(read(&bytes), read_v4(&bytes), "{bytes:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn any_text_of_digits_and_dots_is_read_as_byte_by_byte() {
        let mut state = 11u64;
        for _ in 0..400_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let length = 6 + (state >> 60) as usize % 11;
            let bytes: Vec<u8> =
                (0..length).map(|at| b"0125.9.."[(state >> (3 * at + 10)) as usize % 8]).collect();
            assert_eq!(read(&bytes), read_v4(&bytes).filter(|_| (8..16).contains(&length)), "{bytes:?}");
        }
    }
}
