//! Conversions between CAM JSON and `.gate` proved, for the documents at hand: what came out decides every request as
//! what went in, and so does what it is converted back to.

use crate::analysis::alike::{Verdict, alike};
use crate::cam;
use crate::catalog::Catalogs;
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::model::resolve::{Documents, Input, resolve};
use crate::model::{Model, Opaque, Policy, Settings, Statement, Whom};
use passgate_grammar::{Diagnostic, SourceId, Sources, parse};
use std::fmt;
use std::sync::Arc;

/// What is proved of one conversion.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The policy.
    pub policy: Arc<str>,
    /// What went in, against what came out.
    pub there: Verdict,
    /// What came out, against what it is converted back to.
    pub back: Verdict,
    /// Whether a trust or resource policy still speaks to the same principals, statement by statement.
    pub principals: bool,
}

impl Proof {
    /// Whether every request is decided alike, for certain.
    pub fn holds(&self) -> bool {
        self.principals && self.there.holds() && self.back.holds()
    }

    /// Whether a request was found that is decided otherwise.
    pub fn fails(&self) -> bool {
        let differs = |verdict: &Verdict| matches!(verdict, Verdict::Different { .. });
        !self.principals || differs(&self.there) || differs(&self.back)
    }

    /// Appends the proof as JSON: `{"policy","proved","there":{…},"back":{…}}`. Each way is `alike`, `different` or
    /// `undecided`, with the classes of actions that were looked at, those that were searched, and the sentence.
    pub fn write_json(&self, out: &mut String) {
        out.push_str("{\"policy\":");
        crate::check::write_text(&self.policy, out);
        out.push_str(&format!(",\"proved\":{},\"principals\":{}", self.holds(), self.principals));
        for (way, verdict) in [("there", &self.there), ("back", &self.back)] {
            let (word, counts) = match verdict {
                Verdict::Alike { classes, searched } => {
                    ("alike", format!("\"classes\":{classes},\"searched\":{searched},"))
                }
                Verdict::Different { .. } => ("different", String::new()),
                Verdict::Undecided { .. } => ("undecided", String::new()),
            };
            out.push_str(&format!(",\"{way}\":{{\"verdict\":\"{word}\",{counts}\"message\":"));
            crate::check::write_text(&verdict.to_string(), out);
            out.push('}');
        }
        out.push('}');
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::model::read::shown(&self.policy);
        if self.holds() {
            return write!(f, "proved: `{name}`: every request is decided alike, there and back");
        }
        let word = if self.fails() { "refuted" } else { "proved in part" };
        let told = match (&self.there, self.principals) {
            (_, false) => "a statement speaks to other principals".to_owned(),
            (Verdict::Alike { .. }, true) => format!("back again, {}", self.back),
            (there, true) => there.to_string(),
        };
        write!(f, "{word}: `{name}`: {told}")
    }
}

/// Proves that the text of an import decides as its documents do, and that its export does. Services without a catalog
/// are matched by text.
///
/// # Errors
/// `bad-policy` where the text is refused as a policy set: so are the documents then, in the same place (an action that
/// differs from a catalogued one in case).
pub fn prove_import(policies: &[Policy], text: &str, catalogs: &Catalogs) -> Result<Vec<Proof>> {
    let settings = Settings { opaque: Opaque::All, ..Settings::default() };
    let imported = resolved(text, catalogs, &settings)?;
    let mut proofs = Vec::with_capacity(policies.len());
    for policy in policies {
        let came: Vec<Policy> = imported.iter().filter(|p| p.name == policy.name).cloned().collect();
        let back = reread(&exported(&came, catalogs)?, policy)?;
        proofs.push(proof(policy, &came, &back, catalogs, &settings));
    }
    Ok(proofs)
}

/// Proves that documents which a policy of a set was exported as decide, all together, as it does, and that their import
/// does.
///
/// # Errors
/// `bad-policy` where a document is refused, which none is.
pub fn prove_export(model: &Model, policy: &Policy, documents: &[String]) -> Result<Proof> {
    let came = reread(documents, policy)?;
    let (text, _) = cam::to_gate(&came, &model.catalogs);
    let back = resolved(&text, &model.catalogs, &model.settings)?;
    Ok(proof(policy, &came, &back, &model.catalogs, &model.settings))
}

fn proof(
    policy: &Policy,
    came: &[Policy],
    back: &[Policy],
    catalogs: &Catalogs,
    settings: &Settings,
) -> Proof {
    let of = |policies: &'_ [Policy]| policies.iter().flat_map(|p| p.statements.clone()).collect::<Vec<_>>();
    let sides = [policy.statements.clone(), of(came), of(back)];
    let [there, out, again] = sides.each_ref().map(|side| side.iter().collect::<Vec<&Statement>>());
    let named = !policy.statements.iter().all(|s| s.principals.is_empty());
    Proof {
        policy: policy.name.clone(),
        there: alike(&there, &out, catalogs, settings),
        back: alike(&out, &again, catalogs, settings),
        principals: !named
            || principals(&there) == principals(&out) && principals(&out) == principals(&again),
    }
}

/// Whom each statement speaks to, in an order of its own.
fn principals<'s>(statements: &[&'s Statement]) -> Vec<Vec<(&'s str, &'s str)>> {
    let spoken_to = |statement: &&'s Statement| {
        let mut all: Vec<(&str, &str)> = statement.principals.iter().map(named).collect();
        all.sort_unstable();
        all
    };
    statements.iter().map(spoken_to).collect()
}

fn named(whom: &Whom) -> (&str, &str) {
    match whom {
        Whom::Anyone => ("", "*"),
        Whom::Named { kind, text } => (kind, text),
    }
}

/// The documents of policies.
fn exported(policies: &[Policy], catalogs: &Catalogs) -> Result<Vec<String>> {
    let sources = Arc::new(Sources::new());
    let mut texts = Vec::with_capacity(policies.len());
    for policy in policies {
        match cam::export(policy, &sources, catalogs) {
            (Some(text), _) => texts.push(text),
            (None, told) => return Err(Error::refused(told, sources)),
        }
    }
    Ok(texts)
}

/// Documents read as policies of the kind and name of another; of several each with its number.
fn reread(documents: &[String], of: &Policy) -> Result<Vec<Policy>> {
    let mut sources = Sources::new();
    let (mut policies, mut told) = (Vec::new(), Vec::new());
    for (number, text) in documents.iter().enumerate() {
        let name = if number == 0 { of.name.to_string() } else { format!("{}-{}", of.name, number + 1) };
        let id = sources.add(format!("{name}.json"), text.as_str());
        let (policy, found) = cam::read(&sources, id, of.kind, &name);
        policies.extend(policy);
        told.extend(found);
    }
    if policies.len() < documents.len() {
        return Err(Error::refused(told, Arc::new(sources)));
    }
    Ok(policies)
}

/// The policies of a text that stands alone.
fn resolved(text: &str, catalogs: &Catalogs, settings: &Settings) -> Result<Vec<Policy>> {
    let mut sources = Sources::new();
    let id: SourceId = sources.add("import.gate", text);
    let parsed = parse::parse(&sources, id);
    let mut findings = Findings::default();
    findings.extend(parsed.diagnostics);
    let files = [parsed.file];
    let input = Input { sources: &sources, files: &files, catalogs, settings };
    let policies = resolve(input, Documents::default(), &mut findings).policies;
    let told: Vec<Diagnostic> = findings.finish();
    if told.iter().any(Diagnostic::refuses) {
        return Err(Error::refused(told, Arc::new(sources)));
    }
    Ok(policies)
}

#[cfg(test)]
mod tests;
