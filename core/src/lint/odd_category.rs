//! `odd-category`: an allow relies on a category that holds an action whose name says otherwise, such as
//! `ContractModeSwitch` filed under `read` (the words are `catalog::verbs`). A deny that forbids a little more is left
//! alone.
//!
//! Told exactly where an allow covers such an action and would not if its category did not hold it: where that is written,
//! once. A set that takes the action away again (`read except ContractModeSwitch`) says nothing of it, nor one that names
//! it as well.

mod relied;

use super::Lists;
use crate::catalog::{ActionId, Catalogs, verbs};
use crate::model::{ActionKind, Effect, Model, Statement};
use passgate_grammar::{Diagnostic, Span, code};
use relied::Relied;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// How many actions the help names.
const NAMED: usize = 3;

/// What is known of lists of catalogued names and of the texts that gave them.
#[derive(Default)]
pub(super) struct Categories<'a> {
    /// Odd actions of a list.
    odd: HashMap<*const ActionId, Rc<[Odd<'a>]>>,
    told: HashSet<Span>,
    relied: Relied<'a>,
}

/// An action whose name contradicts its category.
pub(super) struct Odd<'a> {
    id: ActionId,
    service: &'a str,
    name: &'a str,
    category: &'a str,
    /// What its name begins or ends with.
    verb: &'a str,
}

impl<'a> Categories<'a> {
    fn odd(&mut self, catalogs: &'a Catalogs, names: &'a [ActionId]) -> Rc<[Odd<'a>]> {
        let found = self.odd.entry(names.as_ptr()).or_insert_with(|| {
            let odd = names.iter().filter_map(|id| {
                let (service, action) = (catalogs.get(id.service)?, catalogs.action(*id)?);
                let verb = verbs::odd(&action.name, &action.category)?;
                let (service, name, category) = (&service.service, &action.name, &action.category);
                Some(Odd { id: *id, service, name, category, verb })
            });
            odd.collect()
        });
        Rc::clone(found)
    }
}

pub(super) fn check<'a>(
    model: &'a Model,
    statement: &'a Statement,
    lists: &mut Lists<'a>,
    out: &mut Vec<Diagnostic>,
) {
    if statement.effect == Effect::Deny || !lists.first_actions(&statement.actions) {
        return;
    }
    for term in statement.actions.iter() {
        let ActionKind::Names(names) = &term.kind else { continue };
        let categories = &mut lists.categories;
        let odd = categories.odd(&model.catalogs, names);
        if odd.is_empty() || !categories.told.insert(term.span) {
            continue;
        }
        let relied = &mut categories.relied;
        let relies = |odd: &&Odd<'a>| !relied.covers_without(model, term.span, odd);
        let relied: Vec<&Odd<'_>> = odd.iter().filter(relies).collect();
        out.extend(told(term.span, &relied));
    }
}

fn told(span: Span, odd: &[&Odd<'_>]) -> Option<Diagnostic> {
    let category = odd.first()?.category;
    let odd: Vec<&Odd<'_>> = odd.iter().filter(|odd| odd.category == category).copied().collect();
    let said: Vec<(&str, &str)> = odd.iter().map(|odd| (odd.name, odd.verb)).collect();
    let names: Vec<&str> = odd.iter().take(NAMED).map(|odd| odd.name).collect();
    let message = verbs::line(category, &said);
    let help = format!(
        "`except {}` takes that away; where it is meant, say so: `@ignore(odd-category, \"…\")`",
        names.join(", ")
    );
    Some(Diagnostic::warning(code::ODD_CATEGORY, span, message).help(help))
}
