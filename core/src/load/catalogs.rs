//! Catalog files added to the built-in catalog.

use crate::catalog::{Catalogs, file};
use crate::error::{Error, ErrorCode, Result};
use crate::findings::Findings;
use crate::model::read::{one_line, shown};
use crate::nearest::nearest;
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code};
use std::sync::Arc;

/// Adds a catalog that the set names; what is wrong with it refuses the set.
pub(super) fn add(sources: &Sources, id: SourceId, catalogs: &mut Catalogs, findings: &mut Findings) {
    let (services, told) = file::read(sources, id);
    let sound = !told.iter().any(Diagnostic::refuses);
    findings.extend(told);
    if sound {
        findings.extend(catalogs.add_all(services, id));
    }
}

/// Adds a catalog that an option names.
///
/// # Errors
/// `bad-catalog` with its diagnostics.
pub(super) fn add_or_refuse(
    sources: &Sources,
    id: SourceId,
    catalogs: &mut Catalogs,
    findings: &mut Findings,
) -> Result<()> {
    let (services, told) = file::read(sources, id);
    if told.iter().any(Diagnostic::refuses) {
        let name = sources.get(id).map_or("", |s| s.name().as_ref());
        let error = Error::new(ErrorCode::BadCatalog, format!("`{}` is no catalog", one_line(name)));
        return Err(error.with_diagnostics(told, Arc::new(sources.clone())));
    }
    findings.extend(told);
    findings.extend(catalogs.add_all(services, id));
    Ok(())
}

/// A service that settings put in use must have a catalog, or it has no bare names.
pub(super) fn check_use(service: &str, span: Span, catalogs: &Catalogs, findings: &mut Findings) {
    if catalogs.find(service).is_some() {
        return;
    }
    let message = format!("no catalog describes the service `{}`: it has no bare names", shown(service));
    let near = nearest(service, catalogs.services().map(|(_, s)| s.service.as_ref()));
    findings.push(Diagnostic::error(code::UNKNOWN_ACTION, span, message).nearest(near));
}
