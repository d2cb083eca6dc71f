//! Files that are no policy set: documents to convert, pages and catalogs to read. Each is read as safely as a set's.

use super::file;
use crate::catalog::{Catalogs, Service, file as catalog_file};
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::one_line;
use passgate_grammar::{Diagnostic, SourceId, Sources};
use std::path::Path;
use std::sync::Arc;

/// Reads files as texts, in the order given.
///
/// # Errors
/// `bad-file` for the first that cannot be read.
pub fn read_texts<P: AsRef<Path>>(paths: &[P]) -> Result<(Sources, Vec<SourceId>)> {
    let mut sources = Sources::new();
    let mut ids = Vec::with_capacity(paths.len());
    for path in paths {
        let shown = path.as_ref().to_string_lossy();
        let text = file::read(path.as_ref())
            .map_err(|fault| Error::new(ErrorCode::BadFile, fault.message(&shown)).with_key(shown.clone()))?;
        ids.push(sources.add(shown, text));
    }
    Ok((sources, ids))
}

/// Reads the services of a catalog file, JSON or TOML by its ending, and what was noticed.
///
/// # Errors
/// `bad-file`; `bad-catalog` with diagnostics where it is none.
pub fn read_catalog(path: impl AsRef<Path>) -> Result<(Vec<Service>, Vec<Diagnostic>, Arc<Sources>)> {
    let (sources, ids) = read_texts(&[&path])?;
    let sources = Arc::new(sources);
    let (mut services, mut told) = (Vec::new(), Vec::new());
    for id in ids {
        let (found, noticed) = catalog_file::read(&sources, id);
        services.extend(found);
        told.extend(noticed);
    }
    if told.iter().any(Diagnostic::refuses) {
        let message = format!("`{}` is no catalog", one_line(&path.as_ref().to_string_lossy()));
        return Err(Error::new(ErrorCode::BadCatalog, message).with_diagnostics(told, sources));
    }
    Ok((services, told, sources))
}

/// The built-in catalog with catalog files laid over it, as `--catalog` does.
///
/// # Errors
/// As [`read_catalog`].
pub fn read_catalogs<P: AsRef<Path>>(paths: &[P]) -> Result<Catalogs> {
    let mut catalogs = Catalogs::builtin();
    for path in paths {
        for service in read_catalog(path)?.0 {
            catalogs.add(service);
        }
    }
    Ok(catalogs)
}
