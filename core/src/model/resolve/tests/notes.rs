//! Notes and doc comments.

use super::{check_told, read};

/// What the notes of a policy `p` and its statements say: docs, reason, own notes, ids.
fn noted(text: &str) -> Vec<String> {
    let (resolved, _) = read(&[text]);
    assert!(resolved.diagnostics.is_empty(), "{text}: {:?}", resolved.diagnostics);
    let policy = &resolved.policies[0];
    let say = |name: &str, notes: &crate::model::Notes| {
        let own: Vec<String> =
            notes.own().iter().map(|o| format!("{}({})", o.word, o.args.join("|"))).collect();
        format!("{name}: {:?} {:?} {own:?}", notes.docs().unwrap_or(""), notes.reason().map_or("", |r| r))
    };
    let mut all = vec![say(&policy.name, &policy.notes)];
    all.extend(policy.statements.iter().map(|s| say(&s.id, &s.notes)));
    all
}

#[test]
fn notes_and_docs_are_kept_with_what_they_stand_before() {
    let text = "\n/// First.\n///   Second.\n@reason(\"Not \\\"you\\\".\") @x-owner(team, \"a b\") @x-b(\"\") policy p {\n\
                /// Spends.\n@id(\"spend\") @reason(\"Ask.\") deny shop:Buy\n allow shop:Look\n\
                @id(\"p#1 of old\") @x-c(d) allow shop:Tag }";
    let expected = [
        r#"p: "First.\n  Second." "Not \"you\"." ["x-owner(team|a b)", "x-b()"]"#,
        r#"p#spend: "Spends." "Ask." []"#,
        r#"p#2: "" "" []"#,
        r#"p#p#1 of old: "" "" ["x-c(d)"]"#,
    ];
    assert_eq!(noted(text), expected);
}

#[test]
fn everything_defined_keeps_its_docs() {
    let text = "\n/// Ours.\nnetwork n = ::1\n/// Us.\ngroup g { }\n/// Me.\n@x-a(b) user u { }\n/// Night.\nrole r { }";
    let (resolved, _) = read(&[text]);
    assert_eq!(resolved.named[0].notes.docs(), Some("Ours."));
    assert_eq!(resolved.groups[0].notes.docs(), Some("Us."));
    assert_eq!(resolved.groups[1].notes.docs(), Some("Night."));
    assert_eq!((resolved.users[0].notes.docs(), resolved.users[0].notes.own().len()), (Some("Me."), 1));
}

#[test]
fn what_is_ignored_is_kept_with_its_scope() {
    let text = "@ignore(unused-name) network n = ::1 policy p { @ignore(dead-deny, tag-form, \"later\") deny shop:Buy } \
                test \"t\" { @ignore(unknown-key) user 1 may shop:Buy }";
    let (resolved, sources) = read(&[text]);
    let said: Vec<String> = resolved
        .ignores
        .iter()
        .map(|i| {
            let codes: Vec<&str> = i
                .codes
                .iter()
                .map(|(code, span)| {
                    assert_eq!(code.as_str(), sources.slice(*span));
                    code.as_str()
                })
                .collect();
            format!("{} {:?} in {}", codes.join(","), i.why.as_deref().unwrap_or(""), sources.slice(i.scope))
        })
        .collect();
    let expected = [
        "unused-name \"\" in network n = ::1",
        "dead-deny,tag-form \"later\" in deny shop:Buy",
        "unknown-key \"\" in user 1 may shop:Buy",
    ];
    assert_eq!(said, expected);
}

#[test]
fn notes_stand_where_they_mean_something() {
    check_told("policy p { @reason(\"no\") allow shop:Buy }", &["bad-note «@reason(\"no\")»"]);
    check_told("@reason(\"no\") user 1 { }", &["bad-note «@reason(\"no\")»"]);
    check_told("@id(\"a\") user 1 { }", &["bad-note «@id(\"a\")»"]);
    check_told("@id(\"a\") policy p { }", &["bad-note «@id(\"a\")»"]);
    check_told("@version(\"2.0\") group g { }", &["bad-note «@version(\"2.0\")»"]);
    check_told("policy p { @version(\"3.0\") allow shop:Buy }", &["bad-note «@version(\"3.0\")»"]);
    check_told("@x-a(b) @x-a(b) user 1 { } @x-c(d) group g { }", &[]);
}

#[test]
fn other_notes_are_errors_with_the_nearest() {
    let near = |text: &str| {
        let (resolved, _) = read(&[text]);
        let told = &resolved.diagnostics[0];
        (told.code.as_str(), told.nearest.first().cloned().unwrap_or_default())
    };
    assert_eq!(near("policy p { @reson(\"no\") deny shop:Buy }"), ("bad-note", "reason".into()));
    assert_eq!(near("@verson(\"3.0\") policy p { }"), ("bad-note", "version".into()));
    assert_eq!(near("@owner(me) policy p { }"), ("bad-note", String::new()));
    assert_eq!(near("@x-(me) policy p { }"), ("bad-note", String::new()));
    assert_eq!(near("@ignore(ded-allow) policy p { }"), ("bad-note", "dead-allow".into()));
    check_told("@ignore(unknown-name) policy p { }", &["bad-note «unknown-name»"]);
}

#[test]
fn notes_take_what_they_take() {
    let in_policy = |note: &str, expected: &[&str]| {
        check_told(&format!("policy p {{ {note} deny shop:Buy }}"), expected);
    };
    in_policy("@reason(nope)", &["bad-note «@reason(nope)»"]);
    in_policy("@reason(\"\")", &["bad-note «@reason(\"\")»"]);
    in_policy("@reason(\"a\", \"b\")", &["bad-note «@reason(\"a\", \"b\")»"]);
    in_policy("@reason(\"a\") @reason(\"b\")", &["bad-note «@reason(\"b\")»"]);
    in_policy("@id(\"3\")", &["bad-note «@id(\"3\")»"]);
    in_policy("@id(spend)", &["bad-note «@id(spend)»"]);
    in_policy("@id(\"a\") @id(\"b\")", &["bad-note «@id(\"b\")»"]);
    in_policy("@ignore(\"why\")", &["bad-note «@ignore(\"why\")»"]);
    in_policy("@ignore(\"why\", dead-allow)", &["bad-note «\"why\"»"]);
    in_policy("@ignore(dead-allow, \"\")", &["bad-note «\"\"»"]);
    in_policy("@ignore(dead-deny)", &["bad-note «dead-deny»"]);
    in_policy("@ignore(dead-allow) @ignore(tag-form)", &[]);
}

#[test]
fn an_id_is_its_statements_own_in_its_policy() {
    check_told("policy p { @id(\"a\") deny shop:Buy @id(\"a\") allow shop:Buy }", &["bad-note «@id(\"a\")»"]);
    check_told("policy p { @id(\"a\") deny shop:Buy } policy q { @id(\"a\") deny shop:Buy }", &[]);
}

#[test]
fn an_id_has_at_most_as_many_bytes_as_a_name() {
    let text = |length: usize| format!("policy p {{ @id(\"{}\") deny shop:Buy }}", "i".repeat(length));
    let most = passgate_grammar::limits::NAME_BYTES;
    check_told(&text(most), &[]);
    assert_eq!(super::told(&[&text(most + 1)]).len(), 1);
}
