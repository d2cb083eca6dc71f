//! What is made of one caller in one service, held by whoever asks for that caller again and again: a check then reads no
//! slot and none of what leads to it. A brief of one word, whose cells are read without a branch, or one layer; what is
//! read side by side is not held.

use super::brief::Brief;
use super::layer::{Cell, Layer};
use super::views::View;
use super::{Address, Known, Signature, Table};
use crate::address::Family;

/// What is held, with its service; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct HeldView {
    service: u32,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Brief(Brief),
    Layer(Layer),
}

impl Table {
    /// What is made of a signature in a service, to be held. None where nothing is made of it yet; none within where it
    /// has no such thing and never will.
    pub(crate) fn held(&self, signature: Signature, service: u32) -> Option<Option<HeldView>> {
        if signature.boundary.is_some() {
            return Some(None);
        }
        let form = match self.views.made(service, signature.policies)? {
            View::Brief(brief) if brief.is_narrow() => Form::Brief(brief.clone()),
            View::One(layer) | View::Own(layer) => Form::Layer(layer.clone()),
            _ => return Some(None),
        };
        Some(Some(HeldView { service, form }))
    }
}

impl HeldView {
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
        match &self.form {
            Form::Brief(brief) => {
                let (reach, near) = brief.reach_v4(action.id.action, bits);
                reach.answer(near.payload(bits))
            }
            Form::Layer(layer) => of_layer(layer, action, Some((Family::V4, bits.into()))),
        }
    }

    /// The same at an address of IPv6 that is not an address of IPv4.
    #[inline(always)]
    pub(crate) fn allows_v6(&self, action: &Known, bits: u128) -> Option<bool> {
        if !(self.has(action) && action.addressed) {
            return self.allows_without(action);
        }
        match &self.form {
            Form::Brief(brief) => {
                brief.reach(action.id.action).answer(brief.v6().near(bits).payload_v6(bits))
            }
            Form::Layer(layer) => of_layer(layer, action, Some((Family::V6, bits))),
        }
    }

    /// The same where there is none.
    #[inline(never)]
    fn allows_without(&self, action: &Known) -> Option<bool> {
        if !self.has(action) {
            return None;
        }
        match &self.form {
            Form::Brief(brief) => brief.reach(action.id.action).answer(brief.without_address()),
            Form::Layer(layer) => of_layer(layer, action, None),
        }
    }
}

#[inline(never)]
fn of_layer(layer: &Layer, action: &Known, address: Address) -> Option<bool> {
    match layer.at(action.id.action, address).cell() {
        Cell::Allow => Some(true),
        Cell::None | Cell::Deny => Some(false),
        Cell::Depends => None,
    }
}
