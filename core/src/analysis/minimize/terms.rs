//! Actions of a statement as the fewest written terms: names, patterns over a service, categories, named sets, `except`.
//!
//! A pattern or category means what the catalog at hand says. Of the patterns for the same names the longest is taken:
//! an action that a later catalog adds is covered as rarely as may be.

use super::atoms::{Atom, Atoms, Facts};
use super::cover::{Cover, cover_of};
use super::marks::Marks;
use super::size::{CHARACTER, ELEMENT};
use crate::catalog::{ActionId, Catalogs, Service, ServiceId};
use crate::model::{ActionKind, ActionTerm, Named, NamedValue};
use passgate_grammar::Span;
use passgate_grammar::text::{is_plain_pattern, is_word, write_action};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Steps of the search for one list.
const LIST_STEPS: u64 = 20_000;
/// Terms beyond what is wanted that `except` is tried with, two at a time; all of them together where there are few.
const FEW: usize = 6;

/// Something that may be written among actions.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct Term {
    /// As it is written.
    pub(in crate::analysis) text: String,
    /// What it is; none for what only `.gate` text has.
    pub(in crate::analysis) kind: ActionKind,
    covers: Marks,
    /// Whether `except` may stand beside it.
    listed: bool,
}

/// How actions may be spelt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::analysis) struct Spelling {
    /// Services whose names are written bare; categories range over them.
    pub(in crate::analysis) used: Vec<Box<str>>,
    /// `.gate` text, which has categories, `except` and names of sets.
    pub(in crate::analysis) gate: bool,
}

/// Patterns that were held against every action, for those who ask of the same actions again and again.
#[derive(Debug, Default)]
pub(in crate::analysis) struct Patterns {
    atoms: Vec<(Atom, Facts)>,
    spelling: Spelling,
    /// By service and pattern.
    terms: HashMap<Arc<str>, HashMap<Box<str>, Term>>,
    /// Those of every name of a service, in order.
    services: HashMap<ServiceId, Arc<[Box<str>]>>,
}

impl Patterns {
    /// Forgets what was said of other actions, or spelt otherwise.
    fn begin(&mut self, atoms: &Atoms<'_>, spelling: &Spelling) {
        if self.atoms != atoms.all || self.spelling != *spelling {
            let (atoms, spelling) = (atoms.all.clone(), spelling.clone());
            *self = Patterns { atoms, spelling, ..Patterns::default() };
        }
    }
}

/// Every term that may stand in a statement.
#[derive(Debug, Default)]
pub(in crate::analysis) struct Terms {
    pub(in crate::analysis) all: Vec<Term>,
    gate: bool,
}

/// A list of terms.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct List {
    /// Places of terms.
    pub(in crate::analysis) terms: Vec<usize>,
    /// Places of those taken away.
    pub(in crate::analysis) except: Vec<usize>,
    pub(in crate::analysis) cost: u64,
    /// Whether there is no shorter list, for certain.
    pub(in crate::analysis) least: bool,
}

impl Terms {
    /// `own` are the terms as they stand in the policy at hand, with their spelling.
    pub(in crate::analysis) fn of(
        atoms: &Atoms<'_>,
        spelling: &Spelling,
        named: &[Named],
        own: &[(ActionKind, Option<String>)],
    ) -> Terms {
        Terms::again(atoms, spelling, named, own, &mut Patterns::default())
    }

    /// [`Terms::of`] for one of several who ask of the same catalogs.
    pub(in crate::analysis) fn again(
        atoms: &Atoms<'_>,
        spelling: &Spelling,
        named: &[Named],
        own: &[(ActionKind, Option<String>)],
        patterns: &mut Patterns,
    ) -> Terms {
        patterns.begin(atoms, spelling);
        let mut build = Build { atoms, spelling, patterns, all: Vec::new(), seen: HashSet::new() };
        build.whole();
        for (kind, text) in own {
            build.own(kind, text.as_deref());
        }
        if spelling.gate {
            build.categories();
            named.iter().for_each(|one| build.named(one));
        }
        // What no statement covers need not be spelt.
        let covered = |atom: &Atom| own.iter().any(|(kind, _)| atoms.covers(kind, atom));
        let touched: BTreeSet<ServiceId> = atoms
            .all
            .iter()
            .filter_map(|(atom, _)| match atom {
                Atom::Known(action) if covered(atom) => Some(action.service),
                Atom::Whole(id) if covered(atom) => Some(*id),
                _ => None,
            })
            .collect();
        for (id, service) in atoms.catalogs.services().filter(|(id, _)| touched.contains(id)) {
            build.service(id, service);
        }
        Terms { all: build.all, gate: spelling.gate }
    }

    /// The shortest list that covers all of `must` and nothing outside of `may`; none where there is none.
    pub(in crate::analysis) fn list(&self, must: &Marks, may: &Marks, steps: &mut u64) -> Option<List> {
        let mut best = self.plain(must, may, steps);
        if self.gate {
            self.with_except(must, may, steps, &mut best);
        }
        best
    }

    fn plain(&self, must: &Marks, may: &Marks, steps: &mut u64) -> Option<List> {
        let inside: Vec<usize> = self.chosen(|term| term.covers.within(may) && term.covers.meets(must));
        let found = self.cheapest(must, &inside, steps)?;
        let terms = found.chosen.iter().filter_map(|at| inside.get(*at)).copied().collect();
        Some(List { terms, except: Vec::new(), cost: found.cost, least: found.least })
    }

    /// Terms that reach beyond what may be covered, and what is taken away from them.
    fn with_except(&self, must: &Marks, may: &Marks, steps: &mut u64, best: &mut Option<List>) {
        let beyond = self.chosen(|term| term.listed && !term.covers.within(may) && term.covers.meets(must));
        let beyond = self.widest(&beyond, must, may);
        // Of more than a few, three or more together are not tried; what has three elements cannot become fewer by them.
        if beyond.len() > FEW
            && let Some(best) = best.as_mut().filter(|best| best.cost / ELEMENT > 3)
        {
            best.least = false;
        }
        let away = self.chosen(|term| term.listed && !term.covers.meets(must));
        let inside = self.chosen(|term| term.listed && term.covers.meets(must));
        for group in groups(&beyond) {
            let width = must.clone();
            let reached = group
                .iter()
                .filter_map(|at| self.all.get(*at))
                .fold(width.without(must), |sum, term| sum.or(&term.covers));
            let paid = self.cost(&group);
            let outside = reached.without(may);
            let widest =
                away.iter().filter_map(|at| self.all.get(*at)).map(|t| t.covers.overlap(&outside)).max();
            let Some(least) = outside.count().checked_div(widest.unwrap_or(0)) else { continue };
            let more = ELEMENT.saturating_mul(least.max(1) as u64);
            if best.as_ref().is_some_and(|best| paid.saturating_add(more) >= best.cost) {
                continue;
            }
            let Some(cut) = self.cheapest(&outside, &away, steps) else { continue };
            let taken: Vec<usize> = cut.chosen.iter().filter_map(|at| away.get(*at)).copied().collect();
            let gone = taken
                .iter()
                .filter_map(|at| self.all.get(*at))
                .fold(must.without(must), |s, t| s.or(&t.covers));
            let allowed = may.or(&gone);
            let left: Vec<usize> = inside
                .iter()
                .copied()
                .filter(|at| self.all.get(*at).is_some_and(|term| term.covers.within(&allowed)))
                .collect();
            let Some(rest) = self.cheapest(&must.without(&reached), &left, steps) else { continue };
            let cost = paid.saturating_add(cut.cost).saturating_add(rest.cost).saturating_add(6 * CHARACTER);
            if best.as_ref().is_none_or(|best| cost < best.cost) {
                let more = rest.chosen.iter().filter_map(|at| left.get(*at)).copied();
                let terms: BTreeSet<usize> = group.iter().copied().chain(more).collect();
                let few = beyond.len() <= FEW || cost / ELEMENT <= 3;
                let least = cut.least && rest.least && few;
                *best = Some(List { terms: terms.into_iter().collect(), except: taken, cost, least });
            }
        }
    }

    /// Of the terms that reach beyond, those that no other one makes needless; those that cover most first.
    fn widest(&self, beyond: &[usize], must: &Marks, may: &Marks) -> Vec<usize> {
        let parts = |at: usize| {
            let term = self.all.get(at)?;
            Some((term.covers.and(must), term.covers.without(may)))
        };
        let all: Vec<(usize, (Marks, Marks))> =
            beyond.iter().filter_map(|at| Some((*at, parts(*at)?))).collect();
        let needless = |place: usize, (held, away): &(Marks, Marks)| {
            all.iter().enumerate().any(|(other, (_, (more, less)))| {
                let same = || held == more && away == less;
                held.within(more) && less.within(away) && other != place && (other < place || !same())
            })
        };
        let kept = all.iter().enumerate().filter(|(place, (_, parts))| !needless(*place, parts));
        let mut kept: Vec<(usize, usize)> =
            kept.map(|(_, (at, (held, _)))| (usize::MAX - held.count(), *at)).collect();
        kept.sort_unstable();
        kept.into_iter().map(|(_, at)| at).collect()
    }

    fn chosen(&self, wanted: impl Fn(&Term) -> bool) -> Vec<usize> {
        self.all.iter().enumerate().filter(|(_, term)| wanted(term)).map(|(at, _)| at).collect()
    }

    fn cost(&self, terms: &[usize]) -> u64 {
        terms.iter().filter_map(|at| self.all.get(*at)).map(cost).sum()
    }

    fn cheapest(&self, must: &Marks, among: &[usize], steps: &mut u64) -> Option<Cover> {
        let choices = among.iter().filter_map(|at| self.all.get(*at)).map(|term| (&term.covers, cost(term)));
        let mut own = (*steps).min(LIST_STEPS);
        let given = own;
        let found = cover_of(must, choices, &mut own);
        *steps = steps.saturating_sub(given - own);
        found
    }

    /// What a list covers.
    pub(in crate::analysis) fn covered(&self, list: &List, width: usize) -> Marks {
        let sum = |places: &[usize]| {
            let terms = places.iter().filter_map(|at| self.all.get(*at));
            terms.fold(Marks::none(width), |sum, term| sum.or(&term.covers))
        };
        sum(&list.terms).without(&sum(&list.except))
    }

    /// The list as text.
    pub(in crate::analysis) fn text(&self, list: &List) -> String {
        let of = |places: &[usize]| {
            let texts: Vec<&str> =
                places.iter().filter_map(|at| self.all.get(*at)).map(|term| term.text.as_str()).collect();
            texts.join(", ")
        };
        if list.except.is_empty() {
            return of(&list.terms);
        }
        format!("{} except {}", of(&list.terms), of(&list.except))
    }

    /// The list as a document holds it.
    pub(in crate::analysis) fn kinds(&self, list: &List) -> Vec<ActionTerm> {
        let kinds = list.terms.iter().filter_map(|at| self.all.get(*at)).map(|term| term.kind.clone());
        kinds.map(|kind| ActionTerm { kind, span: Span::default() }).collect()
    }
}

fn cost(term: &Term) -> u64 {
    ELEMENT.saturating_add(CHARACTER.saturating_mul(term.text.chars().count() as u64))
}

/// Groups that are tried together: one, two, and of few any.
fn groups(of: &[usize]) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = Vec::new();
    if of.len() <= FEW {
        for chosen in 1..1u32 << of.len() {
            let members = of.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
            out.push(members.map(|(_, term)| *term).collect());
        }
        return out;
    }
    out.extend(of.iter().map(|one| vec![*one]));
    for (at, one) in of.iter().enumerate().take(2 * FEW) {
        out.extend(of.iter().take(2 * FEW).skip(at + 1).map(|other| vec![*one, *other]));
    }
    out
}

struct Build<'b, 'm> {
    atoms: &'b Atoms<'m>,
    spelling: &'b Spelling,
    patterns: &'b mut Patterns,
    all: Vec<Term>,
    /// What is covered by a term: later ones for it say nothing new.
    seen: HashSet<(Marks, bool)>,
}

impl Build<'_, '_> {
    fn add(&mut self, kind: ActionKind, text: String, listed: bool) {
        let covers = self.covers(&kind);
        self.put(Term { text, kind, covers, listed });
    }

    fn put(&mut self, term: Term) {
        if !term.covers.is_empty() && self.seen.insert((term.covers.clone(), term.listed)) {
            self.all.push(term);
        }
    }

    fn covers(&self, kind: &ActionKind) -> Marks {
        let atoms = self.atoms.all.iter().enumerate();
        let covered = atoms.filter(|(_, (atom, _))| self.atoms.covers(kind, atom)).map(|(at, _)| at);
        Marks::of(self.atoms.all.len(), covered)
    }

    /// Whether what a term covers is names of a catalog alone.
    fn is_listed(&self, kind: &ActionKind) -> bool {
        self.atoms
            .all
            .iter()
            .all(|(atom, _)| matches!(atom, Atom::Known(_)) || !self.atoms.covers(kind, atom))
    }

    fn whole(&mut self) {
        let all = ActionKind::All { long: false };
        let listed = self.is_listed(&all);
        self.add(all, "*".into(), listed);
    }

    fn own(&mut self, kind: &ActionKind, text: Option<&str>) {
        match (kind, text) {
            (ActionKind::Pattern { service, pattern, .. }, _) => self.pattern(service, pattern),
            (ActionKind::Permid(number), _) => self.add(kind.clone(), format!("permid/{number}"), true),
            (ActionKind::Names(_), Some(text)) if self.spelling.gate => {
                self.add(kind.clone(), text.into(), true)
            }
            (ActionKind::All { .. } | ActionKind::Names(_), _) => {}
        }
    }

    fn pattern(&mut self, service: &Arc<str>, pattern: &str) {
        let known = self.patterns.terms.get(service).and_then(|all| all.get(pattern)).cloned();
        let term = known.unwrap_or_else(|| {
            let kind =
                ActionKind::Pattern { service: service.clone(), pattern: pattern.into(), legacy: false };
            let (text, listed) = (self.spelt(service, pattern), self.is_listed(&kind));
            let term = Term { covers: self.covers(&kind), text, kind, listed };
            let all = self.patterns.terms.entry(service.clone()).or_default();
            all.insert(pattern.into(), term.clone());
            term
        });
        self.put(term);
    }

    /// A name or pattern, bare where one service is in use and has it.
    fn spelt(&self, service: &str, pattern: &str) -> String {
        let bare =
            self.spelling.gate && matches!(self.spelling.used.as_slice(), [one] if one.as_ref() == service);
        if bare && pattern != "*" && is_bare(self.atoms.catalogs, service, pattern) {
            return pattern.to_owned();
        }
        if self.spelling.gate { write_action(service, pattern) } else { format!("{service}:{pattern}") }
    }

    fn categories(&mut self) {
        let mut by_word: BTreeMap<&str, Vec<ActionId>> = BTreeMap::new();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for (atom, _) in &self.atoms.all {
            let Atom::Known(id) = atom else { continue };
            let (Some(service), Some(row)) =
                (self.atoms.catalogs.get(id.service), self.atoms.catalogs.action(*id))
            else {
                continue;
            };
            if self.spelling.used.contains(&service.service) {
                by_word.entry(&row.category).or_default().push(*id);
                names.insert(&row.name);
            }
        }
        for (word, ids) in by_word {
            // A word that is an action too is a lint.
            if is_word(word) && !names.contains(word) {
                self.add(ActionKind::Names(ids.into()), word.to_owned(), true);
            }
        }
    }

    fn named(&mut self, named: &Named) {
        let NamedValue::Actions(terms) = &named.value else { return };
        let known = |atom: &&(Atom, _)| self.atoms.covered(terms, &atom.0);
        let covered: Vec<&(Atom, _)> = self.atoms.all.iter().filter(known).collect();
        let ids: Option<Vec<ActionId>> = covered
            .iter()
            .map(|(atom, _)| match atom {
                Atom::Known(id) => Some(*id),
                Atom::Whole(_) | Atom::Opaque(..) | Atom::Others => None,
            })
            .collect();
        if let Some(ids) = ids.filter(|ids| !ids.is_empty()) {
            self.add(ActionKind::Names(ids.into()), named.name.to_string(), true);
        }
    }

    /// Every name of a service, what names begin or end with alike, and the service whole.
    fn service(&mut self, id: ServiceId, service: &Service) {
        let text: Arc<str> = service.service.as_ref().into();
        let all = match self.patterns.services.get(&id) {
            Some(all) => Arc::clone(all),
            None => {
                let all: Arc<[Box<str>]> = self.of_service(id).into();
                self.patterns.services.insert(id, Arc::clone(&all));
                all
            }
        };
        all.iter().for_each(|pattern| self.pattern(&text, pattern));
    }

    fn of_service(&self, id: ServiceId) -> Vec<Box<str>> {
        let own = self.atoms.all.iter().filter_map(|(atom, _)| match atom {
            Atom::Known(action) if action.service == id => self.atoms.catalogs.action(*action),
            _ => None,
        });
        let names: Vec<&str> = own.map(|row| row.name.as_ref()).collect();
        let turned = |text: &str| text.chars().rev().collect::<String>();
        let backwards: Vec<String> = names.iter().map(|name| turned(name)).collect();
        let ends = shared(&backwards.iter().map(String::as_str).collect::<Vec<_>>());
        let begins = shared(&names).into_iter().map(|start| format!("{start}*").into());
        let ends = ends.iter().map(|end| format!("*{}", turned(end)).into());
        names.iter().map(|name| (*name).into()).chain(begins).chain(ends).chain(["*".into()]).collect()
    }
}

/// Whether a name or pattern may stand without its service where that alone is in use.
fn is_bare(catalogs: &Catalogs, service: &str, pattern: &str) -> bool {
    let Some((_, service)) = catalogs.find(service) else { return false };
    if pattern.contains('*') {
        let begins = pattern.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '*');
        return begins && is_plain_pattern(pattern) && pattern.bytes().any(|b| b != b'*');
    }
    let known = ["write", "read", "list", "other", "anywhere"];
    let category =
        known.contains(&pattern) || service.actions.iter().any(|row| row.category.as_ref() == pattern);
    is_word(pattern) && service.position(pattern).is_some() && !category
}

/// What two neighbours among the sorted names begin with alike: the longest start of every set of names that a start
/// tells apart.
fn shared(names: &[&str]) -> BTreeSet<String> {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    let pairs = sorted.iter().zip(sorted.iter().skip(1));
    let start = |(one, other): (&&str, &&str)| -> String {
        let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a).collect()
    };
    pairs.map(start).filter(|start| !start.is_empty()).collect()
}
