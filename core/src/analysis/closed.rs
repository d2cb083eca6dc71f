//! Addresses that no call has: an IPv4-mapped IPv6 address of a call is the IPv4 address (semantics §5), so that whether its
//! place on the line belongs to a set says nothing.

use crate::address::{Family, Prefix, PrefixSet};

/// The set with the place of mapped addresses filled in where both its neighbours are in it, so that fewer prefixes say the
/// same.
pub(super) fn closed(places: PrefixSet) -> PrefixSet {
    let mapped = Prefix::new(Family::V6, 0xffff_u128 << 32, 96);
    let beside = [mapped.first().wrapping_sub(1), mapped.last().wrapping_add(1)];
    if beside.into_iter().all(|bits| places.contains_bits(Family::V6, bits)) {
        return places.union(&PrefixSet::from_prefixes([mapped]));
    }
    places
}
