//! Cells of many rows at once. The rows of a window take each step together: what is made of their callers, then what lies
//! there; of an address of IPv6, whose reading is longer, the segments among which it is, then which it is. So the processor
//! waits for the memory of many rows at a time, and what is noted of a row between steps is a few words.
//!
//! Only callers without a boundary are read here whose statements lie in briefs of one word, and nothing that depends on
//! further conditions is settled. Whoever asks reads the other rows one by one.

use super::brief::{Brief, Reach};
use super::segments::{Near, V6};
use super::views::{Made, Views};
use super::{Address, Known, Signature, Table};
use crate::address::Family;
use crate::catalog::{ActionId, ServiceId};

/// Rows that take the steps together: what is noted of them, and the lines that they read, fit the nearest cache.
pub(crate) const WINDOW: usize = 256;

/// A caller in a column: a signature, or nobody that the table knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Who {
    policies: u32,
    /// One more than the boundary, 0 where there is none.
    bound: u32,
}

impl Who {
    /// No table has so many sets.
    pub(crate) const NOBODY: Who = Who { policies: u32::MAX, bound: 0 };

    #[inline]
    pub(crate) fn of(signature: Option<Signature>) -> Who {
        let Some(Signature { policies, boundary }) = signature else { return Who::NOBODY };
        Who { policies, bound: boundary.map_or(0, |set| set.wrapping_add(1)) }
    }

    pub(crate) fn signature(self) -> Option<Signature> {
        let signature = Signature { policies: self.policies, boundary: self.bound.checked_sub(1) };
        (self != Who::NOBODY).then_some(signature)
    }
}

/// An action in a column, or none that the table knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct What {
    service: u32,
    /// With a bit where it is handed no address.
    action: u32,
}

impl What {
    pub(crate) const NOTHING: What = What { service: u32::MAX, action: 0 };
    const UNADDRESSED: u32 = 1 << 31;

    #[inline]
    pub(crate) fn of(action: Option<Known>) -> What {
        match action {
            Some(Known { id, addressed }) if id.action < What::UNADDRESSED => {
                let unaddressed = if addressed { 0 } else { What::UNADDRESSED };
                What { service: id.service.0, action: id.action | unaddressed }
            }
            _ => What::NOTHING,
        }
    }

    pub(crate) fn known(self) -> Option<Known> {
        let id = ActionId { service: ServiceId(self.service), action: self.action & !What::UNADDRESSED };
        let addressed = self.action & What::UNADDRESSED == 0;
        (self != What::NOTHING).then_some(Known { id, addressed })
    }
}

/// What a row's address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    V4,
    V6,
    None,
    /// A text that is none.
    Unread,
}

/// The rows of a window in narrow columns, and what is found of them on the way.
pub(crate) struct Window<'t> {
    views: &'t Views,
    who: [Who; WINDOW],
    what: [What; WINDOW],
    kinds: [Kind; WINDOW],
    v4: [u32; WINDOW],
    /// Filled where the kind says so.
    v6: [u128; WINDOW],
    /// Bits of [`Reach::say`].
    said: [u8; WINDOW],
    answers: [Option<bool>; WINDOW],
    steps: Steps<'t>,
}

/// What the steps note.
#[derive(Default)]
struct Steps<'t> {
    /// Briefs of rows with an address of IPv4, and of others.
    four: Vec<(Row, &'t Brief)>,
    other: Vec<(Row, &'t Brief)>,
    near: Vec<(Row, Reach, Near<'t>)>,
    six: Vec<(Row, Reach, V6<'t>)>,
}

/// A row of a window.
type Row = u8;

impl<'t> Window<'t> {
    pub(crate) fn new(table: &'t Table) -> Self {
        Window {
            views: &table.views,
            who: [Who::NOBODY; WINDOW],
            what: [What::NOTHING; WINDOW],
            kinds: [Kind::None; WINDOW],
            v4: [0; WINDOW],
            v6: [0; WINDOW],
            said: [0; WINDOW],
            answers: [None; WINDOW],
            steps: Steps::default(),
        }
    }

    #[inline(always)]
    pub(crate) fn put_who(&mut self, row: usize, who: Who) {
        put(&mut self.who, row, who);
    }

    #[inline(always)]
    pub(crate) fn put_what(&mut self, row: usize, what: What) {
        put(&mut self.what, row, what);
    }

    /// The address of a row; none where it could not be read.
    #[inline(always)]
    pub(crate) fn put_address(&mut self, row: usize, address: Option<Address>) {
        let kind = match address {
            None => Kind::Unread,
            Some(None) => Kind::None,
            Some(Some((Family::V4, bits))) => {
                put(&mut self.v4, row, bits as u32);
                Kind::V4
            }
            Some(Some((Family::V6, bits))) => {
                put(&mut self.v6, row, bits);
                Kind::V6
            }
        };
        put(&mut self.kinds, row, kind);
    }

    #[inline(always)]
    pub(crate) fn put_v4(&mut self, row: usize, bits: u32) {
        put(&mut self.v4, row, bits);
        put(&mut self.kinds, row, Kind::V4);
    }

    /// Reads the first rows. Whether all are settled.
    pub(crate) fn read(&mut self, rows: usize) -> bool {
        self.sort(rows);
        self.look_v4();
        self.look_other();
        let mut all = true;
        for (answer, said) in self.answers.iter_mut().zip(&self.said).take(rows) {
            *answer = Reach::settled(*said);
            all &= answer.is_some();
        }
        all
    }

    /// The answers of the first rows; none for one that is not settled.
    pub(crate) fn answers(&self, rows: usize) -> &[Option<bool>] {
        self.answers.get(..rows).unwrap_or_default()
    }

    /// What a row was known by; none where something of it is unknown.
    pub(crate) fn known(&self, row: usize) -> Option<(Signature, Known, Address)> {
        let address = match self.kinds.get(row)? {
            Kind::V4 => Some((Family::V4, u128::from(*self.v4.get(row)?))),
            Kind::V6 => Some((Family::V6, *self.v6.get(row)?)),
            Kind::None => None,
            Kind::Unread => return None,
        };
        Some((self.who.get(row)?.signature()?, self.what.get(row)?.known()?, address))
    }

    /// Finds the briefs of each row; a row without is left open.
    fn sort(&mut self, rows: usize) {
        let Steps { four, other, .. } = &mut self.steps;
        four.clear();
        other.clear();
        let (mut service, mut made) = (u32::MAX, Made::default());
        let columns = self.who.iter().zip(&self.what).zip(&self.kinds).zip(&mut self.said);
        for (row, (((who, what), kind), said)) in columns.take(rows).enumerate() {
            let row = row as Row;
            if what.service != service {
                (service, made) = (what.service, self.views.made_in(what.service));
            }
            let is_four = *kind == Kind::V4 && what.action < What::UNADDRESSED;
            let list = if is_four { &mut *four } else { &mut *other };
            let can = who.bound == 0 && *kind != Kind::Unread;
            let found = can && made.narrow(who.policies, |brief| list.push((row, brief)));
            *said = if found { 0 } else { Reach::OPEN };
        }
    }

    fn look_v4(&mut self) {
        for (row, brief) in self.steps.four.iter() {
            let (what, bits) = (at(&self.what, *row, What::NOTHING), at(&self.v4, *row, 0));
            let (reach, near) = brief.reach_v4(what.action, bits);
            add(&mut self.said, *row, reach.say(near.payload_in_batch(bits)));
        }
    }

    /// Rows with an address of IPv6, or without one.
    fn look_other(&mut self) {
        let Steps { other, near, six, .. } = &mut self.steps;
        near.clear();
        six.clear();
        for (row, brief) in other.iter() {
            let What { action, .. } = at(&self.what, *row, What::NOTHING);
            let reach = brief.reach(action & !What::UNADDRESSED);
            if at(&self.kinds, *row, Kind::None) == Kind::V6 && action < What::UNADDRESSED {
                six.push((*row, reach, brief.v6()));
            } else {
                add(&mut self.said, *row, reach.say(brief.without_address()));
            }
        }
        for (row, reach, segments) in six.iter() {
            near.push((*row, *reach, segments.near(at(&self.v6, *row, 0))));
        }
        for (row, reach, near) in near.iter() {
            let said = reach.say(near.payload_v6(at(&self.v6, *row, 0)));
            add(&mut self.said, *row, said);
        }
    }
}

#[inline(always)]
fn put<T>(column: &mut [T; WINDOW], row: usize, value: T) {
    if let Some(place) = column.get_mut(row) {
        *place = value;
    }
}

#[inline(always)]
fn at<T: Copy>(column: &[T; WINDOW], row: Row, none: T) -> T {
    column.get(usize::from(row)).copied().unwrap_or(none)
}

#[inline(always)]
fn add(said: &mut [u8; WINDOW], row: Row, more: u8) {
    if let Some(said) = said.get_mut(usize::from(row)) {
        *said |= more;
    }
}
