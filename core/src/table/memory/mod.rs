//! What a table takes in memory, part by part. Every allocation is counted once, whoever shares it, so that the parts
//! add up to the whole.
//!
//! Each structure says what it holds (`measure`); here is where it is added up. Not here: bytes of a compiled file
//! (`file`), what a table says (`stats`), the policy set that a gate keeps for analyses.

mod heap;

pub(crate) use heap::Heap;
pub(super) use heap::hashed;

use super::Table;
use super::stats::PartStats;
use super::words::Words;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A part of a table in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Of layers and briefs: the address line in segments, with its index.
    Segments,
    /// Of layers: the rows.
    Rows,
    /// Of briefs: which statements reach which action, and where they stand.
    Briefs,
    /// Which statements of many reach which action.
    Groups,
    /// Where the address tests of statements hold.
    Addresses,
    /// Statements, and what each policy says of each service.
    Policies,
    /// Resources and further conditions.
    Residuals,
    /// Where statements stand, as records and as decisions hand it out.
    Places,
    /// The texts of these; of a compiled file all its texts.
    Texts,
    /// Users, roles and groups by name, and what they are in.
    Callers,
    /// The policies of each signature.
    Signatures,
    /// The look-up of actions by name, and what conditions each is handed.
    Actions,
    /// The catalogs; of a set compiled from text shared with its model.
    Catalogs,
    /// Names of policies, regions, and keys of contexts.
    Names,
    /// Numbers of principals and actions for batches.
    Numbers,
    /// A place for each signature's view, and counters of who asked.
    Slots,
    /// What was put together for declared signatures.
    Merged,
    /// What was put together for signatures that requests made up.
    Cache,
    /// The words of a compiled file that no other part is a view of.
    File,
}

impl Part {
    /// Every part, in the order in which they are told.
    pub(crate) const ALL: [Part; 19] = [
        Part::Segments,
        Part::Rows,
        Part::Briefs,
        Part::Groups,
        Part::Addresses,
        Part::Policies,
        Part::Residuals,
        Part::Places,
        Part::Texts,
        Part::Callers,
        Part::Signatures,
        Part::Actions,
        Part::Catalogs,
        Part::Names,
        Part::Numbers,
        Part::Slots,
        Part::Merged,
        Part::Cache,
        Part::File,
    ];

    /// Its name.
    fn as_str(self) -> &'static str {
        match self {
            Part::Segments => "segments",
            Part::Rows => "rows",
            Part::Briefs => "briefs",
            Part::Groups => "groups",
            Part::Addresses => "addresses",
            Part::Policies => "policies",
            Part::Residuals => "residuals",
            Part::Places => "places",
            Part::Texts => "texts",
            Part::Callers => "callers",
            Part::Signatures => "signatures",
            Part::Actions => "actions",
            Part::Catalogs => "catalogs",
            Part::Names => "names",
            Part::Numbers => "numbers",
            Part::Slots => "slots",
            Part::Merged => "merged",
            Part::Cache => "cache",
            Part::File => "file",
        }
    }
}

/// Bytes that an `Arc` has beside its value: two counters.
const COUNTERS: usize = 16;
/// Bytes of a word.
const WORD: usize = 4;

/// What was counted so far.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    bytes: [usize; Part::ALL.len()],
    /// Runs of words by where they lie: words that no part has taken yet.
    runs: HashMap<usize, usize>,
    /// What was counted already, by where it lies and how long it is.
    seen: HashSet<(usize, usize)>,
}

impl Memory {
    /// Adds bytes to a part.
    pub(crate) fn add(&mut self, part: Part, bytes: usize) {
        if let Some(sum) = self.bytes.get_mut(part as usize) {
            *sum += bytes;
        }
    }

    /// Adds what a value that several share takes with what it holds, unless it was added before.
    pub(super) fn once<T: ?Sized>(&mut self, part: Part, shared: &Arc<T>, held: impl FnOnce(&T) -> usize) {
        let bytes = COUNTERS + size_of_val::<T>(shared);
        if self.seen.insert((Arc::as_ptr(shared).addr(), bytes)) {
            self.add(part, bytes + held(shared));
        }
    }

    /// Adds a text that several share.
    pub(super) fn text(&mut self, part: Part, text: &Arc<str>) {
        self.once(part, text, |_| 0);
    }

    /// Adds words, unless they were added before.
    pub(super) fn words(&mut self, part: Part, words: &Words) {
        self.split(words, words.len(), (part, part));
    }

    /// Adds the words of which the first so many are one part, the rest another, unless they were added before.
    pub(super) fn split(&mut self, words: &Words, first: usize, (part, rest): (Part, Part)) {
        let (run, length) = words.run();
        if !self.seen.insert((words.all().as_ptr().addr(), words.len() * WORD)) {
            return;
        }
        let first = first.min(words.len());
        self.add(part, first * WORD);
        self.add(rest, (words.len() - first) * WORD);
        let counted = self.runs.len();
        let left = self.runs.entry(run).or_insert(length);
        *left = left.saturating_sub(words.len());
        if self.runs.len() > counted {
            self.add(part, COUNTERS);
        }
    }

    /// The parts in order; what no part took of a run is the file's.
    pub(crate) fn parts(mut self) -> Vec<PartStats> {
        let left: usize = self.runs.values().sum();
        self.add(Part::File, left * WORD);
        let named = Part::ALL.into_iter().zip(self.bytes);
        named.map(|(part, bytes)| PartStats { part: part.as_str(), bytes }).collect()
    }
}

impl Table {
    /// What it takes now, with what checks have made so far.
    pub(crate) fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        memory.add(Part::Policies, size_of::<Table>() + size_of_val::<[_]>(&self.policies));
        self.policies.iter().for_each(|policy| policy.measure(&mut memory));
        self.actions.measure(&mut memory);
        self.principals.measure(&mut memory);
        self.places.measure(&mut memory);
        self.keys.measure(&mut memory);
        memory.add(Part::Names, self.names.heap() + self.claimable.policies.heap() + self.owner.heap());
        // Last: what a view shares with a policy is the policy's.
        self.views.measure(&mut memory);
        memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(memory: Memory, part: Part) -> usize {
        memory.parts().iter().find(|stats| stats.part == part.as_str()).map_or(0, |stats| stats.bytes)
    }

    #[test]
    fn what_is_shared_counts_once_and_what_is_left_is_the_files() {
        let run: Words = vec![0; 100].into();
        let (head, tail) = (run.part(0, 10).unwrap(), run.part(40, 60).unwrap());
        let measured = || {
            let mut memory = Memory::default();
            memory.words(Part::Places, &head);
            memory.split(&tail, 5, (Part::Segments, Part::Rows));
            memory.split(&tail.clone(), 5, (Part::Merged, Part::Merged));
            let text: Arc<str> = "abc".into();
            memory.text(Part::Names, &text);
            memory.text(Part::Names, &text.clone());
            memory
        };
        let expected = [
            (Part::Places, 40 + COUNTERS),
            (Part::Segments, 20),
            (Part::Rows, 60),
            (Part::Merged, 0),
            (Part::Names, 3 + COUNTERS),
            (Part::File, 4 * (100 - 30)),
        ];
        for (part, bytes) in expected {
            assert_eq!(found(measured(), part), bytes, "{part:?}");
        }
        let names: HashSet<&str> = Part::ALL.iter().map(|part| part.as_str()).collect();
        assert_eq!(names.len(), Part::ALL.len());
        assert!(Part::ALL.iter().enumerate().all(|(at, part)| *part as usize == at));
    }
}
