//! The door: names, options, and what is refused at it.

use super::{answer, questions};
use crate::Gate;

fn gate() -> Gate {
    Gate::compile("use intlpartnersmgt policy p { allow PayOrders } user 1 { attach p }").unwrap()
}

/// Code, key, nearest spellings and message of a refusal.
#[track_caller]
fn refused(gates: usize, question: &str, options: &str, expected: (&str, Option<&str>, &[&str], &str)) {
    let gate = gate();
    let gates: Vec<&Gate> = vec![&gate; gates];
    let error = answer(&gates, question, options).unwrap_err();
    let near: Vec<&str> = error.nearest().iter().map(String::as_str).collect();
    assert_eq!((error.code().as_str(), error.key(), near.as_slice(), error.message()), expected);
}

#[test]
fn names_are_those_of_the_questions_in_order() {
    let names: Vec<&str> = questions().collect();
    assert!(names.is_sorted(), "{names:?}");
    for name in names {
        let error = answer(&[], name, "{}").unwrap_err();
        assert!(error.message().contains(name), "{error}");
    }
}

#[test]
fn null_is_an_option_that_is_not_given() {
    let gate = gate();
    let given = r#"{"principal":"user:1","ip":null,"resource":null,"at":null}"#;
    let told = answer(&[&gate], "what", given).unwrap();
    assert_eq!(told, answer(&[&gate], "what", r#"{"principal":"user:1"}"#).unwrap());
    refused(
        1,
        "what",
        r#"{"principal":null}"#,
        ("bad-request", Some("principal"), &[], "`what` needs `principal`"),
    );
}

#[test]
fn slips_are_told_with_the_nearest() {
    let of = ("bad-request", Some("waht"), &["what"][..], "there is no question `waht`");
    refused(1, "waht", "{}", of);
    let of = ("bad-request", Some("recource"), &["resource"][..], "`who` has no option `recource`");
    refused(1, "who", r#"{"action":"PayOrders","recource":"*"}"#, of);
}

#[test]
fn options_are_an_object_of_the_right_types() {
    let no_json = "the options of a question are no JSON: ";
    let error = answer(&[&gate()], "what", "{").unwrap_err();
    assert!(error.message().starts_with(no_json), "{error}");
    refused(
        1,
        "what",
        "[]",
        ("bad-request", None, &[], "the options of `what` are an object, not of kind array"),
    );
    let of = "`ip` of `what`: invalid type: integer `7`, expected a string";
    refused(1, "what", r#"{"principal":"1","ip":7}"#, ("bad-request", Some("ip"), &[], of));
    let twice = r#"{"principal":"1","principal":"2"}"#;
    refused(1, "what", twice, ("bad-request", Some("principal"), &[], "`principal` is given twice"));
}

#[test]
fn a_question_is_asked_of_its_number_of_sets() {
    let of = "`what` is asked of 1 policy set(s), not of 2";
    refused(2, "what", r#"{"principal":"1"}"#, ("bad-request", Some("what"), &[], of));
    refused(
        0,
        "who",
        r#"{"action":"PayOrders"}"#,
        ("bad-request", Some("who"), &[], "`who` is asked of 1 policy set(s), not of 0"),
    );
    refused(
        1,
        "diff",
        "{}",
        ("bad-request", Some("diff"), &[], "`diff` is asked of 2 policy set(s), not of 1"),
    );
}

#[test]
fn exposure_is_asked_of_one_set_or_of_two() {
    let gate = gate();
    let one = answer(&[&gate], "exposure", "{}").unwrap();
    assert!(one.starts_with(r#"{"exact":true,"exposure":"#), "{one}");
    let two = answer(&[&gate, &gate], "exposure", "{}").unwrap();
    assert!(two.starts_with(&format!(r#"{{"old":{one},"new":{one},"change":"#)), "{two}");
    for count in [0, 3] {
        let of = format!("`exposure` is asked of 1 or 2 policy set(s), not of {count}");
        refused(count, "exposure", "{}", ("bad-request", Some("exposure"), &[], &of));
    }
}
