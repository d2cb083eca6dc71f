//! Items one by one.

use super::support::{check, formatted, stays};

#[test]
fn the_example_of_the_reference_is_canonical() {
    let text = include_str!("../reading/fixtures/partners.gate");
    stays(text);
}

#[test]
fn items_have_one_spelling() {
    check("", "");
    check("\u{feff}use  a,b\r\n,c", "use a, b, c\n");
    check(
        "set a.b=1,\"x\" , true",
        "set a.b = 1, \"x\", true
",
    );
}

#[test]
fn names_are_bare_where_they_can_be() {
    check("user \"a\" { in \"group\",\"g\" attach \"1\" }", "user a { in \"group\", g  attach 1 }\n");
    check("policy \"p\"=cam \"f.json\"", "policy p = cam \"f.json\"\n");
    check("assert user \"x\", policy \"p\"(a) may b", "assert user x, policy p(a) may b\n");
}

#[test]
fn blocks() {
    check("policy p{}", "policy p {}\n");
    check("policy p{allow a deny b}", "policy p {\n    allow a\n    deny b\n}\n");
    check("trust  policy t{allow a to anyone}", "trust policy t {\n    allow a to anyone\n}\n");
    check("resource policy r = cam \"f\"", "resource policy r = cam \"f\"\n");
    check(
        "policy t(a:network,b :actions){allow b from a}",
        "policy t(a: network, b: actions) {\n    allow b from a\n}\n",
    );
    check("role r{}", "role r {}\n");
    check("group g { attach a(b,(c,d)),e within f }", "group g { attach a(b, (c, d)), e  within f }\n");
    check("test \"t\" { }", "test \"t\" {}\n");
    check(
        "test \"t\"{given from 1.1.1.1 user 1 may a user 1 in g may not b because root root may c}",
        "test \"t\" {\n    given from 1.1.1.1\n    user 1 may a\n    user 1 in g may not b because root\n    root may c\n}\n",
    );
    check(
        "assert no\none may a assert only group g,role r may\nb unless from n assert everyone may c",
        "assert no one may a\nassert only group g, role r may b unless from n\nassert everyone may c\n",
    );
}

#[test]
fn people_that_are_too_long_stand_a_join_a_line() {
    let long = "x".repeat(60);
    check(
        &format!("user u {{ in {long} attach a{long} within b }}"),
        &format!("user u {{\n    in {long}\n    attach a{long}\n    within b\n}}\n"),
    );
    // 100 columns, and 101.
    for (count, one_line) in [(82, true), (83, false)] {
        let name = "x".repeat(count);
        let text = formatted(&format!("group g {{ in a, {name} }}"));
        assert_eq!(text.lines().count() == 1, one_line, "{text}");
    }
}

#[test]
fn equals_signs_are_aligned_in_a_run() {
    check(
        "network a=b\nactions long=c // x\nresources r = \"s\"\n\nnetwork abc = d\nset a.b.c = 1\npolicy pol = cam \"x\"",
        "network a    = b\nactions long = c  // x\nresources r  = \"s\"\n\n\
         network abc = d\nset a.b.c   = 1\npolicy pol  = cam \"x\"\n",
    );
    check("network a = b\n// own\nnetwork abc = d", "network a = b\n// own\nnetwork abc = d\n");
    check("network a = b use s network abc = d", "network a = b\nuse s\nnetwork abc = d\n");
    check("network a = b /// x\nnetwork abc = d", "network a   = b  /// x\nnetwork abc = d\n");
    let (long, most) = ("n".repeat(33), "n".repeat(32));
    check(&format!("network a = b\nnetwork {long} = c"), &format!("network a = b\nnetwork {long} = c\n"));
    check(
        &format!("network a = b\nnetwork {most} = c"),
        &format!("network a{} = b\nnetwork {most} = c\n", " ".repeat(31)),
    );
}

#[test]
fn notes_and_docs_stand_a_line_each() {
    check(
        "/// d\n\n@id(\"x\")@x-a( \"b\",c ) policy p { @reason(\"r\") deny a }",
        "/// d\n@id(\"x\")\n@x-a(\"b\", c)\npolicy p {\n    @reason(\"r\")\n    deny a\n}\n",
    );
    check(
        "@id(\"x\") // why\n/// doc\n// plain\n\npolicy p = cam \"f\"",
        "@id(\"x\")  // why\n/// doc\n// plain\n\npolicy p = cam \"f\"\n",
    );
}
