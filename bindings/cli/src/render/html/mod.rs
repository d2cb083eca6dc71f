//! A report that is opened in a browser: one file with its data, its style and its script inside, which loads nothing. The
//! script draws the data; what the data says is the core's.

use passgate::analysis::what::{Matrix, matrix_to_json};

const PAGE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The page about what principals may do; `set` is how the policy set was named.
pub(crate) fn what(matrix: &Matrix, set: &str) -> String {
    // The data comes last: what stands in it is no mark any more.
    let parts = [("{{style}}", STYLE), ("{{script}}", SCRIPT), ("{{set}}", &escaped(set))];
    let page = parts.iter().fold(PAGE.to_owned(), |page, (mark, part)| page.replace(mark, part));
    page.replacen("{{data}}", &in_script(&matrix_to_json(matrix)), 1)
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
    fn nothing_is_loaded() {
        let page = format!("{PAGE}{STYLE}{SCRIPT}");
        for mark in
            ["http://", "https://", "src=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML"]
        {
            assert!(!page.contains(mark), "{mark}");
        }
        assert!(PAGE.contains("default-src 'none'"));
    }
}
