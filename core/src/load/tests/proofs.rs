//! Asserts where a set is linted and loaded.

use crate::load::{LoadOptions, lint_texts};
use crate::model::PolicyKind;
use crate::{ErrorCode, Gate};

const SET: &str = "use intlpartnersmgt network office = 10.0.0.0/8 policy p { allow write } user u { attach p } \
    assert no one may write unless from office assert no one may read";

fn codes(text: &str) -> Vec<String> {
    let report = lint_texts(text.to_owned(), &LoadOptions::default(), PolicyKind::Identity).unwrap();
    report.diagnostics.iter().map(|d| d.code.to_string()).collect()
}

#[test]
fn lint_always_proves_asserts() {
    assert_eq!(codes(SET), ["assert-failed"]);
    assert_eq!(codes(&SET.replace("allow write", "allow write from office")), ["no-ip-support"]);
    assert!(codes(&SET.replace("allow write", "allow wriite")).iter().all(|code| code != "assert-failed"));
}

#[test]
fn a_set_that_says_so_is_not_loaded_with_an_assert_that_fails() {
    assert!(Gate::compile(SET).is_ok());
    let set = format!("set prove = \"on-load\" {SET}");
    let refused = Gate::compile(set.as_str()).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::BadPolicy);
    assert_eq!(refused.diagnostics().iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["assert-failed"]);
    assert!(Gate::compile(set.replace("allow write", "allow write from office")).is_ok());
}
