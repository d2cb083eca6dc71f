//! The dimensions of a request: for each the classes of its values, with one value to show of each.

use super::addresses::{self, Piece};
use super::budget::{Budget, Spent};
use super::doubt::Doubt;
use super::grouping::{Sets, group};
use super::instants::{self, Moment};
use super::keyed;
use super::segments;
use super::truth::Truth;
use super::value::{Elementary, Scalar};
use std::rc::Rc;
use std::sync::Arc;

/// A dimension's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Axis {
    /// The caller's address, none among its values.
    Address,
    /// The time, none among its values.
    Time,
    /// A key of the context: absent, or a list of values.
    Key(Arc<str>),
    /// The service of the resource; a bare `*` stands here as a value.
    Service,
    /// Its region.
    Region,
    /// Its account, the owner's as the empty text.
    Account,
    /// Its last segment.
    Rest,
}

impl Axis {
    /// Whether it can have several values in one request.
    pub(super) fn is_many(&self) -> bool {
        matches!(self, Axis::Key(_))
    }

    /// Whether a request can leave it out.
    pub(super) fn is_optional(&self) -> bool {
        matches!(self, Axis::Address | Axis::Time | Axis::Key(_))
    }
}

/// What is asked of a value.
#[derive(Debug)]
pub(super) enum Probe {
    /// An operator.
    Operator(Rc<Elementary>),
    /// A segment of a resource is this; none: any, of a resource that has segments.
    Segment(Option<Rc<str>>),
    /// The resource is a bare `*`.
    Bare,
}

impl Probe {
    fn operator(&self) -> Option<&Elementary> {
        match self {
            Probe::Operator(test) => Some(test),
            Probe::Segment(_) | Probe::Bare => None,
        }
    }

    fn segment(&self) -> Option<&str> {
        match self {
            Probe::Segment(wanted) => wanted.as_deref(),
            Probe::Operator(_) | Probe::Bare => None,
        }
    }

    /// The answer for a segment that is compared whole; none is a bare `*`.
    fn holds(&self, text: Option<&str>) -> bool {
        match (self, text) {
            (Probe::Bare, text) => text.is_none(),
            (Probe::Segment(None), Some(_)) => true,
            (Probe::Segment(Some(wanted)), Some(text)) => &**wanted == text,
            (Probe::Segment(_), None) | (Probe::Operator(_), _) => false,
        }
    }

    /// Whether it is the same as another one, not merely equal.
    fn is(&self, other: &Probe) -> bool {
        match (self, other) {
            (Probe::Operator(one), Probe::Operator(other)) => Rc::ptr_eq(one, other),
            (Probe::Segment(one), Probe::Segment(other)) => one == other,
            (Probe::Bare, Probe::Bare) => true,
            _ => false,
        }
    }
}

/// Values that all probes answer alike.
#[derive(Debug, Clone)]
pub(super) enum Values {
    Addresses(Vec<Piece>),
    /// Ascending.
    Instants(Vec<Moment>),
    Scalar(Scalar),
    /// None is a bare `*`.
    Segment(Option<String>),
}

/// A dimension cut into classes.
#[derive(Debug)]
pub(super) struct Dimension {
    pub(super) axis: Axis,
    pub(super) classes: Vec<Values>,
    /// Why the classes may be too few.
    pub(super) doubt: Option<Doubt>,
    /// For each probe the classes where it holds.
    pub(super) sets: Vec<Sets>,
    /// What it was cut by.
    probes: Vec<Probe>,
}

impl Dimension {
    /// Cuts a dimension by its probes. `service` is the action's.
    pub(super) fn new(
        axis: Axis,
        probes: Vec<Probe>,
        service: &str,
        budget: &mut Budget,
    ) -> Result<Dimension, Spent> {
        let dimension = Dimension::cut(axis, &probes, service, budget)?;
        Ok(Dimension { probes, ..dimension })
    }

    /// Whether these probes cut its axis as it is cut here.
    pub(super) fn is_cut_by(&self, probes: &[Probe]) -> bool {
        self.probes.len() == probes.len() && self.probes.iter().zip(probes).all(|(one, other)| one.is(other))
    }

    fn cut(axis: Axis, probes: &[Probe], service: &str, budget: &mut Budget) -> Result<Dimension, Spent> {
        let tests: Vec<&Elementary> = probes.iter().filter_map(Probe::operator).collect();
        let names = probes.iter().filter_map(Probe::segment);
        match &axis {
            Axis::Address => {
                let (pieces, doubt) = addresses::pieces(&tests);
                cut(axis, pieces, doubt, &tests, |t, piece| addresses::holds(t, piece), many_pieces, budget)
            }
            Axis::Time => {
                let (times, doubt) = instants::instants(&tests);
                let show = |times: Vec<&Moment>| Some(Values::Instants(times.into_iter().copied().collect()));
                cut(axis, times, doubt, &tests, |t, moment| instants::holds(t, moment.at), show, budget)
            }
            Axis::Key(key) => {
                let (values, doubt) = keyed::candidates(key, &tests, budget)?;
                let show = |values: Vec<&Scalar>| values.first().map(|v| Values::Scalar((*v).clone()));
                cut(axis, values, doubt, &tests, |t, value| t.holds(value), show, budget)
            }
            Axis::Rest => {
                let texts = segments::rests(&tests, budget)?;
                let holds = |t: &&Elementary, text: &Option<String>| match text {
                    Some(text) => t.holds(&Scalar::Text(text.clone())),
                    None => Truth::No,
                };
                cut(axis, texts, None, &tests, holds, one_segment, budget)
            }
            Axis::Service | Axis::Region | Axis::Account => {
                let texts = segments::names(&axis, names, service);
                let probes: Vec<&Probe> = probes.iter().collect();
                let holds =
                    |probe: &&Probe, text: &Option<String>| Truth::known(probe.holds(text.as_deref()));
                cut(axis, texts, None, &probes, holds, one_segment, budget)
            }
        }
    }
}

fn many_pieces(pieces: Vec<&Piece>) -> Option<Values> {
    Some(Values::Addresses(pieces.into_iter().copied().collect()))
}

fn one_segment(texts: Vec<&Option<String>>) -> Option<Values> {
    texts.first().map(|text| Values::Segment((*text).clone()))
}

/// Asks every probe about every candidate and sorts the candidates into classes.
fn cut<T, C>(
    axis: Axis,
    candidates: Vec<C>,
    doubt: Option<Doubt>,
    tests: &[T],
    holds: impl Fn(&T, &C) -> Truth,
    show: impl Fn(Vec<&C>) -> Option<Values>,
    budget: &mut Budget,
) -> Result<Dimension, Spent> {
    budget.spend((candidates.len() * (tests.len() + 1)) as u64)?;
    let ask = |test: &T| candidates.iter().map(|candidate| holds(test, candidate)).collect();
    let answers: Vec<Vec<Truth>> = tests.iter().map(ask).collect();
    let grouped = group(candidates.len(), &answers);
    let classes = grouped
        .classes
        .iter()
        .filter_map(|members| show(members.iter().filter_map(|member| candidates.get(*member)).collect()));
    Ok(Dimension { axis, classes: classes.collect(), doubt, sets: grouped.sets, probes: Vec::new() })
}
