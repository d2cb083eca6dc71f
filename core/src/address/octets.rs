//! IPv4 text read all at once: sixteen bytes side by side, without a branch that depends on how long an octet is.
//!
//! Only the common case is read here. Whatever is refused, the reader of [`super::text`] looks at again.

/// The address of a text of 8 to 15 bytes that is four octets, as [`super::parse_address`] wants them. None for other
/// text, and for one of 7 bytes.
#[inline]
pub(super) fn read(bytes: &[u8]) -> Option<u32> {
    let length = bytes.len() as u32;
    if !(8..16).contains(&bytes.len()) {
        return None;
    }
    let first = u64::from_le_bytes(*bytes.first_chunk()?);
    let last = u64::from_le_bytes(*bytes.last_chunk()?);
    // Bytes that both have are the same ones; what follows the text is zero.
    let behind = last.checked_shr(8 * (16 - length)).unwrap_or(0);
    let Marks { dots, digits } = marks(first, behind);
    let (second, third) = (without_lowest(dots), without_lowest(without_lowest(dots)));
    if dots | digits != (1 << length) - 1 || third == 0 || without_lowest(third) != 0 {
        return None;
    }
    let (a, b, c) = (dots.trailing_zeros(), second.trailing_zeros(), third.trailing_zeros());
    // Octets of at most three bytes: the second ends before byte 8, the third lies between bytes 4 and 11.
    let middle = first >> 32 | behind << 32;
    let w = octet(first, a);
    let x = octet(first.wrapping_shr(8 * a + 8), b - a - 1);
    let y = octet(middle.wrapping_shr((8 * b).wrapping_sub(24)), c - b - 1);
    let ends = length - c - 1;
    let z = octet(last.wrapping_shr(64u32.wrapping_sub(8 * ends)), ends);
    (w | x | y | z < 256).then_some(w << 24 | x << 16 | y << 8 | z)
}

/// The number whose so many digits come first; 256 or more where it is none. Digits of one byte each, the first lowest:
/// moved so that the last is highest, they stand where their weights are.
#[inline]
fn octet(text: u64, count: u32) -> u32 {
    let digits = text as u32 & 0x0f0f_0f0f;
    let placed = digits.wrapping_shl(32u32.wrapping_sub(8 * count));
    let value = (placed >> 24) + (placed >> 16 & 15) * 10 + (placed >> 8 & 15) * 100;
    // One digit to three, and no leading zero.
    let is_one = count.wrapping_sub(1) <= 2 && (count == 1 || digits & 15 != 0);
    if is_one { value } else { 256 }
}

#[inline]
fn without_lowest(bits: u32) -> u32 {
    bits & bits.wrapping_sub(1)
}

/// Of sixteen bytes those that are dots and those that are digits, a bit each.
struct Marks {
    dots: u32,
    digits: u32,
}

#[inline]
fn marks(first: u64, behind: u64) -> Marks {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    // A bit of each byte, side by side.
    let bits = |high: u64| ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32;
    let dots = |bytes: u64| {
        let other = bytes ^ (0x2e * ONES);
        bits(!((other & !HIGH).wrapping_add(0x7f * ONES) | other) & HIGH)
    };
    let digits = |bytes: u64| {
        let low = bytes & !HIGH;
        let from_zero = low.wrapping_add((0x80 - 0x30) * ONES);
        bits(from_zero & !low.wrapping_add((0x7f - 0x39) * ONES) & !bytes & HIGH)
    };
    Marks { dots: dots(first) | dots(behind) << 8, digits: digits(first) | digits(behind) << 8 }
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
        let text = "192.168.100.77";
        for at in 0..text.len() {
            for byte in 0..=255 {
                let mut bytes = text.as_bytes().to_vec();
                bytes[at] = byte;
                assert_eq!(read(&bytes), read_v4(&bytes), "{byte} at {at}");
            }
        }
        for value in (0..=u32::MAX).step_by(65_521) {
            let text = Ipv4Addr::from(value).to_string();
            assert_eq!(read_v4(text.as_bytes()), Some(value), "{text}");
            assert_eq!(read(text.as_bytes()), Some(value).filter(|_| text.len() > 7), "{text}");
        }
    }
}
