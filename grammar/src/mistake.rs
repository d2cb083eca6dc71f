//! Mistakes that authors make, told in their words: what is wrong, and how to mend it. One topic a file.
//!
//! The grammar stops at a token; the token, what stands around it and what could stand there choose the message.
//! Where no mistake is known, `parse` says what is expected.

mod action;
mod condition;
mod foreign;
mod json;
mod list;
pub(crate) mod lookalike;
mod place;
mod quote;
mod scene;
mod set;
mod sign;
mod spelling;
mod value;

use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::source::Span;
pub(crate) use scene::{Place, Scene, Stop};

/// Looks for a mistake where the grammar stopped.
type Look = for<'s, 't, 'p> fn(&'s Scene<'t, 'p>) -> Option<Diagnostic>;

/// All looks; the first that sees its mistake tells it.
const LOOKS: &[Look] = &[
    json::json_in_gate,
    lookalike::lookalike,
    place::effect_in_test,
    place::statement_outside_policy,
    place::principal_in_policy,
    place::use_as_setting,
    foreign::statement_word,
    foreign::clause_word,
    foreign::condition_word,
    foreign::caller_word,
    foreign::import_word,
    spelling::capital_keyword,
    quote::wrong_quotes,
    quote::unquoted_resource,
    condition::equals_sign,
    condition::comma_in_when,
    condition::or_in_when,
    condition::and_in_unless,
    condition::list_after_in,
    condition::clause_in_when,
    set::only_from,
    set::except_twice,
    set::negated_action,
    set::any_or_all,
    list::trailing_comma,
    list::and_in_list,
    sign::ampersand,
    sign::comment_sign,
    sign::colon_or_arrow,
    sign::block_missing,
    sign::other_sign,
    action::question_mark,
    action::bad_action,
    value::unquoted_value,
    value::quoted_instant,
    quote::reserved_name,
    quote::unquoted_name,
    quote::set_name,
    spelling::misspelt_keyword,
    list::missing_comma,
];

/// The mistake made where the grammar stopped, if it is a known one.
pub(crate) fn explain(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    LOOKS.iter().find_map(|look| look(scene))
}

/// Adds a fix and says it as help.
fn mend(
    diagnostic: Diagnostic,
    title: impl Into<String>,
    safety: Safety,
    edits: Vec<(Span, String)>,
) -> Diagnostic {
    let title = title.into();
    let mut diagnostic = if diagnostic.help.is_none() { diagnostic.help(title.clone()) } else { diagnostic };
    let edits = edits.into_iter().map(|(span, text)| Edit { span, text }).collect();
    diagnostic.fixes.push(Fix { title, edits, safety });
    diagnostic
}
