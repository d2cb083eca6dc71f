//! Terms as text, the same in CAM JSON and `.gate`: actions with their service, prefixes with their host bits.

use crate::address::Prefix;
use crate::catalog::{ActionId, Catalogs};
use crate::model::{ActionKind, WrittenAddress};
use std::net::IpAddr;

/// One action of a term: `*`, `*:*`, `permid/N`, or a name or pattern with its service.
pub(super) enum ActionText<'a> {
    Whole(&'static str),
    Permid(&'a str),
    Named { legacy: bool, service: &'a str, pattern: &'a str },
}

/// Every action of a term in order; catalogued names that a category or `except` found come one by one.
pub(super) fn action_texts<'a>(
    kind: &'a ActionKind,
    catalogs: &'a Catalogs,
) -> Box<dyn Iterator<Item = ActionText<'a>> + 'a> {
    match kind {
        ActionKind::All { long } => {
            Box::new(std::iter::once(ActionText::Whole(if *long { "*:*" } else { "*" })))
        }
        ActionKind::Permid(number) => Box::new(std::iter::once(ActionText::Permid(number))),
        ActionKind::Pattern { service, pattern, legacy } => {
            Box::new(std::iter::once(ActionText::Named { legacy: *legacy, service, pattern }))
        }
        ActionKind::Names(ids) => Box::new(ids.iter().filter_map(|id| name(*id, catalogs))),
    }
}

fn name(id: ActionId, catalogs: &Catalogs) -> Option<ActionText<'_>> {
    let service = &catalogs.get(id.service)?.service;
    let pattern = &catalogs.action(id)?.name;
    Some(ActionText::Named { legacy: false, service, pattern })
}

/// Prefixes of a list as text: host bits as they were written, the full length left out.
pub(super) fn prefix_texts<'a>(
    prefixes: &'a [Prefix],
    written: &'a [WrittenAddress],
) -> impl Iterator<Item = String> + 'a {
    let mut written = written.iter().peekable();
    prefixes.iter().enumerate().map(move |(place, prefix)| match written.next_if(|w| w.place == place) {
        Some(with_host) => host_text(with_host.address, prefix.length),
        None => prefix.to_string(),
    })
}

fn host_text(address: IpAddr, length: u8) -> String {
    format!("{address}/{length}")
}
