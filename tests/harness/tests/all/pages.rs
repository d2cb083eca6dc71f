//! Real provider pages: what an import gives is what was counted and read on each page by other means
//! (`tests/corpus/pages.tsv`, `tests/corpus/rows.tsv`), and the built-in catalog is such an import.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a malformed table is a fault of the tests"
)]

use passgate::catalog::import::{ImportOptions, Imported, import};
use passgate::catalog::{Catalogs, Granularity, Service, file};
use passgate::grammar::{Level, Sources};
use passgate_harness::corpus::corpus;
use std::path::Path;

const PAGES: &str = include_str!("../../../corpus/pages.tsv");
const ROWS: &str = include_str!("../../../corpus/rows.tsv");

/// Lines of a table without its head, as cells.
fn lines(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}

#[expect(clippy::disallowed_methods, reason = "tests read their corpus")]
fn text(folder: &Path, page: &str) -> String {
    std::fs::read_to_string(folder.join(page)).unwrap()
}

/// An import of one page, and what it tells as `line code`.
fn read(page: &str, text: &str, service: &str) -> (Imported, Vec<String>) {
    let mut sources = Sources::new();
    let id = sources.add(page, text);
    let imported = import(&sources, &[id], &ImportOptions { service: Some(service.into()) });
    let told = imported.diagnostics.iter().map(|d| format!("{} {}", sources.start(d.span).line, d.code));
    let told = told.collect();
    (imported, told)
}

fn service_of(folder: &Path, page: &str) -> Service {
    let line = lines(PAGES).find(|cells| cells[0] == page).unwrap();
    let (mut imported, _) = read(page, &text(folder, page), line[1]);
    assert_eq!(imported.services.len(), 1, "{page}");
    imported.services.remove(0)
}

fn counts(imported: &Imported) -> Vec<usize> {
    let actions = || imported.services.iter().flat_map(|s| &s.actions);
    let level = |wanted| actions().filter(|a| a.granularity == wanted).count();
    let category = |wanted: &str| actions().filter(|a| a.category.as_ref() == wanted).count();
    let again = imported.diagnostics.iter().filter(|d| d.code.as_str() == "duplicate").count();
    vec![
        actions().count(),
        level(Granularity::Resource),
        level(Granularity::Operation),
        actions().filter(|a| !a.ip_restriction).count(),
        again,
        category("write"),
        category("read"),
        category("list"),
        category("other"),
        actions().map(|a| a.resources.len()).sum(),
    ]
}

#[test]
fn every_page_has_the_rows_that_were_counted_on_it() {
    let Some(folder) = corpus("pages") else { return };
    let mut rows = 0;
    for cells in lines(PAGES) {
        let (imported, _) = read(cells[0], &text(&folder, cells[0]), cells[1]);
        let number = |n: usize| cells[n].parse::<usize>().unwrap();
        let expected: Vec<usize> = [2, 3, 4, 5, 6, 8, 9, 10, 11, 12].map(number).to_vec();
        assert_eq!(counts(&imported), expected, "{}", cells[0]);
        let errors: Vec<_> = imported.diagnostics.iter().filter(|d| d.level == Level::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", cells[0]);
        rows += expected[0];
    }
    println!("pages: {rows} actions of {} pages", lines(PAGES).count());
}

#[test]
fn rows_are_as_their_page_has_them() {
    let Some(folder) = corpus("rows of pages") else { return };
    let mut read: Option<(&str, Service)> = None;
    for cells in lines(ROWS) {
        let [page, name, category, granularity, ip, resources] = cells.as_slice() else {
            panic!("{cells:?}")
        };
        if read.as_ref().is_none_or(|r| r.0 != *page) {
            read = Some((page, service_of(&folder, page)));
        }
        let action =
            read.as_ref().and_then(|r| r.1.action(name)).unwrap_or_else(|| panic!("{page}: no {name}"));
        assert_eq!(action.category.as_ref(), *category, "{page} {name}");
        assert_eq!(action.granularity.as_str(), *granularity, "{page} {name}");
        assert_eq!(action.ip_restriction, *ip == "yes", "{page} {name}");
        assert_eq!(action.resources.join(" "), *resources, "{page} {name}");
    }
}

#[test]
fn facts_of_the_product_are_read() {
    let Some(folder) = corpus("facts of pages") else { return };
    let check = |page: &str, name: &str, granularity: Granularity, tags: bool| {
        let service = service_of(&folder, page);
        assert_eq!(service.name.as_deref(), Some(name), "{page}");
        assert_eq!((service.granularity, service.tag_authorization), (granularity, tags), "{page}");
        assert_eq!(service.ip_restriction.map(|s| s.as_str()), Some("partial"), "{page}");
        assert_eq!(service.console, Some(true), "{page}");
        assert!(service.actions.iter().all(|a| a.tag_authorization == tags), "{page}");
    };
    check("pages-newer/cds.zh.md", "数据安全审计", Granularity::Operation, false);
    check("pages-newer/cloudaudit.zh.md", "操作审计", Granularity::Operation, false);
    check("pages-newer/config.older.zh.md", "配置审计", Granularity::Resource, false);
    check("pages-newer/ctsdb.zh.md", "时序数据库", Granularity::Resource, true);
    check("pages-newer/ecm.zh.md", "边缘计算机器", Granularity::Resource, true);
    check("pages-newer/mss.zh.md", "安全托管服务", Granularity::Operation, false);
}

#[test]
fn descriptions_are_kept_as_the_page_has_them() {
    let Some(folder) = corpus("descriptions of pages") else { return };
    let check = |page: &str, name: &str, expected: Option<&str>| {
        let service = service_of(&folder, page);
        assert_eq!(service.action(name).unwrap().description.as_deref(), expected, "{page} {name}");
    };
    let partner = "intlpartnersmgt-page.txt";
    check(partner, "QueryRebateSummary", Some(r"Query the agent\\\'s monthly rebate"));
    check(partner, "PayOrders", Some("PayOrders"));
    check(partner, "QueryAgentDiscountCode", Some("Query the 4-level drop-down list of dealer products"));
    check("pages/clb.en.md", "DeleteForwardLBListener", Some("Deletes CLB listener (layer-4 and layer-7)"));
    check("pages/tat.en.md", "RunCommand", Some("Run a command"));
    check("pages/tke.zh.md", "CreateCluster", None);
}

#[test]
fn pages_without_a_row_or_of_many_services_are_refused() {
    let Some(folder) = corpus("refused pages") else { return };
    for (page, service) in [
        ("pages/products.en.md", "cvm"),
        ("pages/products-cn.zh.md", "cvm"),
        ("pages/cvm-api-note.en.md", "cvm"),
        ("pages/intlpartnersmgt-predecessor.en.md", "intlpartnersmgt"),
    ] {
        let (imported, told) = read(page, &text(&folder, page), service);
        assert!(imported.services.is_empty(), "{page}");
        assert!(told.contains(&"1 no-actions".to_owned()), "{page}: {told:?}");
    }
}

#[test]
fn the_builtin_catalog_is_the_import_of_its_page() {
    let Some(folder) = corpus("built-in catalog") else { return };
    let mut sources = Sources::new();
    let page = "intlpartnersmgt-page.txt";
    let id = sources.add(page, text(&folder, page));
    let mut imported = import(&sources, &[id], &ImportOptions::default());
    assert_eq!(imported.diagnostics, []);
    let service = &mut imported.services[0];
    assert!(service.actions.iter().all(|a| a.description.is_some()), "an import keeps descriptions");
    for action in &mut service.actions {
        action.description = None;
    }
    let builtin = Catalogs::builtin();
    assert_eq!(service, builtin.find("intlpartnersmgt").unwrap().1.as_ref());
    assert_eq!(
        file::to_json([&*service]),
        include_str!("../../../../core/src/catalog/builtin/intlpartnersmgt.json")
    );
}

#[test]
fn an_import_written_to_a_file_reads_back() {
    let Some(folder) = corpus("imports as files") else { return };
    for cells in lines(PAGES) {
        let service = service_of(&folder, cells[0]);
        for (name, text) in [("c.json", file::to_json([&service])), ("c.toml", file::to_toml([&service]))] {
            let mut sources = Sources::new();
            let id = sources.add(name, text);
            assert_eq!(file::read(&sources, id), (vec![service.clone()], vec![]), "{} {name}", cells[0]);
        }
    }
}

/// A row spoilt on a real page is told with its line, and the others are read as before.
#[test]
fn a_spoilt_row_is_told_with_its_line() {
    let Some(folder) = corpus("spoilt rows") else { return };
    let page = "intlpartnersmgt-page.txt";
    let whole = text(&folder, page);
    let rows: Vec<usize> =
        (1..).zip(whole.lines()).filter(|(_, l)| l.contains(" Operation level * ")).map(|(n, _)| n).collect();
    assert_eq!(rows.len(), 238);
    for line in rows.into_iter().step_by(17) {
        for (from, to) in [("Operation level", "Opera"), (" * ", " "), ("upported", "pported")] {
            let spoil =
                |(n, l): (usize, &str)| if n == line { l.replacen(from, to, 1) } else { l.to_owned() };
            let spoilt: Vec<String> = (1..).zip(whole.lines()).map(spoil).collect();
            let (imported, told) = read(page, &spoilt.join("\n"), "intlpartnersmgt");
            assert_eq!(told, [format!("{line} bad-row")], "{from} of line {line}");
            assert_eq!(imported.services[0].actions.len(), 237, "{from} of line {line}");
        }
    }
}
