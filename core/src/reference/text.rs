//! Texts with `*`: "`*` is any text, also none, anywhere, any number of times" (§3), and templates whose variables
//! are filled in (§5 *Variables*): "substituted text is literal, `*` in it included".

use crate::model::{Template, TemplatePart, Variable};
use std::collections::BTreeSet;

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Exactly this character.
    Char(char),
    /// Any text.
    Star,
}

/// Every `*` is any text.
pub(super) fn pattern(text: &str) -> Vec<Piece> {
    text.chars().map(|c| if c == '*' { Piece::Star } else { Piece::Char(c) }).collect()
}

/// Every character is itself.
pub(super) fn literal(text: &str) -> Vec<Piece> {
    text.chars().map(Piece::Char).collect()
}

/// Whether the pattern covers the whole text. `reached[i]` says that the pieces so far cover the first `i` characters.
pub(super) fn covers(pattern: &[Piece], text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let mut reached = vec![false; chars.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for piece in pattern {
        reached = match piece {
            Piece::Star => spread(&reached),
            Piece::Char(c) => step(&reached, &chars, *c),
        };
    }
    reached.last() == Some(&true)
}

/// After a star: everything from the first reached place on.
fn spread(reached: &[bool]) -> Vec<bool> {
    let mut any = false;
    let mut next = Vec::new();
    for here in reached {
        any = any || *here;
        next.push(any);
    }
    next
}

/// After a character: one place further, where the text has that character.
fn step(reached: &[bool], chars: &[char], wanted: char) -> Vec<bool> {
    let mut next = vec![false];
    for (here, c) in reached.iter().zip(chars) {
        next.push(*here && *c == wanted);
    }
    next
}

/// What the three variables stand for in this request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Variables {
    /// "`${uin}` (the caller's number: the principal's name if all digits)"
    pub(super) uin: Option<String>,
    /// "`${owner_uin}` … (the owner's uin …"
    pub(super) owner_uin: Option<String>,
    /// "`${app_id}` … and uid)"
    pub(super) app_id: Option<String>,
}

impl Variables {
    fn value(&self, variable: Variable) -> Option<&str> {
        match variable {
            Variable::Uin => self.uin.as_deref(),
            Variable::OwnerUin => self.owner_uin.as_deref(),
            Variable::AppId => self.app_id.as_deref(),
        }
    }

    /// The text of a template: its own characters, a `*` among them a star, and the values of its variables, letter
    /// by letter. Otherwise the variables of it that have no value.
    pub(super) fn fill(&self, template: &Template) -> Result<Vec<Piece>, BTreeSet<String>> {
        let (mut pieces, mut without) = (Vec::new(), BTreeSet::new());
        for part in &template.parts {
            match part {
                TemplatePart::Literal(text) => pieces.extend(pattern(text)),
                TemplatePart::Variable(variable) => match self.value(*variable) {
                    Some(value) => pieces.extend(literal(value)),
                    None => drop(without.insert(variable.as_str().to_owned())),
                },
            }
        }
        if without.is_empty() { Ok(pieces) } else { Err(without) }
    }
}

/// The text of a filled template where `*` has no meaning: "No wildcard outside `_like`" (§5).
pub(super) fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| if let Piece::Char(c) = piece { *c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(glob: &str, text: &str, expected: bool) {
        assert_eq!(covers(&pattern(glob), text), expected, "{glob} {text}");
    }

    #[test]
    fn a_star_is_any_text() {
        check("", "", true);
        check("", "a", false);
        check("*", "", true);
        check("**", "a:b/c", true);
        check("x/*", "x/", true);
        check("x/*", "x", false);
        check("a*b*c", "aXbYbZc", true);
        check("a*b*c", "aXbYbZ", false);
        check("Query*Bill*", "QueryBill", true);
        check("*é", "éé", true);
        check("?", "a", false);
    }

    #[test]
    fn substituted_text_is_literal() {
        let variables = Variables { uin: Some("1*".into()), ..Variables::default() };
        let template = Template::parse("u/${uin}/*").unwrap();
        let filled = variables.fill(&template).unwrap();
        assert!(covers(&filled, "u/1*/x"));
        assert!(!covers(&filled, "u/12/x"));
        let unknown = Template::parse("${owner_uin}${uin}${app_id}").unwrap();
        let without = variables.fill(&unknown).unwrap_err();
        assert_eq!(without.into_iter().collect::<Vec<_>>(), ["app_id", "owner_uin"]);
    }
}
