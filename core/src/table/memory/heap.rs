//! How many bytes a value holds beyond itself. What several values share (an `Arc`) is nobody's own here: it is counted
//! once, by [`super::Memory::once`].

use crate::catalog::{Action, Service};
use crate::model::{Opaque, Owner, Template, TemplatePart};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a value holds on the heap, itself not counted.
pub(crate) trait Heap {
    /// Bytes that were asked of the allocator for it.
    fn heap(&self) -> usize;
}

/// Nothing lies beyond these.
macro_rules! flat {
    ($($of:ty),*) => { $(impl Heap for $of { fn heap(&self) -> usize { 0 } })* };
}

flat!(u32, usize, bool);

impl Heap for Box<str> {
    fn heap(&self) -> usize {
        self.len()
    }
}

impl Heap for String {
    fn heap(&self) -> usize {
        self.capacity()
    }
}

impl<T: Heap> Heap for Box<[T]> {
    fn heap(&self) -> usize {
        size_of_val::<[T]>(self) + self.iter().map(Heap::heap).sum::<usize>()
    }
}

impl<T: Heap> Heap for Vec<T> {
    fn heap(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(Heap::heap).sum::<usize>()
    }
}

impl<T: Heap> Heap for Option<T> {
    fn heap(&self) -> usize {
        self.as_ref().map_or(0, Heap::heap)
    }
}

impl<A: Heap, B: Heap> Heap for (A, B) {
    fn heap(&self) -> usize {
        self.0.heap() + self.1.heap()
    }
}

impl<K: Heap, V: Heap, S> Heap for HashMap<K, V, S> {
    fn heap(&self) -> usize {
        let entries = self.iter().map(|(key, value)| key.heap() + value.heap());
        hashed(self.capacity(), size_of::<(K, V)>()) + entries.sum::<usize>()
    }
}

impl<K: Heap, S> Heap for HashSet<K, S> {
    fn heap(&self) -> usize {
        hashed(self.capacity(), size_of::<K>()) + self.iter().map(Heap::heap).sum::<usize>()
    }
}

impl<K: Heap, V: Heap> Heap for BTreeMap<K, V> {
    /// Nodes are about two thirds full: a node has room for eleven entries.
    fn heap(&self) -> usize {
        let nodes = self.len().div_ceil(7) * 11 * size_of::<(K, V)>();
        nodes + self.iter().map(|(key, value)| key.heap() + value.heap()).sum::<usize>()
    }
}

/// Bytes of a hash table of the standard library that has room for so many entries: seven of eight buckets are used,
/// each has a byte beside it, and sixteen of these follow.
pub(in crate::table) fn hashed(capacity: usize, entry: usize) -> usize {
    match capacity {
        0 => 0,
        few @ 1..8 => (few + 1) * (entry + 1) + 16,
        many => many / 7 * 8 * (entry + 1) + 16,
    }
}

impl Heap for Template {
    fn heap(&self) -> usize {
        let texts = self.parts.iter().map(|part| match part {
            TemplatePart::Literal(text) => text.heap(),
            TemplatePart::Variable(_) => 0,
        });
        self.parts.capacity() * size_of::<TemplatePart>() + texts.sum::<usize>()
    }
}

impl Heap for Owner {
    fn heap(&self) -> usize {
        self.uin.heap() + self.uid.heap()
    }
}

impl Heap for Opaque {
    fn heap(&self) -> usize {
        match self {
            Opaque::Services(services) => services.heap(),
            Opaque::All => 0,
        }
    }
}

impl Heap for Service {
    fn heap(&self) -> usize {
        let (texts, permids) = (self.service.heap() + self.name.heap(), self.permids.heap());
        texts + self.version.len() + self.actions.heap() + permids
    }
}

impl Heap for Action {
    fn heap(&self) -> usize {
        self.name.heap() + self.category.heap() + self.resources.heap() + self.description.heap()
    }
}
