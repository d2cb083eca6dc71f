//! The reader of CAM documents and their formatter: no text makes them panic; every diagnostic lies inside the text; an
//! accepted document is exported to one that is read back and exported to itself; a formatted one keeps its tokens.

use super::Target;
use super::change::Words;
use super::gate::inside;
use crate::setting;
use passgate::cam;
use passgate::catalog::Catalogs;
use passgate::grammar::{SourceId, Sources};
use passgate::json;
use passgate::model::PolicyKind;
use std::collections::BTreeSet;
use std::sync::OnceLock;

const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0041",
    "\\ud800",
    "\n",
    " ",
    "null",
    "true",
    "1",
    "-1.5e3",
    "01",
    "\"*\"",
    "\"version\": \"2.0\",",
    "\"statement\": [",
    "\"effect\": \"allow\",",
    "\"effect\": \"deny\",",
    "\"action\": ",
    "\"resource\": ",
    "\"condition\": {",
    "\"principal\": ",
    "\"cvm:Describe*\"",
    "\"name/cvm:RunInstances\"",
    "\"permid/12\"",
    "\"qcs::cvm:ap-guangzhou:uid/1:instance/*\"",
    "\"ip_equal\": {",
    "\"qcs:ip\": ",
    "\"10.0.0.1/8\"",
    "\"for_any_value:string_like_if_exist\": {",
    "\"qcs:resource_tag\": ",
    "\"a&b\"",
    "\"null_equal\": {",
    "\"date_less_than\": {",
    "\"2026-01-01T00:00:00Z\"",
    "\"numeric_equal\": {",
    "\"bool_equal\": {",
    "\"qcs:current_time\": ",
    "\"${uin}\"",
    "\"qcs::cam::uin/1:root\"",
    "\"qcs\": ",
    "\"service\": ",
    "[[[[[[[[",
    "\u{feff}",
    "// c",
    "“",
];

static CATALOGS: OnceLock<Catalogs> = OnceLock::new();

#[test]
fn texts_of_documents() {
    Target { name: "cam", ending: "json", words: Words { words: WORDS }, run }.hold(real());
}

fn run(text: &str) -> Result<BTreeSet<String>, String> {
    let mut sources = Sources::new();
    let id = sources.add("fuzz.json", text);
    let mut brought = BTreeSet::new();
    for kind in [PolicyKind::Identity, PolicyKind::Trust, PolicyKind::Resource] {
        let (policy, told) = cam::read(&sources, id, kind, "fuzz");
        told.iter().try_for_each(|one| inside(text, one))?;
        brought.extend(told.iter().map(|one| format!("{kind:?} {}", one.code)));
        if policy.is_none() != told.iter().any(|one| one.refuses()) {
            return Err(format!("{kind:?}: refused without a word, or told and accepted"));
        }
        if policy.is_some() {
            read_back(&mut sources, id, kind)?;
            brought.insert(format!("{kind:?} accepted"));
        }
    }
    formatted(&mut sources, id, text)?;
    Ok(brought)
}

/// What is exported is accepted, and exported to itself.
fn read_back(sources: &mut Sources, id: SourceId, kind: PolicyKind) -> Result<(), String> {
    let export = |sources: &Sources, id| {
        let (policy, _) = cam::read(sources, id, kind, "fuzz");
        // A document is exported as it stands; without one, as it was understood.
        let policy = policy.map(|policy| passgate::model::Policy { document: None, ..policy });
        policy.map(|policy| cam::export(&policy, sources, CATALOGS.get_or_init(Catalogs::builtin)).0)
    };
    let Some(Some(first)) = export(sources, id) else { return Ok(()) };
    let second = sources.add("export.json", first.as_str());
    match export(sources, second) {
        Some(Some(again)) if again == first => Ok(()),
        Some(Some(again)) => Err(format!("{kind:?}: exported twice it changes\n{first}\n{again}")),
        _ => Err(format!("{kind:?}: the export is refused\n{first}")),
    }
}

/// Formatting keeps the tokens, whoever they are, and what the document is told.
fn formatted(sources: &mut Sources, id: SourceId, text: &str) -> Result<(), String> {
    let (canonical, told) = cam::format(sources, id);
    told.iter().try_for_each(|one| inside(text, one))?;
    let Some(canonical) = canonical else {
        return if told.is_empty() { Err("not formatted without a word".to_owned()) } else { Ok(()) };
    };
    if tokens(text) != tokens(&canonical) {
        return Err(format!("formatted it has other tokens\n{canonical}"));
    }
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    if json::parse(body).is_err() || json::parse(&canonical).is_err() {
        return Err("something that is no JSON is formatted".to_owned());
    }
    let second = sources.add("canonical.json", canonical.as_str());
    match cam::format(sources, second).0 {
        Some(again) if again == canonical => Ok(()),
        _ => Err(format!("formatted twice it changes\n{canonical}")),
    }
}

/// The text without the white space between its tokens.
fn tokens(text: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    let kept = text.trim_start_matches('\u{feff}').chars().filter(|c| {
        let keep = inside || !matches!(c, ' ' | '\t' | '\r' | '\n');
        match c {
            '"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = inside && *c == '\\' && !escaped;
        keep
    });
    kept.collect()
}

/// The real documents, where they are at hand.
#[expect(clippy::disallowed_methods, reason = "a test reads its corpus")]
fn real() -> Vec<String> {
    if setting("PASSGATE_FUZZ_KEEP").is_some() {
        return Vec::new();
    }
    let Some(folder) = passgate_harness::corpus::corpus("fuzz cam") else { return Vec::new() };
    let documents = passgate_harness::corpus::documents();
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).ok();
    documents.iter().take(200).filter_map(|document| read(&document.file)).collect()
}
