//! A page cut into headings, tables and lines of text, in order.
//!
//! Markdown, HTML and plain text mix on one page, so it is cut line by line: code blocks and comments are left out,
//! HTML tables begin wherever one of their tags stands, Markdown tables at a line of bars above a line of dashes,
//! and runs of lines with tabs are tables where their first line heads one. What the blocks mean is not asked here.

use super::grid::{Budget, Cell, FormFault, Row, Table, too_wide};
use super::words::{Column, column};
use super::{html, markdown};
use passgate_grammar::limits;

/// A piece of a page; `at` is a byte of the cleaned text.
#[derive(Debug)]
pub(super) enum Block {
    /// `level` counts from 1, the highest.
    Heading { level: usize, text: String },
    /// Rows with their head.
    Table(Table),
    /// A line of text, not blank.
    Line { text: String, at: usize },
    /// One blank line or more.
    Gap,
}

/// The blocks of a page.
///
/// # Errors
/// A limit is exceeded; nothing of the page is to be used.
pub(super) fn blocks(text: &str, faults: &mut Vec<FormFault>) -> Result<Vec<Block>, FormFault> {
    let mut cutter = Cutter {
        text,
        at: 0,
        ends: (0, 0),
        last_mark: 0,
        fences: last_fence(text),
        comments: text.rfind("-->").unwrap_or(0),
        blocks: Vec::new(),
        budget: Budget::new(),
    };
    cutter.go(0);
    while cutter.at < text.len() {
        cutter.step(faults)?;
    }
    Ok(cutter.blocks)
}

/// Where the last line that marks a code block begins: one that none follows opens nothing.
fn last_fence(text: &str) -> usize {
    let mut last = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_fence(line) {
            last = at;
        }
        at += line.len();
    }
    last
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```")
}

struct Cutter<'t> {
    text: &'t str,
    at: usize,
    /// Where this line ends, and the next; kept, since many tables may stand on one long line.
    ends: (usize, usize),
    /// Where the last mark of a code span stands on this line, or before it.
    last_mark: usize,
    /// Where the last mark of a code block begins.
    fences: usize,
    /// Where the last comment ends.
    comments: usize,
    blocks: Vec<Block>,
    budget: Budget,
}

impl<'t> Cutter<'t> {
    /// Moves on to byte `at`.
    fn go(&mut self, at: usize) {
        let end = |from: usize| {
            let rest = self.text.as_bytes().get(from..).unwrap_or(&[]);
            rest.iter().position(|b| *b == b'\n').map_or(self.text.len(), |n| from + n)
        };
        self.at = at;
        if at > self.ends.0 || at == 0 {
            let this = if at > 0 && self.ends.0 + 1 == at { self.ends.1 } else { end(at) };
            self.ends = (this, end(this + 1));
            self.last_mark = self.line().rfind('`').map_or(0, |n| at + n);
        }
    }

    /// What is left of this line, without its end.
    fn line(&self) -> &'t str {
        self.text.get(self.at..self.ends.0).unwrap_or("")
    }

    fn next_line(&self) -> &'t str {
        self.text.get(self.ends.0 + 1..self.ends.1).unwrap_or("")
    }

    fn advance(&mut self) {
        self.go(self.ends.0 + 1);
    }

    /// Reads one line, or one block that begins on it.
    fn step(&mut self, faults: &mut Vec<FormFault>) -> Result<(), FormFault> {
        let (line, next) = (self.line(), self.next_line());
        if is_fence(line) && self.fences > self.at {
            self.skip_code();
            return Ok(());
        }
        if let Some(begin) = html_begin(line, self.last_mark.saturating_sub(self.at)) {
            return self.html(line, begin, faults);
        }
        let heads = line.contains('|') && markdown::is_delimiter(next);
        if heads || line.trim_start().starts_with('|') {
            return self.markdown_table();
        }
        if line.contains('\t') && next.contains('\t') && heads_table(&tabbed(line)) {
            return self.tabbed_table();
        }
        self.text_line(line, self.at);
        self.advance();
        Ok(())
    }

    fn skip_code(&mut self) {
        self.advance();
        while self.at < self.text.len() && !is_fence(self.line()) {
            self.advance();
        }
        self.advance();
    }

    /// A table or a comment that begins within the line; the line's text before it is text.
    fn html(&mut self, line: &str, begin: Begin, faults: &mut Vec<FormFault>) -> Result<(), FormFault> {
        let (Begin::Table(offset) | Begin::Comment(offset)) = begin;
        let from = self.at + offset;
        let before = line.get(..offset).unwrap_or("");
        if !before.trim().is_empty() {
            self.text_line(before, self.at);
        }
        match begin {
            Begin::Table(_) => {
                let (table, end) = html::table(self.text, from, &mut self.budget, faults)?;
                self.blocks.push(Block::Table(table));
                self.go(end);
            }
            Begin::Comment(_) => self.go(self.comment_end(from, faults)),
        }
        Ok(())
    }

    /// A comment that is not closed is told, and hides nothing but its opening.
    fn comment_end(&self, from: usize, faults: &mut Vec<FormFault>) -> usize {
        let inside = from + "<!--".len();
        if self.comments >= inside {
            let rest = self.text.get(inside..).unwrap_or("");
            return rest.find("-->").map_or(inside, |n| inside + n + "-->".len());
        }
        faults.push(FormFault::new(from, "a comment is not closed"));
        inside
    }

    /// Rows up to a blank line or another block. A line without a bar still is a row, of one cell.
    fn markdown_table(&mut self) -> Result<(), FormFault> {
        let mut table = Table::default();
        while self.at < self.text.len() {
            let line = self.line();
            let row = markdown::has_bar(line) || !markdown::begins_block(line);
            if line.trim().is_empty() || !row {
                break;
            }
            if !markdown::is_delimiter(line) {
                self.row(&mut table, markdown::cells(line))?;
            }
            self.advance();
        }
        self.blocks.push(Block::Table(table));
        Ok(())
    }

    fn tabbed_table(&mut self) -> Result<(), FormFault> {
        let mut table = Table::default();
        while self.at < self.text.len() && self.line().contains('\t') {
            self.row(&mut table, tabbed(self.line()))?;
            self.advance();
        }
        self.blocks.push(Block::Table(table));
        Ok(())
    }

    fn row(&mut self, table: &mut Table, cells: Vec<Cell>) -> Result<(), FormFault> {
        if cells.len() > limits::TABLE_COLUMNS {
            return Err(too_wide(self.at));
        }
        self.budget.take(cells.len().max(1), self.at)?;
        table.rows.push(Row { cells, at: self.at, title: false });
        Ok(())
    }

    /// A line of text: headings of Markdown or HTML, and text, cut where its HTML breaks it.
    fn text_line(&mut self, line: &str, at: usize) {
        if line.trim().is_empty() {
            if !matches!(self.blocks.last(), Some(Block::Gap)) {
                self.blocks.push(Block::Gap);
            }
            return;
        }
        let hashes = line.trim_start().bytes().take_while(|b| *b == b'#').count();
        if hashes > 0 {
            let text = line.trim_start().trim_start_matches('#');
            return self.put_lines(text, at, Some(hashes));
        }
        let mut rest = line;
        while let Some((before, level, heading)) = html_heading(rest) {
            self.put_lines(before, at, None);
            let end = heading.find("</h").or_else(|| heading.find("</H")).unwrap_or(heading.len());
            let (text, after) = heading.split_at_checked(end).unwrap_or((heading, ""));
            self.put_lines(text, at, Some(level));
            rest = after;
        }
        self.put_lines(rest, at, None);
    }

    /// Puts text without its HTML, a block for each of its lines.
    fn put_lines(&mut self, text: &str, at: usize, level: Option<usize>) {
        for text in markdown::plain(text).lines().filter(|t| !t.trim().is_empty()) {
            let text = text.trim().to_owned();
            self.blocks.push(match level {
                Some(level) => Block::Heading { level, text },
                None => Block::Line { text, at },
            });
        }
    }
}

/// What of HTML begins on a line, at a byte of it.
enum Begin {
    Table(usize),
    Comment(usize),
}

/// Tags within code spans are text; `last_mark` is the last mark of one on the line, or 0.
fn html_begin(line: &str, last_mark: usize) -> Option<Begin> {
    let mut code = false;
    for (at, c) in line.char_indices() {
        match c {
            '`' => code = !code,
            '<' if !code || last_mark < at => {
                let rest = line.get(at + 1..).unwrap_or("");
                if rest.starts_with("!--") {
                    return Some(Begin::Comment(at));
                }
                if begins_table(rest) {
                    return Some(Begin::Table(at));
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a tag that stands only in tables follows the `<`.
fn begins_table(rest: &str) -> bool {
    let name: String = rest.chars().take(6).take_while(char::is_ascii_alphabetic).collect();
    let ends =
        rest.as_bytes().get(name.len()).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
    ends && matches!(
        name.to_ascii_lowercase().as_str(),
        "table" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th"
    )
}

/// The first HTML heading of a line: what stands before it, its level, and the line from its tag on.
fn html_heading(line: &str) -> Option<(&str, usize, &str)> {
    let level = |at: usize| {
        let tag = line.as_bytes().get(at..at + 4)?;
        let [b'<', b'h' | b'H', level @ b'1'..=b'6', end] = tag else { return None };
        (*end == b'>' || end.is_ascii_whitespace()).then(|| usize::from(level - b'0'))
    };
    let (at, level) = line.match_indices('<').find_map(|(at, _)| Some((at, level(at)?)))?;
    let (before, heading) = line.split_at_checked(at)?;
    Some((before, level, heading))
}

fn tabbed(line: &str) -> Vec<Cell> {
    line.split('\t').map(|text| Cell { text: text.trim().into(), carried: false }).collect()
}

fn heads_table(cells: &[Cell]) -> bool {
    cells.iter().any(|c| matches!(column(&c.text), Column::Name | Column::Abbreviation))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks in short: `#level text`, `text`, `[rows of cells]`, and a blank for a gap.
    fn check(page: &str, expected: &[&str]) {
        let mut faults = Vec::new();
        let blocks = blocks(page, &mut faults).unwrap();
        let short = |block: &Block| match block {
            Block::Heading { level, text, .. } => format!("#{level} {text}"),
            Block::Line { text, .. } => text.clone(),
            Block::Gap => String::new(),
            Block::Table(table) => {
                let row = |r: &Row| r.cells.iter().map(|c| c.text.to_string()).collect::<Vec<_>>().join("|");
                format!("[{}]", table.rows.iter().map(row).collect::<Vec<_>>().join(" / "))
            }
        };
        assert_eq!(blocks.iter().map(short).collect::<Vec<_>>(), expected, "{page}");
        assert!(faults.is_empty(), "{page}: {faults:?}");
    }

    #[test]
    fn markdown() {
        check(
            "## A\ntext\n\n\n| a | b |\n|---|---|\n| c | d |\nlast\n\nend",
            &["#2 A", "text", "", "[a|b / c|d / last]", "", "end"],
        );
        check("|a|\n|-|\n## B", &["[a]", "#2 B"]);
        check("a | b\nc | d", &["a | b", "c | d"]);
        check("x\n```\n| a |\n|---|\n```\ny", &["x", "y"]);
        check("x\n```\n| a | b |\n|---|---|", &["x", "```", "[a|b]"]);
        check("`<table>` is a tag", &["`<table>` is a tag"]);
    }

    #[test]
    fn html() {
        check(
            "<h2 id=x>写操作</h2><table><tr><td>a</table><h3>读</h3><p>b<br>c</p>",
            &["#2 写操作", "[a]", "#3 读", "b", "c"],
        );
        check("x <!-- | a |\n<table><tr><td>b</table> --> y", &["x", "y"]);
        check("<tr><td>a</td></tr>\n", &["[a]"]);
        check("<track>", &["<track>"]);
        check("<b>写操作</b>", &["写操作"]);
    }

    #[test]
    fn tabs() {
        check(
            "API\tAPI Description\tIP\nA\ta b\tSupported\nend",
            &["[API|API Description|IP / A|a b|Supported]", "end"],
        );
        check("a\tb\nc\td", &["a\tb", "c\td"]);
    }

    #[test]
    fn a_table_without_a_head_is_told_by_its_bars() {
        check("| a | b |\n| c | d |\n\nx | y", &["[a|b / c|d]", "", "x | y"]);
    }

    #[test]
    fn a_comment_that_does_not_end_is_told_and_hides_nothing() {
        let mut faults = Vec::new();
        let found = blocks("a <!-- b\n<table><tr><td>c</table>", &mut faults).unwrap();
        assert_eq!(faults.len(), 1);
        assert!(matches!(found.last(), Some(Block::Table(_))));
    }
}
