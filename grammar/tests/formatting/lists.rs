//! Sets, values and addresses, and how long ones go on.

use super::support::{check, check_statements, stays};

#[test]
fn sets() {
    check_statements(
        "allow a,b only c ,d except(e except ( f ,g ))",
        "allow a, b only c, d except (e except (f, g))",
    );
    check_statements(
        "allow *, svc:a*,name/svc:b, permid/7, *:*",
        "allow *, svc:a*, name/svc:b, permid/7, *:*",
    );
    check_statements("allow svc:\"a/b\"", "allow svc:\"a/b\"");
}

#[test]
fn addresses() {
    check(
        "network n = 1.2.3.4/32,10.0.0.5/8, 2001:DB8:0:0::1/128, 2001:0DB8::/032, 0:0::0/0",
        "network n = 1.2.3.4, 10.0.0.5/8, 2001:db8::1, 2001:0DB8::/032, ::/0\n",
    );
}

#[test]
fn conditions() {
    check_statements(
        "allow a when any k is not bytes \"x\",\"y\" ignoring case and j<=5 and \"mfa\" not like \"z\" \
         and i not in n except 1.1.1.1/32 and h is present and g is absent",
        "allow a\n    when any k is not bytes \"x\", \"y\" ignoring case and j <= 5 and mfa not like \"z\"\n        \
         and i not in n except 1.1.1.1 and h is present and g is absent",
    );
    check_statements("allow a when k is absent or<5", "allow a when k is absent or < 5");
    check_statements("allow a to anyone,qcs\"x\"", "allow a to anyone, qcs \"x\"");
}

#[test]
fn long_lists_go_on() {
    let names: Vec<String> = (0..12).map(|n| format!("QueryTheTarget{n:02}")).collect();
    let line = |names: &[String]| names.join(", ");
    check(
        &format!("actions a = {}", names.join(",")),
        &format!(
            "actions a = {},\n    {},\n    {}\n",
            line(&names[..4]),
            line(&names[4..9]),
            line(&names[9..])
        ),
    );
    check_statements(
        &format!("deny {} except {} from n", line(&names[..6]), line(&names[6..])),
        &format!(
            "deny {},\n        {} except {},\n        {}\n    from n",
            line(&names[..5]),
            line(&names[5..6]),
            line(&names[6..9]),
            line(&names[9..])
        ),
    );
}

#[test]
fn what_cannot_be_divided_stays_on_its_line() {
    let long = "x".repeat(200);
    stays(&format!("resources r = \"{long}\",\n    \"{long}\"\n"));
    stays(&format!("policy p {{\n    allow a\n        on \"{long}\"\n        when k is \"{long}\"\n}}\n"));
}
