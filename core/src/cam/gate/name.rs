//! Names for sets that an import defines: told from what is in them, the same for the same documents, never clashing
//! with each other, with a word of the language, or with a category or an action of a catalog.

use crate::catalog::Catalogs;
use passgate_grammar::text::is_word;
use std::collections::HashSet;

/// Words of a name that come from the content.
const WORDS: usize = 3;
/// Bytes of a name without its number.
const BYTES: usize = 60;
/// The network of every address, and categories that every provider has.
const KNOWN: [&str; 5] = ["anywhere", "write", "read", "list", "other"];

/// Hands out names, each once.
pub(super) struct Names<'a> {
    catalogs: &'a Catalogs,
    taken: HashSet<String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(catalogs: &'a Catalogs) -> Names<'a> {
        Names { catalogs, taken: KNOWN.map(str::to_owned).into() }
    }

    /// The name for a set whose content suggests one: that, else with a number from 2. Without a suggestion a plain
    /// word with a number from 1.
    pub(super) fn name(&mut self, suggested: Option<String>, plain: &str) -> String {
        let suggested = suggested.filter(|name| name.len() <= BYTES && is_word(name));
        let (first, base, from) = match suggested {
            Some(name) => (Some(name.clone()), name, 2usize),
            None => (None, plain.to_owned(), 1),
        };
        let numbered = (from..).map(|n| format!("{base}-{n}"));
        // The numbers do not end before the memory does.
        let name = first.into_iter().chain(numbered).find(|name| self.is_free(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }

    fn is_free(&self, name: &str) -> bool {
        let says = |category: &str| category == name;
        let mut services = self.catalogs.services().map(|(_, service)| service);
        !self.taken.contains(name)
            && !services.any(|s| s.action(name).is_some() || s.actions.iter().any(|a| says(&a.category)))
    }
}

/// What actions of a list have in common: the service, and the words that all their names begin or end with. The service
/// is left out where it is in use.
pub(super) fn of_actions<'t>(actions: &[(&'t str, &'t str)], used: Option<&str>) -> Option<String> {
    let (service, _) = actions.first()?;
    if actions.iter().any(|(other, _)| other != service) {
        return None;
    }
    let names: Vec<Vec<&str>> = actions.iter().map(|(_, name)| words(name)).collect();
    let first = names.first()?;
    let common = |from_end: bool| {
        let at = |name: &Vec<&'t str>, n: usize| {
            let place = if from_end { name.len().checked_sub(n + 1)? } else { n };
            name.get(place).copied()
        };
        (0..first.len().min(WORDS))
            .take_while(|n| names.iter().all(|name| at(name, *n) == at(first, *n)))
            .count()
    };
    let start = first.get(..common(false)).unwrap_or_default();
    let end = first.get(first.len() - common(true)..).unwrap_or_default();
    let shared = if start.is_empty() { end } else { start };
    let mut parts: Vec<String> =
        (used != Some(*service)).then(|| (*service).to_owned()).into_iter().collect();
    match (shared, parts.is_empty()) {
        ([], true) => return None,
        ([], false) => parts.push("actions".to_owned()),
        _ => parts.extend(shared.iter().map(|word| word.to_ascii_lowercase())),
    }
    Some(parts.join("-"))
}

/// The words of a name in camel case: `DescribeCDNLog*` is `Describe`, `CDN`, `Log`.
fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        let mut rest = part;
        while let Some(end) = word_end(rest) {
            let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            words.push(word);
            rest = after;
        }
    }
    words
}

/// Where the first word of a text ends: before a capital that follows a small letter, or that a small letter follows.
fn word_end(text: &str) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    let bytes = text.as_bytes();
    let small = |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let begins =
        |at: &usize| bytes.get(*at).is_some_and(u8::is_ascii_uppercase) && (small(at - 1) || small(at + 1));
    Some((1..bytes.len()).find(begins).unwrap_or(bytes.len()))
}

/// What resources of a list have in common: the service, and the kind of thing before the first `/`.
pub(super) fn of_resources(resources: &[&str]) -> Option<String> {
    let split = |text: &&str| {
        let mut segments = text.splitn(6, ':').skip(2).map(str::to_owned);
        let service = segments.next()?;
        let kind = segments.nth(2)?.split('/').next()?.to_owned();
        Some((service, kind))
    };
    let all: Option<Vec<(String, String)>> = resources.iter().map(split).collect();
    let all = all?;
    let (service, kind) = all.first()?;
    if all.iter().any(|(other, _)| other != service) {
        return None;
    }
    let one_kind = all.iter().all(|(_, other)| other == kind);
    let kind = kind.to_ascii_lowercase();
    Some(if one_kind && is_word(&kind) {
        format!("{service}-{kind}")
    } else {
        format!("{service}-resources")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(actions: &[&str], used: Option<&str>, expected: Option<&str>) {
        let pairs: Vec<(&str, &str)> = actions.iter().filter_map(|a| a.split_once(':')).collect();
        assert_eq!(of_actions(&pairs, used).as_deref(), expected, "{actions:?}");
    }

    #[test]
    fn actions_are_called_by_what_they_share() {
        check(&["cvm:DescribeDisks", "cvm:DescribeImages*"], None, Some("cvm-describe"));
        check(&["cvm:DescribeDisks", "cvm:DescribeImages*"], Some("cvm"), Some("describe"));
        check(&["cvm:AllocateCustomerCredit", "cvm:FrozenCredit"], Some("cvm"), Some("credit"));
        check(&["cvm:QueryBillFiles", "cvm:QueryBillFilesPage"], Some("cvm"), Some("query-bill-files"));
        check(&["cvm:Run*", "cvm:Stop*"], None, Some("cvm-actions"));
        check(&["cvm:Run*", "cvm:Stop*"], Some("cvm"), None);
        check(&["cvm:Run*", "cbs:Run*"], None, None);
        check(&["cvm:*Bill", "cvm:*"], Some("cvm"), None);
    }

    #[test]
    fn names_are_cut_at_capitals() {
        for (name, expected) in [
            ("DescribeCDNLog*", vec!["Describe", "CDN", "Log"]),
            ("get_object", vec!["get", "object"]),
            ("QueryV2Bill", vec!["Query", "V2", "Bill"]),
            ("*", vec![]),
            ("ABC", vec!["ABC"]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn resources_are_called_by_service_and_kind() {
        for (resources, expected) in [
            (["qcs::cvm:::instance/a", "qcs::cvm:x:uin/1:instance/*"], Some("cvm-instance")),
            (["qcs::cvm:::instance/a", "qcs::cvm:::disk/a"], Some("cvm-resources")),
            (["qcs::cvm:::instance/a", "qcs::cbs:::disk/a"], None),
            (["qcs::cvm:::*", "qcs::cvm:::*"], Some("cvm-resources")),
            (["*", "qcs::cvm:::*"], None),
        ] {
            assert_eq!(of_resources(&resources).as_deref(), expected, "{resources:?}");
        }
    }

    #[test]
    fn names_never_clash() {
        let catalogs = Catalogs::builtin();
        let mut names = Names::new(&catalogs);
        let mut name = |suggested: &str, plain: &str| {
            names.name((!suggested.is_empty()).then(|| suggested.to_owned()), plain)
        };
        assert_eq!(name("query", "actions"), "query");
        assert_eq!(name("query", "actions"), "query-2");
        assert_eq!(name("read", "actions"), "read-2");
        assert_eq!(name("actions", "actions"), "actions-1");
        assert_eq!(name("QueryUser", "actions"), "QueryUser-2");
        assert_eq!(name("", "network"), "network-1");
        assert_eq!(name("", "network"), "network-2");
        assert_eq!(name(&"a".repeat(61), "resources"), "resources-1");
        assert_eq!(name(":", "resources"), "resources-2");
    }
}
