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
    /// How many resources of a principal's action are named; more than [`SUGGEST_RESOURCES`]: all of them are meant.
    named: HashMap<(u32, u32), usize>,
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
            named: HashMap::new(),
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

    /// Uses with their addresses, and names.
    #[cfg(test)]
    pub(super) fn kept(&self) -> (usize, usize) {
        (self.entries, self.names.len())
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
        if request.principal == "root" {
            self.counts.root += 1;
            return Ok(());
        }
        let action = self.action(&request.action);
        for place in &decision.statements {
            let statement = (place.policy.clone(), place.id.clone());
            self.used.entry(statement).or_default().insert(action);
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
        match request.resources.as_deref() {
            None | Some([]) => self.see(Key { principal, action, resource: ANY }, address),
            Some(resources) => {
                for text in resources {
                    let resource = self.resource((principal, action), text);
                    self.see(Key { principal, action, resource }, address);
                }
            }
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

    /// The number of a resource as a pattern that covers it; every resource where there are too many of the principal's
    /// action, so that a log that names another in each line takes no more memory than one that does not.
    fn resource(&mut self, (principal, action): (u32, u32), text: &str) -> u32 {
        let mut segments = text.splitn(3, ':');
        let (Some(head), Some(_), Some(rest)) = (segments.next(), segments.next(), segments.next()) else {
            return ANY;
        };
        let known = self.named.get(&(principal, action)).copied().unwrap_or_default();
        if known > SUGGEST_RESOURCES {
            return ANY;
        }
        let name = format!("{head}::{rest}");
        let own = self.numbers.get(name.as_str()).copied();
        if let Some(resource) =
            own.filter(|resource| self.uses.contains_key(&Key { principal, action, resource: *resource }))
        {
            return resource;
        }
        self.named.insert((principal, action), known + 1);
        if known == SUGGEST_RESOURCES {
            self.every_resource(principal, action);
            return ANY;
        }
        self.number(name)
    }

    /// Puts what was seen on named resources to what was seen on any.
    fn every_resource(&mut self, principal: u32, action: u32) {
        let own = Key { principal, action, resource: 0 }..Key { principal, action, resource: ANY };
        let keys: Vec<Key> = self.uses.range(own).map(|(key, _)| *key).collect();
        let mut all = Seen::default();
        for seen in keys.iter().filter_map(|key| self.uses.remove(key)) {
            self.entries -= 1 + seen.addresses.len();
            all.none |= seen.none;
            all.addresses.extend(seen.addresses);
        }
        let entries = &mut self.entries;
        let to = self.uses.entry(Key { principal, action, resource: ANY }).or_insert_with(|| {
            *entries += 1;
            Seen::default()
        });
        to.none |= all.none;
        *entries -= to.addresses.len();
        to.addresses.extend(all.addresses);
        *entries += to.addresses.len();
    }

    pub(super) fn finish(self) -> Uses {
        Uses {
            names: self.names,
            uses: self.uses,
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

    /// What one principal did.
    pub(super) fn of(&self, principal: u32) -> impl Iterator<Item = (&Key, &Seen)> {
        let end = |number| Key { principal, action: number, resource: number };
        self.uses.range(end(0)..=end(u32::MAX))
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
