//! Policies, users, groups and roles.

use super::{check_told, read, told};

#[test]
fn members_find_their_groups_and_policies_in_all_files() {
    let files = [
        "user 1 { in g, r attach b within c } role r { within a }",
        "group g { in h attach b, a } group h { }",
        "policy b { } policy a { } policy c { }",
    ];
    let (resolved, _) = read(&files);
    assert!(resolved.diagnostics.is_empty(), "{:?}", resolved.diagnostics);
    let names: Vec<&str> = resolved.policies.iter().map(|p| p.name.as_ref()).collect();
    assert_eq!(names, ["a", "b", "c"], "sorted by name");
    let user = &resolved.users[0];
    let group = |id: crate::model::GroupId| resolved.groups[id.0 as usize].name.to_string();
    assert_eq!(user.parents.iter().map(|p| group(*p)).collect::<Vec<_>>(), ["g", "r"]);
    assert_eq!(user.attached.iter().map(|p| p.0).collect::<Vec<_>>(), [1]);
    assert_eq!(user.boundary.map(|p| p.0), Some(2));
    let g = resolved.groups.iter().find(|g| g.name.as_ref() == "g").unwrap();
    assert_eq!(g.attached.iter().map(|p| p.0).collect::<Vec<_>>(), [1, 0]);
    let r = resolved.groups.iter().find(|g| g.name.as_ref() == "r").unwrap();
    assert!(r.role && r.boundary.is_some());
}

#[test]
fn names_may_be_quoted() {
    assert!(
        told(&["user \"a b\" { in \"group\" } group \"group\" { } user a { attach \"p\" } policy p { }"])
            .is_empty()
    );
}

#[test]
fn faults_of_members_are_told_at_their_place() {
    check_told("user 1 { in g }", &["unknown-name «g»"]);
    check_told("user 1 { attach p }", &["unknown-name «p»"]);
    check_told("user 1 { } user 1 { }", &["duplicate-name «1»"]);
    check_told("group g { } role g { }", &["duplicate-name «g»"]);
    check_told("user g { } role g { }", &[]);
    check_told("policy p { } policy \"p\" { }", &["duplicate-name «\"p\"»"]);
    check_told("group a { in b } group b { in a }", &["name-cycle «a»"]);
    check_told("policy p { } group g { within p }", &["bad-clause «within p»"]);
    check_told("policy p { } user u { within p within p }", &["bad-clause «within p»"]);
    check_told("policy p { } user u { attach p, p }", &["duplicate «p»"]);
    check_told("trust policy t { allow shop:Buy to anyone } user u { attach t }", &["not-attachable «t»"]);
    check_told("resource policy t { allow shop:Buy to anyone } user u { within t }", &["not-attachable «t»"]);
    check_told("user \"\" { }", &["bad-value «\"\"»"]);
}

#[test]
fn trust_policies_say_to_whom() {
    check_told("trust policy t { allow shop:Buy }", &["bad-clause «allow»"]);
    check_told("trust policy t { allow shop:Buy to qcs \"root\" }", &["bad-principal «\"root\"»"]);
    let text =
        "trust policy t { allow shop:Buy to anyone, qcs \"qcs::cam::uin/1:root\", service \"cvm.example\" }";
    let (resolved, _) = read(&[text]);
    assert!(resolved.diagnostics.is_empty());
    assert_eq!(resolved.policies[0].statements[0].principals.len(), 3);
}

#[test]
fn the_version_of_a_policy_is_kept() {
    let (resolved, _) = read(&["@version(\"3.0\") policy p { } policy q { }"]);
    assert_eq!(resolved.policies[0].version.as_ref(), "3.0");
    assert_eq!(resolved.policies[1].version.as_ref(), "2.0");
    check_told("@version(\"4.0\") policy p { }", &["bad-version «@version(\"4.0\")»"]);
    check_told("@version(three) policy p { }", &["bad-version «@version(three)»"]);
    check_told("policy p { @version(\"3.0\") allow shop:Buy }", &["bad-note «@version(\"3.0\")»"]);
    check_told("@vers(\"3.0\") policy p { }", &["bad-note «@vers(\"3.0\")»"]);
}

#[test]
fn statements_are_numbered_by_place() {
    let (resolved, _) = read(&["use shop policy p { allow Buy deny Look allow Tag }"]);
    let ids: Vec<&str> = resolved.policies[0].statements.iter().map(|s| s.id.as_ref()).collect();
    assert_eq!(ids, ["p#1", "p#2", "p#3"]);
}
