//! Workloads of the benches: policies, principals and requests of a neutral JSON file, written out as a `.gate` text.
//!
//! The generator of these files stands beside this crate. Nothing here measures; the binaries do.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// A workload: every request with the answer that an independent reference gave.
#[derive(Debug, Deserialize)]
pub struct Workload {
    /// Policies.
    pub policies: Vec<Policy>,
    /// Name → ids of its policies.
    pub principals: BTreeMap<String, Vec<String>>,
    /// Principal, action, address.
    pub requests: Vec<(String, String, String)>,
    /// 1 is allowed.
    pub expected: Vec<u8>,
}

/// A policy of a workload.
#[derive(Debug, Deserialize)]
pub struct Policy {
    /// Its name.
    pub id: String,
    /// Its statements.
    pub statements: Vec<Statement>,
}

/// A statement of a workload.
#[derive(Debug, Deserialize)]
pub struct Statement {
    /// `allow` or `deny`.
    pub effect: String,
    /// Any of these patterns.
    pub actions: Vec<String>,
    /// The condition on the address.
    pub ip: Option<Ip>,
}

/// A condition on the address.
#[derive(Debug, Deserialize)]
pub struct Ip {
    /// `in` or `not_in`.
    pub op: String,
    /// Prefixes.
    pub cidrs: Vec<String>,
}

/// Reads a workload.
///
/// # Errors
/// A file that cannot be read, or is no workload.
pub fn read(path: &Path) -> std::io::Result<Workload> {
    let file = std::io::BufReader::new(open(path)?);
    serde_json::from_reader(file).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}

#[expect(clippy::disallowed_methods, reason = "a bench reads its workload, outside of what it measures")]
fn open(path: &Path) -> std::io::Result<std::fs::File> {
    std::fs::File::open(path)
}

impl Workload {
    /// The whole set as one `.gate` text. The workloads know no action that is never given an address.
    pub fn text(&self) -> String {
        let mut text = String::from("use intlpartnersmgt\nset ip-unsupported = \"evaluate\"\n\n");
        for policy in &self.policies {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "policy {} {{", policy.id);
            for statement in &policy.statements {
                let _ = write!(text, "    {} {}", statement.effect, statement.actions.join(", "));
                if let Some(ip) = &statement.ip {
                    let not = if ip.op == "not_in" { "not " } else { "" };
                    let _ = write!(text, " {not}from {}", ip.cidrs.join(", "));
                }
                text.push('\n');
            }
            text.push_str("}\n\n");
        }
        for (name, policies) in &self.principals {
            let _ = writeln!(text, "user {name} {{ attach {} }}", policies.join(", "));
        }
        text
    }
}
