//! A short fingerprint of a text, for the version of a catalog that carries no date.
//!
//! FNV-1a of 64 bits, written out here because it is ten lines and has to stay the same for ever: a version ends
//! up in compiled results. It tells benign texts apart; it is no protection against forgery, and nothing relies on
//! it for that.

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The fingerprint of a text as a version: `digest-` and sixteen hexadecimal digits.
pub(super) fn digest(text: &str) -> String {
    format!("digest-{:016x}", fnv1a(text.as_bytes()))
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors that the algorithm was published with.
    #[test]
    fn published_vectors() {
        for (text, expected) in
            [("", 0xcbf2_9ce4_8422_2325_u64), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            assert_eq!(fnv1a(text.as_bytes()), expected, "{text:?}");
        }
        assert_eq!(digest("a"), "digest-af63dc4c8601ec8c");
    }
}
