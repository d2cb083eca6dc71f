//! Catalog files: JSON or TOML, one service or several.
//!
//! The format is the engine's, section *Interfaces that are fixed*: needed are `service`, `actions` and the `name`
//! of an action; the rest has defaults. In JSON several services are an array; in TOML they are `[[services]]`.
//! Both notations become one small tree with spans, which `service.rs` reads; `write.rs` writes both back.
//! Provider pages are read in the `import` room, and files are opened elsewhere.

mod json;
mod node;
mod service;
#[cfg(test)]
mod tests;
mod toml;
mod write;

pub(crate) use write::quoted;
pub use write::{to_json, to_toml};

use super::Service;
use passgate_grammar::{Diagnostic, SourceId, Sources};

/// The notation of a catalog file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// TOML 1.0.
    Toml,
}

impl Format {
    /// TOML where the name ends so, else JSON.
    pub fn of_name(name: &str) -> Format {
        let toml = name.len() >= 5
            && name.as_bytes().get(name.len() - 5..).is_some_and(|end| end.eq_ignore_ascii_case(b".toml"));
        if toml { Format::Toml } else { Format::Json }
    }
}

/// Reads a catalog file; its notation follows from its name ([`Format::of_name`]).
///
/// All that is wrong with it is told in one run. Where a diagnostic is an error, the services are what could be
/// understood and must not be used.
///
/// ```
/// use passgate::catalog::file;
/// use passgate::grammar::Sources;
/// let mut sources = Sources::new();
/// let id = sources.add("forge.json", r#"{"service": "forge", "actions": [{"name": "issues/list", "category": "list"}]}"#);
/// let (services, diagnostics) = file::read(&sources, id);
/// assert!(diagnostics.is_empty());
/// assert_eq!(services[0].actions[0].resources[0].as_ref(), "*");
/// ```
pub fn read(sources: &Sources, id: SourceId) -> (Vec<Service>, Vec<Diagnostic>) {
    let name = sources.get(id).map_or("", |s| s.name().as_ref());
    read_as(sources, id, Format::of_name(name))
}

/// Reads a catalog file in a notation that is known otherwise than by its name.
pub fn read_as(sources: &Sources, id: SourceId, format: Format) -> (Vec<Service>, Vec<Diagnostic>) {
    let text = sources.get(id).map_or("", |s| s.text().as_ref());
    let mut diagnostics = Vec::new();
    let tree = match format {
        Format::Json => json::tree(text, id, &mut diagnostics),
        Format::Toml => toml::tree(text, id, &mut diagnostics),
    };
    let services = tree.map_or_else(Vec::new, |tree| service::services(&tree, format, &mut diagnostics));
    (services, diagnostics)
}
