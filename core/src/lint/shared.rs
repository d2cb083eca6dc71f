//! What lints find in the lists of statements, worked out once for a list that many statements share.

use std::collections::HashMap;
use std::rc::Rc;

/// Lists up to this length are looked at anew each time: that costs less than remembering them.
const SHORT: usize = 8;

/// Findings by list and by what the statement needs of it.
#[derive(Debug)]
pub(super) struct Shared<T, K, V> {
    known: HashMap<(*const T, usize, K), Rc<V>>,
}

impl<T, K, V> Default for Shared<T, K, V> {
    fn default() -> Self {
        Shared { known: HashMap::new() }
    }
}

impl<T, K: Copy + Eq + std::hash::Hash, V> Shared<T, K, V> {
    /// What `find` says of a list. The lists live as long as the run, so their places tell them apart.
    pub(super) fn of(&mut self, list: &[T], key: K, find: impl FnOnce() -> V) -> Rc<V> {
        if list.len() <= SHORT {
            return Rc::new(find());
        }
        let found = self.known.entry((list.as_ptr(), list.len(), key));
        Rc::clone(found.or_insert_with(|| Rc::new(find())))
    }
}
