//! Verbs in the names of actions, and categories that they contradict.
//!
//! A provider's page says of each action whether it reads, lists or writes; now and then it is wrong. Names are made of
//! words in capitals (`QueryBillList`), and what an action does is mostly the first of them.

use super::{Action, Service};
use serde::Serialize;
use std::collections::BTreeSet;

/// First words of names that only look.
const LOOKING: [&str; 22] = [
    "Check", "Count", "Describe", "Download", "Export", "Fetch", "Find", "Get", "Has", "Head", "Inquire",
    "Inquiry", "Is", "List", "Lookup", "Preview", "Query", "Read", "Search", "Show", "Verify", "View",
];

/// Words of names that change something, as the first word or, where the first is no verb, as the last.
const CHANGING: [&str; 67] = [
    "Add",
    "Allocate",
    "Apply",
    "Approve",
    "Assign",
    "Associate",
    "Attach",
    "Audit",
    "Authorize",
    "Bind",
    "Cancel",
    "Change",
    "Clear",
    "Close",
    "Confirm",
    "Copy",
    "Create",
    "Delete",
    "Deploy",
    "Destroy",
    "Detach",
    "Disable",
    "Disassociate",
    "Drop",
    "Edit",
    "Enable",
    "Force",
    "Freeze",
    "Frozen",
    "Grant",
    "Import",
    "Insert",
    "Install",
    "Invoke",
    "Issue",
    "Modify",
    "Move",
    "Open",
    "Pay",
    "Publish",
    "Purge",
    "Put",
    "Reboot",
    "Recycle",
    "Refund",
    "Refuse",
    "Register",
    "Reject",
    "Release",
    "Remove",
    "Rename",
    "Renew",
    "Replace",
    "Reset",
    "Restore",
    "Revoke",
    "Run",
    "Save",
    "Send",
    "Set",
    "Start",
    "Stop",
    "Switch",
    "Terminate",
    "Unbind",
    "Update",
    "Upload",
];

/// The verb of a name that contradicts its category: one that changes something under `read` or `list`, one that only
/// looks under `write`. Other categories say nothing that a verb could contradict.
///
/// ```
/// use passgate::catalog::verbs::odd;
/// assert_eq!(odd("ContractModeSwitch", "read"), Some("Switch"));
/// assert_eq!(odd("QuerySwitch", "read"), None);
/// assert_eq!(odd("DescribeBill", "write"), Some("Describe"));
/// ```
pub fn odd<'n>(name: &'n str, category: &str) -> Option<&'n str> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let first = words(name).next()?;
    let looks = LOOKING.contains(&first);
    match category {
        "write" => looks.then_some(first),
        "read" | "list" if looks => None,
        "read" | "list" if CHANGING.contains(&first) => Some(first),
        "read" | "list" => words(name).last().filter(|last| CHANGING.contains(last)),
        _ => None,
    }
}

/// An action that its category and its name say different things of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Odd {
    /// Name without service.
    pub action: Box<str>,
    /// The category.
    pub category: Box<str>,
    /// The word of its name that contradicts it.
    pub verb: Box<str>,
}

/// Every such action of a service, in the order of its actions.
///
/// ```
/// use passgate::catalog::{Catalogs, verbs};
/// let builtin = Catalogs::builtin();
/// let odd = verbs::odd_of(builtin.find("intlpartnersmgt").unwrap().1);
/// assert!(odd.iter().any(|odd| odd.action.as_ref() == "ContractModeSwitch" && odd.verb.as_ref() == "Switch"));
/// ```
pub fn odd_of(service: &Service) -> Vec<Odd> {
    let one = |action: &Action| {
        let verb = odd(&action.name, &action.category)?.into();
        Some(Odd { action: action.name.clone(), category: action.category.clone(), verb })
    };
    service.actions.iter().filter_map(one).collect()
}

/// How many actions a line names.
const NAMED: usize = 3;

/// What is said of actions of one category, each a name with the verb that contradicts it: of the first few.
pub(crate) fn line(category: &str, odd: &[(&str, &str)]) -> String {
    let shown = || odd.iter().take(NAMED);
    let names: Vec<String> = shown().map(|(name, _)| format!("`{name}`")).collect();
    let more = if odd.len() > NAMED { ", …" } else { "" };
    let verbs: BTreeSet<String> = shown().map(|(_, verb)| format!("`{verb}`")).collect();
    let (names, verbs) = (names.join(", "), verbs.into_iter().collect::<Vec<_>>().join(", "));
    format!("the catalog files {names}{more} under `{category}`, but the name says {verbs}")
}

/// The words of a name in capitals: each begins with a capital that follows another letter or begins the name.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let end = rest.char_indices().skip(1).find(|(_, c)| !c.is_ascii_lowercase() && !c.is_ascii_digit());
        let (word, after) = rest.split_at_checked(end.map_or(rest.len(), |(at, _)| at))?;
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, category: &str, expected: Option<&str>) {
        assert_eq!(odd(name, category), expected, "{name} under {category}");
    }

    #[test]
    fn names_contradict_their_category() {
        check("ContractModeSwitch", "read", Some("Switch"));
        check("DeleteThing", "list", Some("Delete"));
        check("ApplyReport", "read", Some("Apply"));
        check("GetThing", "write", Some("Get"));
    }

    #[test]
    fn names_agree_with_their_category() {
        check("QueryContractSwitch", "read", None);
        check("CheckSend", "read", None);
        check("ContractModeSwitch", "write", None);
        check("SetThing", "write", None);
        check("Settings", "read", None);
        check("ExportList", "list", None);
        check("SendCode", "other", None);
        check("Send", "tagging", None);
        check("", "read", None);
        check("é", "read", None);
    }

    #[test]
    fn tables_are_sorted_and_apart() {
        assert!(LOOKING.is_sorted() && CHANGING.is_sorted());
        assert!(!LOOKING.iter().any(|word| CHANGING.contains(word)));
    }
}
