//! Dates (§5): "exactly `YYYY-MM-DDThh:mm:ss[.1–9 digits]Z` or `YYYY-MM-DD hh:mm:ss` (UTC); years 0001–9999; no
//! offsets, no leap second, no 24:00. The same for a request's time."
//!
//! A time is kept as the text of its digits, the fraction filled up to nine, so that the order of times is the order
//! of texts.

/// A time: `YYYYMMDDhhmmss` and nine digits of the second's fraction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Time(String);

/// Reads a time in one of the two forms.
pub(super) fn read(text: &str) -> Option<Time> {
    let fraction = match text.strip_suffix('Z') {
        Some(rest) => {
            fits(rest.get(..19)?, "dddd-dd-ddTdd:dd:dd").then_some(())?;
            read_fraction(rest.get(19..)?)?
        }
        None => fits(text, "dddd-dd-dd dd:dd:dd").then(String::new)?,
    };
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let on_calendar = year >= 1 && (1..=12).contains(&month) && day >= 1 && day <= days_of(year, month);
    let on_clock = hour <= 23 && minute <= 59 && second <= 59;
    let digits = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{fraction:0<9}");
    (on_calendar && on_clock).then_some(Time(digits))
}

/// Nothing, or a point and one to nine digits.
fn read_fraction(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    let digits = text.strip_prefix('.')?;
    let good = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    good.then(|| digits.to_owned())
}

/// Whether a text has this form, in which `d` is a digit and anything else is itself.
fn fits(text: &str, form: &str) -> bool {
    let same = |(c, f): (char, char)| if f == 'd' { c.is_ascii_digit() } else { c == f };
    text.chars().count() == form.len() && text.chars().zip(form.chars()).all(same)
}

fn days_of(year: u32, month: u32) -> u32 {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Time {
    /// Canonical text: "`YYYY-MM-DDThh:mm:ss[.f]Z` without trailing zeros".
    pub(super) fn text(&self) -> String {
        let part = |from: usize, to: usize| self.0.get(from..to).unwrap_or_default();
        let fraction = part(14, 23).trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        let (date, clock) = ((part(0, 4), part(4, 6), part(6, 8)), (part(8, 10), part(10, 12), part(12, 14)));
        format!("{}-{}-{}T{}:{}:{}{point}{fraction}Z", date.0, date.1, date.2, clock.0, clock.1, clock.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, canonical: &str) {
        assert_eq!(read(text).map(|t| t.text()).as_deref(), Some(canonical), "{text}");
    }

    #[test]
    fn two_forms_are_read_and_one_is_written() {
        check("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        check("2026-01-01 23:59:59", "2026-01-01T23:59:59Z");
        check("0001-01-01T00:00:00.100Z", "0001-01-01T00:00:00.1Z");
        check("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z");
        check("2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00Z");
        check("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z");
    }

    #[test]
    fn everything_else_is_no_time() {
        let calendar =
            ["0000-01-01T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31 00:00:00"];
        let clock =
            ["2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2016-12-31T23:59:60Z", "2026-13-01T00:00:00Z"];
        let form =
            ["", "Z", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-01-01t00:00:00Z"];
        let more =
            ["2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+00:00", "é"];
        let odd =
            ["2026-1-01T00:00:00Z", "+026-01-01T00:00:00Z", " 2026-01-01 00:00:00", "2026-01-01 00:00:00.5"];
        for text in calendar.iter().chain(&clock).chain(&form).chain(&more).chain(&odd) {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_times_is_the_order_of_texts() {
        let times = [
            "0999-12-31T23:59:59Z",
            "2026-01-01 00:00:00",
            "2026-01-01T00:00:00.05Z",
            "2026-01-01T00:00:00.1Z",
        ];
        for pair in times.windows(2) {
            assert!(read(pair[0]) < read(pair[1]), "{pair:?}");
        }
    }
}
