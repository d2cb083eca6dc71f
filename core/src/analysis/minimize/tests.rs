use super::*;

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
    check("allow PayOrders from 10.0.0.0/9 allow PayOrders from 10.128.0.0/9", "allow PayOrders from 10.0.0.0/8");
    check("allow PayOrders deny PayOrders", "deny PayOrders");
    check("allow PayOrders, ForceQN from 10.0.0.0/8 deny ForceQN", "allow PayOrders from 10.0.0.0/8; deny ForceQN");
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
    @id("pay")
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
    @id("pay")
    allow PayOrders  // kept
}

user 1 { attach p }
"
    );
}
