//! What a page says of the whole product: abbreviation, name, console, tags, level, addresses.

use super::grid::Row;
use super::page::Page;
use super::plain::{take_support, tokens};
use super::row::{self, Why, shortened};
use super::words::{self, Column, Support, is_blank};
use crate::catalog::{Granularity, IpSupport, is_service_name};

/// The product's facts, each where the page states it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) service: String,
    pub(super) name: Option<String>,
    pub(super) console: Option<bool>,
    pub(super) tag: Option<bool>,
    pub(super) granularity: Option<Granularity>,
    pub(super) ip: Option<IpSupport>,
    pub(super) at: usize,
}

/// Reads the rows below the head of a table of products.
pub(super) fn rows(rows: &[Row], columns: &[Column], page: &mut Page<'_>) {
    for row in rows {
        let cells: Vec<&str> = (0..columns.len()).map(|n| row.text(n)).collect();
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        match read(columns, &cells, row.at) {
            Ok(facts) => page.facts.push(facts),
            Err(why) => page.report.bad_row(row.at, why),
        }
    }
}

/// Reads a line of plain text below a line of heads: cells are told apart from the right, where their words are few.
pub(super) fn line(text: &str, columns: &[Column], at: usize) -> Result<Facts, Why> {
    let words = tokens(text);
    let mut left: Vec<&str> = words.iter().map(|t| t.text).collect();
    let mut cells = vec![String::new(); columns.len()];
    for (column, cell) in columns.iter().zip(&mut cells).rev() {
        let taken = match column {
            Column::Ip | Column::Tag | Column::Console => take_support(&left).map(|s| s.1),
            Column::Granularity => level_words(&left),
            Column::Product => Some(left.len()),
            _ => Some(1),
        };
        let taken = taken.or_else(|| left.last().filter(|w| is_blank(w)).map(|_| 1));
        let rest = taken.and_then(|n| left.len().checked_sub(n));
        let rest = rest.ok_or_else(|| format!("`{}` does not fit its heads", shortened(text)))?;
        *cell = left.split_off(rest).join(" ");
    }
    if !left.is_empty() {
        return Err(format!("`{}` does not fit its heads", shortened(text)));
    }
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    read(columns, &cells, at)
}

/// How many words at the end name a level.
fn level_words(words: &[&str]) -> Option<usize> {
    let names = |n: &usize| {
        let from = words.len().checked_sub(*n)?;
        words::granularity(&words.get(from..)?.join(" "), true)
    };
    [1, 2].into_iter().find(|n| names(n).is_some())
}

fn read(columns: &[Column], cells: &[&str], at: usize) -> Result<Facts, Why> {
    let mut facts = Facts { at, ..Facts::default() };
    for (column, cell) in columns.iter().zip(cells) {
        match column {
            Column::Abbreviation => facts.service = abbreviation(cell)?,
            Column::Product => facts.name = row::description(row::link_text(cell.trim())),
            Column::Console => facts.console = row::supported(cell)?,
            Column::Tag => facts.tag = row::supported(cell)?,
            Column::Granularity if !is_blank(cell) => facts.granularity = Some(row::granularity(cell)?),
            Column::Ip => facts.ip = ip(cell)?,
            _ => {}
        }
    }
    Ok(facts)
}

/// Abbreviations are lower case in policies, whatever the page makes of them.
fn abbreviation(cell: &str) -> Result<String, Why> {
    let text = cell.trim().trim_matches('`').to_ascii_lowercase();
    if is_service_name(&text) {
        Ok(text)
    } else {
        Err(format!("`{}` is no abbreviation of a service", shortened(cell)))
    }
}

fn ip(cell: &str) -> Result<Option<IpSupport>, Why> {
    if is_blank(cell) {
        return Ok(None);
    }
    match words::support(cell) {
        Some(Support::Yes) => Ok(Some(IpSupport::Supported)),
        Some(Support::Partial) => Ok(Some(IpSupport::Partial)),
        Some(Support::No) => Ok(Some(IpSupport::Unsupported)),
        None => Err(format!("`{}` says neither supported nor not supported", shortened(cell))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_from_the_right() {
        use Column::*;
        let columns = [Product, Abbreviation, Console, Tag, Granularity, Ip];
        let read = |text| line(text, &columns, 0).ok();
        let expected = Facts {
            service: "intlpartnersmgt".into(),
            name: Some("International Partners Management".into()),
            console: Some(true),
            tag: Some(false),
            granularity: Some(crate::catalog::Granularity::Operation),
            ip: Some(IpSupport::Partial),
            at: 0,
        };
        let text = "International Partners Management intlpartnersmgt Supported not supported Operation level Partially supported";
        assert_eq!(read(text), Some(expected));
        let zh = read("操作审计 cloudaudit 支持 不支持 操作级 部分支持").unwrap();
        assert_eq!(
            (zh.service.as_str(), zh.tag, zh.ip),
            ("cloudaudit", Some(false), Some(IpSupport::Partial))
        );
        assert_eq!(read("International Partners"), None);
        assert_eq!(read("X y Supported maybe Operation level Supported"), None);
    }

    #[test]
    fn abbreviations_are_lower_case() {
        assert_eq!(abbreviation("`CVM`").as_deref(), Ok("cvm"));
        assert!(abbreviation("two words").is_err());
        assert!(abbreviation("").is_err());
    }
}
