//! HTML tables, and the text of HTML within a line.
//!
//! The tokens come from `html5gum` (attributes, entities, whatever a browser would make of a slip); the tables are
//! put together here: rows and cells that are not closed, rowspan and colspan, tables inside cells, which count as
//! the text of their cell. Nothing recurs, and what a row takes is bounded by its text and the limits.

use super::grid::{Budget, Cell, FormFault, Row, Table, too_wide};
use super::inline::{BREAKING, INLINE, SILENT, name, string_of, tokens};
use html5gum::{Error, StartTag, Token};
use passgate_grammar::limits;
use std::rc::Rc;

/// The table that begins at byte `from` (its `<table`, or the first of its rows or cells), and where it ends.
///
/// # Errors
/// A limit is exceeded: the page is not read on.
pub(super) fn table(
    text: &str,
    from: usize,
    budget: &mut Budget,
    faults: &mut Vec<FormFault>,
) -> Result<(Table, usize), FormFault> {
    let body = text.get(from..).unwrap_or("");
    let mut maker = Maker {
        from,
        body,
        budget,
        table: Table::default(),
        row: None,
        cell: None,
        above: Vec::new(),
        inner: 0,
        nested: None,
        caption: false,
    };
    for Ok(token) in tokens(body) {
        match token {
            Token::StartTag(tag) => maker.start(&tag)?,
            Token::EndTag(tag) => {
                if maker.end(&name(&tag.name), tag.span.start, tag.span.end)? {
                    return Ok((maker.table, from + tag.span.end));
                }
            }
            Token::String(string) => maker.text(&string_of(&string.value), string.span.start, faults),
            Token::Error(error) => faults.extend(unclosed(error.value, from + error.span.start)),
            Token::Comment(_) | Token::Doctype(_) => {}
        }
    }
    maker.close_row()?;
    let nested = maker.nested.map(|at| {
        FormFault::new(at, "this table is read as the text of a cell: the one before it is not closed")
    });
    faults.extend(nested);
    Ok((maker.table, text.len()))
}

/// Faults that swallow the rest of the page.
fn unclosed(error: Error, at: usize) -> Option<FormFault> {
    let what = match error {
        Error::EofInComment => "a comment",
        Error::EofInTag | Error::EofBeforeTagName => "a tag",
        Error::EofInCdata => "a CDATA section",
        _ => return None,
    };
    Some(FormFault::new(at, format!("{what} is not closed: the rest of the page is not read")))
}

/// A table in the making.
struct Maker<'t, 'b> {
    from: usize,
    body: &'t str,
    budget: &'b mut Budget,
    table: Table,
    row: Option<Row>,
    cell: Option<Open>,
    /// By column: cells that reach down, and into how many rows still.
    above: Vec<Option<(usize, Cell)>>,
    /// Tables that are open inside the cell.
    inner: usize,
    /// Where the first of them began.
    nested: Option<usize>,
    /// Inside the table's caption.
    caption: bool,
}

/// A cell in the making.
struct Open {
    text: String,
    rowspan: usize,
    colspan: usize,
    /// Inside an element whose content is no text.
    silent: bool,
}

impl Maker<'_, '_> {
    fn start(&mut self, tag: &StartTag<usize>) -> Result<(), FormFault> {
        let name = name(&tag.name);
        if self.inner > 0 {
            self.inner += usize::from(name == "table");
            self.inside(&name, tag.span.start, tag.span.end, true);
            return Ok(());
        }
        match name.as_str() {
            "table" if self.cell.is_some() => {
                self.inner = 1;
                self.nested.get_or_insert(self.from + tag.span.start);
                self.inside(&name, tag.span.start, tag.span.end, true);
            }
            "table" => {}
            "tr" => {
                self.close_row()?;
                self.row = Some(self.new_row(tag.span.start));
            }
            "td" | "th" => {
                self.close_cell()?;
                if self.row.is_none() {
                    self.row = Some(self.new_row(tag.span.start));
                }
                self.cell = Some(Open {
                    text: String::new(),
                    rowspan: span(tag, "rowspan").unwrap_or(1),
                    colspan: span(tag, "colspan").unwrap_or(1).clamp(1, limits::TABLE_COLUMNS),
                    silent: false,
                });
            }
            "thead" | "tbody" | "tfoot" => self.close_row()?,
            "caption" => self.caption = true,
            _ => self.inside(&name, tag.span.start, tag.span.end, true),
        }
        Ok(())
    }

    /// Whether the table ends here.
    fn end(&mut self, name: &str, start: usize, end: usize) -> Result<bool, FormFault> {
        if self.inner > 0 {
            self.inner -= usize::from(name == "table");
            self.inside(name, start, end, false);
            return Ok(false);
        }
        match name {
            "table" => {
                self.close_row()?;
                return Ok(true);
            }
            "tr" | "thead" | "tbody" | "tfoot" => self.close_row()?,
            "td" | "th" => self.close_cell()?,
            "caption" => self.caption = false,
            _ => self.inside(name, start, end, false),
        }
        Ok(false)
    }

    fn new_row(&self, start: usize) -> Row {
        Row { cells: Vec::new(), at: self.from + start, title: false }
    }

    /// A tag inside a cell: a line end, nothing, or, where no such tag exists, its own text.
    fn inside(&mut self, name: &str, start: usize, end: usize, opens: bool) {
        let Some(cell) = &mut self.cell else { return };
        if SILENT.contains(&name) {
            cell.silent = opens;
        } else if BREAKING.contains(&name) {
            cell.text.push('\n');
        } else if !INLINE.contains(&name) {
            cell.text.push_str(self.body.get(start..end).unwrap_or(""));
        }
    }

    fn text(&mut self, text: &str, start: usize, faults: &mut Vec<FormFault>) {
        match &mut self.cell {
            Some(cell) if cell.silent => {}
            Some(cell) => cell.text.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c })),
            None if !self.caption && !text.trim().is_empty() => {
                let message = format!("`{}` stands in no cell of its table", shortened(text));
                faults.push(FormFault::new(self.from + start, message));
            }
            None => {}
        }
    }

    fn close_cell(&mut self) -> Result<(), FormFault> {
        let (Some(open), Some(row)) = (self.cell.take(), &mut self.row) else { return Ok(()) };
        row.title = row.cells.is_empty() && open.colspan > 1;
        fill(row, &mut self.above);
        let cell = Cell { text: tidy(&open.text).into(), carried: false };
        for n in 0..open.colspan {
            let column = row.cells.len();
            if column >= limits::TABLE_COLUMNS {
                if n == 0 {
                    return Err(too_wide(row.at));
                }
                break;
            }
            let cell = if n == 0 { cell.clone() } else { Cell { text: Rc::from(""), carried: false } };
            if open.rowspan != 1 {
                let rows = if open.rowspan == 0 { usize::MAX } else { open.rowspan - 1 };
                self.above.resize(self.above.len().max(column + 1), None);
                if let Some(slot) = self.above.get_mut(column) {
                    *slot = Some((rows, Cell { carried: true, ..cell.clone() }));
                }
            }
            row.cells.push(cell);
        }
        Ok(())
    }

    /// Ends the row; one without a cell of its own adds nothing and is dropped.
    fn close_row(&mut self) -> Result<(), FormFault> {
        self.close_cell()?;
        let Some(mut row) = self.row.take() else { return Ok(()) };
        if row.cells.is_empty() {
            return Ok(());
        }
        fill(&mut row, &mut self.above);
        self.budget.take(row.cells.len(), row.at)?;
        self.table.rows.push(row);
        Ok(())
    }
}

/// Puts the cells that reach down into the row's next columns.
fn fill(row: &mut Row, above: &mut [Option<(usize, Cell)>]) {
    while let Some(slot) = above.get_mut(row.cells.len()) {
        let Some((rows, cell)) = slot else { return };
        if *rows == 0 {
            *slot = None;
            return;
        }
        *rows -= 1;
        row.cells.push(cell.clone());
    }
}

fn span(tag: &StartTag<usize>, attribute: &str) -> Option<usize> {
    let value = tag.attributes.iter().find(|a| a.0.as_slice() == attribute.as_bytes())?.1;
    let text = string_of(&value.value);
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).take(6).collect();
    digits.parse().ok()
}

/// Lines without blanks at their ends; blanks inside are one.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn shortened(text: &str) -> String {
    let tidy = tidy(text).replace('\n', " ");
    let short: String = tidy.chars().take(40).collect();
    if short.len() < tidy.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> (Vec<Vec<String>>, Vec<String>, usize) {
        let mut faults = Vec::new();
        let (table, end) = table(html, 0, &mut Budget::new(), &mut faults).unwrap();
        let rows = table.rows.iter().map(|r| r.cells.iter().map(|c| c.text.to_string()).collect()).collect();
        (rows, faults.into_iter().map(|f| f.message).collect(), end)
    }

    fn check(html: &str, expected: &[&[&str]]) {
        let (rows, faults, _) = read(html);
        assert_eq!(rows, expected, "{html}");
        assert_eq!(faults, Vec::<String>::new(), "{html}");
    }

    #[test]
    fn rows_and_cells_closed_or_not() {
        check("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", &[&["a", "b"], &["c"]]);
        check("<TABLE><TR><TD>a<TD>b<TR><TD>c", &[&["a", "b"], &["c"]]);
        check("<td>a<td>b</table>", &[&["a", "b"]]);
        check("<tr><td>a</td></tr>", &[&["a"]]);
        check("<table><thead><tr><th>a</thead><tbody><tr><td>b</tbody></table>", &[&["a"], &["b"]]);
        check("<table><tr></tr><tr><td></td></tr></table>", &[&[""]]);
        check("<table><caption>x</caption></table>", &[]);
    }

    #[test]
    fn the_text_of_a_cell() {
        check(
            "<table><tr><td>x<br>y<br/>z</td><td>a &amp; b&nbsp;&#36;{c} &lt;d></td></tr></table>",
            &[&["x\ny\nz", "a & b ${c} <d>"]],
        );
        check("<td>Accept<span style='display:none'>Vpc</span>", &[&["AcceptVpc"]]);
        check("<td><code>qcs::a:<instanceId>:x</code></td>", &[&["qcs::a:<instanceId>:x"]]);
        check("<td>\n  <ul>\n <li>one</li>\n <li>two</li></ul>\n</td>", &[&["one\ntwo"]]);
        check("<td>Name<sup>1</sup></td>", &[&["Name"]]);
        check("<td>a  \n b</td><td title='x>y' b=1 b=2>c</td>", &[&["a b", "c"]]);
        check("<td>a<!-- <td>no --></td><td>b</td>", &[&["a", "b"]]);
    }

    #[test]
    fn a_table_in_a_cell_is_its_text() {
        check(
            "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table>d</td><td>e</td></tr></table>",
            &[&["a\nb\nc\nd", "e"]],
        );
    }

    #[test]
    fn spans_reach_right_and_down() {
        check(
            "<table><tr><td rowspan=2>a<td>b<tr><td>c<tr><td>d<td>e</table>",
            &[&["a", "b"], &["a", "c"], &["d", "e"]],
        );
        check("<table><tr><td colspan=2>a<td>b</table>", &[&["a", "", "b"]]);
        check(
            "<table><tr><td>x<td rowspan=3>a<td>y<tr><td>c<td>z<tr><td>d</table>",
            &[&["x", "a", "y"], &["c", "a", "z"], &["d", "a"]],
        );
        check(
            "<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>",
            &[&["a", "b"], &["a", "c"], &["a", "d"]],
        );
        check("<table><tr><td rowspan=x colspan=>a<tr><td>b</table>", &[&["a"], &["b"]]);
        check(
            "<table><tr><td rowspan=99999999999999999999>a<td>b<tr><td>c</table>",
            &[&["a", "b"], &["a", "c"]],
        );
    }

    #[test]
    fn a_table_ends_where_it_ends() {
        let html = "<table><tr><td>a</td></tr></table> and <table>";
        assert_eq!(html.get(..read(html).2), Some("<table><tr><td>a</td></tr></table>"));
    }

    #[test]
    fn what_swallows_the_page_is_told() {
        assert_eq!(
            read("<table><tr><td>a<!-- b").1,
            ["a comment is not closed: the rest of the page is not read"]
        );
        assert_eq!(
            read("<table><tr><td>a<td title='b>").1,
            ["a tag is not closed: the rest of the page is not read"]
        );
        let nested = "this table is read as the text of a cell: the one before it is not closed";
        assert_eq!(read("<table><tr><td>a <table><tr><td>b</table>").1, [nested]);
        assert_eq!(read("<table><tr>lost<td>a</table>").1, ["`lost` stands in no cell of its table"]);
    }

    #[test]
    fn limits_of_rows_and_pages() {
        let mut faults = Vec::new();
        let mut limit = |html: &str| table(html, 0, &mut Budget::new(), &mut faults).err().map(|f| f.limit);
        let wide = |n: usize| format!("<table><tr>{}</table>", "<td>".repeat(n));
        assert_eq!(limit(&wide(limits::TABLE_COLUMNS)), None);
        assert_eq!(limit(&wide(limits::TABLE_COLUMNS + 1)), Some(true));
        assert_eq!(limit("<table><tr><td colspan=1000000>a</table>"), None);
        let tall = |n: usize| format!("<table>{}</table>", "<tr><td>".repeat(n));
        assert_eq!(limit(&tall(limits::PAGE_CELLS)), None);
        assert_eq!(limit(&tall(limits::PAGE_CELLS + 1)), Some(true));
    }
}
