//! IPv4 text read all at once: sixteen bytes as one number, without a branch that depends on how long an octet is.
//!
//! Only the common case is read here. Whatever is refused, the reader of [`super::text`] looks at again.

const ONES: u128 = 0x0101_0101_0101_0101_0101_0101_0101_0101;
const HIGH: u128 = 0x80 * ONES;

/// The address of a text of 8 to 15 bytes that is four octets, as [`super::parse_address`] wants them. None for other
/// text, and for one of 7 bytes.
#[inline]
pub(super) fn read(bytes: &[u8]) -> Option<u32> {
    let length = bytes.len();
    if !(8..16).contains(&length) {
        return None;
    }
    let first = u128::from(u64::from_le_bytes(*bytes.first_chunk()?));
    let last = u128::from(u64::from_le_bytes(*bytes.last_chunk()?));
    // Bytes that both have are the same ones; what follows the text is zero.
    let all = first | last << (8 * (length - 8));
    let beyond = u128::MAX << (8 * length);
    let dots = zeros(all ^ (0x2e * ONES));
    if dots.count_ones() != 3 || !digits(all) & HIGH & !beyond != dots {
        return None;
    }
    // Each dot's mark is the high bit of its byte: as many bits lie below the byte as the text has before the dot.
    let a = dots.trailing_zeros() - 7;
    let dots = dots & dots.wrapping_sub(1);
    let b = dots.trailing_zeros() - 7;
    let dots = dots & dots.wrapping_sub(1);
    let c = dots.trailing_zeros() - 7;
    let end = 8 * length as u32;
    let octets = [octet(all, 0, a), octet(all, a + 8, b), octet(all, b + 8, c), octet(all, c + 8, end)];
    let [w, x, y, z] = octets;
    (w | x | y | z < 256).then_some(w << 24 | x << 16 | y << 8 | z)
}

/// The number whose digits lie between two bits; 256 or more where it is none. Digits of one byte each, the first
/// lowest: moved so that the last is highest, they stand where their weights are.
#[inline]
fn octet(all: u128, from: u32, to: u32) -> u32 {
    let bits = to.wrapping_sub(from);
    let digits = (all >> (from & 127)) as u32 & 0x0f0f_0f0f;
    let placed = digits.wrapping_shl(32u32.wrapping_sub(bits));
    let value = (placed >> 24) + (placed >> 16 & 15) * 10 + (placed >> 8 & 15) * 100;
    // One digit to three, and no leading zero.
    let is_one = bits.wrapping_sub(8) <= 16 && (bits == 8 || digits & 15 != 0);
    if is_one { value } else { 256 }
}

/// The high bit of each byte that is zero, where no byte has it set.
#[inline]
fn zeros(bytes: u128) -> u128 {
    !((bytes & !HIGH).wrapping_add(0x7f * ONES) | bytes) & HIGH
}

/// The high bit of each byte that is a digit.
#[inline]
fn digits(bytes: u128) -> u128 {
    let low = bytes & !HIGH;
    low.wrapping_add((0x80 - 0x30) * ONES) & !low.wrapping_add((0x7f - 0x39) * ONES) & !bytes & HIGH
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
