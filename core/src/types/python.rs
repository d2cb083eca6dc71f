//! Types of Python 3.10 and later: `Literal[…]`, a name a line.

use super::{Names, quoted};
use std::collections::BTreeSet;
use std::fmt::Write;

pub(super) fn write(names: &Names) -> String {
    let mut out = String::new();
    names.head(escape).iter().for_each(|line| out.extend(["# ", line, "\n"]));
    let open: Vec<&str> = names.open.iter().map(String::as_str).collect();
    if !open.is_empty() {
        let _ = writeln!(out, "# Not listed: actions of {}, whose names no catalog knows.", open.join(", "));
    }
    if names.all_opaque {
        out.push_str("# Not listed: actions of services without a catalog.\n");
    }
    let aliases = [("Action", Some(&names.actions)), ("Principal", names.principals.as_ref())];
    let empty = aliases.iter().any(|(_, of)| of.is_some_and(BTreeSet::is_empty));
    // `NoReturn` is the type without a value, `Never` from 3.11 on.
    out.push_str(if empty {
        "from typing import Literal, NoReturn, TypeAlias\n"
    } else {
        "from typing import Literal, TypeAlias\n"
    });
    for (name, of) in aliases {
        if let Some(of) = of {
            alias(&mut out, name, of);
        }
    }
    out
}

fn alias(out: &mut String, name: &str, of: &BTreeSet<String>) {
    if of.is_empty() {
        let _ = write!(out, "\n{name}: TypeAlias = NoReturn\n");
        return;
    }
    let _ = write!(out, "\n{name}: TypeAlias = Literal[\n");
    of.iter().for_each(|one| out.extend(["    ", &quoted(one, escape), ",\n"]));
    out.push_str("]\n");
}

fn escape(sign: u32) -> String {
    format!("\\U{sign:08x}")
}
