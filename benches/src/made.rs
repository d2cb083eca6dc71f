//! A workload made up from a number, for benches that need no file: the same in every run, small enough for a test.
//!
//! Answers are those of the reference evaluator. The neutral workloads, which other engines are measured on, come from
//! the generator beside this crate.

use crate::{Ip, Policy, Statement, Workload};
use passgate::load::compile_model;
use passgate::{LoadOptions, Request, reference};
use std::net::{Ipv4Addr, Ipv6Addr};

/// How much is made up.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Callers.
    pub principals: usize,
    /// Policies; each caller has three of them.
    pub policies: usize,
    /// Statements of each policy.
    pub statements: usize,
    /// Prefixes of each condition.
    pub prefixes: usize,
    /// Requests.
    pub requests: usize,
}

const ACTIONS: &str = include_str!("../workloads/actions.tsv");
const ATTACHED: usize = 3;

/// Makes up a workload.
///
/// # Errors
/// Those of the reference evaluator: the set or a request is refused.
pub fn made(size: Size) -> passgate::Result<Workload> {
    let mut maker = Maker { state: 0x2545_F491_4F6C_DD1D, actions: actions() };
    let policies: Vec<Policy> = (0..size.policies).map(|number| maker.policy(number, size)).collect();
    let principals = (0..size.principals).map(|number| {
        let attached = (0..ATTACHED).map(|step| format!("pol{}", (number + step * 7) % size.policies.max(1)));
        (format!("user{number}"), attached.collect())
    });
    let mut workload = Workload {
        catalog: Vec::new(),
        principals: principals.collect(),
        policies,
        requests: Vec::new(),
        expected: Vec::new(),
    };
    workload.requests = (0..size.requests).map(|_| maker.request(&workload, size)).collect();
    workload.expected = answers(&workload)?;
    Ok(workload)
}

fn actions() -> Vec<String> {
    let lines = ACTIONS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some(format!("intlpartnersmgt:{}", line.split('\t').next()?))).collect()
}

fn answers(workload: &Workload) -> passgate::Result<Vec<u8>> {
    let model = compile_model(workload.files(), &LoadOptions::default())?;
    let ask = |(principal, action, ip): &(String, String, String)| {
        let request = Request::new(principal.as_str(), action.as_str()).ip(ip.as_str());
        Ok(u8::from(reference::decide(&model, &request)?.allowed))
    };
    workload.requests.iter().map(ask).collect()
}

struct Maker {
    state: u64,
    actions: Vec<String>,
}

impl Maker {
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % most.max(1)
    }

    fn action(&mut self) -> String {
        let number = self.below(self.actions.len());
        self.actions.get(number).cloned().unwrap_or_default()
    }

    fn policy(&mut self, number: usize, size: Size) -> Policy {
        Policy {
            id: format!("pol{number}"),
            statements: (0..size.statements).map(|_| self.statement(size)).collect(),
        }
    }

    /// Every deny has a condition, so that callers are allowed something.
    fn statement(&mut self, size: Size) -> Statement {
        let deny = self.below(5) == 0;
        let actions = (0..=self.below(3)).map(|_| self.pattern()).collect();
        let conditional = deny || self.below(2) == 0;
        let op = if !deny && self.below(4) == 0 { "not_in" } else { "in" };
        let ip = conditional
            .then(|| Ip { op: op.to_owned(), cidrs: (0..size.prefixes).map(|_| self.prefix()).collect() });
        Statement { effect: if deny { "deny" } else { "allow" }.to_owned(), actions, ip }
    }

    fn pattern(&mut self) -> String {
        let action = self.action();
        match self.below(3) {
            0 => action.chars().take("intlpartnersmgt:".len() + 5).chain(['*']).collect(),
            _ => action,
        }
    }

    fn prefix(&mut self) -> String {
        if self.below(5) == 0 {
            let bits = u128::from(self.next()) << 64 & (u128::MAX << 80) >> 3 | 0x2 << 124;
            return format!("{}/48", Ipv6Addr::from_bits(bits));
        }
        let length = [12, 16, 20, 24, 24, 24, 28, 32].get(self.below(8)).copied().unwrap_or(24);
        let bits = u32::try_from(self.next() >> 32).unwrap_or(0) & u32::MAX << (32 - length);
        format!("{}/{length}", Ipv4Addr::from_bits(bits))
    }

    /// Half of the addresses are those of a condition.
    fn request(&mut self, workload: &Workload, size: Size) -> (String, String, String) {
        let principal = format!("user{}", self.below(size.principals));
        let policy = workload.policies.get(self.below(size.policies));
        let number = self.below(size.statements);
        let named = policy.and_then(|policy| policy.statements.get(number)?.ip.as_ref()?.cidrs.first());
        let action = self.action();
        let ip = match named.and_then(|cidr| cidr.split('/').next()) {
            Some(ip) if self.below(2) == 0 => ip.to_owned(),
            _ => Ipv4Addr::from_bits(u32::try_from(self.next() >> 32).unwrap_or(0)).to_string(),
        };
        (principal, action, ip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { principals: 20, policies: 10, statements: 5, prefixes: 4, requests: 500 };

    #[test]
    fn a_workload_is_made_alike_and_has_both_answers() {
        let (one, two) = (made(SIZE), made(SIZE));
        let (Ok(one), Ok(two)) = (&one, &two) else { panic!("{one:?} {two:?}") };
        assert_eq!((&one.requests, &one.expected, one.files()), (&two.requests, &two.expected, two.files()));
        let allowed = one.expected.iter().filter(|answer| **answer == 1).count();
        assert!((50..450).contains(&allowed), "{allowed} of 500 are allowed");
    }
}
