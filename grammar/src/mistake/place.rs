//! Statements and principals where they do not belong.

use super::mend;
use super::scene::{Scene, Word};
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::scan::piece::Block;
use crate::text::excerpt;
use crate::word;

/// `allow user 100001 QueryArea` in a test.
pub(super) fn effect_in_test(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    if scene.piece.block != Block::Test || !scene.at_head() || !word::is_effect(scene.found.text) {
        return None;
    }
    let may = if scene.found.text == "deny" { "may not" } else { "may" };
    let diagnostic = scene.error(code::EFFECT_IN_TEST, &scene.found, "a case says what a caller may do");
    let Some(caller) = Caller::read(scene) else {
        return Some(diagnostic.help(format!("write `user NAME {may} ACTIONS`")));
    };
    let rest = scene.slice(caller.end, scene.piece.end);
    let title = format!("write `{} {may}{}`", scene.slice(caller.start, caller.end), excerpt(rest));
    let edits = vec![
        (scene.span(scene.found.start, caller.start), String::new()),
        (scene.span(caller.end, caller.end), format!(" {may}")),
    ];
    Some(mend(diagnostic, title, Safety::Safe, edits))
}

/// `allow read` outside of any policy.
pub(super) fn statement_outside_policy(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let outside = matches!(scene.piece.block, Block::File | Block::People);
    if !outside || !scene.at_head() || !word::is_effect(scene.found.text) {
        return None;
    }
    let written = excerpt(scene.slice(scene.piece.body, scene.piece.end));
    let help = format!("write `policy NAME {{ {written} }}`, and `attach NAME` to whom it is for");
    Some(
        scene
            .error(code::STATEMENT_OUTSIDE_POLICY, &scene.found, "a statement stands in a policy")
            .help(help),
    )
}

/// `allow user 100001 read`
pub(super) fn principal_in_policy(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let after_effect = word::is_effect(scene.previous.text) && scene.previous.start == scene.head.start;
    let principal = matches!(scene.found.text, "user" | "group" | "role");
    if !scene.in_policy() || !after_effect || !principal {
        return None;
    }
    let caller = Caller::read(scene)?;
    let rest = excerpt(scene.slice(caller.end, scene.piece.end).trim());
    let rest = if rest.is_empty() { "ACTIONS".to_owned() } else { rest };
    let (effect, who) = (scene.previous.text, scene.slice(caller.start, caller.end));
    let help = format!("write `{effect} {rest}` here, and outside `{} {{ attach NAME }}`", excerpt(who));
    let message = "a statement does not say for whom: a policy is attached";
    Some(scene.error(code::PRINCIPAL_IN_POLICY, &scene.found, message).help(help))
}

/// `set use = "cvm"`
pub(super) fn use_as_setting(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let sets = scene.previous.text == "set" && scene.previous.start == scene.head.start;
    if !sets || scene.found.text != "use" {
        return None;
    }
    let message = "`use` is no setting of a file: it is an item of its own";
    Some(scene.error(code::SYNTAX, &scene.found, message).help("write `use SERVICE`"))
}

/// `root`, or a kind and a name.
struct Caller {
    start: usize,
    end: usize,
}

impl Caller {
    /// The caller after `allow` or `deny`, the last of which is found or passed.
    fn read(scene: &Scene<'_, '_>) -> Option<Caller> {
        let mut words = scene.words_from(scene.head.end);
        let kind = words.next()?;
        match kind.text {
            "root" => Some(Caller { start: kind.start, end: kind.end }),
            "user" | "group" | "role" | "policy" => {
                let is_name = |word: &Word<'_>| word.is_text() || word.is_free_run();
                let name = words.next().filter(is_name)?;
                Some(Caller { start: kind.start, end: name.end })
            }
            _ => None,
        }
    }
}
