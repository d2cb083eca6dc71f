//! The texts that a set was compiled from, where they were asked for.

use super::input::{Fault, Input};
use super::output::Part;
use passgate_grammar::Sources;

pub(super) fn write(sources: &Sources, mut out: Part<'_>) {
    let all: Vec<_> = sources.iter().map(|(_, source)| source).collect();
    out.list(&all, |out, source| {
        out.text(source.name());
        out.text(source.text());
    });
}

pub(super) fn read(mut input: Input<'_>) -> Result<Sources, Fault> {
    let texts = input.list(|input| Ok((input.text()?, input.text()?)))?;
    input.end()?;
    let mut sources = Sources::new();
    for (name, text) in texts {
        sources.add(name, text);
    }
    Ok(sources)
}
