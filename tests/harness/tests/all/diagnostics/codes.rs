//! Every code of the table has a page in `docs/codes`: the page says what the table says, its first example is told
//! exactly this code, its second is not, and a fix of the first takes the code away. The index is made from all this;
//! `PASSGATE_UPDATE=1` writes it anew.

use crate::setting;
use passgate::grammar::{Code, Diagnostic, Level, Safety, code};
use passgate::report;
use passgate_harness::code_page::{CodePage, code_pages, top};
use std::collections::BTreeMap;
use std::fmt::Write as _;

fn pages() -> BTreeMap<String, CodePage> {
    code_pages().into_iter().map(|page| (page.code.clone(), page)).collect()
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages = pages();
    let mut faults: Vec<String> = code::ALL
        .iter()
        .filter(|(code, _)| !pages.contains_key(code.as_str()))
        .map(|(code, _)| format!("code {code} has no page docs/codes/{code}.md"))
        .collect();
    let stray = pages.keys().filter(|page| !code::ALL.iter().any(|(code, _)| code.as_str() == *page));
    faults.extend(stray.map(|page| format!("docs/codes/{page}.md is of no code")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn pages_say_what_their_examples_show() {
    let pages = pages();
    let known = code::ALL.iter().filter_map(|(code, about)| Some((*code, *about, pages.get(code.as_str())?)));
    let faults: Vec<String> = known
        .filter_map(|(code, about, page)| {
            Some(format!("docs/codes/{code}.md: {}", fault(code, about, page).err()?))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is not as it should be on a page.
fn fault(code: Code, about: &str, page: &CodePage) -> Result<(), String> {
    let begin = format!("# {code}\n\n{about}\n");
    if !page.text.starts_with(&begin) {
        return Err(format!("it does not begin with\n{begin}"));
    }
    if page.fires.is_empty() || page.mended.is_empty() {
        return Err("it lacks a block with `fires` or one with `mended`".to_owned());
    }
    let (told, sources) = page.fires.told();
    let others: Vec<&str> = told.iter().map(|d| d.code.as_str()).filter(|c| *c != code.as_str()).collect();
    if told.len() == others.len() {
        return Err(format!("the first example is not told `{code}`, but {others:?}"));
    }
    if let Some(other) = others.iter().find(|other| !page.fires.beside.iter().any(|b| b == *other)) {
        return Err(format!("the first example is told `{other}` too"));
    }
    let (still, _) = page.mended.told();
    if let Some(other) = still.iter().find(|d| !page.mended.beside.iter().any(|b| b == d.code.as_str())) {
        return Err(format!("the mended example is told `{}`: {}", other.code, other.message));
    }
    if page.fires.is_provider_page() {
        return Ok(());
    }
    check_fix(code, page, &told, &sources)
}

/// Fixes of the first example take the code away and leave a text that is read.
fn check_fix(
    code: Code,
    page: &CodePage,
    told: &[Diagnostic],
    sources: &passgate::grammar::Sources,
) -> Result<(), String> {
    let fixable: Vec<Diagnostic> =
        told.iter().filter(|d| d.code == code && !d.fixes.is_empty()).cloned().collect();
    if fixable.is_empty() {
        return Ok(());
    }
    let fixed = report::apply_fixes(&fixable, sources, true);
    let mut example = page.fires.clone();
    for (id, text) in &fixed.texts {
        let name = sources.get(*id).map_or("", |source| source.name());
        let mut file = example.files.iter_mut().filter(|(file, _)| file == name || name == "<text>");
        file.next().ok_or_else(|| format!("a fix changes `{name}`"))?.1 = text.clone().into_bytes();
    }
    let (left, _) = example.told();
    match left.iter().find(|d| d.code == code || d.refuses()) {
        Some(left) => {
            Err(format!("the fixed text is told `{}`: {}\n{:?}", left.code, left.message, fixed.texts))
        }
        None => Ok(()),
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tests read the documentation")]
fn the_index_lists_every_page() {
    let wanted = index(&pages());
    let path = top().join("docs/codes/README.md");
    if setting("PASSGATE_UPDATE").is_some() {
        std::fs::write(&path, &wanted).expect("the index");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/codes/README.md is not what the pages say: run with PASSGATE_UPDATE=1");
}

/// The index: a row a code, in the order of the table.
fn index(pages: &BTreeMap<String, CodePage>) -> String {
    let mut out = String::from(
        "# Codes of diagnostics\n\n\
         What `passgate lint` says has a code. `passgate explain-code CODE` prints its page. A *lint* leaves the set usable\n\
         unless it is strict; anything else at error level refuses it. *Fix* says whether `passgate lint --fix` can mend it,\n\
         or only `--unsafe-fixes`. This page is made from the others.\n\n\
         | code | level | fix | |\n|---|---|---|---|\n",
    );
    for (code, about) in code::ALL {
        let Some(page) = pages.get(code.as_str()) else { continue };
        let told = if page.fires.is_empty() { Vec::new() } else { page.fires.told().0 };
        let own: Vec<&Diagnostic> = told.iter().filter(|d| d.code == *code).collect();
        let level = own.iter().map(|d| d.level).max().unwrap_or(Level::Error).as_str();
        let lint = if code.is_lint() { ", lint" } else { "" };
        let safeties = || own.iter().flat_map(|d| &d.fixes).map(|fix| fix.safety);
        let fix = match () {
            () if safeties().any(|s| s == Safety::Safe) => "`--fix`",
            () if safeties().next().is_some() => "`--unsafe-fixes`",
            () => "",
        };
        let about = about.replace('|', "\\|");
        let _ = writeln!(out, "| [`{code}`]({code}.md) | {level}{lint} | {fix} | {about} |");
    }
    out
}
