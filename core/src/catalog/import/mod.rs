//! Provider pages to services: plain text, Markdown and HTML tables, English and Chinese.
//!
//! A page is cleaned (`clean`), cut into blocks (`block`, with `html`, `inline` and `markdown`), and read block by block
//! (`page`, `table`, `plain`, `facts`) by its words (`words`, `heads`) into rows (`row`), from which the service is built
//! (`build`). A row that cannot be read is told with its line and never dropped in silence; a page without rows is
//! refused. What stands in catalog files is read in the `file` room.

mod block;
mod build;
mod clean;
mod facts;
mod grid;
mod heads;
mod html;
mod inline;
mod markdown;
mod page;
mod plain;
mod report;
mod row;
mod table;
#[cfg(test)]
mod tests;
mod words;

use super::Service;
use passgate_grammar::{Diagnostic, SourceId, Sources};

/// How pages are to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The abbreviation of the service that the pages describe: needed where a page does not say it, and preferred
    /// where it says another.
    pub service: Option<Box<str>>,
}

/// What was read from pages.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// One service a page; a later page of the same service replaces an earlier one. A page that is refused gives
    /// none.
    pub services: Vec<Service>,
    /// All that was noticed, page by page. Where one is an error, rows are missing from the services, or a page.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads provider pages.
///
/// Codes: `bad-row` (a row that cannot be read), `no-actions`, `no-service`, `limit` refuse; `ip-unknown`,
/// `resource-segments`, `duplicate`, `catalog-replaced` tell.
///
/// ```
/// use passgate::catalog::import::{ImportOptions, import};
/// use passgate::grammar::Sources;
/// let mut sources = Sources::new();
/// let page = sources.add("page.md", "## 写操作\n| 接口名 | 授权粒度 | 资源六段式 | IP限制 |\n|-|-|-|-|\n| Stop | 操作级 | * | 不支持 |");
/// let options = ImportOptions { service: Some("shop".into()) };
/// let imported = import(&sources, &[page], &options);
/// let action = &imported.services[0].actions[0];
/// assert_eq!((action.name.as_ref(), action.category.as_ref(), action.ip_restriction), ("Stop", "write", false));
/// ```
pub fn import(sources: &Sources, pages: &[SourceId], options: &ImportOptions) -> Imported {
    let mut imported = Imported::default();
    for id in pages {
        let Some(source) = sources.get(*id) else { continue };
        let (service, diagnostics) = build::page(source.text(), *id, options);
        imported.diagnostics.extend(diagnostics);
        if let Some(service) = service {
            imported.put(service, *id);
        }
    }
    imported
}
