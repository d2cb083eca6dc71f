//! Heads of a table in one line of plain text, where nothing parts them but the words themselves.

use super::words::{Column, column, fold};

/// Heads of columns that stand in one line of plain text, folded.
const PHRASES: &[&str] = &[
    "api",
    "api name",
    "api operation",
    "api interface",
    "action",
    "action name",
    "interface",
    "interface name",
    "接口名",
    "接口名称",
    "接口",
    "api 名",
    "api名",
    "api 名称",
    "api名称",
    "api 接口",
    "api接口",
    "api 操作",
    "api description",
    "action description",
    "interface description",
    "description",
    "接口描述",
    "接口说明",
    "api 描述",
    "api描述",
    "描述",
    "说明",
    "authorization granularity",
    "granularity",
    "authorization level",
    "授权粒度",
    "粒度",
    "six segment resource description",
    "six segment resource",
    "six segment description",
    "six segment format",
    "resource description",
    "resource path",
    "resource",
    "resources",
    "资源六段式",
    "六段式",
    "资源描述",
    "资源路径",
    "资源",
    "resource type",
    "资源类型",
    "ip restriction",
    "ip limit",
    "ip限制",
    "ip 限制",
    "condition key",
    "condition keys",
    "condition",
    "conditions",
    "条件键",
    "条件",
    "authorization by tag",
    "tag authorization",
    "按标签授权",
    "标签授权",
    "product",
    "product name",
    "cam中产品名",
    "cam 中产品名",
    "产品名",
    "产品",
    "abbreviation in cam",
    "abbreviation",
    "cam中简称",
    "cam 中简称",
    "简称",
    "console",
    "console access",
    "控制台访问",
    "控制台",
    "notes",
    "remarks",
    "备注",
];

/// Most words of a head.
const PHRASE_WORDS: usize = 5;

/// Bytes beyond which a line is no line of heads.
const HEADS_BYTES: usize = 1_000;

/// The columns that a line of plain text heads, where it is nothing but heads of a table about actions or about a
/// product.
pub(super) fn columns_of_line(line: &str) -> Option<Vec<Column>> {
    if line.len() > HEADS_BYTES {
        return None;
    }
    let folded = fold(line);
    let mut words = folded.split(' ').peekable();
    let mut columns = Vec::new();
    let mut pending: Vec<&str> = Vec::new();
    while words.peek().is_some() || !pending.is_empty() {
        while pending.len() < PHRASE_WORDS {
            let Some(word) = words.next() else { break };
            pending.push(word);
        }
        let taken = (1..=pending.len()).rev().find(|n| {
            let phrase = pending.get(..*n).unwrap_or(&[]).join(" ");
            PHRASES.contains(&phrase.as_str())
        })?;
        let phrase = pending.get(..taken)?.join(" ");
        if columns.is_empty() && phrase == "api description" {
            columns.extend([Column::Name, Column::Description]);
        } else {
            columns.push(column(&phrase));
        }
        pending.drain(..taken);
    }
    let has = |column| columns.contains(&column);
    let heads = has(Column::Name) && (has(Column::Description) || has(Column::Resource));
    (heads || (has(Column::Abbreviation) && columns.len() > 1)).then_some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_heads() {
        use Column::*;
        let check =
            |line: &str, expected: Option<Vec<Column>>| assert_eq!(columns_of_line(line), expected, "{line}");
        check(
            "API API Description Authorization Granularity Six-segment Resource Description IP Restriction",
            Some(vec![Name, Description, Granularity, Resource, Ip]),
        );
        check(
            "接口名 接口描述 授权粒度 资源六段式 条件键 IP限制",
            Some(vec![Name, Description, Granularity, Resource, Other, Ip]),
        );
        check(
            "Product Abbreviation in CAM Console Authorization by Tag Authorization Granularity IP Restriction",
            Some(vec![Product, Abbreviation, Console, Tag, Granularity, Ip]),
        );
        check("API Description", Some(vec![Name, Description]));
        check("API authorization granularity", None);
        check("API", None);
        check("Read operations", None);
        check("", None);
    }
}
