//! `time-window`: a statement whose time is over, or has not come yet, at the time that the run was given. Nothing
//! here reads a clock: without a time given nothing is told.
//!
//! Told exactly where no instant from that time on satisfies the statement's conditions on `qcs:current_time`, or none
//! up to it does, while some other instant does. Texts and patterns of the time are left aside.

use crate::model::read::CURRENT_TIME;
use crate::model::{Comparison, Condition, Instant, Statement, Test};
use passgate_grammar::{Diagnostic, Span, code};

/// Instants from `first` to `last`.
#[derive(Debug, Clone, Copy)]
struct Window {
    first: Instant,
    last: Instant,
}

/// Years 0001 to 9999 (semantics §5).
const ALWAYS: Window = Window {
    first: Instant { seconds: -62_135_596_800, nanos: 0 },
    last: Instant { seconds: 253_402_300_799, nanos: 999_999_999 },
};

pub(super) fn check(statement: &Statement, at: Option<Instant>, out: &mut Vec<Diagnostic>) {
    let Some(at) = at else { return };
    let dates = || statement.conditions.iter().filter(|c| is_date(c));
    let Some(first) = dates().next() else { return };
    let windows = dates().fold(vec![ALWAYS], |windows, condition| common(&windows, &of(condition)));
    let (Some(begin), Some(end)) = (windows.first(), windows.last()) else { return };
    let told =
        |condition: &Condition, message: String| out_of_window(place(statement, condition.span), message);
    if end.last < at {
        let ends = dates().find(|c| of(c).last().is_some_and(|w| w.last == end.last)).unwrap_or(first);
        let after = next(end.last);
        out.push(told(ends, format!("at {at} this is over: no time from {after} on satisfies it")));
    } else if begin.first > at {
        let begins = dates().find(|c| of(c).first().is_some_and(|w| w.first == begin.first)).unwrap_or(first);
        out.push(told(begins, format!("at {at} this has not begun: it begins at {}", begin.first)));
    }
}

fn is_date(condition: &Condition) -> bool {
    condition.key.as_ref() == CURRENT_TIME && matches!(condition.test, Test::Date { .. })
}

fn out_of_window(span: Span, message: String) -> Diagnostic {
    Diagnostic::warning(code::TIME_WINDOW, span, message).help("remove the statement, or change its time")
}

fn place(statement: &Statement, span: Span) -> Span {
    let all = statement.span;
    let inside = span.source == all.source && all.start <= span.start && span.end <= all.end;
    if inside { span } else { statement.effect_span }
}

/// The instants that satisfy a condition, sorted and apart. Of several values an ordering needs one only.
fn of(condition: &Condition) -> Vec<Window> {
    let Test::Date { comparison, values } = &condition.test else { return vec![ALWAYS] };
    let (Some(least), Some(most)) = (values.iter().min(), values.iter().max()) else { return Vec::new() };
    let up_to = |last| Window { last, ..ALWAYS };
    let from = |first| Window { first, ..ALWAYS };
    match comparison {
        Comparison::Less => before(*most).map(up_to).into_iter().collect(),
        Comparison::LessEqual => vec![up_to(*most)],
        Comparison::Greater => after(*least).map(from).into_iter().collect(),
        Comparison::GreaterEqual => vec![from(*least)],
        Comparison::Equal => points(values).into_iter().map(|at| Window { first: at, last: at }).collect(),
        Comparison::NotEqual => between(&points(values)),
    }
}

fn points(values: &[Instant]) -> Vec<Instant> {
    let mut points = values.to_vec();
    points.sort_unstable();
    points.dedup();
    points
}

fn between(points: &[Instant]) -> Vec<Window> {
    let mut first = Some(ALWAYS.first);
    let mut gaps = Vec::with_capacity(points.len() + 1);
    for point in points {
        if let (Some(first), Some(last)) = (first, before(*point)) {
            gaps.extend((first <= last).then_some(Window { first, last }));
        }
        first = after(*point);
    }
    gaps.extend(first.map(|first| Window { first, ..ALWAYS }));
    gaps
}

/// What lies in both, by one walk over both.
fn common(a: &[Window], b: &[Window]) -> Vec<Window> {
    let (mut a, mut b, mut both) = (a.iter().peekable(), b.iter().peekable(), Vec::new());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        let window = Window { first: x.first.max(y.first), last: x.last.min(y.last) };
        both.extend((window.first <= window.last).then_some(window));
        let _ = if x.last < y.last { a.next() } else { b.next() };
    }
    both
}

fn before(at: Instant) -> Option<Instant> {
    let earlier = match at.nanos.checked_sub(1) {
        Some(nanos) => Instant { nanos, ..at },
        None => Instant { seconds: at.seconds - 1, nanos: 999_999_999 },
    };
    (at > ALWAYS.first).then_some(earlier)
}

fn after(at: Instant) -> Option<Instant> {
    (at < ALWAYS.last).then(|| next(at))
}

fn next(at: Instant) -> Instant {
    match at.nanos {
        999_999_999 => Instant { seconds: at.seconds + 1, nanos: 0 },
        nanos => Instant { nanos: nanos + 1, ..at },
    }
}
