//! Addresses, prefixes and sets of them.
//!
//! Text is read by our own strict reader, since semantics §5 refuses spellings that the usual crates accept:
//! leading zeros, zones, ports, missing octets, netmask forms. An IPv4-mapped IPv6 address is the IPv4 address in a
//! request and an error in a policy.

mod groups;
mod octets;
mod set;
mod text;

pub use set::{Interval, PrefixSet, Prefixes};
pub use text::{AddressError, PrefixText, address, canonical_bits, parse_address, parse_prefix};

use set::range_text;
use std::net::IpAddr;
pub(crate) use text::{is_mapped, parse_bits};

/// An address family; families never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// 32 bits.
    V4,
    /// 128 bits.
    V6,
}

/// A prefix with its host bits masked: `bits` holds an IPv4 prefix in its low 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix {
    /// IPv4 or IPv6.
    pub family: Family,
    /// The first address of the prefix.
    pub bits: u128,
    /// 0–32 or 0–128.
    pub length: u8,
}

impl Prefix {
    /// Number of bits of an address of the family.
    pub fn width(family: Family) -> u8 {
        match family {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }

    /// A prefix of an address; host bits are masked, a length beyond the width is cut to it.
    pub fn new(family: Family, bits: u128, length: u8) -> Self {
        let width = Self::width(family);
        let length = length.min(width);
        let host = u32::from(width - length);
        let mask = if host >= 128 { 0 } else { u128::MAX << host };
        let full = if width == 32 { u128::from(u32::MAX) } else { u128::MAX };
        Prefix { family, bits: bits & mask & full, length }
    }

    /// First address as a number.
    pub fn first(self) -> u128 {
        self.bits
    }

    /// Last address as a number.
    pub fn last(self) -> u128 {
        let host = u32::from(Self::width(self.family) - self.length);
        if host >= 128 { u128::MAX } else { self.bits | ((1u128 << host) - 1) }
    }

    /// Whether the address (an IPv4-mapped one counts as IPv6 here) lies in it.
    pub fn contains(self, address: IpAddr) -> bool {
        let (family, bits) = to_bits(address);
        family == self.family && bits >= self.first() && bits <= self.last()
    }
}

/// Family and number of an address.
#[inline]
pub fn to_bits(address: IpAddr) -> (Family, u128) {
    match address {
        IpAddr::V4(a) => (Family::V4, u128::from(u32::from(a))),
        IpAddr::V6(a) => (Family::V6, u128::from(a)),
    }
}
