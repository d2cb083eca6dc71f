//! The log is held to what the schema of SARIF 2.1.0 requires of the parts that are written: members that must be there,
//! members that may be, types, enumerations, least values.

use super::*;
use passgate::Diagnostic;
use passgate::grammar::{Safety, Sources, Span};
use passgate::report::reports;

/// What the schema says of an object: its members, of which those with `!` are required, each with a shape.
fn members(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "log" => &[("version!", "=2.1.0"), ("$schema", "uri"), ("runs!", "[run")],
        "run" => {
            &[("tool!", "tool"), ("results", "[result"), ("columnKind", "=utf16CodeUnits|unicodeCodePoints")]
        }
        "tool" => &[("driver!", "driver")],
        "driver" => &[("name!", "text"), ("version", "text"), ("rules", "[rule")],
        "rule" => &[
            ("id!", "text"),
            ("shortDescription", "words"),
            ("help", "words"),
            ("defaultConfiguration", "configuration"),
            ("properties", "bag"),
        ],
        "configuration" => &[("level", "=none|note|warning|error")],
        "words" => &[("text!", "text")],
        "result" => &[
            ("ruleId", "text"),
            ("ruleIndex", "0"),
            ("level", "=none|note|warning|error"),
            ("message!", "words"),
            ("locations", "[location"),
            ("relatedLocations", "[location"),
            ("fixes", "[fix"),
            ("properties", "bag"),
        ],
        "location" => &[("id", "0"), ("message", "words"), ("physicalLocation", "physical")],
        "physical" => &[("artifactLocation!", "artifact"), ("region", "region")],
        "artifact" => &[("uri", "uri")],
        "region" => &[("startLine", "1"), ("startColumn", "1"), ("endLine", "1"), ("endColumn", "1")],
        "fix" => &[("description", "words"), ("artifactChanges!", "[+change"), ("properties", "bag")],
        "change" => &[("artifactLocation!", "artifact"), ("replacements!", "[+replacement")],
        "replacement" => &[("deletedRegion!", "region"), ("insertedContent", "content")],
        "content" => &[("text", "text")],
        other => panic!("no object {other}"),
    }
}

/// Everything in a value that is not of a shape.
fn faults(value: &Value, shape: &str, at: &str, out: &mut Vec<String>) {
    let fits = match shape {
        "text" => value.is_string(),
        "bag" => value.is_object(),
        "uri" => value.as_str().is_some_and(|u| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b);
            u.bytes().all(plain)
        }),
        "0" => value.as_u64().is_some(),
        "1" => value.as_u64().is_some_and(|n| n >= 1),
        _ if shape.starts_with('=') => {
            value.as_str().is_some_and(|text| shape.trim_start_matches('=').split('|').any(|one| one == text))
        }
        _ if shape.starts_with('[') => {
            let (kind, least) = match shape.strip_prefix("[+") {
                Some(kind) => (kind, 1),
                None => (shape.trim_start_matches('['), 0),
            };
            let items = value.as_array().map_or(&[][..], Vec::as_slice);
            items.iter().enumerate().for_each(|(n, item)| faults(item, kind, &format!("{at}[{n}]"), out));
            value.is_array() && items.len() >= least
        }
        kind => return object_faults(value, kind, at, out),
    };
    if !fits {
        out.push(format!("{at} is no {shape}: {value}"));
    }
}

fn object_faults(value: &Value, kind: &str, at: &str, out: &mut Vec<String>) {
    let Some(object) = value.as_object() else { return out.push(format!("{at} is no object: {value}")) };
    for (name, shape) in members(kind) {
        let bare = name.trim_end_matches('!');
        match object.get(bare) {
            Some(member) => faults(member, shape, &format!("{at}.{bare}"), out),
            None if *name != bare => out.push(format!("{at} lacks {bare}")),
            None => {}
        }
    }
    let known = |name: &String| members(kind).iter().any(|(known, _)| known.trim_end_matches('!') == name);
    out.extend(object.keys().filter(|name| !known(name)).map(|name| format!("{at} has {name}")));
}

fn parsed(told: &[Diagnostic], sources: &Sources) -> Value {
    let log: Value = serde_json::from_str(&log(&reports(told, sources))).unwrap();
    let mut wrong = Vec::new();
    faults(&log, "log", "$", &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
    log
}

fn example() -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    let id = sources.add("a b/é.gate", "policy p {\n    allow é, reads\n}\n");
    let at = Span::new(id, 25, 30);
    let told = vec![
        Diagnostic::error(code::UNKNOWN_NAME, at, "`reads` is nothing")
            .label(Span::new(id, 0, 6), "in this policy")
            .because("why")
            .help("how")
            .fix("the category `read`", at, "read", Safety::Unsafe)
            .nearest(["read".to_owned()]),
        Diagnostic::warning(code::UNKNOWN_KEY, Span::new(id, 0, 0), "doubt"),
        Diagnostic::note(code::TOO_MANY, Span::new(id, 33, 33), "7 more").at_path("statement[0]"),
    ];
    (told, sources)
}

#[test]
fn a_log_is_as_the_schema_says() {
    let (told, sources) = example();
    parsed(&[], &sources);
    let log = parsed(&told, &sources);
    let run = &log["runs"][0];
    let rules: Vec<&str> = run["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["id"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["too-many", "unknown-key", "unknown-name"]);
    for result in run["results"].as_array().unwrap() {
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize], result["ruleId"].as_str().unwrap());
    }
}

#[test]
fn places_columns_and_fixes_are_those_of_the_report() {
    let (told, sources) = example();
    let log = parsed(&told, &sources);
    let first = &log["runs"][0]["results"][0];
    let place = json!({
        "artifactLocation": {"uri": "a%20b/%C3%A9.gate"},
        "region": {"startLine": 2, "startColumn": 14, "endLine": 2, "endColumn": 19},
    });
    assert_eq!(first["locations"], json!([{"physicalLocation": place}]));
    assert_eq!(first["message"]["text"], "`reads` is nothing\nnote: why\nhelp: how");
    assert_eq!(first["relatedLocations"][0]["message"]["text"], "in this policy");
    let replacement = json!({"deletedRegion": place["region"], "insertedContent": {"text": "read"}});
    let change = json!({"artifactLocation": place["artifactLocation"], "replacements": [replacement]});
    assert_eq!(first["fixes"][0]["artifactChanges"], json!([change]));
    assert_eq!(first["properties"], json!({"nearest": ["read"]}));
}

#[test]
fn the_check_itself_can_fail() {
    let (told, sources) = example();
    let good: Value = serde_json::from_str(&log(&reports(&told, &sources))).unwrap();
    let spoilt = |spoil: &dyn Fn(&mut Value)| {
        let (mut log, mut wrong) = (good.clone(), Vec::new());
        spoil(&mut log);
        faults(&log, "log", "$", &mut wrong);
        wrong.len()
    };
    assert_eq!(spoilt(&|log| log["version"] = json!("2.0.0")), 1);
    assert_eq!(spoilt(&|log| log["runs"][0]["results"][0]["level"] = json!("fatal")), 1);
    assert_eq!(
        spoilt(
            &|log| log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] =
                json!(0)
        ),
        1
    );
    assert_eq!(spoilt(&|log| log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"] = json!([])), 1);
    assert_eq!(spoilt(&|log| log["runs"][0]["tool"] = json!({})), 1);
    assert_eq!(spoilt(&|log| log["runs"][0]["results"][0]["where"] = json!({})), 1);
}

#[test]
fn paths_become_uris() {
    for (path, expected) in [
        ("set/a.gate", "set/a.gate"),
        ("/tmp/a b.gate", "file:///tmp/a%20b.gate"),
        ("a:b#c?.gate", "a%3Ab%23c%3F.gate"),
        ("sub\\a.gate", "sub/a.gate"),
    ] {
        assert_eq!(uri(path), expected);
    }
}
