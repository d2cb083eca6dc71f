//! Right texts and their trees.

mod support;

use support::{faults, read, show};

fn check(text: &str, expected: &str) {
    let (sources, parsed) = read(text);
    assert_eq!(faults(&parsed), "", "{text}\n{:#?}", parsed.diagnostics);
    assert_eq!(show(&sources, &parsed.file), expected, "{text}");
}

#[test]
fn the_example_of_the_language_reference() {
    let (sources, parsed) = read(include_str!("fixtures/partners.gate"));
    assert_eq!(faults(&parsed), "", "{:#?}", parsed.diagnostics);
    let shown = show(&sources, &parsed.file);
    for (shown, expected) in shown.lines().zip(include_str!("fixtures/partners.tree").lines()) {
        assert_eq!(shown, expected);
    }
    assert_eq!(shown.lines().count(), include_str!("fixtures/partners.tree").lines().count());
    check("use a", "(use a)");
}
