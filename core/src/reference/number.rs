//! Numbers (§5): "JSON number grammar, also inside strings; at most 64 characters, exponent of at most three digits;
//! compared as exact decimals."
//!
//! A number is written out in full, without exponent, as digits before and after the point; two numbers are filled
//! up to equal length and compared as texts.

use crate::model;
use std::cmp::Ordering;

/// A number written out: its sign, the digits before the point and those behind it.
#[derive(Debug, Clone)]
pub(super) struct Written {
    negative: bool,
    whole: String,
    fraction: String,
}

/// Reads a JSON number within the limits.
pub(super) fn read(text: &str) -> Option<Written> {
    if text.chars().count() > 64 {
        return None;
    }
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (unsigned.get(..at)?, read_exponent(unsigned.get(at + 1..)?)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.find('.') {
        Some(at) => (mantissa.get(..at)?, Some(mantissa.get(at + 1..)?)),
        None => (mantissa, None),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !digits(whole) || leading_zero || !fraction.is_none_or(digits) {
        return None;
    }
    Some(written(negative, whole, fraction.unwrap_or(""), exponent))
}

/// One to three digits, a sign before them if any.
fn read_exponent(text: &str) -> Option<i32> {
    let unsigned = text.strip_prefix('-').or_else(|| text.strip_prefix('+')).unwrap_or(text);
    let size: i32 =
        if digits(unsigned) && unsigned.len() <= 3 { unsigned.parse().ok()? } else { return None };
    Some(if text.starts_with('-') { -size } else { size })
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Moves the point by the exponent, digit by digit.
fn written(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Written {
    let (mut whole, mut fraction) = (whole.to_owned(), fraction.to_owned());
    for _ in 0..exponent {
        whole.push(if fraction.is_empty() { '0' } else { fraction.remove(0) });
    }
    for _ in exponent..0 {
        fraction.insert(0, whole.pop().unwrap_or('0'));
    }
    Written { negative, whole, fraction }
}

/// A policy's number written out.
pub(super) fn of_policy(number: &model::Number) -> Written {
    let (negative, digits, point) = number.parts();
    let fraction: String = digits.iter().map(ToString::to_string).collect();
    written(negative, "", &fraction, point)
}

impl Written {
    /// "compared as exact decimals".
    pub(super) fn compare(&self, other: &Written) -> Ordering {
        let whole = self.whole.len().max(other.whole.len());
        let fraction = self.fraction.len().max(other.fraction.len());
        let padded = |n: &Written| format!("{:0>whole$}{:0<fraction$}", n.whole, n.fraction);
        let (this, that) = (padded(self), padded(other));
        let zero = |digits: &str| digits.bytes().all(|b| b == b'0');
        let (below, other_below) = (self.negative && !zero(&this), other.negative && !zero(&that));
        match (below, other_below) {
            (false, false) => this.cmp(&that),
            (true, true) => that.cmp(&this),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &str, b: &str, expected: Ordering) {
        let (x, y) = (read(a).unwrap(), read(b).unwrap());
        assert_eq!(x.compare(&y), expected, "{a} {b}");
        let (p, q) = (model::Number::parse(a).unwrap(), model::Number::parse(b).unwrap());
        assert_eq!(of_policy(&p).compare(&y), expected, "{a} of a policy, {b}");
        assert_eq!(x.compare(&of_policy(&q)), expected, "{a}, {b} of a policy");
    }

    #[test]
    fn exact_decimals() {
        for (a, b) in [("1", "1.0"), ("0", "-0.00e9"), ("100", "1e2"), ("0.001", "1e-3"), ("-5", "-50E-1")] {
            check(a, b, Ordering::Equal);
        }
        let ordered =
            ["-1e999", "-2", "-1", "-1e-999", "0", "1e-999", "0.5", "9.99", "10", "10.01", "9e+999"];
        for pair in ordered.windows(2) {
            check(pair[0], pair[1], Ordering::Less);
            check(pair[1], pair[0], Ordering::Greater);
        }
    }

    #[test]
    fn json_numbers_within_the_limits() {
        for bad in [
            "", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1e1000", "0x1", "1 ", " 1", "NaN", "1e1.5",
            "１",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
        assert!(read(&"9".repeat(64)).is_some());
        assert!(read(&"9".repeat(65)).is_none());
    }
}
