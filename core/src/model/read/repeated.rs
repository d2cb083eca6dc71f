//! Members that stand twice in one list: `duplicate`, with a fix that takes the second away.

use super::place::{Place, shown};
use passgate_grammar::{Diagnostic, Safety, Span, code};
use std::collections::HashMap;
use std::hash::Hash;

/// The members of one list so far, by what they mean.
#[derive(Debug)]
pub(crate) struct Repeated<K> {
    /// The only member yet: most lists have one, and need no map.
    first: Option<(K, Span)>,
    seen: HashMap<K, Span>,
    last: Option<Span>,
}

impl<K> Default for Repeated<K> {
    fn default() -> Self {
        Repeated { first: None, seen: HashMap::new(), last: None }
    }
}

impl<K: Hash + Eq> Repeated<K> {
    /// Takes the next member, written as `text`; told where it stood before.
    pub(crate) fn member(&mut self, key: K, text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) {
        let before = self.last.replace(place.span);
        let Some(before) = before else {
            self.first = Some((key, place.span));
            return;
        };
        self.seen.extend(self.first.take());
        match self.seen.get(&key) {
            Some(first) => out.push(twice(*first, before, text, place)),
            None => {
                self.seen.insert(key, place.span);
            }
        }
    }

    /// Takes a member that means nothing, so that the next one follows it.
    pub(crate) fn skip(&mut self, place: Place<'_>) {
        if self.last.is_some() {
            self.last = Some(place.span);
        }
    }
}

fn twice(first: Span, before: Span, text: &str, place: Place<'_>) -> Diagnostic {
    let told = place.warning(code::DUPLICATE, format!("`{}` stands twice in this list", shown(text)));
    let told = told.label(first, "here it stands first").help("leave one of them out");
    if before.source != place.span.source || before.end > place.span.start {
        return told;
    }
    let gone = Span { start: before.end, ..place.span };
    told.fix("without the second", gone, "", Safety::Safe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::SourceId;

    /// Which of the letters of a text are told, and the text after each fix.
    fn check(text: &str, expected: &[(usize, &str)]) {
        let (mut list, mut out) = (Repeated::default(), Vec::new());
        for (at, letter) in text.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()) {
            let span = Span::new(SourceId(0), at, at + 1);
            list.member(letter, &text[at..=at], Place::new(span), &mut out);
        }
        let fixed = |d: &Diagnostic| {
            let edit = &d.fixes[0].edits[0];
            let mut text = text.to_owned();
            text.replace_range(edit.span.start as usize..edit.span.end as usize, "");
            (d.span.start as usize, text)
        };
        let told: Vec<(usize, String)> = out.iter().map(fixed).collect();
        let expected: Vec<(usize, String)> = expected.iter().map(|(at, t)| (*at, (*t).into())).collect();
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn the_second_and_every_later_one_is_told() {
        check("a", &[]);
        check("a, b, c", &[]);
        check("a, b, a", &[(6, "a, b")]);
        check("a, a, a", &[(3, "a, a"), (6, "a, a")]);
    }
}
