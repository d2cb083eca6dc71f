//! A reader of cell words, written from `docs/cell-words.md` alone and slow on purpose: every segment in turn.

use passgate::check::Cell;

/// The address of a call: its family, and its number as one word or four.
#[derive(Debug, Clone, Copy)]
pub enum Address {
    /// No address.
    None,
    /// IPv4.
    V4(u32),
    /// IPv6.
    V6(u128),
}

/// What words say of an action at an address.
///
/// # Errors
/// Words that do not hold together.
pub fn cell(words: &[u32], action: u32, address: Address) -> Result<Cell, String> {
    let parts = Parts::of(words)?;
    let row = match address {
        Address::None => parts.no_address,
        Address::V4(number) => found(&parts.v4, number.into())?,
        Address::V6(number) => found(&parts.v6, number)?,
    };
    let row = parts.rows.get(row as usize).ok_or("no such row")?;
    let word = row.get(action as usize / 16).ok_or("no such action")?;
    Ok(match word >> (2 * (action % 16)) & 3 {
        0 => Cell::None,
        1 => Cell::Allow,
        2 => Cell::Deny,
        _ => Cell::Depends,
    })
}

struct Parts<'w> {
    no_address: u32,
    /// First address and row of each segment.
    v4: Vec<(u128, u32)>,
    v6: Vec<(u128, u32)>,
    rows: Vec<&'w [u32]>,
}

impl Parts<'_> {
    fn of(words: &[u32]) -> Result<Parts<'_>, String> {
        let (head, rest) = words.split_first_chunk::<7>().ok_or("too few words")?;
        let [format, actions, row_words, rows, v4, v6, no_address] = *head;
        if format != 1 || row_words != actions.div_ceil(16) {
            return Err(format!("format {format}, {actions} actions, {row_words} words"));
        }
        let mut rest = rest;
        let mut take = |count: usize| {
            let (part, others) = rest.split_at_checked(count).ok_or("too few words")?;
            rest = others;
            Ok::<_, String>(part)
        };
        let (v4, v6) = (v4 as usize, v6 as usize);
        let (v4_starts, v4_rows, v6_starts, v6_rows) = (take(v4)?, take(v4)?, take(4 * v6)?, take(v6)?);
        let all = take(rows as usize * row_words as usize)?;
        if !rest.is_empty() {
            return Err("too many words".into());
        }
        let four = |words: &[u32]| words.iter().fold(0u128, |all, word| all << 32 | u128::from(*word));
        let v4 = v4_starts.iter().map(|start| u128::from(*start)).zip(v4_rows.iter().copied()).collect();
        let v6 = v6_starts.chunks(4).map(four).zip(v6_rows.iter().copied()).collect();
        Ok(Parts { no_address, v4, v6, rows: all.chunks(row_words as usize).collect() })
    }
}

/// The row of the last segment that begins at or before an address.
fn found(segments: &[(u128, u32)], address: u128) -> Result<u32, String> {
    if segments.first().is_none_or(|(start, _)| *start != 0) || !segments.is_sorted_by(|a, b| a.0 < b.0) {
        return Err("the starts do not ascend from 0".into());
    }
    let last = segments.iter().rev().find(|(start, _)| *start <= address);
    last.map(|(_, row)| *row).ok_or_else(|| "no segment".into())
}
