//! What a log shows: who did what from where, as far as the present set allows it; counted in bounded memory.

use crate::address::{Family, Prefix, PrefixSet, canonical_bits, parse_address};
use crate::check::{Gate, Ip, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::table::Target;
use passgate_grammar::limits::{SUGGEST_BROKEN, SUGGEST_ENTRIES, SUGGEST_RESOURCES};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// How narrow addresses are kept at first, and by how much they widen where there are too many.
const WIDTHS: [(Family, u8, u8); 2] = [(Family::V4, 32, 4), (Family::V6, 128, 16)];

/// A log that is being read.
#[derive(Debug)]
pub struct Log<'g> {
    gate: &'g Gate,
    /// Shortest prefixes that addresses may be kept as.
    shortest: [u8; 2],
    lengths: [u8; 2],
    numbers: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
    uses: BTreeMap<Key, Seen>,
    entries: usize,
    most: usize,
    brought: Brought,
    used: HashMap<(Arc<str>, Arc<str>), BTreeSet<u32>>,
    /// What was counted.
    pub counts: Counts,
}

/// Lines of a log, by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines that are not blank.
    pub lines: u64,
    /// Requests that the present set allows.
    pub allowed: u64,
    /// Requests that it denies.
    pub denied: u64,
    /// Requests of the account root, which need no policy.
    pub root: u64,
    /// Lines that are no request, or none that can be decided.
    pub broken: u64,
    /// The first of these, with their numbers from 1.
    pub shown: Vec<BrokenLine>,
    /// Whether addresses were put together because there were too many.
    pub coarse: bool,
}

/// A line that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLine {
    /// Its number, from 1, blank lines counted.
    pub line: u64,
    /// Code of the error.
    pub code: &'static str,
    /// Why.
    pub message: String,
}

/// Groups, roles and policies that requests bring.
#[derive(Debug, Default)]
pub(super) struct Brought {
    pub(super) groups: BTreeSet<String>,
    pub(super) roles: BTreeSet<String>,
    pub(super) policies: BTreeSet<String>,
}

/// A principal, an action, a resource; each by its number, no resource as `u32::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) principal: u32,
    pub(super) action: u32,
    pub(super) resource: u32,
}

/// Where from.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) none: bool,
    pub(super) addresses: HashSet<(Family, u128)>,
}

/// Stands for every resource.
pub(super) const ANY: u32 = u32::MAX;

impl<'g> Log<'g> {
    /// A log of requests to a gate; addresses are put together to prefixes no shorter than these, of IPv4 and IPv6, where
    /// there are too many.
    pub(super) fn new(gate: &'g Gate, shortest: [u8; 2]) -> Log<'g> {
        Log::within(SUGGEST_ENTRIES, gate, shortest)
    }

    pub(super) fn within(most: usize, gate: &'g Gate, shortest: [u8; 2]) -> Log<'g> {
        Log {
            gate,
            shortest,
            lengths: WIDTHS.map(|(_, length, _)| length),
            numbers: HashMap::new(),
            names: Vec::new(),
            uses: BTreeMap::new(),
            entries: 0,
            most,
            brought: Brought::default(),
            used: HashMap::new(),
            counts: Counts::default(),
        }
    }

    #[cfg(test)]
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Reads a line; `number` is its number from 1. Blank lines say nothing.
    ///
    /// # Errors
    /// `bad-option` where the log shows more principals, actions and resources than are kept.
    pub fn line(&mut self, number: u64, line: &str) -> Result<()> {
        if line.trim().is_empty() {
            return Ok(());
        }
        self.counts.lines += 1;
        let decided = Request::from_json(line).and_then(|request| Ok((self.gate.check(&request)?, request)));
        let (decision, request) = match decided {
            Ok(decided) => decided,
            Err(error) => {
                self.broken(number, &error);
                return Ok(());
            }
        };
        self.brought.groups.extend(request.groups.iter().cloned());
        self.brought.roles.extend(request.roles.iter().cloned());
        self.brought.policies.extend(request.policies.iter().cloned());
        if !decision.allowed {
            self.counts.denied += 1;
            return Ok(());
        }
        self.counts.allowed += 1;
        let action = self.action(&request.action);
        for place in &decision.statements {
            let statement = (Arc::from(place.policy.as_ref()), Arc::from(place.id.as_ref()));
            self.used.entry(statement).or_default().insert(action);
        }
        if request.principal == "root" {
            self.counts.root += 1;
            return Ok(());
        }
        self.note(&request, action)
    }

    /// Notes a line that cannot be read at all, such as one too long.
    pub fn unreadable(&mut self, number: u64, error: &Error) {
        self.counts.lines += 1;
        self.broken(number, error);
    }

    fn broken(&mut self, number: u64, error: &Error) {
        self.counts.broken += 1;
        if self.counts.shown.len() < SUGGEST_BROKEN {
            let message = error.message().to_owned();
            self.counts.shown.push(BrokenLine { line: number, code: error.code().as_str(), message });
        }
    }

    fn note(&mut self, request: &Request, action: u32) -> Result<()> {
        let principal = self.number(spelt(&request.principal));
        let address = match &request.ip {
            None => None,
            Some(Ip::Address(address)) => Some(canonical_bits(*address)),
            Some(Ip::Text(text)) => parse_address(text).ok().map(canonical_bits),
        };
        let resources = request.resources.clone().unwrap_or_default();
        let mut keys: Vec<u32> = resources.iter().map(|text| self.resource(text)).collect();
        if keys.is_empty() {
            keys.push(ANY);
        }
        for resource in keys {
            self.see(Key { principal, action, resource }, address);
        }
        self.narrow()
    }

    fn see(&mut self, key: Key, address: Option<(Family, u128)>) {
        let lengths = self.lengths;
        let seen = self.uses.entry(key).or_insert_with(|| {
            self.entries += 1;
            Seen::default()
        });
        match address {
            None => seen.none = true,
            Some(address) => self.entries += usize::from(seen.addresses.insert(masked(address, lengths))),
        }
    }

    /// Puts addresses together while there are too many.
    fn narrow(&mut self) -> Result<()> {
        while self.entries > self.most {
            let before = self.lengths;
            for ((length, shortest), (_, _, step)) in self.lengths.iter_mut().zip(self.shortest).zip(WIDTHS) {
                *length = length.saturating_sub(step).max(shortest);
            }
            if before == self.lengths {
                let message = format!(
                    "the log shows more than {} principals, actions, resources and addresses: allow a shorter prefix, \
                     or split the log",
                    self.most
                );
                return Err(Error::new(ErrorCode::BadOption, message).with_key("log"));
            }
            self.counts.coarse = true;
            self.entries = 0;
            for seen in self.uses.values_mut() {
                let wider = seen.addresses.iter().map(|address| masked(*address, self.lengths)).collect();
                seen.addresses = wider;
                self.entries += 1 + seen.addresses.len();
            }
        }
        Ok(())
    }

    fn number(&mut self, name: String) -> u32 {
        if let Some(number) = self.numbers.get(name.as_str()) {
            return *number;
        }
        let (name, number): (Arc<str>, u32) = (name.into(), u32::try_from(self.names.len()).unwrap_or(ANY));
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }

    /// The number of an action by its full name.
    fn action(&mut self, written: &str) -> u32 {
        let name = match self.gate.target(written) {
            Ok(Target::Known(id)) => {
                let catalogs = &self.gate.model().catalogs;
                let service = catalogs.get(id.service).map_or("", |service| &service.service);
                // A service that knows every name lists none.
                let own = written.rsplit(':').next().unwrap_or(written);
                format!("{service}:{}", catalogs.action(id).map_or(own, |action| &action.name))
            }
            Ok(Target::Opaque { service, name }) => format!("{service}:{name}"),
            Err(_) => written.to_owned(),
        };
        self.number(name)
    }

    /// The number of a resource as a pattern that covers it.
    fn resource(&mut self, text: &str) -> u32 {
        if text == "*" {
            return ANY;
        }
        let mut segments = text.splitn(3, ':');
        match (segments.next(), segments.next(), segments.next()) {
            (Some(head), Some(_), Some(rest)) => self.number(format!("{head}::{rest}")),
            _ => ANY,
        }
    }

    pub(super) fn finish(mut self) -> Uses {
        let mut many: HashMap<(u32, u32), usize> = HashMap::new();
        for key in self.uses.keys().filter(|key| key.resource != ANY) {
            *many.entry((key.principal, key.action)).or_default() += 1;
        }
        let mut uses: BTreeMap<Key, Seen> = BTreeMap::new();
        for (key, seen) in std::mem::take(&mut self.uses) {
            let wide = many.get(&(key.principal, key.action)).is_some_and(|count| *count > SUGGEST_RESOURCES);
            let to = uses.entry(if wide { Key { resource: ANY, ..key } } else { key }).or_default();
            to.none |= seen.none;
            to.addresses.extend(seen.addresses);
        }
        Uses {
            names: self.names,
            uses,
            lengths: self.lengths,
            brought: self.brought,
            used: self.used,
            counts: self.counts,
        }
    }
}

/// A log that was read.
#[derive(Debug)]
pub(super) struct Uses {
    names: Vec<Arc<str>>,
    pub(super) uses: BTreeMap<Key, Seen>,
    lengths: [u8; 2],
    pub(super) brought: Brought,
    pub(super) used: HashMap<(Arc<str>, Arc<str>), BTreeSet<u32>>,
    pub(super) counts: Counts,
}

impl Uses {
    pub(super) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("*", AsRef::as_ref)
    }

    /// The addresses of a use, as narrow as they were kept.
    pub(super) fn prefixes(&self, seen: &Seen) -> PrefixSet {
        let prefix =
            |(family, bits): &(Family, u128)| Prefix::new(*family, *bits, length(*family, self.lengths));
        PrefixSet::from_prefixes(seen.addresses.iter().map(prefix))
    }
}

/// A principal under its one spelling.
fn spelt(principal: &str) -> String {
    let kinds = ["user:", "role:", "group:", "policy:"];
    if kinds.iter().any(|kind| principal.starts_with(kind)) {
        principal.to_owned()
    } else {
        format!("user:{principal}")
    }
}

fn length(family: Family, lengths: [u8; 2]) -> u8 {
    let [v4, v6] = lengths;
    match family {
        Family::V4 => v4,
        Family::V6 => v6,
    }
}

fn masked((family, bits): (Family, u128), lengths: [u8; 2]) -> (Family, u128) {
    (family, Prefix::new(family, bits, length(family, lengths)).bits)
}
