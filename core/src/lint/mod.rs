//! Lints: what names and catalog facts say about a policy set that loads but hardly means what its author meant.
//!
//! One file per code. A lint looks at the [`Model`] alone: nothing is decided here, and the readers of texts tell
//! what a single text shows (`host-bits-set`, `unknown-key`, `unknown-action` …) themselves. Levels that a set gives
//! its lints are applied by whoever collects them.

mod coverage;
mod dead;
mod duplicate_statement;
mod no_ip_support;
mod segment_star;
mod tag_form;
mod unused_name;
mod wildcard_account;

use crate::model::{Condition, IpUnsupported, Model, PolicyKind, ResourceKind, Statement, Test};
use coverage::Coverages;
use passgate_grammar::{Diagnostic, Span};

/// Every lint that names and catalog facts decide, in the order of policies and statements.
pub fn run(model: &Model) -> Vec<Diagnostic> {
    let mut coverages = Coverages::new(model);
    let mut out = Vec::new();
    for policy in &model.policies {
        for statement in &policy.statements {
            wildcard_account::check(statement, &mut out);
            tag_form::check(statement, &mut out);
            if policy.kind == PolicyKind::Identity {
                let subject = Subject::new(model, statement);
                dead::check(&subject, &mut coverages, &mut out);
                no_ip_support::check(&subject, &mut coverages, &mut out);
                segment_star::check(&subject, &mut coverages, &mut out);
            }
        }
        duplicate_statement::check(model, policy, &mut out);
    }
    unused_name::check(model, &mut out);
    out
}

/// A statement with what catalog facts are held against.
struct Subject<'a> {
    model: &'a Model,
    statement: &'a Statement,
    /// It names specific resources only.
    names_resources: bool,
    /// It has a condition that needs the address, and the set withholds it where it is not supported.
    needs_address: bool,
    /// It has a condition that needs a tag.
    needs_tag: bool,
}

const TAGS: [&str; 3] = ["qcs:resource_tag", "qcs:request_tag", "qcs:tag"];

impl<'a> Subject<'a> {
    fn new(model: &'a Model, statement: &'a Statement) -> Self {
        let withheld = model.settings.ip_unsupported != IpUnsupported::Evaluate;
        let needs = |wanted: &dyn Fn(&str) -> bool| {
            statement.conditions.iter().any(|c| wanted(&c.key) && needs_presence(c))
        };
        Subject {
            model,
            statement,
            names_resources: !statement.resources.iter().any(|r| matches!(r.kind, ResourceKind::Any)),
            needs_address: withheld && needs(&|key| key == crate::model::read::IP),
            needs_tag: needs(&|key| TAGS.contains(&key)),
        }
    }

    /// Where to point for a term: at the term, or at the statement's effect where the term stands elsewhere.
    fn place(&self, span: Span) -> Span {
        let all = self.statement.span;
        let inside = span.source == all.source && all.start <= span.start && span.end <= all.end;
        if inside { span } else { self.statement.effect_span }
    }

    /// The author's text of a term, without quotes.
    fn text(&self, span: Span) -> &'a str {
        self.model.sources.slice(span).trim_matches('"')
    }
}

/// Whether an absent key leaves the condition unsatisfied (semantics §5).
fn needs_presence(condition: &Condition) -> bool {
    match &condition.test {
        Test::Null { values } => !values.contains(&true),
        _ => !condition.if_exist,
    }
}

#[cfg(test)]
mod tests;
