//! Types of TypeScript: unions of string literals, a name a line. Of a service with actions that no catalog lists any
//! name passes.

use super::{Names, quoted};
use std::fmt::Write;

pub(super) fn write(names: &Names) -> String {
    let mut out = String::new();
    names.head(escape).iter().for_each(|line| out.extend(["// ", line, "\n"]));
    if names.all_opaque {
        out.push_str("// Not listed: actions of services without a catalog.\n");
    }
    let actions = names.actions.iter().map(|name| quoted(name, escape));
    // The name of a service needs no escape: lower-case letters, digits, `_`, `-`.
    let open = names.open.iter().map(|service| format!("`{service}:${{string}}`"));
    union(&mut out, "Action", &actions.chain(open).collect::<Vec<_>>());
    if let Some(principals) = &names.principals {
        let principals: Vec<_> = principals.iter().map(|name| quoted(name, escape)).collect();
        union(&mut out, "Principal", &principals);
    }
    out
}

/// `export type NAME = … | …;`, of nothing at all the type without a value.
fn union(out: &mut String, name: &str, of: &[String]) {
    let _ = write!(out, "\nexport type {name} =");
    if of.is_empty() {
        out.push_str(" never");
    }
    of.iter().for_each(|one| out.extend(["\n  | ", one]));
    out.push_str(";\n");
}

fn escape(sign: u32) -> String {
    format!("\\u{{{sign:x}}}")
}
