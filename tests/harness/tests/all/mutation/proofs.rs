//! What is demanded is changed: without an assert, a case or a test the report has no row of it, and the other rows
//! are what they were.

use super::{Change, Files, Found, Row, partners, place, tree};
use passgate::grammar::tree::ItemKind;

/// What was taken out, and the name of the test it is of; none for an assert.
struct Demand {
    change: Change,
    test: Option<String>,
    /// How many rows the report has of it.
    rows: usize,
    /// The whole test.
    whole: bool,
}

fn demands(files: &Files) -> Vec<Demand> {
    let mut demands = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".gate")) {
        for item in tree(text).items {
            let piece = place(&item.before.notes, item.span);
            let change = Change::without(name, piece.clone());
            match &item.kind {
                ItemKind::Assert(_) => demands.push(Demand { change, test: None, rows: 1, whole: false }),
                ItemKind::Test(test) => {
                    let quoted = &text[test.name.start as usize..test.name.end as usize];
                    let of = Some(quoted.trim_matches('"').to_owned());
                    let rows = test.cases.len();
                    demands.push(Demand { change, test: of.clone(), rows, whole: true });
                    demands.extend(test.cases.iter().map(|case| {
                        let change = Change::without(name, place(&case.before.notes, case.span));
                        Demand { change, test: of.clone(), rows: 1, whole: false }
                    }));
                }
                _ => {}
            }
        }
    }
    demands
}

/// The rows that stand in one list and not in the other; both are in the order of the set.
fn lost(before: &[Row], after: &[Row]) -> Option<usize> {
    let mut left = after.iter().peekable();
    let lost = before.iter().filter(|row| left.next_if_eq(row).is_none()).count();
    left.next().is_none().then_some(lost)
}

#[test]
fn without_an_assert_or_case_the_report_lacks_its_row() {
    let files = partners();
    let whole = Found::of(&files, None).expect("the example");
    let demands = demands(&files);
    let rows: usize =
        demands.iter().filter(|demand| demand.test.is_none() || demand.whole).map(|d| d.rows).sum();
    assert_eq!(rows, whole.asserts.len() + whole.cases.len(), "the report has a row of each");
    assert!(whole.asserts.len() > 5 && whole.cases.len() > 30);
    for Demand { change, test, rows, whole: block } in &demands {
        // Of a case only its test is run again, of an assert and of a test all that there is.
        let filter = test.as_deref().filter(|_| !block);
        let before = filter.map_or_else(|| Some(whole.clone()), |name| Found::of(&files, Some(name)));
        let before = before.expect("the example");
        let after = Found::of(&change.made(&files), filter).expect("a set with less demanded of it");
        let (asserts, cases) = if test.is_some() { (0, *rows) } else { (*rows, 0) };
        let lost = (lost(&before.asserts, &after.asserts), lost(&before.cases, &after.cases));
        assert_eq!(lost, (Some(asserts), Some(cases)), "{}", change.named(&files));
    }
    println!("mutation: {} asserts, cases and tests taken out", demands.len());
}
