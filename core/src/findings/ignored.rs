//! What `@ignore` notes silence: the lints that they name, where the place told of lies in what the note stands before
//! (language reference, *Sets of files, settings*). The innermost note that names a lint silences it; the others do not
//! count as used by it.

use crate::model::Ignore;
use passgate_grammar::{Code, Diagnostic, Safety, SourceId, Span, code};
use std::collections::BTreeMap;

/// The notes of a set, by text and place.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    scopes: BTreeMap<SourceId, Vec<Scope>>,
}

/// One note. Scopes of one text lie in one another or apart: statements in policies, cases in tests.
#[derive(Debug)]
struct Scope {
    span: Span,
    note: Span,
    codes: Vec<Silenced>,
    /// Place of the scope around it.
    around: Option<usize>,
}

#[derive(Debug)]
struct Silenced {
    code: Code,
    span: Span,
    used: bool,
}

impl Ignored {
    pub(super) fn new(ignores: &[Ignore]) -> Self {
        let mut scopes: BTreeMap<SourceId, Vec<Scope>> = BTreeMap::new();
        for ignore in ignores {
            let codes =
                ignore.codes.iter().map(|(code, span)| Silenced { code: *code, span: *span, used: false });
            let (span, note) = (ignore.scope, ignore.span);
            let scope = Scope { span, note, codes: codes.collect(), around: None };
            scopes.entry(span.source).or_default().push(scope);
        }
        scopes.values_mut().for_each(|all| nest(all));
        Ignored { scopes }
    }

    /// Whether a note silences this; the note is used then.
    pub(super) fn silences(&mut self, found: &Diagnostic) -> bool {
        let span = found.span;
        let Some(scopes) = self.scopes.get_mut(&span.source) else { return false };
        let mut place = scopes.partition_point(|scope| scope.span.start <= span.start).checked_sub(1);
        while let Some(scope) = place.and_then(|at| scopes.get_mut(at)) {
            let code = scope.codes.iter_mut().find(|c| c.code == found.code);
            if let Some(code) = code.filter(|_| span.end <= scope.span.end) {
                code.used = true;
                return true;
            }
            place = scope.around;
        }
        false
    }

    /// A doubt for each code that silenced nothing, but these.
    pub(super) fn unused(&self, without: &[Code]) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        for scope in self.scopes.values().flatten() {
            let mut twice = Vec::new();
            for (place, code) in scope.codes.iter().enumerate() {
                let asked = code.code == code::UNUSED_IGNORE || without.contains(&code.code);
                if twice.contains(&code.code) || !(code.used || asked) {
                    told.push(unused(scope, place, code));
                }
                twice.push(code.code);
            }
        }
        told
    }
}

/// Sorts scopes, outer before inner, and finds what is around each.
fn nest(scopes: &mut [Scope]) {
    scopes.sort_by_key(|scope| (scope.span.start, std::cmp::Reverse(scope.span.end)));
    let mut open: Vec<(usize, u32)> = Vec::new();
    for (place, scope) in scopes.iter_mut().enumerate() {
        while open.last().is_some_and(|(_, end)| *end < scope.span.end) {
            open.pop();
        }
        scope.around = open.last().map(|(around, _)| *around);
        open.push((place, scope.span.end));
    }
}

fn unused(scope: &Scope, place: usize, silenced: &Silenced) -> Diagnostic {
    let message = format!("`{}` silences nothing here", silenced.code);
    let told = Diagnostic::warning(code::UNUSED_IGNORE, silenced.span, message);
    let told = told.help("leave it out: what it was for is mended, or is told of another place");
    let of = |place: Option<usize>| place.and_then(|place| scope.codes.get(place)).map(|code| code.span);
    let gone = match (of(place.checked_sub(1)), of(Some(place + 1))) {
        (None, None) => scope.note,
        (_, Some(next)) => Span { end: next.start, ..silenced.span },
        (Some(previous), None) => Span { start: previous.end, ..silenced.span },
    };
    told.fix("without it", gone, "", Safety::Safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn span(start: u32, end: u32) -> Span {
        Span { source: SourceId(0), start, end }
    }

    /// Notes by scope and code; places told of; which of the notes are unused.
    fn check(notes: &[(u32, u32, Code)], told: &[(u32, u32, Code, bool)], unused: &[Code]) {
        let ignore = |(at, (start, end, code)): (usize, &(u32, u32, Code))| {
            let at = 1_000 + at as u32;
            Ignore {
                codes: vec![(*code, span(at, at))],
                why: None,
                span: span(at, at),
                scope: span(*start, *end),
            }
        };
        let mut ignored = Ignored::new(&notes.iter().enumerate().map(ignore).collect::<Vec<_>>());
        for (start, end, code, silenced) in told {
            let found = Diagnostic::warning(*code, span(*start, *end), "");
            assert_eq!(ignored.silences(&found), *silenced, "{start}..{end} {code}");
        }
        let left: Vec<String> =
            ignored.unused(&[code::TIME_WINDOW]).iter().map(|d| d.message.clone()).collect();
        let wanted: Vec<String> =
            unused.iter().map(|code| format!("`{code}` silences nothing here")).collect();
        assert_eq!(left, wanted);
    }

    #[test]
    fn notes_silence_what_lies_in_their_scope() {
        let (dead, tag) = (code::DEAD_DENY, code::TAG_FORM);
        check(&[(10, 20, dead)], &[(10, 20, dead, true), (12, 15, dead, true)], &[]);
        check(
            &[(10, 20, dead)],
            &[(9, 20, dead, false), (15, 21, dead, false), (12, 15, tag, false)],
            &[dead],
        );
        check(
            &[(0, 100, tag), (10, 20, dead), (30, 40, dead)],
            &[(50, 60, tag, true), (12, 13, tag, true)],
            &[dead, dead],
        );
        check(&[(0, 100, dead), (10, 20, dead)], &[(12, 15, dead, true)], &[dead]);
        check(&[(0, 100, dead), (10, 20, dead)], &[(22, 25, dead, true)], &[dead]);
        check(&[(0, 9, code::TIME_WINDOW)], &[], &[]);
        check(&[], &[(0, 1, dead, false)], &[]);
    }
}
