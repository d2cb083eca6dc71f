//! Values of conditions: numbers, instants, texts with variables (semantics §5).

use std::cmp::Ordering;

/// An exact decimal: JSON number grammar, at most 64 characters, exponent of at most three digits.
///
/// Kept as sign, digits without leading or trailing zeros, and the power of ten of the first digit, so that equal
/// numbers are equal values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    digits: Box<[u8]>,
    magnitude: i32,
}

impl Number {
    /// How many digits it keeps.
    pub(crate) fn digits(&self) -> usize {
        self.digits.len()
    }

    /// Reads a JSON number; `None` where the text is none or beyond the limits.
    ///
    /// ```
    /// use passgate::model::Number;
    /// assert_eq!(Number::parse("1.0"), Number::parse("10e-1"));
    /// assert!(Number::parse("01").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Number> {
        if text.len() > passgate_grammar::limits::NUMBER_CHARS {
            return None;
        }
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |r| (true, r));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((m, e)) => (m, parse_exponent(e)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((w, f)) if is_digits(f) => (w, f),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        Some(Self::normal(negative, whole, fraction, exponent))
    }

    /// Sign, digits (each 0–9, no zero at either end, none for zero) and the power of ten of the point: `0.ddd × 10ⁿ`.
    ///
    /// ```
    /// let number = passgate::model::Number::parse("-12.50").unwrap();
    /// assert_eq!(number.parts(), (true, [1, 2, 5].as_slice(), 2));
    /// ```
    pub fn parts(&self) -> (bool, &[u8], i32) {
        (self.negative, &self.digits, self.magnitude)
    }

    fn normal(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Number {
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|b| b - b'0').collect();
        let zeros = all.iter().take_while(|d| **d == 0).count();
        let end = all.iter().rposition(|d| *d != 0).map_or(zeros, |i| i + 1);
        let digits: Box<[u8]> = all.get(zeros..end).unwrap_or(&[]).into();
        if digits.is_empty() {
            return Number { negative: false, digits, magnitude: 0 };
        }
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        Number { negative, digits, magnitude: count(whole.len()) - count(zeros) + exponent }
    }
}

impl std::fmt::Display for Number {
    /// A JSON number that is read back as the same: plain up to twenty characters, else the shortest form with an
    /// exponent. It is never longer than the number was written, so it stays within the limits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        let sign = if self.negative { "-" } else { "" };
        let plain = self.length(self.magnitude);
        let whole = if plain <= PLAIN_CHARS { self.magnitude } else { self.shortest() };
        let exponent = self.magnitude - whole;
        write!(f, "{sign}{}", self.mantissa(whole))?;
        if exponent == 0 { Ok(()) } else { write!(f, "e{exponent}") }
    }
}

/// Up to this many characters a number is written without exponent.
const PLAIN_CHARS: i32 = 20;

impl Number {
    /// Characters of the form with `whole` digits before the point; zero or less: zeros follow the point.
    fn length(&self, whole: i32) -> i32 {
        let count = i32::try_from(self.digits.len()).unwrap_or(i32::MAX);
        let mantissa = match whole {
            1.. if whole < count => count + 1,
            1.. => whole,
            _ => 2 - whole + count,
        };
        let exponent = self.magnitude - whole;
        let digits = i32::try_from(exponent.unsigned_abs().checked_ilog10().unwrap_or(0)).unwrap_or(0) + 1;
        mantissa + if exponent == 0 { 0 } else { 1 + i32::from(exponent < 0) + digits }
    }

    /// The number of digits before the point that makes the shortest form with a readable exponent.
    fn shortest(&self) -> i32 {
        let most = i32::try_from(passgate_grammar::limits::NUMBER_CHARS).unwrap_or(i32::MAX);
        let largest = 10i32.pow(u32::try_from(passgate_grammar::limits::EXPONENT_DIGITS).unwrap_or(0)) - 1;
        let readable = |whole: &i32| (self.magnitude - whole).abs() <= largest;
        (-most..=most).filter(readable).min_by_key(|w| self.length(*w)).unwrap_or(self.magnitude)
    }

    fn mantissa(&self, whole: i32) -> String {
        let digits: String = self.digits.iter().map(|d| char::from(b'0' + d)).collect();
        let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
        match usize::try_from(whole) {
            Ok(w) if w > 0 => match digits.split_at_checked(w) {
                Some((all, "")) => all.to_owned(),
                Some((before, after)) => format!("{before}.{after}"),
                None => format!("{digits}{}", zeros(whole - i32::try_from(digits.len()).unwrap_or(whole))),
            },
            _ => format!("0.{}{digits}", zeros(-whole)),
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_digits(digits) || digits.len() > passgate_grammar::limits::EXPONENT_DIGITS {
        return None;
    }
    text.strip_prefix('+').unwrap_or(text).parse().ok()
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |n: &Number| {
            if n.digits.is_empty() {
                0
            } else if n.negative {
                -1
            } else {
                1
            }
        };
        let size =
            |n: &Number, m: &Number| n.magnitude.cmp(&m.magnitude).then_with(|| n.digits.cmp(&m.digits));
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => size(self, other),
            _ => size(other, self),
        })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A point in time, UTC: days and seconds are the proleptic Gregorian calendar's, years 0001–9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanos: u32,
}

impl Instant {
    /// Reads `YYYY-MM-DDThh:mm:ss[.1–9 digits]Z` or `YYYY-MM-DD hh:mm:ss`; `None` for anything else.
    ///
    /// ```
    /// use passgate::model::Instant;
    /// assert_eq!(Instant::parse("1970-01-01T00:00:01Z"), Instant::parse("1970-01-01 00:00:01"));
    /// assert!(Instant::parse("2026-02-29T00:00:00Z").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Instant> {
        let (date, time) = (text.get(..10)?, text.get(11..)?);
        let seconds = parse_days(date)? * 86_400;
        match text.as_bytes().get(10)? {
            b' ' if time.len() == 8 => Some(Instant { seconds: seconds + parse_clock(time)?, nanos: 0 }),
            b'T' => {
                let clock = time.get(..8)?;
                let nanos = parse_fraction(time.get(8..)?.strip_suffix('Z')?)?;
                Some(Instant { seconds: seconds + parse_clock(clock)?, nanos })
            }
            _ => None,
        }
    }

    /// The instant just after it, a nanosecond later.
    ///
    /// ```
    /// use passgate::model::Instant;
    /// let end = Instant::parse("2026-12-31T23:59:59.999999999Z").unwrap();
    /// assert_eq!(Some(end.next()), Instant::parse("2027-01-01T00:00:00Z"));
    /// ```
    #[must_use]
    pub fn next(self) -> Instant {
        match self.nanos {
            999_999_999 => Instant { seconds: self.seconds.saturating_add(1), nanos: 0 },
            nanos => Instant { nanos: nanos + 1, ..self },
        }
    }
}

impl std::fmt::Display for Instant {
    /// Canonical text: `YYYY-MM-DDThh:mm:ss[.f]Z` without trailing zeros of the fraction.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (days, clock) = (self.seconds.div_euclid(86_400), self.seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        write!(f, "{year:04}-{month:02}-{day:02}T")?;
        write!(f, "{:02}:{:02}:{:02}", clock / 3600, clock / 60 % 60, clock % 60)?;
        if self.nanos != 0 {
            let digits = format!("{:09}", self.nanos);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

fn number(text: &str, from: usize, to: usize) -> Option<i64> {
    let part = text.get(from..to)?;
    if is_digits(part) { part.parse().ok() } else { None }
}

fn parse_days(date: &str) -> Option<i64> {
    let (year, month, day) = (number(date, 0, 4)?, number(date, 5, 7)?, number(date, 8, 10)?);
    let bytes = date.as_bytes();
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') || date.len() != 10 {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let fits = (1..=9999).contains(&year) && (1..=longest).contains(&day);
    fits.then(|| days_from_civil(year, month, day))
}

fn parse_clock(clock: &str) -> Option<i64> {
    let (hour, minute, second) = (number(clock, 0, 2)?, number(clock, 3, 5)?, number(clock, 6, 8)?);
    let bytes = clock.as_bytes();
    let colons = bytes.get(2) == Some(&b':') && bytes.get(5) == Some(&b':') && clock.len() == 8;
    let fits = colons && hour < 24 && minute < 60 && second < 60;
    fits.then_some(hour * 3600 + minute * 60 + second)
}

fn parse_fraction(text: &str) -> Option<u32> {
    if text.is_empty() {
        return Some(0);
    }
    let digits = text.strip_prefix('.')?;
    if !is_digits(digits) || digits.len() > 9 {
        return None;
    }
    format!("{digits:0<9}").parse().ok()
}

/// Days since 1970-01-01: counted in eras of 400 years that begin on 1 March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// A variable that a request gives its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variable {
    /// `${uin}`: the caller's number.
    Uin,
    /// `${owner_uin}`: the owner's uin.
    OwnerUin,
    /// `${app_id}`: the owner's uid.
    AppId,
}

impl Variable {
    /// The name between the braces.
    pub fn as_str(self) -> &'static str {
        match self {
            Variable::Uin => "uin",
            Variable::OwnerUin => "owner_uin",
            Variable::AppId => "app_id",
        }
    }
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TemplatePart {
    /// Text; where the place takes patterns, `*` in it is any text.
    Literal(Box<str>),
    /// Replaced by its value, which is literal.
    Variable(Variable),
}

/// A text with variables. No two literals are neighbours; an empty text has no parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Template {
    /// Parts in order.
    pub parts: Vec<TemplatePart>,
}

impl Template {
    /// Splits a text at its variables; the error is the byte offset of a `${` that opens nothing known.
    ///
    /// ```
    /// use passgate::model::Template;
    /// assert_eq!(Template::parse("uin/${uin}").map(|t| t.parts.len()), Ok(2));
    /// assert_eq!(Template::parse("a${nobody}"), Err(1));
    /// ```
    pub fn parse(text: &str) -> Result<Template, usize> {
        let mut parts = Vec::new();
        let mut rest = text;
        let known = [Variable::Uin, Variable::OwnerUin, Variable::AppId];
        while let Some((before, after)) = rest.split_once("${") {
            let at = text.len() - after.len() - 2;
            let (name, next) = after.split_once('}').ok_or(at)?;
            let variable = known.into_iter().find(|v| v.as_str() == name).ok_or(at)?;
            if !before.is_empty() {
                parts.push(TemplatePart::Literal(before.into()));
            }
            parts.push(TemplatePart::Variable(variable));
            rest = next;
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Literal(rest.into()));
        }
        Ok(Template { parts })
    }

    /// The text as it was written, variables in it.
    pub fn written(&self) -> String {
        let part = |p: &TemplatePart| match p {
            TemplatePart::Literal(text) => text.to_string(),
            TemplatePart::Variable(variable) => format!("${{{}}}", variable.as_str()),
        };
        self.parts.iter().map(part).collect()
    }

    /// The text where there is no variable in it.
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [TemplatePart::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_exact_decimals() {
        let n = |t: &str| Number::parse(t).unwrap();
        for (a, b) in [("1", "1.0"), ("0", "-0.00e9"), ("100", "1e2"), ("0.001", "1e-3"), ("-5", "-50E-1")] {
            assert_eq!(n(a), n(b), "{a} {b}");
        }
        for (a, b) in
            [("1", "2"), ("-2", "-1"), ("-1", "0"), ("0", "1e-999"), ("9.99", "10"), ("1.1", "1.11")]
        {
            assert!(n(a) < n(b), "{a} {b}");
        }
        for bad in ["", "-", "+1", "01", "1.", ".5", "1e", "1e1000", "0x1", "1 ", "NaN"] {
            assert!(Number::parse(bad).is_none(), "{bad}");
        }
        assert!(Number::parse(&"9".repeat(64)).is_some());
        assert!(Number::parse(&"9".repeat(65)).is_none());
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        let check = |text: &str, expected: &str| {
            let number = Number::parse(text).unwrap();
            assert_eq!(number.to_string(), expected, "{text}");
            assert_eq!(Number::parse(expected).as_ref(), Some(&number), "{text}");
        };
        for (text, expected) in [
            ("0", "0"),
            ("-0.0e5", "0"),
            ("10", "10"),
            ("-1.50", "-1.5"),
            ("1e3", "1000"),
            ("0.001", "0.001"),
            ("12345e-2", "123.45"),
            ("1e30", "1e30"),
            ("1e-30", "1e-30"),
            ("1.5e999", "15e998"),
            ("1e999", "1e999"),
            ("1e-999", "1e-999"),
            ("0.00001e-999", "0.00001e-999"),
            ("10000e999", "10000e999"),
        ] {
            check(text, expected);
        }
        for shape in ["9@", "9@e999", "0.@9", "0.@9e-999", "1.@1e9", "1.@1e-9", "-0.9@", "1@e-99", "12.@5e10"]
        {
            for fill in ["0", "7"] {
                let text = shape.replace('@', &fill.repeat(65 - shape.len()));
                let number = Number::parse(&text).unwrap();
                assert_eq!(Number::parse(&number.to_string()), Some(number), "{text}");
            }
        }
    }

    #[test]
    fn instants_read_two_forms_and_print_one() {
        for text in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2024-02-29T12:00:00.5Z"] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Instant::parse("2026-01-01 00:00:00").unwrap().seconds, 1_767_225_600);
        assert_eq!(Instant::parse("2026-01-01T00:00:00.100Z").unwrap().to_string(), "2026-01-01T00:00:00.1Z");
        let bad =
            ["0000-01-01T00:00:00Z", "2023-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z"];
        let odd = [
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+00:00",
            "2026-01-01 00:00:00Z",
            "2026-1-01T00:00:00Z",
        ];
        for text in bad.iter().chain(&odd).chain(&["2026-01-01T00:00:00.Z", "2026-01-01t00:00:00z", "é"]) {
            assert!(Instant::parse(text).is_none(), "{text}");
        }
    }
}
