//! Policies compiled: their statements word by word, and the blocks that cells are read from, which are views of the
//! file.

use super::blocks;
use super::conditions;
use super::frame::{Frame, Section};
use super::input::{Fault, Input, Stage};
use super::lists;
use super::output::{Output, Part};
use crate::glob::Glob;
use crate::table::actions::Actions;
use crate::table::address::AddressTest;
use crate::table::facts::Keys;
use crate::table::intervals::AddressSet;
use crate::table::places::Places;
use crate::table::policy::{CompiledPolicy, OpaquePatterns, Rule};
use crate::table::resource::Resources;
use crate::table::sheet::Sheet;
use crate::table::words::{ListsBuilder, Strings, word};
use std::collections::HashMap;
use std::sync::Arc;

/// Parts that several statements share, while they are numbered.
#[derive(Default)]
struct Shared<'a> {
    sets: ListsBuilder,
    set_numbers: HashMap<&'a [u32], u32, foldhash::fast::RandomState>,
    resources: Vec<&'a Resources>,
    resource_numbers: HashMap<*const Resources, u32>,
    blocks: ListsBuilder,
}

impl<'a> Shared<'a> {
    /// The number of a set of addresses; equal ones are one.
    fn set(&mut self, set: &'a AddressSet) -> u32 {
        let words = set.words();
        *self.set_numbers.entry(words).or_insert_with(|| self.sets.push(words.iter().copied()))
    }

    fn resources(&mut self, resources: &'a Arc<Resources>) -> u32 {
        let next = word(self.resources.len());
        let number = *self.resource_numbers.entry(Arc::as_ptr(resources)).or_insert(next);
        if number == next {
            self.resources.push(resources);
        }
        number
    }
}

pub(super) fn write(policies: &[CompiledPolicy], out: &mut Output) {
    let mut shared = Shared::default();
    for policy in policies {
        let mut part = out.section(Section::Statements);
        part.list(&policy.rules, |out, rule| write_rule(rule, out, &mut shared));
        part.list(&policy.everything, |out, number| out.word(*number));
        part.list(&policy.opaque, |out, (service, glob, number)| {
            out.text(service);
            out.text(&glob.written());
            out.word(*number);
        });
        let mut part = out.section(Section::Tables);
        part.list(&policy.sheets, |out, (service, sheet)| {
            out.word(*service);
            write_sheet(sheet, out, &mut shared.blocks);
        });
    }
    let Shared { sets, resources, blocks, .. } = shared;
    out.section(Section::Addresses).words(sets.finish().words());
    out.section(Section::Resources)
        .list(&resources, |out, resources| conditions::write_resources(resources, out));
    out.section(Section::Blocks).words(blocks.finish().words());
}

fn write_rule<'a>(rule: &'a Rule, out: &mut Part<'_>, shared: &mut Shared<'a>) {
    out.bool(rule.deny);
    out.word(rule.place);
    match &rule.address {
        None => out.word(0),
        Some(test) => {
            out.word(1 + u32::from(test.absent));
            out.word(shared.set(&test.set));
        }
    }
    out.option(rule.resources.as_ref().map(|resources| shared.resources(resources)));
    out.list(&rule.conditions, |out, condition| {
        conditions::write_condition(condition, out, |set| shared.set(set));
    });
}

fn write_sheet(sheet: &Sheet, out: &mut Part<'_>, blocks: &mut ListsBuilder) {
    let mut block = |words: &[u32]| blocks.push(words.iter().copied());
    match (sheet.brief(), sheet.groups(), sheet.made_layer()) {
        (Some(brief), ..) => out.words(&[0, block(brief.words())]),
        (None, Some(groups), Some(layer)) => {
            out.words(&[1, block(&layer.own_words()), block(groups.words())])
        }
        // INVARIANT: a sheet of many statements has groups and is made with its layer.
        _ => {}
    }
}

/// What policies are read with: parts that were read before.
pub(super) struct Reading<'a> {
    pub(super) frame: &'a Frame,
    pub(super) strings: &'a Strings,
    pub(super) actions: &'a Actions,
    pub(super) keys: &'a Keys,
    pub(super) places: &'a Places,
}

impl Reading<'_> {
    pub(super) fn policies(&self, count: usize) -> Result<Box<[CompiledPolicy]>, Fault> {
        let sets = self.sets()?;
        let resources = self.resources()?;
        let mut input = self.frame.input(Section::Statements, self.strings, Stage::Statements);
        let mut said = Vec::new();
        for _ in 0..count {
            said.push(self.statements(&mut input, &sets, &resources)?);
        }
        input.end()?;
        let blocks = lists(self.frame, Section::Blocks, Stage::Tables)?;
        let mut input = self.frame.input(Section::Tables, self.strings, Stage::Tables);
        let mut next = 0;
        let mut policies = Vec::new();
        for (number, said) in (0u32..).zip(said) {
            let sheets = input.list(|input| {
                let service = input.below(self.actions.services().count(), "a service that is not there")?;
                let mut block = |input: &mut Input<'_>| {
                    let number = input.word()?;
                    let block = blocks.part(number as usize).filter(|_| number == next);
                    next += 1;
                    block.ok_or_else(|| input.fault("a block that is not the next"))
                };
                let sheet = match input.below(2, "a table of no known form")? {
                    0 => blocks::few(block(input)?, number, &said.rules, self.width(service)),
                    _ => blocks::many(block(input)?, block(input)?, said.rules.len(), self.width(service)),
                };
                let sheet = sheet.ok_or_else(|| input.fault("a table that does not hold together"))?;
                Ok((service, sheet))
            })?;
            if !sheets.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a < b)) {
                return Err(input.fault("services out of order"));
            }
            policies.push(CompiledPolicy::new(said.rules, sheets.into(), said.everything, said.opaque));
        }
        input.end()?;
        if next as usize != blocks.len() {
            return Err(input.fault("a block that nothing names"));
        }
        Ok(policies.into())
    }

    fn width(&self, service: u32) -> usize {
        self.actions.service(service).map_or(0, |facts| facts.width)
    }

    fn sets(&self) -> Result<Vec<AddressSet>, Fault> {
        let lists = lists(self.frame, Section::Addresses, Stage::Addresses)?;
        let set = |number| AddressSet::of(lists.part(number)?);
        let fault = || Fault::new(Stage::Addresses, Section::Addresses, "intervals that are out of order");
        (0..lists.len()).map(|number| set(number).ok_or_else(fault)).collect()
    }

    fn resources(&self) -> Result<Vec<Arc<Resources>>, Fault> {
        let mut input = self.frame.input(Section::Resources, self.strings, Stage::Resources);
        let all = input.list(|input| conditions::read_resources(input).map(Arc::new))?;
        input.end()?;
        Ok(all)
    }

    fn statements(
        &self,
        input: &mut Input<'_>,
        sets: &[AddressSet],
        resources: &[Arc<Resources>],
    ) -> Result<Said, Fault> {
        let rules = input.list(|input| self.rule(input, sets, resources))?;
        let rule = |input: &mut Input<'_>| input.below(rules.len(), "a statement that is not there");
        let everything = input.list(rule)?;
        let opaque = input.list(|input| {
            let (service, pattern) = (input.text()?.into(), Glob::new(input.text()?));
            Ok((service, pattern, rule(input)?))
        })?;
        let opaque: OpaquePatterns = opaque.into();
        let in_order = opaque.windows(2).all(|pair| matches!(pair, [a, b] if a.0 <= b.0));
        if !super::ascend(&everything) || !in_order {
            return Err(input.fault("statements out of order"));
        }
        Ok(Said { rules: rules.into(), everything: everything.into(), opaque })
    }

    fn rule(
        &self,
        input: &mut Input<'_>,
        sets: &[AddressSet],
        resources: &[Arc<Resources>],
    ) -> Result<Rule, Fault> {
        let deny = input.bool()?;
        let place = input.below(self.places.len().max(1), "a place that is not there")?;
        let address = match input.below(3, "no known address test")? {
            0 => None,
            kind => {
                let at = input.below(sets.len(), "a set of addresses that is not there")?;
                sets.get(at as usize).map(|set| AddressTest { absent: kind == 2, set: set.clone() })
            }
        };
        let at = input.option(resources.len(), "resources that are not there")?;
        let resources = at.and_then(|at| resources.get(at as usize).cloned());
        let conditions = input.list(|input| conditions::read_condition(input, self.keys, sets))?.into();
        Ok(Rule { deny, place, address, resources, conditions })
    }
}

/// What the statements of a policy say, without tables.
struct Said {
    rules: Box<[Rule]>,
    everything: Box<[u32]>,
    opaque: OpaquePatterns,
}
