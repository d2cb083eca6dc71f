//! Logs and what is suggested for them, and every limit of what is kept.

use super::*;
use passgate_grammar::limits::{
    SUGGEST_BROKEN, SUGGEST_ENTRIES, SUGGEST_FINE, SUGGEST_KINDS, SUGGEST_RESOURCES, SUGGEST_STEPS,
    SUGGEST_UNUSED,
};

/// The statements that are suggested for a log of `action ip` uses of user 1.
fn check(limits: &Limits, uses: &[(&str, &str)], statements: &[&str], over: u128) {
    let gate =
        Gate::compile("use intlpartnersmgt set opaque = \"cvm\" policy p { allow * } user 1 { attach p }")
            .unwrap();
    let mut seen = log(&gate, limits).unwrap();
    for (number, (action, ip)) in uses.iter().enumerate() {
        let ip = if ip.is_empty() { String::new() } else { format!(",\"ip\":\"{ip}\"") };
        seen.line(number as u64 + 1, &format!("{{\"principal\":\"1\",\"action\":\"{action}\"{ip}}}"))
            .unwrap();
    }
    let found = suggest(&gate, seen, limits).unwrap();
    let body = found.text.split_once('{').unwrap().1.split_once('}').unwrap().0;
    let lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines, statements, "{uses:?}");
    assert_eq!(found.policies[0].over, over, "{uses:?}");
    assert!(found.checked > 0 && found.policies[0].least);
}

#[test]
fn what_was_used_is_allowed_and_no_more_than_the_limits_let() {
    let none = Limits::default();
    check(
        &none,
        &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.0.0")],
        &["allow PayOrders from 10.0.0.0/31"],
        0,
    );
    check(
        &none,
        &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.0.2")],
        &["allow PayOrders from 10.0.0.1, 10.0.0.2"],
        0,
    );
    check(
        &none,
        &[("PayOrders", "10.0.0.1"), ("ForceQN", "10.0.0.2")],
        &["allow ForceQN, PayOrders from 10.0.0.1, 10.0.0.2"],
        2,
    );
    check(&none, &[("QueryUser", "10.0.0.1")], &["allow QueryUser"], 0);
    check(&none, &[("PayOrders", "")], &["allow PayOrders when qcs:ip is absent"], 0);
    check(
        &none,
        &[("PayOrders", ""), ("PayOrders", "10.0.0.1")],
        &["allow PayOrders when qcs:ip is absent or in 10.0.0.1"],
        0,
    );
    let wide = Limits { shortest: [24, 64], ..Limits::default() };
    check(
        &wide,
        &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.0.254")],
        &["allow PayOrders from 10.0.0.0/24"],
        254,
    );
    check(
        &wide,
        &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.1.1")],
        &["allow PayOrders from 10.0.0.0/23"],
        510,
    );
    check(
        &wide,
        &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.2.1")],
        &["allow PayOrders from 10.0.0.1, 10.0.2.1"],
        0,
    );
}

#[test]
fn broken_lines_are_counted_and_shown() {
    let gate =
        Gate::compile("use intlpartnersmgt policy p { allow PayOrders, QueryUser } user 1 { attach p }")
            .unwrap();
    let limits = Limits::default();
    let mut seen = log(&gate, &limits).unwrap();
    let lines = [
        "",
        "nonsense",
        "{\"principal\":\"1\",\"action\":\"PayOrders\"}",
        "{\"principal\":\"1\",\"action\":\"Nope\"}",
    ];
    for (number, line) in lines.iter().enumerate() {
        seen.line(number as u64 + 1, line).unwrap();
    }
    let found = suggest(&gate, seen, &limits).unwrap();
    let shown: Vec<(u64, &str)> = found.counts.shown.iter().map(|b| (b.line, b.code)).collect();
    assert_eq!(shown, [(2, "bad-request"), (4, "unknown-action")]);
    assert_eq!((found.counts.lines, found.counts.broken, found.counts.allowed), (3, 2, 1));
    assert_eq!(found.unused.len(), 1);
    assert_eq!(
        (found.unused[0].whole, found.unused[0].unused[0].as_str()),
        (false, "intlpartnersmgt:QueryUser")
    );
}

#[test]
fn too_many_addresses_are_put_together() {
    let gate = Gate::compile("use intlpartnersmgt policy p { allow PayOrders } user 1 { attach p }").unwrap();
    let lines = |most: usize, shortest: [u8; 2], count: u32| {
        let mut seen = Log::within(most, &gate, shortest);
        for n in 0..count {
            let line = format!("{{\"principal\":\"1\",\"action\":\"PayOrders\",\"ip\":\"10.0.{}.1\"}}", n);
            seen.line(u64::from(n) + 1, &line)?;
        }
        Ok::<_, Error>(seen.counts.coarse)
    };
    assert!(!lines(11, [0, 0], 10).unwrap());
    assert!(lines(10, [0, 0], 10).unwrap());
    assert_eq!(lines(10, [32, 128], 10).unwrap_err().code().as_str(), "bad-option");
}

#[test]
fn many_resources_become_every_resource() {
    let gate = Gate::compile("set opaque = \"cvm\" policy p { allow cvm:* } user 1 { attach p }").unwrap();
    for (count, named) in [(SUGGEST_RESOURCES, true), (SUGGEST_RESOURCES + 1, false)] {
        let mut seen = log(&gate, &Limits::default()).unwrap();
        for n in 0..count {
            let line = format!(
                "{{\"principal\":\"1\",\"action\":\"cvm:Run\",\"ip\":\"10.0.0.1\",\"resource\":\"qcs:id/0:cvm:gz:uin/1:i/{n}\"}}"
            );
            seen.line(1, &line).unwrap();
        }
        let found = suggest(&gate, seen, &Limits::default()).unwrap();
        assert_eq!(
            found.text.contains(" on ") || found.text.contains("\n        on "),
            named,
            "{}",
            found.text
        );
    }
}

#[test]
fn broken_lines_beyond_a_number_are_counted() {
    let gate = Gate::compile("policy p { allow * }").unwrap();
    let mut seen = log(&gate, &Limits::default()).unwrap();
    for number in 1..=SUGGEST_BROKEN as u64 + 1 {
        seen.line(number, "{").unwrap();
    }
    assert_eq!((seen.counts.shown.len(), seen.counts.broken), (SUGGEST_BROKEN, SUGGEST_BROKEN as u64 + 1));
}

#[test]
fn unused_actions_beyond_a_number_are_counted() {
    let rows: Vec<String> = (0..=SUGGEST_UNUSED).map(|n| format!("{{\"name\":\"A{n}\"}}")).collect();
    let catalog = format!("{{\"service\":\"big\",\"actions\":[{}]}}", rows.join(","));
    let texts = [
        ("p.gate", "policy p { allow big:* }".to_owned()),
        ("big.json", catalog),
        ("passgate.toml", "catalogs = [\"big.json\"]".to_owned()),
    ];
    let gate = Gate::compile(texts).unwrap();
    let found = suggest(&gate, log(&gate, &Limits::default()).unwrap(), &Limits::default()).unwrap();
    assert_eq!((found.unused[0].unused.len(), found.unused[0].count), (SUGGEST_UNUSED, SUGGEST_UNUSED + 1));
}

#[test]
fn every_choice_of_few_kinds_is_tried() {
    let tried = |kinds: usize| choose::subsets(kinds, kinds <= SUGGEST_KINDS).len();
    assert_eq!(tried(SUGGEST_KINDS), (1 << SUGGEST_KINDS) - 1);
    assert_eq!(tried(SUGGEST_KINDS + 1), 11 + 55);
    let gate = Gate::compile("policy p { allow * }").unwrap();
    assert_eq!(Log::new(&gate, [32, 128]).most(), SUGGEST_ENTRIES);
}

#[test]
fn categories_and_roles_are_within_the_limits() {
    let text =
        "use intlpartnersmgt policy p { allow * } group g { attach p } user 1 { in g } user 2 { in g }";
    let gate = Gate::compile(text).unwrap();
    let limits = Limits { categories: ["list".to_owned()].into(), per: Per::Role, ..Limits::default() };
    let mut seen = log(&gate, &limits).unwrap();
    for (user, action) in
        [("1", "DescribeBillSummary"), ("2", "QueryDirectCustomersCredit"), ("2", "PayOrders")]
    {
        let name = gate.action(action).map(|_| action).unwrap_or("PayOrders");
        seen.line(1, &format!("{{\"principal\":\"{user}\",\"action\":\"{name}\",\"ip\":\"10.0.0.1\"}}"))
            .unwrap();
    }
    let found = suggest(&gate, seen, &limits).unwrap();
    assert_eq!(found.policies.len(), 1);
    assert_eq!((found.policies[0].policy.as_str(), found.policies[0].principals.len()), ("g", 2));
    let unknown = Limits { categories: ["nothing".to_owned()].into(), ..Limits::default() };
    assert_eq!(
        suggest(&gate, log(&gate, &unknown).unwrap(), &unknown).unwrap_err().key(),
        Some("categories")
    );
}

#[test]
fn few_uses_are_looked_at_each_apart() {
    let gate = Gate::compile("use intlpartnersmgt policy p { allow * } user 1 { attach p }").unwrap();
    // Two actions, and as many addresses as make so many together.
    for (together, fine) in [(SUGGEST_FINE, true), (SUGGEST_FINE + 1, false)] {
        let mut seen = log(&gate, &Limits::default()).unwrap();
        let mut line = |action: &str, ip: &str| {
            seen.line(1, &format!("{{\"principal\":\"1\",\"action\":\"{action}\"{ip}}}")).unwrap();
        };
        line("PayOrders", "");
        line("ForceQN", ",\"ip\":\"10.0.0.1\"");
        for n in 0..together - 2 {
            line("PayOrders", &format!(",\"ip\":\"10.0.{n}.1\""));
        }
        let found = suggest(&gate, seen, &Limits::default()).unwrap();
        assert_eq!(found.policies[0].least, fine, "{}", found.text);
    }
}

#[test]
fn another_resource_in_each_line_takes_no_more_memory() {
    let gate = Gate::compile("set opaque = \"cvm\" policy p { allow cvm:* } user 1 { attach p }").unwrap();
    let kept = |lines: u64| {
        let mut seen = log(&gate, &Limits::default()).unwrap();
        for n in 0..lines {
            let resource = format!("qcs:id/0:cvm:gz:uin/1:i/{n}");
            let line = format!(
                "{{\"principal\":\"1\",\"action\":\"cvm:Run\",\"ip\":\"10.0.0.{}\",\"resource\":\"{resource}\"}}",
                n % 7
            );
            seen.line(n + 1, &line).unwrap();
        }
        seen.kept()
    };
    // One use with seven addresses, a principal and an action; names of resources up to the limit.
    assert_eq!(kept(1_000), (8, 2 + SUGGEST_RESOURCES));
    assert_eq!(kept(10_000), kept(1_000));
}

#[test]
fn many_subjects_share_the_steps() {
    let most = passgate_grammar::limits::MINIMIZE_STEPS;
    let subjects = usize::try_from(SUGGEST_STEPS / most).unwrap();
    assert_eq!(choose::budget(subjects), most);
    assert_eq!(choose::budget(subjects + 1), SUGGEST_STEPS / (subjects as u64 + 1));
    assert!(choose::budget(subjects + 1) < most);
}
