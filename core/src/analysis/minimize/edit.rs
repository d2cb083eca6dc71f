//! A policy's new statements as text: in the place of those that they replace, what is kept as it stands.
//!
//! With a statement go its doc comments, its notes, and a comment at the end of its line. Other comments stay.

use super::search::{Found, Made, Part};
use super::terms::Terms;
use crate::cam::condition_clauses;
use crate::model::{Effect, ResourceKind, ResourcePattern};
use passgate_grammar::Sources;
use passgate_grammar::text::quote;
use passgate_grammar::tree::Statement;
use std::collections::BTreeSet;
use std::ops::Range;

/// A stretch of a text and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::analysis) struct Edit {
    pub(in crate::analysis) range: Range<usize>,
    pub(in crate::analysis) text: String,
}

/// The edits that make a policy what was found; none where that has no room in the places of its statements.
pub(in crate::analysis) fn edits(
    sources: &Sources,
    statements: &[Statement],
    found: &Found,
    terms: &Terms,
) -> Option<Vec<Edit>> {
    let kept: BTreeSet<usize> = found
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Kept(place) => Some(*place),
            Part::Made(_) => None,
        })
        .collect();
    let mut gone: Vec<&Statement> =
        statements.iter().enumerate().filter(|(at, _)| !kept.contains(at)).map(|(_, s)| s).collect();
    let mut edits = Vec::new();
    for part in &found.parts {
        let Part::Made(made) = part else { continue };
        let alike = gone.iter().position(|statement| statement.deny == (made.effect == Effect::Deny));
        let place = alike.or((!gone.is_empty()).then_some(0))?;
        let statement = gone.remove(place);
        edits.push(Edit { range: range(sources, statement), text: format!("{}\n", line(made, terms)) });
    }
    edits.extend(
        gone.into_iter().map(|statement| Edit { range: range(sources, statement), text: String::new() }),
    );
    edits.sort_by_key(|edit| edit.range.start);
    Some(edits)
}

/// A text with edits made; they do not overlap and are in order.
pub(in crate::analysis) fn edited(text: &str, edits: &[Edit]) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        out.push_str(text.get(at..edit.range.start).unwrap_or_default());
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// A statement as one line.
fn line(made: &Made, terms: &Terms) -> String {
    let effect = match made.effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    };
    let mut parts = vec![format!("{effect} {}", terms.text(&made.actions))];
    if !matches!(made.resources.as_slice(), [ResourcePattern { kind: ResourceKind::Any, .. }]) {
        let texts: Vec<String> = made.resources.iter().map(|pattern| quote(&pattern.text)).collect();
        parts.push(format!("on {}", texts.join(", ")));
    }
    parts.extend(made.addresses.clauses.iter().cloned());
    parts.extend(condition_clauses(&made.conditions));
    parts.join(" ")
}

/// Where a statement stands with what goes with it; the whole line where nothing else is on it.
fn range(sources: &Sources, statement: &Statement) -> Range<usize> {
    let Some(source) = sources.get(statement.span.source) else { return 0..0 };
    let text = source.text();
    let before =
        statement.before.docs.iter().copied().chain(statement.before.notes.iter().map(|note| note.span));
    let first =
        before.map(|span| span.start).chain([statement.span.start]).min().unwrap_or(statement.span.start);
    let (first, last) = (first as usize, statement.span.end as usize);
    let head = text.get(..first).unwrap_or_default();
    let indent = head.len() - head.trim_end_matches([' ', '\t']).len();
    let tail = text.get(last..).unwrap_or_default();
    let line = tail.split(['\n', '\r']).next().unwrap_or_default();
    let rest = line.trim_start_matches([' ', '\t']);
    let begins = head.trim_end_matches([' ', '\t']).is_empty()
        || head.trim_end_matches([' ', '\t']).ends_with(['\n', '\r']);
    if !rest.is_empty() && !rest.starts_with("//") {
        return first..last;
    }
    let end = last + line.len();
    if !begins {
        return first..end;
    }
    let after = text.get(end..).unwrap_or_default();
    let newline = if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with(['\n', '\r'])) };
    first - indent..end + newline
}
