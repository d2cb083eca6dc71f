//! A report that is opened in a browser: one file with its data, its style and its script inside, which loads nothing. The
//! script draws the data; what the data says is the core's.

use passgate::analysis::diff::{self, Diff};
use passgate::analysis::exposure;
use passgate::analysis::what::{self, Matrix};
use passgate::grammar::limits::REPORT_PREFIXES;
use passgate::{Error, ErrorCode};
use std::path::Path;

const PAGE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");
const WHAT: &str = include_str!("what.js");
const DIFF: &str = include_str!("diff.js");
const EXPOSURE: &str = include_str!("exposure.js");

/// The page about what principals may do; `set` is how the policy set was named.
pub(crate) fn what(matrix: &Matrix, set: &str) -> String {
    page("What principals may do", set, WHAT, &what::matrix_to_json(matrix))
}

/// The page about who gains and who loses what; `sets` is how the policy sets were named.
pub(crate) fn diff(diff: &Diff, sets: &str) -> String {
    page("Who gains and who loses what", sets, DIFF, &diff::matrix_to_json(&diff::matrix(diff)))
}

/// The page about how far a set is open, or two sets; `sets` is how they were named.
pub(crate) fn exposure(matrix: &exposure::Matrix, sets: &str) -> String {
    page("How far the set is open", sets, EXPOSURE, &exposure::matrix_to_json(matrix))
}

/// A page: what all share, and the script that says what the table of this one shows.
fn page(title: &str, set: &str, own: &str, data: &str) -> String {
    let script = format!("{SCRIPT}{own}").replace("{{prefixes}}", &REPORT_PREFIXES.to_string());
    // The data comes last: what stands in it is no mark any more.
    let parts =
        [("{{style}}", STYLE), ("{{script}}", &script), ("{{title}}", title), ("{{set}}", &escaped(set))];
    let page = parts.iter().fold(PAGE.to_owned(), |page, (mark, part)| page.replace(mark, part));
    page.replacen("{{data}}", &in_script(data), 1)
}

/// Writes a page to a file.
///
/// # Errors
/// `bad-file` where it cannot be written.
pub(crate) fn write(file: &Path, page: &str) -> Result<(), Error> {
    std::fs::write(file, page).map_err(|cause| {
        let message = format!("`{}` cannot be written: {cause}", file.display());
        Error::new(ErrorCode::BadFile, message).with_cause(cause)
    })
}

/// JSON within a `script` element, which no text of it may end.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('{', "&#123;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate::Gate;
    use passgate::analysis::calls::Calls;
    use passgate::analysis::what::matrix;

    #[test]
    fn no_text_of_a_set_ends_the_data_or_the_markup() {
        let set = "set opaque = \"cvm\" policy p { allow cvm:Run when cvm:k is \"</script><b>&\" } user 1 { attach p }";
        let gate = Gate::compile(set).unwrap();
        let page = what(&matrix(&gate, &[], &Calls::default()).unwrap(), "<i>{{data}}\"&");
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(!page.contains("<b>") && !page.contains("<i>"));
        assert!(page.contains("&lt;i&gt;&#123;&#123;data}}&quot;&amp;"));
        assert!(page.contains("\\u003c/script\\u003e\\u003cb\\u003e\\u0026"));
        assert!(!page.contains("{{"), "a mark is left");
    }

    #[test]
    fn every_page_is_whole() {
        let set = |rest: &str| {
            Gate::compile(format!("policy p {{ {rest} }} user 1 {{ attach p }}").as_str()).unwrap()
        };
        let (old, new) = (set("allow intlpartnersmgt:PayOrders"), set(""));
        let found = passgate::analysis::diff::diff(&old, &new, None).unwrap();
        let page = diff(&found, "old → new");
        assert!(page.contains("<title>Who gains and who loses what: old → new</title>"));
        let most = format!("const PREFIXES = {REPORT_PREFIXES}\n");
        assert!(page.contains(&most) && !page.contains("{{"));
        assert_eq!((page.matches("\nstart({").count(), page.matches("</script>").count()), (1, 2));
        let page = exposure(&passgate::analysis::exposure::matrix(Some(&old), &new).unwrap(), "old → new");
        assert!(page.contains("<title>How far the set is open: old → new</title>") && !page.contains("{{"));
        assert_eq!((page.matches("\nstart({").count(), page.matches("</script>").count()), (1, 2));
    }

    #[test]
    fn nothing_is_loaded() {
        let page = [PAGE, STYLE, SCRIPT, WHAT, DIFF, EXPOSURE].concat();
        for mark in
            ["http://", "https://", "src=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML"]
        {
            assert!(!page.contains(mark), "{mark}");
        }
        assert!(PAGE.contains("default-src 'none'"));
    }
}
