//! Every limit of the language that reading a text knows, at N and at N + 1.

use crate::support::{faults, read};
use passgate_grammar::limits;

/// A text is read without a fault, or gives one `limit` whose message has this in it.
fn check(text: &str, limit: Option<&str>) {
    let (_, parsed) = read(text);
    let shown = || text.chars().take(60).collect::<String>();
    match limit {
        None => assert_eq!(faults(&parsed), "", "{}", shown()),
        Some(limit) => {
            assert_eq!(parsed.diagnostics.len(), 1, "{} {:#?}", shown(), parsed.diagnostics);
            assert_eq!(parsed.diagnostics[0].code.as_str(), "limit", "{}", shown());
            let message = &parsed.diagnostics[0].message;
            assert!(message.contains(limit), "{message}");
        }
    }
}

#[test]
fn bytes_of_a_file() {
    let text = |n: usize| format!("use a //{}", "x".repeat(n - "use a //".len()));
    check(&text(limits::FILE_BYTES), None);
    check(&text(limits::FILE_BYTES + 1), Some("16777216 bytes"));
}

#[test]
fn parentheses_inside_parentheses() {
    let text = |n: usize| format!("actions a = {}b{}", "(".repeat(n), ")".repeat(n));
    check(&text(limits::PAREN_DEPTH), None);
    check(&text(limits::PAREN_DEPTH + 1), Some("8 deep"));
    let text = |n: usize| format!("user u {{ attach p{}b{} }}", "(".repeat(n), ")".repeat(n));
    check(&text(limits::PAREN_DEPTH), None);
    check(&text(limits::PAREN_DEPTH + 1), Some("8 deep"));
}

#[test]
fn bytes_of_names_and_keys() {
    for n in [limits::NAME_BYTES, limits::NAME_BYTES + 1] {
        let limit = (n > limits::NAME_BYTES).then_some("256 bytes");
        let word = "n".repeat(n);
        let quoted = "é".repeat(n / 2) + &" ".repeat(n % 2);
        check(&format!("network {word} = 1.1.1.1"), limit);
        check(&format!("network n = {word}"), limit);
        check(&format!("policy {word} {{}}"), limit);
        check(&format!("policy \"{quoted}\" {{}}"), limit);
        check(&format!("user {} {{}}", "1".repeat(n)), limit);
        check(&format!("user u {{ in \"{quoted}\" }}"), limit);
        check(&format!("policy p {{ allow a when s:{} is 1 }}", "k".repeat(n - 2)), limit);
        check(&format!("policy p {{ allow a when \"{quoted}\" is 1 }}"), limit);
        check(&format!("policy p({word}: network) {{}}"), limit);
        check(&format!("set {word} = 1"), limit);
        check(&format!("use {word}"), limit);
    }
    // An escape counts as what it stands for.
    check(&format!("user \"{}\" {{}}", "\\n".repeat(limits::NAME_BYTES)), None);
}

#[test]
fn bytes_of_a_string() {
    for n in [limits::STRING_BYTES, limits::STRING_BYTES + 1] {
        let limit = (n > limits::STRING_BYTES).then_some("4096 bytes");
        let text = "s".repeat(n);
        check(&format!("resources r = \"{text}\""), limit);
        check(&format!("policy p {{ allow a when k is \"{text}\" }}"), limit);
        check(&format!("actions a = svc:\"{text}\""), limit);
        check(&format!("@reason(\"{text}\") policy p {{}}"), limit);
        check(&format!("test \"{text}\" {{}}"), limit);
        check(&format!("policy p = cam \"{text}\""), limit);
        check(&format!("set a = \"{}\"", "\\u{41}".repeat(n)), limit);
    }
}

#[test]
fn terms_of_a_list() {
    let list = |term: &str, n: usize| vec![term; n].join(",");
    for n in [limits::LIST_TERMS, limits::LIST_TERMS + 1] {
        let limit = (n > limits::LIST_TERMS).then_some("200000 terms");
        check(&format!("network n = {}", list("::", n)), limit);
        check(&format!("network n = a only {} except {}", list("::", 7), list("::", n)), limit);
        check(&format!("network n = b, (a, {})", list("::", n - 1)), limit);
        check(&format!("policy p {{ allow a when k is {} }}", list("1", n)), limit);
    }
    // Each list counts for itself.
    let many = list("::", limits::LIST_TERMS);
    check(&format!("network n = {many} only {many} network m = {many}"), None);
}

#[test]
fn parameters_of_a_template() {
    let params = |n: usize| (0..n).map(|i| format!("p{i}: network")).collect::<Vec<_>>().join(", ");
    check(&format!("policy p({}) {{}}", params(limits::PARAMETERS)), None);
    check(&format!("policy p({}) {{}}", params(limits::PARAMETERS + 1)), Some("16 parameters"));
}

#[test]
fn diagnostics_of_a_file() {
    let text = |n: usize| format!("policy p {{\n{}}}", "allow a b\n".repeat(n));
    for n in [limits::SHOWN_DIAGNOSTICS, limits::SHOWN_DIAGNOSTICS + 1, 1000] {
        let (_, parsed) = read(&text(n));
        assert_eq!(parsed.diagnostics.len(), n.min(limits::SHOWN_DIAGNOSTICS));
        assert_eq!(parsed.untold, n.saturating_sub(limits::SHOWN_DIAGNOSTICS));
    }
    // The first by place are shown, of whatever kind.
    let (_, parsed) = read(&(text(150) + &"\u{0}a ".repeat(150)));
    assert_eq!(parsed.untold, 200);
    assert!(parsed.diagnostics.iter().all(|d| d.code.as_str() != "bad-character"));
}
