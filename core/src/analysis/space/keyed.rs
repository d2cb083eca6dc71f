//! Values of one context key: one candidate at least for every way in which a JSON value can stand to all operators
//! that read the key.
//!
//! A text that several kinds of operators read (as text and as number, say) is shown in a spelling that none of the
//! texts mentioned has. Where patterns with stars meet such operators, the candidates may not be all: that is a
//! [`Doubt`].

use super::addresses;
use super::budget::{Budget, Spent};
use super::decimals;
use super::doubt::Doubt;
use super::instants;
use super::texts::{Letters, Patterns, kinds};
use super::truth::Truth;
use super::value::{Elementary, Scalar, Test};
use crate::address::{Family, address};
use crate::glob::Glob;
use crate::model::{Instant, Number};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the operators on a key mention.
#[derive(Default)]
struct Mentioned<'t> {
    exact: BTreeSet<&'t str>,
    folded: BTreeSet<&'t str>,
    globs: Vec<&'t Glob>,
    numbers: Option<Vec<Number>>,
    dates: Option<BTreeSet<Instant>>,
    bools: bool,
    addresses: Vec<&'t Elementary>,
    text: bool,
}

/// The candidates, those that a witness should rather show first, and why they may be too few.
pub(super) fn candidates(
    key: &Arc<str>,
    tests: &[&Elementary],
    budget: &mut Budget,
) -> Result<(Vec<Scalar>, Option<Doubt>), Spent> {
    let mentioned = Mentioned::of(tests);
    let mut all = mentioned.texts(budget)?;
    let mut doubt = None;
    let unmentioned = |spellings: Vec<String>| mentioned.unmentioned(tests, spellings);
    if let Some(numbers) = &mentioned.numbers {
        let (around, missing) = decimals::around(numbers);
        all.extend(around.iter().map(|n| Scalar::Number(n.to_string())));
        if mentioned.text {
            all.extend(around.iter().filter_map(|n| unmentioned(number_spellings(n))));
        }
        doubt = missing.then(|| Doubt::Numbers(key.clone()));
    }
    if let Some(dates) = &mentioned.dates {
        all.extend(instants::around(dates).iter().filter_map(|t| unmentioned(date_spellings(*t))));
    }
    if !mentioned.addresses.is_empty() {
        let (pieces, _) = addresses::pieces(&mentioned.addresses);
        let spelled = pieces.iter().map(|(family, at)| address_spellings(*family, at.first));
        all.extend(spelled.filter_map(unmentioned));
    }
    if mentioned.bools {
        all.extend([true, false].map(Scalar::Bool));
        all.extend(["true", "false"].map(|t| Scalar::Text(t.to_owned())));
    }
    // What some operator cannot read.
    all.extend([Scalar::Number("0".to_owned()), Scalar::Bool(true)]);
    if mentioned.mixes() {
        doubt = Some(Doubt::Mixed(key.clone()));
    }
    Ok((all, doubt))
}

impl<'t> Mentioned<'t> {
    fn of(tests: &[&'t Elementary]) -> Self {
        let mut all = Mentioned::default();
        tests.iter().for_each(|test| all.add(test));
        if let Some(numbers) = &mut all.numbers {
            numbers.sort();
            numbers.dedup();
        }
        all
    }

    fn add(&mut self, test: &'t Elementary) {
        match &test.test {
            Test::Text { texts, fold, .. } => {
                self.text = true;
                let place = if *fold { &mut self.folded } else { &mut self.exact };
                place.extend(texts.iter().map(String::as_str));
            }
            Test::Like { globs, .. } => {
                self.text = true;
                self.exact.extend(globs.iter().filter_map(Glob::exact));
                self.globs.extend(globs.iter().filter(|g| g.exact().is_none() && !g.is_any()));
            }
            Test::Number(wanted) => {
                self.numbers.get_or_insert_default().extend(wanted.values.iter().cloned());
            }
            Test::Date(wanted) => self.dates.get_or_insert_default().extend(wanted.values.iter().copied()),
            Test::Bool { .. } => self.bools = true,
            Test::Address(_) => self.addresses.push(test),
            Test::Presence { .. } => {}
        }
    }

    /// Whether patterns with stars meet operators that read more than text.
    fn mixes(&self) -> bool {
        let values =
            self.numbers.is_some() || self.dates.is_some() || self.bools || !self.addresses.is_empty();
        values && !self.globs.is_empty()
    }

    /// Texts that stand to the mentioned texts and patterns in every way.
    fn texts(&self, budget: &mut Budget) -> Result<Vec<Scalar>, Spent> {
        let mut all: Vec<String> = self.exact.iter().map(|t| (*t).to_owned()).collect();
        if self.globs.is_empty() {
            for text in &self.folded {
                all.extend([(*text).to_owned(), text.to_ascii_uppercase()]);
                all.extend(self.other_spelling(text));
            }
            all.push(self.fresh());
        } else {
            let globs = self.globs.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
            let patterns = Patterns { globs, folded: self.folded.clone(), exact: self.exact.clone() };
            all.extend(kinds(&patterns, Letters::All, true, budget)?);
            let upper = self.folded.iter().map(|t| t.to_ascii_uppercase());
            all.extend(upper);
        }
        Ok(all.into_iter().map(Scalar::Text).collect())
    }

    /// A spelling of a text whose case is ignored that no text compared with its case has.
    fn other_spelling(&self, text: &str) -> Option<String> {
        let letters = text.bytes().filter(u8::is_ascii_alphabetic).count().min(63);
        let ways = (1u64 << letters).min(self.exact.len() as u64 + 1);
        let spelled = |way: u64| {
            let mut bit = 0u32;
            let letter = |c: char| {
                let upper = c.is_ascii_alphabetic() && way.checked_shr(bit).unwrap_or(0) & 1 == 1;
                bit += u32::from(c.is_ascii_alphabetic());
                if upper { c.to_ascii_uppercase() } else { c }
            };
            text.chars().map(letter).collect::<String>()
        };
        (0..ways).map(spelled).find(|s| !self.exact.contains(s.as_str()))
    }

    /// A text that is equal to none mentioned, and that nothing but text operators can read.
    fn fresh(&self) -> String {
        let taken = |text: &str| self.exact.contains(text) || self.folded.contains(text);
        let mut text = "x".to_owned();
        while taken(&text) {
            text.push('x');
        }
        text
    }

    /// The first spelling that no text operator knows, else the first.
    fn unmentioned(&self, tests: &[&Elementary], spellings: Vec<String>) -> Option<Scalar> {
        let knows = |test: &&Elementary, value: &Scalar| {
            let positive = matches!(test.test, Test::Text { .. } | Test::Like { .. });
            positive && (test.holds(value) == Truth::Yes) != test.negated
        };
        let mut values = spellings.into_iter().map(Scalar::Text);
        let first = values.next()?;
        if !self.text || !tests.iter().any(|t| knows(t, &first)) {
            return Some(first);
        }
        values.find(|value| !tests.iter().any(|t| knows(t, value))).or(Some(first))
    }
}

fn number_spellings(number: &Number) -> Vec<String> {
    let plain = number.to_string();
    let mut all = vec![plain.clone()];
    if !plain.contains(['.', 'e']) {
        all.extend((1..20).map(|zeros| format!("{plain}.{}", "0".repeat(zeros))));
    } else if !plain.contains('e') {
        all.extend((1..20).map(|zeros| format!("{plain}{}", "0".repeat(zeros))));
    } else {
        all.extend([plain.replace('e', "E"), plain.replace("e", "e+"), plain.replace("e-", "e-0")]);
    }
    all.retain(|text| Number::parse(text).as_ref() == Some(number));
    all
}

fn date_spellings(at: Instant) -> Vec<String> {
    let plain = at.to_string();
    let body = plain.trim_end_matches('Z');
    let zeros = (1..10).map(|n| match body.contains('.') {
        true => format!("{body}{}Z", "0".repeat(n)),
        false => format!("{body}.{}Z", "0".repeat(n)),
    });
    let mut all: Vec<String> = std::iter::once(plain.clone()).chain(zeros).collect();
    all.push(body.replace('T', " "));
    all.retain(|text| Instant::parse(text) == Some(at));
    all
}

fn address_spellings(family: Family, bits: u128) -> Vec<String> {
    let plain = address(family, bits).to_string();
    let groups: Vec<String> = (0..8).rev().map(|n| format!("{:04x}", bits >> (16 * n) & 0xffff)).collect();
    match family {
        Family::V4 => vec![format!("::ffff:{plain}"), format!("0::ffff:{plain}"), plain.clone()],
        Family::V6 => vec![groups.join(":"), groups.join(":").to_ascii_uppercase()],
    }
    .into_iter()
    .fold(vec![plain], |mut all, text| {
        all.push(text);
        all
    })
}
