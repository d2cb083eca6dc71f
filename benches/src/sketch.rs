//! A table as one would write it by hand in an afternoon, for comparison: per policy, address to row, row to action
//! bits.
//!
//! Every list of prefixes is cut into segments; a segment holds two rows of bits over the actions (allow, deny). A check
//! hashes the principal and the action, reads the address, and for each attached policy finds a segment and tests a bit.
//! It knows no reasons, no conditions but the address, and no errors: what it does not know is denied.

use crate::{Policy, Statement, Workload};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Policies as tables of segments.
pub struct Sketch {
    words: usize,
    actions: Map<String, u32>,
    principals: Map<String, Box<[u32]>>,
    policies: Vec<Segments>,
    /// Twice `words` for a row: allow, deny.
    rows: Vec<u64>,
}

#[derive(Default)]
struct Segments {
    v4: Vec<u32>,
    /// For each value of the high 16 bits the segment that holds the first such address, where there are many.
    top: Vec<u32>,
    v6: Vec<u128>,
    rows4: Vec<u32>,
    rows6: Vec<u32>,
}

impl Segments {
    fn find4(&self, address: u32) -> u32 {
        let (mut low, mut count) = (0usize, self.v4.len());
        if !self.top.is_empty() {
            let top = (address >> 16) as usize;
            low = self.top[top] as usize;
            count = self.top[top + 1] as usize - low + 1;
        }
        let starts = &self.v4[low..(low + count).min(self.v4.len())];
        self.rows4[low + starts.partition_point(|start| *start <= address) - 1]
    }

    fn find6(&self, address: u128) -> u32 {
        self.rows6[self.v6.partition_point(|start| *start <= address) - 1]
    }
}

impl Sketch {
    /// The tables of a workload over a catalog of these actions.
    pub fn new(workload: &Workload) -> Sketch {
        let names = &workload.catalog;
        let words = names.len().div_ceil(64);
        let mut sketch = Sketch {
            words,
            actions: names.iter().cloned().zip(0..).collect(),
            principals: Map::default(),
            policies: Vec::new(),
            rows: Vec::new(),
        };
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut seen: HashMap<Vec<u64>, u32> = HashMap::new();
        for policy in &workload.policies {
            numbers.insert(&policy.id, sketch.policies.len() as u32);
            let segments = sketch.policy(policy, names, &mut seen);
            sketch.policies.push(segments);
        }
        let attached = |ids: &Vec<String>| ids.iter().map(|id| numbers[id.as_str()]).collect();
        sketch.principals =
            workload.principals.iter().map(|(name, ids)| (name.clone(), attached(ids))).collect();
        sketch
    }

    /// Whether a principal may perform an action from an address.
    #[inline]
    pub fn allows(&self, principal: &str, action: &str, ip: &str) -> bool {
        let (Some(policies), Some(action)) = (self.principals.get(principal), self.actions.get(action))
        else {
            return false;
        };
        let v4 = parse4(ip.as_bytes());
        let v6 = match v4 {
            Some(_) => 0,
            None => match ip.parse::<Ipv6Addr>() {
                Ok(address) => u128::from(address),
                Err(_) => return false,
            },
        };
        let (word, bit) = ((action / 64) as usize, 1u64 << (action % 64));
        let (mut allow, mut deny) = (0, 0);
        for policy in policies.iter() {
            let segments = &self.policies[*policy as usize];
            let row = match v4 {
                Some(address) => segments.find4(address),
                None => segments.find6(v6),
            } as usize
                * 2
                * self.words;
            allow |= self.rows[row + word];
            deny |= self.rows[row + self.words + word];
        }
        allow & !deny & bit != 0
    }

    fn policy(&mut self, policy: &Policy, names: &[String], seen: &mut HashMap<Vec<u64>, u32>) -> Segments {
        let mut segments = Segments::default();
        for v6 in [false, true] {
            let mut starts: Vec<(u128, usize, i32)> = Vec::new();
            for (number, statement) in policy.statements.iter().enumerate() {
                for cidr in statement.ip.iter().flat_map(|ip| &ip.cidrs) {
                    let (is_v6, first, last) = bounds(cidr);
                    if is_v6 == v6 {
                        starts.push((first, number, 1));
                        let end = if v6 { u128::MAX } else { u128::from(u32::MAX) };
                        starts.extend((last < end).then(|| (last + 1, number, -1)));
                    }
                }
            }
            starts.sort_unstable();
            let reach: Vec<Vec<u64>> = policy.statements.iter().map(|s| reach(s, names)).collect();
            let mut depth = vec![0i32; policy.statements.len()];
            let mut put = |at: u128, depth: &[i32]| {
                let row = row(&policy.statements, &reach, depth, self.words);
                let next = (self.rows.len() / (2 * self.words)) as u32;
                let number = *seen.entry(row.clone()).or_insert(next);
                if number == next {
                    self.rows.extend(row);
                }
                let rows = if v6 { &mut segments.rows6 } else { &mut segments.rows4 };
                if rows.last() != Some(&number) {
                    rows.push(number);
                    if v6 { segments.v6.push(at) } else { segments.v4.push(at as u32) }
                }
            };
            if starts.first().is_none_or(|(at, ..)| *at != 0) {
                put(0, &depth);
            }
            for group in starts.chunk_by(|a, b| a.0 == b.0) {
                group.iter().for_each(|(_, number, change)| depth[*number] += change);
                put(group[0].0, &depth);
            }
        }
        if segments.v4.len() > 4096 {
            let mut at = 0;
            for top in 0..=65_536u64 {
                while at + 1 < segments.v4.len() && u64::from(segments.v4[at + 1]) <= top << 16 {
                    at += 1;
                }
                segments.top.push(at as u32);
            }
        }
        segments
    }
}

/// Allow and deny bits where each statement's list holds the address so many times.
fn row(statements: &[Statement], reach: &[Vec<u64>], depth: &[i32], words: usize) -> Vec<u64> {
    let mut row = vec![0u64; 2 * words];
    for ((statement, reach), depth) in statements.iter().zip(reach).zip(depth) {
        if statement.ip.as_ref().is_none_or(|ip| (*depth > 0) == (ip.op == "in")) {
            let at = if statement.effect == "deny" { words } else { 0 };
            row[at..].iter_mut().zip(reach).for_each(|(to, bits)| *to |= bits);
        }
    }
    row
}

fn reach(statement: &Statement, names: &[String]) -> Vec<u64> {
    let mut bits = vec![0u64; names.len().div_ceil(64)];
    for (number, name) in names.iter().enumerate() {
        if statement.actions.iter().any(|pattern| matches(pattern, name)) {
            bits[number / 64] |= 1 << (number % 64);
        }
    }
    bits
}

fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let Some(tail) = parts.pop() else { return false };
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(tail)
}

/// Family, first and last address of a prefix.
fn bounds(cidr: &str) -> (bool, u128, u128) {
    let (address, length) = cidr.split_once('/').unwrap_or((cidr, ""));
    let (v6, bits, width) = match address.parse() {
        Ok(IpAddr::V4(address)) => (false, u128::from(u32::from(address)), 32),
        Ok(IpAddr::V6(address)) => (true, u128::from(address), 128),
        Err(_) => (false, 0, 32),
    };
    let host = width - length.parse().unwrap_or(width);
    let hosts = if host == 0 { 0 } else { u128::MAX >> (128 - host) };
    (v6, bits & !hosts, bits | hosts)
}

fn parse4(text: &[u8]) -> Option<u32> {
    let (mut value, mut octet, mut digits, mut dots) = (0u32, 0u32, 0u32, 0);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            octet = octet * 10 + u32::from(digit);
            digits += 1;
            if octet > 255 || digits > 3 {
                return None;
            }
        } else if *byte == b'.' && digits > 0 {
            value = value << 8 | octet;
            (octet, digits) = (0, 0);
            dots += 1;
        } else {
            return None;
        }
    }
    (dots == 3 && digits > 0).then_some(value << 8 | octet)
}
