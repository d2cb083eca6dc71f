//! Hostile CAM documents of any size.

use crate::Shape;

const fn json(name: &'static str, write: fn(usize) -> String) -> Shape {
    Shape { name, file: "a.json", write }
}

/// `,`-joined pieces.
fn list(size: usize, piece: impl Fn(usize) -> String) -> String {
    (0..size).map(piece).collect::<Vec<_>>().join(",")
}

fn document(statements: &str) -> String {
    format!(r#"{{"version":"2.0","statement":[{statements}]}}"#)
}

fn statement(members: &str) -> String {
    document(&format!(r#"{{"effect":"allow",{members}}}"#))
}

/// Each as long as it says.
pub(crate) const ALL: &[Shape] = &[
    json("only {", |n| "{".repeat(n)),
    json("only [", |n| "[".repeat(n)),
    json("nested", |n| format!("{}{}", r#"{"a":"#.repeat(n), "}".repeat(n))),
    json("an unclosed string", |n| format!("{{\"version\":\"{}", "a".repeat(n))),
    json("an unfinished list", |n| format!("{{\"statement\":[{}", list(n, |i| format!("\"{i}\"")))),
    json("escapes", |n| document(&format!("\"{}\"", "\\u202e".repeat(n)))),
    json("byte order mark", |n| {
        format!("\u{feff}{}", statement(&format!(r#""action":"cvm:A","resource":"{}""#, "*".repeat(n))))
    }),
    json("ends of lines", |n| {
        statement(&format!("\"action\":[{}],\"resource\":\"*\"", list(n, |i| format!("\r\n\"cvm:A{i}\""))))
    }),
    json("statements", |n| {
        document(&list(n, |i| format!(r#"{{"effect":"allow","action":"cvm:A{i}","resource":"*"}}"#)))
    }),
    json("statements with addresses", |n| {
        document(&list(n, |i| {
            format!(
                r#"{{"effect":"deny","action":"intlpartnersmgt:Query*","resource":"*","condition":{{"ip_not_equal":{{"qcs:ip":"10.{}.{}.0/24"}}}}}}"#,
                i / 250 % 250,
                i % 250
            )
        }))
    }),
    json("the same statement", |n| {
        document(&list(n, |_| r#"{"effect":"allow","action":"cvm:A","resource":"*"}"#.to_owned()))
    }),
    json("faults of statements", |n| {
        document(&list(n, |i| format!(r#"{{"effect":"permit","actoin":"cvm:A{i}","resource":"qcs:{i}"}}"#)))
    }),
    json("faults of conditions", |n| {
        document(&list(n, |i| {
            format!(
                r#"{{"effect":"allow","action":"cvm:A","resource":"*","condition":{{"string_equals":{{"k{i}":[1,{{}}]}}}}}}"#
            )
        }))
    }),
    json("unknown actions", |n| {
        statement(&format!(
            r#""action":[{}],"resource":"*""#,
            list(n, |i| format!(r#""intlpartnersmgt:Quer{i}""#))
        ))
    }),
    json("patterns", |n| {
        statement(&format!(
            r#""action":[{}],"resource":"*""#,
            list(n, |i| format!(r#""intlpartnersmgt:*{i}*""#))
        ))
    }),
    json("resources", |n| {
        statement(&format!(
            r#""action":"cvm:A","resource":[{}]"#,
            list(n, |i| format!(r#""qcs::cvm:::i/{i}/*""#))
        ))
    }),
    json("prefixes", |n| {
        let prefixes = list(n, |i| format!(r#""{}.{}.{}.0/24""#, 1 + i / 62_500, i / 250 % 250, i % 250));
        statement(&format!(
            r#""action":"*","resource":"*","condition":{{"ip_equal":{{"qcs:ip":[{prefixes}]}}}}"#
        ))
    }),
    json("keys", |n| {
        let keys = list(n, |i| format!(r#""cvm:k{i}":"v""#));
        statement(&format!(r#""action":"*","resource":"*","condition":{{"string_equal":{{{keys}}}}}"#))
    }),
    json("keys that may be absent", |n| {
        let keys = list(n, |i| format!(r#""cvm:k{i}":["*","a*{i:05}"]"#));
        statement(&format!(
            r#""action":"*","resource":"*","condition":{{"string_like_if_exist":{{{keys}}}}}"#
        ))
    }),
    json("values", |n| {
        let values = list(n, |i| format!(r#""a*{i:05}""#));
        statement(&format!(
            r#""action":"*","resource":"*","condition":{{"string_like":{{"cvm:k":[{values}]}}}}"#
        ))
    }),
    json("members twice", |n| format!("{{{}}}", list(n, |_| r#""version":"2.0""#.to_owned()))),
    json("unknown members", |n| document(&format!("{{{}}}", list(n, |i| format!(r#""m{i}":1"#))))),
    json("look-alike members", |n| {
        document(&list(n, |i| format!(r#"{{"\u0435ffect{i}":"allow","eff\u0435ct":"allow"}}"#)))
    }),
];
