//! Handles: a principal or an action resolved once for many checks.

use super::answer::read_address;
use super::ask::{Ask, IpArgument};
use super::caller::Caller;
use super::gate::Gate;
use crate::address::is_mapped;
use crate::check::Decision;
use crate::error::Result;
use crate::table::{Address, HeldView, Known, Signature};
use std::net::IpAddr;
use std::sync::OnceLock;

/// A principal of one gate, resolved.
#[derive(Debug, Clone)]
pub struct PrincipalHandle {
    gate: Gate,
    name: Box<str>,
    caller: Caller,
    /// What most checks read, of the service that was asked for first; none within for a caller who has no such thing.
    held: OnceLock<Option<HeldView>>,
}

/// An action of one gate, resolved.
#[derive(Debug, Clone)]
pub struct ActionHandle {
    gate: Gate,
    name: Box<str>,
    /// None for an action of an opaque service.
    known: Option<Known>,
}

/// A catalogued action by number, for readers of [`Gate::cell_words`]. Numbers hold for one gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionNumber {
    /// Number of its service.
    pub service: u32,
    /// Its number there, from 0.
    pub action: u32,
    /// How many actions the service has; 1 where it knows every name.
    pub actions: u32,
}

/// The action of a call to a principal's handle: a handle too, or its text.
#[derive(Debug, Clone, Copy)]
pub enum ActionArgument<'a> {
    /// Resolved before; of another gate it is read by its name.
    Handle(&'a ActionHandle),
    /// `svc:Name`, `name/svc:Name`, or a bare name.
    Text(&'a str),
}

impl<'a> From<&'a ActionHandle> for ActionArgument<'a> {
    fn from(handle: &'a ActionHandle) -> Self {
        ActionArgument::Handle(handle)
    }
}

impl<'a> From<&&'a ActionHandle> for ActionArgument<'a> {
    fn from(handle: &&'a ActionHandle) -> Self {
        ActionArgument::Handle(handle)
    }
}

impl<'a> From<&'a str> for ActionArgument<'a> {
    fn from(text: &'a str) -> Self {
        ActionArgument::Text(text)
    }
}

impl<'a> From<&'a String> for ActionArgument<'a> {
    fn from(text: &'a String) -> Self {
        ActionArgument::Text(text)
    }
}

impl PrincipalHandle {
    pub(super) fn new(gate: Gate, name: &str, caller: Caller) -> Self {
        PrincipalHandle { gate, name: name.into(), caller, held: OnceLock::new() }
    }

    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The principal as it was named.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it may perform an action, given by a handle or by text, from an address. A handle of another gate's
    /// action is read by its name.
    ///
    /// # Errors
    /// `bad-address`; `bad-context` and `unresolved-variable` where a condition that decides is open; for a text or a
    /// handle of another gate also `unknown-action`.
    #[inline(always)]
    pub fn allows<'i>(
        &self,
        action: impl Into<ActionArgument<'i>>,
        ip: impl Into<IpArgument<'i>>,
    ) -> Result<bool> {
        let (action, ip) = (action.into(), ip.into());
        if let (ActionArgument::Handle(handle), IpArgument::Address(address)) = (action, ip)
            && let Some(answer) = match address {
                IpAddr::V4(v4) => self.held_v4(handle, v4.into()),
                IpAddr::V6(v6) => self.held_v6(handle, v6.into()),
            }
        {
            return Ok(answer);
        }
        self.allows_otherwise(action, ip)
    }

    /// The answer where what is held gives it, to a handle of the same gate. Each family alone, so that it does nothing
    /// else.
    #[inline(never)]
    fn held_v4(&self, action: &ActionHandle, bits: u32) -> Option<bool> {
        let (held, known) = self.held_for(action)?;
        held.allows_v4(known, bits)
    }

    #[inline(never)]
    fn held_v6(&self, action: &ActionHandle, bits: u128) -> Option<bool> {
        let (held, known) = self.held_for(action)?;
        if is_mapped(bits) { held.allows_v4(known, bits as u32) } else { held.allows_v6(known, bits) }
    }

    #[inline(always)]
    fn held_for<'a>(&'a self, action: &'a ActionHandle) -> Option<(&'a HeldView, &'a Known)> {
        let held = self.held.get()?.as_ref()?;
        self.gate.is(&action.gate).then_some((held, action.known.as_ref()?))
    }

    #[inline(never)]
    fn allows_otherwise(&self, action: ActionArgument<'_>, ip: IpArgument<'_>) -> Result<bool> {
        if let Some(known) = self.numbered(action)
            && let Some(answer) = self.looked_up(known, read_address(ip)?)
        {
            return Ok(answer);
        }
        Ok(self.gate.answer(&self.ask(action, ip), Some(&self.caller), None)?.0.allowed())
    }

    /// The answer where the table alone gives it.
    fn looked_up(&self, action: Known, address: Address) -> Option<bool> {
        if let Some(Some(held)) = self.held.get()
            && let Some(answer) = held.allows(&action, address)
        {
            return Some(answer);
        }
        let Caller::Declared(signature) = self.caller else { return None };
        self.by_cell(signature, action, address)
    }

    /// The same by the slot of its signature; takes hold of what lies there.
    #[inline(never)]
    fn by_cell(&self, signature: Signature, action: Known, address: Address) -> Option<bool> {
        let answer = self.gate.cells(signature, action, address);
        if self.held.get().is_none()
            && let Some(held) = self.gate.table().held(signature, action.id.service.0)
        {
            self.held.get_or_init(|| held);
        }
        answer
    }

    /// Decides, and says which statements decided.
    ///
    /// # Errors
    /// As [`PrincipalHandle::allows`].
    pub fn check<'i>(
        &self,
        action: impl Into<ActionArgument<'i>>,
        ip: impl Into<IpArgument<'i>>,
    ) -> Result<Decision> {
        self.gate.decide(&self.ask(action.into(), ip.into()), Some(&self.caller))
    }

    /// The action where the table alone knows it.
    #[inline]
    fn numbered(&self, action: ActionArgument<'_>) -> Option<Known> {
        match action {
            ActionArgument::Handle(handle) if self.gate.is(&handle.gate) => handle.known,
            ActionArgument::Handle(_) => None,
            ActionArgument::Text(text) => self.gate.table().actions.exact(text),
        }
    }

    fn ask<'a>(&'a self, action: ActionArgument<'a>, ip: IpArgument<'a>) -> Ask<'a> {
        let action = match action {
            ActionArgument::Handle(handle) => &handle.name,
            ActionArgument::Text(text) => text,
        };
        Ask { principal: &self.name, action, ip, ..Ask::default() }
    }
}

impl ActionHandle {
    pub(super) fn new(gate: Gate, name: &str, known: Option<Known>) -> Self {
        ActionHandle { gate, name: name.into(), known }
    }

    /// The action as it was named.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its number; none for an action of an opaque service.
    pub fn number(&self) -> Option<ActionNumber> {
        let id = self.known?.id;
        let actions = self.gate.table().actions.width(id)?;
        Some(ActionNumber { service: id.service.0, action: id.action, actions })
    }
}
