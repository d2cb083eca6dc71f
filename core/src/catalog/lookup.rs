//! Finding actions: by service and name, by a bare name, by a provider's set, and the nearest ones to a slip.
//!
//! Names are exact (semantics §3: case-sensitive). Patterns are not here.

use super::{Action, ActionId, Catalogs, Service, ServiceId};
use crate::nearest::nearest;

/// What a name without its service means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bare {
    /// No catalogued service has such an action.
    None,
    /// Exactly one has.
    One(ActionId),
    /// Two or more have: the services, in order.
    Several(Vec<ServiceId>),
}

impl Service {
    /// An action by its exact name.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.get(self.position(name)? as usize)
    }

    /// Names of this service's actions that are nearest to `name`, best first.
    pub fn nearest(&self, name: &str) -> Vec<String> {
        nearest(name, self.actions.iter().map(|a| a.name.as_ref()))
    }
}

impl Catalogs {
    /// An action by service and exact name.
    ///
    /// ```
    /// use passgate::catalog::Catalogs;
    /// let catalogs = Catalogs::builtin();
    /// assert!(catalogs.resolve("intlpartnersmgt", "QueryUser").is_some());
    /// assert!(catalogs.resolve("intlpartnersmgt", "queryuser").is_none());
    /// ```
    pub fn resolve(&self, service: &str, name: &str) -> Option<ActionId> {
        let (id, service) = self.find(service)?;
        Some(ActionId { service: id, action: service.position(name)? })
    }

    /// What a bare name means: an action of exactly one service, of several, or of none. A service of service
    /// level without rows has no names to be found by.
    pub fn bare(&self, name: &str) -> Bare {
        let mut found =
            self.services().filter_map(|(service, s)| Some(ActionId { service, action: s.position(name)? }));
        let Some(first) = found.next() else { return Bare::None };
        let others: Vec<ServiceId> = found.map(|a| a.service).collect();
        if others.is_empty() {
            return Bare::One(first);
        }
        Bare::Several(std::iter::once(first.service).chain(others).collect())
    }

    /// Whether some service defines the set `permid/number`.
    pub fn defines_permid(&self, number: &str) -> bool {
        self.services().any(|(_, s)| s.permids.contains_key(number))
    }

    /// The catalogued actions of a provider's set, of every service that defines it, in order. A number is compared
    /// as it is written. Names that the service does not have are left out.
    pub fn permid(&self, number: &str) -> Vec<ActionId> {
        let mut all = Vec::new();
        for (service, s) in self.services() {
            let names = s.permids.get(number).map_or(&[][..], Vec::as_slice);
            all.extend(names.iter().filter_map(|n| Some(ActionId { service, action: s.position(n)? })));
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Catalogued abbreviations nearest to `service`, best first.
    pub fn nearest_service(&self, service: &str) -> Vec<String> {
        nearest(service, self.services().map(|(_, s)| s.service.as_ref()))
    }

    /// Actions nearest to `action`, best first, in the form it has: `service:Name`, or a bare `Name`.
    ///
    /// ```
    /// use passgate::catalog::Catalogs;
    /// let catalogs = Catalogs::builtin();
    /// assert_eq!(catalogs.nearest("intlpartnersmgt:PayOrder"), ["intlpartnersmgt:PayOrders"]);
    /// assert_eq!(catalogs.nearest("payorders"), ["PayOrders"]);
    /// assert_eq!(catalogs.nearest("intlpartnermgt:PayOrders"), ["intlpartnersmgt:PayOrders"]);
    /// ```
    pub fn nearest(&self, action: &str) -> Vec<String> {
        let plain = action.strip_prefix("name/").unwrap_or(action);
        let Some((service, name)) = plain.split_once(':') else {
            return nearest(plain, self.services().flat_map(|(_, s)| names(s)));
        };
        if let Some((_, found)) = self.find(service) {
            let near = found.nearest(name);
            return near.into_iter().map(|n| format!("{service}:{n}")).collect();
        }
        let mut all = Vec::new();
        for near in self.nearest_service(service) {
            let Some((_, found)) = self.find(&near) else { continue };
            match found.position(name) {
                Some(_) => all.push(format!("{near}:{name}")),
                None => all.extend(found.nearest(name).into_iter().map(|n| format!("{near}:{n}"))),
            }
        }
        all.truncate(crate::nearest::SHOWN);
        all
    }
}

fn names(service: &Service) -> impl Iterator<Item = &str> {
    service.actions.iter().map(|a| a.name.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::file;
    use passgate_grammar::Sources;

    fn catalogs(json: &str) -> Catalogs {
        let mut sources = Sources::new();
        let id = sources.add("t.json", json);
        let (services, diagnostics) = file::read(&sources, id);
        assert!(diagnostics.iter().all(|d| !d.is_error()), "{diagnostics:?}");
        let mut catalogs = Catalogs::empty();
        for service in services {
            catalogs.add(service);
        }
        catalogs
    }

    fn two() -> Catalogs {
        catalogs(
            r#"[{"service": "b", "actions": [{"name": "Get"}, {"name": "Put"}], "permids": {"7": ["Put", "Gone"]}},
                {"service": "a", "actions": [{"name": "Get"}, {"name": "List"}], "permids": {"7": ["List", "List"]}},
                {"service": "whole", "granularity": "service", "actions": []}]"#,
        )
    }

    fn id(service: u32, action: u32) -> ActionId {
        ActionId { service: ServiceId(service), action }
    }

    #[test]
    fn a_bare_name_is_of_one_service_of_several_or_of_none() {
        let catalogs = two();
        assert_eq!(catalogs.bare("List"), Bare::One(id(0, 1)));
        assert_eq!(catalogs.bare("Put"), Bare::One(id(1, 1)));
        assert_eq!(catalogs.bare("Get"), Bare::Several(vec![ServiceId(0), ServiceId(1)]));
        assert_eq!(catalogs.bare("get"), Bare::None);
        assert_eq!(catalogs.bare("Any"), Bare::None);
    }

    #[test]
    fn exact_names_only() {
        let catalogs = two();
        assert_eq!(catalogs.resolve("a", "Get"), Some(id(0, 0)));
        assert_eq!(catalogs.resolve("a", "get"), None);
        assert_eq!(catalogs.resolve("A", "Get"), None);
        assert_eq!(catalogs.resolve("whole", "Get"), None);
        assert_eq!(catalogs.find("b").unwrap().1.action("Put").unwrap().name.as_ref(), "Put");
    }

    #[test]
    fn a_permid_is_the_union_over_services_of_what_exists() {
        let catalogs = two();
        assert!(catalogs.defines_permid("7"));
        assert!(!catalogs.defines_permid("07"));
        assert_eq!(catalogs.permid("7"), [id(0, 1), id(1, 1)]);
        assert_eq!(catalogs.permid("8"), []);
    }

    #[test]
    fn nearest_spellings_keep_the_form() {
        let catalogs = two();
        assert_eq!(catalogs.nearest("a:Lits"), ["a:List"]);
        assert_eq!(catalogs.nearest("name/a:Lits"), ["a:List"]);
        assert_eq!(catalogs.nearest("Lits"), ["List"]);
        assert_eq!(catalogs.nearest("A:List"), ["a:List"]);
        assert_eq!(catalogs.nearest("nothing:Like"), Vec::<String>::new());
    }
}
