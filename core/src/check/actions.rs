//! Every action that a principal may perform with nothing but an address, at once: what a page needs to know which of
//! its buttons to show.
//!
//! A definite cell of the table decides its action; where a cell depends, the statements are asked as for one check.

use super::answer::read_address;
use super::ask::{Ask, IpArgument};
use super::caller::{self, Caller};
use super::gate::Gate;
use crate::error::Result;

/// A set of catalogued actions of one gate, as bits and by name.
#[derive(Debug, Clone)]
pub struct ActionSet {
    gate: Gate,
    bits: Vec<u8>,
}

impl ActionSet {
    /// The bits: action number `i` of [`Gate::action_id`] is bit `i % 8`, counted from the lowest, of byte `i / 8`. The bits
    /// behind the last action are 0.
    pub fn bytes(&self) -> &[u8] {
        &self.bits
    }

    /// The actions by their full names, in the order of their numbers.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let numbered = self.gate.numbering().actions().enumerate();
        numbered.filter(|(number, _)| self.has(*number)).map(|(_, (name, _))| name)
    }

    /// Whether an action, as a request names it, is in the set.
    ///
    /// # Errors
    /// Those of [`Gate::action_id`].
    pub fn contains(&self, action: &str) -> Result<bool> {
        Ok(self.has(self.gate.action_id(action)? as usize))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.bits.iter().map(|byte| byte.count_ones() as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|byte| *byte == 0)
    }

    fn has(&self, number: usize) -> bool {
        self.bits.get(number / 8).is_some_and(|byte| byte >> (number % 8) & 1 == 1)
    }
}

impl Gate {
    /// The catalogued actions that [`Gate::allows`] allows this principal from this address: of calls without resource,
    /// time and context. An action is in the set exactly where that check gives `true`. Where it needs more than an
    /// address and that is not there, it is not in the set: refused, or an error of that check alone.
    ///
    /// ```
    /// let gate = passgate::Gate::compile(
    ///     "use intlpartnersmgt
    ///      policy desk { allow PayOrders from 203.0.113.0/24  allow ForceQN when mfa is true }
    ///      user 100001 { attach desk }",
    /// )?;
    /// let may = gate.actions("user:100001", "203.0.113.9")?;
    /// assert_eq!(may.names().collect::<Vec<_>>(), ["intlpartnersmgt:PayOrders"]);
    /// assert_eq!((may.len(), may.bytes().len()), (1, 30)); // 238 actions
    /// assert!(may.contains("PayOrders")? && !may.contains("ForceQN")?);
    /// assert!(gate.actions("user:100001", "192.0.2.1")?.is_empty());
    /// # Ok::<(), passgate::Error>(())
    /// ```
    ///
    /// # Errors
    /// `bad-address`, and those of [`Gate::principal`].
    pub fn actions<'i>(&self, principal: &str, ip: impl Into<IpArgument<'i>>) -> Result<ActionSet> {
        let ip = ip.into();
        let caller = caller::find(self.table(), &Ask { principal, ..Ask::default() })?;
        let address = read_address(ip)?;
        let ask = |action| {
            let ask = Ask { principal, action, ip, ..Ask::default() };
            self.answer(&ask, Some(&caller), None).is_ok_and(|(reason, _)| reason.allowed())
        };
        let numbering = self.numbering();
        let mut bits = vec![0u8; numbering.actions().len().div_ceil(8)];
        for (number, (name, known)) in numbering.actions().enumerate() {
            let cell = match &caller {
                Caller::Declared(signature) => known.and_then(|known| self.cells(*signature, known, address)),
                Caller::Root | Caller::Unknown | Caller::Brought { .. } => None,
            };
            if cell.unwrap_or_else(|| ask(name))
                && let Some(byte) = bits.get_mut(number / 8)
            {
                *byte |= 1 << (number % 8);
            }
        }
        Ok(ActionSet { gate: self.clone(), bits })
    }

    /// The full names of all catalogued actions, each at the place that is its number ([`Gate::action_id`]). A service that
    /// knows every name has one, `svc:Any`, which stands for all.
    pub fn action_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.numbering().actions().map(|(name, _)| name)
    }
}
