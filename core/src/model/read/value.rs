//! Values of conditions read for one family of operators each (semantics §5).

use super::place::{Place, refuse, shown};
use crate::address::{AddressError, PrefixText, parse_prefix};
use crate::model::{Instant, Number, Template};
use passgate_grammar::{Diagnostic, Safety, code, limits};

/// A value as written: its kind and its text without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Literal<'a> {
    /// A string.
    Text(&'a str),
    /// A JSON number.
    Number(&'a str),
    /// `true` or `false` without quotes.
    Bool(bool),
    /// An instant without quotes, as a `.gate` file writes it.
    Instant(&'a str),
    /// Anything else, by the name of its kind: `null`, `array`, `object`.
    Other(&'static str),
}

impl Literal<'_> {
    fn described(self) -> String {
        match self {
            Literal::Text(text) => format!("the text `{}`", shown(text)),
            Literal::Number(text) => format!("the number `{}`", shown(text)),
            Literal::Bool(value) => format!("`{value}` without quotes"),
            Literal::Instant(text) => format!("the instant `{}`", shown(text)),
            Literal::Other(kind) => format!("a value of kind {kind}"),
        }
    }
}

fn unreadable(place: Place<'_>, value: Literal<'_>, wanted: &str) -> Diagnostic {
    let found = value.described();
    place.error(code::BAD_VALUE, format!("{found} stands where {wanted} belongs"))
}

/// Splits a text at its variables; `bad-variable` for a `${` that opens anything else.
pub(super) fn read_variables(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<Template> {
    match Template::parse(text) {
        Ok(template) => Some(template),
        Err(at) => {
            let rest = text.get(at..).unwrap_or("");
            let end = rest.find('}').map_or(rest.len(), |i| i + 1);
            let here = place.within(text, at, at + end);
            let name = shown(rest.get(..end).unwrap_or(rest));
            let fault = here.error(code::BAD_VARIABLE, format!("`{name}` is no variable"));
            refuse(out, fault.help("the variables are `${uin}`, `${owner_uin}` and `${app_id}`"))
        }
    }
}

/// A text of `string_*` or `binary_equal`: JSON strings only, with variables.
pub fn read_template(value: Literal<'_>, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<Template> {
    let Literal::Text(text) = value else {
        let fault = unreadable(place, value, "a text in quotes");
        return refuse(out, fault.help("this operator compares texts: write the value in double quotes"));
    };
    if text.len() > limits::STRING_BYTES {
        let message = format!("a text has at most {} bytes, this one {}", limits::STRING_BYTES, text.len());
        return refuse(out, place.error(code::LIMIT, message));
    }
    read_variables(text, place, out)
}

/// A number of `numeric_*`: a JSON number, also inside a string.
pub fn read_number(value: Literal<'_>, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<Number> {
    let (Literal::Number(text) | Literal::Text(text)) = value else {
        return refuse(out, unreadable(place, value, "a number"));
    };
    if let Some(number) = Number::parse(text) {
        return Some(number);
    }
    let fault = if text.len() > limits::NUMBER_CHARS {
        let message =
            format!("a number has at most {} characters, this one {}", limits::NUMBER_CHARS, text.len());
        place.error(code::LIMIT, message)
    } else if text.contains("${") {
        let fault = place.error(code::BAD_VARIABLE, format!("`{}`: a number holds no variable", shown(text)));
        fault.help("variables stand in the last segment of a resource and in text values")
    } else {
        let help = format!(
            "write it as JSON does: `-1.5e3`; no `+`, no leading zero, at most {} digits of exponent",
            limits::EXPONENT_DIGITS
        );
        unreadable(place, value, "a number").help(help)
    };
    refuse(out, fault)
}

/// An instant of `date_*`.
pub fn read_instant(value: Literal<'_>, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<Instant> {
    let (Literal::Instant(text) | Literal::Text(text)) = value else {
        return refuse(out, unreadable(place, value, "an instant"));
    };
    if let Some(instant) = Instant::parse(text) {
        return Some(instant);
    }
    let help = "an instant is written `2026-07-01T00:00:00Z` or `2026-07-01 00:00:00`, in UTC";
    let fault = unreadable(place, value, "an instant").help(help);
    let with_time = format!("{text}T00:00:00Z");
    let dated = text.len() == 10 && Instant::parse(&with_time).is_some();
    refuse(out, if dated { fault.nearest([with_time]) } else { fault })
}

/// A boolean of `bool_equal` or `null_equal`: `"true"`, `"false"`, with or without quotes.
pub fn read_bool(value: Literal<'_>, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<bool> {
    match value {
        Literal::Bool(value) => Some(value),
        Literal::Text("true") => Some(true),
        Literal::Text("false") => Some(false),
        _ => {
            let fault = unreadable(place, value, "`true` or `false`");
            refuse(
                out,
                match value {
                    Literal::Text(text)
                        if ["true", "false"].contains(&text.to_ascii_lowercase().as_str()) =>
                    {
                        fault.nearest([text.to_ascii_lowercase()])
                    }
                    _ => fault,
                },
            )
        }
    }
}

/// An address or prefix of `ip_*`.
///
/// Pushes `address-wildcard`, `address-range` or `bad-address` for what is none, `host-bits-set` (a warning) where bits
/// beyond its length are set.
pub fn read_prefix(value: Literal<'_>, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<PrefixText> {
    let Literal::Text(text) = value else {
        return refuse(out, unreadable(place, value, "an address"));
    };
    match parse_prefix(text) {
        Ok(read) => {
            if read.host_bits {
                out.push(host_bits(text, &read, place));
            }
            Some(read)
        }
        Err(error) => refuse(out, bad_address(error, text, place)),
    }
}

fn bad_address(error: AddressError, text: &str, place: Place<'_>) -> Diagnostic {
    let code = match error {
        AddressError::Wildcard => code::ADDRESS_WILDCARD,
        AddressError::Range => code::ADDRESS_RANGE,
        _ => code::BAD_ADDRESS,
    };
    let help = error.help(text).unwrap_or_else(|| match error {
        AddressError::Wildcard => "write a prefix: its length says how many bits count".to_owned(),
        _ => "write an address or a prefix, such as `10.0.0.0/8` or `2001:db8::/32`".to_owned(),
    });
    place.error(code, error.message(text)).help(help)
}

fn host_bits(text: &str, read: &PrefixText, place: Place<'_>) -> Diagnostic {
    let masked = read.prefix.to_string();
    let message = format!("`{}` has bits beyond its prefix length and means `{masked}`", shown(text));
    let here = place.within(text, 0, text.len());
    here.warning(code::HOST_BITS_SET, message)
        .help(format!("write `{masked}`; or `{}` for one address", read.address))
        .fix("mask the host bits", here.span, masked, Safety::Unsafe)
}
