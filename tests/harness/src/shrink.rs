//! Makes a case smaller as long as it still shows a fault: whatever can be left out is left out. What can be left out of
//! a world or a document is said beside each.

/// Leaves out the part of a number; `false` where there is no part of that number.
pub(crate) type Cut<T> = fn(&mut T, usize) -> bool;

/// The smallest case found that still fails. Cuts are tried from the first to the last; `fails` is asked about every
/// candidate.
pub(crate) fn smallest<T: Clone + PartialEq>(case: &T, cuts: &[Cut<T>], fails: &dyn Fn(&T) -> bool) -> T {
    let mut best = case.clone();
    loop {
        let before = best.clone();
        for cut in cuts {
            try_each(&mut best, *cut, fails);
        }
        if best == before {
            return best;
        }
    }
}

/// Tries every number until a cut says that there are no more; what still fails is kept.
fn try_each<T: Clone + PartialEq>(best: &mut T, cut: Cut<T>, fails: &dyn Fn(&T) -> bool) {
    // A cut that does nothing for one number may do something for a later one: settings and members.
    let (mut n, mut misses) = (0, 0);
    while misses < 16 {
        let mut smaller = best.clone();
        if !cut(&mut smaller, n) {
            misses += 1;
            n += 1;
        } else if smaller != *best && fails(&smaller) {
            *best = smaller;
        } else {
            n += 1;
        }
    }
}

pub(crate) fn drop_at<T>(from: &mut Vec<T>, n: usize) -> bool {
    let there = n < from.len();
    if there {
        from.remove(n);
    }
    there
}

/// Drops element `n`, counted through all the lists.
pub(crate) fn drop_inner<'a, T: 'a>(lists: impl IntoIterator<Item = &'a mut Vec<T>>, mut n: usize) -> bool {
    for list in lists {
        if n < list.len() {
            return drop_at(list, n);
        }
        n -= list.len();
    }
    false
}

/// As [`drop_inner`], but the last of a list stays: a statement needs an action, a condition a value.
pub(crate) fn keep_one<'a, T: 'a>(lists: impl IntoIterator<Item = &'a mut Vec<T>>, mut n: usize) -> bool {
    for list in lists {
        if n < list.len() {
            return list.len() > 1 && drop_at(list, n);
        }
        n -= list.len();
    }
    false
}
