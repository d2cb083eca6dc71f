//! `unused-name`, `empty-set` and `too-long`: what a set of definitions and people is told. A name is used where one can
//! walk to it; a network is empty where none of a few addresses is in it; a document is as long as its export.

use super::{compare, try_cases};
use passgate::grammar::{Code, Diagnostic, Sources, code};
use passgate::{Gate, TextSources, cam};
use passgate_harness::random::Random;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn names_that_nobody_uses_and_networks_of_nothing_are_told() {
    try_cases("names", 30, 4_000, |random, counts| {
        let set = Set::some(random);
        let text = set.text();
        let (told, sources) = super::lint_text(&text);
        let at = |code: Code| -> BTreeMap<String, usize> {
            let mut all = BTreeMap::new();
            for one in told.iter().filter(|d| d.code == code) {
                *all.entry(name_at(&sources, one)).or_default() += 1;
            }
            all
        };
        let all = |told: BTreeSet<String>| -> BTreeMap<String, usize> {
            set.names()
                .map(|name| {
                    let n = usize::from(told.contains(&name));
                    (name, n)
                })
                .collect()
        };
        compare(code::UNUSED_NAME, &at(code::UNUSED_NAME), &all(set.unused()), counts, &|| text.clone());
        compare(code::EMPTY_SET, &at(code::EMPTY_SET), &all(set.empty()), counts, &|| text.clone());
    });
}

/// The word after the keyword of the line that is told: each item stands on its own.
fn name_at(sources: &Sources, told: &Diagnostic) -> String {
    let start = sources.start(told.span).line as usize - 1;
    let line = sources.get(told.span.source).and_then(|s| s.text().lines().nth(start)).unwrap_or_default();
    let word = line.split_whitespace().nth(1).unwrap_or_default();
    word.split('(').next().unwrap_or_default().to_owned()
}

/// A network: a list of addresses and of networks before it, `only` and `except`.
#[derive(Debug, Clone, Default)]
struct Network {
    of: Vec<String>,
    only: Vec<String>,
    except: Vec<String>,
}

/// Networks, policies that name some of them, groups and users that have some of these.
#[derive(Debug, Default)]
struct Set {
    networks: Vec<Network>,
    policies: Vec<Option<String>>,
    /// Templates; each takes a network.
    templates: usize,
    /// What groups and users attach, are in, and are bounded by.
    groups: Vec<Joins>,
    users: Vec<Joins>,
    claims: String,
}

#[derive(Debug, Default)]
struct Joins {
    attach: Vec<String>,
    groups: Vec<String>,
    within: Option<String>,
}

/// The addresses of the small world, four of each of two prefixes.
const PREFIXES: [(&str, &[u8]); 7] = [
    ("10.0.0.0/30", &[0, 1, 2, 3]),
    ("10.0.0.4/30", &[4, 5, 6, 7]),
    ("10.0.0.0/29", &[0, 1, 2, 3, 4, 5, 6, 7]),
    ("10.0.0.2/31", &[2, 3]),
    ("10.0.0.1", &[1]),
    ("10.0.0.5", &[5]),
    ("10.0.0.6/31", &[6, 7]),
];

impl Set {
    fn some(random: &mut Random) -> Set {
        let mut set = Set { claims: random.word(&["groups", "none", "policies"]), ..Set::default() };
        for place in 0..random.between(1, 5) {
            let network = Network::some(random, place);
            set.networks.push(network);
        }
        let networks = set.networks.len();
        for _ in 0..random.between(1, 3) {
            let from = random.chance(70).then(|| format!("n{}", random.below(networks)));
            set.policies.push(from);
        }
        set.templates = random.below(3);
        for place in 0..random.below(4) {
            let joins = set.joins(random, place, false);
            set.groups.push(joins);
        }
        for _ in 0..random.below(3) {
            let joins = set.joins(random, set.groups.len(), true);
            set.users.push(joins);
        }
        set
    }

    /// What a member has, in groups of the first so many.
    fn joins(&self, random: &mut Random, groups: usize, is_user: bool) -> Joins {
        let mut grants: Vec<String> = (0..self.policies.len()).map(|place| format!("p{place}")).collect();
        let network = random.below(self.networks.len());
        grants.extend((0..self.templates).map(|place| format!("t{place}(n{network})")));
        let groups: Vec<String> = (0..groups).map(|place| format!("g{place}")).collect();
        let within = (is_user && random.chance(20)).then(|| random.pick(&grants).cloned()).flatten();
        Joins { attach: random.some(&grants, 25), groups: random.some(&groups, 30), within }
    }

    fn text(&self) -> String {
        let mut lines = vec![format!("set claims = {:?}", self.claims)];
        lines.extend(
            self.networks.iter().enumerate().map(|(n, network)| format!("network n{n} = {}", network.text())),
        );
        lines.extend(self.policies.iter().enumerate().map(|(n, from)| {
            let from = from.iter().map(|network| format!(" from {network}")).collect::<String>();
            format!("policy p{n} {{ allow *{from} }}")
        }));
        lines.extend(
            (0..self.templates).map(|n| format!("policy t{n}(net: network) {{ deny * unless from net }}")),
        );
        lines.extend(
            self.groups.iter().enumerate().map(|(n, joins)| format!("group g{n} {{ {} }}", joins.text())),
        );
        lines.extend(
            self.users.iter().enumerate().map(|(n, joins)| format!("user {n} {{ {} }}", joins.text())),
        );
        lines.join("\n")
    }

    /// Every name that something may be told of.
    fn names(&self) -> impl Iterator<Item = String> {
        let of = |kind: &'static str, count: usize| (0..count).map(move |place| format!("{kind}{place}"));
        of("n", self.networks.len())
            .chain(of("p", self.policies.len()))
            .chain(of("t", self.templates))
            .chain(of("g", self.groups.len()))
    }

    fn unused(&self) -> BTreeSet<String> {
        let members = || self.groups.iter().chain(&self.users);
        let granted: BTreeSet<String> =
            members().flat_map(|joins| joins.attach.iter().chain(&joins.within)).cloned().collect();
        let bases: BTreeSet<&str> =
            granted.iter().map(|grant| grant.split('(').next().unwrap_or_default()).collect();
        let mut used: BTreeSet<String> = self.policies.iter().flatten().cloned().collect();
        used.extend(
            granted
                .iter()
                .filter_map(|grant| Some(grant.split_once('(')?.1.trim_end_matches(')').to_owned())),
        );
        // Names lead to names before them only.
        for (place, network) in self.networks.iter().enumerate().rev() {
            if used.contains(&format!("n{place}")) {
                used.extend(network.terms().cloned());
            }
        }
        let attaches = !granted.is_empty();
        used.extend(members().flat_map(|joins| joins.groups.clone()));
        let told = |name: &String| match name.chars().next() {
            Some('n') => !used.contains(name),
            Some('p') => attaches && self.claims != "policies" && !bases.contains(name.as_str()),
            Some('t') => attaches && !bases.contains(name.as_str()),
            _ => self.claims == "none" && !used.contains(name),
        };
        self.names().filter(told).collect()
    }

    /// Networks that are empty for what `only` and `except` leave, not for what they are made of.
    fn empty(&self) -> BTreeSet<String> {
        let mut values: Vec<BTreeSet<u8>> = Vec::new();
        let mut empty = BTreeSet::new();
        for (place, network) in self.networks.iter().enumerate() {
            let all = |network: &Network| -> BTreeSet<u8> {
                (0..8).filter(|address| network.holds(*address, &values)).collect()
            };
            let list = |terms: &[String]| all(&Network { of: terms.to_vec(), ..Network::default() });
            let value = all(network);
            let of_nothing =
                list(&network.of).is_empty() || (!network.only.is_empty() && list(&network.only).is_empty());
            if value.is_empty() && !of_nothing {
                empty.insert(format!("n{place}"));
            }
            values.push(value);
        }
        empty
    }
}

impl Network {
    fn some(random: &mut Random, before: usize) -> Network {
        let some = |random: &mut Random| -> Vec<String> {
            let names: Vec<String> = (0..before).map(|place| format!("n{place}")).collect();
            let mut terms: Vec<String> = PREFIXES.iter().map(|(text, _)| (*text).to_owned()).collect();
            terms.extend(names.iter().cycle().take(names.len() * 3).cloned());
            let mut chosen: Vec<String> =
                (0..random.between(1, 2)).filter_map(|_| random.pick(&terms).cloned()).collect();
            chosen.dedup();
            chosen
        };
        let maybe = |random: &mut Random| if random.chance(40) { some(random) } else { Vec::new() };
        Network { of: some(random), only: maybe(random), except: maybe(random) }
    }

    fn terms(&self) -> impl Iterator<Item = &String> {
        self.of.iter().chain(&self.only).chain(&self.except)
    }

    fn text(&self) -> String {
        let list = |before: &str, terms: &[String]| match terms {
            [] => String::new(),
            terms => format!("{before}{}", terms.join(", ")),
        };
        format!("{}{}{}", list("", &self.of), list(" only ", &self.only), list(" except ", &self.except))
    }

    fn holds(&self, address: u8, values: &[BTreeSet<u8>]) -> bool {
        let holds = |term: &String| match term.strip_prefix('n').and_then(|n| n.parse::<usize>().ok()) {
            Some(place) => values.get(place).is_some_and(|value| value.contains(&address)),
            None => PREFIXES.iter().any(|(text, of)| text == term && of.contains(&address)),
        };
        let any = |terms: &[String]| terms.iter().any(holds);
        any(&self.of) && (self.only.is_empty() || any(&self.only)) && !any(&self.except)
    }
}

impl Joins {
    fn text(&self) -> String {
        let list = |word: &str, names: &[String]| match names {
            [] => String::new(),
            names => format!("{word} {} ", names.join(", ")),
        };
        let within = self.within.iter().map(|grant| format!("within {grant}")).collect::<String>();
        format!("{}{}{within}", list("in", &self.groups), list("attach", &self.attach))
    }
}

#[test]
fn policies_are_too_long_where_their_export_is() {
    try_cases("lengths", 6, 300, |random, counts| {
        let terms = ["read", "list", "write", "Query*", "PayOrders", "read except Query*", "cvm:Run*"];
        let clauses = [
            "",
            "from 10.0.0.0/8",
            "when mfa is true",
            "on \"qcs::cvm:::a/*\"",
            "unless from 192.0.2.0/24, ::1",
        ];
        let statement =
            |random: &mut Random| format!("deny {} {}", random.word(&terms), random.word(&clauses));
        let policy = |random: &mut Random| {
            let count = random.between(1, 8);
            (0..count).map(|_| statement(random)).collect::<Vec<_>>().join("\n")
        };
        let policies: Vec<String> =
            (0..3).map(|n| format!("policy p{n} {{\n{}\n}}", policy(random))).collect();
        let text = format!("use intlpartnersmgt\nset opaque = \"cvm\"\n{}", policies.join("\n"));
        let gate =
            Gate::compile(TextSources::from(vec![("set.gate".to_owned(), text.clone())])).expect("a set");
        let model = gate.model();
        let (mut told, mut expected) = (BTreeMap::new(), BTreeMap::new());
        for policy in &model.policies {
            let (document, _) = cam::export(policy, &model.sources, &model.catalogs);
            let count = document.expect("a document").chars().filter(|c| !c.is_ascii_whitespace()).count();
            expected.insert(policy.name.to_string(), if count > 6_144 { count } else { 0 });
            told.insert(policy.name.to_string(), 0);
        }
        for one in gate.diagnostics().iter().filter(|d| d.code == code::TOO_LONG) {
            let name = one.message.split('`').nth(1).unwrap_or_default().to_owned();
            let count = one.message.split(" has ").nth(1).and_then(|rest| rest.split(' ').next());
            told.insert(name, count.and_then(|n| n.parse().ok()).unwrap_or_default());
        }
        compare(code::TOO_LONG, &told, &expected, counts, &|| text.clone());
    });
}
