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
            let (name, version) = (service.service.clone(), service.version.clone());
            let Some(earlier) = self.add(service) else { continue };
            let message = format!(
                "`{name}` of version `{version}` replaces the catalog of version `{}`",
                earlier.version
            );
            let note = Diagnostic::note(code::CATALOG_REPLACED, Span::new(source, 0, 0), message);
            notes.push(note.because("a later catalog replaces an earlier one of the same service whole"));
        }
        notes
    }
}
