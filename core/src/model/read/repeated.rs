//! Members that stand twice in one list: `duplicate`, with a fix that takes the second away.

use super::place::{Place, shown};
use passgate_grammar::{Diagnostic, Edit, Fix, Safety, Span, code};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

/// The members of one list so far, by what they mean, and what is told of those that stand twice: once each.
#[derive(Debug)]
pub(crate) struct Repeated<K> {
    /// The only member yet: most lists have one, and need no map.
    first: Option<(K, Span)>,
    seen: HashMap<K, Seen>,
    last: Option<Span>,
    told: Vec<Diagnostic>,
}

#[derive(Debug)]
struct Seen {
    first: Span,
    /// Place of what is told of it.
    told: Option<usize>,
}

impl<K> Default for Repeated<K> {
    fn default() -> Self {
        Repeated { first: None, seen: HashMap::new(), last: None, told: Vec::new() }
    }
}

impl<K: Hash + Eq> Repeated<K> {
    /// Takes the next member, written as `text`.
    pub(crate) fn member(&mut self, key: K, text: &str, place: Place<'_>) {
        let Some(before) = self.last.replace(place.span) else {
            self.first = Some((key, place.span));
            return;
        };
        if let Some((key, first)) = self.first.take() {
            self.seen.insert(key, Seen { first, told: None });
        }
        match self.seen.entry(key) {
            Entry::Vacant(slot) => {
                slot.insert(Seen { first: place.span, told: None });
            }
            Entry::Occupied(mut seen) => {
                let seen = seen.get_mut();
                let again = seen.told.and_then(|at| self.told.get_mut(at));
                match again {
                    Some(told) => add_edit(told, before, place.span),
                    None => {
                        seen.told = Some(self.told.len());
                        self.told.push(twice(seen.first, before, text, place));
                    }
                }
            }
        }
    }

    /// Takes a member that means nothing, so that the next one follows it.
    pub(crate) fn skip(&mut self, place: Place<'_>) {
        if self.last.is_some() {
            self.last = Some(place.span);
        }
    }

    /// What is told of the list.
    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        self.told
    }
}

fn twice(first: Span, before: Span, text: &str, place: Place<'_>) -> Diagnostic {
    let told = place.warning(code::DUPLICATE, format!("`{}` stands twice in this list", shown(text)));
    let mut told = told.label(first, "here it stands first").help("leave one of them out");
    if before.source == place.span.source && before.end <= place.span.start {
        told.fixes.push(Fix { title: "once alone".to_owned(), edits: Vec::new(), safety: Safety::Safe });
        add_edit(&mut told, before, place.span);
    }
    told
}

/// The fix takes every later one away, with the comma before it.
fn add_edit(told: &mut Diagnostic, before: Span, here: Span) {
    if let Some(fix) = told.fixes.first_mut() {
        fix.edits.push(Edit { span: Span { start: before.end, ..here }, text: String::new() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::SourceId;

    /// Which of the letters of a text are told, and the text after each fix.
    fn check(text: &str, expected: &[(usize, &str)]) {
        let mut list = Repeated::default();
        for (at, letter) in text.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()) {
            let span = Span::new(SourceId(0), at, at + 1);
            list.member(letter, text.get(at..=at).unwrap(), Place::new(span));
        }
        let fixed = |d: &Diagnostic| {
            let mut text = text.to_owned();
            for edit in d.fixes[0].edits.iter().rev() {
                text.replace_range(edit.span.start as usize..edit.span.end as usize, "");
            }
            (d.span.start as usize, text)
        };
        let told: Vec<(usize, String)> = list.finish().iter().map(fixed).collect();
        let expected: Vec<(usize, String)> = expected.iter().map(|(at, t)| (*at, (*t).into())).collect();
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn each_that_stands_twice_is_told_once() {
        check("a", &[]);
        check("a, b, c", &[]);
        check("a, b, a", &[(6, "a, b")]);
        check("a, a, b, a", &[(3, "a, b")]);
        check("a, b, a, b", &[(6, "a, b, b"), (9, "a, b, a")]);
    }
}
