//! Names of condition operators (semantics §5): qualifier, operator, `_if_exist`.

use super::place::{Place, refuse, shown};
use crate::model::{Comparison, Qualifier};
use crate::nearest::nearest;
use passgate_grammar::{Diagnostic, Safety, code, limits};

/// An operator without its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `string_equal` and the three beside it.
    Text {
        /// `not`
        negated: bool,
        /// `_ignore_case`
        ignore_case: bool,
    },
    /// `string_like`, `string_not_like`
    Like {
        /// `not`
        negated: bool,
    },
    /// `binary_equal`
    Binary,
    /// `numeric_*`
    Number(Comparison),
    /// `date_*`
    Date(Comparison),
    /// `bool_equal`
    Bool,
    /// `ip_equal`, `ip_not_equal`
    Ip {
        /// `not`
        negated: bool,
    },
    /// `null_equal`
    Null,
}

/// Every operator with its name in CAM JSON.
pub const OPERATORS: [(&str, Operator); 23] = [
    ("string_equal", Operator::Text { negated: false, ignore_case: false }),
    ("string_not_equal", Operator::Text { negated: true, ignore_case: false }),
    ("string_equal_ignore_case", Operator::Text { negated: false, ignore_case: true }),
    ("string_not_equal_ignore_case", Operator::Text { negated: true, ignore_case: true }),
    ("string_like", Operator::Like { negated: false }),
    ("string_not_like", Operator::Like { negated: true }),
    ("numeric_equal", Operator::Number(Comparison::Equal)),
    ("numeric_not_equal", Operator::Number(Comparison::NotEqual)),
    ("numeric_less_than", Operator::Number(Comparison::Less)),
    ("numeric_less_than_equal", Operator::Number(Comparison::LessEqual)),
    ("numeric_greater_than", Operator::Number(Comparison::Greater)),
    ("numeric_greater_than_equal", Operator::Number(Comparison::GreaterEqual)),
    ("date_equal", Operator::Date(Comparison::Equal)),
    ("date_not_equal", Operator::Date(Comparison::NotEqual)),
    ("date_less_than", Operator::Date(Comparison::Less)),
    ("date_less_than_equal", Operator::Date(Comparison::LessEqual)),
    ("date_greater_than", Operator::Date(Comparison::Greater)),
    ("date_greater_than_equal", Operator::Date(Comparison::GreaterEqual)),
    ("bool_equal", Operator::Bool),
    ("binary_equal", Operator::Binary),
    ("ip_equal", Operator::Ip { negated: false }),
    ("ip_not_equal", Operator::Ip { negated: true }),
    ("null_equal", Operator::Null),
];

const ANY: &str = "for_any_value:";
const ALL: &str = "for_all_value:";
const IF_EXIST: &str = "_if_exist";

impl Operator {
    /// Its name in CAM JSON.
    pub fn name(self) -> &'static str {
        OPERATORS.iter().find(|(_, o)| *o == self).map_or("", |(name, _)| name)
    }

    /// The operator of this name.
    pub fn named(name: &str) -> Option<Operator> {
        OPERATORS.iter().find(|(n, _)| *n == name).map(|(_, o)| *o)
    }
}

/// An operator with what may stand around it: `for_any_value:string_equal_if_exist`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OperatorForm {
    /// `for_any_value:` or `for_all_value:`
    pub qualifier: Option<Qualifier>,
    /// The operator.
    pub operator: Operator,
    /// `_if_exist`
    pub if_exist: bool,
}

impl std::fmt::Display for OperatorForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.qualifier {
            None => "",
            Some(Qualifier::Any) => ANY,
            Some(Qualifier::All) => ALL,
        })?;
        f.write_str(self.operator.name())?;
        f.write_str(if self.if_exist { IF_EXIST } else { "" })
    }
}

/// Reads an operator's name with its qualifier and suffix.
///
/// Pushes `keyword-case` for the right name in a wrong case (`NumericLessThan`), `unknown-operator` with the nearest
/// names for another, or for `null_equal` with a qualifier or `_if_exist`. A name in the wrong case is still handed
/// back, so that its values are read too; the diagnostic refuses it.
///
/// ```
/// use passgate::grammar::{SourceId, Span};
/// use passgate::model::read::{Place, read_operator};
/// let place = Place::new(Span::new(SourceId(0), 0, 12));
/// let form = read_operator("for_any_value:string_equal", place, &mut Vec::new()).unwrap();
/// assert_eq!(form.to_string(), "for_any_value:string_equal");
/// ```
pub fn read_operator(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<OperatorForm> {
    let form = match parse(text) {
        Some(form) => form,
        None => {
            let lower = snake(text);
            let Some(form) = parse(&lower) else { return refuse(out, unknown(text, place, out.len())) };
            let fault =
                place.error(code::KEYWORD_CASE, format!("`{}`: operators are lower case", shown(text)));
            let fault = fault.help(format!("write `{lower}`"));
            let edit = format!("\"{lower}\"");
            out.push(fault.fix(format!("`{lower}`"), place.span, edit, Safety::Safe).nearest([lower]));
            form
        }
    };
    if form.operator == Operator::Null && (form.if_exist || form.qualifier.is_some()) {
        let message = format!("`{}`: `null_equal` takes neither a qualifier nor `_if_exist`", shown(text));
        let fault = place.error(code::UNKNOWN_OPERATOR, message);
        return refuse(out, fault.help("write `null_equal`: it asks whether the key is absent"));
    }
    Some(form)
}

fn parse(text: &str) -> Option<OperatorForm> {
    let (qualifier, rest) = match (text.strip_prefix(ANY), text.strip_prefix(ALL)) {
        (Some(rest), _) => (Some(Qualifier::Any), rest),
        (_, Some(rest)) => (Some(Qualifier::All), rest),
        _ => (None, text),
    };
    let (name, if_exist) = rest.strip_suffix(IF_EXIST).map_or((rest, false), |name| (name, true));
    Some(OperatorForm { qualifier, operator: Operator::named(name)?, if_exist })
}

/// `ForAnyValue:StringEqual` as this language spells words: `for_any_value:string_equal`.
pub(crate) fn snake(text: &str) -> String {
    let mut out = String::new();
    if text.len() > limits::NAME_BYTES {
        return out;
    }
    let mut after_word = false;
    for c in text.chars() {
        let upper = c.is_ascii_uppercase();
        if upper && after_word {
            out.push('_');
        }
        out.push(if c == '-' { '_' } else { c.to_ascii_lowercase() });
        after_word = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    out
}

fn unknown(text: &str, place: Place<'_>, told: usize) -> Diagnostic {
    let fault = place.error(code::UNKNOWN_OPERATOR, format!("`{}` is no condition operator", shown(text)));
    if told >= limits::SHOWN_DIAGNOSTICS {
        return fault;
    }
    let known = known_forms();
    let near = nearest(&snake(text), known.iter().map(String::as_str));
    match near.first() {
        Some(best) => fault.help(format!("did you mean `{best}`?")).nearest(near),
        None => fault.help("operators are `string_equal`, `string_like`, `numeric_equal`, `date_less_than`, `bool_equal`, `ip_equal`, `null_equal` and the like"),
    }
}

/// Every name that an operator can have.
fn known_forms() -> Vec<String> {
    let mut all = Vec::new();
    for qualifier in [None, Some(Qualifier::Any), Some(Qualifier::All)] {
        for if_exist in [false, true] {
            let forms = OPERATORS.map(|(_, operator)| OperatorForm { qualifier, operator, if_exist });
            all.extend(forms.iter().filter(|f| takes_words(f)).map(ToString::to_string));
        }
    }
    all
}

fn takes_words(form: &OperatorForm) -> bool {
    form.operator != Operator::Null || (form.qualifier.is_none() && !form.if_exist)
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::Span;

    fn check(text: &str, expected: Result<&str, (&str, Option<&str>)>) {
        let mut out = Vec::new();
        let read = read_operator(text, Place::new(Span::default()), &mut out);
        match (expected, out.first()) {
            (Ok(name), None) => assert_eq!(read.map(|f| f.to_string()).as_deref(), Some(name), "{text:?}"),
            (Err(fault), Some(told)) => {
                let near = told.nearest.first().map(String::as_str);
                assert_eq!((told.code.as_str(), near), fault, "{text:?}");
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn every_form_of_every_operator_is_read_back() {
        let forms = known_forms();
        assert_eq!(forms.len(), 22 * 6 + 1);
        for form in &forms {
            check(form, Ok(form));
        }
    }

    #[test]
    fn the_wrong_case_names_the_right_one() {
        for (text, right) in [
            ("NumericLessThan", "numeric_less_than"),
            ("String_Equal", "string_equal"),
            ("stringEqual", "string_equal"),
            ("string-equal", "string_equal"),
            ("IP_EQUAL", "ip_equal"),
            ("ForAnyValue:StringLike", "for_any_value:string_like"),
            ("string_equal_If_Exist", "string_equal_if_exist"),
        ] {
            check(text, Err(("keyword-case", Some(right))));
        }
    }

    #[test]
    fn other_names_are_unknown_with_the_nearest() {
        for (text, near) in [
            ("StringEquals", Some("string_equal")),
            ("string_equal_if_exists", Some("string_equal_if_exist")),
            ("for_any_values:string_equal", Some("for_any_value:string_equal")),
            ("bool_not_equal", Some("bool_equal")),
            ("", None),
            ("string_equal:for_any_value", None),
            ("null_equal_if_exist", None),
            ("for_all_value:null_equal", None),
        ] {
            check(text, Err(("unknown-operator", near)));
        }
        check(&"x".repeat(1_000_000), Err(("unknown-operator", None)));
    }
}
