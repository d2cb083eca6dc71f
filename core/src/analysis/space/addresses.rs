//! The caller's address cut at the bounds of all mentioned prefixes: every test answers alike within a piece.
//!
//! A request's IPv4-mapped IPv6 address is the IPv4 address (semantics §5), so that part of IPv6 does not occur.

use super::doubt::Doubt;
use super::truth::Truth;
use super::value::{Elementary, Scalar, Test};
use crate::address::{Family, Interval, Prefix, PrefixSet, address, canonical_bits, parse_address};
use std::collections::BTreeSet;

/// A piece of the line of a family's addresses.
pub(super) type Piece = (Family, Interval);

/// The IPv4-mapped IPv6 addresses.
pub(super) const MAPPED: Interval = Interval { first: 0xffff << 32, last: (0xffff << 32) | 0xffff_ffff };

/// The pieces, IPv4 first, and why they may be too coarse.
pub(super) fn pieces(tests: &[&Elementary]) -> (Vec<Piece>, Option<Doubt>) {
    let mut starts: BTreeSet<(Family, u128)> = [(Family::V4, 0), (Family::V6, 0)].into();
    cut(&mut starts, Family::V6, MAPPED);
    let mut doubt = None;
    for test in tests {
        match &test.test {
            Test::Address(set) => cut_all(&mut starts, set),
            Test::Text { texts, .. } => texts.iter().for_each(|text| cut_text(&mut starts, text)),
            Test::Like { globs, .. } => {
                globs.iter().filter_map(|g| g.exact()).for_each(|text| cut_text(&mut starts, text));
                if globs.iter().any(|glob| glob.exact().is_none() && !glob.is_any()) {
                    doubt = Some(Doubt::AddressText);
                }
            }
            Test::Number(_) | Test::Date(_) | Test::Bool { .. } | Test::Presence { .. } => {}
        }
    }
    let all: Vec<(Family, u128)> = starts.into_iter().collect();
    let ends = all.iter().skip(1).map(|start| Some(*start)).chain([None]);
    let pieces = all.iter().zip(ends).map(|((family, first), next)| {
        let last = match next {
            Some((same, start)) if same == *family => start.saturating_sub(1),
            _ => Prefix::new(*family, 0, 0).last(),
        };
        (*family, Interval { first: *first, last })
    });
    (pieces.filter(|piece| !within(piece, MAPPED)).collect(), doubt)
}

fn within(piece: &Piece, mapped: Interval) -> bool {
    piece.0 == Family::V6 && mapped.first <= piece.1.first && piece.1.last <= mapped.last
}

fn cut_all(starts: &mut BTreeSet<(Family, u128)>, set: &PrefixSet) {
    for family in [Family::V4, Family::V6] {
        set.intervals(family).iter().for_each(|interval| cut(starts, family, *interval));
    }
}

fn cut(starts: &mut BTreeSet<(Family, u128)>, family: Family, interval: Interval) {
    starts.insert((family, interval.first));
    starts.extend(interval.after(family).map(|after| (family, after)));
}

/// A text that is an address; other spellings than the canonical one are equal to none.
fn cut_text(starts: &mut BTreeSet<(Family, u128)>, text: &str) {
    if let Ok(ip) = parse_address(&text.to_ascii_lowercase()) {
        let (family, bits) = canonical_bits(ip);
        cut(starts, family, Interval { first: bits, last: bits });
    }
}

/// The answer of a test in a piece.
pub(super) fn holds(test: &Elementary, piece: &Piece) -> Truth {
    let (family, Interval { first, .. }) = *piece;
    match &test.test {
        Test::Address(set) => Truth::known(set.contains_bits(family, first) != test.negated),
        _ => test.holds(&Scalar::Text(address(family, first).to_string())),
    }
}
