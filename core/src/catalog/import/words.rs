//! The words of provider pages, English and Chinese: headings, columns, levels, yes and no.

use crate::catalog::Granularity;

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// The action's name.
    Name,
    Description,
    Granularity,
    /// Resource templates.
    Resource,
    Ip,
    Tag,
    /// The service's abbreviation.
    Abbreviation,
    /// The product's name.
    Product,
    Console,
    /// Anything else: condition keys, types of resources, notes.
    Other,
}

/// What a page says of support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Support {
    Yes,
    Partial,
    No,
}

/// A text for comparison: lower case, `-` and any white space as one blank, no emphasis, code marks, or colon at
/// its ends, no characters without width.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' => {}
            c if c.is_whitespace() || c == '-' => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.extend(c.to_lowercase()),
        }
    }
    let edge = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | ':' | '：' | '#');
    folded.trim_matches(edge).to_owned()
}

/// The category that a heading opens; `bare` allows a single word such as `Read`.
pub(super) fn category(heading: &str, bare: bool) -> Option<&'static str> {
    let folded = fold(heading);
    let numbered = |c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | ')' | ' ');
    let word = folded.trim_start_matches(numbered);
    let stem =
        [" operations", " operation", " apis", "操作", "接口"].iter().find_map(|end| word.strip_suffix(end));
    if stem.is_none() && !bare {
        return None;
    }
    match stem.unwrap_or(word).trim() {
        "write" | "写" => Some("write"),
        "read" | "读" => Some("read"),
        "list" | "列表" | "列举" => Some("list"),
        "other" | "others" | "其他" | "其它" => Some("other"),
        "tagging" | "tag" | "标签" if stem.is_some() => Some("tagging"),
        "permissions" | "permission" | "permissions management" | "权限" | "权限管理" if stem.is_some() => {
            Some("permissions")
        }
        _ => None,
    }
}

/// The level that a cell or a phrase names; a phrase of running text has to say that it is a level.
pub(super) fn granularity(text: &str, running: bool) -> Option<Granularity> {
    let folded = fold(text);
    let stem = ["level", "级别", "级"].iter().find_map(|end| folded.strip_suffix(end));
    if running && stem.is_none() {
        return None;
    }
    match stem.unwrap_or(&folded).trim() {
        "service" | "服务" => Some(Granularity::Service),
        "operation" | "action" | "api" | "interface" | "操作" | "接口" => Some(Granularity::Operation),
        "resource" | "资源" => Some(Granularity::Resource),
        _ => None,
    }
}

/// What a cell or a phrase says of support.
pub(super) fn support(text: &str) -> Option<Support> {
    match fold(text).as_str() {
        "supported" | "support" | "supports" | "yes" | "✓" | "✔" | "√" | "支持" | "是" | "已支持" => {
            Some(Support::Yes)
        }
        "not supported" | "unsupported" | "not support" | "does not support" | "no" | "✗" | "×" | "✘"
        | "不支持" | "否" | "暂不支持" | "未支持" => Some(Support::No),
        "partially supported"
        | "partial"
        | "partially"
        | "partly supported"
        | "partial support"
        | "部分支持" => Some(Support::Partial),
        _ => None,
    }
}

/// Whether a cell says nothing: empty, or a dash.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || matches!(c, '-' | '–' | '—' | '―' | '−' | '－' | '\u{200b}' | '\u{feff}')
    })
}

/// What a column holds by the text of its head: its first line, since a head may name two things.
pub(super) fn column(head: &str) -> Column {
    let first = head.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let folded = fold(first);
    let has = |words: &[&str]| words.iter().any(|w| folded.contains(w));
    let ip = folded.starts_with("ip") || has(&[" ip "]) || folded.ends_with(" ip");
    match () {
        () if has(&["abbreviation", "简称", "缩写"]) => Column::Abbreviation,
        () if ip => Column::Ip,
        () if has(&["console", "控制台"]) => Column::Console,
        () if has(&["condition", "条件", "note", "remark", "备注"]) => Column::Other,
        () if has(&["tag", "标签"]) => Column::Tag,
        () if has(&["granularity", "粒度", "authorization level", "级别"]) => Column::Granularity,
        () if has(&["six segment", "六段"]) => Column::Resource,
        () if has(&["resource type", "资源类型"]) => Column::Other,
        () if has(&["resource", "资源"]) => Column::Resource,
        () if has(&["description", "描述", "说明", "permission", "权限"]) => Column::Description,
        () if is_name_head(&folded) => Column::Name,
        () if has(&["product", "产品"]) => Column::Product,
        () => Column::Other,
    }
}

fn is_name_head(folded: &str) -> bool {
    let word = ["api", "action", "interface"].iter().find_map(|w| folded.strip_prefix(w));
    word.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        || folded.starts_with("接口")
        || folded.starts_with("操作名")
        || matches!(folded, "操作" | "operation" | "operation name")
}

/// Lines that stand below the tables of a page and belong to no row.
pub(super) fn is_footer(line: &str) -> bool {
    let folded = fold(line);
    let starts = ["was this page helpful", "last updated", "feedback", "contact us"];
    let contains = ["是否对您有帮助", "是否有帮助", "更新时间", "反馈", "联系我们", "上一篇", "下一篇"];
    starts.iter().any(|w| folded.starts_with(w)) || contains.iter().any(|w| folded.contains(w))
}

/// The date that a line gives as the page's own: `YYYY-MM-DD`.
pub(super) fn page_date(line: &str) -> Option<&str> {
    let lower = line.to_lowercase();
    let told = ["last updated", "updated", "更新时间", "更新于", "最近更新", "最后更新"];
    if !told.iter().any(|w| lower.contains(w)) {
        return None;
    }
    let is_date = |text: &&str| {
        let shape = |(i, b): (usize, u8)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() };
        text.len() == 10 && text.bytes().enumerate().all(shape)
    };
    line.char_indices().filter_map(|(i, _)| line.get(i..i + 10)).find(is_date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_open_categories() {
        for (heading, expected) in [
            ("Write operations", Some("write")),
            ("Read Operations", Some("read")),
            ("**List operations:**", Some("list")),
            ("4. Other Operations", Some("other")),
            ("写操作", Some("write")),
            ("读操作", Some("read")),
            ("列表操作", Some("list")),
            ("其他操作", Some("other")),
            ("其它操作：", Some("other")),
            ("标签操作", Some("tagging")),
            ("Permissions management operations", Some("permissions")),
            ("写", Some("write")),
            ("Instance", None),
            ("Permissions", None),
            ("Operations", None),
            ("Fundamental information", None),
            ("", None),
        ] {
            assert_eq!(category(heading, true), expected, "{heading}");
        }
        assert_eq!(category("Read", false), None);
        assert_eq!(category("Read operations", false), Some("read"));
    }

    #[test]
    fn levels() {
        use Granularity::{Operation, Resource, Service};
        for (text, cell, running) in [
            ("Operation level", Some(Operation), Some(Operation)),
            ("operation-level", Some(Operation), Some(Operation)),
            ("API level", Some(Operation), Some(Operation)),
            ("Resource", Some(Resource), None),
            ("资源级", Some(Resource), Some(Resource)),
            ("接口级", Some(Operation), Some(Operation)),
            ("操作级别", Some(Operation), Some(Operation)),
            ("服务级", Some(Service), Some(Service)),
            ("level", None, None),
            ("Supported", None, None),
        ] {
            assert_eq!((granularity(text, false), granularity(text, true)), (cell, running), "{text}");
        }
    }

    #[test]
    fn yes_and_no() {
        use Support::{No, Partial, Yes};
        for (text, expected) in [
            ("Supported", Some(Yes)),
            ("not supported", Some(No)),
            ("Not-supported", Some(No)),
            ("部分支持", Some(Partial)),
            ("Partially supported", Some(Partial)),
            ("不支持", Some(No)),
            ("**支持**", Some(Yes)),
            ("✓", Some(Yes)),
            ("maybe", None),
            ("", None),
        ] {
            assert_eq!(support(text), expected, "{text}");
        }
    }

    #[test]
    fn heads_of_columns() {
        use Column::*;
        for (head, expected) in [
            ("API", Name),
            ("API Operation", Name),
            ("API name\nAPI description", Name),
            ("action Name", Name),
            ("API 接口：action", Name),
            ("接口名", Name),
            ("API 名", Name),
            ("API Description", Description),
            ("接口说明", Description),
            ("Permission", Description),
            ("Authorization Granularity", Granularity),
            ("授权粒度", Granularity),
            ("Six-segment Resource Description", Resource),
            ("Resource Type/Six-Segment Example of Resource", Resource),
            ("资源路径：resource", Resource),
            ("resource Description", Resource),
            ("资源类型", Other),
            ("Resource Type", Other),
            ("IP Restriction", Ip),
            ("IP限制", Ip),
            ("Condition", Other),
            ("Notes", Other),
            ("按标签授权", Tag),
            ("CAM中简称", Abbreviation),
            ("CAM中产品名", Product),
            ("Product", Product),
            ("控制台访问", Console),
            ("Description", Description),
            ("Parameter", Other),
            ("ApiCall", Other),
        ] {
            assert_eq!(column(head), expected, "{head}");
        }
    }

    #[test]
    fn dates_of_pages() {
        assert_eq!(page_date("Last updated: 2025-08-06 09:09:24"), Some("2025-08-06"));
        assert_eq!(page_date("最近更新时间：2024-01-31"), Some("2024-01-31"));
        assert_eq!(page_date("Last updated: yesterday"), None);
        assert_eq!(page_date("on 2025-08-06"), None);
    }
}
