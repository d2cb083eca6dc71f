//! Hostile `.gate` texts of any size. What is wrong with them is tried elsewhere; here they are only long.

use crate::Shape;
use std::fmt::Write as _;

const fn gate(name: &'static str, write: fn(usize) -> String) -> Shape {
    Shape { name, file: "a.gate", write }
}

/// A text of a piece for each number.
pub(crate) fn pieces(head: &str, size: usize, tail: &str, piece: impl Fn(&mut String, usize)) -> String {
    let mut text = head.to_owned();
    (0..size).for_each(|n| piece(&mut text, n));
    text + tail
}

/// As [`pieces`], each on a line of its own.
pub(crate) fn lines(head: &str, size: usize, tail: &str, line: impl Fn(usize) -> String) -> String {
    pieces(head, size, tail, |text, n| {
        let _ = writeln!(text, "{}", line(n));
    })
}

/// The prefix `n`, of length 24.
fn prefix(n: usize) -> String {
    format!("{}.{}.{}.0/24", 1 + n / 62_500, n / 250 % 250, n % 250)
}

/// Statements in a policy that somebody has.
fn policy(size: usize, statement: impl Fn(usize) -> String) -> String {
    lines(
        "use intlpartnersmgt\nset opaque = \"cvm\"\npolicy p {\n",
        size,
        "}\nuser 1 { attach p }\n",
        statement,
    )
}

/// Unclosed, unfinished, of signs that do not belong.
pub(crate) const BROKEN: &[Shape] = &[
    gate("only {", |n| "{".repeat(n)),
    gate("policies in policies", |n| "policy p {\n".repeat(n)),
    gate("deep parentheses", |n| format!("actions a = {}b{}", "(".repeat(n), ")".repeat(n))),
    gate("parentheses as deep as allowed", |n| {
        lines("", n, "", |i| format!("actions a{i} = ((((((((cvm:A{i}))))))))"))
    }),
    gate("unclosed strings", |n| lines("", n, "", |i| format!("set a{i} = \"b"))),
    gate("unclosed strings in statements", |n| policy(n, |i| format!("allow cvm:A when k is \"{i}"))),
    gate("faults of the text", |n| policy(n, |i| format!("allow cvm:A{i} cvm:B,"))),
    gate("faults of names", |n| policy(n, |i| format!("allow Quer{i} from offic{i} when k is x{i}"))),
    gate("faults of values", |n| policy(n, |i| format!("allow cvm:A from 10.*.{i} when mfa is \"{i}\""))),
    gate("foreign words", |n| policy(n, |i| format!("permit cvm:A{i} if mfa == true"))),
    gate("statements outside", |n| lines("", n, "", |i| format!("allow cvm:A{i}"))),
    gate("bidirectional characters", |n| policy(n, |i| format!("allow cvm:A{i} \u{202e}from 10.0.0.1"))),
    gate("bidirectional characters in a comment", |n| policy(n, |i| format!("allow cvm:A{i} // \u{2066}x"))),
    gate("look-alike words", |n| policy(n, |i| format!("\u{430}llow cvm:A{i}"))),
    gate("look-alike names", |n| lines("", n, "", |i| format!("network \u{43e}ffice{i} = 10.0.0.1"))),
    gate("look-alike names used", |n| policy(n, |i| format!("allow cvm:A{i} from \u{43e}ffice"))),
    gate("ends of lines", |n| policy(n, |i| format!("allow cvm:A{i}")).replace('\n', "\r\n")),
    gate("carriage returns", |n| policy(n, |i| format!("allow cvm:A{i}")).replace('\n', "\r")),
    gate("byte order mark", |n| format!("\u{feff}{}", policy(n, |i| format!("allow cvm:A{i}")))),
    gate("byte order marks", |n| policy(n, |i| format!("\u{feff}allow cvm:A{i}"))),
    gate("comments", |n| policy(n, |i| format!("// {i}\n/// {i}"))),
    gate("one long line", |n| policy(n, |i| format!("allow cvm:A{i}")).replace('\n', " ")),
    gate("uses", |n| lines("", n, "", |i| format!("use s{i}"))),
    gate("settings", |n| lines("", n, "", |i| format!("set a.b{i} = \"c\""))),
];

/// Cycles, chains, trees.
pub(crate) const NAMES: &[Shape] = &[
    gate("a cycle of names", |n| lines("", n, "", |i| format!("network n{i} = n{}", (i + 1) % n))),
    gate("many cycles of names", |n| lines("", n, "", |i| format!("network n{i} = n{}", i ^ 1))),
    gate("a name of all names", |n| {
        lines("", n, "", |i| format!("actions a{i} = cvm:A{i}"))
            + &pieces("actions all = a0", n, "\n", |t, i| {
                let _ = write!(t, ", a{i}");
            })
    }),
    gate("a chain too deep", |n| {
        lines("network n0 = ::1\n", n, "", |i| format!("network n{} = n{i}", i + 1))
    }),
    gate("chains as deep as allowed", |n| {
        lines("", n, "", |i| match i % 60 {
            0 => format!("network n{i} = 10.0.0.0/8, {}", prefix(i)),
            _ => format!("network n{i} = n{} except {}", i - 1, prefix(i)),
        })
    }),
    gate("sets with except", |n| {
        lines("use intlpartnersmgt\nactions a = Query*\n", n, "", |i| match i % 3 {
            0 => format!("actions a{i} = read except a, Get*"),
            1 => format!("actions a{i} = Query* only *List except a{}", i - 1),
            _ => format!("actions a{i} = write, other except a{}", i - 1),
        })
    }),
    gate("networks with except", |n| {
        lines("network n = 10.0.0.0/8\n", n, "", |i| format!("network n{i} = n except {}", prefix(i)))
    }),
    gate("names twice", |n| lines("", n, "", |_| "network n = ::1".to_owned())),
    gate("unknown names", |n| lines("", n, "", |i| format!("network n{i:06} = office{i:06}"))),
    gate("nearly known names", |n| {
        lines("", n, "", |i| format!("network n{i:06} = ::1\nnetwork m{i:06} = nn{i:06}"))
    }),
    gate("names nobody uses", |n| lines("", n, "", |i| format!("actions a{i} = cvm:A{i}"))),
    gate("a cycle of groups", |n| lines("", n, "", |i| format!("group g{i} {{ in g{} }}", (i + 1) % n))),
    gate("a chain of groups too deep", |n| {
        lines("group g0 { }\n", n, "", |i| format!("group g{} {{ in g{i} }}", i + 1))
    }),
    gate("a tree of groups", |n| {
        lines("policy p { allow cvm:A }\ngroup g1 { attach p }\n", n, "", |i| {
            format!("group g{} {{ in g{} }}", i + 2, (i + 2) / 2)
        })
    }),
    gate("one group in all groups", |n| {
        lines("policy p { allow cvm:A }\n", n, "", |i| format!("group g{i} {{ attach p }}"))
            + &pieces("group all { in g0", n, " }\nuser 1 { in all }\n", |t, i| {
                let _ = write!(t, ", g{i}");
            })
    }),
];

/// One list, one statement.
pub(crate) const LISTS: &[Shape] = &[
    gate("a network of prefixes", |n| {
        pieces("network n = ::1", n, "\npolicy p { allow * from n }\nuser 1 { attach p }", |t, i| {
            let _ = write!(t, ",\n{}", prefix(i));
        })
    }),
    gate("a network without prefixes", |n| {
        pieces("network n = anywhere except ::1", n, "\npolicy p { deny * unless from n }\n", |t, i| {
            let _ = write!(t, ",\n{}", prefix(i));
        })
    }),
    gate("prefixes with host bits", |n| {
        pieces("network n = ::1", n, "\npolicy p { allow * from n }", |t, i| {
            let _ = write!(t, ",\n10.{}.{}.{}/8", i / 62_500, i / 250 % 250, i % 250);
        })
    }),
    gate("patterns of a statement", |n| {
        pieces("policy p { allow cvm:*", n, " }\nuser 1 { attach p }", |t, i| {
            let _ = write!(t, ",\ncvm:A*{i}*B");
        })
    }),
    gate("patterns of a catalogued service", |n| {
        pieces("use intlpartnersmgt policy p { allow QueryArea", n, " }\nuser 1 { attach p }", |t, i| {
            let _ = write!(t, ",\nQuery*{i}*");
        })
    }),
    gate("patterns in a set", |n| {
        pieces("actions a = cvm:A", n, "\npolicy p { allow a deny a on \"qcs::cvm:::x\" }\n", |t, i| {
            let _ = write!(t, ", cvm:B{i}*");
        })
    }),
    gate("resources of a statement", |n| {
        pieces("set opaque = \"cvm\" policy p { allow cvm:A on \"qcs::cvm:::x\"", n, " }", |t, i| {
            let _ = write!(t, ",\n\"qcs::cvm:::instance/{i}/*\"");
        })
    }),
    gate("conditions of a statement", |n| {
        pieces("set opaque = \"cvm\" policy p { allow cvm:A", n, " }\nuser 1 { attach p }", |t, i| {
            let _ = write!(t, " when cvm:k{i} is \"v\"");
        })
    }),
    gate("conditions that may be absent", |n| {
        pieces("set opaque = \"cvm\" policy p { allow cvm:A", n, " }\nuser 1 { attach p }", |t, i| {
            let _ = write!(t, " when cvm:k{i} is absent or like \"*\", \"a*{i:05}\"");
        })
    }),
    gate("values of a condition", |n| {
        pieces("policy p { allow cvm:A when cvm:k like \"a\"", n, " }\nuser 1 { attach p }", |t, i| {
            let _ = write!(t, ", \"a*{i:05}\"");
        })
    }),
    gate("variables in values", |n| {
        pieces("policy p { deny cvm:A unless cvm:k is \"a\"", n, " }\nuser 1 { attach p }", |t, i| {
            let _ = write!(t, ", \"${{uin}}/{i}\"");
        })
    }),
    gate("notes of a statement", |n| {
        lines("policy p {\n", n, "allow cvm:A\n}\n", |i| format!("@x-a{i}(\"{i}\")"))
    }),
    gate("ignores of a policy", |n| {
        lines("", n, "policy p { allow cvm:A }", |_| "@ignore(dead-allow)".into())
    }),
];

/// Many statements of one policy, or in policies of their own.
pub(crate) const STATEMENTS: &[Shape] = &[
    gate("plain statements", |n| policy(n, |i| format!("allow QueryArea, QueryUser from {}", prefix(i)))),
    gate("allows and denies", |n| {
        policy(n, |i| match i % 2 {
            0 => format!("allow cvm:A{i} from {}", prefix(i)),
            _ => format!("deny cvm:A{} unless from {}", i - 1, prefix(i)),
        })
    }),
    gate("the same statement", |n| policy(n, |_| "allow cvm:A from 10.0.0.0/8".to_owned())),
    gate("statements that cover each other", |n| {
        policy(n, |i| format!("allow cvm:A from 10.0.0.0/{} when cvm:k < {i}", 8 + i % 20))
    }),
    gate("overlapping patterns", |n| policy(n, |i| format!("allow cvm:A*{i}*, cvm:*B{i}"))),
    gate("patterns of a catalog", |n| policy(n, |i| format!("allow Query*, *{i}, read except Get*"))),
    gate("whole resources", |n| {
        policy(n, |i| format!("allow cvm:Stop on \"qcs::cvm:::instance/{i}\" when cvm:k is \"{i}\""))
    }),
    gate("resource patterns", |n| {
        policy(n, |i| format!("deny cvm:Stop on \"qcs::cvm:::instance/{i}/*\", \"qcs::cvm:::*/{i}\""))
    }),
    gate("variables in resources", |n| {
        policy(n, |i| format!("allow cvm:Stop on \"qcs::cvm:::${{uin}}/{i}\""))
    }),
    gate("contradictions", |n| {
        policy(n, |i| format!("allow cvm:A{i} since 2027-01-01T00:00:00Z until 2026-01-01T00:00:00Z"))
    }),
    gate("conditions on one key", |n| {
        policy(n, |i| format!("allow cvm:A when cvm:k > {i} and cvm:k < {}", i + 1))
    }),
    gate("dead statements", |n| {
        policy(n, |i| format!("deny QueryUser, PayOrders on \"qcs::intlpartnersmgt:::order/{i}\""))
    }),
    gate("notes", |n| policy(n, |i| format!("@id(\"s{i}\") @x-a(\"{i}\") @ignore(shadowed) allow cvm:A{i}"))),
    gate("notes in vain", |n| policy(n, |i| format!("@ignore(dead-deny, \"why\") allow cvm:A{i}"))),
    gate("policies", |n| {
        lines("", n, "", |i| format!("policy p{i} {{ allow cvm:A{i} deny cvm:B from {} }}", prefix(i)))
    }),
];

/// Users, groups, templates.
pub(crate) const CALLERS: &[Shape] = &[
    gate("users", |n| {
        lines("policy p { allow cvm:A }\ngroup g { attach p }\n", n, "", |i| {
            format!("user {i} {{ in g attach p }}")
        })
    }),
    gate("users twice", |n| lines("", n, "", |_| "user 1 { }".to_owned())),
    gate("unknown policies", |n| lines("", n, "", |i| format!("user {i} {{ in g{i} attach p{i} }}"))),
    gate("policies of one user", |n| {
        lines("", n, "", |i| format!("policy p{i} {{ allow cvm:A from {} }}", prefix(i)))
            + &pieces("user 1 { attach p0", n, " }", |t, i| {
                let _ = write!(t, ", p{i}");
            })
    }),
    gate("instances", |n| {
        lines("policy t(n: network) { allow * from n deny cvm:* }\n", n, "", |i| {
            format!("user {i} {{ attach t({}) }}", prefix(i))
        })
    }),
    gate("equal instances", |n| {
        lines("policy t(n: network) { allow * from n }\n", n, "", |i| {
            format!("user {i} {{ attach t(((::1))) }}")
        })
    }),
    gate("instances with a fault", |n| {
        lines("policy t(n: network) { allow * from n, m allow Quer }\n", n, "", |i| {
            format!("user {i} {{ attach t({}) }}", prefix(i))
        })
    }),
    gate("instances with a wrong argument", |n| {
        lines("policy t(a: actions) { allow a }\n", n, "", |i| {
            format!("user {i} {{ attach t({}) }}", prefix(i))
        })
    }),
    gate("a template of statements", |n| {
        lines("policy t(n: network) {\n", n, "}\nuser 1 { attach t(::1), t(::2) }", |i| {
            format!("allow cvm:A{i} from n, {}", prefix(i))
        })
    }),
    gate("an instance with a long argument", |n| {
        pieces(
            "policy t(n: network) { allow * from n deny cvm:* from n }\nuser 1 { attach t((::1",
            n,
            ")) }",
            |t, i| {
                let _ = write!(t, ",\n{}", prefix(i));
            },
        )
    }),
    gate("more instances than statements may be", |n| {
        let bomb = lines("policy t(n: network) {\n", 4_000, "}\n", |i| format!("allow cvm:A{i} from n"));
        bomb + &lines("", n, "", |i| format!("user {i} {{ attach t({}) }}", prefix(i)))
    }),
];

/// Many asserts, many cases.
pub(crate) const PROOFS: &[Shape] = &[
    gate("asserts", |n| {
        lines("policy p { allow cvm:A }\nuser 1 { attach p }\n", n, "", |i| {
            format!("assert no one may cvm:B{i} from {}", prefix(i))
        })
    }),
    gate("asserts that fail", |n| {
        lines("policy p { allow cvm:A from 10.0.0.0/8 }\nuser 1 { attach p }\n", n, "", |i| {
            format!("assert user 1 may cvm:A from {}", prefix(i))
        })
    }),
    gate("asserts of unknown users", |n| lines("", n, "", |i| format!("assert user u{i} may cvm:A"))),
    gate("tests", |n| {
        lines("policy p { allow cvm:A }\nuser 1 { attach p }\n", n, "", |i| {
            format!("test \"t{i}\" {{ user 1 may cvm:A from 10.0.0.{} }}", i % 250)
        })
    }),
    gate("cases of a test", |n| {
        lines("policy p { allow cvm:A }\nuser 1 { attach p }\ntest \"t\" {\n", n, "}\n", |i| {
            format!("user {i} may not cvm:A with cvm:k is \"{i}\"")
        })
    }),
];
