//! Actions that are none: wildcards and characters that patterns do not have.

use super::mend;
use super::scene::{Place, Scene};
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::text::{self, excerpt};

/// `Query?ser`
pub(super) fn question_mark(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let at = found.text.find('?')?;
    if scene.place != Place::Actions {
        return None;
    }
    let span = scene.span(found.start + at, found.start + at + 1);
    let pattern = excerpt(&found.text.replace('?', "*"));
    let message = "`?` is not a wildcard, here or in CAM; only `*` is";
    let help = format!("write the names, or a pattern with `*` such as `{pattern}`");
    Some(Diagnostic::error(code::QUESTION_MARK, span, message).help(help))
}

/// `CVM:Describe`, `*:Name`, `cvm:`, `forge:issues/list`
pub(super) fn bad_action(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    if scene.place != Place::Actions || !found.is_free_run() || !scene.wants_term() {
        return None;
    }
    let (service, pattern) = match found.text.split_once(':') {
        Some((service, pattern)) => (Some(service), pattern),
        None => (None, found.text),
    };
    let error = |message: String| scene.error(code::BAD_ACTION, found, message);
    let Some(service) = service else {
        let message = format!("`{}` is no name of an action or set", excerpt(found.text));
        return Some(error(message).help(
            "an action is written `service:Name`; a name with other characters `service:\"issues/list\"`",
        ));
    };
    if service.contains('*') {
        let message = "a service has no wildcards: `*` alone is every action of every service";
        return Some(error(message.to_owned()).help("write the actions of each service"));
    }
    let lower = service.to_ascii_lowercase();
    if lower != service && text::is_service(&lower) {
        let diagnostic = error(format!("a service is written in lower case: `{}`", excerpt(service)));
        let edit = (scene.span(found.start, found.start + service.len()), lower.clone());
        return Some(mend(
            diagnostic,
            format!("write `{lower}:{}`", excerpt(pattern)),
            Safety::Unsafe,
            vec![edit],
        ));
    }
    if pattern.is_empty() || service.is_empty() {
        return Some(
            error("an action is a service, a colon and a name".to_owned()).help("write `service:Name`"),
        );
    }
    let quoted = text::write_action(service, pattern);
    let diagnostic = error(format!("`{}` has characters that are written in quotes", excerpt(found.text)));
    let edit = (scene.span_of(found), quoted.clone());
    Some(mend(diagnostic, format!("write `{}`", excerpt(&quoted)), Safety::Safe, vec![edit]))
}
