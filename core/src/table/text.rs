//! Texts that values are compared with: fixed ones looked up at once, those with variables one by one.

use super::facts::Variables;
use super::memory::Heap;
use super::truth::{Cause, Truth};
use crate::glob::{Glob, Piece};
use crate::model::{Template, TemplatePart, Variable};
use std::collections::HashSet;

/// Up to so many fixed texts are compared one by one.
const FEW: usize = 8;

/// Values of `string_equal` and its like.
#[derive(Debug)]
pub(super) struct Texts {
    fixed: Fixed,
    with_variables: Box<[Template]>,
    pub(super) fold: bool,
}

#[derive(Debug)]
enum Fixed {
    Few(Box<[Box<str>]>),
    Many(HashSet<Box<str>, foldhash::fast::RandomState>),
}

impl Texts {
    /// `fold` ignores the case of A–Z.
    pub(super) fn new(values: &[Template], fold: bool) -> Self {
        let fixed = values.iter().filter_map(Template::literal);
        let fixed = fixed.map(|text| if fold { text.to_ascii_lowercase().into() } else { Box::from(text) });
        let with_variables = values.iter().filter(|v| v.literal().is_none()).cloned().collect();
        let fixed =
            if values.len() <= FEW { Fixed::Few(fixed.collect()) } else { Fixed::Many(fixed.collect()) };
        Texts { fixed, with_variables, fold }
    }

    /// Texts that are compared with one value at most.
    pub(super) fn most_compared(&self) -> usize {
        let fixed = match &self.fixed {
            Fixed::Few(fixed) => fixed.len(),
            Fixed::Many(_) => 1,
        };
        fixed + self.with_variables.len()
    }

    /// The texts as they are written, sorted.
    pub(super) fn written(&self) -> Vec<String> {
        let mut all: Vec<String> = match &self.fixed {
            Fixed::Few(fixed) => fixed.iter().map(ToString::to_string).collect(),
            Fixed::Many(fixed) => fixed.iter().map(ToString::to_string).collect(),
        };
        all.extend(self.with_variables.iter().map(Template::written));
        all.sort_unstable();
        all
    }

    /// Whether the text equals one of them; open where only one with an unresolved variable could be equal.
    pub(super) fn hold<'a>(&self, text: &str, variables: &Variables<'_>, key: &'a str) -> Truth<'a> {
        if self.is_fixed(text) {
            return Truth::Yes;
        }
        Truth::any(self.with_variables.iter().map(|template| self.equals(template, text, variables, key)))
    }

    fn is_fixed(&self, text: &str) -> bool {
        match (&self.fixed, self.fold) {
            (Fixed::Few(fixed), false) => fixed.iter().any(|f| f.as_ref() == text),
            (Fixed::Few(fixed), true) => fixed.iter().any(|f| f.eq_ignore_ascii_case(text)),
            (Fixed::Many(fixed), false) => fixed.contains(text),
            (Fixed::Many(fixed), true) => fixed.contains(text.to_ascii_lowercase().as_str()),
        }
    }

    fn equals<'a>(
        &self,
        template: &Template,
        text: &str,
        variables: &Variables<'_>,
        key: &'a str,
    ) -> Truth<'a> {
        if let Some(variable) = unresolved(template, variables) {
            return Truth::Open(Cause { variable: Some(variable), key });
        }
        let mut rest = text.as_bytes();
        for part in &template.parts {
            let part = text_of(part, variables).as_bytes();
            let Some((head, tail)) = rest.split_at_checked(part.len()) else { return Truth::No };
            let same = if self.fold { head.eq_ignore_ascii_case(part) } else { head == part };
            if !same {
                return Truth::No;
            }
            rest = tail;
        }
        Truth::known(rest.is_empty())
    }
}

fn text_of<'a>(part: &'a TemplatePart, variables: &Variables<'a>) -> &'a str {
    match part {
        TemplatePart::Literal(text) => text,
        TemplatePart::Variable(variable) => variables.get(*variable).unwrap_or(""),
    }
}

/// The first variable, by name, that has no value.
fn unresolved(template: &Template, variables: &Variables<'_>) -> Option<Variable> {
    let used = template.parts.iter().filter_map(|part| match part {
        TemplatePart::Variable(variable) => Some(*variable),
        TemplatePart::Literal(_) => None,
    });
    used.filter(|variable| variables.get(*variable).is_none()).min_by_key(|variable| variable.as_str())
}

/// A pattern that may hold variables: `*` is any text, what is substituted is literal.
#[derive(Debug)]
pub(super) enum Pattern {
    Fixed(Glob),
    WithVariables(Template),
}

impl Heap for Pattern {
    fn heap(&self) -> usize {
        match self {
            Pattern::Fixed(glob) => glob.heap(),
            Pattern::WithVariables(template) => template.heap(),
        }
    }
}

impl Heap for Glob {
    fn heap(&self) -> usize {
        self.literals().map(|text| size_of::<Box<str>>() + text.len()).sum()
    }
}

impl Heap for Texts {
    fn heap(&self) -> usize {
        let fixed = match &self.fixed {
            Fixed::Few(fixed) => fixed.heap(),
            Fixed::Many(fixed) => fixed.heap(),
        };
        fixed + self.with_variables.heap()
    }
}

impl Pattern {
    pub(super) fn new(template: &Template) -> Self {
        match template.literal() {
            Some(text) => Pattern::Fixed(Glob::new(text)),
            None => Pattern::WithVariables(template.clone()),
        }
    }

    /// Whether it covers the text. Where a variable has no value it is open; `key` is what to name, else the
    /// variable's own name.
    pub(super) fn covers<'a>(
        &self,
        text: &str,
        variables: &Variables<'_>,
        key: Option<&'a str>,
    ) -> Truth<'a> {
        let template = match self {
            Pattern::Fixed(glob) => return Truth::known(glob.matches(text)),
            Pattern::WithVariables(template) => template,
        };
        if let Some(variable) = unresolved(template, variables) {
            let key = key.unwrap_or_else(|| variable.as_str());
            return Truth::Open(Cause { variable: Some(variable), key });
        }
        let pieces = template.parts.iter().map(|part| match part {
            TemplatePart::Literal(text) => Piece::Pattern(text),
            TemplatePart::Variable(variable) => Piece::Literal(variables.get(*variable).unwrap_or("")),
        });
        Truth::known(Glob::from_pieces(pieces).matches(text))
    }

    /// The pattern as it is written.
    pub(super) fn written(&self) -> String {
        match self {
            Pattern::Fixed(glob) => glob.written(),
            Pattern::WithVariables(template) => template.written(),
        }
    }

    /// The text that whatever it covers, or may cover, begins with: one with a variable may be open for every text.
    pub(super) fn prefix(&self) -> &str {
        match self {
            Pattern::Fixed(glob) => glob.prefix(),
            Pattern::WithVariables(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], fold: bool, text: &str, expected: Truth<'_>) {
        let templates: Vec<Template> = values.iter().map(|v| Template::parse(v).unwrap()).collect();
        let variables = Variables { uin: Some("7A*"), ..Variables::default() };
        let found = Texts::new(&templates, fold).hold(text, &variables, "k");
        assert_eq!(found, expected, "{values:?} {text}");
    }

    #[test]
    fn equality_with_and_without_variables() {
        let open = |variable| Truth::Open(Cause { variable: Some(variable), key: "k" });
        check(&["a", "b"], false, "b", Truth::Yes);
        check(&["a", "b"], false, "B", Truth::No);
        check(&["a", "B"], true, "b", Truth::Yes);
        check(&["É"], true, "é", Truth::No);
        check(&["x/${uin}/y"], false, "x/7A*/y", Truth::Yes);
        check(&["x/${uin}/y"], false, "x/7A*/yy", Truth::No);
        check(&["x/${uin}/y"], true, "X/7a*/Y", Truth::Yes);
        check(&["a*"], false, "ab", Truth::No);
        check(&["a", "${owner_uin}"], false, "a", Truth::Yes);
        check(&["a", "${owner_uin}"], false, "b", open(Variable::OwnerUin));
        check(&["${owner_uin}${app_id}"], false, "b", open(Variable::AppId));
        let many: Vec<String> = (0..100).map(|i| format!("V{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        check(&many, false, "V99", Truth::Yes);
        check(&many, false, "v99", Truth::No);
        check(&many, true, "v99", Truth::Yes);
        check(&["é${uin}"], false, "é", Truth::No);
    }

    #[test]
    fn patterns_with_variables() {
        let pattern = |text: &str| Pattern::new(&Template::parse(text).unwrap());
        let variables = Variables { uin: Some("7*"), ..Variables::default() };
        assert_eq!(pattern("u/${uin}/*").covers("u/7*/x", &variables, None), Truth::Yes);
        assert_eq!(pattern("u/${uin}/*").covers("u/77/x", &variables, None), Truth::No);
        let open = pattern("${app_id}").covers("x", &variables, None);
        assert_eq!(open, Truth::Open(Cause { variable: Some(Variable::AppId), key: "app_id" }));
        assert_eq!(pattern("ab${uin}").prefix(), "");
        assert_eq!(pattern("ab").prefix(), "ab");
    }
}
