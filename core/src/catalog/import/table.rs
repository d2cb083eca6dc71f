//! Tables about actions: which column holds what, and the rows.
//!
//! Columns are told by their heads; where heads are mixed up, by where the templates stand; where there are no heads,
//! by what the cells hold.

use super::facts;
use super::grid::{Row, Table};
use super::page::{LOWEST, Page};
use super::row::{self, Raw, Why};
use super::words::{self, Column, column, is_blank};

/// Rows at the top of a table among which its head is looked for.
const HEAD_ROWS: usize = 3;

/// Which column holds what.
struct Plan {
    name: usize,
    description: Option<usize>,
    granularity: Option<usize>,
    resource: Option<usize>,
    ip: Option<usize>,
    tag: Option<usize>,
    /// Columns that have a head.
    width: usize,
}

/// Reads a table, if it is about actions or about the product.
pub(super) fn read(table: &Table, page: &mut Page<'_>) {
    let Some((head, columns)) = head_of(table) else { return unheaded(table, page) };
    let body = table.rows.get(head + 1..).unwrap_or(&[]);
    let Some(name) = columns.iter().position(|c| *c == Column::Name) else {
        return facts::rows(body, &columns, page);
    };
    let plan = plan(name, &columns, body);
    let at = table.rows.get(head).map_or(0, |r| r.at);
    read_rows(body, &plan, table.rows.get(head), at, page);
}

/// The row that heads the table, and what its columns hold.
fn head_of(table: &Table) -> Option<(usize, Vec<Column>)> {
    table.rows.iter().take(HEAD_ROWS).enumerate().find_map(|(n, row)| {
        let columns: Vec<Column> = row.cells.iter().map(|c| column(&c.text)).collect();
        let heads = columns.iter().any(|c| matches!(c, Column::Name | Column::Abbreviation));
        heads.then_some((n, columns))
    })
}

fn plan(name: usize, columns: &[Column], body: &[Row]) -> Plan {
    let first = |wanted| columns.iter().position(|c| *c == wanted);
    let mut plan = Plan {
        name,
        description: first(Column::Description),
        granularity: first(Column::Granularity),
        resource: None,
        ip: first(Column::Ip),
        tag: first(Column::Tag),
        width: columns.len(),
    };
    let headed = |n: &usize| columns.get(*n) == Some(&Column::Resource);
    let most = |among: &dyn Fn(&usize) -> bool| {
        let counted =
            (0..columns.len()).filter(|n| *n != name && among(n)).map(|n| (with_templates(body, n), n));
        counted.max_by_key(|(count, n)| (*count, usize::MAX - n))
    };
    let labelled = most(&headed);
    let other = most(&|n| matches!(columns.get(*n), Some(Column::Description | Column::Other)));
    plan.resource = match (labelled, other) {
        (Some((0, label)), Some((count, column))) if count > 0 => {
            if plan.description == Some(column) {
                plan.description = Some(label);
            }
            Some(column)
        }
        (Some((_, label)), _) => Some(label),
        (None, _) => None,
    };
    plan
}

fn with_templates(body: &[Row], column: usize) -> usize {
    body.iter().filter(|r| !row::templates(r.text(column)).is_empty()).count()
}

/// A table without a head that is understood: read if its cells say enough, told if it seems to hold actions.
fn unheaded(table: &Table, page: &mut Page<'_>) {
    let Some(first) = table.rows.first() else { return };
    let types =
        first.cells.iter().any(|c| ["resource type", "资源类型"].contains(&words::fold(&c.text).as_str()));
    if types {
        page.resource_types = true;
        return;
    }
    if let Some(plan) = plan_by_content(table) {
        return read_rows(&table.rows, &plan, None, first.at, page);
    }
    let named = |r: &&Row| {
        let cells = r.cells.iter().skip(1);
        row::name(r.text(0)).is_ok() && cells.into_iter().any(|c| c.text.contains("qcs:"))
    };
    if let Some(row) = table.rows.iter().find(named) {
        page.report.bad_row(row.at, "a row with a resource stands in a table whose heads are not understood");
    }
}

/// Columns by what they hold, where some row has a name, a level and a template.
fn plan_by_content(table: &Table) -> Option<Plan> {
    let level = |text: &str| words::granularity(text, true).is_some();
    let full = |r: &&Row| {
        row::name(r.text(0)).is_ok()
            && r.cells.iter().any(|c| level(&c.text))
            && r.cells.iter().any(|c| !row::templates(&c.text).is_empty())
    };
    let row = table.rows.iter().find(full)?;
    let find = |test: &dyn Fn(&str) -> bool| row.cells.iter().position(|c| test(&c.text));
    let granularity = find(&level)?;
    let resource = find(&|text| !row::templates(text).is_empty())?;
    let ip = row.cells.iter().rposition(|c| words::support(&c.text).is_some());
    let taken = [Some(0), Some(granularity), Some(resource), ip];
    let description = (1..row.cells.len()).find(|n| !taken.contains(&Some(*n)));
    Some(Plan {
        name: 0,
        description,
        granularity: Some(granularity),
        resource: Some(resource),
        ip,
        tag: None,
        width: row.cells.len(),
    })
}

/// Reads rows; `above` is the place of the row that continuations belong to.
fn read_rows(rows: &[Row], plan: &Plan, head: Option<&Row>, at: usize, page: &mut Page<'_>) {
    if plan.ip.is_none() {
        page.no_ip.get_or_insert(at);
    }
    let mut above: Option<usize> = None;
    for row in rows {
        if row.cells.iter().all(|c| c.text.trim().is_empty()) || head.is_some_and(|h| repeats(row, h)) {
            continue;
        }
        if let Some(title) = row.single() {
            if let Some(category) = words::category(title, true).filter(|_| row.title || row.cells.len() > 1)
            {
                page.category = Some((category, LOWEST));
                continue;
            }
            if row.title {
                continue;
            }
        }
        match read_row(row, plan, above, page) {
            Ok(place) => above = Some(place),
            Err(why) => {
                page.report.bad_row(row.at, why);
                above = None;
            }
        }
    }
}

/// Whether the head is repeated within the table.
fn repeats(row: &Row, head: &Row) -> bool {
    row.cells.len() == head.cells.len() && row.cells.iter().zip(&head.cells).all(|(a, b)| a.text == b.text)
}

/// The place of the row that this one is, or goes on.
fn read_row(row: &Row, plan: &Plan, above: Option<usize>, page: &mut Page<'_>) -> Result<usize, Why> {
    let beyond = row.cells.iter().skip(plan.width).any(|c| !c.text.trim().is_empty());
    if beyond {
        return Err(format!(
            "the row has {} cells where its table has {} columns",
            row.cells.len(),
            plan.width
        ));
    }
    let cell = row.text(plan.name);
    let carried = row.cells.get(plan.name).is_some_and(|c| c.carried);
    if is_blank(cell) || carried {
        return go_on(row, plan, above, page);
    }
    let raw = read_action(row, plan, page)?;
    page.rows.push(raw);
    Ok(page.rows.len() - 1)
}

/// A row without a name of its own gives the one above further resources.
fn go_on(row: &Row, plan: &Plan, above: Option<usize>, page: &mut Page<'_>) -> Result<usize, Why> {
    let (Some(above), Some(column)) = (above, plan.resource) else {
        return Err("the row names no action, and follows none".into());
    };
    let more = row::templates(row.text(column));
    if more.is_empty() {
        return Err("the row names no action and no resource".into());
    }
    check_templates(&more, row.at, page);
    if let Some(raw) = page.rows.get_mut(above) {
        raw.resources.extend(more);
    }
    Ok(above)
}

fn read_action(row: &Row, plan: &Plan, page: &mut Page<'_>) -> Result<Raw, Why> {
    let cell = row.text(plan.name);
    let name = row::name(cell)?;
    let level = plan.granularity.map(|n| row::granularity(row.text(n))).transpose()?;
    let resources = resources(row, plan, level)?;
    let ip = plan.ip.map(|n| row::supported(row.text(n))).transpose()?.flatten();
    let tag = plan.tag.map(|n| row::supported(row.text(n))).transpose()?.flatten();
    check_templates(&resources, row.at, page);
    if plan.ip.is_some() && ip.is_none() {
        let message = format!(
            "the page does not say whether addresses can be restricted for `{name}`: read as supported"
        );
        page.report.warn(passgate_grammar::code::IP_UNKNOWN, row.at, message);
    }
    Ok(Raw {
        granularity: level.unwrap_or_else(|| row::level_of_templates(&resources)),
        name,
        category: page.category.map(|c| c.0),
        resources,
        ip,
        tag,
        description: plan
            .description
            .map_or_else(|| row::after_name(cell), |n| row::description(row.text(n))),
        at: row.at,
    })
}

/// Templates of a row. A row that names none is on `*`, unless it should name some.
fn resources(
    row: &Row,
    plan: &Plan,
    level: Option<crate::catalog::Granularity>,
) -> Result<Vec<Box<str>>, Why> {
    use crate::catalog::Granularity::{Operation, Service};
    let Some(column) = plan.resource else { return Ok(vec!["*".into()]) };
    let found = row::templates(row.text(column));
    if !found.is_empty() {
        return Ok(found);
    }
    let cell = row.text(column);
    match level {
        Some(Operation | Service) if is_blank(cell) => Ok(vec!["*".into()]),
        _ if is_blank(cell) => Err("the row names no resource".into()),
        _ => Err(format!("`{}` names no resource", row::shortened(cell))),
    }
}

fn check_templates(templates: &[Box<str>], at: usize, page: &mut Page<'_>) {
    for template in templates.iter().filter(|t| !row::has_six_segments(t)) {
        let message = format!("`{template}` has not six segments; it is kept as the page has it");
        page.report.warn(passgate_grammar::code::RESOURCE_SEGMENTS, at, message);
    }
}
