//! `odd-category`: an allow relies on a category that holds an action whose name says otherwise, such as
//! `ContractModeSwitch` filed under `read` (the words are `catalog::verbs`). A deny that forbids a little more is left
//! alone.
//!
//! Told exactly where an action that an allow covers by a category is such a one: where the category stands, once. A
//! set that takes the action away again (`read except ContractModeSwitch`) says nothing of it.

use super::Lists;
use crate::catalog::{ActionId, Catalogs, verbs};
use crate::model::{ActionKind, Effect, Model, NamedValue, Statement};
use passgate_grammar::{Diagnostic, Span, code, limits};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::BitOr;
use std::rc::Rc;

/// How many actions a message names.
const NAMED: usize = 3;

/// What is known of lists of catalogued names and of the texts that gave them.
#[derive(Default)]
pub(super) struct Categories<'a> {
    /// Odd actions of a list.
    odd: HashMap<*const ActionId, Rc<[Odd<'a>]>>,
    told: HashSet<Span>,
    /// Categories that each action set relies on; worked out when first asked for.
    sets: Option<HashMap<&'a str, Mask>>,
}

/// Some of the categories that a verb can contradict, a bit each.
type Mask = u8;

const CATEGORIES: [&str; 3] = ["read", "list", "write"];

fn bit(category: &str) -> Mask {
    CATEGORIES.iter().position(|c| *c == category).map_or(0, |place| 1 << place)
}

struct Odd<'a> {
    name: &'a str,
    category: &'a str,
    /// What its name begins or ends with.
    verb: &'a str,
}

impl<'a> Categories<'a> {
    fn odd(&mut self, catalogs: &'a Catalogs, names: &'a [ActionId]) -> Rc<[Odd<'a>]> {
        let found = self.odd.entry(names.as_ptr()).or_insert_with(|| {
            let actions = names.iter().filter_map(|id| catalogs.action(*id));
            let odd = actions.filter_map(|action| {
                let verb = verbs::odd(&action.name, &action.category)?;
                Some(Odd { name: &action.name, category: &action.category, verb })
            });
            odd.collect()
        });
        Rc::clone(found)
    }

    /// The categories that stand in a text, or in a set that it names.
    fn mask(&mut self, model: &'a Model, span: Span) -> Mask {
        let sets = self.sets.get_or_insert_with(|| sets(model));
        words(model.sources.slice(span))
            .map(|w| bit(w) | sets.get(w).copied().unwrap_or(0))
            .fold(0, BitOr::bitor)
    }
}

/// The words of a text of actions: names of sets, categories and actions.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.:*/\"".contains(c)))
}

/// The categories of every action set. What a set names is looked up until nothing changes: names lead through at most
/// so many names.
fn sets(model: &Model) -> HashMap<&str, Mask> {
    let mut texts: HashMap<&str, Vec<Span>> = HashMap::new();
    for named in &model.named {
        let NamedValue::Actions(terms) = &named.value else { continue };
        let listed = terms.iter().filter(|term| matches!(term.kind, ActionKind::Names(_)));
        texts.insert(&named.name, listed.map(|term| term.span).collect());
    }
    let mut masks: HashMap<&str, Mask> = texts.keys().map(|name| (*name, 0)).collect();
    let mut links: Vec<(&str, &str)> = Vec::new();
    for (name, spans) in &texts {
        for word in spans.iter().flat_map(|span| words(model.sources.slice(*span))) {
            if texts.contains_key(word) {
                links.push((name, word));
            }
            if let Some(mask) = masks.get_mut(name) {
                *mask |= bit(word);
            }
        }
    }
    for _ in 0..=limits::NAME_DEPTH {
        let mut changed = false;
        for (name, word) in &links {
            let of = masks.get(word).copied().unwrap_or(0);
            if let Some(mask) = masks.get_mut(name) {
                changed |= *mask | of != *mask;
                *mask |= of;
            }
        }
        if !changed {
            break;
        }
    }
    masks
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
        let mask = categories.mask(model, term.span);
        let relied: Vec<&Odd<'_>> = odd.iter().filter(|odd| mask & bit(odd.category) != 0).collect();
        out.extend(told(term.span, &relied));
    }
}

fn told(span: Span, odd: &[&Odd<'_>]) -> Option<Diagnostic> {
    let category = odd.first()?.category;
    let odd: Vec<&Odd<'_>> = odd.iter().filter(|odd| odd.category == category).copied().collect();
    let names: Vec<&str> = odd.iter().take(NAMED).map(|odd| odd.name).collect();
    let more = if odd.len() > NAMED { ", …" } else { "" };
    let quoted = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let verbs: BTreeSet<String> = odd.iter().take(NAMED).map(|odd| format!("`{}`", odd.verb)).collect();
    let verbs = verbs.into_iter().collect::<Vec<_>>().join(", ");
    let message = format!("the catalog files {quoted}{more} under `{category}`, but the name says {verbs}");
    let help = format!(
        "`except {}` takes that away; where it is meant, say so: `@ignore(odd-category, \"…\")`",
        names.join(", ")
    );
    Some(Diagnostic::warning(code::ODD_CATEGORY, span, message).help(help))
}
