//! The one door for other languages: a question by its name, with its options as JSON; the answer as JSON.
//!
//! A question stands in [`QUESTIONS`] with the function of its `json.rs` that reads its options, asks it and writes the
//! answer. No question is answered here, and no gate is loaded.

mod options;
#[cfg(test)]
mod tests;

pub(super) use options::read;

use super::{
    conflicts, diff, drift, explain, exposure, forecast, lock, minimize, prove, roles, suggest, what, who,
};
use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::json::{Value, parse};
use crate::model::read::shown;
use crate::nearest::nearest;

/// Reads the options of a question, asks it of the gates and writes the answer.
type Ask = fn(&[&Gate], &Value<'_>) -> Result<String>;

/// Every question by its name, which is also that of the command and of the methods in other languages.
const QUESTIONS: [(&str, Ask); 13] = [
    ("conflicts", conflicts::ask),
    ("diff", diff::ask),
    ("drift", drift::ask),
    ("explain", explain::ask),
    ("exposure", exposure::ask),
    ("forecast", forecast::ask),
    ("lock", lock::ask),
    ("minimize", minimize::ask),
    ("prove", prove::ask),
    ("roles", roles::ask),
    ("suggest", suggest::ask),
    ("what", what::ask),
    ("who", who::ask),
];

/// The names of all questions, in the order of the alphabet.
///
/// ```
/// use passgate::analysis::wire::questions;
/// assert!(questions().any(|name| name == "who"));
/// ```
pub fn questions() -> impl Iterator<Item = &'static str> {
    QUESTIONS.iter().map(|(name, _)| *name)
}

/// Answers a question about one policy set, or about as many as it speaks of.
///
/// `options` is a JSON object of the question's options; a member that is null is not given. The answer is the JSON that
/// the question's command writes with `--format json`.
///
/// ```
/// use passgate::{ErrorCode, Gate, analysis::wire::answer};
/// let gate = Gate::compile("use intlpartnersmgt policy p { allow PayOrders } user 1 { attach p }")?;
/// let told = answer(&[&gate], "who", r#"{"action": "PayOrders", "ip": null}"#)?;
/// assert!(told.starts_with(r#"{"action":"intlpartnersmgt:PayOrders","ip":null"#));
///
/// let slip = answer(&[&gate], "who", r#"{"actoin": "PayOrders"}"#).unwrap_err();
/// assert_eq!((slip.code(), slip.nearest()), (ErrorCode::BadRequest, &["action".to_owned()][..]));
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-request` for a question or option that there is not (with the nearest spellings), an option that is missing or of
/// another type, options that are no JSON object, or another number of gates; and those of the question.
pub fn answer(gates: &[&Gate], question: &str, options: &str) -> Result<String> {
    let options = parse(options).map_err(|error| {
        Error::new(ErrorCode::BadRequest, format!("the options of a question are no JSON: {}", error.message))
    })?;
    answer_value(gates, question, &options)
}

/// As [`answer`], with the options as a value that was read or made.
///
/// # Errors
/// Those of [`answer`].
pub fn answer_value(gates: &[&Gate], question: &str, options: &Value<'_>) -> Result<String> {
    let asked = QUESTIONS.iter().find(|(name, _)| *name == question);
    let (_, ask) = asked.ok_or_else(|| unknown(question))?;
    ask(gates, options)
}

#[cold]
fn unknown(question: &str) -> Error {
    let message = format!("there is no question `{}`", shown(question));
    Error::new(ErrorCode::BadRequest, message).with_key(question).with_nearest(nearest(question, questions()))
}

/// The gates of a question that is asked of `N` of them.
///
/// # Errors
/// `bad-request` for another number.
pub(super) fn gates<'g, const N: usize>(question: &str, gates: &[&'g Gate]) -> Result<[&'g Gate; N]> {
    gates.try_into().map_err(|_| miscounted(question, &N.to_string(), gates.len()))
}

/// That a question is asked of another number of gates than `wanted` says.
#[cold]
pub(super) fn miscounted(question: &str, wanted: &str, given: usize) -> Error {
    let message = format!("`{question}` is asked of {wanted} policy set(s), not of {given}");
    Error::new(ErrorCode::BadRequest, message).with_key(question)
}
