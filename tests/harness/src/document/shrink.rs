//! Makes a document smaller as long as it still shows a fault.

use super::Document;
use crate::shrink::{Cut, drop_at, drop_inner, keep_one, smallest};

/// The smallest document found that still fails; `fails` is asked about every candidate.
pub fn shrink(document: &Document, fails: &dyn Fn(&Document) -> bool) -> Document {
    smallest(document, CUTS, fails)
}

/// The parts, from coarse to fine; long lists are halved before they are thinned out.
const CUTS: &[Cut<Document>] = &[
    |d, n| d.statements.len() > 1 && drop_at(&mut d.statements, n),
    |d, n| halve(lists(d), n),
    |d, n| drop_inner(d.statements.iter_mut().map(|s| &mut s.conditions), n),
    |d, n| keep_one(lists(d), n),
    |d, n| n == 0 && std::mem::replace(&mut d.version, "2.0".to_owned()) != "2.0",
    |d, n| n == 0 && std::mem::take(&mut d.common_principal),
];

/// Lists of which one element stays.
fn lists(document: &mut Document) -> Vec<&mut Vec<String>> {
    let mut all = Vec::new();
    for statement in &mut document.statements {
        all.extend([&mut statement.actions, &mut statement.resources]);
        all.extend(statement.conditions.iter_mut().map(|c| &mut c.values));
    }
    all
}

/// Keeps the first or the second half of a list.
fn halve(lists: Vec<&mut Vec<String>>, n: usize) -> bool {
    let Some(list) = lists.into_iter().nth(n / 2).filter(|list| list.len() > 1) else { return false };
    let second = list.split_off(list.len() / 2);
    if n % 2 == 1 {
        *list = second;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::generate;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let permid = |d: &Document| d.statements.iter().any(|s| s.actions.iter().any(|a| a == "permid/7"));
        let document = (0..).map(generate).find(|d| d.statements.len() > 2 && permid(d)).unwrap();
        let small = shrink(&document, &permid);
        let [statement] = small.statements.as_slice() else { panic!("{small:#?}") };
        assert_eq!((statement.actions.len(), statement.resources.len().max(1)), (1, 1));
        assert!(statement.conditions.is_empty() && small.version == "2.0");
    }
}
