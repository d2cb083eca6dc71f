//! What lists and statements say as they are written, each statement on a line of its own: `unknown-action`,
//! `empty-pattern`, `category-or-action`, `odd-category`, `duplicate`, `host-bits-set`, `odd-pattern`, `unknown-key`. Each is
//! counted anew from what the line was made of.

use super::{Counts, compare, told_of_lines, try_cases};
use passgate::grammar::{Code, code};
use passgate_harness::random::Random;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn lists_are_told_what_stands_in_them() {
    try_cases("lists", 30, 4_000, |random, counts| {
        let lines: Vec<Line> = (0..random.between(1, 6)).map(|_| Line::some(random)).collect();
        check(&lines, random.chance(20), counts);
    });
}

/// Names of the catalog with their category and the verb that contradicts it.
const SHOP: [(&str, &str, bool); 7] = [
    ("Buy", "write", false),
    ("Look", "read", false),
    ("DropBox", "read", true),
    ("ListA", "list", false),
    ("PutA", "list", true),
    ("GetZ", "write", true),
    ("Swap", "other", false),
];
const CATEGORIES: [&str; 4] = ["read", "list", "write", "other"];
const TERMS: [&str; 17] = [
    "Buy", "shop:Buy", "Look", "DropBox", "GetZ", "L*", "shop:L*", "*A", "P*", "Z*", "shop:Byu", "zoo:Nope",
    "zoo:Q*", "zoo:X*", "*", "shop:*", "zoo:Quit",
];
/// Those whose names are known, as sets are made of.
const NAMES: [&str; 7] = ["Buy", "shop:Buy", "Look", "DropBox", "L*", "*A", "P*"];
const ADDRESSES: [&str; 8] = [
    "10.0.0.1",
    "10.0.0.1/32",
    "192.0.2.0/24",
    "192.0.2.7/24",
    "2001:db8::1",
    "2001:DB8:0::1",
    "2001:db8:1::/48",
    "2001:db8:1::5/48",
];
const RESOURCES: [&str; 6] = [
    "\"qcs::shop:::a\"",
    "\"qcs::shop:::b?\"",
    "\"qcs::shop:::<x>\"",
    "\"qcs::shop:::c/*\"",
    "\"qcs::shop:::$d/{e}\"",
    "\"*\"",
];
const KEYS: [&str; 6] = ["shop:k", "mfa", "qcs:tagg", "colour", "qcs:create_uin", "MFA"];
const VALUES: [&str; 6] = ["\"a\"", "\"b\"", "\"A\"", "\"x&y\"", "\"1\"", "\"1.0\""];

/// A statement.
#[derive(Debug, Clone, Default)]
struct Line {
    deny: bool,
    actions: Actions,
    addresses: Vec<String>,
    resources: Vec<String>,
    condition: Option<(String, Vec<String>)>,
}

/// A list, or a set made of three.
#[derive(Debug, Clone, Default)]
struct Actions {
    of: Vec<String>,
    only: Vec<String>,
    except: Vec<String>,
}

impl Line {
    fn some(random: &mut Random) -> Line {
        let some = |random: &mut Random, from: &[&str], most: usize| -> Vec<String> {
            (0..random.between(1, most)).map(|_| random.word(from)).collect()
        };
        let none = |random: &mut Random, from: &[&str]| match random.chance(50) {
            true => Vec::new(),
            false => some(random, from, 3),
        };
        let mixed: Vec<&str> = TERMS.iter().chain(&CATEGORIES).copied().collect();
        let sets: Vec<&str> = NAMES.iter().chain(&CATEGORIES).chain(&CATEGORIES).copied().collect();
        let actions = match random.chance(50) {
            true => Actions { of: some(random, &mixed, 4), ..Actions::default() },
            false => {
                Actions { of: some(random, &sets, 2), only: none(random, &sets), except: none(random, &sets) }
            }
        };
        let condition = random.chance(40).then(|| (random.word(&KEYS), some(random, &VALUES, 3)));
        Line {
            deny: random.chance(30),
            actions,
            addresses: none(random, &ADDRESSES),
            resources: none(random, &RESOURCES),
            condition,
        }
    }

    fn text(&self) -> String {
        let list = |before: &str, items: &[String]| match items {
            [] => String::new(),
            items => format!(" {before}{}", items.join(", ")),
        };
        let condition = self.condition.iter().map(|(key, values)| list(&format!("when {key} is "), values));
        format!(
            "{} {}{}{}{}",
            if self.deny { "deny" } else { "allow" },
            self.actions.text(),
            list("from ", &self.addresses),
            list("on ", &self.resources),
            condition.collect::<String>(),
        )
    }
}

impl Actions {
    fn is_set(&self) -> bool {
        !self.only.is_empty() || !self.except.is_empty()
    }

    fn text(&self) -> String {
        let list = |before: &str, items: &[String]| match items {
            [] => String::new(),
            items => format!("{before}{}", items.join(", ")),
        };
        format!("{}{}{}", list("", &self.of), list(" only ", &self.only), list(" except ", &self.except))
    }

    fn terms(&self) -> impl Iterator<Item = &String> {
        self.of.iter().chain(&self.only).chain(&self.except)
    }

    /// What a set covers, where an action may be of another category.
    fn covers(&self, name: &str, category: &str) -> bool {
        let any = |terms: &[String]| terms.iter().any(|term| term_covers(term, "shop", name, category));
        any(&self.of) && (self.only.is_empty() || any(&self.only)) && !any(&self.except)
    }
}

fn term_covers(term: &str, service: &str, name: &str, category: &str) -> bool {
    if CATEGORIES.contains(&term) {
        return service == "shop" && term == category;
    }
    let (of, pattern) = term.split_once(':').unwrap_or(("shop", term));
    term == "*" || (of == service && matches(pattern, name))
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|r| matches(after, r)))),
    }
}

fn check(lines: &[Line], category_is_an_action: bool, counts: &mut Counts) {
    let rows =
        SHOP.iter().map(|(name, category, _)| format!(r#"{{"name":"{name}","category":"{category}"}}"#));
    let also = category_is_an_action.then(|| r#"{"name":"read","category":"other"}"#.to_owned());
    let rows: Vec<String> = rows.chain(also).collect();
    let catalogs = format!(
        r#"[{{"service":"shop","granularity":"resource","actions":[{}]}},{{"service":"zoo","actions":[{{"name":"Quit"}}]}}]"#,
        rows.join(",")
    );
    let statements: Vec<String> = lines.iter().map(Line::text).collect();
    let text = format!("use shop policy p {{\n{}\n}}", statements.join("\n"));
    let settings = "catalogs = [\"catalogs.json\"]\nuse = [\"shop\"]\n".to_owned();
    let files = vec![
        ("passgate.toml".to_owned(), settings),
        ("catalogs.json".to_owned(), catalogs),
        ("set.gate".to_owned(), text.clone()),
    ];
    let told = super::lint(files);
    let expected = |count: &dyn Fn(usize, &Line) -> usize| -> BTreeMap<usize, usize> {
        lines.iter().enumerate().map(|(place, line)| (place, count(place, line))).collect()
    };
    let categories =
        |line: &Line| line.actions.terms().filter(|t| *t == "read" && category_is_an_action).count();
    let known = |line: &Line, star: bool| {
        let unknown = line
            .actions
            .terms()
            .filter(|term| is_unknown(term, category_is_an_action) && term.contains('*') == star);
        unknown.count()
    };
    let codes: [(Code, BTreeMap<usize, usize>); 9] = [
        (code::UNKNOWN_KEY, expected(&|_, line| usize::from(has_unknown_key(line)))),
        (code::UNKNOWN_ACTION, expected(&|_, line| known(line, false))),
        (code::EMPTY_PATTERN, expected(&|_, line| known(line, true))),
        (code::CATEGORY_OR_ACTION, expected(&|_, line| categories(line))),
        (code::ODD_CATEGORY, expected(&|_, line| odd_categories(line))),
        (code::DUPLICATE, expected(&|place, line| twice(line) + usize::from(stands_before(lines, place)))),
        (
            code::HOST_BITS_SET,
            expected(&|_, line| line.addresses.iter().filter(|a| has_host_bits(a)).count()),
        ),
        (
            code::ODD_PATTERN,
            expected(&|_, line| line.resources.iter().filter(|r| r.contains(['?', '<', '$'])).count()),
        ),
        (code::EMPTY_SET, expected(&|_, line| usize::from(line.actions.is_set() && covers_nothing(line)))),
    ];
    for (code, expected) in codes {
        compare(code, &told_of_lines(&told, code, lines.len()), &expected, counts, &|| text.clone());
    }
}

/// Whether a term with a service, or a pattern, names nothing that a catalog has.
fn is_unknown(term: &str, category_is_an_action: bool) -> bool {
    let names = SHOP.iter().map(|(name, ..)| ("shop", *name)).chain([("zoo", "Quit")]);
    let also = category_is_an_action.then_some(("shop", "read"));
    !CATEGORIES.contains(&term)
        && !names.chain(also).any(|(service, name)| term_covers(term, service, name, ""))
}

fn has_unknown_key(line: &Line) -> bool {
    line.condition.iter().any(|(key, _)| ["qcs:tagg", "colour", "MFA"].contains(&key.as_str()))
}

fn covers_nothing(line: &Line) -> bool {
    !SHOP.iter().any(|(name, category, _)| line.actions.covers(name, category))
}

/// Terms of an allow, each a category or a set, that cover an action whose name says otherwise for its category: were it
/// of none, it would not be covered.
fn odd_categories(line: &Line) -> usize {
    let terms: Vec<Actions> = match line.actions.is_set() {
        true => vec![line.actions.clone()],
        false => line
            .actions
            .of
            .iter()
            .map(|term| Actions { of: vec![term.clone()], ..Actions::default() })
            .collect(),
    };
    let odd = |actions: &&Actions| {
        SHOP.iter().any(|(name, category, odd)| {
            *odd && actions.covers(name, category) && !actions.covers(name, "none of them")
        })
    };
    if line.deny { 0 } else { terms.iter().filter(odd).count() }
}

/// What a member of a list means, whichever way it is written.
fn meaning(member: &str) -> String {
    let member = member.trim_matches('"');
    let action = |name: &str| format!("shop:{name}");
    match member {
        "10.0.0.1/32" => "10.0.0.1".into(),
        "192.0.2.7/24" => "192.0.2.0/24".into(),
        "2001:DB8:0::1" => "2001:db8::1".into(),
        "2001:db8:1::5/48" => "2001:db8:1::/48".into(),
        name if TERMS.contains(&name) && !name.contains(':') && name != "*" => action(name),
        other => other.into(),
    }
}

/// Members that stand more than once in a list, each counted once.
fn twice(line: &Line) -> usize {
    let values: &[String] = line.condition.as_ref().map_or(&[], |(_, values)| values);
    let lists =
        [&line.actions.of, &line.actions.only, &line.actions.except, &line.addresses, &line.resources];
    lists.into_iter().map(Vec::as_slice).chain([values]).map(members_twice).sum()
}

fn members_twice(list: &[String]) -> usize {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    list.iter().for_each(|member| *count.entry(meaning(member)).or_default() += 1);
    count.values().filter(|n| **n > 1).count()
}

/// Whether a statement says what one before it says.
fn stands_before(lines: &[Line], place: usize) -> bool {
    let said = |line: &Line| {
        let set = |list: &[String]| list.iter().map(|m| meaning(m)).collect::<BTreeSet<String>>();
        let names = SHOP.iter().filter(|(name, category, _)| line.actions.covers(name, category));
        let names: BTreeSet<&str> = names.map(|(name, ..)| *name).collect();
        let actions = if line.actions.is_set() { BTreeSet::new() } else { set(&line.actions.of) };
        let anywhere = if line.resources.is_empty() { set(&["*".to_owned()]) } else { set(&line.resources) };
        let condition = line.condition.as_ref().map(|(key, values)| (key.clone(), set(values)));
        let names = line.actions.is_set().then_some(names);
        (line.deny, actions, names, set(&line.addresses), anywhere, condition)
    };
    let all: Vec<_> = lines.iter().take(place + 1).map(said).collect();
    all.split_last().is_some_and(|(last, before)| before.contains(last))
}

fn has_host_bits(address: &str) -> bool {
    ["192.0.2.7/24", "2001:db8:1::5/48"].contains(&address)
}
