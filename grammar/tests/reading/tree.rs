//! Right texts and their trees.

use crate::support::{faults, read, show};

fn check(text: &str, expected: &str) {
    let (sources, parsed) = read(text);
    assert_eq!(faults(&parsed), "", "{text}\n{:#?}", parsed.diagnostics);
    assert_eq!(show(&sources, &parsed.file), expected, "{text}");
}

#[test]
fn the_example_of_the_language_reference() {
    let (sources, parsed) = read(include_str!("fixtures/partners.gate"));
    assert_eq!(faults(&parsed), "", "{:#?}", parsed.diagnostics);
    let shown = show(&sources, &parsed.file);
    for (shown, expected) in shown.lines().zip(include_str!("fixtures/partners.tree").lines()) {
        assert_eq!(shown, expected);
    }
    assert_eq!(shown.lines().count(), include_str!("fixtures/partners.tree").lines().count());
    check("use a", "(use a)");
}

/// The statements of a policy around this text.
fn check_in_policy(text: &str, expected: &str) {
    check(&format!("policy p {{ {text} }}"), &format!("(policy p {{{expected}}})"));
}

fn check_case(text: &str, expected: &str) {
    check(&format!("test \"t\" {{ {text} }}"), &format!("(test \"t\" {{given {expected}}})"));
}

#[test]
fn a_file_may_be_empty() {
    check("", "");
    check("\u{feff}", "");
    check(" \t\r\n\r// nothing\n", "");
}

#[test]
fn line_ends_and_blanks_only_separate() {
    for text in ["use a,b", "use\na\n,\nb\n", "use a ,\r\nb", "\u{feff}use\ra,\tb//x", "use//\na//,\n,b"] {
        check(text, "(use a b)");
    }
    check("use a set b = true use c", "(use a)\n(set b +true)\n(use c)");
    check("policy p{allow a deny b}policy q{}", "(policy p {(allow [a]) (deny [b])})\n(policy q {})");
}

#[test]
fn services_may_be_spelt_like_reserved_words() {
    check("use list", "(use list)");
    check("use test, use, user\nuse policy", "(use test use user)\n(use policy)");
    check_in_policy("allow test:Action, from:*, allow:Deny", "(allow [!test:Action !from:* !allow:Deny])");
    check_in_policy("allow use:A deny deny:B", "(allow [!use:A]) (deny [!deny:B])");
}

#[test]
fn settings() {
    check("set owner.uin = \"1\"", "(set owner.uin \"1\")");
    check(
        "set strict = true set a.b-c.d = 1, -2.5e3, x, false",
        "(set strict +true)\n(set a.b-c.d #1 #-2.5e3 x +false)",
    );
    check("set a = 2026-01-01T00:00:00Z", "(set a ^2026-01-01T00:00:00Z)");
}

#[test]
fn definitions() {
    check("network n = a, 1.2.3.4 only b except c, d", "(network n [a ~1.2.3.4 only b except c d])");
    check("actions a = (b except c), ((d))", "(actions a [([b except c]) ([([d])])])");
    check("resources r = \"a\", \"b\"", "(resources r [\"a\" \"b\"])");
    check("network n = 1.1.1.1 network m = n", "(network n [~1.1.1.1])\n(network m [n])");
    check("actions a = * only b actions c = a", "(actions a [!* only b])\n(actions c [a])");
}

#[test]
fn addresses_begin_with_a_digit_or_two_colons() {
    let marks = |terms: &str| terms.split(' ').map(|t| format!("~{t}")).collect::<Vec<_>>().join(" ");
    let terms = "10.0.0.0/8 1.2.3.4 ::1 :: ::/0 cafe::1 fe80:1::2/64 a:b:c 2001:db8::/32 ::ffff:1.2.3.4 A::B \
                 10.0.0.1-10.0.0.6 10.0.*.* 1.2.3.4:80 fe80::1%eth0 10.0.0.0/255.0.0.0 1 08:00:00Z ::x 1.2.3 0x1F";
    check(&format!("network n = {}", terms.replace(' ', ", ")), &format!("(network n [{}])", marks(terms)));
    check("network n = cafe::1, cafe:Open, cafe, ca:fe", "(network n [~cafe::1 !cafe:Open cafe !ca:fe])");
    check(
        "network n = ::\nnetwork m = a:: network o = ::",
        "(network n [~::])\n(network m [~a::])\n(network o [~::])",
    );
    check("network n = 1.2.3.4//8\n, 5.6.7.8", "(network n [~1.2.3.4 ~5.6.7.8])");
}

#[test]
fn instants_begin_with_year_and_month() {
    check_in_policy(
        "allow a since 2026-01-01T00:00:00Z until 2026-07-01",
        "(allow [a] (since ^2026-01-01T00:00:00Z) (until ^2026-07-01))",
    );
    check_in_policy(
        "allow a until 2026-07-01T00:00:00.5+08:00",
        "(allow [a] (until ^2026-07-01T00:00:00.5+08:00))",
    );
    check_in_policy("allow a since t until u", "(allow [a] (since t) (until u))");
    check("network n = 2026-07-01, 20260701, 202-6-1", "(network n [^2026-07-01 ~20260701 ~202-6-1])");
    check("user u { attach p(2026-01-01T00:00:00Z) }", "(user u {(attach p(^2026-01-01T00:00:00Z))})");
}

#[test]
fn actions() {
    let terms =
        "* *:* svc:* svc:Name name/cvm:Describe* permid/17 Query*Bill* *Bill _x* a.b a-b.c svc:a.b-c_d*";
    let marks = terms.split(' ').map(|t| format!("!{t}")).collect::<Vec<_>>().join(" ");
    check(&format!("actions a = {}", terms.replace(' ', ", ")), &format!("(actions a [{marks}])"));
    check("actions a = forge:\"issues/list*\"", "(actions a [!forge:\"issues/list*\"])");
    check("actions a = name/forge:\"a b\", c", "(actions a [!name/forge:\"a b\" c])");
    check(
        "actions a = permid, name, cam, case, one, anyone, qcs",
        "(actions a [permid name cam case one anyone qcs])",
    );
    check("actions a = from*, on.x, in*", "(actions a [!from* !on.x !in*])");
    check("actions a = a//x\n,b*", "(actions a [a !b*])");
}

#[test]
fn names() {
    check("policy finance {}", "(policy finance {})");
    check(
        "user 100001 {} user \"lena@audit.example\" {}",
        "(user 100001 {})\n(user \"lena@audit.example\" {})",
    );
    check("group \"test\" {} role _a-1 {}", "(group \"test\" {})\n(role _a-1 {})");
    check("user 007 { in 1, \"2\", c }", "(user 007 {(in 1 \"2\" c)})");
}

#[test]
fn policies() {
    check("trust policy t { allow a to anyone }", "(trust-policy t {(allow [a] (to anyone))})");
    check(
        "resource policy \"r\" { deny a to qcs \"qcs::cam::uin/1:root\", service \"s\", federated \"f\" on \"x\" }",
        "(resource-policy \"r\" {(deny [a] (to qcs \"qcs::cam::uin/1:root\" service \"s\" federated \"f\") (on [\"x\"]))})",
    );
    check(
        "policy l = cam \"l.json\" trust policy m = cam \"m\"",
        "(policy l cam \"l.json\")\n(trust-policy m cam \"m\")",
    );
    check(
        "policy d(net: network, act :actions, r: resources, t:instant, s : string) { allow act from net }",
        "(policy d(net:network act:actions r:resources t:instant s:string) {(allow [act] (from [net]))})",
    );
    check("policy d(n: network) = cam \"x\"", "(policy d(n:network) cam \"x\")");
}

#[test]
fn people() {
    check("user u {}", "(user u {})");
    check(
        "role r { attach p, q(office, (a, b), \"s\", 1.1.1.1) within \"w\" in g in h }",
        "(role r {(attach p q(office ([a b]) \"s\" ~1.1.1.1)) (within \"w\") (in g) (in h)})",
    );
}

#[test]
fn clauses() {
    check_in_policy(
        "allow a from n not from m, 1.1.1.1 on \"x\", y deny b unless from n",
        "(allow [a] (from [n]) (not-from [m ~1.1.1.1]) (on [\"x\" y])) (deny [b] (unless-from [n]))",
    );
    check_in_policy(
        "allow a when k is true and any j is \"x\", \"y\" when every i like \"*\" unless mfa is false",
        "(allow [a] (when (k is +true) (any j is \"x\" \"y\")) (when (every i like \"*\")) (unless (mfa is +false)))",
    );
    check_in_policy("allow a from n only m except (o, p)", "(allow [a] (from [n only m except ([o p])]))");
    check_in_policy(
        "allow a at 2026-01-01T00:00:00Z with k is 1 because root",
        "(allow [a] (at ^2026-01-01T00:00:00Z) (with (k is #1)) (because root))",
    );
}

#[test]
fn conditions() {
    let cases = [
        ("k is \"a\", \"b\"", "k is \"a\" \"b\""),
        ("k is not \"a\"", "k not-is \"a\""),
        ("k is \"a\" ignoring case", "k is-ignoring-case \"a\""),
        ("k is not \"a\", \"b\" ignoring case", "k not-is-ignoring-case \"a\" \"b\""),
        ("k like \"a*\"", "k like \"a*\""),
        ("k not like \"a*\", p", "k not-like \"a*\" p"),
        ("k is 10, -1.5e+3, 0", "k is #10 #-1.5e+3 #0"),
        ("k is 2026-01-01T00:00:00Z", "k is ^2026-01-01T00:00:00Z"),
        ("k is bytes \"QUJD\"", "k bytes-is \"QUJD\""),
        ("k in n, 10.0.0.0/8", "k in [n ~10.0.0.0/8]"),
        ("k not in n except m", "k not-in [n except m]"),
        ("k is absent", "k absent"),
        ("k is present", "k present"),
        ("k is absent or is \"a\"", "k absent-or is \"a\""),
        ("k is absent or in n", "k absent-or in [n]"),
        ("k is absent or < 5", "k absent-or Less #5"),
        ("k is absent or not like \"x\"", "k absent-or not-like \"x\""),
        ("k<5", "k Less #5"),
        ("k <=5", "k LessEqual #5"),
        ("k> t", "k Greater t"),
        ("k >= 2026-01-01T00:00:00Z", "k GreaterEqual ^2026-01-01T00:00:00Z"),
        ("any qcs:resource_tag is \"a&b\"", "any qcs:resource_tag is \"a&b\""),
        ("every k is present", "every k present"),
        ("cos:x-cos-acl is p", "cos:x-cos-acl is p"),
        ("a:b/c:d.e is p", "a:b/c:d.e is p"),
        ("\"odd key\" is present", "\"odd key\" present"),
        ("any \"in\" in n", "any \"in\" in [n]"),
        ("case is \"x\" ignoring case", "case is-ignoring-case \"x\""),
        ("anyone is one", "anyone is one"),
    ];
    for (text, expected) in cases {
        check_in_policy(&format!("allow a when {text}"), &format!("(allow [a] (when ({expected})))"));
        check_in_policy(
            &format!("allow a unless {text} deny b"),
            &format!("(allow [a] (unless ({expected}))) (deny [b])"),
        );
    }
}

#[test]
fn asserts() {
    check("assert no one may *", "(assert no-one may [!*])");
    check("assert everyone may a except b from n", "(assert everyone may [a except b] (from [n]))");
    check(
        "assert only group g,\n  user u, policy p(x), role \"r\", root may not a",
        "(assert only group:g user:u policy:p(x) role:\"r\" root may-not [a])",
    );
    check(
        "assert root may a assert user 1 may b user 2 {}",
        "(assert root may [a])\n(assert user:1 may [b])\n(user 2 {})",
    );
    check("assert root may a because\nallow", "(assert root may [a] (because allow))");
}

#[test]
fn tests() {
    check_case("", "");
    check_case("root may a", "(root may [a])");
    check_case(
        "user \"mia\" in support, g attach p may not a because root root may b because allow group g may c",
        "(user:\"mia\" (in support g) (attach p) may-not [a] (because root)) (root may [b] (because allow)) (group:g may [c])",
    );
    check_case("policy p(a, b) within w may c", "(policy:p(a b) (within w) may [c])");
    check(
        "test \"t\" { given from 1.1.1.1 at 2026-01-01T00:00:00Z user u may a with k is \"x\", \"y\" and j is 1 }",
        "(test \"t\" {given (from [~1.1.1.1]) (at ^2026-01-01T00:00:00Z) (user:u may [a] (with (k is \"x\" \"y\") (j is #1)))})",
    );
}

#[test]
fn notes_and_docs_stand_before() {
    check(
        "/// one\n/// two\n@id(\"x\") // end\n/// three\npolicy p {}\n/// nothing below\n",
        "(/// one /// two /// three @id(\"x\") policy p {})",
    );
    check_in_policy(
        "\n/// d\n@ignore(dead-deny, no-ip-support, \"why\") @x-y(on-load)\nallow a @id(b) deny c\n/// end\n",
        "(/// d @ignore(dead-deny no-ip-support \"why\") @x-y(on-load) allow [a]) (@id(b) deny [c])",
    );
    check_case("\n/// d\n@n(a) user u may a", "(/// d @n(a) user:u may [a])");
    check(
        "@a(b) use c @d(e) test \"t\" {} @f(g) assert root may a @h(i) group g {}",
        "(@a(b) use c)\n(@d(e) test \"t\" {given })\n(@f(g) assert root may [a])\n(@h(i) group g {})",
    );
}

#[test]
fn only_slashes_alone_on_their_line_document() {
    let text = "use a /// end\n//// four\n// plain\n  /// doc\nuse b // c";
    let (sources, parsed) = read(text);
    let shown: Vec<_> = parsed
        .file
        .comments
        .iter()
        .map(|c| {
            format!(
                "{}{}{}",
                if c.doc { "doc " } else { "" },
                if c.own_line { "own " } else { "" },
                sources.slice(c.span)
            )
        })
        .collect();
    assert_eq!(shown, ["/// end", "own //// four", "own // plain", "doc own /// doc", "// c"]);
    assert_eq!(show(&sources, &parsed.file), "(use a)\n(/// doc use b)");
}

#[test]
fn a_doc_comment_inside_a_statement_documents_nothing() {
    check_in_policy(
        "allow a\n/// lost\nfrom n\n/// kept\ndeny b",
        "(allow [a] (from [n])) (/// kept deny [b])",
    );
    check_in_policy("/// not own line\nallow a", "(allow [a])");
}

#[test]
fn spans_end_with_the_last_word() {
    let text =
        "use a // x\n\npolicy p { allow a when k is b // y\n deny c from n } // z\nassert root may a // e";
    let (sources, parsed) = read(text);
    let spans: Vec<_> = parsed.file.items.iter().map(|item| sources.slice(item.span)).collect();
    assert_eq!(spans[0], "use a");
    assert!(spans[1].starts_with("policy p {") && spans[1].ends_with("from n }"));
    assert_eq!(spans[2], "assert root may a");
    let passgate_grammar::tree::ItemKind::Policy(policy) = &parsed.file.items[1].kind else { panic!() };
    let passgate_grammar::tree::PolicyBody::Statements(statements) = &policy.body else { panic!() };
    let spans: Vec<_> = statements.iter().map(|s| sources.slice(s.span)).collect();
    assert_eq!(spans, ["allow a when k is b", "deny c from n"]);
}
