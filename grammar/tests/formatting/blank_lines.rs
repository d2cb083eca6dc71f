//! Blank lines between things.

use super::support::{check, stays};

#[test]
fn one_blank_line_is_kept() {
    check("\n\nuse a\n\n\n\nuse b\nuse c\n\n", "use a\n\nuse b\nuse c\n");
    check("use a\r\n\r\nuse b\ruse c\r\ruse d", "use a\n\nuse b\nuse c\n\nuse d\n");
    check("policy p {\n\nallow a\n\n\ndeny b\n\n}", "policy p {\n    allow a\n\n    deny b\n}\n");
    check("policy p {\nallow a\n\nfrom b }", "policy p {\n    allow a from b\n}\n");
}

#[test]
fn blocks_stand_between_blank_lines() {
    check(
        "use a policy p { allow x } policy q { allow y } use b",
        "use a\n\npolicy p {\n    allow x\n}\n\npolicy q {\n    allow y\n}\n\nuse b\n",
    );
    check(
        "use a\n// of p\n/// doc\n@id(\"x\")\npolicy p { allow x }\n// next",
        "use a\n\n// of p\n/// doc\n@id(\"x\")\npolicy p {\n    allow x\n}\n\n// next\n",
    );
    check(
        "use a\n// of a\n\n// of p\npolicy p { allow x }",
        "use a\n// of a\n\n// of p\npolicy p {\n    allow x\n}\n",
    );
    stays("group a { in b }\ngroup c { in d }\npolicy p {}\npolicy q = cam \"f\"\n");
}
