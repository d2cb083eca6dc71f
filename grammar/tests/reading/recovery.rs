//! A fault costs one statement: what stands beside it is read all the same, and told once.

use crate::support::{faults, read, show};

/// The tree and the codes with the texts under their carets, each on its line.
fn check(text: &str, tree: &str, told: &str) {
    let (sources, parsed) = read(text);
    assert_eq!(show(&sources, &parsed.file), tree, "{text}\n{}", faults(&parsed));
    let codes: Vec<_> =
        parsed.diagnostics.iter().map(|d| format!("{} «{}»", d.code, sources.slice(d.span))).collect();
    assert_eq!(codes.join(" "), told, "{text}\n{:#?}", parsed.diagnostics);
}

#[test]
fn the_statement_beside_is_read() {
    check(
        "policy p {\n allow a b\n deny c\n allow (\n deny d\n}",
        "(policy p {(deny [c]) (deny [d])})",
        "missing-comma «b» syntax «(»",
    );
    check(
        "policy p {\n x y z\n allow a\n}\npolicy q { deny b }",
        "(policy p {(allow [a])})\n(policy q {(deny [b])})",
        "syntax «x»",
    );
    check("policy p {\n allow a from\n\n allow b }", "(policy p {(allow [b])})", "syntax «from»");
}

#[test]
fn reading_resumes_at_a_line_not_within_one() {
    check(
        "policy p {\n allow x y deny z w allow v\n deny a }",
        "(policy p {(deny [a])})",
        "missing-comma «y»",
    );
    check(
        "policy p { allow x y deny z } policy q { allow a }",
        "(policy p {})\n(policy q {(allow [a])})",
        "missing-comma «y»",
    );
    check("this is a test of the use of a user\nuse a", "(use a)", "syntax «this»");
}

#[test]
fn notes_and_docs_begin_the_next_statement() {
    check(
        "policy p {\n allow a b\n @id(x)\n deny c\n allow d e\n /// doc\n deny f }",
        "(policy p {(@id(x) deny [c]) (/// doc deny [f])})",
        "missing-comma «b» missing-comma «e»",
    );
    check("policy p {\n @id(x\n allow a\n deny b }", "(policy p {(deny [b])})", "syntax «allow»");
    check("policy p {\n @id(x)\n}\nuse a", "(policy p {})\n(use a)", "syntax «)»");
    check("@id(x)\n", "", "syntax «)»");
}

#[test]
fn items_beside_are_read() {
    check(
        "network a = 1.1.1.1,\nnetwork b = 2.2.2.2\nuse A\nset x y\nuse c",
        "(network b [~2.2.2.2])\n(use c)",
        "trailing-comma «,» syntax «A» syntax «y»",
    );
    check("network a = (1.1.1.1\nnetwork b = 2.2.2.2", "(network b [~2.2.2.2])", "syntax «1.1.1.1»");
    check("} use a", "", "syntax «}»");
    check("}\nuse a", "(use a)", "syntax «}»");
    check("network n = { 1.1.1.1 }\nuse a", "(use a)", "syntax «{»");
}

#[test]
fn people_and_tests_too() {
    check(
        "user u {\n in a b\n attach c\n within d e\n in f }",
        "(user u {(attach c) (in f)})",
        "missing-comma «b» syntax «e»",
    );
    check(
        "test \"t\" {\n user u may\n group g may a\n role r can b\n policy p may c\n root may d e\n}",
        "(test \"t\" {given (group:g may [a]) (policy:p may [c])})",
        "syntax «may» foreign-word «can» missing-comma «e»",
    );
    check(
        "test \"t\" {\n user u may a\n given from n\n user v may b }",
        "(test \"t\" {given (user:u may [a]) (user:v may [b])})",
        "syntax «given»",
    );
    check(
        "test \"t\" {\n given from n\n given from m\n root may b }",
        "(test \"t\" {given (from [n]) (root may [b])})",
        "syntax «given»",
    );
}

#[test]
fn a_head_with_a_fault_keeps_its_block() {
    check("policy a.b {\n allow x y\n deny c\n}\nuse d", "(use d)", "unquoted-name «a.b» missing-comma «y»");
    check("user a b { in g }\nuse c", "(use c)", "syntax «b»");
    check("policy p(x) { allow a }\nuse c", "(use c)", "syntax «)»");
}

#[test]
fn a_block_without_end_ends_where_an_item_begins() {
    check(
        "policy p {\n allow a\n\npolicy q {\n deny b\n}\n",
        "(policy p {(allow [a])})\n(policy q {(deny [b])})",
        "unclosed-block «{»",
    );
    check(
        "user u {\n in g\nnetwork n = 1.1.1.1\ntest \"t\" {\n root may a\nassert root may b",
        "(user u {(in g)})\n(network n [~1.1.1.1])\n(test \"t\" {given (root may [a])})\n(assert root may [b])",
        "unclosed-block «{» unclosed-block «{»",
    );
    check("policy p {\n allow a,\nuse b", "(policy p {})\n(use b)", "unclosed-block «{» trailing-comma «,»");
    check("policy p { allow a", "(policy p {(allow [a])})", "unclosed-block «{»");
    check("policy p {", "(policy p {})", "unclosed-block «{»");
    check("policy p { // }\n allow a\n/// }", "(policy p {(allow [a])})", "unclosed-block «{»");
    check(
        "test \"t\" {\n user u may a\nuser u { in g }",
        "(test \"t\" {given (user:u may [a])})\n(user u {(in g)})",
        "unclosed-block «{»",
    );
    let (sources, parsed) = read("policy p {\n allow a\nuse b");
    let labels: Vec<_> = parsed.diagnostics[0].labels.iter().map(|label| sources.slice(label.span)).collect();
    assert_eq!(labels, ["use"]);
    // Braces inside a statement are its own fault.
    check("policy p {\n allow { a }\n deny b }\nuse c", "(policy p {(deny [b])})\n(use c)", "syntax «{»");
}

#[test]
fn an_unclosed_string_costs_its_statement() {
    check(
        "policy p {\n allow a on \"x, y\n deny b\n allow c on \"z\n}",
        "(policy p {(deny [b])})",
        "unclosed-string «\"x, y» unclosed-string «\"z»",
    );
}

#[test]
fn a_string_may_hold_anything_else() {
    check("set a = \"} { allow // x\"\nuse b", "(set a \"} { allow // x\")\n(use b)", "");
}

#[test]
fn refused_characters_are_told_once() {
    check("policy p {\n allow a\u{0}\n deny b }", "(policy p {(deny [b])})", "bad-character «\0»");
    check("// \u{202e}x\nuse b", "(use b)", "bad-character «\u{202e}»");
    check("set a = \"\u{1}\"", "(set a \"\u{1}\")", "bad-character «\u{1}»");
}

#[test]
fn names_of_broken_items_are_kept() {
    let text = "network office = 1.1.1.1 2\npolicy a { allow x y }\npolicy b c {}\nuser 1 in g\ngroup \"g h\" x {}\n\
                trust policy t = 1\nresources r = \"x\nactions\nuse A";
    let (sources, parsed) = read(text);
    let broken: Vec<_> =
        parsed.file.broken.iter().map(|b| format!("{:?} {}", b.kind, sources.slice(b.name.span))).collect();
    assert_eq!(
        broken,
        ["Set office", "Policy b", "Member(User) 1", "Member(Group) \"g h\"", "Policy t", "Set r"]
    );
}
