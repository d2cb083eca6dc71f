//! The compiled file: a table as bytes, and back (`docs/table-format.md`).
//!
//! A file is a run of little-endian 32-bit words: a head, then sections. Reading validates part by part, in the order of
//! [`Stage`]: a later part is only looked at once the earlier ones hold, and the table exists when all of them do. What
//! is a view of the file (address sets, briefs, layers, sets of policies) is validated where it lies; everything else
//! is read into the structures that compiling makes. Not here: the model's section (`check`), opening files (`load`).

mod blocks;
mod callers;
mod catalogs;
mod conditions;
mod frame;
mod input;
mod model;
mod output;
mod policies;
mod settings;
mod sources;

pub(crate) use frame::{Frame, HEAD, Section, VERSION, checksum, header, parts, same_texts};
pub(crate) use input::{Fault, Stage};
pub(crate) use output::Output;

use super::actions::Actions;
use super::places::{PLACE, Places};
use super::resource::Names;
use super::shared_rows;
use super::views::Views;
use super::words::{Lists, Strings};
use super::{Claimable, Keys, Table};
use crate::model::{Model, Settings};
use passgate_grammar::Sources;
use std::sync::Arc;

/// A table read from a file, with what the file says beside it.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) table: Table,
    pub(crate) settings: Settings,
    /// The texts that it was compiled from, where they are embedded.
    pub(crate) sources: Arc<Sources>,
    pub(crate) frame: Frame,
}

impl Table {
    /// Writes the table's sections; `model` is what it was compiled from, `sources` the texts to embed.
    pub(crate) fn write(&self, model: &Model, sources: &Sources, out: &mut Output) {
        settings::write(&model.settings, out.section(Section::Settings));
        catalogs::write(self.actions.catalogs(), out.section(Section::Catalogs));
        let names = self.keys.by_number();
        out.section(Section::Keys).list(&names, |out, name| out.text(name));
        self.write_places(out);
        callers::write_policies(&self.claimable, out.section(Section::Policies));
        callers::write(&self.principals, out);
        policies::write(&self.policies, out);
        model::write(model, &self.policies, out.section(Section::Model));
        // Last, so that embedded texts change the number of no other text.
        sources::write(sources, out.section(Section::Sources));
    }

    /// Reads the policy set that the table was compiled from.
    ///
    /// # Errors
    /// `texts`, `model`.
    pub(crate) fn read_model(&self, frame: &Frame, settings: &Settings) -> Result<Model, Fault> {
        let strings = frame.strings()?;
        let input = frame.input(Section::Model, &strings, Stage::Model);
        model::read(input, &self.places, &self.actions.shared_catalogs(), settings)
    }

    fn write_places(&self, out: &mut Output) {
        let mut places = out.section(Section::Places);
        for number in 0..super::words::word(self.places.len()) {
            let Some((texts, numbers, message)) = self.places.record(number) else { continue };
            texts.into_iter().for_each(|text| places.text(text));
            places.words(&numbers);
            places.text_or_none(message);
        }
    }

    /// Reads a table; the frame is validated.
    ///
    /// # Errors
    /// What is wrong with the first part that does not hold.
    pub(crate) fn read(frame: Frame) -> Result<Loaded, Fault> {
        let strings = frame.strings()?;
        let open = |section, stage| frame.input(section, &strings, stage);
        let settings = settings::read(open(Section::Settings, Stage::Settings))?;
        let catalogs = Arc::new(catalogs::read(open(Section::Catalogs, Stage::Catalogs))?);
        let actions = Actions::new(&catalogs, &settings);
        let names = Names::new(&settings);
        let mut input = open(Section::Keys, Stage::Keys);
        let keys = Keys::of(input.list(|input| input.text())?).ok_or_else(|| input.fault("a key twice"))?;
        input.end()?;
        let places = read_places(&frame, &strings)?;
        let policies = callers::read_policies(open(Section::Policies, Stage::Policies), settings.claims)?;
        let principals = callers::read(&frame, &strings, policies.policies.len())?;
        let compiled = policies::Reading {
            frame: &frame,
            strings: &strings,
            actions: &actions,
            keys: &keys,
            places: &places,
        };
        let mut compiled = compiled.policies(policies.policies.len())?;
        shared_rows::share(&mut compiled);
        let sources = Arc::new(sources::read(open(Section::Sources, Stage::Sources))?);
        let views = Views::new(actions.services().count(), principals.sets());
        let owner = settings.owner.clone();
        let table = Table {
            actions,
            principals,
            names,
            keys,
            places,
            claimable: policies,
            owner,
            policies: compiled,
            views,
        };
        Ok(Loaded { table, settings, sources, frame })
    }
}

fn read_places(frame: &Frame, strings: &Strings) -> Result<Places, Fault> {
    let input = frame.input(Section::Places, strings, Stage::Places);
    let records = frame.part(Section::Places);
    let (all, rest) = records.all().as_chunks::<PLACE>();
    if !rest.is_empty() {
        return Err(input.fault("a place is cut off"));
    }
    let has = |text: &u32| strings.get(*text).is_some();
    for [policy, id, file, line, column, message] in all {
        let texts =
            [policy, id, file].into_iter().all(has) && message.checked_sub(1).as_ref().is_none_or(has);
        if !texts || *line == 0 || *column == 0 {
            return Err(input.fault("a place without text, line or column"));
        }
    }
    Ok(Places::of(records, strings.clone()))
}

/// Lists of a section, each a view of the file.
fn lists(frame: &Frame, section: Section, stage: Stage) -> Result<Lists, Fault> {
    Lists::of(frame.part(section))
        .ok_or_else(|| Fault::new(stage, section, "lists that overlap or do not fit"))
}

/// Whether numbers ascend, each once.
fn ascend(numbers: &[u32]) -> bool {
    numbers.windows(2).all(|pair| matches!(pair, [a, b] if a < b))
}

impl Claimable {
    fn of(claims: crate::model::Claims, policies: Vec<(Box<str>, bool)>) -> Option<Self> {
        let sorted = policies.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a < b));
        sorted.then(|| Claimable { claims, policies: policies.into() })
    }
}
