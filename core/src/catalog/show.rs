//! A catalog in figures: how many actions of each category and level, how many with address support and tags.

use super::Service;
use super::verbs::{self, Odd};
use serde::Serialize;
use std::collections::BTreeMap;

/// A service in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Abbreviation.
    pub service: Box<str>,
    /// Full name.
    pub name: Option<Box<str>>,
    /// Version.
    pub version: Box<str>,
    /// The product's own level; the actions decide.
    pub granularity: &'static str,
    /// Whether the console knows it.
    pub console: Option<bool>,
    /// Whether tags are handed over, where an action does not say.
    pub tag_authorization: bool,
    /// The product's word on addresses; the actions decide.
    pub ip_restriction: Option<&'static str>,
    /// How many actions.
    pub actions: usize,
    /// Actions by category, in order of the words.
    pub categories: BTreeMap<Box<str>, usize>,
    /// Actions by level, in order of the words.
    pub granularities: BTreeMap<&'static str, usize>,
    /// Actions that are handed the address.
    pub with_ip: usize,
    /// Names of those that are not.
    pub without_ip: Vec<Box<str>>,
    /// Actions that are handed tags.
    pub with_tags: usize,
    /// Actions whose names say otherwise than their category (`odd-category`).
    pub odd_categories: Vec<Odd>,
    /// Numbers of the sets it defines, with how many names each holds.
    pub permids: BTreeMap<Box<str>, usize>,
}

impl Summary {
    /// The figures of a service.
    ///
    /// ```
    /// use passgate::catalog::{Catalogs, show::Summary};
    /// let builtin = Catalogs::builtin();
    /// let summary = Summary::new(builtin.find("intlpartnersmgt").unwrap().1);
    /// assert_eq!((summary.actions, summary.with_ip, summary.without_ip.len()), (238, 232, 6));
    /// assert_eq!(summary.categories["write"], 66);
    /// ```
    pub fn new(service: &Service) -> Summary {
        let mut categories = BTreeMap::new();
        let mut granularities = BTreeMap::new();
        for action in &service.actions {
            *categories.entry(action.category.clone()).or_default() += 1;
            *granularities.entry(action.granularity.as_str()).or_default() += 1;
        }
        let without_ip: Vec<_> =
            service.actions.iter().filter(|a| !a.ip_restriction).map(|a| a.name.clone()).collect();
        Summary {
            service: service.service.clone(),
            name: service.name.clone(),
            version: service.version.as_ref().into(),
            granularity: service.granularity.as_str(),
            console: service.console,
            tag_authorization: service.tag_authorization,
            ip_restriction: service.ip_restriction.map(|s| s.as_str()),
            actions: service.actions.len(),
            categories,
            granularities,
            with_ip: service.actions.len() - without_ip.len(),
            without_ip,
            with_tags: service.actions.iter().filter(|a| a.tag_authorization).count(),
            odd_categories: verbs::odd_of(service),
            permids: service.permids.iter().map(|(n, names)| (n.clone(), names.len())).collect(),
        }
    }

    /// What is doubtful, a line for each category: actions whose names say otherwise (`odd-category`).
    ///
    /// ```
    /// use passgate::catalog::{Catalogs, show::Summary};
    /// let builtin = Catalogs::builtin();
    /// let doubts = Summary::new(builtin.find("intlpartnersmgt").unwrap().1).doubts();
    /// assert!(doubts[0].ends_with("`ContractModeSwitch` under `read`, but the name says `Apply`, `Switch`"));
    /// ```
    pub fn doubts(&self) -> Vec<String> {
        let mut of: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for odd in &self.odd_categories {
            of.entry(&odd.category).or_default().push((&odd.action, &odd.verb));
        }
        of.iter().map(|(category, odd)| verbs::line(category, odd)).collect()
    }

    /// The figures for people, a line each.
    pub fn lines(&self) -> Vec<String> {
        let name = self.name.as_ref().map(|n| format!(" ({n})")).unwrap_or_default();
        let mut lines = vec![format!("{}{name}, version {}", self.service, self.version)];
        lines.push(format!("  actions: {}{}", self.actions, counted(&self.categories)));
        lines.push(format!("  levels: {}{}", self.granularity, counted(&self.granularities)));
        lines.push(format!("  address support: {} with, {} without", self.with_ip, self.without_ip.len()));
        if !self.without_ip.is_empty() {
            lines.push(format!("    without: {}", self.without_ip.join(", ")));
        }
        lines.push(format!(
            "  tag support: {} with, {} without",
            self.with_tags,
            self.actions - self.with_tags
        ));
        let sets = self.permids.iter().map(|(number, names)| format!("  permid/{number}: {names} names"));
        lines.extend(sets);
        lines
    }
}

/// ` (2 read, 1 write)`, or nothing.
fn counted<K: std::fmt::Display>(counts: &BTreeMap<K, usize>) -> String {
    let all: Vec<_> = counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalogs;

    #[test]
    fn the_builtin_catalog_in_figures() {
        let builtin = Catalogs::builtin();
        let summary = Summary::new(builtin.find("intlpartnersmgt").unwrap().1);
        assert_eq!(
            summary.lines(),
            [
                "intlpartnersmgt (International Partners Management), version 2025-08-06",
                "  actions: 238 (38 list, 3 other, 131 read, 66 write)",
                "  levels: operation (238 operation)",
                "  address support: 232 with, 6 without",
                "    without: CheckInQnList, CheckPopUpPushStatus, ContractModeSwitch, QueryIndirectCustomersDetail, QueryUser, UpdatePopUpPushStatus",
                "  tag support: 0 with, 238 without",
            ]
        );
        let value = serde_json::to_value(&summary).unwrap();
        assert_eq!(value["categories"]["read"], 131);
        assert_eq!(value["ip_restriction"], "partial");
        let odd = serde_json::json!({"action": "ContractModeSwitch", "category": "read", "verb": "Switch"});
        assert_eq!((&value["odd_categories"][1], summary.odd_categories.len()), (&odd, 2));
    }

    #[test]
    fn a_service_without_actions() {
        let service = Service {
            service: "a".into(),
            name: None,
            version: "1".into(),
            granularity: crate::catalog::Granularity::Service,
            console: None,
            tag_authorization: false,
            ip_restriction: None,
            actions: Vec::new(),
            permids: [("7".into(), vec!["X".into()])].into(),
        };
        let expected = [
            "a, version 1",
            "  actions: 0",
            "  levels: service",
            "  address support: 0 with, 0 without",
            "  tag support: 0 with, 0 without",
            "  permid/7: 1 names",
        ];
        let summary = Summary::new(&service);
        assert_eq!((summary.lines(), summary.doubts()), (expected.map(str::to_owned).into(), Vec::new()));
    }

    #[test]
    fn names_that_contradict_their_category_are_doubts() {
        let action = |name: &str, category: &str| crate::catalog::Action {
            name: name.into(),
            category: category.into(),
            granularity: crate::catalog::Granularity::Operation,
            resources: vec!["*".into()],
            ip_restriction: true,
            tag_authorization: false,
            description: None,
        };
        let service = Service {
            service: "a".into(),
            name: None,
            version: "1".into(),
            granularity: crate::catalog::Granularity::Operation,
            console: None,
            tag_authorization: false,
            ip_restriction: None,
            actions: vec![
                action("DeleteA", "read"),
                action("DropB", "read"),
                action("GetC", "write"),
                action("GetD", "read"),
                action("MoveE", "read"),
                action("MoveF", "read"),
            ],
            permids: BTreeMap::new(),
        };
        assert_eq!(
            Summary::new(&service).doubts(),
            [
                "the catalog files `DeleteA`, `DropB`, `MoveE`, … under `read`, but the name says `Delete`, `Drop`, `Move`",
                "the catalog files `GetC` under `write`, but the name says `Get`",
            ]
        );
    }
}
