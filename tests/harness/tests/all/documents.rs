//! Every policy document of the corpus is accepted or refused as `tests/corpus/documents.tsv` says, with the codes and
//! at the place it says.

use passgate::cam;
use passgate::grammar::{Level, Sources};
use passgate::model::PolicyKind;
use passgate_harness::corpus::{Document, corpus, documents};
use std::path::Path;

#[expect(clippy::panic, reason = "a malformed table is a fault of the tests")]
fn kind(word: &str) -> PolicyKind {
    match word {
        "identity" => PolicyKind::Identity,
        "trust" => PolicyKind::Trust,
        "resource" => PolicyKind::Resource,
        other => panic!("no kind of policy: {other}"),
    }
}

/// What is wrong with how a document is read, if anything.
fn check(folder: &Path, document: &Document) -> Result<(), String> {
    #[expect(clippy::disallowed_methods, reason = "tests read their corpus")]
    let text = std::fs::read_to_string(folder.join(&document.file)).map_err(|e| e.to_string())?;
    let mut sources = Sources::new();
    let id = sources.add(document.file.as_str(), text);
    let (policy, told) = cam::read(&sources, id, kind(&document.kind), "document");
    let accepted = policy.is_some();
    if accepted != document.accepted {
        return Err(format!("accepted: {accepted}; {told:#?}"));
    }
    let mut codes: Vec<&str> =
        told.iter().filter(|d| d.refuses() || accepted).map(|d| d.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    if codes != document.codes {
        return Err(format!("codes {codes:?}, expected {:?}", document.codes));
    }
    let place = told.iter().find(|d| d.refuses()).map_or_else(String::new, |d| {
        let position = sources.start(d.span);
        d.path.clone().unwrap_or_else(|| format!("{}:{}", position.line, position.column))
    });
    if place != document.place {
        return Err(format!("first refused at {place}, expected {}", document.place));
    }
    let mute = told.iter().find(|d| d.level == Level::Error && d.help.is_none());
    mute.map_or(Ok(()), |d| Err(format!("no word on how to mend it: {}", d.message)))
}

#[test]
fn every_document_is_read_as_the_table_says() {
    let Some(folder) = corpus("documents") else { return };
    let table = documents();
    let refused = table.iter().filter(|d| !d.accepted).count();
    assert_eq!((table.len(), refused), (231, 89), "169 policies and 62 odd ones");
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|d| check(&folder, d).err().map(|why| format!("{}: {why}", d.file)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

#[test]
fn each_refusal_names_its_sentence() {
    for document in documents() {
        assert!(document.reason.starts_with('§'), "{}: {}", document.file, document.reason);
        assert_eq!(document.place.is_empty(), document.accepted, "{}", document.file);
    }
}
