//! What is plain of policies to an assert: of which actions a policy may allow a call that the assert speaks of, and of
//! which it denies every one; or the other way round. A caller of whom it is plain that nothing can be shown needs no look,
//! and mostly that is so of all callers where an assert holds.

use super::cover::Cover;
use super::judge::Sought;
use crate::analysis::space::{ActionClass, Clause, Facts, Reader, Scope};
use crate::catalog::{Granularity, ServiceId};
use crate::model::{Effect, Model, Statement};

/// Actions as bits, those of one service after the other; each begins a word.
type Words = Vec<u64>;

/// What an assert asks of policies.
pub(super) struct Glance {
    scope: Scope,
    sought: Sought,
    /// Where the words of a service begin, and how many there are.
    services: Vec<(ServiceId, usize, usize)>,
    /// The assert's actions by what catalogs say of them.
    kinds: Vec<(Facts, Words)>,
    /// Those that a statement covers by their own names.
    named: Words,
    all: Words,
}

/// What is plain of one policy.
#[derive(Debug, Clone, Default)]
pub(super) struct Plain {
    /// Actions of which it may allow a call; where refusals are sought, of which it allows every call for certain.
    allows: Words,
    /// Actions of which it denies every call for certain; where refusals are sought, of which it may deny one.
    denies: Words,
}

impl Glance {
    /// For an assert whose actions are of these classes; none where some are not listed by a catalog.
    pub(super) fn of<'s>(
        model: &Model,
        classes: &[ActionClass<'s>],
        (clauses, sought): (&[Clause<'s>], Sought),
        reader: &mut Reader<'s>,
    ) -> Option<Glance> {
        let mut glance = Glance {
            scope: Scope::of(clauses, reader),
            sought,
            services: Vec::new(),
            kinds: Vec::new(),
            named: Words::new(),
            all: Words::new(),
        };
        for class in classes {
            let (id, service) = model.catalogs.find(&class.service)?;
            if service.knows_every_name() {
                return None;
            }
            let first = glance.begin(id, service.actions.len());
            for name in &class.names {
                let place = service.position(name)? as usize;
                glance.add(class.facts, first * 64 + place);
            }
        }
        let width = glance.all.len();
        glance.kinds.iter_mut().for_each(|(_, words)| words.resize(width, 0));
        glance.named.resize(width, 0);
        Some(glance)
    }

    /// The first word of a service.
    fn begin(&mut self, id: ServiceId, actions: usize) -> usize {
        if let Some((_, first, _)) = self.services.iter().find(|(of, ..)| *of == id) {
            return *first;
        }
        let (first, count) = (self.all.len(), actions.div_ceil(64));
        self.services.push((id, first, count));
        self.all.resize(first + count, 0);
        first
    }

    fn add(&mut self, facts: Facts, at: usize) {
        let kind = match self.kinds.iter().position(|(of, _)| *of == facts) {
            Some(kind) => kind,
            None => {
                self.kinds.push((facts, Words::new()));
                self.kinds.len() - 1
            }
        };
        let named = (facts.granularity != Granularity::Service).then_some(&mut self.named);
        let kind = self.kinds.get_mut(kind).map(|(_, words)| words);
        for words in [Some(&mut self.all), named, kind].into_iter().flatten() {
            words.resize(words.len().max(at / 64 + 1), 0);
            if let Some(word) = words.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
    }

    /// Nothing is known of any action.
    pub(super) fn nothing(&self) -> Plain {
        Plain { allows: vec![0; self.all.len()], denies: vec![0; self.all.len()] }
    }

    /// Adds what a statement of a policy says; `cover` is what it covers.
    pub(super) fn add_statement<'s>(
        &self,
        plain: &mut Plain,
        statement: &'s Statement,
        cover: &Cover,
        reader: &mut Reader<'s>,
    ) {
        let covered = self.covered(cover);
        for (facts, kind) in &self.kinds {
            if !covered.iter().zip(kind).any(|(a, b)| a & b != 0) {
                continue;
            }
            let allows = statement.effect == Effect::Allow;
            // What could speak against the assert counts where it may, what speaks for it where it must.
            let counts = if allows == (self.sought == Sought::Allowed) {
                self.scope.may(statement, *facts, reader)
            } else {
                self.scope.must(statement, *facts, reader)
            };
            if counts {
                let of = if allows { &mut plain.allows } else { &mut plain.denies };
                of.iter_mut().zip(&covered).zip(kind).for_each(|((word, a), b)| *word |= a & b);
            }
        }
    }

    /// The assert's actions that a statement covers.
    fn covered(&self, cover: &Cover) -> Words {
        let mut covered = Words::with_capacity(self.all.len());
        for (id, first, count) in &self.services {
            let words = |all: &Words| all.iter().copied().skip(*first).take(*count).collect::<Words>();
            if cover.is_whole(*id) {
                covered.extend(words(&self.all));
                continue;
            }
            let rows = cover.rows(*id).iter().copied().chain(std::iter::repeat(0));
            covered.extend(words(&self.named).into_iter().zip(rows).map(|(named, rows)| named & rows));
        }
        covered
    }

    /// Whether a caller with some policies, and those of a boundary, can show nothing.
    pub(super) fn is_settled(&self, attached: &[&Plain], boundary: Option<&[&Plain]>) -> bool {
        let allowed = |of: &[&Plain], at: usize| {
            let either = |words: fn(&Plain) -> &Words| {
                of.iter().filter_map(|plain| words(plain).get(at)).fold(0, |all, word| all | word)
            };
            either(|plain| &plain.allows) & !either(|plain| &plain.denies)
        };
        self.all.iter().enumerate().all(|(at, all)| {
            let allowed = allowed(attached, at) & boundary.map_or(u64::MAX, |of| allowed(of, at));
            let shown = if self.sought == Sought::Allowed { allowed } else { !allowed };
            all & shown == 0
        })
    }
}
