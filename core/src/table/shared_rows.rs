//! Rows that the policies of one service share: where many of their layers say the same, equal rows are stored once for
//! all of them, so that what checks read stays near.
//!
//! Not here: equal rows of one layer ([`super::rows`]); what is put together for a signature has rows of its own. A
//! compiled file has each layer with its own rows ([`Layer::own_words`]).

use super::layer::Layer;
use super::policy::CompiledPolicy;
use super::rows::Rows;
use super::words::{Words, word};
use std::collections::BTreeMap;

/// Rows are shared where the layers take so many times fewer words afterwards.
const GAIN: usize = 2;

/// Shares the rows of the policies' layers, service by service, where that pays.
pub(super) fn share(policies: &mut [CompiledPolicy]) {
    let mut alike: BTreeMap<(u32, usize, usize), Vec<&mut Layer>> = BTreeMap::new();
    for (service, sheet) in policies.iter_mut().flat_map(|policy| policy.sheets.iter_mut()) {
        if let Some(layer) = sheet.first_layer() {
            let form = (*service, layer.row_words(), layer.whole_row());
            alike.entry(form).or_default().push(layer);
        }
    }
    alike.into_values().for_each(|mut layers| together(&mut layers));
}

/// Lays layers whose rows are equally long on shared rows: the segments of each, then the rows.
fn together(layers: &mut [&mut Layer]) {
    let Some(row) = layers.first().map(|layer| layer.whole_row()).filter(|_| layers.len() > 1) else {
        return;
    };
    let mut rows = Rows::new(row);
    let numbers: Vec<Vec<u32>> = layers.iter().map(|layer| numbers(layer, &mut rows)).collect();
    let apart: usize = layers.iter().map(|layer| layer.len()).sum();
    let segments = apart - layers.iter().map(|layer| layer.own_rows()).sum::<usize>();
    let all = segments + rows.words().len();
    if all.saturating_mul(GAIN) > apart || u32::try_from(all).is_err() {
        return;
    }
    let mut words = Vec::with_capacity(all);
    let mut ends = Vec::with_capacity(layers.len());
    for (layer, numbers) in layers.iter().zip(&numbers) {
        words.extend(layer.renumbered(|row| numbers.get(row as usize).copied().unwrap_or(0)));
        ends.push(words.len());
    }
    words.extend_from_slice(rows.words());
    let (run, mut from) = (Words::from(words), 0);
    for ((layer, numbers), end) in layers.iter_mut().zip(&numbers).zip(ends) {
        let no_address = numbers.get(layer.no_address_row() as usize).copied().unwrap_or(0);
        if let Some(part) = run.part(from, end) {
            **layer = layer.on_shared_rows(part, segments, no_address);
        }
        from = end;
    }
}

/// The shared number of each row of a layer.
fn numbers(layer: &Layer, rows: &mut Rows) -> Vec<u32> {
    let count = layer.own_rows() / layer.whole_row().max(1);
    (0..word(count)).map(|row| rows.number(layer.row(row))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::layer::LayerParts;
    use super::*;
    use crate::address::Family;

    /// Layers of 40 segments whose rows are those of a few, from another one on each time.
    fn layers(count: u32, few: u32, planes: usize) -> Vec<Layer> {
        let row = |n: u32| [n % few, n % few / 2, 1, n % few % 2].repeat(4 * planes);
        let layer = |first: u32| {
            let mut parts = LayerParts::new(16, planes);
            for family in [Family::V4, Family::V6] {
                (0..20).for_each(|n| parts.from(family, u128::from(n) * 7, &row(first + n)));
            }
            parts.without_address(&row(first + 3));
            parts.finish()
        };
        (0..count).map(layer).collect()
    }

    #[test]
    fn layers_on_shared_rows_say_the_same_and_are_written_alike() {
        for planes in [1, 2] {
            let before = layers(30, 19, planes);
            let mut after = before.clone();
            together(&mut after.iter_mut().collect::<Vec<_>>());
            for (before, after) in before.iter().zip(&after) {
                assert!(after.len() < before.len(), "the rows are shared");
                assert_eq!((after.own_rows(), after.segments()), (0, before.segments()));
                assert_eq!(after.own_words(), before.own_words());
                let at =
                    [Family::V4, Family::V6].into_iter().flat_map(|f| (0..150).map(move |n| Some((f, n))));
                for (at, action) in
                    at.chain([None]).flat_map(|at| [0, 17, 40, 255].map(|action| (at, action)))
                {
                    assert_eq!(after.at(action, at), before.at(action, at), "{at:?} {action}");
                }
                let of_rows = |layer: &Layer| -> Vec<_> {
                    let all = layer.starts(Family::V4).chain(layer.starts(Family::V6));
                    let rows = all.map(|(_, row)| row).chain([layer.no_address_row()]);
                    rows.map(|row| (layer.planes(row).0.to_vec(), layer.planes(row).1.to_vec())).collect()
                };
                assert_eq!(of_rows(after), of_rows(before));
            }
        }
    }

    #[test]
    fn rows_that_are_seldom_equal_stay_where_they_are() {
        let mut few = layers(2, 19, 1);
        let mut different = layers(1, 19, 1);
        for all in [&mut few, &mut different] {
            together(&mut all.iter_mut().collect::<Vec<_>>());
            assert!(all.iter().all(|layer| layer.own_rows() > 0));
        }
    }
}
