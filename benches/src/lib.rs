//! Workloads of the benches: policies, principals and requests of a neutral JSON file, written out as a `.gate` text.
//!
//! The generator of these files stands beside this crate; `made` makes up a set without a file. Of measuring only the [`clock`] is here; the binaries do the rest.

pub mod clock;
mod made;

pub use made::{Size, made};

#[expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a sketch to compare with, on workloads of our own"
)]
pub mod sketch;

mod lines;

pub use lines::realistic_text;

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// A workload: every request with the answer that an independent reference gave.
#[derive(Debug, Deserialize)]
pub struct Workload {
    /// Full names of all actions.
    pub catalog: Vec<String>,
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

/// Bytes after which a file ends and the next one begins.
const FILE_BYTES: usize = 8_000_000;

impl Workload {
    /// The set as the files of a folder. The workloads know no action that is never given an address.
    pub fn files(&self) -> Vec<(String, String)> {
        let settings = "use = [\"intlpartnersmgt\"]\nip-unsupported = \"evaluate\"\n";
        let policies = self.policies.iter().map(policy_text);
        let people = self.principals.iter();
        let people =
            people.map(|(name, policies)| format!("user {name} {{ attach {} }}\n", policies.join(", ")));
        let mut files = vec![("passgate.toml".to_owned(), settings.to_owned())];
        let mut text = String::new();
        for item in policies.chain(people) {
            text.push_str(&item);
            if text.len() > FILE_BYTES {
                files.push((format!("{}.gate", files.len()), std::mem::take(&mut text)));
            }
        }
        files.push((format!("{}.gate", files.len()), text));
        files
    }
}

fn policy_text(policy: &Policy) -> String {
    let mut text = format!("policy {} {{\n", policy.id);
    for statement in &policy.statements {
        // Writing to a string cannot fail.
        let _ = write!(text, "    {} {}", statement.effect, statement.actions.join(", "));
        if let Some(ip) = &statement.ip {
            let not = if ip.op == "not_in" { "not " } else { "" };
            let _ = write!(text, " {not}from {}", ip.cidrs.join(", "));
        }
        text.push('\n');
    }
    text.push_str("}\n\n");
    text
}

/// Statements of the text dense with conditions.
const DENSE_STATEMENTS: usize = 20_000;

/// A text whose statements are mostly conditions, of every operator and form.
pub fn dense_text() -> String {
    const CLAUSES: &[&str] = &[
        "when any qcs:resource_tag is \"team&rd\", \"team&ops\" and mfa is true",
        "when cos:x-cos-acl is \"private\" ignoring case and cos:content-length < 1048576",
        "unless every qcs:request_tag is \"stage&live\"",
        "when cos:prefix like \"reports/*\", \"public/*\" and cos:versionid is present",
        "when vpc:region is not \"ap-guangzhou\" and cvm:instance_type not like \"S5.*\"",
        "when cam:service_host is absent or is \"api.example.com\"",
        "when cos:expires >= 2026-01-01T00:00:00Z and cos:expires < 2027-01-01T00:00:00Z",
        "when cos:source in 203.0.113.0/24, 2001:db8:40::/44 and cos:digest is bytes \"QUJD\"",
        "unless cos:max-keys is 10, 100, 1000",
    ];
    let mut text = String::new();
    for number in 0..DENSE_STATEMENTS {
        if number % 10 == 0 {
            let close = if number == 0 { "" } else { "}\n\n" };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{close}policy p{number} {{");
        }
        let effect = if number % 4 == 0 { "deny" } else { "allow" };
        let _ = writeln!(text, "    {effect} cos:GetObject, cos:Put*");
        for step in 0..3 {
            let clause = CLAUSES.get((number * 2 + step * 4) % CLAUSES.len()).copied().unwrap_or_default();
            let _ = writeln!(text, "        {clause}");
        }
    }
    text.push_str("}\n");
    text
}
