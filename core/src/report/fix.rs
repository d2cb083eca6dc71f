//! Fixes applied to texts: which of them go together, and the texts afterwards. Reading and writing files, and asking
//! again whether anything is left to mend, is for the caller.

use passgate_grammar::{Diagnostic, Fix, Safety, SourceId, Sources, Span};
use std::collections::BTreeMap;

/// Texts with fixes applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The new text of each source that a fix changes.
    pub texts: BTreeMap<SourceId, String>,
    /// How many diagnostics were mended.
    pub mended: usize,
    /// How many could not be mended in the same go, because their edits meet those of another.
    pub put_off: usize,
}

/// Applies the first allowed fix of each diagnostic: the safe ones, or with `also_doubtful` all.
///
/// A fix is applied whole or not at all. Of two fixes whose edits meet, that of the earlier diagnostic is applied; two
/// that make the same edits count as one. What was put off may be found again in the new texts.
///
/// ```
/// use passgate::grammar::{Safety, Sources, Span, code};
/// use passgate::{Diagnostic, report};
/// let mut sources = Sources::new();
/// let id = sources.add("a.gate", "allow reads");
/// let span = Span::new(id, 6, 11);
/// let told = [Diagnostic::error(code::UNKNOWN_NAME, span, "…").fix("`read`", span, "read", Safety::Unsafe)];
/// assert_eq!(report::apply_fixes(&told, &sources, false).mended, 0);
/// assert_eq!(report::apply_fixes(&told, &sources, true).texts[&id], "allow read");
/// ```
pub fn apply_fixes(diagnostics: &[Diagnostic], sources: &Sources, also_doubtful: bool) -> Fixed {
    let mut chosen = Chosen::default();
    let (mut mended, mut put_off) = (0, 0);
    for diagnostic in diagnostics {
        let allowed = |fix: &&Fix| also_doubtful || fix.safety == Safety::Safe;
        let Some(fix) = diagnostic.fixes.iter().find(allowed) else { continue };
        if chosen.take(fix, sources) {
            mended += 1;
        } else {
            put_off += 1;
        }
    }
    Fixed { texts: chosen.texts(sources), mended, put_off }
}

/// Edits that do not meet, by source and place: the end and the new text of each.
#[derive(Debug, Default)]
struct Chosen<'f>(BTreeMap<SourceId, BTreeMap<u32, (u32, &'f str)>>);

impl<'f> Chosen<'f> {
    /// Takes all edits of a fix, or none.
    fn take(&mut self, fix: &'f Fix, sources: &Sources) -> bool {
        let mut edits: Vec<_> = fix.edits.iter().filter(|edit| !self.has(edit.span, &edit.text)).collect();
        edits.sort_by_key(|edit| edit.span);
        let apart = edits.windows(2).all(|pair| match pair {
            [a, b] => a.span.source != b.span.source || (a.span.end <= b.span.start && a.span != b.span),
            _ => true,
        });
        let fits = |span: Span| {
            let text = sources.get(span.source).map_or("", |source| source.text());
            text.get(span.start as usize..span.end as usize).is_some()
        };
        if fix.edits.is_empty() || !apart || !edits.iter().all(|e| fits(e.span) && self.is_free(e.span)) {
            return false;
        }
        for edit in edits {
            let of_source = self.0.entry(edit.span.source).or_default();
            of_source.insert(edit.span.start, (edit.span.end, edit.text.as_str()));
        }
        true
    }

    fn has(&self, span: Span, text: &str) -> bool {
        self.0.get(&span.source).and_then(|edits| edits.get(&span.start)) == Some(&(span.end, text))
    }

    /// Whether a span meets no edit; an edit that merely touches another is kept apart, since their order would matter.
    fn is_free(&self, span: Span) -> bool {
        let Some(edits) = self.0.get(&span.source) else { return true };
        let before = edits.range(..=span.start).next_back();
        let after = edits.range(span.start..).next();
        before.is_none_or(|(_, (end, _))| *end < span.start)
            && after.is_none_or(|(start, _)| span.end < *start)
    }

    fn texts(&self, sources: &Sources) -> BTreeMap<SourceId, String> {
        let edited = |(id, edits): (&SourceId, &BTreeMap<u32, (u32, &str)>)| {
            let text = sources.get(*id)?.text();
            let (mut new, mut at) = (String::with_capacity(text.len()), 0);
            for (start, (end, replacement)) in edits {
                new.push_str(text.get(at..*start as usize)?);
                new.push_str(replacement);
                at = *end as usize;
            }
            new.push_str(text.get(at..)?);
            Some((*id, new))
        };
        self.0.iter().filter_map(edited).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::{Edit, code};

    /// Edits of several fixes: `from..to=text`, of one fix joined by `+`, doubtful ones begin with `?`.
    fn check(fixes: &[&str], also_doubtful: bool, text: &str, counts: (usize, usize)) {
        let mut sources = Sources::new();
        let id = sources.add("a", "0123456789é");
        let edit = |written: &str| {
            let (range, text) = written.split_once('=').unwrap();
            let (from, to) = range.split_once("..").unwrap();
            Edit { span: Span::new(id, from.parse().unwrap(), to.parse().unwrap()), text: text.to_owned() }
        };
        let told = fixes.iter().map(|written| {
            let safety = if written.starts_with('?') { Safety::Unsafe } else { Safety::Safe };
            let edits = written.trim_start_matches('?').split('+').map(edit).collect();
            let mut told = Diagnostic::error(code::SYNTAX, Span::new(id, 0, 0), "m");
            told.fixes.push(Fix { title: String::new(), edits, safety });
            told
        });
        let fixed = apply_fixes(&told.collect::<Vec<_>>(), &sources, also_doubtful);
        let new = fixed.texts.get(&id).map_or("0123456789é", String::as_str);
        assert_eq!((new, (fixed.mended, fixed.put_off)), (text, counts), "{fixes:?}");
    }

    #[test]
    fn edits_apart_go_together() {
        check(&[], true, "0123456789é", (0, 0));
        check(&["1..2=x", "4..6=yy", "9..9=z"], false, "0x23yy678z9é", (3, 0));
        check(&["7..8=b", "1..2=a"], false, "0a23456b89é", (2, 0));
        check(&["1..2=a+5..6="], false, "0a2346789é", (1, 0));
        check(&["10..12=e"], false, "0123456789e", (1, 0));
    }

    #[test]
    fn edits_that_meet_or_touch_are_put_off_whole() {
        check(&["1..4=x", "3..5=y"], false, "0x456789é", (1, 1));
        check(&["1..4=x", "4..5=y"], false, "0x456789é", (1, 1));
        check(&["4..5=y", "1..4=x"], false, "0123y56789é", (1, 1));
        check(&["1..9=x", "3..4=y"], false, "0x9é", (1, 1));
        check(&["3..4=y", "1..9=x"], false, "012y456789é", (1, 1));
        check(&["2..2=a", "2..2=b"], false, "01a23456789é", (1, 1));
        check(&["1..2=a", "1..2=b+8..9=c"], false, "0a23456789é", (1, 1));
    }

    #[test]
    fn equal_edits_are_one_and_bad_ones_none() {
        check(&["1..2=a", "1..2=a"], false, "0a23456789é", (2, 0));
        check(&["1..2=a", "1..2=a+5..5=x"], false, "0a234x56789é", (2, 0));
        check(&["11..12=a"], false, "0123456789é", (0, 1));
        check(&["5..99=a"], false, "0123456789é", (0, 1));
        check(&["1..3=a+2..4=b"], false, "0123456789é", (0, 1));
    }

    #[test]
    fn unsafe_fixes_are_asked_for() {
        check(&["?1..2=a", "5..6=b"], false, "01234b6789é", (1, 0));
        check(&["?1..2=a", "5..6=b"], true, "0a234b6789é", (2, 0));
    }
}
