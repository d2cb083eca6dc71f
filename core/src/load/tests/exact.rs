//! The exact lints in `lint`: told with everything else in one run, silenced by notes, which are told where they
//! silence nothing.

use super::check;

const USE: &str = "use intlpartnersmgt user 1 { attach p } ";

fn check_text(text: &str, expected: &[&str]) {
    check(&[("a.gate", &format!("{USE}{text}"))], expected);
}

#[test]
fn a_note_at_a_covered_statement_silences_it() {
    check_text(
        "policy p { allow QueryArea, PayOrders allow PayOrders from 10.0.0.0/8 }",
        &["shadowed «allow» a.gate"],
    );
    check_text(
        "policy p { allow QueryArea, PayOrders @ignore(shadowed) allow PayOrders from 10.0.0.0/8 }",
        &[],
    );
}

#[test]
fn a_note_for_an_exact_lint_that_silences_nothing_is_told() {
    for code in ["shadowed", "cancelled", "contradiction", "always-true", "dead-allow"] {
        check_text(
            &format!("policy p {{ @ignore({code}) allow PayOrders }}"),
            &[&format!("unused-ignore «{code}» a.gate")],
        );
    }
    check_text(
        "policy p { allow * @ignore(dead-deny, \"to be seen\") deny PayOrders }",
        &["unused-ignore «dead-deny» a.gate"],
    );
}

#[test]
fn a_strict_set_is_told_everything_too() {
    check_text(
        "set strict = true policy p { allow QueryArea, PayOrders allow PayOrders from 10.0.0.0/8 \
         deny QueryUser from 10.0.0.0/8 } assert no one may QueryArea",
        &[
            "shadowed «allow» a.gate",
            "dead-deny «QueryUser» a.gate",
            "assert-failed «assert no one may QueryArea» a.gate",
        ],
    );
}
