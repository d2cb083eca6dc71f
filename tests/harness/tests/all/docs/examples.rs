//! Every example of the pages is read: `gate` blocks compile, or are refused with the code they name; catalogs and
//! settings load.
//!
//! Words after ```` ```gate ````: `head` also stands before what follows; `policy` holds statements, put into a policy
//! beneath the head; `refused=CODE` is refused, with that code among the diagnostics; `lint=CODE` loads, with that code
//! told. ```` ```json,file=NAME ```` is a file beside the next `gate` block.

use super::page::{Block, pages};
use passgate::catalog::file;
use passgate::grammar::{Diagnostic, Sources};
use passgate::{Error, ErrorCode, Gate, TextSources};

#[test]
fn every_gate_block_is_what_it_says() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for page in pages() {
        let (mut head, mut files) = (String::new(), Vec::new());
        for block in page.blocks() {
            if let Some(name) = block.value("file") {
                files.push((name.to_owned(), block.text));
            } else if block.is("gate") {
                tried += 1;
                let text =
                    if block.is("policy") { in_policy(&head, &block.text) } else { block.text.clone() };
                wrong.extend(
                    fault(&block, &text, &std::mem::take(&mut files))
                        .map(|why| format!("{}: {why}", block.place)),
                );
                if block.is("head") {
                    head = block.text;
                }
            }
        }
    }
    assert!(tried > 35, "only {tried} blocks found");
    assert!(wrong.is_empty(), "{} of {tried} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Lints that short examples may well be told. A category stands for so many names that documents are long.
const USUAL: [&str; 5] = ["unused-name", "unknown-key", "no-ip-support", "odd-category", "too-long"];

/// Statements in a policy that somebody has.
fn in_policy(head: &str, statements: &str) -> String {
    assert!(!head.is_empty(), "a block of statements needs a head before it");
    format!("{head}\npolicy example {{\n{statements}\n}}\nuser 1 {{ attach example }}\n")
}

/// What is not as the block says.
fn fault(block: &Block, text: &str, files: &[(String, String)]) -> Option<String> {
    let known = ["gate", "head", "policy", "imported"];
    let stray = block.words.iter().find(|w| !known.contains(&w.as_str()) && !w.contains('='));
    if let Some(word) = stray {
        return Some(format!("what does `{word}` mean"));
    }
    match (compile(text, files), block.value("refused"), block.value("lint")) {
        (Ok(_), Some(code), _) => Some(format!("it compiles, where {code} should refuse it")),
        (Ok(told), None, Some(code)) => {
            (!told.iter().any(|t| t == code)).then(|| format!("{code} is not told, but {told:?}"))
        }
        (Ok(told), None, None) => {
            let odd: Vec<_> = told.iter().filter(|code| !USUAL.contains(&code.as_str())).collect();
            (!odd.is_empty()).then(|| format!("it is told {odd:?}"))
        }
        (Err(error), Some(code), _) => {
            let told = codes(error.diagnostics());
            let only = told.iter().filter(|(_, refuses)| *refuses).all(|(c, _)| c == code);
            let there = told.iter().any(|(c, _)| c == code);
            (!there || !only).then(|| format!("refused with {told:?}, not with {code} alone"))
        }
        (Err(error), None, _) => Some(format!("{error}: {:#?}", error.diagnostics())),
    }
}

fn compile(text: &str, files: &[(String, String)]) -> Result<Vec<String>, Error> {
    let gate = if files.is_empty() {
        Gate::compile(text)?
    } else {
        let named = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Gate::compile(named.chain([("example.gate", text)]).collect::<TextSources>())?
    };
    Ok(codes(gate.diagnostics()).into_iter().map(|(code, _)| code).collect())
}

/// The codes told, and whether each refuses.
fn codes(told: &[Diagnostic]) -> Vec<(String, bool)> {
    told.iter().map(|d| (d.code.to_string(), d.refuses())).collect()
}

#[test]
fn catalogs_of_the_catalog_page_are_catalogs() {
    let blocks = super::page::page("docs/catalog.md").blocks();
    let mut tried = 0;
    for block in blocks.iter().filter(|b| b.is("json") || b.is("toml")) {
        let mut sources = Sources::new();
        let name = if block.is("toml") { "catalog.toml" } else { "catalog.json" };
        let id = sources.add(name, block.text.as_str());
        let (services, told) = file::read(&sources, id);
        assert!(told.is_empty() && services.len() == 1, "{}: {told:#?}", block.place);
        tried += 1;
    }
    assert_eq!(tried, 2);
}

#[test]
fn settings_of_the_language_page_are_settings() {
    let blocks = super::page::page("docs/language.md").blocks();
    let settings: Vec<&Block> = blocks.iter().filter(|b| b.is("toml")).collect();
    assert_eq!(settings.len(), 1);
    for block in settings {
        let texts = [("passgate.toml", block.text.as_str()), ("a.gate", "policy p { allow * }")];
        let told = Gate::compile(texts.into_iter().collect::<TextSources>()).map(|_| ());
        assert!(told.is_ok(), "{}: {told:#?}", block.place);
    }
}

#[test]
fn a_block_that_should_be_refused_can_fail() {
    let block = |words: &[&str]| Block {
        place: "here".into(),
        words: words.iter().map(|w| (*w).to_owned()).collect(),
        text: String::new(),
    };
    let bad = "policy p { allow read }";
    assert!(fault(&block(&["gate"]), bad, &[]).is_some());
    assert!(fault(&block(&["gate", "refused=bad-value"]), bad, &[]).is_some());
    assert!(fault(&block(&["gate", "refused=bad-value"]), "policy p { allow * }", &[]).is_some());
    assert!(fault(&block(&["gate", "lint=dead-deny"]), "policy p { allow * }", &[]).is_some());
    assert!(fault(&block(&["gate", "odd"]), "policy p { allow * }", &[]).is_some());
    assert_eq!(Gate::compile(bad).map(|_| ()).unwrap_err().code(), ErrorCode::BadPolicy);
}
