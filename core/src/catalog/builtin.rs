//! The catalog that comes with the engine: the partner portal's actions, as data.
//!
//! The file is what an import of the provider's page of 2025-08-06 gives, without its descriptions; a test beside
//! the corpus compares the two, and another proves the counts of semantics §1.

use super::{Catalogs, file};
use passgate_grammar::Sources;
use std::sync::OnceLock;

const DATA: &str = include_str!("builtin/intlpartnersmgt.json");

impl Catalogs {
    /// The built-in catalog: the service `intlpartnersmgt` with its 238 actions. Read once; a copy is cheap.
    ///
    /// ```
    /// use passgate::catalog::Catalogs;
    /// let catalogs = Catalogs::builtin();
    /// let (_, service) = catalogs.find("intlpartnersmgt").unwrap();
    /// assert_eq!(service.actions.len(), 238);
    /// ```
    pub fn builtin() -> Catalogs {
        static BUILTIN: OnceLock<Catalogs> = OnceLock::new();
        BUILTIN.get_or_init(parsed).clone()
    }
}

fn parsed() -> Catalogs {
    let mut sources = Sources::new();
    let id = sources.add("intlpartnersmgt.json", DATA);
    let (services, _) = file::read(&sources, id);
    let mut catalogs = Catalogs::empty();
    for service in services {
        catalogs.add(service);
    }
    catalogs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Granularity, IpSupport, Service};
    use std::sync::Arc;

    fn service() -> Arc<Service> {
        Arc::clone(Catalogs::builtin().find("intlpartnersmgt").unwrap().1)
    }

    #[test]
    fn the_data_is_a_catalog_file_without_fault() {
        let mut sources = Sources::new();
        let id = sources.add("builtin.json", DATA);
        let (services, diagnostics) = file::read(&sources, id);
        assert_eq!(diagnostics, []);
        assert_eq!(file::to_json(&services), DATA, "the file is as it would be written");
    }

    #[test]
    fn the_counts_are_those_of_the_page() {
        let service = service();
        let of = |category: &str| service.actions.iter().filter(|a| a.category.as_ref() == category).count();
        assert_eq!(service.actions.len(), 238);
        assert_eq!([of("write"), of("read"), of("list"), of("other")], [66, 131, 38, 3]);
        assert_eq!(service.actions.iter().filter(|a| a.ip_restriction).count(), 232);
        let without: Vec<_> =
            service.actions.iter().filter(|a| !a.ip_restriction).map(|a| a.name.as_ref()).collect();
        assert_eq!(
            without,
            [
                "CheckInQnList",
                "CheckPopUpPushStatus",
                "ContractModeSwitch",
                "QueryIndirectCustomersDetail",
                "QueryUser",
                "UpdatePopUpPushStatus",
            ]
        );
    }

    #[test]
    fn the_facts_are_those_of_the_page() {
        let service = service();
        assert_eq!(service.name.as_deref(), Some("International Partners Management"));
        assert_eq!(service.version.as_ref(), "2025-08-06");
        assert_eq!(service.granularity, Granularity::Operation);
        assert_eq!(service.console, Some(true));
        assert!(!service.tag_authorization);
        assert_eq!(service.ip_restriction, Some(IpSupport::Partial));
        for action in &service.actions {
            assert_eq!(action.granularity, Granularity::Operation, "{}", action.name);
            assert_eq!(action.resources, ["*".into()], "{}", action.name);
            assert!(!action.tag_authorization && action.description.is_none(), "{}", action.name);
        }
    }
}
