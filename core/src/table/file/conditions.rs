//! Resources and further conditions of statements. Values stand as texts that the compiler's own readers read again.

use super::input::{Fault, Input};
use super::output::Part;
use crate::model::{Instant, Number, Template};
use crate::table::condition::{Condition, Ordered, Test};
use crate::table::facts::Keys;
use crate::table::intervals::AddressSet;
use crate::table::resource::{AccountTest, Resources, Six};
use crate::table::text::{Pattern, Texts};

pub(super) fn write_resources(resources: &Resources, out: &mut Part<'_>) {
    out.list(&resources.patterns, |out, six| {
        out.text_or_none(six.service.as_deref());
        out.text_or_none(six.region.as_deref());
        match &six.account {
            AccountTest::Any => out.word(0),
            AccountTest::Owner => out.word(1),
            AccountTest::Other(text) => {
                out.word(2);
                out.text(text);
            }
        }
        out.text(&six.rest.written());
    });
}

pub(super) fn read_resources(input: &mut Input<'_>) -> Result<Resources, Fault> {
    let patterns = input.list(|input| {
        let (service, region) =
            (input.text_or_none()?.map(Into::into), input.text_or_none()?.map(Into::into));
        let account = match input.below(3, "no known account")? {
            0 => AccountTest::Any,
            1 => AccountTest::Owner,
            _ => AccountTest::Other(input.text()?.into()),
        };
        Ok(Six { service, region, account, rest: Pattern::new(&read_template(input)?) })
    })?;
    if patterns.is_empty() {
        return Err(input.fault("a list of no resource"));
    }
    Ok(Resources::of(patterns.into()))
}

fn read_template(input: &mut Input<'_>) -> Result<Template, Fault> {
    Template::parse(input.text()?).map_err(|_| input.fault("a variable that is not known"))
}

/// `address` numbers the set of an address test.
pub(super) fn write_condition<'a>(
    condition: &'a Condition,
    out: &mut Part<'_>,
    address: impl FnOnce(&'a AddressSet) -> u32,
) {
    let Condition { key: _, name, if_exist, every, negated, test } = condition;
    out.text(name);
    [*if_exist, *every, *negated].into_iter().for_each(|flag| out.bool(flag));
    match test {
        Test::Text(texts) => {
            out.word(0);
            out.bool(texts.fold);
            out.list(&texts.written(), |out, text| out.text(text));
        }
        Test::Like(patterns) => {
            out.word(1);
            out.list(patterns, |out, pattern| out.text(&pattern.written()));
        }
        Test::Number(wanted) => {
            out.word(2);
            write_ordered(wanted, out, |out, number| out.text(&number.to_string()));
        }
        Test::Date(wanted) => {
            out.word(3);
            write_ordered(wanted, out, |out, instant| out.text(&instant.to_string()));
        }
        Test::Bool { yes, no } => {
            out.word(4);
            out.bool(*yes);
            out.bool(*no);
        }
        Test::Address(set) => {
            out.word(5);
            out.word(address(set));
        }
        Test::Presence { absent, present } => {
            out.word(6);
            out.bool(*absent);
            out.bool(*present);
        }
    }
}

pub(super) fn read_condition(
    input: &mut Input<'_>,
    keys: &Keys,
    sets: &[AddressSet],
) -> Result<Condition, Fault> {
    let name = input.text()?;
    let key = keys.known(name).ok_or_else(|| input.fault("a key that is not there"))?;
    let (if_exist, every, negated) = (input.bool()?, input.bool()?, input.bool()?);
    let test = match input.below(7, "no known test")? {
        0 => {
            let fold = input.bool()?;
            Test::Text(Texts::new(&input.list(read_template)?, fold))
        }
        1 => Test::Like(input.list(|input| Ok(Pattern::new(&read_template(input)?)))?.into()),
        2 => Test::Number(read_ordered(input, Number::parse)?),
        3 => Test::Date(read_ordered(input, Instant::parse)?),
        4 => Test::Bool { yes: input.bool()?, no: input.bool()? },
        5 => {
            let at = input.below(sets.len(), "a set of addresses that is not there")?;
            let set =
                sets.get(at as usize).ok_or_else(|| input.fault("a set of addresses that is not there"))?;
            Test::Address(set.clone())
        }
        _ => Test::Presence { absent: input.bool()?, present: input.bool()? },
    };
    Ok(Condition { key, name: name.into(), if_exist, every, negated, test })
}

fn write_ordered<T>(wanted: &Ordered<T>, out: &mut Part<'_>, mut write: impl FnMut(&mut Part<'_>, &T)) {
    let (kind, values) = match wanted {
        Ordered::OneOf(values) => (0, values.as_ref()),
        Ordered::Below(bound) => (1, bound.as_slice()),
        Ordered::AtMost(bound) => (2, bound.as_slice()),
        Ordered::Above(bound) => (3, bound.as_slice()),
        Ordered::AtLeast(bound) => (4, bound.as_slice()),
    };
    out.word(kind);
    out.list(values, |out, value| write(out, value));
}

fn read_ordered<T: Ord>(input: &mut Input<'_>, parse: fn(&str) -> Option<T>) -> Result<Ordered<T>, Fault> {
    let kind = input.below(5, "no known comparison")?;
    let mut values =
        input.list(|input| parse(input.text()?).ok_or_else(|| input.fault("a value that cannot be read")))?;
    if kind == 0 {
        if !values.windows(2).all(|pair| matches!(pair, [a, b] if a < b)) {
            return Err(input.fault("values out of order"));
        }
        return Ok(Ordered::OneOf(values.into()));
    }
    let bound = values.pop();
    if !values.is_empty() {
        return Err(input.fault("several values to compare with"));
    }
    Ok(match kind {
        1 => Ordered::Below(bound),
        2 => Ordered::AtMost(bound),
        3 => Ordered::Above(bound),
        _ => Ordered::AtLeast(bound),
    })
}
