//! Texts of a column, block by block: a batch reads so many rows as stay near while they are decided, then the next.
//!
//! What an Arrow column says of its texts (offsets, views, codes) is looked at here, in safe code; that its buffers are
//! there at all is `boundary::arrow`'s. Which column is one of texts is `column`'s.

use crate::boundary::arrow::{Exported, Fault, Piece, Values};
use passgate::check::{Column, IpArgument};
use std::ops::Range;

/// The texts of a column, null as none.
pub(crate) enum Texts<'a> {
    Same(Option<&'a str>),
    Rows(Vec<Option<&'a str>>),
    /// Arrays of Arrow, one after the other.
    Pieces(Vec<Piece<'a>>),
    /// For each row a place in a list.
    Coded {
        values: Vec<Option<&'a str>>,
        codes: Vec<u32>,
    },
}

/// The texts of a column of Arrow.
pub(crate) fn of(exported: &Exported) -> Result<Texts<'_>, Fault> {
    let pieces = exported.pieces()?;
    let coded = |piece: &Piece<'_>| matches!(piece.values, Values::Coded { .. });
    if !pieces.is_empty() && pieces.iter().all(coded) {
        return coded_texts(pieces);
    }
    let texts = |piece: &Piece<'_>| {
        matches!(piece.values, Values::Nulls | Values::Texts { .. } | Values::Views { .. })
    };
    if !pieces.iter().all(texts) {
        return Err("is a column of numbers, not of texts".into());
    }
    // A column of nulls may claim any length: it has no buffers.
    let length = pieces.iter().try_fold(0usize, |sum, piece| sum.checked_add(piece.length));
    let room = length.and_then(|length| Vec::<Option<&str>>::new().try_reserve_exact(length).ok());
    room.ok_or("is too long")?;
    Ok(Texts::Pieces(pieces))
}

impl<'a> Texts<'a> {
    /// How many rows it has; none where it serves any number.
    pub(crate) fn rows(&self) -> Option<usize> {
        match self {
            Texts::Same(_) => None,
            Texts::Rows(rows) => Some(rows.len()),
            Texts::Pieces(pieces) => Some(pieces.iter().map(|piece| piece.length).sum()),
            Texts::Coded { codes, .. } => Some(codes.len()),
        }
    }

    /// How many values are looked up anew for each block.
    pub(crate) fn values(&self) -> usize {
        match self {
            Texts::Coded { values, .. } => values.len(),
            _ => 0,
        }
    }

    /// Something for each row, made once for each value; the first value that fails, with its row.
    pub(crate) fn each<U: Copy, E>(
        &self,
        make: impl Fn(Option<&str>) -> Result<U, E>,
    ) -> Result<Result<Vec<U>, (usize, E)>, Fault> {
        let mut reader = Reader::<Option<&str>>::new(self);
        let rows = match reader.next(self.rows().unwrap_or(1))? {
            Column::Same(value) => make(value).map(|one| vec![one]).map_err(|e| (0, e)),
            Column::Rows(rows) => {
                let one = |(row, text): (usize, &Option<&str>)| make(*text).map_err(|e| (row, e));
                rows.iter().enumerate().map(one).collect()
            }
            Column::Coded { values, codes } => coded_each(values, codes, make),
        };
        Ok(rows)
    }
}

fn coded_each<U: Copy, E>(
    values: &[Option<&str>],
    codes: &[u32],
    make: impl Fn(Option<&str>) -> Result<U, E>,
) -> Result<Vec<U>, (usize, E)> {
    let mut made: Vec<Option<U>> = vec![None; values.len()];
    let one = |(row, code): (usize, &u32)| {
        // INVARIANT: codes lie within the values.
        let place = made.get_mut(*code as usize)?;
        if let Some(known) = place {
            return Some(Ok(*known));
        }
        let new = make(values.get(*code as usize).copied().flatten());
        *place = new.as_ref().ok().copied();
        Some(new.map_err(|e| (row, e)))
    };
    codes.iter().enumerate().filter_map(one).collect()
}

/// What a row of a column of texts may be.
pub(crate) trait OfText<'a>: Copy {
    fn of(text: Option<&'a str>) -> Self;
}

impl<'a> OfText<'a> for Option<&'a str> {
    #[inline(always)]
    fn of(text: Option<&'a str>) -> Self {
        text
    }
}

impl<'a> OfText<'a> for IpArgument<'a> {
    #[inline(always)]
    fn of(text: Option<&'a str>) -> Self {
        text.map_or(IpArgument::None, IpArgument::Text)
    }
}

/// A column that is read from the first row to the last.
pub(crate) struct Reader<'t, 'a, T> {
    texts: &'t Texts<'a>,
    /// Of a list of values all of them, else the rows of a block.
    made: Vec<T>,
    /// Rows that were read.
    row: usize,
    /// The piece that the next row lies in, and rows of it that were read.
    piece: (usize, usize),
}

impl<'t, 'a, T: OfText<'a>> Reader<'t, 'a, T> {
    pub(crate) fn new(texts: &'t Texts<'a>) -> Self {
        let made = match texts {
            Texts::Coded { values, .. } => values.iter().map(|value| T::of(*value)).collect(),
            _ => Vec::new(),
        };
        Reader { texts, made, row: 0, piece: (0, 0) }
    }

    /// The next rows: so many, or as many as are left.
    pub(crate) fn next(&mut self, count: usize) -> Result<Column<'_, T>, Fault> {
        let rows = self.row..self.row.saturating_add(count).min(self.texts.rows().unwrap_or(usize::MAX));
        self.row = rows.end;
        match self.texts {
            Texts::Same(value) => Ok(Column::Same(T::of(*value))),
            Texts::Coded { codes, .. } => {
                Ok(Column::Coded { values: &self.made, codes: codes.get(rows).unwrap_or_default() })
            }
            Texts::Rows(all) => {
                self.made.clear();
                self.made.extend(all.get(rows).unwrap_or_default().iter().map(|text| T::of(*text)));
                Ok(Column::Rows(&self.made))
            }
            Texts::Pieces(pieces) => {
                self.made.clear();
                self.read(pieces, rows.len())?;
                Ok(Column::Rows(&self.made))
            }
        }
    }

    fn read(&mut self, pieces: &[Piece<'a>], mut left: usize) -> Result<(), Fault> {
        while left > 0 {
            let (at, from) = self.piece;
            let Some(piece) = pieces.get(at) else { break };
            let count = left.min(piece.length - from);
            let first = piece.offset + from;
            piece_texts(piece, first..first + count, &mut self.made)?;
            self.piece = if from + count == piece.length { (at + 1, 0) } else { (at, from + count) };
            left -= count;
        }
        Ok(())
    }
}

/// Texts of some rows of a piece.
fn piece_texts<'a, T: OfText<'a>>(
    piece: &Piece<'a>,
    rows: Range<usize>,
    into: &mut Vec<T>,
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    into.try_reserve(rows.len()).map_err(|_| "is too long")?;
    let from = into.len();
    let whole = match &piece.values {
        Values::Nulls => {
            into.extend(rows.map(|_| T::of(None)));
            return Ok(());
        }
        Values::Texts { offsets, width: 4, data } => cut::<4, _>(offsets, data, &rows, into),
        Values::Texts { offsets, data, .. } => cut::<8, _>(offsets, data, &rows, into),
        Values::Views { views, data } => {
            let mut whole = true;
            into.extend(window(views, rows.clone()).iter().enumerate().map(|(row, view)| {
                let text = viewed(view, data);
                whole &= text.is_some() || is_null(piece, rows.start + row);
                T::of(text)
            }));
            whole
        }
        _ => false,
    };
    if !whole {
        return Err("has texts that are no UTF-8, or lie outside their buffers".into());
    }
    if piece.validity.is_some() {
        let made = into.get_mut(from..).unwrap_or_default();
        let nulls = made.iter_mut().zip(rows).filter(|(_, row)| is_null(piece, *row));
        nulls.for_each(|(text, _)| *text = T::of(None));
    }
    Ok(())
}

/// The texts between offsets of so many bytes; false where one of them is none.
fn cut<'a, const WIDTH: usize, T: OfText<'a>>(
    offsets: &[u8],
    data: &'a [u8],
    rows: &Range<usize>,
    into: &mut Vec<T>,
) -> bool {
    let Some((first, ends)) = window::<WIDTH>(offsets, rows.start..rows.end + 1).split_first() else {
        return false;
    };
    let (Some(first), Some(last)) = (number(first), ends.last().and_then(|last| number(last))) else {
        return false;
    };
    // Bytes before the first row and after the last may be anything.
    let Some(text) = data.get(first..last).and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
        return false;
    };
    let (mut whole, mut from, mut rest) = (true, first, text);
    into.extend(ends.iter().map(|end| {
        // An end that is negative, or lies before the one before it, is further away than any text is long.
        let to = number(end).unwrap_or(usize::MAX);
        let (one, behind) = rest.split_at_checked(to.wrapping_sub(from)).unwrap_or_else(|| {
            whole = false;
            ("", rest)
        });
        (from, rest) = (to, behind);
        T::of(Some(one))
    }));
    whole
}

/// The entries of some rows, in a buffer of entries from row 0 on.
pub(crate) fn window<const WIDTH: usize>(entries: &[u8], rows: Range<usize>) -> &[[u8; WIDTH]] {
    entries.as_chunks().0.get(rows).unwrap_or_default()
}

pub(crate) fn is_null(piece: &Piece<'_>, row: usize) -> bool {
    let byte = |bits: &[u8]| bits.get(row / 8).copied().unwrap_or(0);
    piece.validity.is_some_and(|bits| byte(bits) >> (row % 8) & 1 == 0)
}

/// An offset of four bytes or eight; none where it is negative.
#[inline(always)]
fn number(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [a, b, c, d] => usize::try_from(i32::from_ne_bytes([a, b, c, d])).ok(),
        [a, b, c, d, e, f, g, h] => usize::try_from(i64::from_ne_bytes([a, b, c, d, e, f, g, h])).ok(),
        _ => None,
    }
}

/// A text of up to twelve bytes lies in its view; a longer one in the buffer that its view names.
#[inline]
fn viewed<'a>(view: &'a [u8; 16], data: &[&'a [u8]]) -> Option<&'a str> {
    let [length, _, buffer, from] = view.as_chunks::<4>().0 else { return None };
    let length = number(length)?;
    let bytes = if length <= 12 {
        view.get(4..4 + length)?
    } else {
        let from = number(from)?;
        data.get(number(buffer)?)?.get(from..from.checked_add(length)?)?
    };
    std::str::from_utf8(bytes).ok()
}

/// Dictionaries one after the other, and codes into all of them together; the last value is null.
fn coded_texts(pieces: Vec<Piece<'_>>) -> Result<Texts<'_>, Fault> {
    let (mut values, mut codes, mut nulls) = (Vec::new(), Vec::new(), Vec::new());
    for piece in &pieces {
        let Values::Coded { codes: given, width, signed, values: list } = &piece.values else { continue };
        let before = values.len();
        piece_texts(list, list.offset..list.offset + list.length, &mut values)?;
        let rows = piece.offset..piece.offset + piece.length;
        let given = given.get(rows.start * width..rows.end * width).unwrap_or_default();
        for (row, code) in rows.zip(given.chunks_exact(*width)) {
            if is_null(piece, row) {
                nulls.push(codes.len());
                codes.push(0);
                continue;
            }
            let place = code_of(code, *signed).filter(|place| *place < values.len() - before);
            let place = place.ok_or("has a code outside its dictionary")?;
            codes.push(u32::try_from(before + place).map_err(|_| "has too many values")?);
        }
    }
    let null = u32::try_from(values.len()).map_err(|_| "has too many values")?;
    values.push(None);
    for row in nulls {
        if let Some(code) = codes.get_mut(row) {
            *code = null;
        }
    }
    Ok(Texts::Coded { values, codes })
}

/// A code of one byte to eight, in the order of this machine; none where it is negative.
fn code_of(bytes: &[u8], signed: bool) -> Option<usize> {
    let number = match (bytes, signed) {
        ([a], true) => i64::from(i8::from_ne_bytes([*a])),
        ([a], false) => i64::from(*a),
        ([a, b], true) => i64::from(i16::from_ne_bytes([*a, *b])),
        ([a, b], false) => i64::from(u16::from_ne_bytes([*a, *b])),
        ([a, b, c, d], true) => i64::from(i32::from_ne_bytes([*a, *b, *c, *d])),
        ([a, b, c, d], false) => i64::from(u32::from_ne_bytes([*a, *b, *c, *d])),
        ([a, b, c, d, e, f, g, h], true) => i64::from_ne_bytes([*a, *b, *c, *d, *e, *f, *g, *h]),
        ([a, b, c, d, e, f, g, h], false) => {
            return usize::try_from(u64::from_ne_bytes([*a, *b, *c, *d, *e, *f, *g, *h])).ok();
        }
        _ => return None,
    };
    usize::try_from(number).ok()
}
