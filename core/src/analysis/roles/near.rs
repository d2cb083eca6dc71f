//! Rights that are nearly equal, found without holding every one against every other where there are many: signatures of
//! smallest hashes bring those together that probably share much, and what they share is counted exactly.

use super::rights::{Book, Rights};
use passgate_grammar::limits::{ROLES_COMPARED, ROLES_NEIGHBOURS};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Bands of hashes: rights that agree in one whole band are compared.
const BANDS: u64 = 24;
/// Hashes of a band.
const ROWS: u64 = 4;

/// Groups of rights by their places, the leader first; and whether every two were compared.
pub(super) struct Near {
    pub(super) groups: Vec<Vec<usize>>,
    pub(super) all_compared: bool,
}

/// Groups rights around leaders, those of most callers first: each joins the leader with which it shares most, at least
/// so many percent.
pub(super) fn near(book: &Book, all: &[Arc<Rights>], sizes: &[usize], least: u8) -> Near {
    let all_compared = all.len() <= ROLES_COMPARED;
    let neighbours = if all_compared { None } else { Some(neighbours(all)) };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(sizes.get(*place).copied().unwrap_or(0)));
    let weights: Vec<u64> = all.iter().map(|rights| book.size(rights)).collect();
    let weight = |place: usize| weights.get(place).copied().unwrap_or(0);
    let mut known: HashMap<(u32, u32), u64> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    // The group of each leader.
    let mut leads: HashMap<usize, usize> = HashMap::new();
    for place in order {
        let candidates: Vec<(usize, usize)> = match &neighbours {
            None => groups.iter().enumerate().filter_map(|(at, group)| Some((*group.first()?, at))).collect(),
            Some(near) => {
                let beside = near.get(place).into_iter().flatten();
                beside.filter_map(|other| Some((*other, *leads.get(other)?))).collect()
            }
        };
        let mut best: Option<(u64, u64, usize)> = None;
        for (leader, group) in candidates {
            let (Some(one), Some(other)) = (all.get(leader), all.get(place)) else { continue };
            let shared = book.shared(one, other, &mut known);
            let union = weight(leader) + weight(place) - shared;
            let enough = u128::from(shared) * 100 >= u128::from(union) * u128::from(least);
            let better = best.is_none_or(|(s, u, _)| {
                u128::from(shared) * u128::from(u) > u128::from(s) * u128::from(union)
            });
            if enough && better {
                best = Some((shared, union, group));
            }
        }
        match best.and_then(|(_, _, group)| groups.get_mut(group)) {
            Some(group) => group.push(place),
            None => {
                leads.insert(place, groups.len());
                groups.push(vec![place]);
            }
        }
    }
    groups.retain(|group| group.len() > 1);
    Near { groups, all_compared }
}

/// For each those that probably share much with it.
fn neighbours(all: &[Arc<Rights>]) -> Vec<BTreeSet<usize>> {
    let mut beside: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); all.len()];
    for band in 0..BANDS {
        let mut rooms: HashMap<Vec<u64>, Vec<usize>> = HashMap::new();
        for (place, rights) in all.iter().enumerate() {
            let hashes = (0..ROWS).map(|row| smallest(rights, band * ROWS + row)).collect();
            rooms.entry(hashes).or_default().push(place);
        }
        for room in rooms.values() {
            // Leaders come from the front; each looks at so many before it.
            for (at, place) in room.iter().enumerate() {
                let first = room.iter().take(at.min(ROLES_NEIGHBOURS));
                let last = room.get(at.saturating_sub(ROLES_NEIGHBOURS)..at).unwrap_or(&[]).iter();
                for other in first.chain(last) {
                    if let Some(slot) = beside.get_mut(*place) {
                        slot.insert(*other);
                    }
                    if let Some(slot) = beside.get_mut(*other) {
                        slot.insert(*place);
                    }
                }
            }
        }
    }
    beside
}

/// The smallest hash of all actions with their shapes, one of many hash functions.
fn smallest(rights: &Rights, function: u64) -> u64 {
    let each =
        rights.0.iter().map(|(action, shape)| mixed(function, u64::from(*action) << 32 | u64::from(*shape)));
    each.min().unwrap_or(u64::MAX)
}

/// SplitMix64 of a value: the same on every machine.
fn mixed(function: u64, value: u64) -> u64 {
    let mut mixed = value.wrapping_add(function.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::standing::{Answer, Standing};

    /// So many rights of which all share ninety-nine actions and each has one of its own.
    fn alike(count: u32) -> (Book, Vec<Arc<Rights>>) {
        let mut book = Book::default();
        let shape = book.shape(&Answer::plain(Standing::Always));
        let common: Vec<u32> = (0..99).map(|n| book.action("s", &format!("common{n}"))).collect();
        let rights = (0..count).map(|n| {
            let own = book.action("s", &format!("own{n}"));
            Arc::new(Rights(common.iter().copied().chain([own]).map(|action| (action, shape)).collect()))
        });
        let rights = rights.collect();
        book.cut();
        (book, rights)
    }

    #[test]
    fn what_shares_nearly_all_is_found_where_not_all_are_compared() {
        let many = u32::try_from(ROLES_COMPARED + ROLES_NEIGHBOURS + 1).unwrap();
        for count in [10, many] {
            let (book, rights) = alike(count);
            let found = near(&book, &rights, &vec![1; rights.len()], 98);
            assert_eq!(found.all_compared, count == 10);
            assert_eq!(found.groups.iter().map(Vec::len).collect::<Vec<_>>(), [rights.len()]);
            assert!(near(&book, &rights, &vec![1; rights.len()], 99).groups.is_empty());
        }
    }

    #[test]
    fn rights_that_share_less_stay_alone() {
        let mut book = Book::default();
        let shape = book.shape(&Answer::plain(Standing::Always));
        let names: Vec<u32> = (0..4).map(|n| book.action("s", &format!("a{n}"))).collect();
        let of =
            |places: &[usize]| Arc::new(Rights(places.iter().map(|place| (names[*place], shape)).collect()));
        let rights = [of(&[0, 1, 2]), of(&[1, 2, 3]), of(&[0, 1, 2, 3])];
        book.cut();
        let groups = |least| near(&book, &rights, &[1, 1, 1], least).groups;
        assert_eq!(groups(75), [[0, 2]]);
        assert_eq!(groups(50), [[0, 1, 2]]);
        assert!(groups(76).is_empty());
    }
}
