//! Settings, in `passgate.toml` and in `set` lines.

use super::check;
use crate::Gate;
use crate::model::{Claims, IpUnsupported, LintLevel, Opaque, Prove, Settings};

const POLICY: (&str, &str) = ("a.gate", "policy p { }");

fn settings(toml: &str) -> Settings {
    Gate::compile([POLICY, ("passgate.toml", toml)]).unwrap().model().settings.clone()
}

#[track_caller]
fn check_toml(toml: &str, expected: &[&str]) {
    check(&[POLICY, ("passgate.toml", toml)], expected);
}

#[test]
fn both_notations_say_the_same() {
    let toml = "use = ['intlpartnersmgt']\nopaque = ['cvm', 'cos']\nip-unsupported = 'evaluate'\nclaims = 'none'\n\
        prove = 'on-load'\nstrict = true\nowner.uin = '1'\nowner.uid = '2'\nlints.dead-deny = 'warn'\n\
        lints.shadowed = 'off'\nregion-aliases.gz = 'ap-guangzhou'";
    let lines = "use intlpartnersmgt set opaque = \"cvm\", \"cos\" set ip-unsupported = \"evaluate\" set claims = \"none\"
        set prove = \"on-load\" set strict = true set owner.uin = \"1\" set owner.uid = \"2\"
        set lints.dead-deny = \"warn\" set lints.shadowed = \"off\" set region-aliases.gz = \"ap-guangzhou\"
        policy p { }";
    let mut set = settings(toml);
    let alone = Gate::compile(lines).unwrap().model().settings.clone();
    assert_eq!(set.use_services, ["intlpartnersmgt".into()]);
    set.use_services.clear();
    assert_eq!(set, alone);
    assert_eq!(set.opaque, Opaque::Services(vec!["cos".into(), "cvm".into()]));
    assert_eq!(
        (set.ip_unsupported, set.claims, set.prove),
        (IpUnsupported::Evaluate, Claims::None, Prove::OnLoad)
    );
    assert_eq!(
        (set.strict, set.owner.uin.as_deref(), set.owner.uid.as_deref()),
        (true, Some("1"), Some("2"))
    );
    assert_eq!(set.lints.get("dead-deny"), Some(&LintLevel::Warn));
    assert_eq!(set.region_aliases.get("gz").map(AsRef::as_ref), Some("ap-guangzhou"));
}

#[test]
fn without_settings_the_first_word_of_each_holds() {
    assert_eq!(settings(""), Settings::default());
    assert_eq!(settings("opaque = '*'").opaque, Opaque::All);
    assert_eq!(settings("\u{FEFF}opaque = '*'\r\n").opaque, Opaque::All);
    assert_eq!(settings("[owner]\n[lints]"), Settings::default());
}

#[test]
fn options_replace_settings_and_add_to_lists() {
    let options = crate::LoadOptions {
        opaque: vec!["cos".into()],
        owner: Some(crate::model::Owner { uin: None, uid: Some("7".into()) }),
        ip_unsupported: Some(IpUnsupported::Evaluate),
        ..crate::LoadOptions::default()
    };
    let text = "set opaque = \"cvm\" set owner.uin = \"1\" set ip-unsupported = \"refuse\" policy p { }";
    let set = Gate::compile_with(text, &options).unwrap().model().settings.clone();
    assert_eq!(set.opaque, Opaque::Services(vec!["cos".into(), "cvm".into()]));
    assert_eq!((set.owner.uin, set.owner.uid.as_deref()), (None, Some("7")));
    assert_eq!(set.ip_unsupported, IpUnsupported::Evaluate);
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    check_toml("clams = 'groups'", &["bad-setting «clams» passgate.toml"]);
    check_toml("[ownr]\nuin = '1'", &["bad-setting «uin» passgate.toml"]);
    check_toml("[colour]", &["bad-setting «colour» passgate.toml"]);
    check_toml("owner = '1'", &["bad-setting «owner» passgate.toml"]);
    check_toml("owner.uin = 1", &["bad-setting «1» passgate.toml"]);
    check_toml("owner.uin = 'x'", &["bad-setting «'x'» passgate.toml"]);
    check_toml("claims = 'group'", &["bad-setting «'group'» passgate.toml"]);
    check_toml("strict = 'yes'", &["bad-setting «'yes'» passgate.toml"]);
    check_toml("strict = [true]", &["bad-setting «[true]» passgate.toml"]);
    check_toml("use = ['Shop']", &["bad-setting «'Shop'» passgate.toml"]);
    check_toml("use = ['*']", &["bad-setting «'*'» passgate.toml"]);
    check_toml("use = ['shop']", &["unknown-action «'shop'» passgate.toml"]);
    check_toml("lints.dead-deni = 'off'", &["bad-setting «dead-deni» passgate.toml"]);
    check_toml("lints.dead-deny = 'on'", &["bad-setting «'on'» passgate.toml"]);
    check_toml("lints.shadowed = 'error'", &[]);
    check_toml("region-aliases.gz = ''", &["bad-setting «''» passgate.toml"]);
    check_toml("exclude = 'b.gate'", &["missing-file «'b.gate'» passgate.toml"]);
    check_toml("catalogs = 'shop.json'", &["missing-file «'shop.json'» passgate.toml"]);
    check_toml("catalogs = '../shop.json'", &["bad-file «'../shop.json'» passgate.toml"]);
    check_toml("strict = ", &["syntax passgate.toml"]);
}

#[test]
fn set_lines_are_told_at_their_place() {
    let check =
        |line: &str, expected: &str| check(&[("a.gate", &format!("{line} policy p {{ }}"))], &[expected]);
    check("set claims = groups", "unquoted-value «groups» a.gate");
    check("set strict = true set strict = false", "bad-setting «strict» a.gate");
    check("set claims = \"groups\", \"none\"", "bad-setting «\"groups\", \"none\"» a.gate");
    check("set colour = \"red\"", "bad-setting «colour» a.gate");
    check("set owner.uin = 100", "bad-setting «100» a.gate");
    check("set exclude = \"b.gate\"", "bad-setting «\"b.gate\"» a.gate");
}

#[test]
fn settings_of_a_folder_stand_in_its_root() {
    let set = ("a.gate", "set strict = true policy p { }");
    check(&[set, ("b.gate", "")], &["bad-setting «set strict = true» a.gate"]);
    check(&[POLICY, ("x/passgate.toml", "strict = true")], &["bad-setting passgate.toml"]);
}

#[test]
fn catalogs_and_excluded_files_are_no_documents() {
    let shop = r#"{"service": "shop", "version": "1", "actions": [{"name": "Buy", "category": "write"}]}"#;
    check(
        &[
            ("a.gate", "policy p { allow Buy, write }"),
            ("shop.json", shop),
            ("old.gate", "nonsense"),
            ("old.json", "nonsense"),
            ("passgate.toml", "use = 'shop'\ncatalogs = ['shop.json']\nexclude = ['old.gate', './old.json']"),
        ],
        &[],
    );
    check(&[POLICY, ("shop.json", shop), ("passgate.toml", "catalogs = 'shop.json'")], &[]);
    check(
        &[POLICY, ("bad.json", "[1]"), ("passgate.toml", "catalogs = 'bad.json'")],
        &["wrong-type «1» bad.json"],
    );
}

#[test]
fn lints_have_the_level_of_their_set() {
    let dead = "policy p { deny intlpartnersmgt:QueryUser from 10.0.0.1 }";
    let level = |set: &str| {
        let gate = Gate::compile(format!("{set} {dead}")).unwrap();
        gate.diagnostics().iter().find(|d| d.code.as_str() == "dead-deny").map(|d| d.level.as_str())
    };
    assert_eq!(level(""), Some("error"));
    assert_eq!(level("set lints.dead-deny = \"warn\""), Some("warning"));
    assert_eq!(level("set lints.dead-deny = \"off\""), None);
}

#[test]
fn a_name_is_unused_only_where_everything_could_be_read() {
    check(&[("a.gate", "network n = ::1 policy p { }")], &["unused-name «n» a.gate"]);
    check(&[("a.gate", "network n = ::1 policy p { allow nothing }")], &["unknown-name «nothing» a.gate"]);
}
