//! What the present set grants and a log never used: allows that decided no request, actions of others that none was for.

use super::log::Uses;
use crate::analysis::minimize::atoms::{Atom, Atoms};
use crate::model::{Effect, Model, PolicyKind, Statement};
use passgate_grammar::limits::SUGGEST_UNUSED;
use std::sync::Arc;

/// An allow of the present set of which something was never used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Its policy.
    pub policy: Arc<str>,
    /// `policy#n`, or `policy#id`.
    pub id: Arc<str>,
    /// Name of the file.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Whether it decided no request at all.
    pub whole: bool,
    /// Catalogued actions that it covers.
    pub actions: usize,
    /// Those that no request it decided was for; of many the first.
    pub unused: Vec<String>,
    /// How many there are.
    pub count: usize,
}

pub(super) fn unused(model: &Model, uses: &Uses) -> Vec<Unused> {
    let mut out = Vec::new();
    for policy in model.policies.iter().filter(|policy| policy.kind == PolicyKind::Identity) {
        for statement in policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
            out.extend(of_statement(model, uses, &policy.name, statement));
        }
    }
    out
}

fn of_statement(model: &Model, uses: &Uses, policy: &Arc<str>, statement: &Statement) -> Option<Unused> {
    let used = uses.used.get(&(policy.clone(), statement.id.clone()));
    let names: std::collections::BTreeSet<&str> = used.into_iter().flatten().map(|n| uses.name(*n)).collect();
    let atoms = Atoms::of(&[statement], &model.catalogs, &model.settings);
    let (mut actions, mut count, mut unused) = (0, 0, Vec::new());
    for (atom, _) in &atoms.all {
        let Atom::Known(id) = atom else { continue };
        if !atoms.covered(&statement.actions, atom) {
            continue;
        }
        actions += 1;
        let (service, row) = (model.catalogs.get(id.service)?, model.catalogs.action(*id)?);
        let name = format!("{}:{}", service.service, row.name);
        if !names.contains(name.as_str()) {
            count += 1;
            if unused.len() < SUGGEST_UNUSED {
                unused.push(name);
            }
        }
    }
    if used.is_some() && count == 0 {
        return None;
    }
    let (file, start) =
        (model.sources.name(statement.effect_span), model.sources.start(statement.effect_span));
    Some(Unused {
        policy: policy.clone(),
        id: statement.id.clone(),
        file: file.into(),
        line: start.line,
        column: start.column,
        whole: used.is_none(),
        actions,
        unused,
        count,
    })
}
