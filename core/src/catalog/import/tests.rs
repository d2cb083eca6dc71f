//! Pages in every form: one service written as text, Markdown and HTML, in two languages; what is refused and told.

mod hostile;

use super::*;
use crate::catalog::{Catalogs, Granularity, IpSupport};
use std::fmt::Write as _;

/// An import of one page as `demo`, and what it tells as `line level code`.
fn read_as(page: &str, service: Option<&str>) -> (Vec<Service>, Vec<String>) {
    let mut sources = Sources::new();
    let id = sources.add("page", page);
    let imported = import(&sources, &[id], &ImportOptions { service: service.map(Into::into) });
    let told = imported
        .diagnostics
        .iter()
        .map(|d| format!("{} {} {}", sources.start(d.span).line, d.level.as_str(), d.code))
        .collect();
    (imported.services, told)
}

/// What a page gives, an action a line: `name category level ip resources: description`; and what is told.
fn check(page: &str, actions: &[&str], told: &[&str]) {
    let (services, found) = read_as(page, Some("demo"));
    let lines: Vec<String> = services.iter().flat_map(|s| &s.actions).map(line).collect();
    assert_eq!(lines, actions, "{page}");
    assert_eq!(found, told, "{page}");
}

fn line(action: &crate::catalog::Action) -> String {
    let ip = if action.ip_restriction { "ip" } else { "no-ip" };
    let mut line = format!(
        "{} {} {} {ip} {}",
        action.name,
        action.category,
        action.granularity.as_str(),
        action.resources.join(" ")
    );
    if let Some(text) = &action.description {
        let _ = write!(line, ": {text}");
    }
    line
}

/// How a page spells what it says.
struct Words {
    sections: [(&'static str, &'static str); 4],
    heads: [&'static str; 5],
    product: [&'static str; 6],
    level: [&'static str; 3],
    support: [&'static str; 3],
}

const ENGLISH: Words = Words {
    sections: [
        ("write", "Write operations"),
        ("read", "Read operations"),
        ("list", "List Operations"),
        ("other", "Other Operations"),
    ],
    heads: [
        "API",
        "API Description",
        "Authorization Granularity",
        "Six-segment Resource Description",
        "IP Restriction",
    ],
    product: [
        "Product",
        "Abbreviation in CAM",
        "Console",
        "Authorization by Tag",
        "Authorization Granularity",
        "IP Restriction",
    ],
    level: ["Service level", "Operation level", "Resource level"],
    support: ["Supported", "Partially supported", "not supported"],
};

const CHINESE: Words = Words {
    sections: [("write", "写操作"), ("read", "读操作"), ("list", "列表操作"), ("other", "其他操作")],
    heads: ["接口名", "接口描述", "授权粒度", "资源六段式", "IP限制"],
    product: ["CAM中产品名", "CAM中简称", "控制台访问", "按标签授权", "授权粒度", "IP限制"],
    level: ["服务级", "操作级", "资源级"],
    support: ["支持", "部分支持", "不支持"],
};

/// Writes a table of rows in some form.
type Form = fn(&str, &[Vec<String>]) -> String;

fn plain(heading: &str, rows: &[Vec<String>]) -> String {
    let lines: Vec<String> = rows.iter().map(|r| r.join(" ")).collect();
    format!("{heading}\n\n{}\n\n", lines.join("\n"))
}

fn tabbed(heading: &str, rows: &[Vec<String>]) -> String {
    let lines: Vec<String> = rows.iter().map(|r| r.join("\t")).collect();
    format!("{heading}\r\n\r\n{}\r\n\r\n", lines.join("\r\n"))
}

fn markdown(heading: &str, rows: &[Vec<String>]) -> String {
    let mut lines: Vec<String> = rows.iter().map(|r| format!("| {} |", r.join(" | "))).collect();
    lines.insert(1, "|---".repeat(rows[0].len()) + "|");
    format!("## {heading}\n{}\n\n", lines.join("\n"))
}

fn html(heading: &str, rows: &[Vec<String>]) -> String {
    let escaped = |cell: &String| cell.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&#39;");
    let row = |r: &Vec<String>| {
        let cells: Vec<_> =
            r.iter().map(|c| format!("<td class=\"x\" width='5%'>{}</td>", escaped(c))).collect();
        format!("<tr height=3>\n{}</tr>", cells.join("\n"))
    };
    format!("<h3 id=a>{heading}</h3><table>{}</table>", rows.iter().map(row).collect::<String>())
}

fn page(service: &Service, words: &Words, form: Form, order: &[usize]) -> String {
    let level = |g: Granularity| words.level[g as usize].to_owned();
    let texts = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    let yes = |b: bool| words.support[if b { 0 } else { 2 }].to_owned();
    let product = vec![
        service.name.as_deref().unwrap().to_owned(),
        service.service.to_string(),
        yes(service.console.unwrap()),
        yes(service.tag_authorization),
        level(service.granularity),
        words.support[service.ip_restriction.unwrap() as usize].to_owned(),
    ];
    let mut text = form("Fundamental information", &[texts(&words.product), product]);
    for (category, heading) in order.iter().map(|n| words.sections[*n]) {
        let mut rows = vec![texts(&words.heads)];
        for action in service.actions.iter().filter(|a| a.category.as_ref() == category) {
            rows.push(vec![
                action.name.to_string(),
                action.description.as_deref().unwrap_or(&action.name).to_owned(),
                level(action.granularity),
                action.resources.join(" "),
                yes(action.ip_restriction),
            ]);
        }
        if rows.len() > 1 {
            text.push_str(&form(heading, &rows));
        }
    }
    text + "\nLast updated: 2025-08-06 09:09:24\n"
}

/// The built-in service with levels, resources and descriptions that are hard to read.
fn demo() -> Service {
    let mut service = Catalogs::builtin().find("intlpartnersmgt").unwrap().1.as_ref().clone();
    let descriptions = [
        "get (v2) [beta] of 3 \"things\"",
        r"the agent\\\'s \'own\' 5 <id> & c",
        "sets Operation level * for 10 users",
        "查询 服务器 列表（新）",
        "a, b; c: d",
    ];
    for (n, action) in service.actions.iter_mut().enumerate() {
        action.description = Some(descriptions[n % descriptions.len()].into());
        if n % 3 == 0 {
            action.granularity = Granularity::Resource;
            let all =
                ["qcs::a:${region}:uin/${uin}:x/$id", "qcs::a:$region:$account:y/*", "qcs::b:::z/{$Id}"];
            action.resources = all[..=n % 3 + n % 2].iter().map(|t| (*t).into()).collect();
        }
        if n % 10 == 1 {
            action.name = action.name.to_ascii_lowercase().into();
        }
    }
    service.ip_restriction = Some(IpSupport::Partial);
    service.actions.sort_by(|a, b| a.name.cmp(&b.name));
    service
}

#[test]
fn one_service_is_the_same_in_every_form() {
    let service = demo();
    for (what, form) in [("plain", plain as Form), ("tabbed", tabbed), ("markdown", markdown), ("html", html)]
    {
        for (language, words) in [("en", &ENGLISH), ("zh", &CHINESE)] {
            for order in [[0, 1, 2, 3], [3, 1, 0, 2]] {
                let text = page(&service, words, form, &order);
                let (services, told) = read_as(&text, None);
                assert_eq!(told, Vec::<String>::new(), "{what} {language} {order:?}");
                assert_eq!(services.len(), 1, "{what} {language} {order:?}");
                for (found, expected) in services[0].actions.iter().zip(&service.actions) {
                    assert_eq!(found, expected, "{what} {language} {order:?}");
                }
                assert!(services[0] == service, "{what} {language} {order:?}");
            }
        }
    }
}

#[test]
fn sections_may_be_absent() {
    check(
        "API API Description Authorization Granularity Six-segment Resource Description IP Restriction\nA does a Operation level * Supported\nb Operation level * not supported\n",
        &["A other operation ip *: does a", "b other operation no-ip *"],
        &[],
    );
    check("A does a Operation level * Supported\n", &["A other operation ip *: does a"], &[]);
    check(
        "| A | 做 | 操作级 | * | 不支持 |\n| B | 做 | 资源级 | qcs::demo:::x/* | 支持 |",
        &["A other operation no-ip *: 做", "B other resource ip qcs::demo:::x/*: 做"],
        &[],
    );
    check(
        "## Write operations\n### Some\n|API|Resource|IP|\n|-|-|-|\n|A|*|yes|\n## More\n|API|Resource|IP|\n|-|-|-|\n|B|*|yes|\n",
        &["A write operation ip *", "B other operation ip *"],
        &[],
    );
}

#[test]
fn sections_may_stand_within_a_table() {
    check(
        "<table><tr><th>API<th>Resource<th>IP Restriction<tr><td colspan=3>Write operations<tr><td>A<td>*<td>No<tr><td colspan=3>Hosts<tr><td>B<td>*<td>Yes<tr><td colspan=3>Read operations<tr><td>C<td>*<td>Yes</table>",
        &["A write operation no-ip *", "B write operation ip *", "C read operation ip *"],
        &[],
    );
    check(
        "| API | Resource | IP |\n|-|-|-|\n| **写操作** | | |\n| A | * | 支持 |\n",
        &["A write operation ip *"],
        &[],
    );
}

#[test]
fn columns_may_be_missing_or_more() {
    check(
        "|API|Resource|\n|-|-|\n|A|*|\n|B|`qcs::demo:$r:$a:x/*`<br>`qcs::demo:$r:$a:x/$id`|",
        &["A other operation ip *", "B other resource ip qcs::demo:$r:$a:x/* qcs::demo:$r:$a:x/$id"],
        &["1 warning ip-unknown"],
    );
    check(
        "|API|Description|\n|-|-|\n|A|does a|",
        &["A other operation ip *: does a"],
        &["1 warning ip-unknown"],
    );
    check(
        "API Description\nA does a\nB does b\n\nThe end of it.",
        &["A other operation ip *: does a", "B other operation ip *: does b"],
        &["1 warning ip-unknown"],
    );
    check(
        "|接口名|授权粒度|资源六段式|条件键|IP限制|\n|-|-|-|-|-|\n|A|资源级|qcs::demo:::x/*|demo:region<br>demo:vpc|不支持|",
        &["A other resource no-ip qcs::demo:::x/*"],
        &[],
    );
    check("接口名 授权粒度 资源六段式 条件键 IP限制\n", &[], &["1 error no-actions"]);
    check(
        "接口名 接口描述 授权粒度 资源六段式 条件键 IP限制\nA 做 a 资源级 qcs::demo:::x/* demo:region demo:vpc 不支持\n",
        &["A other resource no-ip qcs::demo:::x/*: 做 a"],
        &[],
    );
    check(
        "|API|Granularity|Resource|IP Restriction|\n|-|-|-|-|\n|A|Operation level|*||\n|B|Operation level|—|Yes|",
        &["A other operation ip *", "B other operation ip *"],
        &["3 warning ip-unknown"],
    );
    check("|API|IP Restriction|按标签授权|\n|-|-|-|\n|A|否|支持|", &["A other operation no-ip *"], &[]);
    check("A does a Operation level *", &["A other operation ip *: does a"], &["1 warning ip-unknown"]);
}

#[test]
fn a_row_may_speak_of_tags() {
    let (services, _) =
        read_as("|API|按标签授权|IP|\n|-|-|-|\n|A|支持|支持|\n|B|不支持|支持|\n|C||支持|", Some("demo"));
    let tags: Vec<bool> = services[0].actions.iter().map(|a| a.tag_authorization).collect();
    assert_eq!(tags, [true, false, false]);
}

#[test]
fn rows_go_on_in_rows_without_a_name() {
    check(
        "<table><tr><td>API<td>Resource<td>IP<tr><td rowspan=2>A<td>qcs::demo:::x/*<td>Yes<tr><td>qcs::demo:::y/*<td>Yes<tr><td>B<td>*<td>No</table>",
        &["A other resource ip qcs::demo:::x/* qcs::demo:::y/*", "B other operation no-ip *"],
        &[],
    );
    check(
        "|API|Resource|IP|\n|-|-|-|\n|A|qcs::demo:::x/*|yes|\n|—|qcs::demo:::y/*||\n||qcs::demo:::x/*||",
        &["A other resource ip qcs::demo:::x/* qcs::demo:::y/*"],
        &[],
    );
    check(
        "|API|Resource|IP|\n|-|-|-|\n|—|qcs::demo:::y/*|yes|\n|A|*|yes|\n|—|nothing|yes|\n|—|qcs::demo:::y/*|yes|",
        &["A other operation ip *"],
        &["3 error bad-row", "5 error bad-row", "6 error bad-row"],
    );
}

#[test]
fn heads_that_are_mixed_up_are_told_by_what_stands_below() {
    check(
        "|API|Resource Description|API Description|IP|\n|-|-|-|-|\n|A|does a|`*` only|yes|\n|B|does b|`qcs::demo:::x/*`|yes|",
        &["A other operation ip *: does a", "B other resource ip qcs::demo:::x/*: does b"],
        &[],
    );
}

#[test]
fn a_row_that_cannot_be_read_is_told_with_its_line() {
    let head = "| API | Authorization Granularity | Resource | IP Restriction |\n|-|-|-|-|\n";
    let row = |row: &str, told: &[&str]| {
        check(
            &format!("{head}| A | Operation level | * | Supported |\n{row}\n"),
            &["A other operation ip *"],
            told,
        )
    };
    row("| B C | Operation level | * | Supported |", &["4 error bad-row"]);
    row("| 旧 | Operation level | * | Supported |", &["4 error bad-row"]);
    row("| B | some level | * | Supported |", &["4 error bad-row"]);
    row("| B | | * | Supported |", &["4 error bad-row"]);
    row("| B | Operation level | none | Supported |", &["4 error bad-row"]);
    row("| B | Resource level | | Supported |", &["4 error bad-row"]);
    row("| B | Operation level | * | perhaps |", &["4 error bad-row"]);
    row("| B | Operation level | * | Supported | more |", &["4 error bad-row"]);
    row("| B |", &["4 error bad-row"]);
    row("B", &["4 error bad-row"]);
    row("| | | | |", &[]);
    row("|API | Authorization Granularity | Resource | IP Restriction|", &[]);
    check(
        "A x Operation level * Supported\nB x Operation * Supported\nC x Operation level * Supported\nD\n",
        &["A other operation ip *: x", "C other operation ip *: x"],
        &["2 error bad-row", "4 error bad-row"],
    );
    check(
        "A x Operation level * Supported\n\nB x\n\nC x Operation level * Supported\n",
        &["A other operation ip *: x", "C other operation ip *: x"],
        &["3 error bad-row"],
    );
    check(
        "A x Operation level * Supported\n\nB x Operation level * perhaps\n",
        &["A other operation ip *: x"],
        &["3 error bad-row"],
    );
    check(
        "<table><tr><td>API<td>Resource<td>IP\n<tr><td>A<td>*<td>yes\n<tr><td>B\n</table>",
        &["A other operation ip *"],
        &["3 error bad-row"],
    );
    check("|Name|Path|\n|-|-|\n|A|qcs::demo:::x/*|", &[], &["1 error no-actions", "3 error bad-row"]);
}

#[test]
fn text_around_rows_is_no_row() {
    check(
        "Write operations\nA x Operation level * Supported\nWas this page helpful?\nYes\nNo\nFeedback\n",
        &["A write operation ip *: x"],
        &[],
    );
    check(
        "• Operation level: it is\n  authorized.\n\nAPI authorization granularity\n\nA x Operation level * Supported\n\nNote that this is the end.",
        &["A other operation ip *: x"],
        &[],
    );
}

#[test]
fn a_row_may_be_broken_over_lines() {
    check(
        "API API Description Authorization Granularity Resource IP Restriction\nA does\n  this and that\nOperation level * Supported\nB x Operation level\n* not supported\n",
        &["A other operation ip *: does this and that", "B other operation no-ip *: x"],
        &[],
    );
}

#[test]
fn a_name_that_is_listed_again() {
    let head = "|API|Resource|IP|\n|-|-|-|\n|A|qcs::demo:::x/*|yes|\n";
    check(
        &format!("{head}|A|qcs::demo:::x/*|yes|"),
        &["A other resource ip qcs::demo:::x/*"],
        &["4 note duplicate"],
    );
    check(
        &format!("{head}|A|qcs::demo:::y/*|no|"),
        &["A other resource ip qcs::demo:::x/* qcs::demo:::y/*"],
        &["4 warning duplicate"],
    );
}

#[test]
fn the_service_is_named_by_the_page_or_by_the_option() {
    let facts = |rows: &str| {
        format!("|Product|Abbreviation in CAM|Granularity|\n|-|-|-|\n{rows}\n\n|API|IP|\n|-|-|\n|A|yes|\n")
    };
    let name = |page: &str, service: Option<&str>| {
        let (services, told) = read_as(page, service);
        (services.first().map(|s| s.service.to_string()), told)
    };
    let told = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    assert_eq!(name(&facts("|Shop|`SHOP`|资源级|"), None), (Some("shop".into()), told(&[])));
    assert_eq!(
        name(&facts("|Shop|shop|资源级|"), Some("mall")),
        (Some("mall".into()), told(&["1 warning no-service"]))
    );
    assert_eq!(name(&facts("|Shop|shop||\n|Mall|mall||"), None), (None, told(&["1 error no-service"])));
    assert_eq!(name(&facts("|Shop|shop||\n|Mall|mall||"), Some("mall")), (Some("mall".into()), told(&[])));
    assert_eq!(name(&facts(""), None), (None, told(&["1 error no-service"])));
    assert_eq!(name(&facts(""), Some("Mall")), (None, told(&["1 error no-service"])));
    assert_eq!(
        name(&facts("|Shop|two words|资源级|"), Some("shop")),
        (Some("shop".into()), told(&["3 error bad-row"]))
    );
    let (services, _) = read_as(&facts("|[Shop](x)|shop|服务级|"), None);
    assert_eq!((services[0].name.as_deref(), services[0].granularity), (Some("Shop"), Granularity::Service));
}

#[test]
fn the_version_is_the_date_of_the_page_or_a_digest_of_it() {
    let version = |page: &str| read_as(page, Some("demo")).0[0].version.to_string();
    let rows = "A x Operation level * Supported\n";
    assert_eq!(version(&format!("最近更新时间：2024-02-29 10:00\n{rows}")), "2024-02-29");
    assert!(version(rows).starts_with("digest-"));
    assert_eq!(version(rows), version(&rows.replace('\n', "\r\n")));
    assert_ne!(version(rows), version(&rows.replace("x", "y")));
}

#[test]
fn a_later_page_of_the_same_service_replaces_the_earlier() {
    let mut sources = Sources::new();
    let ids = ["A x Operation level * Supported", "B x Operation level * Supported"]
        .map(|t| sources.add("page", t));
    let imported = import(&sources, &ids, &ImportOptions { service: Some("demo".into()) });
    assert_eq!(imported.services.len(), 1);
    assert_eq!(imported.services[0].actions[0].name.as_ref(), "B");
    let told: Vec<_> = imported.diagnostics.iter().map(|d| (d.code.as_str(), d.source())).collect();
    assert_eq!(told, [("catalog-replaced", ids[1])]);
}

#[test]
fn control_characters_do_not_reach_the_catalog() {
    let page = "|Product|简称|\n|-|-|\n|Sh&#27;op\u{1}|demo|\n\n|API|Description|Resource|IP|\n|-|-|-|-|\n|A|x\u{7f}&#7;y|qcs::demo:::a\u{8}b|yes|";
    let (services, _) = read_as(page, None);
    assert_eq!(services[0].name.as_deref(), Some("Shop"));
    assert_eq!(line(&services[0].actions[0]), "A other resource ip qcs::demo:::ab: xy");
    let mut sources = Sources::new();
    let id = sources.add("a.json", crate::catalog::file::to_json(&services));
    assert_eq!(crate::catalog::file::read(&sources, id), (services, vec![]));
}
