//! Reading the cells of a row about an action: name, level, resource templates, support.

use super::words::{self, Support, is_blank};
use crate::catalog::Granularity;
use std::collections::BTreeSet;

/// A row about an action, as the page has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) name: String,
    pub(super) category: Option<&'static str>,
    pub(super) granularity: Granularity,
    pub(super) resources: Vec<Box<str>>,
    /// `None` where the page does not say.
    pub(super) ip: Option<bool>,
    pub(super) tag: Option<bool>,
    pub(super) description: Option<String>,
    /// Where the row starts in the cleaned text.
    pub(super) at: usize,
}

/// Why a row cannot be read, in words that follow the row's name.
pub(super) type Why = String;

/// The name in a cell: its first line, without code marks, links, emphasis, a service before it, or a remark in
/// parentheses after it.
pub(super) fn name(cell: &str) -> Result<String, Why> {
    let line = cell.lines().find(|l| !l.trim().is_empty()).unwrap_or("").trim();
    let text = unmarked(link_text(line));
    let text = text.replace("\\_", "_");
    let text = text.split_once(['(', '（']).map_or(text.as_str(), |cut| cut.0).trim_end();
    let bare = text.strip_prefix("name/").unwrap_or(text);
    let bare = bare.split_once(':').map_or(bare, |cut| cut.1);
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if bare.is_empty() || !bare.bytes().all(fits) || bare.len() > passgate_grammar::limits::NAME_BYTES {
        return Err(format!("`{}` is no name of an action", shortened(line)));
    }
    Ok(bare.to_owned())
}

/// A text without the marks of code and emphasis around it, and without characters that take no width.
fn unmarked(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '`' | '\u{200b}' | '\u{feff}'));
    let inner = ["**", "__", "*", "`"].iter().find_map(|mark| text.strip_prefix(mark)?.strip_suffix(mark));
    inner.map_or(text, |inner| inner.trim_matches('`'))
}

/// The text of `[text](target)`; another text is itself.
pub(super) fn link_text(text: &str) -> &str {
    let inner =
        text.strip_prefix('[').and_then(|t| t.split_once("](")).filter(|(_, target)| target.ends_with(')'));
    inner.map_or(text, |cut| cut.0)
}

/// What follows the name in its cell: a description, where the table has no column for one.
pub(super) fn after_name(cell: &str) -> Option<String> {
    let mut lines = cell.lines().filter(|l| !l.trim().is_empty());
    lines.next();
    let rest = lines.map(str::trim).collect::<Vec<_>>().join(" ");
    (!rest.is_empty()).then_some(rest)
}

/// A description on one line; `None` where it says nothing.
pub(super) fn description(cell: &str) -> Option<String> {
    let text = cell.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ");
    (!is_blank(&text)).then_some(text)
}

/// Resource templates of a cell, in order, each once: every text that begins with `qcs:`, and a `*` that stands
/// alone at the start of a line or beside other templates. Words around them are left out.
pub(super) fn templates(cell: &str) -> Vec<Box<str>> {
    let mut found: Vec<Box<str>> = Vec::new();
    for line in cell.lines() {
        let mut leading = true;
        for word in line.split_whitespace() {
            let of_word = templates_of_word(word, leading);
            leading = leading && !of_word.is_empty();
            found.extend(of_word);
        }
    }
    each_once(found)
}

/// The templates in order, without repetitions.
pub(super) fn each_once(templates: Vec<Box<str>>) -> Vec<Box<str>> {
    let mut seen = BTreeSet::new();
    templates.into_iter().filter(|t| seen.insert(t.clone())).collect()
}

/// Templates within a word without blanks; `*` counts where `star` allows it.
pub(super) fn templates_of_word(word: &str, star: bool) -> Vec<Box<str>> {
    let plain = word.replace(['`', '\\'], "");
    let ends = |c: char| matches!(c, '|' | '"' | '\'' | '(' | '（' | ',' | ';' | '，' | '；' | '、' | '。');
    if plain.trim_matches(ends) == "*" {
        return if star { vec!["*".into()] } else { Vec::new() };
    }
    let mut pieces = plain.split("qcs:");
    pieces.next();
    pieces.map(|piece| format!("qcs:{}", piece.split(ends).next().unwrap_or("")).into()).collect()
}

/// Whether a template has its six segments.
pub(super) fn has_six_segments(template: &str) -> bool {
    template == "*" || template.split(':').count() >= 6
}

/// The level of a row that states none: its resources say it.
pub(super) fn level_of_templates(templates: &[Box<str>]) -> Granularity {
    if templates.iter().any(|t| t.as_ref() != "*") { Granularity::Resource } else { Granularity::Operation }
}

/// The level that a cell names.
pub(super) fn granularity(cell: &str) -> Result<Granularity, Why> {
    words::granularity(cell, false).ok_or_else(|| {
        if is_blank(cell) {
            "no level of authorization is given".to_owned()
        } else {
            format!("`{}` is no level of authorization", shortened(cell))
        }
    })
}

/// Whether a cell says that something is supported; `None` where it says nothing. Partly supported is supported:
/// what is handed over at times is not withheld.
pub(super) fn supported(cell: &str) -> Result<Option<bool>, Why> {
    if is_blank(cell) {
        return Ok(None);
    }
    match words::support(cell) {
        Some(Support::Yes | Support::Partial) => Ok(Some(true)),
        Some(Support::No) => Ok(Some(false)),
        None => Err(format!("`{}` says neither supported nor not supported", shortened(cell))),
    }
}

/// A text for a message.
pub(super) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(60).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells() {
        for (cell, expected) in [
            ("QueryUser", Some("QueryUser")),
            ("`QueryUser`", Some("QueryUser")),
            ("**QueryUser**", Some("QueryUser")),
            ("[QueryUser](https://x/y)", Some("QueryUser")),
            ("queryUser", Some("queryUser")),
            ("list", Some("list")),
            ("DeleteCommand\nDelete a command", Some("DeleteCommand")),
            ("Get\\_X", Some("Get_X")),
            ("Get_X", Some("Get_X")),
            ("mongodb:BackupDBInstance", Some("BackupDBInstance")),
            ("name/cvm:Stop", Some("Stop")),
            ("OldName (deprecated)", Some("OldName")),
            ("旧接口", None),
            ("Two words", None),
            ("", None),
            ("Query*", None),
        ] {
            assert_eq!(name(cell).ok().as_deref(), expected, "{cell:?}");
        }
    }

    #[test]
    fn templates_of_cells() {
        let check = |cell: &str, expected: &[&str]| {
            let found = templates(cell);
            let texts: Vec<&str> = found.iter().map(AsRef::as_ref).collect();
            assert_eq!(texts, expected, "{cell:?}");
        };
        check("*", &["*"]);
        check("`*`", &["*"]);
        check("\\*", &["*"]);
        check("`*` indicates to only authenticate the API", &["*"]);
        check("many * here", &[]);
        check("qcs::a:$r:$u:x/* qcs::a:$r:$u:x/$id", &["qcs::a:$r:$u:x/*", "qcs::a:$r:$u:x/$id"]);
        check("`qcs::a:$r:$u:x/*` `qcs::b:::y/$id`", &["qcs::a:$r:$u:x/*", "qcs::b:::y/$id"]);
        check("集群资源\n`qcs::a:r:u:x/*`\n`qcs::a:r:u:x/*`", &["qcs::a:r:u:x/*"]);
        check("type|qcs::a:${r}:uin/${u}:x/$id", &["qcs::a:${r}:uin/${u}:x/$id"]);
        check("qcs::a:\\$r:\\$u:x/\\$id", &["qcs::a:$r:$u:x/$id"]);
        check(
            "qcs::a:r:u:x/1,qcs::a:r:u:x/2；qcs::a:r:u:x/3",
            &["qcs::a:r:u:x/1", "qcs::a:r:u:x/2", "qcs::a:r:u:x/3"],
        );
        check("qcs::a:r:u:x/$vpcId (the receiver’s vpcId)", &["qcs::a:r:u:x/$vpcId"]);
        check("qcs::a:r:u:x/$id(not needed)", &["qcs::a:r:u:x/$id"]);
        check("qcs::a:::x/{$Id}/${sets.name}", &["qcs::a:::x/{$Id}/${sets.name}"]);
        check("* qcs::a:::x/1", &["*", "qcs::a:::x/1"]);
        check("qcs:qcs:", &["qcs:"]);
        check("none", &[]);
    }

    #[test]
    fn support_of_cells() {
        assert_eq!(supported("支持"), Ok(Some(true)));
        assert_eq!(supported("部分支持"), Ok(Some(true)));
        assert_eq!(supported("not supported"), Ok(Some(false)));
        assert_eq!(supported("—"), Ok(None));
        assert_eq!(supported(""), Ok(None));
        assert!(supported("maybe").is_err());
    }
}
