//! Time grows nearly linearly: four times the text takes about four times as long, and far from sixteen times.
//!
//! It is the processor's time of this thread, so that what else a machine does counts for little. Allocations and steps
//! are counted exactly elsewhere (`tests/counted`); loops that ask for no memory show here alone.

use passgate::catalog::import::{ImportOptions, import};
use passgate::grammar::Sources;
use passgate::{Gate, Request};
use rustix::time::{ClockId, clock_gettime};
use std::fmt::Write as _;
use std::time::Duration;

/// What a quadratic reader exceeds by far, and a linear one does not reach where other work takes its caches.
const FACTOR: u32 = 10;

/// Less than any of these takes where it is done by this thread.
const SEEN: Duration = Duration::from_micros(100);

/// Compares the times for a size and for four times as much; the best of some runs counts.
fn check<T>(what: &str, size: usize, prepare: impl Fn(usize) -> T, run: impl Fn(&T)) {
    let best = |input: &T, runs: usize| (0..runs).map(|_| time(|| run(input))).min().expect("a run");
    let (small, large) = (prepare(size), prepare(4 * size));
    // A few more runs settle what a busy machine may have disturbed.
    for runs in [1, 3, 5] {
        let (short, long) = (best(&small, runs), best(&large, runs));
        assert!(long > SEEN, "{what}: {long:?}: its work is done by another thread, where nobody looks");
        if long <= short.max(Duration::from_millis(2)) * FACTOR {
            return;
        }
        assert!(runs < 5, "{what}: {short:?} for {size}, {long:?} for four times as much");
    }
}

/// The processor's time that it takes this thread.
fn time(run: impl FnOnce()) -> Duration {
    let now =
        || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).expect("a time since the thread began");
    let start = now();
    run();
    now() - start
}

/// A text of a piece for each number.
fn pieces(head: &str, size: usize, tail: &str, piece: impl Fn(&mut String, usize)) -> String {
    let mut text = head.to_owned();
    (0..size).for_each(|n| piece(&mut text, n));
    text + tail
}

fn compiles(what: &str, size: usize, write: impl Fn(usize) -> String) {
    check(what, size, write, |text: &String| {
        let _ = Gate::compile(text.as_str()).map_err(|e| assert!(!e.diagnostics().is_empty()));
    });
}

#[test]
fn policy_texts() {
    compiles("statements", 1_000, |n| {
        pieces("use intlpartnersmgt\npolicy p {\n", n, "}\nuser 1 { attach p }", |t, i| {
            let _ = writeln!(t, "allow QueryArea, QueryUser from 10.{}.{}.0/24", i / 250, i % 250);
        })
    });
    compiles("prefixes of one network", 2_000, |n| {
        pieces("network n = 1.1.1.1", n, "\npolicy p { allow * from n }", |t, i| {
            let _ = write!(t, ",\n10.{}.{}.0/25", i / 250, i % 250);
        })
    });
    compiles("a network of networks", 500, |n| {
        pieces("network n0 = 10.0.0.0/8\n", n, "", |t, i| {
            let _ = writeln!(t, "network n{} = 10.{}.{}.1", i + 1, i / 250, i % 250);
        }) + &pieces("network all = n0", n, "\npolicy p { allow * from all }", |t, i| {
            let _ = write!(t, ", n{i}");
        })
    });
    compiles("users", 2_000, |n| {
        pieces("policy p { allow * }\ngroup g { attach p }\n", n, "", |t, i| {
            let _ = writeln!(t, "user {i} {{ in g attach p }}");
        })
    });
    compiles("policies of one user", 500, |n| {
        pieces("", n, "", |t, i| {
            let _ = writeln!(t, "policy p{i} {{ allow * from 10.{}.{}.0/24 }}", i / 250, i % 250);
        }) + &pieces("user 1 { attach p0", n, " }", |t, i| {
            let _ = write!(t, ", p{i}");
        })
    });
    compiles("resources", 1_000, |n| {
        pieces("set opaque = \"cvm\"\npolicy p {\n", n, "}", |t, i| {
            let _ = writeln!(t, "allow cvm:Stop on \"qcs::cvm:::instance/{i}/*\" when k is \"{i}\"");
        })
    });
    compiles("mistakes", 1_000, |n| {
        pieces("use intlpartnersmgt\npolicy p {\n", n, "}", |t, i| {
            let _ = writeln!(t, "allow Quer{i} from offic{i}, 10.*.{i} when k is x{i}");
        })
    });
    compiles("blocks that are not closed", 1_000, |n| "policy p { allow read {\n".repeat(n));
    compiles("unknown names", 1_000, |n| {
        pieces("", n, "", |t, i| {
            let _ = writeln!(t, "user u{i} {{ in g{i} attach p{i} }}");
        })
    });
}

#[test]
fn templates() {
    let users = |head: &str, n: usize| {
        pieces(head, n, "", |t, i| {
            let _ = writeln!(t, "user {i} {{ attach t(10.{}.{}.0/24) }}", i / 250, i % 250);
        })
    };
    compiles("instances", 1_000, |n| users("policy t(n: network) { allow * from n deny cvm:* }\n", n));
    compiles("instances of a template with a fault", 1_000, |n| {
        users("policy t(n: network) { allow * from n, m allow cvm:A from 10.0.0.1/8 deny Quer }\n", n)
    });
    compiles("instances with a fault", 1_000, |n| users("policy t(a: actions) { allow a }\n", n));
    compiles("equal instances", 1_000, |n| {
        pieces("policy t(n: network) { allow * from n }\n", n, "", |t, i| {
            let _ = writeln!(t, "user {i} {{ attach t((((::1)))) }}");
        })
    });
    compiles("statements of a template", 1_000, |n| {
        pieces("policy t(n: network) {\n", n, "}\nuser 1 { attach t(::1), t(::2) }", |t, i| {
            let _ = writeln!(t, "allow intlpartnersmgt:QueryArea from n, 10.{}.{}.0/24", i / 250, i % 250);
        })
    });
    compiles("a long argument", 2_000, |n| {
        pieces(
            "policy t(n: network) { allow * from n deny cvm:* from n }\nuser 1 { attach t((::1",
            n,
            ")) }",
            |t, i| {
                let _ = write!(t, ",\n10.{}.{}.0/25", i / 250, i % 250);
            },
        )
    });
}

#[test]
fn documents() {
    let document = |inner: String| format!(r#"{{"version":"2.0","statement":[{inner}]}}"#);
    let compile = |text: &String| drop(Gate::compile([("a.json", text.as_str())]));
    let one = r#"{"effect":"allow","action":"cvm:A","resource":"*","condition":{"ip_equal":{"qcs:ip":["10.0.0.1"]}}}"#;
    check("statements", 1_000, |n| document(vec![one; n].join(",")), compile);
    let list = |n: usize| {
        format!(
            "\"{}\"",
            (0..n).map(|i| format!("intlpartnersmgt:Query{i}*")).collect::<Vec<_>>().join("\",\"")
        )
    };
    check(
        "actions",
        2_000,
        |n| document(format!(r#"{{"effect":"allow","action":[{}],"resource":"*"}}"#, list(n))),
        compile,
    );
    let keys = |n: usize| (0..n).map(|i| format!(r#""k{i}":"v""#)).collect::<Vec<_>>().join(",");
    let with = |n| {
        document(format!(
            r#"{{"effect":"allow","action":"*","resource":"*","condition":{{"string_equal":{{{}}}}}}}"#,
            keys(n)
        ))
    };
    check("keys", 2_000, with, compile);
    check("unknown members", 2_000, |n| document(format!("{{{}}}", keys(n))), compile);
}

#[test]
fn pages() {
    let row = |i: usize| format!("| Action{i} | does {i} | Operation level | * | Supported |\n");
    let head = "## Write operations\n| API | Description | Granularity | Six-segment | IP restriction |\n|-|-|-|-|-|\n";
    let page = |n: usize| head.to_owned() + &(0..n).map(row).collect::<String>();
    check("rows", 1_000, page, |text: &String| {
        let mut sources = Sources::new();
        let id = sources.add("page.md", text.as_str());
        drop(import(&sources, &[id], &ImportOptions { service: Some("shop".into()) }));
    });
}

#[test]
fn requests() {
    let text = "set opaque = \"cvm\"\npolicy p { allow cvm:* on \"qcs::cvm:::*a*b*c*d\" when any k like \"*a*b*c*d\" }\nuser 1 { attach p }";
    let gate = Gate::compile(text).expect("a set");
    let answer = |line: &String| drop(Request::from_json(line).and_then(|r| gate.check(&r)));
    let resource = |n: usize| {
        format!(r#"{{"principal":"user:1","action":"cvm:A","resource":"qcs::cvm:::{}"}}"#, "abc".repeat(n))
    };
    check("a long resource", 50_000, resource, answer);
    let many = |n: usize| {
        let all: Vec<String> = (0..n).map(|i| format!(r#""qcs::cvm:::abc{i}""#)).collect();
        format!(r#"{{"principal":"user:1","action":"cvm:A","resource":[{}]}}"#, all.join(","))
    };
    check("many resources", 2_000, many, answer);
    let values = |n: usize| {
        let all: Vec<String> = (0..n).map(|i| format!("\"abc{i}\"")).collect();
        format!(
            r#"{{"principal":"user:1","action":"cvm:A","resource":"qcs::cvm:::abcd","context":{{"k":[{}]}}}}"#,
            all.join(",")
        )
    };
    check("many values", 5_000, values, answer);
    let keys = |n: usize| {
        let all: Vec<String> = (0..n).map(|i| format!("\"k{i}\":1")).collect();
        format!(r#"{{"principal":"user:1","action":"cvm:A","context":{{{}}}}}"#, all.join(","))
    };
    check("many keys", 5_000, keys, answer);
    let groups = |n: usize| {
        let all: Vec<String> = (0..n).map(|i| format!("\"g{i}\"")).collect();
        format!(r#"{{"principal":"user:1","action":"cvm:A","groups":[{}]}}"#, all.join(","))
    };
    check("many groups", 5_000, groups, answer);
}
