//! What a policy says of one service: a brief where it has few statements, else a layer, and which statements reach
//! which actions. Of few statements the layer is made when it is first wanted: to merge many policies, or to look at
//! cells.

use super::actions::ServiceFacts;
use super::bits::{Bits, ones};
use super::brief::{self, Brief};
use super::layer::Layer;
use super::memory::{Memory, Part};
use super::policy::Rule;
use super::sweep::{Bounds, Share, Sweep, share};
use super::words::{Words, word};
use crate::address::Family;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a policy says of one service.
#[derive(Debug)]
pub(super) struct Sheet {
    form: Form,
    layer: OnceLock<Layer>,
}

#[derive(Debug)]
enum Form {
    Few(Brief),
    Many(Groups),
}

impl Sheet {
    /// The sheet of a policy of that number; `shares` has what each statement says of the service.
    pub(super) fn new(policy: u32, rules: &[Rule], shares: &[Option<Share>], sweep: &Sweep<'_>) -> Sheet {
        if shares.iter().flatten().count() > brief::STATEMENTS {
            return Sheet::many(sweep.layer(), Groups::new(shares, sweep.width));
        }
        let reached = |number: usize| shares.get(number)?.as_ref().map(Share::reached);
        let entries = (0u32..).zip(rules).filter(|(n, _)| reached(*n as usize).is_some());
        let entries = entries.map(|(number, rule)| brief::Entry { policy, number, rule });
        Sheet::few(Brief::new(entries.collect(), sweep.width, |entry, each| {
            reached(entry.number as usize).iter().flat_map(Bits::iter).for_each(each);
        }))
    }

    pub(super) fn few(brief: Brief) -> Sheet {
        Sheet { form: Form::Few(brief), layer: OnceLock::new() }
    }

    pub(super) fn many(layer: Layer, groups: Groups) -> Sheet {
        Sheet { form: Form::Many(groups), layer: layer.into() }
    }

    /// Its brief, where it has few statements.
    #[inline]
    pub(super) fn brief(&self) -> Option<&Brief> {
        match &self.form {
            Form::Few(brief) => Some(brief),
            Form::Many(_) => None,
        }
    }

    /// Its groups, where it has many statements.
    pub(super) fn groups(&self) -> Option<&Groups> {
        match &self.form {
            Form::Few(_) => None,
            Form::Many(groups) => Some(groups),
        }
    }

    /// Calls with each statement, by number in its policy, that may match an action.
    pub(super) fn each_reaching(&self, action: u32, mut each: impl FnMut(u32)) {
        match &self.form {
            Form::Few(brief) => brief.reaching(action).for_each(each),
            Form::Many(groups) => groups.reaching(action).flatten().for_each(|number| each(*number)),
        }
    }

    /// How many statements say something of the service.
    pub(super) fn statements(&self) -> usize {
        match &self.form {
            Form::Few(brief) => brief.len(),
            Form::Many(groups) => groups.members().len(),
        }
    }

    /// How many segments it has: of few statements those of the brief, which are as many as the layer's or more.
    pub(super) fn segments(&self) -> usize {
        match (&self.form, self.layer.get()) {
            (_, Some(layer)) => layer.segments(),
            (Form::Few(brief), None) => brief.segments(),
            (Form::Many(_), None) => 0,
        }
    }

    /// Looks at its layer; one that was not made yet is made for this look only.
    pub(super) fn look<T>(&self, rules: &[Rule], facts: &ServiceFacts, look: impl FnOnce(&Layer) -> T) -> T {
        match (&self.form, self.layer.get()) {
            (Form::Few(brief), None) => look(&layer_of(brief, rules, facts)),
            _ => look(self.layer(rules, facts)),
        }
    }

    pub(super) fn measure(&self, memory: &mut Memory) {
        match &self.form {
            Form::Few(brief) => brief.measure((Part::Segments, Part::Briefs), memory),
            Form::Many(groups) => memory.words(Part::Groups, &groups.0),
        }
        if let Some(layer) = self.layer.get() {
            layer.measure((Part::Segments, Part::Rows), memory);
        }
    }

    /// The layer that it was made with, where it has many statements.
    pub(super) fn first_layer(&mut self) -> Option<&mut Layer> {
        match self.form {
            Form::Few(_) => None,
            Form::Many(_) => self.layer.get_mut(),
        }
    }

    /// Its layer, where it was made.
    pub(super) fn made_layer(&self) -> Option<&Layer> {
        self.layer.get()
    }

    /// Its layer; `rules` are the policy's.
    pub(super) fn layer(&self, rules: &[Rule], facts: &ServiceFacts) -> &Layer {
        self.layer.get_or_init(|| match &self.form {
            Form::Few(brief) => layer_of(brief, rules, facts),
            // INVARIANT: a sheet of many statements is made with its layer.
            Form::Many(_) => Sweep::nothing(facts.width).layer(),
        })
    }
}

/// The layer of statements that a brief tells of: each reaches the same actions as when it was compiled.
fn layer_of(brief: &Brief, rules: &[Rule], facts: &ServiceFacts) -> Layer {
    let mut reached: Vec<Option<Bits>> = rules.iter().map(|_| None).collect();
    for action in 0..facts.width {
        for number in brief.reaching(word(action)) {
            if let Some(slot) = reached.get_mut(number as usize) {
                slot.get_or_insert_with(|| Bits::none(facts.width)).insert(action);
            }
        }
    }
    let both = rules.iter().zip(&reached);
    let shares: Vec<Option<Share>> =
        both.map(|(rule, reached)| share(rule, reached.as_ref()?, facts)).collect();
    let tests: Vec<_> = rules.iter().map(Rule::address).collect();
    let tested = || (0u32..).zip(&tests).filter_map(|(number, test)| Some((number, (*test)?)));
    let (v4, v6) = (Bounds::new(Family::V4, tested()), Bounds::new(Family::V6, tested()));
    Sweep { width: facts.width, shares: &shares, tests: &tests, v4: &v4, v6: &v6 }.layer()
}

/// Which statements of many reach an action: how many groups there are, words for an action, where each group begins
/// and the last ends among the members, the members, then for each action the groups that reach it as bits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Groups(Words);

/// Words before the groups.
pub(super) const GROUPS_HEAD: usize = 2;
const GROUP_BITS: usize = 32;

impl Groups {
    /// Statements that reach the same actions are one group.
    pub(super) fn new(shares: &[Option<Share>], width: usize) -> Groups {
        let mut by_reach: BTreeMap<Vec<u64>, Vec<u32>> = BTreeMap::new();
        for (number, share) in (0u32..).zip(shares) {
            if let Some(share) = share {
                by_reach.entry(share.reached().words().to_vec()).or_default().push(number);
            }
        }
        let per_action = by_reach.len().div_ceil(GROUP_BITS);
        let mut reached_by = vec![0u32; width * per_action];
        let (mut starts, mut members) = (vec![0], Vec::new());
        for (group, (reach, numbers)) in by_reach.iter().enumerate() {
            members.extend_from_slice(numbers);
            starts.push(word(members.len()));
            let actions = reach.iter().enumerate().flat_map(|(i, w)| ones(*w).map(move |b| i * 64 + b));
            for action in actions {
                if let Some(set) = reached_by.get_mut(action * per_action + group / GROUP_BITS) {
                    *set |= 1 << (group % GROUP_BITS);
                }
            }
        }
        let head = [word(by_reach.len()), word(per_action)];
        let words: Vec<u32> = head.into_iter().chain(starts).chain(members).chain(reached_by).collect();
        Groups(words.into())
    }

    /// Groups of a file, of a policy of so many statements in a service of `width` actions, where they hold together.
    pub(super) fn of(words: Words, statements: usize, width: usize) -> Option<Groups> {
        let groups = Groups(words);
        let count = groups.0.get(0).filter(|_| groups.0.len() > GROUPS_HEAD)? as usize;
        let per_action = groups.head(1);
        let members_at = count.checked_add(GROUPS_HEAD + 1).filter(|at| *at <= groups.0.len())?;
        let members_end = members_at.checked_add(groups.head(members_at - 1))?;
        let length = width.checked_mul(per_action)?.checked_add(members_end)?;
        if per_action != count.div_ceil(GROUP_BITS) || length != groups.0.len() {
            return None;
        }
        let starts = groups.0.slice(GROUPS_HEAD, members_at);
        let ascend = starts.first() == Some(&0) && starts.windows(2).all(|w| matches!(w, [a, b] if a < b));
        let members = groups.members().iter().all(|member| (*member as usize) < statements);
        let unused = if count.is_multiple_of(GROUP_BITS) { 0 } else { u32::MAX << (count % GROUP_BITS) };
        let sets = groups.0.slice(members_end, length);
        let fit = sets.chunks(per_action.max(1)).all(|set| set.last().is_none_or(|last| last & unused == 0));
        (ascend && members && fit).then_some(groups)
    }

    fn head(&self, at: usize) -> usize {
        self.0.get(at).unwrap_or(0) as usize
    }

    /// Where the members begin, and where they end.
    fn bounds(&self) -> (usize, usize) {
        let from = GROUPS_HEAD + self.head(0) + 1;
        (from, from + self.head(from - 1))
    }

    /// The statements that may match an action, group by group.
    pub(super) fn reaching(&self, action: u32) -> impl Iterator<Item = &[u32]> {
        let ((from, to), per_action) = (self.bounds(), self.head(1));
        let start = to + action as usize * per_action;
        let sets = self.0.slice(start, start + per_action).iter().enumerate();
        let groups = sets.flat_map(|(i, set)| ones(u64::from(*set)).map(move |b| i * GROUP_BITS + b));
        groups.map(move |group| {
            let at = GROUPS_HEAD + group;
            self.0.slice(from + self.head(at), from + self.head(at + 1))
        })
    }

    /// All statements that say something in the service.
    pub(super) fn members(&self) -> &[u32] {
        let (from, to) = self.bounds();
        self.0.slice(from, to)
    }

    /// Its words.
    pub(super) fn words(&self) -> &[u32] {
        self.0.all()
    }
}
