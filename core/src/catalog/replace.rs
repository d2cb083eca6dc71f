//! Several catalogs at once: a later one replaces an earlier one of the same service whole (semantics §1).

use super::{Catalogs, Service};
use passgate_grammar::{Diagnostic, SourceId, Span, code};

impl Catalogs {
    /// Adds the services of one file or page in order; gives a note for each that replaces one.
    ///
    /// ```
    /// use passgate::catalog::{Catalogs, file};
    /// use passgate::grammar::Sources;
    /// let mut sources = Sources::new();
    /// let id = sources.add("own.json", r#"{"service": "intlpartnersmgt", "version": "mine", "actions": []}"#);
    /// let mut catalogs = Catalogs::builtin();
    /// let notes = catalogs.add_all(file::read(&sources, id).0, id);
    /// assert_eq!(notes[0].code.as_str(), "catalog-replaced");
    /// assert_eq!(catalogs.find("intlpartnersmgt").unwrap().1.version.as_ref(), "mine");
    /// ```
    pub fn add_all(
        &mut self,
        services: impl IntoIterator<Item = Service>,
        source: SourceId,
    ) -> Vec<Diagnostic> {
        let mut notes = Vec::new();
        for service in services {
            let name = service.service.clone();
            let Some(earlier) = self.add(service) else { continue };
            if let Some((_, later)) = self.find(&name) {
                notes.push(replaced(&earlier, later, source));
            }
        }
        notes
    }
}

/// The note that one catalog of a service takes the place of another.
pub(super) fn replaced(earlier: &Service, later: &Service, source: SourceId) -> Diagnostic {
    let message = format!(
        "`{}` of version `{}` replaces the catalog of version `{}`",
        later.service, later.version, earlier.version
    );
    Diagnostic::note(code::CATALOG_REPLACED, Span::new(source, 0, 0), message)
        .because("a later catalog replaces an earlier one of the same service whole")
}
