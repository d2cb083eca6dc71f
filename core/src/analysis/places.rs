//! Statements by their places: a decision names them by policy and id, a diagnostic points at their text.

use crate::check::{Place, Reason};
use crate::model::Model;
use passgate_grammar::{Diagnostic, Span};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// How many statements are pointed at.
const SHOWN: usize = 5;

/// Where the statements of a model are written; worked out when it is first asked.
pub(super) struct Places<'m> {
    model: &'m Model,
    spans: OnceLock<HashMap<(&'m str, &'m str), Span>>,
}

impl<'m> Places<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Places { model, spans: OnceLock::new() }
    }

    /// Where a statement's effect is written.
    pub(super) fn span(&self, place: &Place) -> Option<Span> {
        let spans = self.spans.get_or_init(|| {
            let policies = self.model.policies.iter();
            let all = policies.flat_map(|p| p.statements.iter().map(move |s| (p, s)));
            all.map(|(p, s)| ((p.name.as_ref(), s.id.as_ref()), s.effect_span)).collect()
        });
        spans.get(&(place.policy.as_ref(), place.id.as_ref())).copied()
    }

    /// Points at the statements that decided, each with `what` about it.
    pub(super) fn point(&self, mut told: Diagnostic, statements: &[Arc<Place>], what: &str) -> Diagnostic {
        for place in statements.iter().take(SHOWN) {
            if let Some(span) = self.span(place) {
                told = told.label(span, format!("`{}` {what}", place.id));
            }
        }
        match statements.len().checked_sub(SHOWN + 1) {
            Some(more) => told.because(format!("{} more statements do", more + 1)),
            None => told,
        }
    }
}

/// What the statements do that a decision names.
pub(super) fn decided(reason: Reason) -> &'static str {
    match reason {
        Reason::Allow | Reason::Root => "allows it",
        Reason::ExplicitDeny => "denies it",
        Reason::Boundary => "of the boundary denies it",
        Reason::ImplicitDeny | Reason::UnknownPrincipal => "decides it",
    }
}
