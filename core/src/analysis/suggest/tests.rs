use super::*;

/// The statements that are suggested for a log of `action ip` uses of user 1.
fn check(limits: &Limits, uses: &[(&str, &str)], statements: &[&str], over: u128) {
    let gate = Gate::compile("use intlpartnersmgt set opaque = \"cvm\" policy p { allow * } user 1 { attach p }").unwrap();
    let mut seen = log(&gate, limits).unwrap();
    for (number, (action, ip)) in uses.iter().enumerate() {
        let ip = if ip.is_empty() { String::new() } else { format!(",\"ip\":\"{ip}\"") };
        seen.line(number as u64 + 1, &format!("{{\"principal\":\"1\",\"action\":\"{action}\"{ip}}}")).unwrap();
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
    check(&none, &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.0.0")], &["allow PayOrders from 10.0.0.0/31"], 0);
    check(&none, &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.0.2")], &["allow PayOrders from 10.0.0.1, 10.0.0.2"], 0);
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
    check(&wide, &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.0.254")], &["allow PayOrders from 10.0.0.0/24"], 254);
    check(&wide, &[("PayOrders", "10.0.0.1"), ("PayOrders", "10.0.1.1")], &["allow PayOrders from 10.0.0.1, 10.0.1.1"], 0);
}

#[test]
fn broken_lines_are_counted_and_shown() {
    let gate = Gate::compile("use intlpartnersmgt policy p { allow PayOrders, QueryUser } user 1 { attach p }").unwrap();
    let limits = Limits::default();
    let mut seen = log(&gate, &limits).unwrap();
    let lines = ["", "nonsense", "{\"principal\":\"1\",\"action\":\"PayOrders\"}", "{\"principal\":\"1\",\"action\":\"Nope\"}"];
    for (number, line) in lines.iter().enumerate() {
        seen.line(number as u64 + 1, line).unwrap();
    }
    let found = suggest(&gate, seen, &limits).unwrap();
    let shown: Vec<(u64, &str)> = found.counts.shown.iter().map(|b| (b.line, b.code)).collect();
    assert_eq!(shown, [(2, "bad-request"), (4, "unknown-action")]);
    assert_eq!((found.counts.lines, found.counts.broken, found.counts.allowed), (3, 2, 1));
    assert_eq!(found.unused.len(), 1);
    assert_eq!((found.unused[0].whole, found.unused[0].unused[0].as_str()), (false, "intlpartnersmgt:QueryUser"));
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
    assert_eq!(lines(11, [0, 0], 10).unwrap(), false);
    assert_eq!(lines(10, [0, 0], 10).unwrap(), true);
    assert_eq!(lines(10, [32, 128], 10).unwrap_err().code().as_str(), "bad-option");
}
