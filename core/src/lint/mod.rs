//! Lints: what names and catalog facts say about a policy set that loads but hardly means what its author meant.
//!
//! One file per code. A lint looks at the [`Model`] alone (`locked` at the set's lock too): nothing is decided here, and the readers of texts tell
//! what a single text shows (`host-bits-set`, `unknown-key`, `unknown-action` …) themselves; resolving tells what
//! names show (`empty-set`, `category-or-action`). Levels that a set gives its lints are applied by whoever collects
//! them. Time is linear in the text: what a list shows that statements share is found once.

mod account_without_owner;
mod address_pattern;
mod always_true;
mod coverage;
mod dead;
mod duplicate_statement;
mod exact;
mod lacking;
mod locked;
mod negative_on_list;
mod no_ip_support;
mod odd_category;
mod open_allow;
mod open_deny;
mod reach;
mod segment_star;
mod shared;
mod spelling;
mod tag_form;
mod time_window;
mod too_long;
mod unused_name;
mod wildcard_account;

use crate::address::Prefix;
use crate::cam::Lengths;
use crate::findings::Findings;
use crate::model::{
    ActionTerm, Condition, Instant, IpUnsupported, Model, Named, NamedValue, Policy, PolicyKind,
    ResourceKind, ResourcePattern, Statement, Test,
};
use coverage::Coverages;
use exact::Together;
pub(crate) use exact::run_exact_into;
pub use exact::{run_exact, run_exact_counted};
pub(crate) use locked::check as run_locked_into;
use passgate_grammar::{Code, Diagnostic, Span};
use shared::Shared;
use std::collections::HashSet;

/// Every lint that names and catalog facts decide, by file and place, at the levels of the set; `at` is the time that
/// `time-window` compares with.
pub fn run(model: &Model, at: Option<Instant>) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    findings.set_levels(model.settings.lints.clone());
    findings.set_ignored(&model.ignores);
    run_into(model, at, &mut findings);
    findings.finish()
}

/// Runs every lint and adds what they say.
pub(crate) fn run_into(model: &Model, at: Option<Instant>, findings: &mut Findings) {
    let (mut lists, mut together) = (Lists::new(model), Together::new(model));
    let mut out = Vec::new();
    let mut told = HashSet::new();
    for policy in &model.policies {
        for statement in &policy.statements {
            lint_statement(model, statement, &mut lists, &mut out);
            if policy.kind == PolicyKind::Identity {
                lint_calls(model, statement, &mut lists, &mut together, &mut out);
            }
            time_window::check(statement, at, &mut out);
            once_a_template(policy, &mut told, &mut out);
            findings.extend(out.drain(..));
        }
        // Of what could not be read, two statements may look alike.
        if !findings.refused() {
            duplicate_statement::check(model, policy, &mut out);
        }
        too_long::check(model, policy, &mut lists, &mut out);
        once_a_template(policy, &mut told, &mut out);
        findings.extend(out.drain(..));
    }
    // What could not be read may be what uses a name.
    if !findings.refused() {
        unused_name::check(model, findings);
    }
}

/// The instances of a template have one text: what the first is told is not told again.
fn once_a_template(policy: &Policy, told: &mut HashSet<(Span, Code, Span)>, out: &mut Vec<Diagnostic>) {
    if let Some(instance) = policy.instance {
        out.retain(|d| told.insert((instance.template, d.code, d.span)));
    }
}

/// What a statement of any policy shows.
fn lint_statement<'a>(
    model: &'a Model,
    statement: &'a Statement,
    lists: &mut Lists<'a>,
    out: &mut Vec<Diagnostic>,
) {
    wildcard_account::check(statement, lists, out);
    tag_form::check(model, statement, out);
    always_true::check(statement, out);
    address_pattern::check(model, statement, out);
    odd_category::check(model, statement, lists, out);
}

/// What a statement means to the calls that it decides. Of one that no call meets nothing more is told than that.
fn lint_calls<'a>(
    model: &'a Model,
    statement: &'a Statement,
    lists: &mut Lists<'a>,
    together: &mut Together<'a>,
    out: &mut Vec<Diagnostic>,
) {
    let subject = Subject::new(model, statement, lists);
    dead::check(&subject, lists, out);
    segment_star::check(&subject, lists, out);
    let told = out.len();
    no_ip_support::check(&subject, lists, out);
    open_deny::check(&subject, lists, out);
    open_allow::check(&subject, lists, out);
    negative_on_list::check(&subject, lists, out);
    account_without_owner::check(&subject, lists, out);
    if out.len() > told && together.never(statement) {
        out.truncate(told);
    }
}

/// What is known of actions and of the lists that statements share.
struct Lists<'a> {
    coverages: Coverages<'a>,
    dead: Shared<ActionTerm, Needs, dead::Dead>,
    without_address: Shared<ActionTerm, Needs, Vec<usize>>,
    operation: Shared<ActionTerm, (), Option<Box<str>>>,
    resources: Shared<ResourcePattern, (), Resources>,
    kinds: reach::Kinds,
    wide: Wide,
    /// Place of the first resource of an account that spares calls with an empty one.
    spared: Shared<ResourcePattern, (), Option<usize>>,
    categories: odd_category::Categories<'a>,
    /// What policies come to as CAM documents.
    lengths: Lengths<'a>,
    /// Lists of named sets, which statements share.
    sets: HashSet<*const ActionTerm>,
    /// Lists of resources of statements that allow: each is told once, where it is written.
    allowed: HashSet<*const ResourcePattern>,
    /// Lists of actions that were looked at by themselves.
    listed: HashSet<*const ActionTerm>,
}

/// Whether lists of prefixes hold more than half of all addresses of a family.
type Wide = Shared<Prefix, (), bool>;

/// What lints ask of a list of resources.
struct Resources {
    /// `*` is none of them.
    specific: bool,
    /// Place of the first that ends in `*`.
    star: Option<usize>,
}

impl<'a> Lists<'a> {
    fn new(model: &'a Model) -> Self {
        Lists {
            coverages: Coverages::new(model),
            dead: Shared::default(),
            without_address: Shared::default(),
            operation: Shared::default(),
            resources: Shared::default(),
            sets: model.named.iter().filter_map(set_place).collect(),
            allowed: HashSet::new(),
            listed: HashSet::new(),
            kinds: Shared::default(),
            wide: Shared::default(),
            spared: Shared::default(),
            categories: odd_category::Categories::default(),
            lengths: Lengths::new(&model.catalogs),
        }
    }

    /// Whether a list is met for the first time.
    fn first_actions(&mut self, actions: &[ActionTerm]) -> bool {
        self.listed.insert(actions.as_ptr())
    }

    /// Whether a list is met for the first time.
    fn first_allowed(&mut self, resources: &[ResourcePattern]) -> bool {
        self.allowed.insert(resources.as_ptr())
    }
}

/// Where the list of an action set lies.
fn set_place(named: &Named) -> Option<*const ActionTerm> {
    match &named.value {
        NamedValue::Actions(terms) => Some(terms.as_ptr()),
        NamedValue::Network(_) | NamedValue::Resources(_) => None,
    }
}

/// What a statement asks of the actions it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Needs {
    /// It names specific resources only.
    resources: bool,
    /// It has a condition that needs the address, and the set withholds it where it is not supported.
    address: bool,
    /// It has a condition that needs a tag.
    tag: bool,
}

/// A statement with what catalog facts are held against.
struct Subject<'a> {
    model: &'a Model,
    statement: &'a Statement,
    needs: Needs,
    /// Its actions are a named set, so that no term stands in the statement.
    of_set: bool,
    /// Place of the first resource that ends in `*`.
    star: Option<usize>,
}

const TAGS: [&str; 3] = ["qcs:resource_tag", "qcs:request_tag", "qcs:tag"];

/// How many terms of a named set are told at each statement that uses it.
const TOLD_OF_SET: usize = 3;

impl<'a> Subject<'a> {
    fn new(model: &'a Model, statement: &'a Statement, lists: &mut Lists<'a>) -> Self {
        let withheld = model.settings.ip_unsupported != IpUnsupported::Evaluate;
        let needs = |wanted: &dyn Fn(&str) -> bool| {
            statement.conditions.iter().any(|c| wanted(&c.key) && needs_presence(c))
        };
        let found = lists.resources.of(&statement.resources, (), || Resources {
            specific: !statement.resources.iter().any(|r| matches!(r.kind, ResourceKind::Any)),
            star: statement.resources.iter().position(segment_star::ends_in_star),
        });
        let needs = Needs {
            resources: found.specific,
            address: withheld && needs(&|key| key == crate::model::read::IP),
            tag: needs(&|key| TAGS.contains(&key)),
        };
        let of_set = lists.sets.contains(&statement.actions.as_ptr());
        Subject { model, statement, needs, of_set, star: found.star }
    }

    /// Whether a span lies in the statement: the terms of a named set do not.
    fn holds(&self, span: Span) -> bool {
        let all = self.statement.span;
        span.source == all.source && all.start <= span.start && span.end <= all.end
    }

    /// Where to point for a term: at the term, or at the statement's effect where the term stands elsewhere.
    fn place(&self, span: Span) -> Span {
        if self.holds(span) { span } else { self.statement.effect_span }
    }

    /// Those of some terms that are told: all that stand in the statement, a few of those of named sets.
    fn told<'t>(&self, places: impl Iterator<Item = &'t usize>) -> Vec<(usize, &'a ActionTerm)> {
        let mut elsewhere = 0;
        let most = if self.of_set { TOLD_OF_SET } else { usize::MAX };
        let terms = places.take(most).filter_map(|place| Some((*place, self.statement.actions.get(*place)?)));
        terms
            .filter(|(_, term)| {
                elsewhere += usize::from(!self.holds(term.span));
                self.holds(term.span) || elsewhere <= TOLD_OF_SET
            })
            .collect()
    }

    /// The author's text of a term, without quotes.
    fn text(&self, span: Span) -> &'a str {
        self.model.sources.slice(span).trim_matches('"')
    }
}

/// Whether an operator is a negation (semantics §5).
fn is_negative(test: &Test) -> bool {
    match test {
        Test::Text { negated, .. } | Test::Like { negated, .. } | Test::Ip { negated, .. } => *negated,
        Test::Number { comparison, .. } | Test::Date { comparison, .. } => comparison.is_negative(),
        Test::Binary { .. } | Test::Bool { .. } | Test::Null { .. } => false,
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
