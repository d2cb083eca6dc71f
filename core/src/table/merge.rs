//! Several layers of one service as one: what all policies of a signature say together.

use super::bits::Counter;
use super::layer::{Layer, LayerParts};
use crate::address::Family;

/// Merges layers of policies (never merged ones); all are of one service. The result has one plane.
///
/// Time is linear in the segments, once they are sorted, however many layers there are: a layer's row is taken back
/// and the next one counted where its segment ends.
pub(super) fn merge(layers: &[&Layer]) -> Layer {
    let row_words = layers.first().map_or(0, |layer| layer.row_words());
    let mut parts = LayerParts::new(row_words, 1);
    for family in [Family::V4, Family::V6] {
        let mut starts: Vec<(u128, u32, u32)> = Vec::new();
        for (number, layer) in (0u32..).zip(layers) {
            let of_layer = layer.starts(family);
            starts.extend(of_layer.map(|(at, row)| (at, number, row)));
        }
        starts.sort_unstable();
        walk(layers, family, &starts, &mut parts);
    }
    let mut together = Together::new(row_words);
    layers.iter().for_each(|layer| together.add(layer.planes(layer.no_address_row())));
    parts.without_address(together.row());
    parts.finish()
}

fn walk(layers: &[&Layer], family: Family, starts: &[(u128, u32, u32)], parts: &mut LayerParts) {
    let mut together = Together::new(layers.first().map_or(0, |layer| layer.row_words()));
    let mut rows: Vec<Option<u32>> = vec![None; layers.len()];
    let mut at = 0;
    for (start, number, row) in starts {
        if *start != at {
            parts.from(family, at, together.row());
            at = *start;
        }
        let (Some(layer), Some(current)) = (layers.get(*number as usize), rows.get_mut(*number as usize))
        else {
            continue;
        };
        if let Some(before) = current.replace(*row) {
            together.remove(layer.planes(before));
        }
        together.add(layer.planes(*row));
    }
    parts.from(family, at, together.row());
}

/// Rows counted, plane by plane, and the row that follows: none, allow, deny or depends for each action.
struct Together {
    first: Counter,
    second: Counter,
    row_words: usize,
    packed: Vec<u64>,
    row: Vec<u32>,
}

impl Together {
    fn new(row_words: usize) -> Self {
        let words = row_words.div_ceil(2);
        let counter = || Counter::new(words);
        Together { first: counter(), second: counter(), row_words, packed: Vec::new(), row: Vec::new() }
    }

    fn add(&mut self, (first, second): (&[u32], &[u32])) {
        self.first.add(pack(first, &mut self.packed));
        self.second.add(pack(second, &mut self.packed));
    }

    fn remove(&mut self, (first, second): (&[u32], &[u32])) {
        self.first.remove(pack(first, &mut self.packed));
        self.second.remove(pack(second, &mut self.packed));
    }

    fn row(&mut self) -> &[u32] {
        self.row.clear();
        for i in 0..self.row_words.div_ceil(2) {
            let cells = cells(self.first.word(i), self.second.word(i));
            self.row.extend([cells as u32, (cells >> 32) as u32]);
        }
        self.row.truncate(self.row_words);
        &self.row
    }
}

/// 32 cells from what is certain and what may match: a deny, else *depends* where a deny may match, else an allow,
/// else *depends* where an allow may match.
fn cells(certain: u64, may: u64) -> u64 {
    const LOW: u64 = 0x5555_5555_5555_5555;
    let (allow, deny) = (certain & LOW, certain >> 1 & LOW);
    let (may_allow, may_deny) = (may & LOW, may >> 1 & LOW);
    let depends = !deny & (may_deny | may_allow & !allow);
    let allow = allow & !deny | depends;
    (deny | depends) << 1 | allow
}

fn pack<'a>(words: &[u32], packed: &'a mut Vec<u64>) -> &'a [u64] {
    packed.clear();
    let pair = |pair: &[u32]| pair.iter().rev().fold(0u64, |all, word| all << 32 | u64::from(*word));
    packed.extend(words.chunks(2).map(pair));
    packed
}

#[cfg(test)]
mod tests {
    use super::super::layer::{Cell, Gathered};
    use super::*;

    fn layer(starts: &[(u128, u32, u32)], planes: usize) -> Layer {
        let mut parts = LayerParts::new(1, planes);
        for family in [Family::V4, Family::V6] {
            for (start, first, second) in starts {
                let row = [*first, *second];
                parts.from(family, *start, &row[..planes]);
            }
        }
        parts.without_address(&[1, 0][..planes]);
        parts.finish()
    }

    #[test]
    fn a_merged_layer_says_what_its_layers_say_together() {
        let mut state = 3u64;
        let mut random = move |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        for _ in 0..500 {
            let layers: Vec<Layer> = (0..1 + random(4))
                .map(|_| {
                    let planes = 1 + random(2) as usize;
                    let mut starts = vec![(0u128, random(3) as u32, random(4) as u32)];
                    for at in 1..8u128 {
                        if random(2) == 0 {
                            starts.push((at, random(3) as u32, random(4) as u32));
                        }
                    }
                    layer(&starts, planes)
                })
                .collect();
            let merged = merge(&layers.iter().collect::<Vec<_>>());
            let places = (0..9).flat_map(|at| [Some((Family::V4, at)), Some((Family::V6, at))]).chain([None]);
            for place in places {
                let each = layers.iter().map(|layer| layer.at(0, place));
                let wanted = each.fold(Gathered::default(), Gathered::and).cell();
                assert_eq!(merged.at(0, place).cell(), wanted);
            }
        }
    }

    #[test]
    fn all_four_cells_in_one_word() {
        assert_eq!(cells(0b01_10_00_00_01, 0b11_11_01_10_10), 0b11_10_11_11_11);
        assert_eq!(cells(0b01_10, 0), 0b01_10);
        assert_eq!(layer(&[(0, 1, 0)], 1).at(0, None).cell(), Cell::Allow);
    }
}
