//! The cells of one signature in one service as flat words, for readers in other languages: what all policies of a
//! caller say together, its boundary included where it is definite. `docs/cell-words.md` is the format.
//!
//! Made anew for each call and kept by whoever asks. Here is no look-up: a reader that wants one lays an index over the
//! starts itself.

use super::layer::{Layer, LayerParts};
use super::principals::{SetId, Signature};
use super::sweep::Sweep;
use super::words::word;
use super::{Policies, Table};
use crate::address::Family;
use passgate_grammar::limits;

/// Format of the words.
pub(crate) const CELL_WORDS_FORMAT: u32 = 1;

impl Table {
    /// A signature as a number; none where it is too large for one that every language can hold exactly.
    pub(crate) fn signature_number(&self, signature: Signature) -> Option<u64> {
        let radix = self.signature_radix()?;
        let bound = signature.boundary.map_or(0, |set| u64::from(set) + 1);
        Some(bound * radix + u64::from(signature.policies))
    }

    /// The signature of a number.
    pub(crate) fn numbered_signature(&self, number: u64) -> Option<Signature> {
        let radix = self.signature_radix()?;
        let set = |number: u64| u32::try_from(number).ok().filter(|set| self.principals.set(*set).is_some());
        let policies = set(number % radix)?;
        let boundary = match number / radix {
            0 => None,
            bound => Some(set(bound - 1)?),
        };
        Some(Signature { policies, boundary })
    }

    /// One more than there are sets; none where numbers made with it could exceed 2⁵².
    fn signature_radix(&self) -> Option<u64> {
        u64::try_from(self.principals.sets() + 1).ok().filter(|radix| *radix < 1 << 26)
    }

    /// The cells of a signature in a service; none where there is no such service, where more segments would have to be
    /// merged than `limits::MERGED_SEGMENTS`, or where the words are more than `limits::CELL_WORDS`.
    pub(crate) fn cell_words(&self, signature: Signature, service: u32) -> Option<Vec<u32>> {
        let width = self.actions.service(service)?.width;
        let sets = [Some(signature.policies), signature.boundary];
        let segments: usize = sets.iter().flatten().map(|set| self.segments_at_most(*set, service)).sum();
        if segments > limits::MERGED_SEGMENTS {
            return None;
        }
        let attached = self.together(signature.policies, service)?;
        let layer = match signature.boundary {
            None => attached,
            Some(boundary) => bounded(&attached, &self.together(boundary, service)?),
        };
        Some(flat(&layer, width)).filter(|words| is_handed_out(words))
    }

    fn segments_at_most(&self, set: SetId, service: u32) -> usize {
        let numbers = self.numbers(Policies::Declared(set));
        let sheets = self.saying(service, &numbers);
        sheets.iter().filter_map(|(_, policy)| policy.sheet(service)).map(|sheet| sheet.segments() + 2).sum()
    }

    /// What the policies of a set say together.
    fn together(&self, set: SetId, service: u32) -> Option<Layer> {
        let facts = self.actions.service(service)?;
        let numbers = self.numbers(Policies::Declared(set));
        let policies = self.saying(service, &numbers);
        let layers = policies.iter().filter_map(|(_, policy)| {
            let sheet = policy.sheet(service)?;
            Some(sheet.look(&policy.rules, facts, Layer::clone))
        });
        let layers: Vec<Layer> = layers.collect();
        if layers.is_empty() {
            return Some(Sweep::nothing(facts.width).layer());
        }
        Some(super::merge::merge(&layers.iter().collect::<Vec<_>>()))
    }
}

/// Whether there are not too many words for a reader.
fn is_handed_out(words: &[u32]) -> bool {
    words.len() <= limits::CELL_WORDS
}

/// Cells of attached policies with those of a boundary; both layers have one plane.
fn bounded(attached: &Layer, boundary: &Layer) -> Layer {
    let mut parts = LayerParts::new(attached.row_words(), 1);
    let mut row = Vec::new();
    for family in [Family::V4, Family::V6] {
        let mut inner = boundary.starts(family).peekable();
        let mut outer = attached.starts(family).peekable();
        let (mut at, mut rows) = (0, (0, 0));
        loop {
            while let Some((_, next)) = outer.next_if(|(start, _)| *start <= at) {
                rows.0 = next;
            }
            while let Some((_, next)) = inner.next_if(|(start, _)| *start <= at) {
                rows.1 = next;
            }
            bound_row(attached.planes(rows.0).0, boundary.planes(rows.1).0, &mut row);
            parts.from(family, at, &row);
            let starts = [outer.peek(), inner.peek()];
            match starts.iter().flatten().map(|(start, _)| *start).min() {
                Some(next) => at = next,
                None => break,
            }
        }
    }
    let rows = (attached.no_address_row(), boundary.no_address_row());
    bound_row(attached.planes(rows.0).0, boundary.planes(rows.1).0, &mut row);
    parts.without_address(&row);
    parts.finish()
}

fn bound_row(attached: &[u32], boundary: &[u32], row: &mut Vec<u32>) {
    row.clear();
    row.extend(attached.iter().zip(boundary).map(|(attached, boundary)| bound_cells(*attached, *boundary)));
}

/// Sixteen cells: where the attached policies allow, the boundary decides, and its silence denies.
fn bound_cells(attached: u32, boundary: u32) -> u32 {
    const LOW: u32 = 0x5555_5555;
    let (low, high) = (attached & LOW, attached >> 1 & LOW);
    let (bound_low, bound_high) = (boundary & LOW, boundary >> 1 & LOW);
    let allow = low & !high;
    let low = low & !allow | allow & bound_low;
    let high = high | allow & (bound_high | !bound_low);
    high << 1 | low
}

/// A layer of one plane as words.
fn flat(layer: &Layer, width: usize) -> Vec<u32> {
    let (v4, v6): (Vec<_>, Vec<_>) = (layer.starts(Family::V4).collect(), layer.starts(Family::V6).collect());
    let rows = v4.iter().chain(&v6).map(|(_, row)| *row).chain([layer.no_address_row()]);
    let count = rows.max().map_or(0, |last| last + 1);
    let head = [CELL_WORDS_FORMAT, word(width), word(layer.row_words()), count];
    let mut words: Vec<u32> = head.to_vec();
    words.extend([word(v4.len()), word(v6.len()), layer.no_address_row()]);
    words.extend(v4.iter().map(|(start, _)| *start as u32));
    words.extend(v4.iter().map(|(_, row)| *row));
    for (start, _) in &v6 {
        words.extend([96, 64, 32, 0].map(|shift| (start >> shift) as u32));
    }
    words.extend(v6.iter().map(|(_, row)| *row));
    (0..count).for_each(|row| words.extend_from_slice(layer.planes(row).0));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_handed_out_up_to_their_limit() {
        let words = vec![0; limits::CELL_WORDS + 1];
        assert!(is_handed_out(&words[1..]) && !is_handed_out(&words));
    }

    #[test]
    fn a_boundary_decides_where_the_attached_policies_allow() {
        // none, allow, deny, depends of a boundary, for each of none, allow, deny, depends of the attached.
        let boundary = 0b11_10_01_00;
        assert_eq!(bound_cells(0b00_00_00_00, boundary), 0b00_00_00_00);
        assert_eq!(bound_cells(0b01_01_01_01, boundary), 0b11_10_01_10);
        assert_eq!(bound_cells(0b10_10_10_10, boundary), 0b10_10_10_10);
        assert_eq!(bound_cells(0b11_11_11_11, boundary), 0b11_11_11_11);
    }
}
