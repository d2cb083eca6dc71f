//! The clauses of a statement: their order, their lines, and what is said in fewer words.

use super::support::{check, check_statements};

#[test]
fn clauses_stand_in_the_order_of_the_reference() {
    check_statements(
        "allow a unless b is 1 unless from e when b is 2 until T since 2026-01-01T00:00:00Z not from c from d on \"r\"",
        "allow a\n    on \"r\"\n    from d\n    not from c\n    since 2026-01-01T00:00:00Z\n    until T\n    when b is 2\n    \
         unless b is 1\n    unless from e",
    );
    check(
        "test \"t\" { given with k is 1 at 2026-01-01T00:00:00Z user 1 may a because allow with k is 2 from n on \"*\" }",
        "test \"t\" {\n    given at 2026-01-01T00:00:00Z with k is 1\n    \
         user 1 may a on \"*\" from n with k is 2 because allow\n}\n",
    );
}

#[test]
fn plain_conditions_are_joined() {
    check_statements(
        "allow a when b is 1 when c is absent or is 2 unless d is 3 when e is 4 and f is 5",
        "allow a when b is 1 and e is 4 and f is 5 when c is absent or is 2 unless d is 3",
    );
    check_statements(
        "allow a when b is absent or is 1 when c is absent or is 2",
        "allow a when b is absent or is 1 when c is absent or is 2",
    );
}

#[test]
fn what_says_nothing_is_left_out() {
    check_statements("allow a on \"*\" from b", "allow a from b");
    check_statements("allow a on \"*\", \"x\"", "allow a on \"*\", \"x\"");
    check_statements("allow a on \"x\" on \"*\"", "allow a on \"x\" on \"*\"");
    // A comment behind it is its own, and keeps it.
    check_statements("allow a on \"*\" // all", "allow a on \"*\"  // all");
    check_statements("allow a\n    on \"*\" // all", "allow a on \"*\"  // all");
    check_statements("allow a\n    on \"*\" // all\n    from n", "allow a\n    on \"*\"  // all\n    from n");
    check_statements(
        "allow // 1\n    a // 2\n    on \"*\" // 3\n    when k // 4\n    is true to anyone",
        "allow      // 1\n        a  // 2\n    to anyone\n    on \"*\"  // 3\n    when k  // 4\n        is true",
    );
    check_statements(
        "allow a\n    // all\n    on \"*\"\n    from n",
        "allow a\n    // all\n    on \"*\"\n    from n",
    );
    check_statements(
        "allow a\n    from n // x\n    on \"*\" // all",
        "allow a\n    from n  // x\n    on \"*\"  // all",
    );
    check_statements("allow a on \"*\" // all\n    to anyone", "allow a to anyone on \"*\"  // all");
    check_statements(
        "allow a // x\n    on \"*\"\n    // y\n    from n",
        "allow a  // x\n    // y\n    from n",
    );
    check("assert no one may a on \"*\"", "assert no one may a on \"*\"\n");
}

#[test]
fn from_anywhere_except() {
    check_statements("allow a from anywhere except b, 1.1.1.1/32", "allow a not from b, 1.1.1.1");
    check_statements(
        "allow a from anywhere except b not from c",
        "allow a from anywhere except b not from c",
    );
    check_statements("allow a from anywhere only b except c", "allow a from anywhere only b except c");
    check_statements("allow a not from anywhere except b", "allow a not from anywhere except b");
    check_statements("allow a unless from anywhere except b", "allow a unless from anywhere except b");
    check_statements("allow a since T from anywhere except b", "allow a not from b since T");
    check("assert no one may a from anywhere except b", "assert no one may a from anywhere except b\n");
}

#[test]
fn a_statement_of_more_than_a_line_has_a_clause_a_line() {
    let fits = format!("allow {} from n when k is 1", "x".repeat(71));
    assert_eq!(fits.len(), 96);
    check_statements(&fits, &fits);
    let longer = "x".repeat(72);
    check_statements(
        &format!("allow {longer} from n when k is 1"),
        &format!("allow {longer}\n    from n\n    when k is 1"),
    );
}
