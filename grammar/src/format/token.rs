//! The canonical text of single tokens: names, keys, addresses.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::text;

/// A NAME, bare where it can be; else as it is written.
pub(super) fn name(written: &str, quoted: bool) -> Cow<'_, str> {
    bare(written, quoted, text::is_bare_name)
}

/// A KEY, bare where it can be; else as it is written.
pub(super) fn key(written: &str, quoted: bool) -> Cow<'_, str> {
    bare(written, quoted, text::is_bare_key)
}

fn bare(written: &str, quoted: bool, may_be: impl Fn(&str) -> bool) -> Cow<'_, str> {
    if !quoted {
        return Cow::Borrowed(written);
    }
    let value = text::unquote(written);
    if may_be(&value) { value } else { Cow::Borrowed(written) }
}

/// An ADDRESS as RFC 5952 writes it, without a length that says nothing. What is no address stays as it is written:
/// that is told elsewhere.
pub(super) fn address(written: &str) -> Cow<'_, str> {
    let (head, length) =
        written.split_once('/').map_or((written, None), |(head, length)| (head, Some(length)));
    if !head.contains(':') {
        let one = length == Some("32") && head.parse::<Ipv4Addr>().is_ok();
        return Cow::Borrowed(if one { head } else { written });
    }
    match (head.parse::<Ipv6Addr>(), length) {
        (Ok(address), _) if address.to_ipv4_mapped().is_some() => Cow::Borrowed(written),
        (Ok(address), None | Some("128")) => Cow::Owned(address.to_string()),
        (Ok(address), Some(length)) if is_length(length) => Cow::Owned(format!("{address}/{length}")),
        _ => Cow::Borrowed(written),
    }
}

/// Whether a text is a prefix length of IPv6, without sign and leading zero.
fn is_length(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0')) && text.parse::<u8>().is_ok_and(|length| length <= 128)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_address(written: &str, expected: &str) {
        assert_eq!(address(written), expected);
        assert_eq!(address(expected), expected);
    }

    #[test]
    fn addresses_as_in_rfc_5952() {
        check_address("203.0.113.0/24", "203.0.113.0/24");
        check_address("203.0.113.9/32", "203.0.113.9");
        check_address("10.0.0.5/8", "10.0.0.5/8");
        check_address("0.0.0.0/0", "0.0.0.0/0");
        check_address("2001:DB8:0:0:0:0:0:1", "2001:db8::1");
        check_address("2001:db8:0:1:1:1:1:1/128", "2001:db8:0:1:1:1:1:1");
        check_address("2001:0db8:40::/44", "2001:db8:40::/44");
        check_address("::/0", "::/0");
        check_address("0:0:0:0:0:0:0:0/0", "::/0");
        check_address("64:ff9b::192.0.2.33", "64:ff9b::c000:221");
        check_address("2001:db8::5/32", "2001:db8::5/32");
    }

    #[test]
    fn what_is_no_address_stays() {
        for written in [
            "10.0.0.01/32",
            "10.0.0/32",
            "10.0.0.1/032",
            "10.*.*.*",
            "1::2::3",
            "::1/0128",
            "::1/129",
            "::1/",
            "::1/+8",
            "::FFFF:10.0.0.1",
            "fe80::1%eth0",
            "10.0.0.1-10.0.0.6",
        ] {
            check_address(written, written);
        }
    }

    #[test]
    fn names_and_keys_are_bare_where_they_can_be() {
        assert_eq!(name("\"finance\"", true), "finance");
        assert_eq!(name("\"0042\"", true), "0042");
        assert_eq!(name("\"group\"", true), "\"group\"");
        assert_eq!(name("\"\\u{61}b\"", true), "ab");
        assert_eq!(name("\"\\u{e9}\"", true), "\"\\u{e9}\"");
        assert_eq!(key("\"cos:x-cos-acl\"", true), "cos:x-cos-acl");
        assert_eq!(key("\"any\"", true), "\"any\"");
    }
}
