//! Addresses and prefixes as text: a strict reader, and canonical text (semantics §5, RFC 4291 §2.2, RFC 5952).
//!
//! The usual crates accept spellings that the semantics refuses, so text is read here. Reading allocates nothing;
//! only a text that is refused is looked at again, to say why.

use super::{Family, Prefix, groups, octets, to_bits};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads the address of a request: no prefix length; an IPv4-mapped IPv6 address is the IPv4 address.
///
/// ```
/// use passgate::address::{AddressError, parse_address};
/// assert_eq!(parse_address("::ffff:10.0.0.1"), parse_address("10.0.0.1"));
/// assert_eq!(parse_address("10.0.0.01"), Err(AddressError::LeadingZero));
/// ```
///
/// # Errors
/// What is wrong with the text; the first thing a person would notice.
#[inline]
pub fn parse_address(text: &str) -> Result<IpAddr, AddressError> {
    match read(text.as_bytes()) {
        Some((Family::V4, bits)) => Ok(address(Family::V4, bits)),
        Some((Family::V6, bits)) => Ok(address(Family::V6, bits).to_canonical()),
        None => Err(explain(text)),
    }
}

/// Family and number of the address of a request, as [`canonical_bits`] of what [`parse_address`] reads; none for a text
/// that it refuses.
#[inline]
pub(crate) fn parse_bits(text: &str) -> Option<(Family, u128)> {
    match read(text.as_bytes())? {
        (Family::V6, bits) if is_mapped(bits) => Some((Family::V4, bits & u128::from(u32::MAX))),
        read => Some(read),
    }
}

/// A prefix as a policy writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrefixText {
    /// The prefix, host bits masked; an address without a length is a prefix of full length.
    pub prefix: Prefix,
    /// Whether bits beyond the length were set: worth a diagnostic.
    pub host_bits: bool,
    /// The address as written, host bits kept.
    pub address: IpAddr,
}

/// Reads an address or a prefix of a policy: the length has no sign and no leading zero; an IPv4-mapped address is
/// an error, with and without a length.
///
/// ```
/// use passgate::address::{AddressError, parse_prefix};
/// let office = parse_prefix("10.0.0.5/24").unwrap();
/// assert_eq!((office.prefix.to_string(), office.host_bits), ("10.0.0.0/24".to_string(), true));
/// assert_eq!(parse_prefix("::ffff:10.0.0.0/104"), Err(AddressError::Mapped));
/// ```
///
/// # Errors
/// What is wrong with the text.
pub fn parse_prefix(text: &str) -> Result<PrefixText, AddressError> {
    let (head, length) = text.split_once('/').map_or((text, None), |(h, l)| (h, Some(l)));
    let (family, bits) = read(head.as_bytes()).ok_or_else(|| explain_prefix(text))?;
    let width = Prefix::width(family);
    let length = length.map_or(Ok(width), |l| parse_length(l, width))?;
    if family == Family::V6 && is_mapped(bits) {
        return Err(AddressError::Mapped);
    }
    let prefix = Prefix::new(family, bits, length);
    Ok(PrefixText { prefix, host_bits: prefix.bits != bits, address: address(family, bits) })
}

/// The address of a family with this number.
pub fn address(family: Family, bits: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from(u32::try_from(bits).unwrap_or(u32::MAX))),
        Family::V6 => IpAddr::V6(Ipv6Addr::from(bits)),
    }
}

/// Why a text is no address or no prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressError {
    /// No text.
    Empty,
    /// White space in it.
    Blank,
    /// `10.0.*.*`
    Wildcard,
    /// `10.0.0.1-10.0.0.6`
    Range,
    /// `fe80::1%eth0`
    Zone,
    /// `10.0.0.1:80`, `[::1]:80`
    Port,
    /// `[::1]`
    Brackets,
    /// `10.0.0.0/8` where one address is wanted.
    PrefixLength,
    /// `10.0.0.0/255.0.0.0`
    Netmask,
    /// Nothing after `/`.
    NoLength,
    /// The length is not digits alone.
    LengthForm,
    /// The length has a leading zero.
    LengthLeadingZero,
    /// The length exceeds 32 or 128.
    LengthRange(u8),
    /// An octet has a leading zero.
    LeadingZero,
    /// An octet exceeds 255.
    OctetRange,
    /// Fewer than four octets.
    MissingOctet,
    /// More than four octets.
    ExtraOctet,
    /// Two `::`.
    TwoGaps,
    /// A group of more than four digits.
    LongGroup,
    /// Fewer than eight groups and no `::`, or a single colon at an end.
    MissingGroup,
    /// More than eight groups, or a `::` that stands for none.
    ExtraGroup,
    /// An IPv4-mapped IPv6 address in a policy.
    Mapped,
    /// Nothing that resembles an address.
    NotAnAddress,
}

impl AddressError {
    /// The reason alone, one line.
    pub fn reason(self) -> &'static str {
        match self {
            AddressError::Empty => "it is empty",
            AddressError::Blank => "it holds white space",
            AddressError::Wildcard => "an address has no wildcards",
            AddressError::Range => "ranges are written as prefixes",
            AddressError::Zone => "an address has no zone (`%…`)",
            AddressError::Port => "an address has no port",
            AddressError::Brackets => "an address stands without brackets",
            AddressError::PrefixLength => "one address is wanted, not a prefix",
            AddressError::Netmask => "a prefix length is a number of bits, not a netmask",
            AddressError::NoLength => "nothing stands after `/`",
            AddressError::LengthForm => "a prefix length is written with digits alone",
            AddressError::LengthLeadingZero => "the prefix length has a leading zero",
            AddressError::LengthRange(32) => "an IPv4 prefix length is at most 32",
            AddressError::LengthRange(_) => "an IPv6 prefix length is at most 128",
            AddressError::LeadingZero => "an octet has a leading zero, which some read as octal",
            AddressError::OctetRange => "an octet is at most 255",
            AddressError::MissingOctet => "an IPv4 address has four octets, this has fewer",
            AddressError::ExtraOctet => "an IPv4 address has four octets, this has more",
            AddressError::TwoGaps => "`::` may stand once",
            AddressError::LongGroup => "a group of an IPv6 address has at most four hexadecimal digits",
            AddressError::MissingGroup => "an IPv6 address has eight groups, or `::` for those left out",
            AddressError::ExtraGroup => "an IPv6 address has eight groups, this has more",
            AddressError::Mapped => {
                "an IPv4-mapped IPv6 address never matches: callers have the IPv4 address"
            }
            AddressError::NotAnAddress => "it is neither IPv4 nor IPv6",
        }
    }

    /// One line about the text that was refused.
    #[cold]
    pub fn message(self, text: &str) -> String {
        let shown: String = text.chars().take(64).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        format!("`{shown}{more}` is no address: {}", self.reason())
    }

    /// How to mend it, in words, where that can be said.
    #[cold]
    pub fn help(self, text: &str) -> Option<String> {
        match self {
            AddressError::Port => Some("leave the port out".to_string()),
            _ => self.instead(text).map(|instead| format!("write `{instead}`")),
        }
    }

    /// What to write instead, where that can be said: a list of prefixes joined by commas.
    #[cold]
    pub fn instead(self, text: &str) -> Option<String> {
        let instead = match self {
            AddressError::Wildcard => wildcard_prefix(text)?,
            AddressError::Netmask => netmask_prefix(text)?,
            AddressError::Range => super::range_text(text)?,
            AddressError::Mapped => mapped_prefix(text)?,
            AddressError::LeadingZero => without_zeros(text)?,
            AddressError::Blank => text.split_whitespace().collect(),
            AddressError::Zone => text.split('%').next()?.to_string(),
            AddressError::Brackets => text.trim_matches(['[', ']']).to_string(),
            _ => return None,
        };
        let reads = instead.split(", ").all(|part| parse_prefix(part).is_ok());
        reads.then_some(instead)
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for AddressError {}

impl fmt::Display for Prefix {
    /// Canonical text: RFC 5952, and no length where it is the full one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = address(self.family, self.bits);
        if self.length == Prefix::width(self.family) {
            write!(f, "{first}")
        } else {
            write!(f, "{first}/{}", self.length)
        }
    }
}

/// Whether an IPv6 address stands for one of IPv4, which its low bits are.
#[inline]
pub(crate) fn is_mapped(bits: u128) -> bool {
    bits >> 32 == 0xffff
}

/// Length of the shortest text of four octets, the only one that [`octets`] does not read.
const SHORTEST_V4: usize = 7;

#[inline]
fn read(bytes: &[u8]) -> Option<(Family, u128)> {
    match octets::read(bytes) {
        Some(v4) => Some((Family::V4, u128::from(v4))),
        None => read_other(bytes),
    }
}

/// Reads what [`octets`] does not; apart, so that what reads an IPv4 address stays small.
#[inline(never)]
fn read_other(bytes: &[u8]) -> Option<(Family, u128)> {
    if bytes.len() == SHORTEST_V4
        && let Some(v4) = read_v4(bytes)
    {
        return Some((Family::V4, u128::from(v4)));
    }
    groups::read(bytes).or_else(|| read_v6(bytes)).map(|bits| (Family::V6, bits))
}

/// Reads byte by byte: inside an IPv6 address, and what is too short for [`octets`].
pub(super) fn read_v4(bytes: &[u8]) -> Option<u32> {
    let (mut value, mut octet, mut digits, mut dots) = (0u32, 0u32, 0u32, 0u32);
    for &b in bytes {
        let digit = u32::from(b.wrapping_sub(b'0'));
        if digit < 10 {
            if digits > 0 && octet == 0 {
                return None;
            }
            octet = octet * 10 + digit;
            digits += 1;
            if octet > 255 {
                return None;
            }
        } else {
            if b != b'.' || digits == 0 || dots == 3 {
                return None;
            }
            value = value << 8 | octet;
            (octet, digits) = (0, 0);
            dots += 1;
        }
    }
    (dots == 3 && digits > 0).then_some(value << 8 | octet)
}

/// Reads group by group: a form with a dotted end, and what [`groups`] refuses.
///
/// Groups before `::` gather in `head`, the others in `tail`; without `::` all eight gather in `tail`.
pub(super) fn read_v6(bytes: &[u8]) -> Option<u128> {
    let (mut head, mut tail) = ((0u128, 0u32), (0u128, 0u32));
    let mut gap = false;
    let mut rest = bytes;
    if let Some(after) = rest.strip_prefix(b"::") {
        gap = true;
        rest = after;
    }
    while !rest.is_empty() {
        let (group, digits) = read_group(rest)?;
        let after = rest.get(digits..)?;
        if after.first() == Some(&b'.') {
            let v4 = read_v4(rest)?;
            tail = (tail.0 << 32 | u128::from(v4), tail.1 + 2);
            break;
        }
        tail = (tail.0 << 16 | u128::from(group), tail.1 + 1);
        if head.1 + tail.1 > 8 {
            return None;
        }
        rest = match after {
            [] => break,
            [b':', b':', others @ ..] if !gap => {
                gap = true;
                (head, tail) = (tail, (0, 0));
                others
            }
            [b':', others @ ..] if !others.is_empty() => others,
            _ => return None,
        };
    }
    match (gap, head.1 + tail.1) {
        (false, 8) => Some(tail.0),
        (true, 0..=7) => Some(head.0.checked_shl(16 * (8 - head.1)).unwrap_or(0) | tail.0),
        _ => None,
    }
}

fn read_group(bytes: &[u8]) -> Option<(u32, usize)> {
    let (mut group, mut digits) = (0, 0);
    for &b in bytes {
        let Some(digit) = char::from(b).to_digit(16) else { break };
        if digits == 4 {
            return None;
        }
        group = group << 4 | digit;
        digits += 1;
    }
    (digits > 0).then_some((group, digits))
}

fn parse_length(text: &str, width: u8) -> Result<u8, AddressError> {
    if text.is_empty() {
        return Err(AddressError::NoLength);
    }
    if text.contains(['.', ':']) {
        return Err(AddressError::Netmask);
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AddressError::LengthForm);
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(AddressError::LengthLeadingZero);
    }
    let length = text.parse().ok().filter(|n| *n <= width);
    length.ok_or(AddressError::LengthRange(width))
}

#[cold]
fn explain(text: &str) -> AddressError {
    if text.is_empty() {
        AddressError::Empty
    } else if text.contains(char::is_whitespace) {
        AddressError::Blank
    } else if text.contains('*') {
        AddressError::Wildcard
    } else if text.contains('/') {
        AddressError::PrefixLength
    } else if text.contains('%') {
        AddressError::Zone
    } else if text.starts_with('[') {
        if text.ends_with(']') { AddressError::Brackets } else { AddressError::Port }
    } else if text.contains('-') && text.split('-').all(|end| read(end.as_bytes()).is_some()) {
        AddressError::Range
    } else if text.contains(':') {
        explain_v6(text)
    } else {
        explain_v4(text)
    }
}

#[cold]
fn explain_prefix(text: &str) -> AddressError {
    let head = text.split('/').next().unwrap_or(text);
    if head.is_empty() && !text.is_empty() { AddressError::NotAnAddress } else { explain(head) }
}

fn explain_v4(text: &str) -> AddressError {
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return AddressError::NotAnAddress;
    }
    let filled = || text.split('.').filter(|octet| !octet.is_empty());
    if text.split('.').count() > 4 {
        AddressError::ExtraOctet
    } else if filled().any(|octet| octet.trim_start_matches('0').len() > 3 || beyond_octet(octet)) {
        AddressError::OctetRange
    } else if filled().any(|octet| octet.len() > 1 && octet.starts_with('0')) {
        AddressError::LeadingZero
    } else {
        AddressError::MissingOctet
    }
}

fn beyond_octet(octet: &str) -> bool {
    octet.parse::<u64>().is_ok_and(|n| n > 255)
}

fn explain_v6(text: &str) -> AddressError {
    let groups = || text.split(':');
    if let Some((head, port)) = text.split_once(':')
        && head.contains('.')
        && port.bytes().all(|b| b.is_ascii_digit())
    {
        return AddressError::Port;
    }
    if let Some(tail) = groups().next_back().filter(|tail| tail.contains('.'))
        && read_v4(tail.as_bytes()).is_none()
    {
        return explain_v4(tail);
    }
    let hex = |group: &str| group.bytes().all(|b| b.is_ascii_hexdigit());
    if !groups().all(|group| hex(group) || read_v4(group.as_bytes()).is_some()) {
        AddressError::NotAnAddress
    } else if text.matches("::").count() > 1 || text.contains(":::") {
        AddressError::TwoGaps
    } else if groups().any(|group| group.len() > 4 && hex(group)) {
        AddressError::LongGroup
    } else if groups().filter(|group| !group.is_empty()).count() >= 8 {
        AddressError::ExtraGroup
    } else {
        AddressError::MissingGroup
    }
}

/// `10.0.*.*` and `10.0.*` are `10.0.0.0/16`.
fn wildcard_prefix(text: &str) -> Option<String> {
    let octets: Vec<&str> = text.split('.').collect();
    let fixed = octets.iter().take_while(|octet| **octet != "*").count();
    let stars_follow = octets.get(fixed..)?.iter().all(|octet| *octet == "*");
    if !stars_follow || octets.len() > 4 || text.contains(':') {
        return None;
    }
    let mut filled: Vec<&str> = octets.get(..fixed)?.to_vec();
    filled.resize(4, "0");
    Some(format!("{}/{}", filled.join("."), fixed * 8))
}

fn netmask_prefix(text: &str) -> Option<String> {
    let (head, mask) = text.split_once('/')?;
    let (family, bits) = read(mask.as_bytes())?;
    let unused = 128 - u32::from(Prefix::width(family));
    let ones = (bits << unused).leading_ones();
    let contiguous = (bits << unused).checked_shl(ones).unwrap_or(0) == 0;
    contiguous.then(|| format!("{head}/{ones}"))
}

fn mapped_prefix(text: &str) -> Option<String> {
    let (head, length) = text.split_once('/').unwrap_or((text, "128"));
    let (_, bits) = read(head.as_bytes())?;
    let length = length.parse::<u8>().ok()?.checked_sub(96)?;
    let v4 = Prefix { family: Family::V4, bits: bits & 0xffff_ffff, length };
    Some(v4.to_string())
}

fn without_zeros(text: &str) -> Option<String> {
    let (head, length) =
        text.split_once('/').map_or((text, ""), |(h, _)| (h, text.get(h.len()..).unwrap_or("")));
    if head.contains(':') {
        return None;
    }
    let octets: Vec<&str> = head.split('.').map(|octet| octet.trim_start_matches('0')).collect();
    let octets: Vec<&str> =
        octets.into_iter().map(|octet| if octet.is_empty() { "0" } else { octet }).collect();
    Some(format!("{}{length}", octets.join(".")))
}

/// Family and number of a request's address: an IPv4-mapped IPv6 address is the IPv4 address.
#[inline]
pub fn canonical_bits(address: IpAddr) -> (Family, u128) {
    to_bits(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, AddressError>) {
        assert_eq!(parse_address(text).map(|a| a.to_string()), expected.map(str::to_string), "{text}");
    }

    #[test]
    fn addresses_of_requests() {
        check("0.0.0.0", Ok("0.0.0.0"));
        check("255.255.255.255", Ok("255.255.255.255"));
        check("::", Ok("::"));
        check("::1", Ok("::1"));
        check("1::", Ok("1::"));
        check("2001:DB8:0:0:1:0:0:1", Ok("2001:db8::1:0:0:1"));
        check("2001:0db8::0001", Ok("2001:db8::1"));
        check("1:2:3:4:5:6:7::", Ok("1:2:3:4:5:6:7:0"));
        check("::2:3:4:5:6:7:8", Ok("0:2:3:4:5:6:7:8"));
        check("1:2:3:4:5:6:7:8", Ok("1:2:3:4:5:6:7:8"));
        check("64:ff9b::192.0.2.1", Ok("64:ff9b::c000:201"));
        check("1:2:3:4:5:6:1.2.3.4", Ok("1:2:3:4:5:6:102:304"));
        check("::ffff:10.0.0.1", Ok("10.0.0.1"));
        check("::FFFF:a00:1", Ok("10.0.0.1"));
        check("::fffe:10.0.0.1", Ok("::fffe:a00:1"));
        check("::1.2.3.4", Ok("::102:304"));
    }

    #[test]
    fn refused_addresses_say_why() {
        use AddressError as E;
        let cases = [
            ("", E::Empty),
            (" 10.0.0.1", E::Blank),
            ("10.0.0.1\u{a0}", E::Blank),
            ("10.0.*.*", E::Wildcard),
            ("10.0.0.0/8", E::PrefixLength),
            ("10.0.0.1-10.0.0.6", E::Range),
            ("fe80::1%eth0", E::Zone),
            ("10.0.0.1:80", E::Port),
            ("[::1]:80", E::Port),
            ("[::1]", E::Brackets),
            ("10.0.0.01", E::LeadingZero),
            ("00.0.0.0", E::LeadingZero),
            ("256.0.0.1", E::OctetRange),
            ("10.0.0.99999999999999999999", E::OctetRange),
            ("10.0.1", E::MissingOctet),
            ("10..0.1", E::MissingOctet),
            ("10.0.0.", E::MissingOctet),
            ("167772161", E::OctetRange),
            ("10.0.0.0.1", E::ExtraOctet),
            ("0x0a.0.0.1", E::NotAnAddress),
            ("office", E::NotAnAddress),
            ("10.0.0.1\0", E::NotAnAddress),
            ("１0.0.0.1", E::NotAnAddress),
            ("1::2::3", E::TwoGaps),
            (":::", E::TwoGaps),
            ("12345::", E::LongGroup),
            ("1:2:3", E::MissingGroup),
            (":1:2:3:4:5:6:7", E::MissingGroup),
            ("1:2:3:4:5:6:7:", E::MissingGroup),
            ("1:2:3:4:5:6:7:8:9", E::ExtraGroup),
            ("1:2:3:4::5:6:7:8", E::ExtraGroup),
            ("1:2:3:4:5:6:7:1.2.3.4", E::ExtraGroup),
            ("g::1", E::NotAnAddress),
            ("::ffff:10.0.0.01", E::LeadingZero),
            ("::1.2.3", E::MissingOctet),
        ];
        for (text, error) in cases {
            check(text, Err(error));
        }
    }

    #[test]
    fn prefixes_of_policies() {
        let cases = [
            ("10.0.0.0/8", "10.0.0.0/8", false),
            ("10.0.0.1", "10.0.0.1", false),
            ("10.0.0.1/32", "10.0.0.1", false),
            ("10.0.0.1/0", "0.0.0.0/0", true),
            ("2001:DB8::1/32", "2001:db8::/32", true),
            ("::/0", "::/0", false),
            ("::/95", "::/95", false),
        ];
        for (text, prefix, host_bits) in cases {
            let read = parse_prefix(text).unwrap();
            assert_eq!((read.prefix.to_string().as_str(), read.host_bits), (prefix, host_bits), "{text}");
        }
    }

    #[test]
    fn refused_prefixes_say_why() {
        use AddressError as E;
        let cases = [
            ("10.0.0.0/", E::NoLength),
            ("10.0.0.0/+8", E::LengthForm),
            ("10.0.0.0/-8", E::LengthForm),
            ("10.0.0.0/8/8", E::LengthForm),
            ("10.0.0.0/ 8", E::LengthForm),
            ("10.0.0.0/08", E::LengthLeadingZero),
            ("10.0.0.0/00", E::LengthLeadingZero),
            ("10.0.0.0/33", E::LengthRange(32)),
            ("10.0.0.0/999", E::LengthRange(32)),
            ("::/129", E::LengthRange(128)),
            ("10.0.0.0/255.0.0.0", E::Netmask),
            ("::ffff:10.0.0.0", E::Mapped),
            ("::ffff:10.0.0.0/104", E::Mapped),
            ("::ffff:0:0/96", E::Mapped),
            ("::ffff:a00:1/8", E::Mapped),
            ("10.0/16", E::MissingOctet),
            ("10.0.0.256/8", E::OctetRange),
            ("010.0.0.0/8", E::LeadingZero),
            ("fe80::1%eth0/64", E::Zone),
            ("/8", E::NotAnAddress),
            ("", E::Empty),
        ];
        for (text, error) in cases {
            assert_eq!(parse_prefix(text), Err(error), "{text}");
        }
    }

    #[test]
    fn help_is_what_to_write() {
        let help = |text: &str| parse_prefix(text).unwrap_err().help(text);
        let write = |text: &str| Some(format!("write `{text}`"));
        assert_eq!(help("10.0.*.*"), write("10.0.0.0/16"));
        assert_eq!(help("10.*"), write("10.0.0.0/8"));
        assert_eq!(help("10.*.1.*"), None);
        assert_eq!(help("10.0.0.0/255.255.0.0"), write("10.0.0.0/16"));
        assert_eq!(help("10.0.0.0/255.0.255.0"), None);
        assert_eq!(help("::ffff:10.0.0.0/104"), write("10.0.0.0/8"));
        assert_eq!(help("::ffff:10.0.0.9"), write("10.0.0.9"));
        assert_eq!(help("010.0.0.1/24"), write("10.0.0.1/24"));
        assert_eq!(help("10.0.0.1-10.0.0.6"), write("10.0.0.1, 10.0.0.2/31, 10.0.0.4/31, 10.0.0.6"));
        assert_eq!(help("10.0.0.6-10.0.0.1"), None);
    }

    #[test]
    fn reading_agrees_with_the_standard_library_on_generated_text() {
        let alphabet = ["0", "1", "9", "f", "25", "255", "::", ":", ".", "ffff", "1.2.3.4", "a0b"];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..60_000 {
            let mut text = String::new();
            for _ in 0..1 + state % 14 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(alphabet[(state >> 33) as usize % alphabet.len()]);
            }
            let std = text.parse::<IpAddr>().ok();
            assert_eq!(parse_address(&text).ok(), std.map(|a| a.to_canonical()), "{text}");
        }
    }
}
