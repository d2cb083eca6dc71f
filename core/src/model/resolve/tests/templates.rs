//! Templates and their instances.

use super::{Most, actions_text, check_told, condition_text, read, read_within, told};
use crate::model::{ActionKind, Policy, Statement};
use passgate_grammar::limits;

/// The policies of a text without faults.
#[track_caller]
fn policies(text: &str) -> Vec<Policy> {
    let (resolved, _) = read(&[text]);
    assert!(!resolved.diagnostics.iter().any(|d| d.is_error()), "{text}\n{:?}", resolved.diagnostics);
    resolved.policies
}

/// The names of all policies.
#[track_caller]
fn check_names(text: &str, expected: &[&str]) {
    let all = policies(text);
    let names: Vec<&str> = all.iter().map(|p| p.name.as_ref()).collect();
    assert_eq!(names, expected, "{text}");
}

/// A template of one parameter `par` is the policy that has its argument written in its place.
#[track_caller]
fn check_same(ty: &str, argument: &str, body: &str) {
    let head = "use shop network office = 10.0.0.0/8, ::1 network abroad = anywhere except office \
                actions credit = Buy, Tag resources boxes = \"qcs::shop:::box/*\" ";
    let template = format!("{head} policy t(par: {ty}) {{ {body} }} user u {{ attach t({argument}) }}");
    let plain = format!("{head} policy p {{ {} }} user u {{ attach p }}", body.replace("par", argument));
    let (one, other) = (policies(&template), policies(&plain));
    assert_eq!(said(&one[0]), said(&other[0]), "{template}");
}

/// What statements say.
fn said(policy: &Policy) -> Vec<String> {
    let one = |s: &Statement| {
        let resources: Vec<&str> = s.resources.iter().map(|r| r.text.as_ref()).collect();
        let conditions: Vec<String> = s.conditions.iter().map(condition_text).collect();
        format!(
            "{:?} {} on {} when {}",
            s.effect,
            actions_text(s),
            resources.join(", "),
            conditions.join(" and ")
        )
    };
    policy.statements.iter().map(one).collect()
}

#[test]
fn an_argument_means_what_it_means_where_its_parameter_stands() {
    check_same("network", "office", "allow Buy from par");
    check_same("network", "10.1.2.3/8", "allow Buy not from par unless from par");
    check_same("network", "(10.0.0.1, ::2)", "allow Buy from par");
    check_same("network", "(anywhere except office)", "allow Buy from par");
    check_same("network", "anywhere", "deny Buy from par except office");
    check_same("network", "office", "allow Buy when shop:from in par");
    check_same("network", "abroad", "allow Buy from (par except ::2), ::3");
    check_same("actions", "credit", "allow par");
    check_same("actions", "shop:*", "allow par");
    check_same("actions", "Look*", "allow par, Buy");
    check_same("actions", "read", "deny shop:* except par");
    check_same("actions", "(Buy, Look)", "deny par");
    check_same("actions", "(read only Look*)", "allow par");
    check_same("actions", "credit", "allow Buy, Look only par, Look except (par only Tag)");
    check_same("resources", "boxes", "allow Buy on par");
    check_same("resources", "\"qcs::shop:::box/1\"", "allow Buy on par, \"*\"");
    check_same("resources", "(\"qcs::shop:::box/1\", boxes)", "allow Buy on par");
    check_same("instant", "2026-01-01T00:00:00Z", "allow Buy since par until 2027-01-01T00:00:00Z");
    check_same("instant", "2026-01-01T00:00:00Z", "allow Buy when shop:on is par and shop:on < par");
    check_same("string", "\"a*\"", "allow Buy when shop:key is par unless shop:key like par");
    check_same("string", "\"${uin}/é\"", "allow Buy when shop:key is \"b\", par ignoring case");
    check_same("string", "\"QUJD\"", "allow Buy when shop:key is bytes par");
}

#[test]
fn instances_are_called_by_their_arguments_in_one_form() {
    let net = |grant: &str| {
        format!(
            "policy t(n: network) {{ allow shop:Buy from n }} network b = ::1 user u {{ attach {grant} }}"
        )
    };
    check_names(&net("t(b)"), &["t(b)"]);
    check_names(&net("t( ( b ) )"), &["t(b)"]);
    check_names(&net("t((b,::0:2))"), &["t((b, ::2))"]);
    check_names(&net("t(2001:DB8:0::1/128)"), &["t(2001:db8::1)"]);
    check_names(&net("t((anywhere // all\n except b, (::2)))"), &["t((anywhere except b, ::2))"]);
    let many =
        "use shop policy \"a desk\"(a: actions, s: string, i: instant) { allow a since i when shop:k is s } ";
    check_names(
        &format!(
            "{many} group g {{ attach \"a desk\"((Buy,shop:Lo*), \"\\u{{41}}\", 2026-01-01T00:00:00.50Z) }}"
        ),
        &["\"a desk\"((Buy, shop:Lo*), \"A\", 2026-01-01T00:00:00.5Z)"],
    );
    check_names(
        "use shop policy t(a: actions) { allow a } user u { attach t(shop:\"orders/\\u{70}ay\") }",
        &["t(shop:\"orders/pay\")"],
    );
}

#[test]
fn equal_arguments_are_one_policy() {
    let text = "network b = ::1 policy t(n: network) { allow shop:Buy from n } \
                user u { attach t(b), t(::2) } group g { attach t(::0002) } user v { within t(b) }";
    check_names(text, &["t(::2)", "t(b)"]);
    let (resolved, _) = read(&[text]);
    assert_eq!(resolved.users[0].attached.len(), 2);
    assert_eq!(resolved.users[1].boundary, resolved.users[0].attached.first().copied());
    assert_eq!(resolved.groups[0].attached.first(), resolved.users[0].attached.get(1));
    check_told(
        "policy t(n: network) { allow * from n } user u { attach t(::1), t((::1)) }",
        &["duplicate «t((::1))»"],
    );
}

#[test]
fn words_of_an_argument_are_those_of_its_file() {
    let files = [
        "policy t(a: actions) { allow a }",
        "use shop user u { attach t(Buy), t(read) }",
        "use mall user v { attach t(Buy), t(*) }",
        "use shop user w { attach t(Buy), t(*) }",
    ];
    let (resolved, _) = read(&files);
    assert!(resolved.diagnostics.is_empty(), "{:?}", resolved.diagnostics);
    let meant: Vec<String> = resolved
        .policies
        .iter()
        .map(|p| match &p.statements[0].actions[0].kind {
            ActionKind::Pattern { service, pattern, .. } => format!("{} {service}:{pattern}", p.name),
            _ => p.name.to_string(),
        })
        .collect();
    assert_eq!(meant, ["t(*)", "t(Buy) shop:Buy", "t(Buy) (2) mall:Buy", "t(read)"]);
    assert_eq!(resolved.users[0].attached[0], resolved.users[2].attached[0]);
    assert_ne!(resolved.users[0].attached[0], resolved.users[1].attached[0]);
}

#[test]
fn statements_of_an_instance_are_called_by_its_name() {
    let text = "policy t(n: network) { allow shop:Buy from n @id(\"stop\") @reason(\"No.\") deny shop:Look allow shop:Tag } \
                user u { attach t(::1) }";
    let all = policies(text);
    let ids: Vec<&str> = all[0].statements.iter().map(|s| s.id.as_ref()).collect();
    assert_eq!(ids, ["t(::1)#1", "t(::1)#stop", "t(::1)#3"]);
    assert_eq!(all[0].statements[1].notes.reason().map(|r| r.as_ref()), Some("No."));
}

#[test]
fn a_template_alone_is_no_policy_but_is_read() {
    check_names("policy t(n: network) { allow shop:Buy from n }", &[]);
    check_told(
        "policy t(n: network) { allow shop:Buy from m, n when mfa is 1, \"a\" }",
        &["unknown-name «m»", "bad-value «\"a\"»"],
    );
    check_told("network b = ::1 policy t(n: network) { allow shop:Buy from n, b }", &[]);
}

#[test]
fn what_is_wrong_with_a_template_is_told_once() {
    let body = "allow shop:Buy from n, 10.0.0.1/8 allow shop:Bu from n allow shop:Buy from 10.0.0.2/8, m";
    let users: String = (0..50).map(|n| format!("user {n} {{ attach t(::{n}) }} ")).collect();
    check_told(
        &format!("policy t(n: network) {{ {body} }} {users}"),
        &[
            "host-bits-set «10.0.0.1/8»",
            "unknown-action «shop:Bu»",
            "host-bits-set «10.0.0.2/8»",
            "unknown-name «m»",
        ],
    );
}

#[test]
fn what_only_some_arguments_show_is_told_once_with_the_instance() {
    let text = "network b = ::1 policy t(n: network) { allow shop:Buy from n except b } \
                user u { attach t(::2), t(b), t((b, ::1)) }";
    let (resolved, sources) = read(&[text]);
    assert_eq!(resolved.diagnostics.len(), 1);
    let one = &resolved.diagnostics[0];
    assert_eq!((one.code.as_str(), sources.slice(one.span)), ("empty-set", "n except b"));
    assert_eq!(one.notes, ["in `t(b)`"]);
    assert_eq!(resolved.policies.len(), 3, "a lint costs no instance");
}

#[test]
fn parameters_have_names_of_their_own() {
    let named = |name: &str, expected: &[&str]| {
        check_told(
            &format!(
                "use shop network b = ::1 actions c = Buy policy t({name}: network) {{ allow * from {name} }}"
            ),
            expected,
        );
    };
    named("n", &[]);
    named("t", &[]);
    named("b", &["duplicate-name «b»"]);
    named("c", &["duplicate-name «c»"]);
    named("read", &["duplicate-name «read»"]);
    named("Buy", &["duplicate-name «Buy»"]);
    named("anywhere", &["duplicate-name «anywhere»"]);
    check_told("policy t(n: network, n: network) { allow * from n }", &["duplicate-name «n»"]);
    check_told("policy t(n: network) { allow * }", &["unused-name «n»"]);
    check_told("policy t(n: network) { allow * from n } policy p { allow * }", &[]);
    check_told("network m = n policy t(n: network) { allow * from n }", &["unknown-name «n»"]);
}

#[test]
fn parameters_are_of_their_type() {
    let typed = |ty: &str, body: &str, expected: &[&str]| {
        check_told(&format!("policy t(x: {ty}) {{ allow {body} }}"), expected);
    };
    typed("actions", "* from x", &["wrong-kind «x»"]);
    typed("network", "x", &["wrong-kind «x»"]);
    typed("network", "* on x", &["wrong-kind «x»"]);
    typed("string", "* on x", &["wrong-kind «x»"]);
    typed("string", "* since x", &["wrong-kind «x»"]);
    typed("instant", "* when mfa like x", &["bad-value «like x»"]);
    typed("network", "* when mfa is x", &["wrong-kind «x»"]);
    typed("string", "* when mfa < x", &["bad-value «x»"]);
    typed("string", "* when mfa is x, 5", &["bad-value «5»"]);
    typed("network", "* when mfa is y and mfa in x", &["unquoted-value «y»"]);
}

#[test]
fn arguments_are_as_many_and_of_the_types_of_the_parameters() {
    let given = |grant: &str, expected: &[&str]| {
        let set = "use shop network b = ::1 actions c = Buy resources r = \"*\" trust policy tr { allow * to anyone } \
                   policy t(n: network, a: actions) { allow a from n } policy s(s: string) { allow * when mfa is s } \
                   policy i(i: instant) { allow * until i } policy r(q: resources) { allow * on q } policy p { allow * } ";
        let used = "user w { attach t(b, c), s(\"x\"), i(2026-01-01T00:00:00Z), r(r) }";
        check_told(&format!("{set} {used} user u {{ attach {grant} }}"), expected);
    };
    given("t(b, c)", &[]);
    given("t(b)", &["wrong-arguments «t(b)»"]);
    given("t(b, Buy, Look)", &["wrong-arguments «t(b, Buy, Look)»"]);
    given("t", &["wrong-arguments «t»"]);
    given("p(b)", &["wrong-arguments «(b)»"]);
    given("q(b)", &["unknown-name «q»"]);
    given("tr(b)", &["wrong-arguments «(b)»"]);
    given("t(c, b)", &["wrong-kind «c»", "wrong-kind «b»"]);
    given("t(office, Bye)", &["unknown-name «office»", "unknown-name «Bye»"]);
    given("t(\"::1\", c)", &["quoted-address «\"::1\"»"]);
    given("s(b)", &["wrong-kind «b»"]);
    given("s((\"a\", \"b\"))", &["wrong-kind «(\"a\", \"b\")»"]);
    given("s((\"a\"))", &[]);
    given("s(2026-01-01T00:00:00Z)", &["wrong-kind «2026-01-01T00:00:00Z»"]);
    given("i(2026-01-01)", &["date-without-time «2026-01-01»"]);
    given("i(\"2026-01-01T00:00:00Z\")", &["bad-value «\"2026-01-01T00:00:00Z\"»"]);
    given("i(b)", &["wrong-kind «b»"]);
    given("r(r)", &[]);
    given("r(b)", &["wrong-kind «b»"]);
    given("r(\"qcs:\")", &["resource-segments «\"qcs:\"»"]);
}

#[test]
fn what_cannot_be_attached_is_no_template() {
    check_told("trust policy t(n: network) { allow * from n to anyone }", &["wrong-arguments «n: network»"]);
    check_told(
        "policy \"t(::1)\" { allow * } policy t(n: network) { allow * from n } user u { attach t(::1) }",
        &["duplicate-name «\"t(::1)\"»"],
    );
    check_told("policy t(n: network) { allow * from n } policy t { allow * }", &["duplicate-name «t»"]);
}

#[test]
fn a_template_has_16_parameters() {
    let text = |count: usize| {
        let params: Vec<String> = (0..count).map(|n| format!("n{n}: network")).collect();
        let named: Vec<String> = (0..count).map(|n| format!("n{n}")).collect();
        let args = vec!["::1"; count].join(", ");
        format!(
            "policy t({}) {{ allow * from {} }} user u {{ attach t({args}) }}",
            params.join(", "),
            named.join(", ")
        )
    };
    assert!(told(&[&text(limits::PARAMETERS)]).is_empty());
    let mut sources = passgate_grammar::Sources::new();
    let id = sources.add("a.gate", text(limits::PARAMETERS + 1));
    let codes: Vec<String> =
        passgate_grammar::parse::parse(&sources, id).diagnostics.iter().map(|d| d.code.to_string()).collect();
    assert_eq!(codes, ["limit"]);
}

/// How often a limit is told of a text in a set with small limits, and how many policies are made.
fn limited(most: Most, text: &str) -> (usize, usize) {
    let (resolved, _) = read_within(most, &[text]);
    let limits = resolved.diagnostics.iter().filter(|d| d.code.as_str() == "limit").count();
    (limits, resolved.policies.len())
}

#[test]
fn a_set_has_100_000_instances() {
    assert_eq!(Most::default().instances, limits::INSTANCES);
    let users = |count: usize| -> String {
        (0..count).map(|n| format!("user {n} {{ attach t(::{n:x}), t(::0) }} ")).collect()
    };
    let text = |count: usize| format!("policy t(n: network) {{ allow * from n }} {}", users(count));
    let most = Most { instances: 5, ..Most::default() };
    let quiet = |text: &str| limited(most, text);
    assert_eq!(quiet(&text(5)), (0, 5));
    assert_eq!(quiet(&text(6)), (1, 0), "counted before any is made");
    assert_eq!(quiet(&text(9)), (1, 0), "told once");
}

#[test]
fn a_bomb_of_instances_is_cut_where_a_limit_says() {
    let body: String = (0..100).map(|n| format!("allow shop:Buy from n when mfa is \"{n}\" ")).collect();
    let users: String = (0..200).map(|n| format!("user {n} {{ attach t(::{n:x}) }} ")).collect();
    let text = format!("policy t(n: network) {{ {body} }} {users}");
    let within = |statements, expansion| limited(Most { statements, expansion, ..Most::default() }, &text);
    assert_eq!(within(20_000, 200_000), (0, 200));
    assert_eq!(within(19_999, 200_000), (1, 0), "counted before any is made");
    assert_eq!(within(20_000, 40_000), (1, 0), "counted before any is made");
    let long = format!("(::1{})", ", ::1".repeat(1_000));
    let text = format!("policy t(n: network) {{ {body} }} user u {{ attach t({long}) }}");
    let most = Most { expansion: 20_000, ..Most::default() };
    assert_eq!(limited(most, &text).0, 1, "long names are counted");
}

#[test]
fn instances_beyond_a_limit_are_not_said_to_be_unknown() {
    let text = "policy t(n: network) { allow * from n } user u { attach t(::1), t(::2) within t(::3) }
                assert policy t(::4) may shop:Buy";
    let (resolved, _) = read_within(Most { instances: 3, ..Most::default() }, &[text]);
    let codes: Vec<&str> = resolved.diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["limit"]);
}

#[test]
fn a_template_without_instances_is_told_where_anything_is_attached() {
    let set = |joins: &str| {
        format!(
            "policy t(n: network) {{ allow * from n }} policy s(n: network) {{ deny * from n }} \
             policy p {{ allow * }} user u {{ {joins} }}"
        )
    };
    check_told(&set("attach p"), &["unused-name «t»", "unused-name «s»"]);
    check_told(&set("attach p, t(::1)"), &["unused-name «s»"]);
    check_told(&set("attach p within s(::1)"), &["unused-name «t»"]);
    check_told(&set("attach t(::1), s(::1)"), &[]);
    check_told(&set(""), &[]);
    // What is refused may be what asks for one.
    check_told(&format!("{} user w {{ attach q }}", set("attach s(::1)")), &["unknown-name «q»"]);
}
