//! A catalog in figures: how many actions of each category and level, how many with address support and tags.

use super::Service;
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
            permids: service.permids.iter().map(|(n, names)| (n.clone(), names.len())).collect(),
        }
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
        assert_eq!(Summary::new(&service).lines(), expected);
    }
}
