//! Where statements stand, in the order in which a decision lists them: file, line, column, policy, id.

use super::memory::{Memory, Part};
use super::words::{Strings, StringsBuilder, Words, word};
use crate::check::Place;
use crate::model::{Effect, Model, Policy, PolicyKind, Statement};
use passgate_grammar::{Source, SourceId};
use std::sync::{Arc, OnceLock};

/// Words of a place: policy, id and file by number, line, column, and 0 or one more than the number of its message.
pub(super) const PLACE: usize = 6;

/// Places in order; a statement has the number of its place.
#[derive(Debug)]
pub(crate) struct Places {
    records: Words,
    strings: Strings,
    /// Each as a decision hands it out, once it was wanted.
    made: Slots<Arc<Place>>,
    /// Each as JSON, once it was written.
    written: Slots<Box<str>>,
}

/// A slot for each place, laid out when the first is wanted.
type Slots<T> = OnceLock<Box<[OnceLock<T>]>>;

/// Numbers of the places of one policy's statements.
pub(super) type Numbers = Box<[u32]>;

/// Where a statement is written, for the one walk that counts lines and columns.
struct Written<'m> {
    source: SourceId,
    start: u32,
    policy: usize,
    at: usize,
    name: &'m Arc<str>,
    statement: &'m Statement,
}

impl Places {
    /// The places of all statements that can decide, and by policy the numbers of its statements' places.
    pub(super) fn new(model: &Model) -> (Places, Vec<Numbers>) {
        let mut numbers: Vec<Numbers> =
            model.policies.iter().map(|p| vec![0; p.statements.len()].into()).collect();
        let mut placed: Vec<(Place, usize, usize)> = Vec::new();
        let mut line = Line::default();
        for written in written(model) {
            let (name, position) = match model.sources.get(written.source) {
                Some(source) => (source.name().clone(), line.position(written.source, source, written.start)),
                None => (Arc::from(""), (1, 1)),
            };
            let place = Place {
                policy: written.name.clone(),
                id: written.statement.id.clone(),
                file: name,
                line: position.0,
                column: position.1,
                message: message(written.statement, model.policies.get(written.policy)),
            };
            placed.push((place, written.policy, written.at));
        }
        placed.sort_by(|(a, ..), (b, ..)| key(a).cmp(&key(b)));
        let (mut strings, mut records) = (StringsBuilder::default(), Vec::new());
        let mut last: Option<Place> = None;
        for (place, policy, at) in placed {
            if last.as_ref() != Some(&place) {
                let texts = [&place.policy, &place.id, &place.file].map(|text| strings.number(text));
                let message = place.message.as_ref().map_or(0, |text| strings.number(text) + 1);
                records.extend(texts.into_iter().chain([place.line, place.column, message]));
                last = Some(place);
            }
            let number = word((records.len() / PLACE).saturating_sub(1));
            if let Some(slot) = numbers.get_mut(policy).and_then(|n| n.get_mut(at)) {
                *slot = number;
            }
        }
        (Places::of(records.into(), strings.finish()), numbers)
    }

    /// Places from their records.
    pub(super) fn of(records: Words, strings: Strings) -> Places {
        Places { records, strings, made: OnceLock::new(), written: OnceLock::new() }
    }

    pub(super) fn measure(&self, memory: &mut Memory) {
        memory.words(Part::Places, &self.records);
        self.strings.measure(memory);
        let (made, written) = (self.made.get(), self.written.get());
        memory.add(Part::Places, made.map_or(0, |slots| size_of_val::<[_]>(slots)));
        memory.add(Part::Places, written.map_or(0, |slots| size_of_val::<[_]>(slots)));
        for place in made.into_iter().flatten().filter_map(OnceLock::get) {
            memory.once(Part::Places, place, |_| 0);
            let texts = [&place.policy, &place.id, &place.file].into_iter().chain(&place.message);
            texts.for_each(|text| memory.text(Part::Places, text));
        }
        let texts = written.into_iter().flatten().filter_map(OnceLock::get);
        memory.add(Part::Places, texts.map(|text| text.len()).sum());
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.records.len() / PLACE
    }

    /// The place of a number, as it is written down: three texts, line, column, message.
    pub(super) fn record(&self, number: u32) -> Option<([&str; 3], [u32; 2], Option<&str>)> {
        let at = number as usize * PLACE;
        let [policy, id, file, line, column, message] = *self.records.slice(at, at + PLACE) else {
            return None;
        };
        let text = |number| self.strings.get(number);
        let message = message.checked_sub(1).and_then(text);
        Some(([text(policy)?, text(id)?, text(file)?], [line, column], message))
    }

    fn slot<'s, T>(&self, slots: &'s Slots<T>, number: u32) -> Option<&'s OnceLock<T>> {
        let make = || (0..self.len()).map(|_| OnceLock::new()).collect();
        slots.get_or_init(make).get(number as usize)
    }

    /// The JSON of a place: made by `write` when it is first wanted.
    pub(crate) fn json(&self, number: u32, write: impl FnOnce(&Place) -> Box<str>) -> &str {
        let Some(written) = self.slot(&self.written, number) else { return "null" };
        if let Some(written) = written.get() {
            return written;
        }
        self.get(number).map_or("null", |place| written.get_or_init(|| write(place)))
    }

    /// What a place's deny says to whom it refuses.
    pub(crate) fn message(&self, number: u32) -> Option<&str> {
        let at = (number as usize).checked_mul(PLACE)?.checked_add(PLACE - 1)?;
        let text = self.records.slice(at, at.checked_add(1)?).first()?.checked_sub(1)?;
        self.strings.get(text)
    }

    /// The places whose policy and id are wanted, in order.
    pub(crate) fn chosen(&self, wanted: impl Fn(&str, &str) -> bool) -> Vec<Arc<Place>> {
        let is = |number: &u32| self.record(*number).is_some_and(|([policy, id, _], ..)| wanted(policy, id));
        (0..word(self.len())).filter(is).filter_map(|number| self.get(number).cloned()).collect()
    }

    /// The place of a number.
    pub(crate) fn get(&self, number: u32) -> Option<&Arc<Place>> {
        let slot = self.slot(&self.made, number)?;
        if let Some(made) = slot.get() {
            return Some(made);
        }
        let ([policy, id, file], [line, column], message) = self.record(number)?;
        let (policy, id, file) = (policy.into(), id.into(), file.into());
        let place = Place { policy, id, file, line, column, message: message.map(Into::into) };
        Some(slot.get_or_init(|| Arc::new(place)))
    }
}

fn key(place: &Place) -> (&str, u32, u32, &str, &str) {
    (&place.file, place.line, place.column, &place.policy, &place.id)
}

/// What a deny says to whom it refuses; its own text goes before its policy's.
fn message(statement: &Statement, policy: Option<&Policy>) -> Option<Arc<str>> {
    let notes = [Some(&statement.notes), policy.map(|p| &p.notes)];
    let text = notes.into_iter().flatten().find_map(|notes| notes.reason()).cloned();
    text.filter(|_| statement.effect == Effect::Deny)
}

/// Statements of identity policies by source and place in it.
fn written(model: &Model) -> Vec<Written<'_>> {
    let mut all = Vec::new();
    for (policy, p) in model.policies.iter().enumerate().filter(|(_, p)| p.kind == PolicyKind::Identity) {
        for (at, statement) in p.statements.iter().enumerate() {
            let (source, start) = (statement.span.source, statement.span.start);
            all.push(Written { source, start, policy, at, name: &p.name, statement });
        }
    }
    all.sort_by_key(|w| (w.source, w.start));
    all
}

/// Counts columns from the last place on the same line, so that one endless line costs its length once.
#[derive(Default)]
struct Line {
    source: Option<SourceId>,
    line: usize,
    column: u32,
    at: u32,
}

impl Line {
    fn position(&mut self, id: SourceId, source: &Source, offset: u32) -> (u32, u32) {
        let starts = source.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        if self.source != Some(id) || self.line != line {
            let start = starts.get(line - 1).copied().unwrap_or(0);
            *self = Line { source: Some(id), line, column: 1, at: start };
        }
        let end = (offset as usize).min(source.text().len());
        let bytes = source.text().as_bytes().get(self.at as usize..end).unwrap_or(&[]);
        let passed = bytes.iter().filter(|b| (**b & 0xC0) != 0x80).count();
        self.column += u32::try_from(passed).unwrap_or(0);
        self.at = self.at.max(offset);
        (u32::try_from(line).unwrap_or(u32::MAX), self.column)
    }
}
