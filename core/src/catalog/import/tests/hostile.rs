//! Pages that hide rows, hold none, or want to be too much.

use super::{check, read_as};
use passgate_grammar::limits;

#[test]
fn code_and_comments_hold_no_rows() {
    check(
        "A x Operation level * Supported\n```\nB x Operation level * Supported\n```\n<!-- C x Operation level * Supported\n-->\n",
        &["A other operation ip *: x"],
        &[],
    );
    check(
        "A x Operation level * Supported\n<!-- not closed\nB x Operation level * Supported\n",
        &["A other operation ip *: x", "B other operation ip *: x"],
        &["2 error bad-row", "2 error bad-row"],
    );
}

#[test]
fn too_many_bad_rows_are_counted() {
    let page = format!("|API|IP|\n|-|-|\n|A|yes|\n{}", "|b c|yes|\n".repeat(1_500));
    let (_, told) = read_as(&page, Some("demo"));
    assert_eq!(told.len(), 1_001);
    assert_eq!(told[0], "1 error too-many");
}

#[test]
fn pages_of_nothing_are_refused() {
    for page in [
        "",
        "\u{feff}",
        "\n\n",
        "text",
        "\u{0}",
        "<table></table>",
        "|||||\n|---|",
        "|-|-|\n|-|-|",
        "API API Description\n",
    ] {
        let (services, told) = read_as(page, Some("demo"));
        assert!(services.is_empty(), "{page:?}");
        assert!(told.contains(&"1 error no-actions".to_owned()), "{page:?}: {told:?}");
    }
}

/// A reader that is not linear, or that recurs, does not end here.
#[test]
fn hostile_pages_end_on_a_small_stack() {
    let many = |text: &str| text.repeat(100_000 / text.len());
    let pages = [
        many("<td>"),
        many("<tr><td rowspan=99999>"),
        many("<table>"),
        many("<table><tr><td>"),
        many("<table></table>"),
        many("<!--"),
        many("<!-- -->"),
        many("<td colspan=9999 rowspan=9999>"),
        many("<b>"),
        many("<"),
        many("&"),
        many("&amp"),
        format!("<table {}", many("a=1 ")),
        format!("<table><tr><td>{}", many("qcs:")),
        many("qcs:"),
        many("`<"),
        many("| a "),
        many("| a |\n"),
        many("|-"),
        many("```\n"),
        many("a\tb\n"),
        many("API\tIP\n"),
        many("<h1>"),
        many("A Operation level * "),
        many("A Operation level\n"),
        many("A x\n"),
        many("level "),
        many("* "),
        many("API "),
        many("=3D"),
        format!("<a b=3D1>{}", many("=\n")),
        format!("A x Operation level {}", many("qcs::a:::x/1 ")),
        format!("|API|Resource|IP|\n|-|-|-|\n|A|{}|yes|", many("qcs::a:::x/1<br>")),
        format!("|API|Resource|IP|\n|-|-|-|\n|A|*|yes|\n{}", many("||qcs::a:::x/1|yes|\n")),
        format!("|API|IP|\n|-|-|\n{}", many("|A|yes|\n")),
    ];
    let run = move || {
        for page in &pages {
            let (services, told) = read_as(page, Some("demo"));
            assert!(!told.is_empty() || services.len() == 1, "{}", page.get(..20).unwrap());
        }
    };
    std::thread::Builder::new().stack_size(128 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn limits_of_tables_hold_on_pages() {
    let wide = |n: usize| format!("|API|IP{}|\n|-|-|\n|A|yes|", "|x".repeat(n - 2));
    check(&wide(limits::TABLE_COLUMNS), &["A other operation ip *"], &[]);
    check(&wide(limits::TABLE_COLUMNS + 1), &[], &["1 error limit"]);
}
