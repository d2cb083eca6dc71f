//! The page on CAM JSON is executed: each row of the table of refusals is refused with its code, and each import shown
//! is what an import writes.

use super::page::page;
use passgate::cam;
use passgate::catalog::Catalogs;
use passgate::grammar::Sources;
use passgate::model::PolicyKind;

const MEMBERS: [(&str, &str); 3] = [("effect", "\"allow\""), ("action", "\"cvm:*\""), ("resource", "\"*\"")];

/// The statement of a text: the text itself, or a sound one with the text in place of its member of that name.
fn statement(written: &str) -> String {
    if written.starts_with('{') {
        return written.to_owned();
    }
    let named = |name: &str| written.to_ascii_lowercase().starts_with(&format!("\"{name}\""));
    let sound = MEMBERS.iter().filter(|(name, _)| !named(name));
    let sound: String = sound.map(|(name, value)| format!("\"{name}\": {value}, ")).collect();
    format!("{{{sound}{written}}}")
}

#[test]
fn the_refusals_shown_are_refused() {
    let page = page("docs/cam.md");
    let table = page.text.split("| written | code |").nth(1).expect("the table");
    let (mut tried, mut wrong) = (0, Vec::new());
    for line in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let spans: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        let (code, written) = spans.split_last().expect("a code");
        for text in written {
            tried += 1;
            let document = format!("{{\"version\": \"2.0\", \"statement\": [{}]}}", statement(text));
            let mut sources = Sources::new();
            let id = sources.add("doc.json", document);
            let (policy, told) = cam::read(&sources, id, PolicyKind::Identity, "doc");
            let codes: Vec<&str> = told.iter().filter(|d| d.refuses()).map(|d| d.code.as_str()).collect();
            if policy.is_some() || codes != [*code] {
                wrong.push(format!("{text}: {codes:?}, not {code}"));
            }
        }
    }
    assert!(tried >= 19 && wrong.is_empty(), "{tried}\n{}", wrong.join("\n"));
}

#[test]
fn the_imports_shown_are_what_is_written() {
    let (mut document, mut tried) = (None, 0);
    for block in page("docs/cam.md").blocks() {
        if let Some(name) = block.value("import") {
            document = Some((name.to_owned(), block.text));
        } else if block.is("imported") {
            let (name, text) = document.take().expect("a document before it");
            let mut sources = Sources::new();
            let id = sources.add("doc.json", text);
            let policy = cam::read(&sources, id, PolicyKind::Identity, &name).0.expect("it is accepted");
            assert_eq!(cam::to_gate(&[policy], &Catalogs::builtin()).0, block.text, "{}", block.place);
            tried += 1;
        }
    }
    assert_eq!(tried, 1);
}
