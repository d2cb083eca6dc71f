//! Lints about names: those that nothing uses, categories that hold something odd.

use super::told;
use crate::model::{Claims, Settings};

fn check(claims: Claims, text: &str, expected: &[&str]) {
    let settings = Settings { claims, ..Settings::default() };
    assert_eq!(told(&settings, None, text), expected, "{text}");
}

#[test]
fn policies_that_nobody_has() {
    let two = "policy p { allow Buy } policy q { allow List }";
    check(Claims::Groups, &format!("{two} user 1 {{ attach p }}"), &["unused-name at q"]);
    check(Claims::None, &format!("{two} group g {{ attach p }} user 1 {{ in g }}"), &["unused-name at q"]);
    // A collection, a boundary, one that requests may name, one of another kind.
    check(Claims::Groups, two, &[]);
    check(Claims::Groups, &format!("{two} user 1 {{ attach p within q }}"), &[]);
    check(Claims::Policies, &format!("{two} user 1 {{ attach p }}"), &[]);
    let trust = "policy p { allow Buy } trust policy q { allow * to anyone }";
    check(Claims::Groups, &format!("{trust} user 1 {{ attach p }}"), &[]);
}

#[test]
fn groups_that_nobody_is_in() {
    let text = "policy p { allow Buy } group g { attach p }";
    check(Claims::None, text, &["unused-name at g"]);
    check(Claims::None, &format!("{text} user 1 {{ in g }}"), &[]);
    check(Claims::None, &format!("{text} group h {{ in g }}"), &["unused-name at h"]);
    check(Claims::Groups, text, &[]);
    check(Claims::None, "policy p { allow Buy } role r { attach p }", &[]);
}

#[test]
fn categories_that_hold_an_action_of_another_kind() {
    let odd = |text: &str, expected: &[&str]| check(Claims::Groups, text, expected);
    odd("policy p { allow read }", &["odd-category at read"]);
    odd("policy p { allow read deny read }", &["odd-category at read"]);
    odd("policy p { deny read }", &[]);
    odd("actions a = read policy p { allow a deny a from 10.0.0.1 }", &["odd-category at read"]);
    odd("actions a = read policy p { allow a except Buy }", &["odd-category at a except Buy"]);
    // It is taken away again, found otherwise, or nothing says otherwise.
    odd("policy p { allow read except DropBox }", &["empty-set at read except DropBox"]);
    odd("policy p { allow (read, list) except DropBox }", &[]);
    odd("actions a = read policy p { allow (a, list) except DropBox }", &[]);
    // It is named as well, or the set is narrowed by a category that holds it.
    odd("policy p { allow (read, DropBox) except Look }", &[]);
    odd("policy p { allow (read, Drop*) except Look }", &[]);
    odd("actions a = DropBox, Buy policy p { allow (read, a) except Buy }", &[]);
    odd("policy p { allow (shop:*) only read }", &["odd-category at (shop:*) only read"]);
    odd(
        "policy p { allow (read // not: DropBox\n, list) except Look }",
        &["odd-category at (read // not: DropBox\n, list) except Look"],
    );
    odd("policy p { allow * except Buy }", &[]);
    odd("policy p { allow DropBox }", &[]);
    odd("policy p { allow list, other }", &[]);
}
