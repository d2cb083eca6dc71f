//! The lines of the canonical text as they are written, and the comments at their ends, aligned in a run of lines.

use super::WIDTH;

/// The canonical text so far.
#[derive(Debug, Default)]
pub(super) struct Page<'t> {
    out: String,
    /// Where the line that is being written begins.
    line: usize,
    /// Columns of that line so far.
    pub(super) column: usize,
    /// The run of lines with an end comment just before that line.
    run: Vec<Ended<'t>>,
    /// Where the run begins.
    run_start: usize,
}

/// A line with a comment at its end.
#[derive(Debug)]
struct Ended<'t> {
    /// Where its code ends.
    end: usize,
    /// Columns of its code.
    width: usize,
    comment: &'t str,
}

impl<'t> Page<'t> {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Page { out: String::with_capacity(bytes), ..Page::default() }
    }

    /// Writes blanks.
    pub(super) fn blanks(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
        self.column += count;
    }

    /// Writes text of so many columns.
    pub(super) fn push(&mut self, text: &str, width: usize) {
        self.out.push_str(text);
        self.column += width;
    }

    /// Ends the line without a comment.
    pub(super) fn end_line(&mut self) {
        if !self.run.is_empty() {
            let line = self.out.split_off(self.line);
            self.end_run();
            self.out.push_str(&line);
        }
        self.next_line();
    }

    /// Ends the line with a comment.
    pub(super) fn end_with(&mut self, comment: &'t str) {
        if self.run.is_empty() {
            self.run_start = self.line;
        }
        self.run.push(Ended { end: self.out.len(), width: self.column, comment });
        self.next_line();
    }

    fn next_line(&mut self) {
        self.out.push('\n');
        self.line = self.out.len();
        self.column = 0;
    }

    /// Writes the run again, with its comments.
    fn end_run(&mut self) {
        let code = self.out.split_off(self.run_start);
        let widest =
            self.run.iter().map(|line| line.width).filter(|width| *width <= WIDTH).max().unwrap_or(0);
        let mut from = 0;
        for line in self.run.drain(..) {
            let end = line.end.saturating_sub(self.run_start);
            self.out.push_str(code.get(from..end).unwrap_or(""));
            let blanks = widest.saturating_sub(line.width) + 2;
            self.out.extend(std::iter::repeat_n(' ', blanks));
            self.out.push_str(line.comment);
            self.out.push('\n');
            from = end + 1;
        }
        self.line = self.out.len();
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        if !self.run.is_empty() {
            self.end_run();
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of code and comment, `|` between them.
    fn check(lines: &[&'static str], expected: &str) {
        let mut page = Page::default();
        for line in lines {
            let (code, comment) = line.split_once('|').unwrap_or((line, ""));
            page.push(code, code.chars().count());
            if comment.is_empty() { page.end_line() } else { page.end_with(comment) }
        }
        assert_eq!(page.finish(), expected);
    }

    #[test]
    fn end_comments_are_aligned_in_a_run() {
        check(&["a"], "a\n");
        check(&["a|// x"], "a  // x\n");
        check(&["a|// x", "bcd|// y", "e"], "a    // x\nbcd  // y\ne\n");
        check(&["a|// x", "bcd", "é|// y"], "a  // x\nbcd\né  // y\n");
        check(&["", "a|// x", ""], "\na  // x\n\n");
        let wide = "w".repeat(WIDTH + 1);
        let line: &'static str = Box::leak(format!("{wide}|// y").into_boxed_str());
        check(&["a|// x", line], &format!("a  // x\n{wide}  // y\n"));
    }
}
