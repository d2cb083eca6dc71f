//! What people write instead of JSON, a case a mistake: where the caret stands, what is said, what a fix makes of it.

use super::*;
use crate::json;

/// The text under the caret, the message, and whether applying the fix leaves a sound JSON text.
fn check(text: &str, under: &str, message: &str, fixed: bool) {
    let error = json::parse(text).expect_err(text);
    let told = explain(text, &error, SourceId(0), 0);
    let found = text.get(told.span.start as usize..told.span.end as usize);
    assert_eq!((found, told.message.as_str()), (Some(under), message), "{text}");
    assert!(told.help.is_some(), "no help for {text}");
    let mended = told.fixes.first().map(|fix| {
        let mut mended = text.to_owned();
        for edit in &fix.edits {
            mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        mended
    });
    assert_eq!(mended.is_some_and(|m| json::parse(&m).is_ok()), fixed, "{text}");
}

#[test]
fn commas() {
    check("[1, 2,]", ",", "a comma promises another element, but `]` follows", true);
    check("{\"a\": 1,\n}", ",", "a comma promises another element, but `}` follows", true);
    check("[1,,2]", ",", "a comma stands where a value belongs", false);
    check("[,1]", ",", "a comma stands where a value belongs", false);
    check("[\"a\" \"b\"]", "\"", "a comma is missing before this", true);
    check("{\"a\": [1]\n\"b\": 2}", "\"", "a comma is missing before this", true);
    check("[1 2]", "2", "a comma is missing before this", true);
}

#[test]
fn comments_and_placeholders() {
    check("[ // why\n1]", "// why", "comments do not exist in JSON", false);
    check("/* x */ []", "/*", "comments do not exist in JSON", false);
    check("[1, # x\n2]", "# x", "comments do not exist in JSON, nor does `#`", false);
    check("[...]", "...", "`...` stands for something that was left out", false);
    check("[1, …]", "…", "`…` stands for something that was left out", false);
    check("{\"a\": <VALUE>}", "<VALUE>", "`<VALUE>` stands for something that was left out", false);
    check("{\"a\": <}", "<", "`<` stands for something that was left out", false);
}

#[test]
fn quotes() {
    check("{“a\": 1}", "“", "`“` is no quote of JSON", true);
    check("{'a': 1}", "'", "`'` quotes nothing in JSON", false);
    check("[`a`]", "`", "``` quotes nothing in JSON", false);
    check("[\"a”\n]", "”", "`”` closes no string: this one has no closing quote", true);
    check("[\"a”", "”", "`”` closes no string: this one has no closing quote", false);
    check("[\"a\n]", "\"a", "a string does not end on its line", false);
    check("[\"a]", "\"a]", "a string does not end on its line", false);
}

#[test]
fn keys_and_values() {
    check("{a: 1}", "a", "`a`: a key stands in double quotes", true);
    check("{1: 2}", "1", "a key in double quotes belongs here, not `1`", false);
    check("{\"k\": {\"v\"}}", "\"v\"", "`\"v\"` stands where a key belongs, but has no value", false);
    check(
        "{\"k\": \"a\", \"b\", \"c\": 1}",
        "\"b\"",
        "`\"b\"` stands where a key belongs, but has no value",
        false,
    );
    check("{\"k\" 1}", "1", "a `:` is missing after the key", false);
    check("{\"k\" = 1}", "=", "`=` joins no key and value in JSON", false);
    check("{\"k\": }", "}", "a value is missing before `}`", false);
    check("[\"a\": 1]", ":", "`:` stands where `,` belongs", false);
    check("[True]", "True", "`True`: JSON writes it in lower case", false);
    check("[None]", "None", "`None` is no value of JSON", false);
    check("[NaN]", "NaN", "`NaN` is no number of JSON", false);
    check("[-Infinity]", "Infinity", "`Infinity` is no number of JSON", false);
    check("[allow]", "allow", "`allow`: text stands in double quotes", false);
    check("[+1]", "+", "`+` begins no number of JSON", false);
    check("[.5]", ".", "`.` begins no number of JSON", false);
    check("[01]", "0", "a number has no leading zero", false);
}

#[test]
fn blanks_and_characters() {
    check("{\u{A0}\"a\": 1}", "\u{A0}", "a no-break space (U+00A0) is no white space of JSON", true);
    check("\u{FEFF}[]", "\u{FEFF}", "a byte order mark (U+FEFF) is no white space of JSON", true);
    check("[\u{3000}1]", "\u{3000}", "a wide space (U+3000) is no white space of JSON", true);
    check("[1\u{200B}]", "\u{200B}", "an odd blank (U+200B) is no white space of JSON", true);
    check("[1，2]", "，", "`，` is a wide character, no sign of JSON", true);
    check("[\0]", "\0", "a control character U+0000 stands outside a string", false);
    check("[\"a\u{1}b\"]", "\u{1}", "a control character U+0001 stands in a string", false);
    check("[\"\\x\"]", "\\", "no such escape in a string", false);
    check("[\"\\ud800\"]", "\\", "a lone surrogate is no character", false);
}

#[test]
fn documents_that_are_more_or_less_than_one() {
    check("", "", "the text is empty", false);
    check(" \n", " \n", "the text is empty", false);
    check("{\"a\": [1", "", "the text ends, but the JSON value does not", false);
    check("{} {}", "{", "another document follows the first", false);
    check("{}}", "}", "`}` closes nothing: the document is over", false);
    check("{};", ";", "`;` stands after the document", false);
    check("{} x", "x", "text follows the document", false);
    check("{\"a\": [1}", "}", "`}` closes nothing here: a `[` is open", false);
    check("{\\n\" +", "\\", "`\\` stands outside a string", false);
    check("[\"a\" + \"b\"]", "+", "`+` joins no strings in JSON", false);
    check("{(each.key): 1}", "(", "`(` begins no JSON value", false);
    check("[$x]", "$", "`$` begins no JSON value", false);
}

#[test]
fn a_place_is_counted_from_the_start_of_the_file() {
    let text = "[1,]";
    let error = json::parse(text).unwrap_err();
    assert_eq!(explain(text, &error, SourceId(2), 3).span, Span::new(SourceId(2), 5, 6));
}

#[test]
fn depth_is_a_limit() {
    let text = "[".repeat(100);
    let told = explain(&text, &json::parse(&text).unwrap_err(), SourceId(0), 0);
    assert_eq!((told.code, told.span.start), (code::LIMIT, 64));
}
