//! One small set over two catalogs, written at random: what the tests of `drift` and `lock` ask about, and what its terms
//! stand for, worked out literally.

#![expect(clippy::panic, reason = "a test fails where it stands")]

use passgate::{Gate, TextSources};
use passgate_harness::random::Random;
use std::collections::{BTreeMap, BTreeSet};

/// Names that a catalog may have.
pub(super) const NAMES: [&str; 8] = ["GetA", "GetB", "GetAll", "PutA", "PutB", "ListA", "Login", "Drop"];

/// A row of a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    category: &'static str,
    level: &'static str,
    address: bool,
}

/// A catalog of the service `shop`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Catalog {
    rows: BTreeMap<&'static str, Row>,
    /// The set `permid/7`.
    permid: Vec<&'static str>,
}

impl Catalog {
    pub(super) fn random(random: &mut Random) -> Catalog {
        let mut rows = BTreeMap::new();
        for name in NAMES {
            if random.chance(75) {
                rows.insert(name, row(random));
            }
        }
        Catalog { rows, permid: random.some(&NAMES, 30) }
    }

    /// As the provider writes it next: rows added, taken away, filed and restricted anew.
    pub(super) fn next(&self, random: &mut Random) -> Catalog {
        let mut next = self.clone();
        for name in NAMES {
            match next.rows.get(name) {
                Some(_) if random.chance(15) => drop(next.rows.remove(name)),
                None if random.chance(40) => drop(next.rows.insert(name, row(random))),
                Some(_) if random.chance(30) => drop(next.rows.insert(name, row(random))),
                _ => {}
            }
        }
        if random.chance(20) {
            next.permid = random.some(&NAMES, 30);
        }
        next
    }

    fn text(&self, version: &str) -> String {
        let rows = self.rows.iter().map(|(name, row)| {
            format!(
                r#"{{"name": "{name}", "category": "{}", "granularity": "{}", "ip_restriction": {}}}"#,
                row.category, row.level, row.address
            )
        });
        let rows: Vec<String> = rows.collect();
        let permid: Vec<String> = self.permid.iter().map(|name| format!("\"{name}\"")).collect();
        format!(
            r#"{{"service": "shop", "version": "{version}", "actions": [{}], "permids": {{"7": [{}]}}}}"#,
            rows.join(", "),
            permid.join(", ")
        )
    }
}

fn row(random: &mut Random) -> Row {
    let category = random.pick(&["read", "write", "list"]).copied().unwrap_or("read");
    let level =
        random.pick(&["operation", "operation", "resource", "service"]).copied().unwrap_or("operation");
    Row { category, level, address: random.chance(80) }
}

/// Terms, by the text that a lock knows them by; the last are single names.
pub(super) const TERMS: [&str; 14] = [
    "read",
    "write",
    "list",
    "shop:Get*",
    "shop:*A",
    "shop:*",
    "permid/7",
    "read except shop:Get*",
    "shop:*A only read, list",
    "(read, shop:P*) except permid/7",
    "some",
    "some except write",
    "shop:GetA",
    "shop:Drop",
];

/// What `some` is in every set.
pub(super) const SOME: &str = "actions some = list, shop:P*\n";

/// What a term stands for; none for a single name. `some` is told by the terms that it is written with.
pub(super) fn literal(term: &str, catalog: &Catalog) -> Option<BTreeSet<String>> {
    let named = |fits: &dyn Fn(&str, &Row) -> bool| -> BTreeSet<String> {
        let rows = catalog.rows.iter().filter(|(name, row)| fits(name, row));
        rows.map(|(name, _)| format!("shop:{name}")).collect()
    };
    let plain =
        |fits: &dyn Fn(&str, &Row) -> bool| named(&|name, row| row.level != "service" && fits(name, row));
    let of = |category: &'static str| plain(&|_, row| row.category == category);
    let permid = || plain(&|name, _| catalog.permid.contains(&name));
    Some(match term {
        "read" | "write" => plain(&|_, row| row.category == term),
        "list" => of("list"),
        "shop:Get*" => plain(&|name, _| name.starts_with("Get")),
        "shop:P*" => plain(&|name, _| name.starts_with('P')),
        "shop:*A" => plain(&|name, _| name.ends_with('A')),
        "shop:*" => named(&|_, _| true),
        "permid/7" => permid(),
        "read except shop:Get*" => plain(&|name, row| row.category == "read" && !name.starts_with("Get")),
        "shop:*A only read, list" => {
            plain(&|name, row| name.ends_with('A') && matches!(row.category, "read" | "list"))
        }
        "(read, shop:P*) except permid/7" => {
            let both = plain(&|name, row| row.category == "read" || name.starts_with('P'));
            both.difference(&permid()).cloned().collect()
        }
        "some except write" => {
            plain(&|name, row| row.category != "write" && (row.category == "list" || name.starts_with('P')))
        }
        _ => return None,
    })
}

/// The terms by which a lock knows a term: an action set is known by those that it is written with.
pub(super) fn locked_as(term: &'static str) -> Vec<&'static str> {
    if term == "some" { vec!["list", "shop:P*"] } else { vec![term] }
}

const CLAUSES: [&str; 7] = [
    "",
    "",
    " from 10.0.0.0/8",
    " not from 10.0.0.0/8",
    " unless from 10.0.0.0/8",
    " on \"qcs::shop:::thing/1\"",
    " on \"qcs::shop:::thing/*\" from 10.0.0.0/8",
];

/// A set: its text, and the terms that it is written with.
pub(super) struct Set {
    pub(super) text: String,
    pub(super) terms: BTreeSet<&'static str>,
}

impl Set {
    /// Three policies, three users, a group; one user within a boundary.
    pub(super) fn random(random: &mut Random) -> Set {
        let (mut text, mut terms) = (SOME.to_owned(), BTreeSet::new());
        for policy in ["p", "q", "r"] {
            text.push_str(&format!("policy {policy} {{\n"));
            for _ in 0..random.between(1, 3) {
                let term = random.pick(&TERMS).copied().unwrap_or("read");
                terms.insert(term);
                let effect = if random.chance(70) { "allow" } else { "deny" };
                text.push_str(&format!("    {effect} {term}{}\n", random.word(&CLAUSES)));
            }
            text.push_str("}\n");
        }
        text.push_str(
            "group g { attach q }\nuser 1 { attach p }\nuser 2 { in g attach p }\nuser 3 { in g within r }\n",
        );
        Set { text, terms }
    }

    /// Loaded over a catalog.
    pub(super) fn over(&self, catalog: &Catalog, version: &str) -> Gate {
        let texts = [
            ("passgate.toml", "catalogs = ['shop.json']\nuse = ['shop']".to_owned()),
            ("shop.json", catalog.text(version)),
            ("set.gate", self.text.clone()),
        ];
        Gate::compile(TextSources::from(texts))
            .unwrap_or_else(|error| panic!("{error} {:?}\n{}\n{catalog:?}", error.diagnostics(), self.text))
    }
}
