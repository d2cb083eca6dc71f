//! Policies before and after, and every limit of the search.

use super::cover::{Choice, cover};
use super::grid::Grid;
use super::marks::Marks;
use super::*;
use crate::model::Statement;
use passgate_grammar::limits::{
    MINIMIZE_BOXES, MINIMIZE_CELLS, MINIMIZE_CONDITIONS, MINIMIZE_DROPS, MINIMIZE_FEW, MINIMIZE_STEPS,
};
fn gate(text: &str) -> Gate {
    Gate::compile(text).unwrap_or_else(|e| panic!("{text}\n{e:?}"))
}

/// The statements of a policy before and after.
fn check(before: &str, after: &str) {
    let text = format!("use intlpartnersmgt set opaque = \"cvm\" policy p {{ {before} }}");
    let found = minimize(&gate(&text), Form::Files).unwrap();
    let shown = &found.files[0].text;
    let body = shown.split_once('{').unwrap().1.rsplit_once('}').unwrap().0;
    let lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.join("; "), after, "{before}");
    let again = minimize(&gate(shown), Form::Files).unwrap();
    assert_eq!(&again.files[0].text, shown, "{before}");
    let (was, is) = found.sizes();
    assert!((is.statements, is.elements) <= (was.statements, was.elements), "{was} {is}");
}

#[test]
fn statements_are_put_together_and_left_out() {
    check("allow PayOrders allow PayOrders", "allow PayOrders");
    check("allow PayOrders allow QueryUser from 10.0.0.0/8", "allow PayOrders");
    check(
        "allow PayOrders from 10.0.0.0/9 allow PayOrders from 10.128.0.0/9",
        "allow PayOrders from 10.0.0.0/8",
    );
    check("allow PayOrders deny PayOrders", "deny PayOrders");
    check(
        "allow PayOrders, ForceQN from 10.0.0.0/8 deny ForceQN",
        "allow PayOrders from 10.0.0.0/8; deny ForceQN",
    );
    check(
        "allow cvm:Run when mfa is true allow cvm:Stop when mfa is true allow cvm:Run on \"qcs::cvm:::i/a\" when mfa is true",
        "allow cvm:Run, cvm:Stop when mfa is true",
    );
    check(
        "allow cvm:Run when cos:k is \"a\" allow cvm:Run when cos:k is \"b\"",
        "allow cvm:Run when cos:k is \"a\", \"b\"",
    );
    check(
        "allow PayOrders since 2026-01-01T00:00:00Z until 2026-02-01T00:00:00Z \
         allow PayOrders since 2026-02-01T00:00:00Z until 2026-03-01T00:00:00Z",
        "allow PayOrders since 2026-01-01T00:00:00Z until 2026-03-01T00:00:00Z",
    );
    check(
        "allow cvm:Run on \"qcs::cvm:::i/*\" allow cvm:Run on \"qcs::cvm:::i/a\" allow cvm:Run on \"qcs::cvm:::d/a\"",
        "allow cvm:Run on \"qcs::cvm:::d/a\", \"qcs::cvm:::i/*\"",
    );
}

#[test]
fn comments_and_notes_stay_where_their_statement_does() {
    let text = "use intlpartnersmgt
policy p {
    // of the desk
    /// Pays.
    @id(\"pay\")
    allow PayOrders  // kept
    /// Pays twice.
    allow PayOrders from 10.0.0.0/8  // gone
}
user 1 { attach p }
";
    let found = minimize(&gate(text), Form::Files).unwrap();
    assert_eq!(
        found.files[0].text,
        "use intlpartnersmgt

policy p {
    // of the desk
    /// Pays.
    @id(\"pay\")
    allow PayOrders  // kept
}

user 1 { attach p }
"
    );
}

/// The grid of one policy.
fn grid(statements: &str) -> Option<Grid> {
    let gate = gate(&format!("set opaque = \"*\" policy p {{ {statements} }}"));
    let model = gate.model();
    let all: Vec<&Statement> = model.policies[0].statements.iter().collect();
    let atoms = atoms::Atoms::of(&all, &model.catalogs, &model.settings);
    Grid::of(&all, &atoms, &model.settings)
}

#[test]
fn a_policy_of_too_many_cells_is_no_grid() {
    let text = |count: usize| -> String {
        (0..count).map(|n| format!("allow cvm:A{n} on \"qcs::cvm:::i/{n}\" from 10.{n}.0.0/16 ")).collect()
    };
    let most = (1..60).take_while(|count| grid(&text(*count)).is_some()).last().unwrap();
    let (inside, next) = (grid(&text(most)).unwrap().cells(), grid(&text(most - 1)).unwrap().cells());
    assert!(inside <= MINIMIZE_CELLS && inside + (inside - next) * 2 > MINIMIZE_CELLS, "{most} {inside}");
    assert!(grid(&text(most + 1)).is_none());
}

#[test]
fn all_boxes_are_looked_at_where_there_are_few() {
    let text = |count: usize| -> String {
        (0..count).map(|n| format!("allow cvm:A{n} from 10.{n}.0.0/16 ")).collect()
    };
    for count in 1..8 {
        let one = grid(&text(count)).unwrap();
        let ways = (1usize << one.classes.len()) * (1 << (one.stretches.len() + 1)) * 2 * one.options.len();
        let whole = gate(&format!("set opaque = \"*\" policy p {{ {} }}", text(count)));
        let least = minimize(&whole, Form::Files).unwrap().policies[0].least;
        assert_eq!(least, ways <= MINIMIZE_BOXES, "{count} {ways}");
    }
}

#[test]
fn conditions_are_put_together_up_to_a_number() {
    for (count, options) in [(2, 3), (6, 63), (7, MINIMIZE_CONDITIONS)] {
        let text: String = (0..count).map(|n| format!("allow cvm:A{n} when cos:k is \"{n}\" ")).collect();
        assert_eq!(grid(&text).unwrap().options.len(), options, "{count}");
    }
}

#[test]
fn a_search_ends_with_its_steps() {
    let must = Marks::of(40, 0..40);
    let holds = |n: usize| Marks::of(40, [n, (n * 7 + 3) % 40, (n * 11 + 5) % 40]);
    let choices: Vec<Choice> = (0..40).map(|n| Choice { holds: holds(n), cost: 1 }).collect();
    let (mut all, mut few) = (MINIMIZE_STEPS, 100);
    let (found, rough) =
        (cover(&must, &choices, &mut all).unwrap(), cover(&must, &choices, &mut few).unwrap());
    assert!(!rough.least && found.cost <= rough.cost && all < MINIMIZE_STEPS);
}

#[test]
fn of_many_statements_none_is_tried_without() {
    // That the last holds never is shown by nothing but a look at all calls.
    let text = |count: usize| -> String {
        let more: String = (2..count)
            .map(|n| format!("allow cvm:A{n} on \"qcs::cvm:::i/{n}\" when cos:k{n} < {n} "))
            .collect();
        format!("{more} allow cvm:B deny cvm:B since 2026-02-01T00:00:00Z until 2026-01-01T00:00:00Z ")
    };
    for count in [MINIMIZE_DROPS, MINIMIZE_DROPS + 1] {
        let whole = gate(&format!("set opaque = \"*\" policy p {{ {} }}", text(count)));
        let found = minimize(&whole, Form::Files).unwrap();
        let expected = if count <= MINIMIZE_DROPS { count - 1 } else { count };
        assert_eq!(found.policies[0].after.statements, expected, "{count}");
    }
}

#[test]
fn many_statements_are_put_together_first() {
    for count in [MINIMIZE_FEW, MINIMIZE_FEW + 1] {
        let text: String = (0..count).map(|n| format!("allow cvm:A{n} from 10.0.0.0/8 ")).collect();
        let whole = gate(&format!("set opaque = \"*\" policy p {{ {text} }}"));
        let after = minimize(&whole, Form::Files).unwrap().policies[0].after;
        assert_eq!((after.statements, after.elements), (1, count + 1));
    }
}

#[test]
fn documents_are_as_small_as_their_limit() {
    let text = "use intlpartnersmgt policy p { allow Query* from 10.0.0.0/9 allow Query* from 10.128.0.0/9 allow write }";
    let found = minimize(&gate(text), Form::documents()).unwrap();
    let (name, texts) = &found.documents[0];
    assert_eq!((name.as_ref(), texts.len()), ("p", 1));
    assert!(texts[0].contains("10.0.0.0/8") && found.files.is_empty());
    let most = crate::cam::counted_chars(&texts[0]) - 1;
    let split = minimize(&gate(text), Form::Documents { most }).unwrap();
    assert_eq!(split.documents[0].1.len(), 2);
    assert!(split.documents[0].1.iter().all(|text| crate::cam::counted_chars(text) <= most));
    let none = minimize(&gate(text), Form::Documents { most: 50 }).unwrap();
    assert_eq!(none.left, [("p".into(), Why::NoRoom)]);
}

/// What is left of a policy and of a boundary of the same text.
fn both_uses(text: &str) -> [String; 2] {
    let set = format!(
        "set opaque = \"cvm\" policy bound {{ {text} }} policy own {{ {text} }} user u {{ attach own within bound }}"
    );
    let found = minimize(&gate(&set), Form::Files).unwrap();
    let body = |name: &str| {
        let from = found.files[0].text.split_once(&format!("policy {name} {{")).unwrap().1;
        let lines = from.split_once("\n}").unwrap().0.lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
    };
    [body("own"), body("bound")]
}

/// Without an allow, a boundary whose deny is open refuses; with one the call is an error (semantics §2.9).
#[test]
fn what_an_open_deny_covers_stays_as_it_is_in_a_boundary() {
    let text = "deny cvm:* when cos:n < 1 allow cvm:A when cos:n < 1";
    let deny = "deny cvm:* when cos:n < 1";
    assert_eq!(both_uses(text), [deny, "deny cvm:* when cos:n < 1; allow cvm:A when cos:n < 1"]);
    // Nor does one grow over it.
    let text = "deny cvm:A when cos:n < 1 allow cvm:B, cvm:C when cos:n < 1";
    assert_eq!(both_uses(text)[1], "deny cvm:A when cos:n < 1; allow cvm:B, cvm:C when cos:n < 1");
    // What stays does not keep the rest from becoming smaller.
    let text = "deny cvm:A when cos:n < 1 allow cvm:A when cos:n < 1 \
                allow cvm:B from 10.0.0.0/9 allow cvm:B from 10.128.0.0/9";
    let kept = "deny cvm:A when cos:n < 1; allow cvm:A when cos:n < 1; allow cvm:B from 10.0.0.0/8";
    assert_eq!(both_uses(text)[1], kept);
    // The address, the time and what is present are always told.
    let text = "deny cvm:* from 10.0.0.0/8 allow cvm:A from 10.0.0.0/9";
    assert_eq!(both_uses(text), ["deny cvm:* from 10.0.0.0/8"; 2]);
    let text = "deny cvm:* since 2026-01-01T00:00:00Z allow cvm:A since 2026-01-01T00:00:00Z";
    assert_eq!(both_uses(text), ["deny cvm:* since 2026-01-01T00:00:00Z"; 2]);
    let text = "deny cvm:* when cos:n is present allow cvm:A when cos:n is present";
    assert_eq!(both_uses(text), ["deny cvm:* when cos:n is present"; 2]);
    let text = "deny cvm:* when qcs:uin is \"5\" allow cvm:A when qcs:uin is \"5\"";
    assert_eq!(both_uses(text), ["deny cvm:* when qcs:uin is \"5\""; 2]);
    // A variable of a resource may have no value.
    let text = "deny cvm:* on \"qcs::cvm:::${uin}/x\" allow cvm:A on \"qcs::cvm:::${uin}/x\"";
    let both = "deny cvm:* on \"qcs::cvm:::${uin}/x\"; allow cvm:A on \"qcs::cvm:::${uin}/x\"";
    assert_eq!(both_uses(text), ["deny cvm:* on \"qcs::cvm:::${uin}/x\"", both]);
}
