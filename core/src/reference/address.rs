//! Addresses of a request and prefixes of a policy (§5 *IP*).
//!
//! "IP: an address or CIDR, v4 or v6 … families never mix … Leading zeros, zones, ports, missing octets, netmask
//! forms: errors, in policy and request. A request's address has no prefix." An address is kept as its bits, one by
//! one, most significant first.

use crate::address::{Family, Prefix};
use crate::check::Ip;
use std::net::IpAddr;

/// An address: 32 or 128 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    family: Family,
    bits: Vec<bool>,
}

/// Reads the address of a request, given as text or as a value.
pub(super) fn of_request(ip: &Ip) -> Option<Address> {
    match ip {
        Ip::Text(text) => read(text),
        Ip::Address(IpAddr::V4(address)) => Some(v4(&address.octets())),
        Ip::Address(IpAddr::V6(address)) => Some(v6(&address.segments())),
    }
}

/// Reads the text of an address: with a colon IPv6, else IPv4.
pub(super) fn read(text: &str) -> Option<Address> {
    if text.contains(':') {
        return Some(v6(&read_groups(text)?));
    }
    Some(v4(&read_octets(text)?))
}

fn v4(octets: &[u8]) -> Address {
    let bits = octets.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1));
    Address { family: Family::V4, bits: bits.collect() }
}

/// "An IPv4-mapped IPv6 address in a request is the IPv4 address".
fn v6(groups: &[u16]) -> Address {
    if let [0, 0, 0, 0, 0, 0xffff, high, low] = *groups {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        return v4(&[a, b, c, d]);
    }
    let bits = groups.iter().flat_map(|group| (0..16).rev().map(move |bit| group >> bit & 1 == 1));
    Address { family: Family::V6, bits: bits.collect() }
}

/// Four numbers 0–255 without leading zeros, with dots between.
fn read_octets(text: &str) -> Option<Vec<u8>> {
    let octets: Option<Vec<u8>> = text.split('.').map(read_octet).collect();
    octets.filter(|octets| octets.len() == 4)
}

fn read_octet(text: &str) -> Option<u8> {
    let digits = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if digits && !leading_zero { text.parse().ok() } else { None }
}

/// Eight groups of one to four hexadecimal digits; one `::` stands for one or more groups of zeros; the last two
/// groups may be written as an IPv4 address (RFC 4291).
fn read_groups(text: &str) -> Option<Vec<u16>> {
    let Some((before, after)) = text.split_once("::") else {
        return read_run(text, true).filter(|groups| groups.len() == 8);
    };
    let (mut groups, tail) = (read_run(before, false)?, read_run(after, true)?);
    let missing = 8usize.checked_sub(groups.len() + tail.len()).filter(|missing| *missing > 0)?;
    groups.extend(vec![0; missing]);
    groups.extend(tail);
    Some(groups)
}

/// Groups with colons between; none in an empty text.
fn read_run(text: &str, may_end_in_v4: bool) -> Option<Vec<u16>> {
    let mut groups = Vec::new();
    if text.is_empty() {
        return Some(groups);
    }
    let words: Vec<&str> = text.split(':').collect();
    for (i, word) in words.iter().enumerate() {
        let last = i + 1 == words.len();
        if last && may_end_in_v4 && word.contains('.') {
            let octets = read_octets(word)?;
            groups.extend(octets.chunks(2).map(|pair| pair.iter().fold(0, |n, o| n << 8 | u16::from(*o))));
        } else {
            groups.push(read_group(word)?);
        }
    }
    Some(groups)
}

fn read_group(text: &str) -> Option<u16> {
    let hex = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    if hex { u16::from_str_radix(text, 16).ok() } else { None }
}

impl Address {
    /// Whether it lies in the prefix: same family, and the first bits are the prefix's.
    pub(super) fn lies_in(&self, prefix: Prefix) -> bool {
        let width = u32::from(Prefix::width(prefix.family));
        let wanted = (0..width).rev().map(|bit| prefix.bits >> bit & 1 == 1);
        let first = wanted.zip(&self.bits).take(usize::from(prefix.length));
        self.family == prefix.family && first.into_iter().all(|(wanted, bit)| wanted == *bit)
    }

    /// "canonical text: dotted IPv4, RFC 5952 IPv6".
    pub(super) fn text(&self) -> String {
        let number = |bits: &[bool]| bits.iter().fold(0u16, |n, bit| n << 1 | u16::from(*bit));
        match self.family {
            Family::V4 => {
                let octets: Vec<String> = self.bits.chunks(8).map(|bits| number(bits).to_string()).collect();
                octets.join(".")
            }
            Family::V6 => rfc_5952(&self.bits.chunks(16).map(number).collect::<Vec<u16>>()),
        }
    }
}

/// Lower case, no leading zeros, `::` for the longest run of two or more zero groups, the first of equals.
fn rfc_5952(groups: &[u16]) -> String {
    let words = |groups: &[u16]| groups.iter().map(|g| format!("{g:x}")).collect::<Vec<String>>().join(":");
    for length in (2..=groups.len()).rev() {
        for start in 0..=groups.len() - length {
            let (before, rest) = groups.split_at(start);
            let (run, after) = rest.split_at(length);
            if run.iter().all(|group| *group == 0) {
                return format!("{}::{}", words(before), words(after));
            }
        }
    }
    words(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, canonical: &str) {
        assert_eq!(read(text).map(|a| a.text()).as_deref(), Some(canonical), "{text}");
    }

    #[test]
    fn addresses_and_their_canonical_text() {
        check("10.0.0.1", "10.0.0.1");
        check("0.0.0.0", "0.0.0.0");
        check("2001:DB8:0:0:0:0:0:1", "2001:db8::1");
        check("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
        check("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
        check("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
        check("::", "::");
        check("::1", "::1");
        check("1::", "1::");
        check("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0");
        check("::ffff:10.0.0.1", "10.0.0.1");
        check("0:0:0:0:0:ffff:a00:1", "10.0.0.1");
        check("64:ff9b::10.0.0.1", "64:ff9b::a00:1");
        check("::10.0.0.1", "::a00:1");
    }

    #[test]
    fn other_spellings_are_no_addresses() {
        let four =
            ["", "10.0.0", "10.0.0.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.00", "10.0.0.1/32", "10..0.1"];
        let six =
            [":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "fe80::1%1"];
        let odd =
            ["[::1]", "::1/128", "12345::", "g::", "10.0.0.1::", "::10.0.0.1:1", ":1::", "1::2:", "+1::"];
        for text in four.iter().chain(&six).chain(&odd).chain(&["10.0.0.1 ", "1.2.3.4:80", "0x1.0.0.1", "é"])
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn families_never_mix() {
        let address = read("10.1.2.3").unwrap();
        let prefix = |family, bits, length| Prefix::new(family, bits, length);
        assert!(address.lies_in(prefix(Family::V4, 0x0a00_0000, 8)));
        assert!(!address.lies_in(prefix(Family::V4, 0x0b00_0000, 8)));
        assert!(address.lies_in(prefix(Family::V4, 0, 0)));
        assert!(!address.lies_in(prefix(Family::V6, 0, 0)));
        assert!(read("::ffff:10.1.2.3").unwrap().lies_in(prefix(Family::V4, 0x0a01_0203, 32)));
    }
}
