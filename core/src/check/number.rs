//! Numbers for principals and actions, and batches of them: what a caller gets who looks names up once and keeps
//! numbers in its columns.
//!
//! Declared users and roles are numbered by their text, actions in the order of the catalogs, so that one policy set
//! gives the same numbers each time. A number belongs to the gate that gave it.

use super::ask::{Ask, IpArgument};
use super::batch::{Answers, Column, Faults, Lookup, Same, rows};
use super::caller::{self, Caller};
use super::gate::Gate;
use crate::address::canonical_bits;
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::shown;
use crate::table::{Heap, Known, Table, What, Who, Window};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// The number of everybody whom the set does not know: answered `unknown-principal`.
pub const UNKNOWN_ID: u32 = u32::MAX;
/// The number of the account root.
pub const ROOT_ID: u32 = u32::MAX - 1;

/// Addresses of a batch of numbers.
#[derive(Debug, Clone, Copy, Default)]
pub enum IpNumbers<'a> {
    /// No call has an address.
    #[default]
    None,
    /// IPv4 addresses, the first octet highest.
    V4(Column<'a, u32>),
    /// IPv6 addresses, the first octet first; an IPv4-mapped one is the IPv4 address.
    V6(Column<'a, [u8; 16]>),
}

/// Many calls by number, in columns of equal length.
///
/// ```
/// use passgate::check::{Column, Faults, IdBatch, IpNumbers};
/// # fn main() -> passgate::Result<()> {
/// let gate = passgate::Gate::compile(
///     "use intlpartnersmgt policy desk { allow PayOrders from 203.0.113.0/24 } user 7 { attach desk }",
/// )?;
/// let (seven, pay) = (gate.principal_id("user:7")?, gate.action_id("PayOrders")?);
/// let answers = gate.allows_many_ids(&IdBatch {
///     principals: Column::Same(seven),
///     actions: Column::Same(pay),
///     ips: IpNumbers::V4(Column::Rows(&[0xcb00_7109, 0xc000_0201])),
///     faults: Faults::First,
/// })?;
/// assert_eq!(answers.allowed, [Some(true), Some(false)]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct IdBatch<'a> {
    /// Numbers of [`Gate::principal_id`].
    pub principals: Column<'a, u32>,
    /// Numbers of [`Gate::action_id`].
    pub actions: Column<'a, u32>,
    /// From where.
    pub ips: IpNumbers<'a>,
    /// What becomes of errors.
    pub faults: Faults,
}

/// Numbers with what they stand for. What a batch reads lies apart from names, as narrow as it can be.
#[derive(Debug)]
pub(super) struct Numbering {
    /// Ascending.
    principals: Box<[Box<str>]>,
    who: Box<[Who]>,
    actions: Box<[Box<str>]>,
    what: Box<[What]>,
}

impl Heap for Numbering {
    fn heap(&self) -> usize {
        let names = || self.principals.iter().chain(&self.actions);
        let arrays = size_of_val::<[_]>(&self.who) + size_of_val::<[_]>(&self.what);
        arrays + names().map(|name| size_of_val(name) + name.len()).sum::<usize>()
    }
}

impl Numbering {
    pub(super) fn new(table: &Table) -> Numbering {
        let declared = table.principals.declared().into_iter();
        let (principals, who): (Vec<Box<str>>, Vec<Who>) =
            declared.map(|(text, signature)| (text.into(), Who::of(Some(signature)))).unzip();
        let (actions, what): (Vec<Box<str>>, Vec<What>) =
            table.actions.all().map(|(text, known)| (text.into(), What::of(Some(known)))).unzip();
        Numbering {
            principals: principals.into(),
            who: who.into(),
            actions: actions.into(),
            what: what.into(),
        }
    }

    /// Actions by number: full names, and what a look-up needs.
    pub(super) fn actions(&self) -> impl ExactSizeIterator<Item = (&str, Option<Known>)> {
        self.actions.iter().zip(&self.what).map(|(name, what)| (name.as_ref(), what.known()))
    }

    #[inline(always)]
    fn who(&self, number: u32) -> Who {
        self.who.get(number as usize).copied().unwrap_or(Who::NOBODY)
    }

    #[inline(always)]
    fn what(&self, number: u32) -> What {
        self.what.get(number as usize).copied().unwrap_or(What::NOTHING)
    }
}

impl Gate {
    /// The number of a declared user or role, of root, or of everybody whom the set does not know.
    ///
    /// # Errors
    /// `bad-request` for a principal without a number: a group, a policy, and in a set that has policies for whoever
    /// asks, who is not declared. `unknown-group` and `unknown-policy` as of [`Gate::principal`].
    pub fn principal_id(&self, name: &str) -> Result<u32> {
        let caller = caller::find(self.table(), &Ask { principal: name, ..Ask::default() })?;
        let text = match caller::user_name(name) {
            Some(user) => format!("user:{user}"),
            None => name.to_owned(),
        };
        let principals = &self.numbering().principals;
        let found = principals.binary_search_by(|known| known.as_ref().cmp(&text));
        match (caller, found) {
            (Caller::Root, _) => Ok(ROOT_ID),
            (Caller::Unknown, _) => Ok(UNKNOWN_ID),
            (Caller::Declared(_), Ok(at)) => u32::try_from(at).map_err(|_| without_number(name)),
            (Caller::Declared(_) | Caller::Brought { .. }, _) => Err(without_number(name)),
        }
    }

    /// Every declared user and role as a request names it, ascending by that text.
    pub fn principal_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.numbering().principals.iter().map(AsRef::as_ref)
    }

    /// The number of a catalogued action.
    ///
    /// # Errors
    /// `unknown-action`; `bad-request` for an action of a service that no catalog describes.
    pub fn action_id(&self, name: &str) -> Result<u32> {
        let actions = &self.table().actions;
        actions.find(name).ok_or_else(|| actions.unknown(name))?;
        let id = actions.find_known(name).ok_or_else(|| without_number(name))?.id;
        // INVARIANT: actions are numbered in the order of their ids.
        let id_of = |what: &What| what.known().map(|known| known.id);
        let at = self.numbering().what.binary_search_by_key(&Some(id), id_of);
        at.ok().and_then(|at| u32::try_from(at).ok()).ok_or_else(|| without_number(name))
    }

    /// Answers many calls by number, each as [`Gate::allows`] answers the names.
    ///
    /// # Errors
    /// As [`Gate::allows_many`]. A number that this gate did not give is a `bad-request` of its row.
    pub fn allows_many_ids(&self, batch: &IdBatch<'_>) -> Result<Answers> {
        let put_v4 = |window: &mut Window<'_>, row, bits| window.put_v4(row, bits);
        let put_address = |window: &mut Window<'_>, row, address| window.put_address(row, address);
        match batch.ips {
            IpNumbers::None => {
                let none = |_: &u32| IpArgument::None;
                self.by_number(batch, Column::Same(0), |_| Some(None), put_address, none)
            }
            IpNumbers::V4(ips) => {
                let argument = |ip: &u32| IpArgument::Address(Ipv4Addr::from(*ip).into());
                self.by_number(batch, ips, |ip| *ip, put_v4, argument)
            }
            IpNumbers::V6(ips) => {
                let address = |ip: &[u8; 16]| IpAddr::V6(Ipv6Addr::from(*ip));
                let read = |ip: &[u8; 16]| Some(Some(canonical_bits(address(ip))));
                self.by_number(batch, ips, read, put_address, |ip| IpArgument::Address(address(ip)))
            }
        }
    }

    /// `read` says what the table knows an address by, and `put` where that belongs; `argument` is the address of a row
    /// that is asked alone.
    #[inline(always)]
    fn by_number<T: Same, R: Copy>(
        &self,
        batch: &IdBatch<'_>,
        ips: Column<'_, T>,
        read: impl Fn(&T) -> R,
        put: impl Fn(&mut Window<'_>, usize, R),
        argument: impl Fn(&T) -> IpArgument<'static>,
    ) -> Result<Answers> {
        let numbering = self.numbering();
        let rows = rows([batch.principals.rows(), batch.actions.rows(), ips.rows()])?;
        let principals = Lookup::new(batch.principals, "principals", |n: &u32| numbering.who(*n))?;
        let actions = Lookup::new(batch.actions, "actions", |n: &u32| numbering.what(*n))?;
        let ips = Lookup::new(ips, "ips", read)?;
        let look_up = |rows: Range<usize>, window: &mut Window<'_>| {
            principals.look_up(rows.clone(), |row, who| window.put_who(row, who));
            actions.look_up(rows.clone(), |row, what| window.put_what(row, what));
            ips.look_up(rows, |row, ip| put(window, row, ip));
        };
        let ask = |row: usize| {
            let (principal, action) = (*principals.value(row)?, *actions.value(row)?);
            Some(self.numbered_row(principal, action, argument(ips.value(row)?)))
        };
        Ok(self.in_windows(rows, batch.faults, look_up, ask))
    }

    fn numbered_row(&self, principal: u32, action: u32, ip: IpArgument<'_>) -> Result<bool> {
        let numbering = self.numbering();
        let Some(action) = numbering.actions.get(action as usize) else {
            return Err(no_such(action, "action"));
        };
        let declared = || {
            let text = numbering.principals.get(principal as usize)?;
            Some((text.as_ref(), Caller::Declared(numbering.who(principal).signature()?)))
        };
        let (text, known) = match (principal, declared()) {
            (_, Some(declared)) => declared,
            (ROOT_ID, None) => ("root", Caller::Root),
            (UNKNOWN_ID, None) if self.table().principals.anyone().is_none() => ("", Caller::Unknown),
            (_, None) => return Err(no_such(principal, "principal")),
        };
        let ask = Ask { principal: text, action, ip, ..Ask::default() };
        Ok(self.answer(&ask, Some(&known), None)?.0.allowed())
    }
}

#[cold]
fn without_number(name: &str) -> Error {
    let message =
        format!("`{}` has no number: declared users and roles have, and catalogued actions", shown(name));
    Error::new(ErrorCode::BadRequest, message)
}

#[cold]
fn no_such(number: u32, member: &str) -> Error {
    Error::new(ErrorCode::BadRequest, format!("no {member} of this gate has the number {number}"))
        .with_key(member)
}
