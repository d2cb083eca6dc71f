//! Markdown tables, a line at a time, and the text of a cell.
//!
//! Cells are parted by `|`, also inside code spans, unless a backslash stands before it (GFM). HTML inside a cell is
//! text with line breaks, except in code spans.

use super::grid::Cell;
use super::inline::inline;

/// Whether a line can be a row: it holds a bar.
pub(super) fn has_bar(line: &str) -> bool {
    line.contains('|')
}

/// Whether a line parts the head of a table from its rows: `|---|:---:|`. Sloppy ones with blanks between the
/// dashes are taken too.
pub(super) fn is_delimiter(line: &str) -> bool {
    let mut dash = false;
    let mut bar = false;
    for b in line.bytes() {
        match b {
            b'-' => dash = true,
            b'|' => bar = true,
            b':' | b' ' | b'\t' => {}
            _ => return false,
        }
    }
    dash && bar
}

/// Whether a line ends a table because it begins another block.
pub(super) fn begins_block(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['#', '>', '<'])
        || line.starts_with("```")
        || line.starts_with("~~~")
        || line.starts_with("- ")
}

/// The cells of a row.
pub(super) fn cells(line: &str) -> Vec<Cell> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = Vec::new();
    let mut open = String::new();
    let mut escaped = false;
    for c in line.chars() {
        match c {
            '|' if escaped => {
                open.pop();
                open.push('|');
            }
            '|' => cells.push(cell(&std::mem::take(&mut open))),
            c => open.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    if !open.trim().is_empty() {
        cells.push(cell(&open));
    }
    cells
}

fn cell(text: &str) -> Cell {
    Cell { text: plain(text.trim()).into(), carried: false }
}

/// A text without HTML, `\n` where a line breaks; code spans stay as they are, with their marks.
pub(super) fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, code)) = rest.split_once('`') {
        let Some((code, after)) = code.split_once('`') else { break };
        done.push_str(&inline(before));
        done.extend(["`", code, "`"]);
        rest = after;
    }
    done.push_str(&inline(rest));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[&str]) {
        let texts: Vec<_> = cells(line).into_iter().map(|c| c.text.to_string()).collect();
        assert_eq!(texts, expected, "{line}");
    }

    #[test]
    fn rows_are_parted_by_bars() {
        check("| a | b |", &["a", "b"]);
        check("a|b", &["a", "b"]);
        check("|a|", &["a"]);
        check("| a | b", &["a", "b"]);
        check("| a || c |", &["a", "", "c"]);
        check("||", &[""]);
        check(r"| a\|b | `c\|d` | \\| e |", &["a|b", "`c|d`", r"\\", "e"]);
        check("| 查 | 询 |  ", &["查", "询"]);
    }

    #[test]
    fn the_text_of_a_cell() {
        check("| a<br>b | `x`<br/>`<y>` | <b>c</b> &amp; d |", &["a\nb", "`x`\n`<y>`", "c & d"]);
        check("| a < b | `open <br> | x |", &["a < b", "`open \n", "x"]);
    }

    #[test]
    fn lines_of_tables() {
        for (line, delimiter) in [
            ("|---|---|", true),
            ("|:-:| -- |", true),
            ("| ------- ---- | --- |", true),
            ("---|---", true),
            ("---", false),
            ("| |", false),
            ("| a | b |", false),
        ] {
            assert_eq!(is_delimiter(line), delimiter, "{line}");
        }
        for (line, begins) in
            [("# x", true), ("> x", true), ("<p>", true), ("```", true), ("- x", true), ("x", false)]
        {
            assert_eq!(begins_block(line), begins, "{line}");
        }
    }
}
