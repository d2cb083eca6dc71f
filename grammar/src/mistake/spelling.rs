//! Keywords in the wrong case or misspelt.

use super::mend;
use super::scene::Scene;
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::parse::gate::Rule;
use crate::scan::token::Kind;
use crate::text::excerpt;

/// `Allow read`
pub(super) fn capital_keyword(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let lower = found.text.to_ascii_lowercase();
    if found.kind != Kind::Run || lower == found.text {
        return None;
    }
    let (rule, _) = wanted(scene).find(|(_, word)| *word == lower)?;
    let what = match rule {
        Rule::statement => "begins no statement",
        Rule::clause => "begins no clause",
        _ => "is none",
    };
    let message = format!("keywords are lower case: `{}` {what}", found.text);
    let diagnostic = scene.error(code::CAPITAL_KEYWORD, found, message);
    let edit = (scene.span_of(found), lower.clone());
    Some(mend(diagnostic, format!("write `{lower}`"), Safety::Safe, vec![edit]))
}

/// `allow read form office`
pub(super) fn misspelt_keyword(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let candidate = found.is_free_run() && (3..=12).contains(&found.text.len());
    if !candidate {
        return None;
    }
    let (_, word) = wanted(scene).find(|(_, word)| is_near(found.text, word))?;
    let message = format!("`{}` is no word of this language", excerpt(found.text));
    let diagnostic = scene.error(code::SYNTAX, found, message).nearest([word.to_owned()]);
    let edit = (scene.span_of(found), word.to_owned());
    Some(mend(diagnostic, format!("did you mean `{word}`?"), Safety::Unsafe, vec![edit]))
}

/// The keywords that could stand there, with the rule that begins with them.
fn wanted<'s>(scene: &'s Scene<'_, '_>) -> impl Iterator<Item = (Rule, &'static str)> + 's {
    scene.rules().iter().flat_map(|rule| words(*rule).iter().map(move |word| (*rule, *word)))
}

/// The keywords that a rule begins with.
fn words(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::statement => &["allow", "deny"],
        Rule::clause => {
            &["from", "not", "on", "to", "since", "until", "when", "unless", "at", "with", "because"]
        }
        Rule::define => &["network", "actions", "resources"],
        Rule::policy_head => &["policy", "trust", "resource"],
        Rule::member_head => &["user", "group", "role"],
        Rule::ASSERT => &["assert"],
        Rule::SET => &["set"],
        Rule::TEST => &["test"],
        Rule::USE => &["use"],
        Rule::join => &["in", "attach", "within"],
        Rule::who => &["user", "group", "role", "policy", "root"],
        Rule::given => &["given"],
        Rule::check => &["is", "like", "in", "not"],
        Rule::cond => &["any", "every"],
        Rule::param_type => &["network", "actions", "resources", "instant", "string"],
        Rule::whom => &["anyone", "qcs", "service", "federated"],
        Rule::ONLY => &["only"],
        Rule::EXCEPT => &["except"],
        Rule::AND => &["and"],
        Rule::OR => &["or"],
        Rule::IGNORING => &["ignoring"],
        Rule::CASE => &["case"],
        Rule::TRUE => &["true"],
        Rule::FALSE => &["false"],
        Rule::NOT => &["not"],
        Rule::BYTES => &["bytes"],
        Rule::PRESENT => &["present"],
        Rule::ABSENT => &["absent"],
        Rule::MAY => &["may"],
        Rule::NO => &["no"],
        Rule::ONE => &["one"],
        Rule::EVERYONE => &["everyone"],
        Rule::CAM => &["cam"],
        Rule::FROM => &["from"],
        Rule::POLICY => &["policy"],
        _ => &[],
    }
}

/// One letter changed, left out, added, or two exchanged.
fn is_near(written: &str, word: &str) -> bool {
    let (a, b) = (written.as_bytes(), word.as_bytes());
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(start..).unwrap_or(&[]), b.get(start..).unwrap_or(&[]));
    match (a, b) {
        ([_, a_rest @ ..], [_, b_rest @ ..]) if a_rest == b_rest => true,
        ([_, rest @ ..], other) if rest == other => true,
        (other, [_, rest @ ..]) if other == rest => true,
        ([x, y, a_rest @ ..], [z, w, b_rest @ ..]) => x == w && y == z && a_rest == b_rest,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn one_slip_is_near() {
        for (written, word) in [
            ("form", "from"),
            ("alow", "allow"),
            ("allows", "allow"),
            ("exept", "except"),
            ("xrom", "from"),
            ("fro", "from"),
        ] {
            assert!(is_near(written, word), "{written} {word}");
        }
        for (written, word) in [("room", "from"), ("al", "allow"), ("form", "for"), ("mfro", "from")] {
            assert_eq!(is_near(written, word), word == "for", "{written} {word}");
        }
    }
}
