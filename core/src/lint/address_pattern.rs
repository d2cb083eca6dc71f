//! `address-pattern`: an address compared as text. `string_*` sees the canonical text of the caller's address (semantics
//! §5), so `qcs:ip like "10.1*"` also covers `10.100.0.1`, and a prefix or another spelling equals no address at all.
//!
//! Told exactly where a value does not stand for one address: it is a pattern, or it is not how an address is written.

use crate::address::parse_address;
use crate::model::read::{IP, shown};
use crate::model::{Condition, Model, Statement, Template, Test};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check(model: &Model, statement: &Statement, out: &mut Vec<Diagnostic>) {
    for condition in statement.conditions.iter().filter(|c| c.key.as_ref() == IP) {
        if let Some((value, why)) = values(condition).iter().find_map(|value| odd(condition, value)) {
            out.push(told(model, condition, value, why));
        }
    }
}

fn values(condition: &Condition) -> &[Template] {
    match &condition.test {
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => values,
        _ => &[],
    }
}

/// Why a value stands for no single address. One with a variable depends on the caller.
fn odd<'v>(condition: &Condition, value: &'v Template) -> Option<(&'v str, &'static str)> {
    let text = value.literal()?;
    let pattern = matches!(condition.test, Test::Like { .. }) && text.contains('*');
    let fold = matches!(condition.test, Test::Text { ignore_case: true, .. });
    let same =
        |canonical: String| if fold { canonical.eq_ignore_ascii_case(text) } else { canonical == text };
    match parse_address(text) {
        _ if pattern => Some((text, "covers addresses by their text, not by their bits")),
        Ok(address) if same(address.to_string()) => None,
        Ok(_) => Some((text, "is not how this address is written for comparison, so it equals none")),
        Err(_) => Some((text, "is the text of no address, so it equals none")),
    }
}

fn told(model: &Model, condition: &Condition, value: &str, why: &str) -> Diagnostic {
    let span = super::tag_form::place_of(model, condition, value);
    let told = Diagnostic::warning(code::ADDRESS_PATTERN, span, format!("`{}` {why}", shown(value)));
    match as_prefix(value) {
        Some(prefix) => told.help(format!("write `from {prefix}` (in CAM JSON: `ip_equal`)")),
        None => told.help("write `from NETWORK` (in CAM JSON: `ip_equal`), which compares bits"),
    }
}

/// The prefix that was probably meant: a prefix as text, an address in another spelling, `10.0.*`.
fn as_prefix(text: &str) -> Option<String> {
    if let Ok(read) = crate::address::parse_prefix(text) {
        return Some(read.prefix.to_string());
    }
    let octets: Vec<&str> = text.strip_suffix(".*")?.split('.').collect();
    let known = octets.iter().take_while(|octet| **octet != "*").count();
    let whole = (1..=3).contains(&known) && octets.iter().skip(known).all(|octet| *octet == "*");
    let numbers = octets.iter().take(known).copied().chain(std::iter::repeat_n("0", 4 - known.min(4)));
    let address = numbers.collect::<Vec<_>>().join(".");
    (whole && octets.len() <= 3 && parse_address(&address).is_ok())
        .then(|| format!("{address}/{}", known * 8))
}
