//! How conditions of a `.gate` file are written, for fixes that turn a clause into another.

use crate::model::{Condition, Statement};
use passgate_grammar::{Sources, Span};

/// A condition cut at its key: `any`, `every` or nothing; the key; all that follows.
struct Cut<'t> {
    quantifier: &'t str,
    key: &'t str,
    rest: &'t str,
}

/// An edit: what is replaced, by what.
pub(super) struct Change {
    pub(super) span: Span,
    pub(super) text: String,
}

/// `when k is not V` as `unless k is V`, and `not from N` as `unless from N`: the deny that also matches calls without
/// the key. None where the condition is written otherwise, or is one of several after its `when`.
pub(super) fn as_unless(sources: &Sources, statement: &Statement, condition: &Condition) -> Option<Change> {
    let text = sources.slice(condition.span);
    if let Some(network) = text.strip_prefix("not").filter(|t| t.trim_start().starts_with("from")) {
        return Some(Change { span: condition.span, text: format!("unless {}", network.trim_start()) });
    }
    let span = alone_after(sources, statement, condition, "when")?;
    let Cut { quantifier, key, rest } = cut(text)?;
    let rest = without_not(rest)?;
    Some(Change { span, text: format!("unless {}{key} {rest}", turned(quantifier)) })
}

/// `unless k is V` as `when k is not V`, and `unless from N` as `not from N`: the allow that calls without the key do
/// not pass. None where the condition is written otherwise.
pub(super) fn as_when(sources: &Sources, statement: &Statement, condition: &Condition) -> Option<Change> {
    let text = sources.slice(condition.span);
    if let Some(network) = text.strip_prefix("unless") {
        let network = network.trim_start();
        return network
            .starts_with("from")
            .then(|| Change { span: condition.span, text: format!("not {network}") });
    }
    let span = alone_after(sources, statement, condition, "unless")?;
    let Cut { quantifier, key, rest } = cut(text)?;
    let rest = match rest.strip_prefix("is") {
        Some(values) if values.trim() == "true" => "is false".to_owned(),
        Some(values) if values.trim() == "false" => "is true".to_owned(),
        Some(values) => format!("is not{values}"),
        None if rest.starts_with("like") || rest.starts_with("in") => format!("not {rest}"),
        None => return None,
    };
    let every = rest == "is false" || rest == "is true";
    let quantifier = if every && quantifier.is_empty() { "" } else { turned(quantifier) };
    Some(Change { span, text: format!("when {quantifier}{key} {rest}") })
}

/// Whether a condition of a `.gate` file says what happens where the key is absent.
pub(super) fn says_absent(sources: &Sources, condition: &Condition) -> bool {
    let cut = cut(sources.slice(condition.span));
    let after = cut.and_then(|cut| cut.rest.strip_prefix("is"));
    after.is_some_and(|rest| rest.trim_start().starts_with("absent"))
}

/// From a keyword to the end of the only condition after it.
fn alone_after(sources: &Sources, statement: &Statement, condition: &Condition, word: &str) -> Option<Span> {
    let (all, own) = (statement.span, condition.span);
    if all.source != own.source || own.start < all.start || all.end < own.end {
        return None;
    }
    let before = sources.slice(Span { end: own.start, ..all });
    let kept = before.trim_end().strip_suffix(word)?;
    let after = sources.slice(Span { start: own.end, ..all }).trim_start();
    let start = all.start + u32::try_from(kept.len()).ok()?;
    (!after.starts_with("and")).then_some(Span { start, ..own })
}

fn cut(text: &str) -> Option<Cut<'_>> {
    let word = |word: &'static str| text.strip_prefix(word).filter(|t| t.starts_with(char::is_whitespace));
    let (quantifier, rest) = match (word("any"), word("every")) {
        (Some(rest), _) => ("any ", rest.trim_start()),
        (None, Some(rest)) => ("every ", rest.trim_start()),
        (None, None) => ("", text),
    };
    let length = match rest.strip_prefix('"') {
        Some(inner) => inner.find('"')? + 2,
        None => rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>'))?,
    };
    let (key, rest) = rest.split_at_checked(length)?;
    Some(Cut { quantifier, key, rest: rest.trim_start() })
}

fn without_not(rest: &str) -> Option<String> {
    if let Some(positive) = rest.strip_prefix("not") {
        return Some(positive.trim_start().to_owned());
    }
    let values = rest.strip_prefix("is")?.trim_start().strip_prefix("not")?;
    Some(format!("is {}", values.trim_start()))
}

/// `unless` negates the quantifier too.
fn turned(quantifier: &str) -> &'static str {
    match quantifier {
        "any " => "every ",
        "every " => "any ",
        _ => "",
    }
}
