//! Rows of plain text: a page copied from a browser, where a row is a line and nothing parts its cells.
//!
//! A row is read from the right, where words are few: support, templates, level; what is between the level and the
//! name is the description, whatever stands in it. A row broken over lines is put together again. Lines among rows
//! that are no rows are told, never passed over.

use super::facts;
use super::heads::columns_of_line;
use super::page::{LOWEST, Page};
use super::row::{self, Raw, Why, shortened, templates_of_word};
use super::words::{self, Column, Support};
use crate::catalog::Granularity;

/// Most lines that one row may be broken over.
const ROW_LINES: usize = 4;

/// Where the reading of plain rows stands.
#[derive(Default)]
pub(super) struct Plain {
    /// The heads above.
    columns: Option<Vec<Column>>,
    /// The heads above are of a product: the next line holds its facts.
    product: Option<Vec<Column>>,
    /// The line before was a row or a head.
    among_rows: bool,
    /// A row has been read since the last head or heading.
    rows: bool,
    /// The beginning of what may be a broken row, and how many lines it has.
    open: Option<(String, usize, usize)>,
    /// Lines that are no rows, to be told if they stand among rows.
    doubtful: Vec<(usize, String)>,
}

impl Plain {
    pub(super) fn line(&mut self, text: &str, at: usize, page: &mut Page<'_>) {
        if let Some(category) = words::category(text, false) {
            self.close(page);
            page.category = Some((category, LOWEST));
        } else if let Some(columns) = columns_of_line(text) {
            self.heads(columns, at, page);
        } else if let Some(columns) = self.product.take() {
            match facts::line(text, &columns, at) {
                Ok(facts) => page.facts.push(facts),
                Err(why) => page.report.bad_row(at, why),
            }
        } else if words::is_footer(text) {
            self.close(page);
        } else {
            self.row_or_text(text, at, page);
        }
    }

    pub(super) fn gap(&mut self, page: &mut Page<'_>) {
        self.give_up();
        if self.among_rows {
            self.tell(page);
        }
        // Rows without level and templates look like any text: they end with their block.
        let has = |column| self.columns.as_ref().is_none_or(|c| c.contains(&column));
        if self.rows && !has(Column::Resource) && !has(Column::Granularity) {
            self.columns = None;
        }
        self.among_rows = false;
    }

    /// A heading, a table or the end of the page.
    pub(super) fn close(&mut self, page: &mut Page<'_>) {
        self.gap(page);
        *self = Plain::default();
    }

    fn heads(&mut self, columns: Vec<Column>, at: usize, page: &mut Page<'_>) {
        self.close(page);
        if !columns.contains(&Column::Name) {
            self.product = Some(columns);
            return;
        }
        if !columns.contains(&Column::Ip) {
            page.no_ip.get_or_insert(at);
        }
        self.columns = Some(columns);
        self.among_rows = true;
    }

    fn row_or_text(&mut self, text: &str, at: usize, page: &mut Page<'_>) {
        let columns = self.columns.as_deref();
        if let Some(raw) = parse(text, columns, at) {
            self.give_up();
            return self.take(raw, page);
        }
        if let Some((open, from, lines)) = self.open.take() {
            let joined = format!("{open} {text}");
            if let Some(raw) = parse(&joined, columns, from) {
                return self.take(raw, page);
            }
            if lines < ROW_LINES {
                self.open = Some((joined, from, lines + 1));
                return;
            }
            self.doubtful.push((from, open));
        }
        if !self.among_rows && !is_row_like(text) {
            if self.rows {
                self.doubtful.push((at, text.to_owned()));
            }
            return;
        }
        self.among_rows = true;
        self.open = Some((text.to_owned(), at, 1));
    }

    /// A row has been read: what stood between it and the rows above is no text of its own.
    fn take(&mut self, mut raw: Raw, page: &mut Page<'_>) {
        self.among_rows = true;
        self.tell(page);
        raw.category = page.category.map(|c| c.0);
        if raw.ip.is_none() {
            page.no_ip.get_or_insert(raw.at);
        }
        page.rows.push(raw);
        self.rows = true;
    }

    fn give_up(&mut self) {
        if let Some((text, at, _)) = self.open.take() {
            self.doubtful.push((at, text));
        }
    }

    /// Tells the doubtful lines: rows stand directly above or below them.
    fn tell(&mut self, page: &mut Page<'_>) {
        for (at, text) in self.doubtful.drain(..) {
            page.report.bad_row(at, format!("`{}` is no row that can be read", shortened(&text)));
        }
    }
}

/// A word and where it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) at: usize,
    pub(super) text: &'t str,
}

/// The words of a line.
pub(super) fn tokens(line: &str) -> Vec<Token<'_>> {
    let offset = |part: &str| (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
    line.split_whitespace().map(|text| Token { at: offset(text), text }).collect()
}

/// What the last words say of support, and how many they are.
pub(super) fn take_support(words: &[&str]) -> Option<(Support, usize)> {
    let spoken = |word: &&str| word.chars().any(char::is_alphanumeric);
    [3, 2, 1].into_iter().find_map(|n| {
        let last = words.get(words.len().checked_sub(n)?..)?;
        let phrase = n == 1 || last.iter().all(spoken);
        words::support(&last.join(" ")).filter(|_| phrase).map(|support| (support, n))
    })
}

/// Whether a line has what only rows have: a level with a template after it.
fn is_row_like(line: &str) -> bool {
    let words = tokens(line);
    find_level(&words).is_some_and(|level| template_at(&words, level.end))
}

/// A level and the words that name it.
struct Level {
    granularity: Granularity,
    start: usize,
    end: usize,
}

/// The last level of a line that a template follows; else the last one at all.
fn find_level(words: &[Token<'_>]) -> Option<Level> {
    let mut last = None;
    for start in (1..words.len()).rev() {
        let Some(level) = level_at(words, start) else { continue };
        if template_at(words, level.end) {
            return Some(level);
        }
        last = last.or(Some(level));
    }
    last
}

fn level_at(words: &[Token<'_>], start: usize) -> Option<Level> {
    [1, 2].into_iter().find_map(|n| {
        let phrase: Vec<&str> = words.get(start..start + n)?.iter().map(|t| t.text).collect();
        let granularity = words::granularity(&phrase.join(" "), true)?;
        Some(Level { granularity, start, end: start + n })
    })
}

fn template_at(words: &[Token<'_>], at: usize) -> bool {
    words.get(at).is_some_and(|t| !templates_of_word(t.text, true).is_empty())
}

/// A line as a row, under heads where there are some.
fn parse(line: &str, columns: Option<&[Column]>, at: usize) -> Option<Raw> {
    let words = tokens(line);
    let first = words.first()?;
    let name = row::name(first.text).ok().filter(|n| n == first.text)?;
    let has = |c| columns.is_none_or(|all| all.contains(&c));
    let (level, described, after) = if has(Column::Granularity) {
        let level = find_level(&words)?;
        (Some(level.granularity), level.start, level.end)
    } else {
        let from = if has(Column::Resource) { last_templates(&words)? } else { end_of_text(&words, columns) };
        (None, from, from)
    };
    let found: Vec<Box<str>> = words
        .get(after..)?
        .iter()
        .map_while(|t| Some(templates_of_word(t.text, true)).filter(|found| !found.is_empty()))
        .flatten()
        .collect();
    let taken =
        words.get(after..)?.iter().take_while(|t| !templates_of_word(t.text, true).is_empty()).count();
    if found.is_empty() && has(Column::Resource) {
        return None;
    }
    let tail: Vec<&str> = words.get(after + taken..)?.iter().map(|t| t.text).collect();
    let (ip, tag) = tail_of(&tail, columns).ok()?;
    let text = line.get(first.at + first.text.len()..words.get(described).map_or(line.len(), |t| t.at))?;
    let resources = if found.is_empty() { vec!["*".into()] } else { row::each_once(found) };
    let granularity = level.unwrap_or_else(|| row::level_of_templates(&resources));
    Some(Raw {
        name,
        category: None,
        granularity,
        resources,
        ip,
        tag,
        description: row::description(text),
        at,
    })
}

/// Where the last run of templates begins.
fn last_templates(words: &[Token<'_>]) -> Option<usize> {
    let last = (1..words.len()).rev().find(|n| template_at(words, *n))?;
    (1..=last).rev().take_while(|n| template_at(words, *n)).last()
}

/// Where the description of a row ends that has neither level nor templates.
fn end_of_text(words: &[Token<'_>], columns: Option<&[Column]>) -> usize {
    let texts: Vec<&str> = words.iter().map(|t| t.text).collect();
    let support = columns.is_some_and(|c| c.contains(&Column::Ip)).then(|| take_support(&texts)).flatten();
    words.len().saturating_sub(support.map_or(0, |s| s.1)).max(1)
}

/// Support of addresses and tags in the words after the templates. Heads say which columns there are; without heads
/// only support of addresses and condition keys are known.
fn tail_of(words: &[&str], columns: Option<&[Column]>) -> Result<(Option<bool>, Option<bool>), Why> {
    let mut left = words.to_vec();
    let (mut ip, mut tag) = (None, None);
    let unheaded = [Column::Other, Column::Ip];
    let trailing = columns.map_or(&unheaded[..], after_templates);
    let mut rest = trailing;
    while let [before @ .., last @ (Column::Ip | Column::Tag)] = rest {
        let value = match take_support(&left) {
            Some((support, n)) => {
                left.truncate(left.len() - n);
                Some(support != Support::No)
            }
            None if left.last().is_some_and(|w| words::is_blank(w)) => {
                left.pop();
                None
            }
            None if left.is_empty() => None,
            None => return Err(format!("`{}` says neither supported nor not supported", left.join(" "))),
        };
        if *last == Column::Ip {
            ip = value
        } else {
            tag = value
        }
        rest = before;
    }
    let other = match columns {
        Some(_) => rest.contains(&Column::Other) || rest.contains(&Column::Description),
        None => left.iter().all(|w| w.contains(':') || words::is_blank(w)),
    };
    if left.is_empty() || other {
        Ok((ip, tag))
    } else {
        Err(format!("`{}` is in no column", left.join(" ")))
    }
}

/// The heads that follow the templates, or the level where there are none.
fn after_templates(columns: &[Column]) -> &[Column] {
    let last = columns.iter().rposition(|c| matches!(c, Column::Resource | Column::Granularity));
    let from = last.or_else(|| columns.iter().position(|c| *c == Column::Description)).map_or(1, |n| n + 1);
    columns.get(from..).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name level templates ip description` of a line, or nothing.
    fn check(line: &str, columns: Option<&[Column]>, expected: Option<&str>) {
        let found = parse(line, columns, 0).map(|raw| {
            let ip = raw.ip.map_or("?", |ip| if ip { "ip" } else { "no-ip" });
            let text = raw.description.unwrap_or_default();
            format!("{} {} {} {ip} {text}", raw.name, raw.granularity.as_str(), raw.resources.join(","))
        });
        assert_eq!(found.as_deref(), expected, "{line}");
    }

    #[test]
    fn rows_are_read_from_the_right() {
        check("A do it Operation level * Supported", None, Some("A operation * ip do it"));
        check("A Operation level * not supported", None, Some("A operation * no-ip "));
        check(
            "A 描述 (x) 资源级 qcs::a:::x/* qcs::a:::x/$id 不支持",
            None,
            Some("A resource qcs::a:::x/*,qcs::a:::x/$id no-ip 描述 (x)"),
        );
        check(
            "A Operation level * 5 Operation level * Supported",
            None,
            Some("A operation * ip Operation level * 5"),
        );
        check(
            "A x Resource level qcs::a:::x/1 a:key vpc:region Supported",
            None,
            Some("A resource qcs::a:::x/1 ip x"),
        );
        check(
            "A agent\\\\\\'s \"x\" [1] Operation level * Supported",
            None,
            Some("A operation * ip agent\\\\\\'s \"x\" [1]"),
        );
        check("A x Operation level *", None, Some("A operation * ? x"));
        check("A x Operation level * maybe", None, None);
        check("A x Operation level Supported", None, None);
        check("A x", None, None);
        check("A 操作级 * 支持", None, Some("A operation * ip "));
        check("• Operation level: * x", None, None);
    }

    #[test]
    fn heads_say_what_there_is() {
        use Column::*;
        check("A x qcs::a:::x/1", Some(&[Name, Description, Resource]), Some("A resource qcs::a:::x/1 ? x"));
        check("A x y *", Some(&[Name, Description, Resource]), Some("A operation * ? x y"));
        check("A x y", Some(&[Name, Description]), Some("A operation * ? x y"));
        check("A x y not supported", Some(&[Name, Description, Ip]), Some("A operation * no-ip x y"));
        check(
            "A x Resource level Supported",
            Some(&[Name, Description, Granularity, Ip]),
            Some("A resource * ip x"),
        );
        check(
            "A x Operation level * any words Supported",
            Some(&[Name, Description, Granularity, Resource, Other, Ip]),
            Some("A operation * ip x"),
        );
        check(
            "A x Operation level * words Supported",
            Some(&[Name, Description, Granularity, Resource, Ip]),
            None,
        );
        check(
            "A x Operation level * Supported not supported",
            Some(&[Name, Description, Granularity, Resource, Tag, Ip]),
            Some("A operation * no-ip x"),
        );
    }
}
