//! Resources compiled (semantics §4): patterns of statements, resources of requests, accounts and regions brought to
//! one spelling.

use super::facts::Variables;
use super::memory::Heap;
use super::text::Pattern;
use super::truth::Truth;
use crate::model::read::request_segments;
use crate::model::{AccountPattern, Owner, ResourceKind, ResourcePattern, Settings};
use std::collections::{BTreeSet, HashMap};

/// From so many patterns on, they are looked up by what their last segment begins with.
const MANY: usize = 16;

/// A resource of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource<'a> {
    /// Bare `*`.
    Any,
    /// Six segments; the project plays no part.
    Named { service: &'a str, region: &'a str, account: Account<'a>, rest: &'a str },
}

/// The account of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account<'a> {
    /// Empty, or one of the owner's names.
    Owner,
    /// Any other, as text.
    Other(&'a str),
}

/// What is one name of regions and accounts in a policy set.
#[derive(Debug)]
pub(crate) struct Names {
    owner: [Option<String>; 2],
    regions: HashMap<Box<str>, Box<str>>,
}

impl Names {
    pub(super) fn new(settings: &Settings) -> Self {
        let Owner { uin, uid } = &settings.owner;
        let named = |kind: &str, number: &Option<Box<str>>| number.as_ref().map(|n| format!("{kind}/{n}"));
        let aliases = settings.region_aliases.iter();
        Names {
            owner: [named("uin", uin), named("uid", uid)],
            regions: aliases.map(|(short, long)| (short.clone(), long.clone())).collect(),
        }
    }

    /// Bytes it holds.
    pub(super) fn heap(&self) -> usize {
        self.owner.iter().map(Heap::heap).sum::<usize>() + self.regions.heap()
    }

    /// Short and long names of regions.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (&str, &str)> {
        self.regions.iter().map(|(short, long)| (short.as_ref(), long.as_ref()))
    }

    fn region<'a>(&'a self, name: &'a str) -> &'a str {
        self.regions.get(name).map_or(name, AsRef::as_ref)
    }

    fn account<'a>(&self, text: &'a str) -> Account<'a> {
        let owner = text.is_empty() || self.owner.iter().flatten().any(|name| name == text);
        if owner { Account::Owner } else { Account::Other(text) }
    }

    /// Reads a resource of a request; none where it is malformed.
    pub(crate) fn read<'a>(&'a self, text: &'a str) -> Option<Resource<'a>> {
        if text == "*" {
            return Some(Resource::Any);
        }
        let [service, region, account, rest] = request_segments(text)?;
        let (region, account) = (self.region(region), self.account(account));
        Some(Resource::Named { service, region, account, rest })
    }
}

impl Resource<'_> {
    /// Whether the account root may act on it (semantics §2.5).
    pub(crate) fn is_owners(&self) -> bool {
        match self {
            Resource::Any => true,
            Resource::Named { account, .. } => *account == Account::Owner,
        }
    }
}

/// The resource patterns of a statement without a bare `*` among them.
#[derive(Debug)]
pub(super) struct Resources {
    pub(super) patterns: Box<[Six]>,
    by_prefix: Option<ByPrefix>,
}

#[derive(Debug)]
pub(super) struct Six {
    pub(super) service: Option<Box<str>>,
    pub(super) region: Option<Box<str>>,
    pub(super) account: AccountTest,
    pub(super) rest: Pattern,
}

#[derive(Debug)]
pub(super) enum AccountTest {
    Any,
    Owner,
    Other(Box<str>),
}

/// Patterns by the text that their last segment begins with; only so many look-ups as there are lengths.
#[derive(Debug)]
struct ByPrefix {
    lengths: Box<[usize]>,
    patterns: HashMap<Box<str>, Vec<u32>, foldhash::fast::RandomState>,
}

impl Resources {
    /// Compiles patterns; none where a bare `*` is among them, since then every resource will do.
    pub(super) fn new(patterns: &[ResourcePattern], names: &Names) -> Option<Self> {
        let patterns: Option<Box<[Six]>> =
            patterns.iter().map(|pattern| Six::new(&pattern.kind, names)).collect();
        patterns.map(Resources::of)
    }

    /// Resources of patterns that are compiled.
    pub(super) fn of(patterns: Box<[Six]>) -> Self {
        let by_prefix = (patterns.len() >= MANY).then(|| ByPrefix::new(&patterns));
        Resources { patterns, by_prefix }
    }

    /// Patterns that are compared with one resource at most.
    pub(super) fn most_compared(&self) -> usize {
        self.by_prefix.as_ref().map_or(self.patterns.len(), ByPrefix::most_compared)
    }

    /// Whether some pattern covers the resource; a bare `*` is covered by none of them.
    pub(super) fn cover<'a>(&self, resource: &Resource<'_>, variables: &Variables<'_>) -> Truth<'a> {
        let Resource::Named { rest, .. } = resource else { return Truth::No };
        match &self.by_prefix {
            None => Truth::any(self.patterns.iter().map(|six| six.covers(resource, variables))),
            Some(by_prefix) => {
                let near = by_prefix.candidates(rest).filter_map(|i| self.patterns.get(i as usize));
                Truth::any(near.map(|six| six.covers(resource, variables)))
            }
        }
    }
}

impl Heap for Resources {
    fn heap(&self) -> usize {
        let index = self.by_prefix.as_ref().map_or(0, |by| by.lengths.heap() + by.patterns.heap());
        self.patterns.heap() + index
    }
}

impl Heap for Six {
    fn heap(&self) -> usize {
        let account = match &self.account {
            AccountTest::Other(text) => text.heap(),
            AccountTest::Any | AccountTest::Owner => 0,
        };
        self.service.heap() + self.region.heap() + account + self.rest.heap()
    }
}

impl Six {
    fn new(kind: &ResourceKind, names: &Names) -> Option<Self> {
        let ResourceKind::Six { service, region, account, rest } = kind else { return None };
        let account = match account {
            AccountPattern::Any => AccountTest::Any,
            AccountPattern::Owner => AccountTest::Owner,
            AccountPattern::Exact(text) => match names.account(text) {
                Account::Owner => AccountTest::Owner,
                Account::Other(text) => AccountTest::Other(text.into()),
            },
        };
        let region = region.as_deref().map(|name| names.region(name).into());
        Some(Six { service: service.clone(), region, account, rest: Pattern::new(rest) })
    }

    /// A variable leaves it open only where the segments before match.
    fn covers<'a>(&self, resource: &Resource<'_>, variables: &Variables<'_>) -> Truth<'a> {
        let Resource::Named { service, region, account, rest } = resource else { return Truth::No };
        let same = |wanted: &Option<Box<str>>, text: &str| wanted.as_deref().is_none_or(|w| w == text);
        let in_account = match &self.account {
            AccountTest::Any => true,
            AccountTest::Owner => *account == Account::Owner,
            AccountTest::Other(wanted) => *account == Account::Other(wanted),
        };
        if !in_account || !same(&self.service, service) || !same(&self.region, region) {
            return Truth::No;
        }
        self.rest.covers(rest, variables, None)
    }
}

impl ByPrefix {
    fn new(all: &[Six]) -> Self {
        let mut patterns: HashMap<Box<str>, Vec<u32>, _> = HashMap::default();
        for (number, six) in (0u32..).zip(all) {
            patterns.entry(six.rest.prefix().into()).or_default().push(number);
        }
        let lengths: BTreeSet<usize> = patterns.keys().map(|prefix| prefix.len()).collect();
        ByPrefix { lengths: lengths.into_iter().collect(), patterns }
    }

    /// The largest lists of each length together.
    fn most_compared(&self) -> usize {
        let mut largest: HashMap<usize, usize> = HashMap::new();
        for (prefix, numbers) in &self.patterns {
            let of_length = largest.entry(prefix.len()).or_default();
            *of_length = numbers.len().max(*of_length);
        }
        largest.values().sum()
    }

    fn candidates<'a>(&'a self, rest: &'a str) -> impl Iterator<Item = u32> + 'a {
        let heads = self.lengths.iter().take_while(|n| **n <= rest.len()).filter_map(|n| rest.get(..*n));
        heads.filter_map(|head| self.patterns.get(head)).flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Template, Variable};

    fn names() -> Names {
        let owner = Owner { uin: Some("1".into()), uid: Some("2".into()) };
        let region_aliases = [("gz".into(), "ap-guangzhou".into())].into();
        Names::new(&Settings { owner, region_aliases, ..Settings::default() })
    }

    fn six(text: &str, names: &Names) -> Six {
        let segments: Vec<&str> = text.splitn(6, ':').collect();
        let segment = |i: usize| {
            if segments[i].is_empty() || segments[i] == "*" { None } else { Some(segments[i].into()) }
        };
        let account = match segments[4] {
            "" => AccountPattern::Owner,
            "*" => AccountPattern::Any,
            other => AccountPattern::Exact(other.into()),
        };
        let rest = Template::parse(segments[5]).unwrap();
        Six::new(&ResourceKind::Six { service: segment(2), region: segment(3), account, rest }, names)
            .unwrap()
    }

    fn check(pattern: &str, resource: &str, expected: bool) {
        let names = names();
        let resource = names.read(resource).unwrap();
        let found = six(pattern, &names).covers(&resource, &Variables::default());
        assert_eq!(found, Truth::known(expected), "{pattern} {resource:?}");
    }

    #[test]
    fn segments_are_compared_by_meaning() {
        check("qcs::cvm:::a/*", "qcs::cvm:::a/", true);
        check("qcs::cvm:::a/*", "qcs::cvm:::a", false);
        check("qcs::cvm:::a/*", "qcs:id/0:cvm:any:uin/1:a/b:c", true);
        check("qcs::cvm:::*", "qcs::cvm::uid/2:x", true);
        check("qcs::cvm:::*", "qcs::cvm::uin/2:x", false);
        check("qcs::cvm::uin/1:*", "qcs::cvm::uid/2:x", true);
        check("qcs::cvm::uin/9:*", "qcs::cvm::uin/9:x", true);
        check("qcs::cvm::*:*", "qcs::cvm::uin/9:x", true);
        check("qcs::*:*:*:*", "qcs::cos:r:uin/9:x", true);
        check("qcs::cvm:gz::*", "qcs::cvm:ap-guangzhou::x", true);
        check("qcs::cvm:ap-guangzhou::*", "qcs::cvm:gz::x", true);
        check("qcs::cvm:gz::*", "qcs::cvm:::x", false);
        check("qcs::cvm:::instance/*", "qcs::cvm:::instance/*", true);
        check("qcs::cvm:::instance/i", "qcs::cvm:::instance/*", false);
    }

    #[test]
    fn malformed_resources_of_requests() {
        let bad = [
            "",
            "**",
            "x",
            "qcs",
            "qcs::cvm:::",
            "qcs:::::x",
            "qcs::*:::x",
            "qcs::cvm:*::x",
            "qcs::cvm::*:x",
        ];
        for text in bad.iter().chain(&["Qcs::cvm:::x", "qcs:*:cvm:::x", "arn:aws:s3:::x", "qcs::cvm::x"]) {
            assert_eq!(names().read(text), None, "{text}");
        }
    }

    #[test]
    fn many_patterns_are_found_by_their_beginning() {
        let names = names();
        let mut patterns: Vec<Six> =
            (0..1_000).map(|i| six(&format!("qcs::cvm:::i/{i}/*"), &names)).collect();
        patterns.push(six("qcs::cvm:::*z", &names));
        patterns.push(six("qcs::cos:::u/${uin}", &names));
        let by_prefix = Some(ByPrefix::new(&patterns));
        let resources = Resources { patterns: patterns.into(), by_prefix };
        let variables = Variables::default();
        let cover = |text: &str| resources.cover(&names.read(text).unwrap(), &variables);
        assert_eq!(cover("qcs::cvm:::i/77/x"), Truth::Yes);
        assert_eq!(cover("qcs::cvm:::i/1000/x"), Truth::No);
        assert_eq!(cover("qcs::cvm:::é/z"), Truth::Yes);
        assert_eq!(cover("*"), Truth::No);
        assert_eq!(cover("qcs::cvm:::u/1"), Truth::No);
        for text in ["qcs::cos:::u/1", "qcs::cos:::v"] {
            assert!(matches!(cover(text), Truth::Open(c) if c.variable == Some(Variable::Uin)), "{text}");
        }
    }
}
