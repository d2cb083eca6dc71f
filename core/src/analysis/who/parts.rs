//! All callers held against one action, in parts on several threads. A part is answered as it would be alone, so that the
//! answers are the same however many threads there are; where the work might not be enough for all parts, all callers are
//! looked at again in one.

use super::found::Names;
use super::search::{Number, Search};
use crate::analysis::ask::Asker;
use crate::analysis::callers::Callers;
use crate::analysis::calls::{Calls, Fixed};
use crate::analysis::progress::{self, Steps};
use crate::analysis::standing::{Answer, Standing};
use crate::analysis::threads;
use crate::analysis::work::Work;
use crate::error::Result;
use crate::model::{ActionTerm, Model};
use std::ops::Range;

/// What is asked.
pub(super) struct Asked<'m> {
    pub(super) model: &'m Model,
    /// The action.
    pub(super) term: ActionTerm,
    pub(super) calls: &'m Calls,
    pub(super) fixed: &'m Fixed,
    pub(super) callers: &'m Callers,
    /// What may be spent.
    pub(super) work: Work,
}

/// What was found of some callers.
#[derive(Default)]
pub(super) struct Part {
    /// Answers, no two of the same callers; those that never may are left out.
    pub(super) answers: Vec<(Answer, Names)>,
    /// Callers that never may.
    pub(super) never: usize,
    /// Allows by which some caller passes.
    pub(super) needed: Vec<Number>,
    /// Steps that were taken.
    pub(super) used: u64,
    spent: bool,
}

impl Asked<'_> {
    /// Looks at all callers: on as many threads as are worth it.
    pub(super) fn all(&self) -> Result<Vec<Part>> {
        let threads = threads::parts(self.callers.classes.len());
        self.on(threads)
    }

    /// Looks at all callers, in so many parts at once.
    pub(super) fn on(&self, threads: usize) -> Result<Vec<Part>> {
        let parts = self.parts(threads)?;
        let used = parts.iter().fold(0u64, |all, part| all.saturating_add(part.used));
        let enough = used < self.work.left() && parts.iter().all(|part| !part.spent);
        if enough || threads < 2 { Ok(parts) } else { self.parts(1) }
    }

    fn parts(&self, threads: usize) -> Result<Vec<Part>> {
        let count = self.callers.classes.len();
        let steps = progress::steps("groups of callers", count);
        let range = |part: usize| count * part / threads..count * (part + 1) / threads;
        threads::each(threads, |part| self.part(range(part), &steps))
    }

    /// Looks at the callers of some classes; root with the first class, whoever is not known with the last.
    fn part(&self, classes: Range<usize>, steps: &Steps) -> Result<Part> {
        let (model, all) = (self.model, &self.callers.classes);
        let asker = Asker::within(model, self.calls, self.fixed, self.work.clone());
        let mut search = Search::new(model, self.term.clone(), asker)?;
        let before = all.iter().take(classes.start);
        let mut found =
            Found { place: 1 + before.map(|class| class.members.len()).sum::<usize>(), ..Found::default() };
        if classes.start == 0 {
            let number = search.root();
            found.note(number, &search, 1, [(0, "root".to_owned())]);
        }
        for class in all.iter().take(classes.end).skip(classes.start) {
            steps.step();
            for (members, number) in
                search.callers(&class.policies, class.boundary.as_deref(), &class.members)
            {
                let names = members.iter().map(|member| self.callers.spelled(model, *member));
                let first = found.place;
                found.note(number, &search, members.len(), (first..).zip(names));
                found.place += members.len();
            }
        }
        if classes.end == all.len() && !model.everyone.is_empty() {
            let number = search.unnamed(&model.everyone, model.boundary.as_deref());
            found.note(number, &search, 1, [(usize::MAX, "anyone".to_owned())]);
        }
        let found_by = search.finish();
        let used = self.work.left() - found_by.work.left();
        let mut names = found.names.into_iter();
        let answers = found_by.answers.into_iter().map(|answer| (answer, names.next().unwrap_or_default()));
        let answers = answers.filter(|(_, names)| !names.is_empty()).collect();
        let needed = found_by.needed.into_iter().collect();
        Ok(Part { answers, never: found.never, needed, used, spent: found_by.work.left() == 0 })
    }
}

/// What has been found of a part.
#[derive(Default)]
struct Found {
    /// By the number of their answer.
    names: Vec<Names>,
    never: usize,
    /// The place of the next caller among all.
    place: usize,
}

impl Found {
    fn note(
        &mut self,
        number: usize,
        search: &Search<'_>,
        count: usize,
        named: impl IntoIterator<Item = (usize, String)>,
    ) {
        if search.answer(number).standing == Standing::Never {
            self.never += count;
            return;
        }
        if self.names.len() <= number {
            self.names.resize(number + 1, Names::new());
        }
        if let Some(names) = self.names.get_mut(number) {
            names.extend(named);
        }
    }
}
