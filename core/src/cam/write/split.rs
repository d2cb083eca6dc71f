//! A policy as several documents, each within the provider's size.
//!
//! Statements of two policies decide as those of one (semantics §2), so documents are filled in order, each with as many
//! statements as have room; a statement that has no room in a document of its own is divided first (`divide`).

use super::body::Body;
use super::divide::divide;
use super::{bodies, counted_chars, document, export, head, kept};
use crate::catalog::Catalogs;
use crate::findings::Findings;
use crate::model::{Policy, PolicyKind};
use passgate_grammar::{Diagnostic, Sources, code, limits};

/// Writes a policy as CAM documents of which none is above the provider's size limit; one where it has room.
///
/// All of them together, attached wherever the policy is, decide every request as it does. What is told is what
/// [`export`] tells; and `limit` for a statement that has no room in a document and cannot be divided without another
/// meaning, or a policy of more documents than a set holds files. Trust and resource policies have no such limit.
///
/// ```
/// use passgate::cam;
/// use passgate::catalog::Catalogs;
/// use passgate::grammar::Sources;
/// use passgate::model::PolicyKind;
/// let mut sources = Sources::new();
/// let names: Vec<String> = (0..600).map(|n| format!("\"cvm:Describe{n}\"")).collect();
/// let text = format!(
///     r#"{{"version":"2.0","statement":{{"effect":"allow","action":[{}],"resource":"*"}}}}"#,
///     names.join(",")
/// );
/// let id = sources.add("doc.json", text);
/// let policy = cam::read(&sources, id, PolicyKind::Identity, "doc").0.unwrap();
/// let (documents, told) = cam::export_split(&policy, &sources, &Catalogs::empty());
/// assert!(documents.unwrap().len() == 2 && told.is_empty());
/// ```
pub fn export_split(
    policy: &Policy,
    sources: &Sources,
    catalogs: &Catalogs,
) -> (Option<Vec<String>>, Vec<Diagnostic>) {
    export_within(limits::CAM_CHARS, policy, sources, catalogs)
}

/// As [`export_split`], for another size limit: as many characters as that a document, JSON white space not counted.
pub fn export_within(
    chars: usize,
    policy: &Policy,
    sources: &Sources,
    catalogs: &Catalogs,
) -> (Option<Vec<String>>, Vec<Diagnostic>) {
    split_within(Room { documents: limits::SET_FILES, chars }, policy, sources, catalogs)
}

/// How many documents there may be, and of how many characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) documents: usize,
    pub(super) chars: usize,
}

pub(super) fn split_within(
    within: Room,
    policy: &Policy,
    sources: &Sources,
    catalogs: &Catalogs,
) -> (Option<Vec<String>>, Vec<Diagnostic>) {
    let fits = |text: &str| counted_chars(text) <= within.chars;
    if policy.kind != PolicyKind::Identity || kept(policy, sources).is_some_and(fits) {
        let (text, told) = export(policy, sources, catalogs);
        return (text.map(|text| vec![text]), told);
    }
    let mut findings = Findings::default();
    let documents = documents(within, policy, catalogs, &mut findings);
    let refused = findings.refused();
    (documents.filter(|_| !refused), findings.finish())
}

fn documents(
    within: Room,
    policy: &Policy,
    catalogs: &Catalogs,
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let bodies = bodies(policy, catalogs, findings)?;
    let most = within.documents;
    let room = within.chars.saturating_sub(counted_chars(&document(policy, std::iter::empty())));
    let (mut divided, mut whole) = (Vec::with_capacity(bodies.len()), true);
    for body in bodies {
        match divide(body, room, most) {
            Ok(parts) => divided.extend(parts),
            Err(part) => {
                whole = false;
                findings.push(indivisible(&part, room));
            }
        }
    }
    let documents = packed(&divided, room);
    if documents.len() > most {
        let message = format!("`{}` has no room in {most} CAM documents", policy.name);
        findings.push(Diagnostic::error(code::LIMIT, head(policy.span), message));
        return None;
    }
    let texts = documents.iter().map(|part| document(policy, part.iter().map(Body::json)));
    whole.then(|| texts.collect())
}

/// Statements in order, as many to a document as have room.
fn packed(bodies: &[Body], room: usize) -> Vec<&[Body]> {
    let mut documents = Vec::new();
    let (mut first, mut used) = (0, 0);
    for (place, body) in bodies.iter().enumerate() {
        let count = body.count();
        // A comma stands before all but the first.
        if used > 0 && used + 1 + count > room {
            documents.extend(bodies.get(first..place));
            (first, used) = (place, 0);
        }
        used += count + usize::from(used > 0);
    }
    documents.extend(bodies.get(first..));
    documents
}

fn indivisible(part: &Body, room: usize) -> Diagnostic {
    let message = format!(
        "`{}` has no room in a CAM document: what cannot be divided of it has {} characters, {room} have room",
        part.id,
        part.count()
    );
    let why = "a statement is divided by its actions, its resources and the values of a condition of which any may hold; \
               not by values that all count, as after `not` and `every`, nor where a request at fault would be told another fault";
    Diagnostic::error(code::LIMIT, part.span, message)
        .because(why)
        .help("shorten it: an action pattern for many names, a wider prefix for many addresses")
}

#[cfg(test)]
mod tests;
