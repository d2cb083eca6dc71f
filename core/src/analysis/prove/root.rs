//! The account root, where an assert names it: it is allowed what is of no resource or of the owner's (semantics
//! §2.5), whatever policies say.

use super::judge::{Asked, Judge, Sought, doubts, space_of};
use crate::analysis::space::{ActionClass, Answer, Caller, Clause, Doubt, Reader, Witness};
use crate::catalog::Granularity;
use crate::model::{
    AccountPattern, Effect, ResourceKind, ResourcePattern, Statement, Template, TemplatePart,
};
use passgate_grammar::Span;
use std::collections::BTreeSet;
use std::sync::Arc;

/// An answer, and where it is undecided all on what it may depend.
type Told = (Answer, BTreeSet<Doubt>);

impl<'m> Judge<'m> {
    /// Holds an assert against root.
    pub(super) fn root(&mut self, asked: &mut Asked<'m>) {
        let mut looked = Vec::new();
        let doubt = self.each_class(asked, &[], |judge, class| {
            let (answer, doubts) = match asked.sought {
                Sought::Allowed => judge.root_allowed(asked, class),
                Sought::Refused => judge.root_refused(asked, class),
            };
            looked.push(judge.looked(class, answer, doubts));
        });
        asked.doubts.extend(doubt);
        looked.into_iter().for_each(|one| asked.take(None, one));
    }

    fn root_allowed(&mut self, asked: &Asked<'m>, class: &ActionClass<'m>) -> Told {
        let any = self.any(asked, class, &[]);
        match &any.0 {
            Answer::Found(witness) if plays_no_part(class, witness) => any,
            Answer::Nothing => any,
            _ => self.any(asked, class, &[Clause::On(&[of_account(AccountPattern::Owner)])]),
        }
    }

    fn root_refused(&mut self, asked: &Asked<'m>, class: &ActionClass<'m>) -> Told {
        if class.facts.granularity != Granularity::Resource {
            return (Answer::Nothing, BTreeSet::new());
        }
        let own = Statement {
            effect: Effect::Allow,
            id: Arc::from("root"),
            actions: asked.assert.actions.clone(),
            resources: [of_account(AccountPattern::Owner)].into(),
            conditions: Vec::new(),
            principals: [].into(),
            notes: Default::default(),
            effect_span: Span::default(),
            span: Span::default(),
        };
        let named = [of_account(AccountPattern::Any)];
        let clauses: Vec<Clause<'_>> = asked.clauses.iter().copied().chain([Clause::On(&named)]).collect();
        let mut class: ActionClass<'_> = class.clone();
        class.sets = vec![vec![&own]];
        let mut budget = self.work.question();
        let mut reader = Reader::new(&self.model.settings);
        let space = space_of(&class, &clauses, &Caller::default(), &mut reader, &mut budget);
        let answer = space.smallest_unmatched(0, &mut budget);
        self.work.spend(budget.used());
        let doubts = doubts(&space, &answer);
        (answer, doubts)
    }

    fn any(&mut self, asked: &Asked<'m>, class: &ActionClass<'m>, more: &[Clause<'_>]) -> Told {
        let clauses: Vec<Clause<'_>> = asked.clauses.iter().copied().chain(more.iter().copied()).collect();
        let mut budget = self.work.question();
        let mut reader = Reader::new(&self.model.settings);
        let space = space_of(class, &clauses, &Caller::default(), &mut reader, &mut budget);
        let answer = space.smallest_any(&mut budget);
        self.work.spend(budget.used());
        let doubts = doubts(&space, &answer);
        (answer, doubts)
    }
}

/// Whether the resource of a call says nothing about root.
fn plays_no_part(class: &ActionClass<'_>, witness: &Witness) -> bool {
    class.facts.granularity != Granularity::Resource || witness.resource.is_none()
}

/// Every resource with a name, of an account.
fn of_account(account: AccountPattern) -> ResourcePattern {
    let rest = Template { parts: vec![TemplatePart::Literal("*".into())] };
    let kind = ResourceKind::Six { service: None, region: None, account, rest };
    ResourcePattern { kind, text: Arc::from("qcs:::::*"), span: Span::default() }
}
