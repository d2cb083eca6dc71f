//! The settings of a set: those that decide, and those that a compiled file only keeps.

use super::input::{Fault, Input};
use super::output::Part;
use crate::model::{Claims, IpUnsupported, LintLevel, Opaque, Owner, Prove, Settings};

const CLAIMS: [Claims; 3] = [Claims::Groups, Claims::None, Claims::Policies];
const IP: [IpUnsupported; 3] = [IpUnsupported::Withhold, IpUnsupported::Evaluate, IpUnsupported::Refuse];
const PROVE: [Prove; 2] = [Prove::OnLint, Prove::OnLoad];
const LEVELS: [LintLevel; 3] = [LintLevel::Off, LintLevel::Warn, LintLevel::Error];

fn code<T: PartialEq>(words: &[T], value: &T) -> u32 {
    words.iter().position(|word| word == value).map_or(0, |at| at as u32)
}

fn one<T: Copy>(words: &[T], input: &mut Input<'_>) -> Result<T, Fault> {
    let at = input.below(words.len(), "a setting of no known value")?;
    words.get(at as usize).copied().ok_or_else(|| input.fault("a setting of no known value"))
}

pub(super) fn write(settings: &Settings, mut out: Part<'_>) {
    let Settings {
        owner,
        use_services,
        opaque,
        ip_unsupported,
        claims,
        prove,
        strict,
        region_aliases,
        lints,
    } = settings;
    out.text_or_none(owner.uin.as_deref());
    out.text_or_none(owner.uid.as_deref());
    out.word(code(&CLAIMS, claims));
    out.word(code(&IP, ip_unsupported));
    out.word(code(&PROVE, prove));
    out.bool(*strict);
    out.list(use_services, |out, service| out.text(service));
    match opaque {
        Opaque::All => out.bool(true),
        Opaque::Services(services) => {
            out.bool(false);
            out.list(services, |out, service| out.text(service));
        }
    }
    let aliases: Vec<_> = region_aliases.iter().collect();
    out.list(&aliases, |out, (short, long)| {
        out.text(short);
        out.text(long);
    });
    let lints: Vec<_> = lints.iter().collect();
    out.list(&lints, |out, (name, level)| {
        out.text(name);
        out.word(code(&LEVELS, level));
    });
}

pub(super) fn read(mut input: Input<'_>) -> Result<Settings, Fault> {
    let input = &mut input;
    let owner =
        Owner { uin: input.text_or_none()?.map(Into::into), uid: input.text_or_none()?.map(Into::into) };
    let (claims, ip_unsupported) = (one(&CLAIMS, input)?, one(&IP, input)?);
    let (prove, strict) = (one(&PROVE, input)?, input.bool()?);
    let use_services = input.list(|input| Ok(input.text()?.into()))?;
    let opaque = if input.bool()? {
        Opaque::All
    } else {
        Opaque::Services(input.list(|input| Ok(input.text()?.into()))?)
    };
    let aliases = input.list(|input| Ok((input.text()?.into(), input.text()?.into())))?;
    let lints = input.list(|input| Ok((input.text()?.into(), one(&LEVELS, input)?)))?;
    input.end()?;
    Ok(Settings {
        owner,
        use_services,
        opaque,
        ip_unsupported,
        claims,
        prove,
        strict,
        region_aliases: aliases.into_iter().collect(),
        lints: lints.into_iter().collect(),
    })
}
