//! From what a page says to its service: rows of one name made one action, facts and version filled in.

use super::clean::Clean;
use super::facts::Facts;
use super::page::Page;
use super::report::Report;
use super::row::{self, Raw};
use super::{ImportOptions, Imported, block};
use crate::catalog::digest::digest;
use crate::catalog::replace::replaced;
use crate::catalog::{Action, Granularity, Service, is_service_name};
use passgate_grammar::{Diagnostic, SourceId, code};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

impl Imported {
    /// Adds the service of a page; one of the same abbreviation is replaced, with a note.
    pub(super) fn put(&mut self, service: Service, source: SourceId) {
        match self.services.iter_mut().find(|s| s.service == service.service) {
            Some(earlier) => {
                self.diagnostics.push(replaced(earlier, &service, source));
                *earlier = service;
            }
            None => self.services.push(service),
        }
    }
}

/// The service of a page, and all that is to be told of it.
pub(super) fn page(
    text: &str,
    source: SourceId,
    options: &ImportOptions,
) -> (Option<Service>, Vec<Diagnostic>) {
    let clean = Clean::new(text);
    let mut page = Page::new(Report::new(&clean, text, source));
    let mut faults = Vec::new();
    let blocks = match block::blocks(clean.text(), &mut faults) {
        Ok(blocks) => blocks,
        Err(fault) => {
            page.report.form(fault);
            return (None, page.report.finish());
        }
    };
    for fault in faults {
        page.report.form(fault);
    }
    page.read(&blocks);
    let name = service_name(&mut page, options);
    let service = has_actions(&mut page).then(|| name.map(|name| service(name, &clean, &mut page))).flatten();
    (service, page.report.finish())
}

/// The abbreviation: the option's, else the page's, which must be one.
fn service_name(page: &mut Page<'_>, options: &ImportOptions) -> Option<String> {
    let mut stated: Vec<&str> = page.facts.iter().map(|f| f.service.as_str()).collect();
    stated.dedup();
    let whole = page.report.whole();
    let (found, fault) = match (options.service.as_deref(), stated.as_slice()) {
        (Some(name), _) if !is_service_name(name) => {
            let message = format!("`{name}` is no abbreviation of a service");
            (None, Some(Diagnostic::error(code::NO_SERVICE, whole, message)))
        }
        (Some(name), [one]) if name != *one => {
            let message = format!("the page describes `{one}`; it is read as `{name}`, as asked");
            (Some(name.to_owned()), Some(Diagnostic::warning(code::NO_SERVICE, whole, message)))
        }
        (Some(name), _) => (Some(name.to_owned()), None),
        (None, [one]) => (Some((*one).to_owned()), None),
        (None, []) => {
            let message = "the page does not say which service it describes";
            let help = "say it: `--service NAME`";
            (None, Some(Diagnostic::error(code::NO_SERVICE, whole, message).help(help)))
        }
        (None, [one, another, ..]) => {
            let message = format!("the page describes several services, such as `{one}` and `{another}`");
            (
                None,
                Some(
                    Diagnostic::error(code::NO_SERVICE, whole, message)
                        .help("say which one is meant: `--service NAME`"),
                ),
            )
        }
    };
    if let Some(diagnostic) = fault {
        page.report.push(diagnostic);
    }
    found
}

/// Whether there is something to make a service of. A page that lists types of resources and leaves their actions
/// to another one describes a service whose actions are not known.
fn has_actions(page: &mut Page<'_>) -> bool {
    if !page.rows.is_empty() {
        return true;
    }
    let whole = page.report.whole();
    let message = "the page lists no action";
    if page.resource_types {
        let told = Diagnostic::warning(code::NO_ACTIONS, whole, message)
            .because("it lists types of resources: the service is read as one without actions, so every action of it is unknown");
        page.report.push(told);
        return true;
    }
    let help = "a service of service level, which has no rows, is described by a catalog file";
    page.report.push(Diagnostic::error(code::NO_ACTIONS, whole, message).help(help));
    false
}

fn service(name: String, clean: &Clean, page: &mut Page<'_>) -> Service {
    let rows = merged(page);
    tell_unknown_ip(&rows, page);
    let facts = page.facts.iter().find(|f| f.service == name).or(page.facts.first()).cloned();
    let Facts { name: full, console, tag, granularity, ip, .. } = facts.unwrap_or_default();
    let finest = rows.values().map(|r| r.granularity).max();
    let empty = if page.resource_types { Granularity::Resource } else { Granularity::Operation };
    let tag_authorization = tag.unwrap_or(false);
    Service {
        service: name.into(),
        name: full.as_deref().map(printable),
        version: page.date.clone().unwrap_or_else(|| digest(clean.text())).into(),
        granularity: granularity.or(finest).unwrap_or(empty),
        console,
        tag_authorization,
        ip_restriction: ip,
        actions: rows.into_values().map(|raw| action(raw, tag_authorization)).collect(),
        permids: BTreeMap::new(),
    }
}

fn action(raw: Raw, tag_authorization: bool) -> Action {
    Action {
        name: raw.name.into(),
        category: raw.category.unwrap_or("other").into(),
        granularity: raw.granularity,
        resources: row::each_once(raw.resources).iter().map(|t| printable(t)).collect(),
        ip_restriction: raw.ip.unwrap_or(true),
        tag_authorization: raw.tag.unwrap_or(tag_authorization),
        description: raw.description.as_deref().map(printable),
    }
}

/// A page's text without control characters, which catalog files refuse and terminals obey.
fn printable(text: &str) -> Box<str> {
    text.chars().filter(|c| !c.is_control()).collect::<String>().into()
}

/// Rows by name. A name that is listed again adds its resources; what else differs is told, and the first row holds.
fn merged(page: &mut Page<'_>) -> BTreeMap<String, Raw> {
    let mut rows: BTreeMap<String, Raw> = BTreeMap::new();
    for raw in std::mem::take(&mut page.rows) {
        match rows.entry(raw.name.clone()) {
            Entry::Vacant(place) => {
                place.insert(raw);
            }
            Entry::Occupied(mut first) => {
                let told = again(first.get(), &raw, page);
                page.report.push(told);
                first.get_mut().resources.extend(raw.resources);
            }
        }
    }
    rows
}

fn again(first: &Raw, raw: &Raw, page: &Page<'_>) -> Diagnostic {
    let span = page.report.span(raw.at);
    let differs: Vec<&str> = [
        ("category", first.category != raw.category),
        ("level", first.granularity != raw.granularity),
        ("address support", first.ip != raw.ip),
        ("tag support", first.tag != raw.tag),
        ("resources", first.resources != raw.resources),
    ]
    .into_iter()
    .filter_map(|(what, differs)| differs.then_some(what))
    .collect();
    let told = if differs.is_empty() {
        Diagnostic::note(code::DUPLICATE, span, format!("`{}` is listed again, alike", raw.name))
    } else {
        let message = format!("`{}` is listed again with other {}", raw.name, differs.join(", "));
        Diagnostic::warning(code::DUPLICATE, span, message)
            .because("resources of both rows are taken; of the rest the first row holds")
    };
    told.label(page.report.span(first.at), "first here")
}

/// One notice for all rows of tables without a column for addresses.
fn tell_unknown_ip(rows: &BTreeMap<String, Raw>, page: &mut Page<'_>) {
    let (Some(at), unknown) = (page.no_ip, rows.values().filter(|r| r.ip.is_none()).count()) else { return };
    if unknown > 0 {
        let message = "the page does not say whether addresses can be restricted";
        let note = format!("actions for which it is not known, read as supported: {unknown}");
        let told = Diagnostic::warning(code::IP_UNKNOWN, page.report.span(at), message).because(note);
        page.report.push(told);
    }
}
