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

impl<'a> Literal<'a> {
    /// Its text, without quotes.
    pub(super) fn text(self) -> &'a str {
        match self {
            Literal::Text(text) | Literal::Number(text) | Literal::Instant(text) => text,
            Literal::Bool(value) => {
                if value {
                    "true"
                } else {
                    "false"
                }
            }
            Literal::Other(kind) => kind,
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use Literal::{Bool, Instant as Bare, Number as Digits, Other, Text};
    use passgate_grammar::Span;

    /// `None`: read; else the code.
    fn check<T>(
        read: fn(Literal<'_>, Place<'_>, &mut Vec<Diagnostic>) -> Option<T>,
        value: Literal<'_>,
        expected: Option<&str>,
    ) {
        let mut out = Vec::new();
        let got = read(value, Place::new(Span::default()), &mut out);
        assert_eq!(out.iter().find(|d| d.is_error()).map(|d| d.code.as_str()), expected, "{value:?}");
        assert_eq!(got.is_some(), expected.is_none(), "{value:?}");
    }

    #[test]
    fn texts_are_strings_alone_with_known_variables() {
        for text in ["", "a", "${uin}", "x${owner_uin}y${app_id}", "$", "{uin}", "$ {uin}"] {
            check(read_template, Text(text), None);
        }
        for value in [Digits("1"), Bool(true), Other("null"), Bare("2026-01-01T00:00:00Z")] {
            check(read_template, value, Some("bad-value"));
        }
        for text in ["${x}", "${uin", "${}", "${UIN}", "${ uin }", "${${uin}}"] {
            check(read_template, Text(text), Some("bad-variable"));
        }
        check(read_template, Text(&"x".repeat(limits::STRING_BYTES)), None);
        check(read_template, Text(&"x".repeat(limits::STRING_BYTES + 1)), Some("limit"));
    }

    #[test]
    fn numbers_are_json_numbers_also_in_strings() {
        check(read_number, Digits("-1.5e3"), None);
        check(read_number, Text("10"), None);
        for text in ["", "+1", "01", "1.", ".5", " 1", "0x1", "NaN", "1e1000"] {
            check(read_number, Text(text), Some("bad-value"));
        }
        check(read_number, Text("${uin}"), Some("bad-variable"));
        check(read_number, Text(&"9".repeat(64)), None);
        check(read_number, Text(&"9".repeat(65)), Some("limit"));
        check(read_number, Bool(true), Some("bad-value"));
    }

    #[test]
    fn instants_have_a_time_in_utc() {
        check(read_instant, Text("2026-07-01T00:00:00Z"), None);
        check(read_instant, Text("2026-07-01 00:00:00"), None);
        check(read_instant, Bare("2026-07-01T00:00:00.5Z"), None);
        for text in ["2026-07-01", "2026-07-01T00:00:00+08:00", "2026-02-29T00:00:00Z", "", "now"] {
            check(read_instant, Text(text), Some("bad-value"));
        }
        check(read_instant, Digits("1767225600"), Some("bad-value"));
        let mut out = Vec::new();
        read_instant(Text("2026-07-01"), Place::new(Span::default()), &mut out);
        assert_eq!(out[0].nearest, ["2026-07-01T00:00:00Z"]);
    }

    #[test]
    fn booleans_are_two_words() {
        for value in [Text("true"), Text("false"), Bool(true), Bool(false)] {
            check(read_bool, value, None);
        }
        for value in [Text("True"), Text("yes"), Text(""), Digits("1"), Other("null")] {
            check(read_bool, value, Some("bad-value"));
        }
    }

    #[test]
    fn addresses_are_read_strictly() {
        for text in ["10.0.0.1", "10.0.0.0/8", "10.0.0.5/24", "2001:db8::/32", "::/0", "0.0.0.0/0"] {
            check(read_prefix, Text(text), None);
        }
        for text in ["10.0.0", "10.0.0.01", "10.0.0.0/08", "10.0.0.0/+8", "::ffff:1.2.3.4", "fe80::1%a", ""] {
            check(read_prefix, Text(text), Some("bad-address"));
        }
        check(read_prefix, Text("10.0.*.*"), Some("address-wildcard"));
        check(read_prefix, Text("10.0.0.1-10.0.0.9"), Some("address-range"));
        check(read_prefix, Digits("167772161"), Some("bad-value"));
        let mut out = Vec::new();
        let read = read_prefix(Text("10.0.0.5/24"), Place::new(Span::default()), &mut out).unwrap();
        assert_eq!(
            (out[0].code.as_str(), read.prefix.to_string().as_str()),
            ("host-bits-set", "10.0.0.0/24")
        );
    }
}
