//! `too-long`: an identity policy above the provider's limit as a CAM document (semantics §6): the code points of the text
//! that are not JSON white space. A document that is kept is measured as it stands, any other policy as it would be
//! exported.

use super::Lists;
use crate::cam;
use crate::model::{Model, Policy, PolicyKind};
use passgate_grammar::{Diagnostic, Span, code, limits};

pub(super) fn check<'a>(
    model: &'a Model,
    policy: &'a Policy,
    lists: &mut Lists<'a>,
    out: &mut Vec<Diagnostic>,
) {
    if policy.kind != PolicyKind::Identity {
        return;
    }
    let most = limits::CAM_CHARS;
    let Some(source) = policy.document else {
        let count = lists.lengths.policy(policy);
        if count > most {
            let (name, span) = (&policy.name, policy.span);
            let message =
                format!("`{name}` has {count} characters as a CAM document, the provider takes {most}");
            let told = Diagnostic::warning(code::TOO_LONG, span, message);
            out.push(
                told.help("`cam export --split` writes several documents, which together decide as this one"),
            );
        }
        return;
    };
    let count = cam::counted_chars(model.sources.get(source).map_or("", |s| s.text()));
    if count > most {
        let message = format!("the document has {count} characters; the provider takes at most {most}");
        let told = Diagnostic::warning(code::TOO_LONG, Span::new(source, 0, 0), message);
        out.push(told.help("split it into several policies").because("JSON white space is not counted"));
    }
}
