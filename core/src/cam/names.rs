//! Names of policies and documents where several come of one, or several have one name: numbered from 2, in order.

use std::collections::BTreeSet;

/// Names of the documents of a split policy: its own, then `NAME-2`, `NAME-3` and so on, those left out that are taken.
/// They are taken afterwards.
///
/// ```
/// let mut taken = ["desk".to_owned(), "desk-2".to_owned()].into();
/// assert_eq!(passgate::cam::split_names("desk", 3, &mut taken), ["desk", "desk-3", "desk-4"]);
/// ```
pub fn split_names(name: &str, count: usize, taken: &mut BTreeSet<String>) -> Vec<String> {
    let mut numbers = 2usize..;
    let mut next = || numbers.by_ref().map(|n| format!("{name}-{n}")).find(|n| taken.insert(n.clone()));
    let others: Vec<String> = (1..count).filter_map(|_| next()).collect();
    std::iter::once(name.to_owned()).chain(others).collect()
}

/// Names of the policies of documents, from the names of their files: the first of a name keeps it.
///
/// ```
/// assert_eq!(passgate::cam::document_names(&["desk", "desk-2", "desk", "desk"]), ["desk", "desk-2", "desk-3", "desk-4"]);
/// ```
pub fn document_names(stems: &[&str]) -> Vec<String> {
    let mut taken: BTreeSet<String> = stems.iter().map(|stem| (*stem).to_owned()).collect();
    let mut seen = BTreeSet::new();
    let mut names = Vec::with_capacity(stems.len());
    for stem in stems {
        names.push(match seen.insert(stem) {
            true => (*stem).to_owned(),
            false => split_names(stem, 2, &mut taken).pop().unwrap_or_default(),
        });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_and_never_taken() {
        let mut taken = ["a", "a-2", "b"].map(str::to_owned).into();
        assert_eq!(split_names("a", 1, &mut taken), ["a"]);
        assert_eq!(split_names("a", 3, &mut taken), ["a", "a-3", "a-4"]);
        assert_eq!(split_names("a", 2, &mut taken), ["a", "a-5"]);
        assert_eq!(split_names("b", 2, &mut taken), ["b", "b-2"]);
    }

    #[test]
    fn documents_of_one_name_are_told_apart() {
        assert_eq!(document_names(&["a", "a", "a-2", "b", "a"]), ["a", "a-3", "a-2", "b", "a-4"]);
        assert!(document_names(&[]).is_empty());
    }
}
