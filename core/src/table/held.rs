//! The brief of one caller in one service, held by whoever asks for that caller again and again: a check then reads no
//! slot and none of what leads to it. Briefs of one word only, whose cells are read without a branch.

use super::brief::Brief;
use super::views::View;
use super::{Address, Known, Signature, Table};
use crate::address::Family;

/// A brief by its service; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct HeldBrief {
    service: u32,
    brief: Brief,
}

impl Table {
    /// The brief of a signature in a service, to be held. None where nothing is made of it yet; none within where it
    /// has no such brief and never will.
    pub(crate) fn held(&self, signature: Signature, service: u32) -> Option<Option<HeldBrief>> {
        if signature.boundary.is_some() {
            return Some(None);
        }
        let view = self.views.made(service, signature.policies)?;
        let View::Brief(brief) = view else { return Some(None) };
        Some(brief.is_narrow().then(|| HeldBrief { service, brief: brief.clone() }))
    }
}

impl HeldBrief {
    /// Whether it speaks of an action.
    #[inline(always)]
    fn has(&self, action: &Known) -> bool {
        self.service == action.id.service.0
    }

    /// Whether an action is allowed at an address; none where it is of another service, or statements must be asked.
    #[inline]
    pub(crate) fn allows(&self, action: &Known, address: Address) -> Option<bool> {
        match address {
            Some((Family::V4, bits)) => self.allows_v4(action, bits as u32),
            Some((Family::V6, bits)) => self.allows_v6(action, bits),
            None => self.allows_without(action),
        }
    }

    /// The same at an address of IPv4.
    #[inline(always)]
    pub(crate) fn allows_v4(&self, action: &Known, bits: u32) -> Option<bool> {
        if !(self.has(action) && action.addressed) {
            return self.allows_without(action);
        }
        let (reach, near) = self.brief.reach_v4(action.id.action, bits);
        reach.answer(near.payload(bits))
    }

    /// The same at an address of IPv6 that is not an address of IPv4.
    #[inline(always)]
    pub(crate) fn allows_v6(&self, action: &Known, bits: u128) -> Option<bool> {
        if !(self.has(action) && action.addressed) {
            return self.allows_without(action);
        }
        self.brief.reach(action.id.action).answer(self.brief.v6().near(bits).payload_v6(bits))
    }

    /// The same where there is none.
    #[inline(never)]
    fn allows_without(&self, action: &Known) -> Option<bool> {
        if !self.has(action) {
            return None;
        }
        self.brief.reach(action.id.action).answer(self.brief.without_address())
    }
}
