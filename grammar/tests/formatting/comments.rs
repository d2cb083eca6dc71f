//! Comments stay where they were.

use super::support::{check, check_statements, stays};

#[test]
fn on_lines_of_their_own() {
    check("  // a\n\n\n// b\nuse x\n//c", "// a\n\n// b\nuse x\n//c\n");
    check("// only", "// only\n");
    check(
        "policy p {\n\n// a\n\nallow x\n// b\ndeny y\n\n// c\n}",
        "policy p {\n    // a\n\n    allow x\n    // b\n    deny y\n\n    // c\n}\n",
    );
    check("policy p {\n// a\n}", "policy p {\n    // a\n}\n");
    check("group g { // a\nin h }", "group g {  // a\n    in h\n}\n");
    check("test \"t\" {\n/// a\n}", "test \"t\" {\n    /// a\n}\n");
}

#[test]
fn at_the_end_of_lines() {
    check(
        "policy p { // a\nallow x // b\ndeny yyy // c\n} // d\nuse s // e",
        "policy p {       // a\n    allow x    // b\n    deny yyy   // c\n}                // d\n\nuse s  // e\n"
            .replace("policy p {       //", "policy p {    //")
            .replace("x    //", "x   //")
            .replace("yyy   //", "yyy  //")
            .replace("}                //", "}             //")
            .as_str(),
    );
    check("use a, // x\nb // y", "use a,  // x\n    b   // y\n");
    check("use a // x\n, // y\nb", "use a,  // x\n    // y\n    b\n");
    check("allow".replace("allow", "use a //   x \t").as_str(), "use a  //   x\n");
}

#[test]
fn inside_lists_and_clauses() {
    check_statements("allow a, // x\n// y\nb from n", "allow a,  // x\n        // y\n        b\n    from n");
    check_statements(
        "allow a only // x\n b except // y\n// z\n(c // w\n)",
        "allow a only      // x\n        b except  // y\n        // z\n        (c  // w\n        )",
    );
    check_statements("allow // x\na", "allow  // x\n        a");
    check_statements("allow a\n// x\nfrom b", "allow a\n    // x\n    from b");
    check_statements("allow a not // x\nfrom b", "allow a\n    not  // x\n        from b");
    check_statements(
        "allow a when any // x\nk // y\nis // z\n1",
        "allow a\n    when any  // x\n        k     // y\n        is    // z\n        1",
    );
    check("network a // x\n= b\nnetwork abcd = e", "network a  // x\n    = b\nnetwork abcd = e\n");
    check("policy p // x\n{ allow a }", "policy p  // x\n    {\n    allow a\n}\n");
    check("policy p( // x\na:network) { allow a }", "policy p(  // x\n    a: network) {\n    allow a\n}\n");
    check("@id( // x\n\"a\") policy p = cam \"f\"", "@id(  // x\n    \"a\")\npolicy p = cam \"f\"\n");
    check("assert no // x\none may a", "assert no  // x\n        one may a\n");
}

#[test]
fn docs_stay_docs_and_comments_comments() {
    check("policy p\n/// x\n{ allow a }", "policy p\n    /// x\n    {\n    allow a\n}\n");
    stays("/// doc\npolicy p {\n    /// doc\n    allow a\n}\n");
    stays("use a  /// no doc\n");
}

#[test]
fn clauses_take_their_comments_along() {
    check_statements(
        "allow a\n    when k is 1\n    from n // home",
        "allow a\n    from n  // home\n    when k is 1",
    );
    check_statements("allow a when k is 1 from n // home", "allow a from n when k is 1  // home");
    check_statements(
        "allow a\n    // why\n    when k is 1\n    from n",
        "allow a\n    from n\n    // why\n    when k is 1",
    );
    check_statements(
        "allow a when k is 1\n    from n when // x\nj is 2",
        "allow a\n    from n\n    when k is 1 and  // x\n        j is 2",
    );
}

#[test]
fn no_comment_passes_another() {
    check_statements(
        "allow a\n    when k is 1  // one\n    from n       // two",
        "allow a\n    when k is 1  // one\n    from n       // two",
    );
    check_statements(
        "allow a // zero\n    when k is 1  // one\n    on \"*\"\n    from n",
        "allow a              // zero\n    from n\n    when k is 1  // one"
            .replace("a              //", "a  //")
            .as_str(),
    );
}
