//! What a bare word among actions can mean in a file: a category or an action of a service in `use`.
//!
//! Files with the same services in use share one vocabulary. Action sets come before all of this and are looked up
//! elsewhere.

use super::Input;
use crate::catalog::{ActionId, Granularity, Service, ServiceId};
use crate::findings::Findings;
use crate::model::read::shown;
use crate::nearest::nearest;
use passgate_grammar::tree::{File, ItemKind};
use passgate_grammar::{Diagnostic, SourceId, Span, code};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Categories that every provider has.
pub(crate) const CATEGORIES: [&str; 4] = ["write", "read", "list", "other"];

/// The services in use of a file.
pub(super) struct Vocabulary<'a> {
    services: Vec<InUse<'a>>,
    /// The services as they are named, those without a catalog too.
    names: Arc<[Box<str>]>,
    categories: BTreeSet<&'a str>,
    /// Whether any service is named, known or not.
    pub(super) declared: bool,
}

/// A catalogued service in use.
pub(super) struct InUse<'a> {
    pub(super) id: ServiceId,
    pub(super) service: &'a Service,
    /// Its abbreviation, shared by all terms that get it.
    pub(super) name: Arc<str>,
}

/// What a bare word means.
pub(super) enum Bare<'v, 'a> {
    /// Actions by what they do; `action` where one is spelt alike.
    Category {
        /// An action of this name.
        action: Option<&'v InUse<'a>>,
    },
    /// The action of this name.
    Action(&'v InUse<'a>),
    /// Several services have it.
    Ambiguous(Vec<&'v InUse<'a>>),
    /// An action whose name differs in case only.
    Case(&'a str),
    /// Nothing.
    Unknown,
}

impl<'a> Vocabulary<'a> {
    fn new(names: &[&'a str], input: &Input<'a>) -> Self {
        let found = |name: &&'a str| {
            let (id, service) = input.catalogs.find(name)?;
            Some(InUse { id, service: service.as_ref(), name: (*name).into() })
        };
        let services: Vec<InUse<'a>> = names.iter().filter_map(found).collect();
        let own = services.iter().flat_map(|s| s.service.actions.iter().map(|a| a.category.as_ref()));
        let categories = CATEGORIES.into_iter().chain(own).collect();
        let all = names.iter().map(|name| Box::from(*name)).collect();
        Vocabulary { services, names: all, categories, declared: !names.is_empty() }
    }

    /// The catalogued services in use.
    pub(super) fn services(&self) -> &[InUse<'a>] {
        &self.services
    }

    /// What a bare word means here.
    pub(super) fn meaning(&self, word: &str) -> Bare<'_, 'a> {
        let mut with: Vec<&InUse<'a>> =
            self.services.iter().filter(|s| s.service.position(word).is_some()).collect();
        if self.categories.contains(word) {
            return Bare::Category { action: with.first().copied() };
        }
        match with.len() {
            0 => self.other_case(word).map_or(Bare::Unknown, Bare::Case),
            1 => with.pop().map_or(Bare::Unknown, Bare::Action),
            _ => Bare::Ambiguous(with),
        }
    }

    fn other_case(&self, word: &str) -> Option<&'a str> {
        let mut all = self.services.iter().flat_map(|s| s.service.actions.iter());
        all.find(|a| a.name.eq_ignore_ascii_case(word)).map(|a| a.name.as_ref())
    }

    /// The actions of a category, sorted; those of service level are never among them.
    pub(super) fn category(&self, word: &str) -> Vec<ActionId> {
        let mut out = Vec::new();
        for in_use in &self.services {
            for (action, row) in in_use.service.actions.iter().enumerate() {
                if row.category.as_ref() == word && row.granularity != Granularity::Service {
                    let action = u32::try_from(action).unwrap_or(u32::MAX);
                    out.push(ActionId { service: in_use.id, action });
                }
            }
        }
        out.sort_unstable();
        out
    }

    /// Spellings near to a word that means nothing.
    pub(super) fn near<'s>(&'s self, word: &str, sets: impl Iterator<Item = &'s str>) -> Vec<String> {
        let actions = self.services.iter().flat_map(|s| s.service.actions.iter().map(|a| a.name.as_ref()));
        nearest(word, sets.chain(self.categories.iter().copied()).chain(actions))
    }

    /// Whether a word is a category.
    pub(super) fn is_category(&self, word: &str) -> bool {
        self.categories.contains(word)
    }

    /// The services in use as messages name them.
    pub(super) fn listed(&self) -> String {
        let names: Vec<String> = self.services.iter().map(|s| format!("`{}`", s.name)).collect();
        names.join(", ")
    }
}

/// The vocabularies of all files.
pub(super) struct Vocabularies<'a> {
    all: Vec<Vocabulary<'a>>,
    of_file: Vec<usize>,
}

impl<'a> Vocabularies<'a> {
    /// Reads the `use` lines; a file without one has the services of the settings.
    pub(super) fn collect(input: Input<'a>, out: &mut Findings) -> Self {
        let mut known: HashMap<Vec<&'a str>, usize> = HashMap::new();
        let mut vocabularies = Vocabularies { all: Vec::new(), of_file: Vec::new() };
        for file in input.files {
            let names = services_of(file, &input, out);
            let place = *known.entry(names).or_insert_with_key(|names| {
                vocabularies.all.push(Vocabulary::new(names, &input));
                vocabularies.all.len() - 1
            });
            vocabularies.of_file.push(place);
        }
        vocabularies
    }

    /// Which vocabulary a file has.
    pub(super) fn of_file(&self, file: usize) -> usize {
        self.of_file.get(file).copied().unwrap_or(usize::MAX)
    }

    /// A vocabulary by its number.
    pub(super) fn get(&self, place: usize) -> Option<&Vocabulary<'a>> {
        self.all.get(place)
    }

    /// The services in use in any file, in the order in which they are first named.
    pub(super) fn uses(&self) -> Vec<Box<str>> {
        let mut seen = HashSet::new();
        let all = self.all.iter().flat_map(|vocabulary| &vocabulary.services);
        all.filter(|in_use| seen.insert(in_use.id)).map(|in_use| in_use.name.as_ref().into()).collect()
    }

    /// The services in use of each file, as they are named.
    pub(super) fn uses_of(&self, files: &[File]) -> BTreeMap<SourceId, Arc<[Box<str>]>> {
        let of = |(file, place): (&File, &usize)| Some((file.source, self.all.get(*place)?.names.clone()));
        files.iter().zip(&self.of_file).filter_map(of).collect()
    }

    /// Every category and every action of a service in use in any file.
    pub(super) fn words(&self) -> HashSet<&'a str> {
        let mut words = HashSet::new();
        let mut services = HashSet::new();
        for vocabulary in &self.all {
            words.extend(&vocabulary.categories);
            for in_use in vocabulary.services.iter().filter(|s| services.insert(s.id)) {
                words.extend(in_use.service.actions.iter().map(|a| a.name.as_ref()));
            }
        }
        words
    }
}

fn services_of<'a>(file: &'a File, input: &Input<'a>, out: &mut Findings) -> Vec<&'a str> {
    let mut spans: Vec<(&'a str, Span)> = Vec::new();
    let uses = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Use(services) => Some(services),
        _ => None,
    });
    let mut seen: HashMap<&'a str, Span> = HashMap::new();
    for span in uses.flatten() {
        let name = input.sources.slice(*span);
        if let Some(first) = seen.get(name) {
            let told = Diagnostic::warning(code::DUPLICATE, *span, format!("`{name}` is in use already"));
            out.push(told.label(*first, "first named here"));
            continue;
        }
        seen.insert(name, *span);
        spans.push((name, *span));
        if input.catalogs.find(name).is_none() {
            out.push(uncatalogued(name, *span, input));
        }
    }
    if spans.is_empty() {
        return input.settings.use_services.iter().map(AsRef::as_ref).collect();
    }
    spans.into_iter().map(|(name, _)| name).collect()
}

fn uncatalogued(name: &str, span: Span, input: &Input<'_>) -> Diagnostic {
    let message = format!("no catalog describes the service `{}`: it has no bare names", shown(name));
    let told = Diagnostic::error(code::UNKNOWN_ACTION, span, message);
    let told = if input.settings.opaque.covers(name) {
        told.because("actions of an opaque service are written with their service")
    } else {
        told.help("add its catalog")
    };
    told.nearest(nearest(name, input.catalogs.services().map(|(_, s)| s.service.as_ref())))
}
