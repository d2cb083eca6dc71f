//! Numbers below, between and above numbers: what a comparison can tell apart needs one of each.

use crate::model::Number;

/// Numbers that stand to `mentioned` (sorted, each once) in every way a number can: each itself, one below all, one
/// between each two, one above all. The second answer says whether some gap has no number that can be written.
pub(super) fn around(mentioned: &[Number]) -> (Vec<Number>, bool) {
    let mut all = Vec::new();
    let (Some(least), Some(greatest)) = (mentioned.first(), mentioned.last()) else {
        return (Number::parse("0").into_iter().collect(), false);
    };
    let mut gaps = vec![above(&negative(least)).map(|n| negative(&n))];
    gaps.extend(mentioned.iter().zip(mentioned.iter().skip(1)).map(|(a, b)| between(a, b)));
    gaps.push(above(greatest));
    let missing = gaps.iter().any(Option::is_none);
    let mut gaps = gaps.into_iter();
    all.extend(gaps.next().flatten());
    for (number, gap) in mentioned.iter().zip(gaps) {
        all.push(number.clone());
        all.extend(gap);
    }
    (all, missing)
}

/// The greatest exponent that can be read.
const EXPONENT: i32 = 10i32.pow(passgate_grammar::limits::EXPONENT_DIGITS as u32) - 1;

/// `0.digits × 10^magnitude`; none where that cannot be written.
fn written(negative: bool, digits: &[u8], magnitude: i32) -> Option<Number> {
    let digits: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
    let sign = if negative { "-" } else { "" };
    let whole = magnitude - i32::try_from(digits.len()).ok()?;
    let zeros = |n: i32| Some("0".repeat(usize::try_from(n.clamp(0, EXPONENT)).ok()?));
    let as_whole = format!("{sign}{digits}{}e{}", zeros(whole - EXPONENT)?, whole.min(EXPONENT));
    let (padding, exponent) = (zeros(-EXPONENT - magnitude)?, magnitude.max(-EXPONENT));
    Number::parse(&as_whole).or_else(|| Number::parse(&format!("{sign}0.{padding}{digits}e{exponent}")))
}

fn negative(number: &Number) -> Number {
    let text = number.to_string();
    let turned = text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned);
    // A minus more could be a character too many: then the text without exponent or with another is tried.
    let (sign, digits, magnitude) = number.parts();
    Number::parse(&turned).or_else(|| written(!sign, digits, magnitude)).unwrap_or_else(|| number.clone())
}

/// A power of ten above a number.
fn above(number: &Number) -> Option<Number> {
    let (negative, digits, magnitude) = number.parts();
    let found = match (negative, digits) {
        (_, []) => Number::parse("1"),
        (true, _) => Number::parse("0"),
        (false, _) => written(false, &[1], magnitude + 1),
    };
    found.filter(|n| n > number)
}

fn between(low: &Number, high: &Number) -> Option<Number> {
    let zero = Number::parse("0")?;
    let found = if *low < zero && *high > zero {
        Some(zero)
    } else if *high <= zero {
        between_positive(&negative(high), &negative(low)).map(|n| negative(&n))
    } else {
        between_positive(low, high)
    };
    found.filter(|n| low < n && n < high)
}

/// Between `0 <= low < high`: the lower one with a digit more, as far to the right as the higher one is precise.
fn between_positive(low: &Number, high: &Number) -> Option<Number> {
    let ((_, low_digits, magnitude), (_, high_digits, high_magnitude)) = (low.parts(), high.parts());
    if low_digits.is_empty() {
        return written(false, &[1], high_magnitude - 1);
    }
    let mut digits = low_digits.to_vec();
    let whole = usize::try_from(magnitude).unwrap_or(0);
    let next = (whole > 0 && whole <= 18 && digits.len() <= whole).then(|| {
        let text: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
        let number: u64 = format!("{text:0<whole$}").parse().ok()?;
        Number::parse(&(number + 1).to_string())
    });
    if let Some(next) = next.flatten().filter(|n| n < high) {
        return Some(next);
    }
    let reach = if magnitude == high_magnitude { high_digits.len() } else { 0 };
    digits.resize(digits.len().max(reach), 0);
    digits.push(1);
    written(false, &digits, magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mentioned: &[&str]) -> Vec<String> {
        let mut numbers: Vec<Number> = mentioned.iter().map(|t| Number::parse(t).unwrap()).collect();
        numbers.sort();
        numbers.dedup();
        let (all, missing) = around(&numbers);
        assert!(!missing, "{mentioned:?}");
        assert!(all.windows(2).all(|w| w[0] < w[1]), "{all:?}");
        assert_eq!(all.len(), if numbers.is_empty() { 1 } else { 2 * numbers.len() + 1 });
        assert!(numbers.iter().all(|n| all.contains(n)));
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_gap_has_a_number() {
        assert_eq!(check(&[]), ["0"]);
        assert_eq!(check(&["5"]), ["0", "5", "10"].map(str::to_owned));
        assert_eq!(check(&["5", "7", "8"])[2], "6");
        check(&["0", "1", "-1", "0.1", "0.11", "0.101", "1e3", "999", "1000.0001"]);
        check(&["1e-999", "1e999", "-1e-999", "0"]);
        check(&["12", "120", "121", "1200", "-12", "-13", "-120"]);
        check(&["0.00001", "0.000011", "0.0000100001", "123456789012345678", "123456789012345679"]);
    }

    #[test]
    fn a_gap_too_narrow_to_write_is_told() {
        let near = |last: &str| Number::parse(&format!("0.{}{last}", "1".repeat(61))).unwrap();
        let (_, missing) = around(&[near("1"), near("2")]);
        assert!(missing);
    }
}
