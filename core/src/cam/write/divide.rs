//! Which lists of a statement may be divided among several, and how a statement is divided that has no room in a
//! document.
//!
//! A statement matches when one of its actions, one of its resources and, for each condition, one of its values do. So
//! two statements with a part of one such list each match exactly when the whole did, for `allow` and for `deny`. That
//! fails where all values count: negative operators and `for_all_value:`. It also fails, for a request at fault, where a
//! part that does not match could be open (semantics §2.9) while something else of the statement is: then another key
//! could be named as the fault. Such lists are left whole.

use super::body::{Body, List};
use crate::model::open::{Open, resource_is_ever_open};
use crate::model::read::{Operator, OperatorForm};
use crate::model::{Comparison, Qualifier, Statement};

/// What of a statement a request can leave open.
pub(super) struct Openness {
    /// Of each condition.
    conditions: Vec<Open>,
    /// Whether a resource has a variable.
    resources: bool,
}

impl Openness {
    pub(super) fn of(statement: &Statement) -> Openness {
        Openness {
            conditions: statement.conditions.iter().map(Open::of).collect(),
            resources: statement.resources.iter().any(resource_is_ever_open),
        }
    }

    /// Whether the resources may be divided.
    pub(super) fn resources_divisible(&self) -> bool {
        !self.resources || !self.conditions.iter().any(|open| open.variable)
    }

    /// Whether the values of a condition, written with this operator, may be divided.
    pub(super) fn divisible(&self, condition: usize, form: OperatorForm) -> bool {
        if !any_value_suffices(form) {
            return false;
        }
        let Some(own) = self.conditions.get(condition) else { return false };
        let mut others = self.conditions.iter().enumerate().filter(|(n, _)| *n != condition).map(|(_, o)| o);
        match own {
            Open { value: true, .. } => !self.resources && !others.any(|open| open.ever()),
            Open { variable: true, .. } => !self.resources && !others.any(|open| open.variable),
            _ => true,
        }
    }
}

fn any_value_suffices(form: OperatorForm) -> bool {
    let positive = match form.operator {
        Operator::Text { negated, .. } | Operator::Like { negated } | Operator::Ip { negated } => !negated,
        Operator::Number(comparison) | Operator::Date(comparison) => comparison != Comparison::NotEqual,
        Operator::Binary | Operator::Bool | Operator::Null => true,
    };
    positive && form.qualifier != Some(Qualifier::All)
}

/// Divides a statement into ones of at most `room` characters that together say the same, or says which has no room and
/// cannot be divided. Beyond `most` the rest is left as it is, so that what is handed back is more than `most`.
pub(super) fn divide(whole: Body, room: usize, most: usize) -> Result<Vec<Body>, Box<Body>> {
    let (mut waiting, mut done) = (vec![whole], Vec::new());
    while let Some(mut body) = waiting.pop() {
        let count = body.count();
        if count <= room || done.len() > most {
            done.push(body);
            continue;
        }
        let Some((place, parts)) = parts(&body, count, room) else { return Err(Box::new(body)) };
        // Without the long list, what is copied for each part is short.
        body.replace(place, List::default());
        for list in parts.into_iter().rev() {
            let mut part = body.clone();
            part.replace(place, list);
            waiting.push(part);
        }
    }
    Ok(done)
}

/// The list to divide and its parts: the longest that makes room alone, else the longest in halves.
fn parts(body: &Body, count: usize, room: usize) -> Option<(usize, Vec<List>)> {
    let lists = || body.lists().enumerate().filter(|(_, list)| list.divisible && list.len() > 1);
    let enough =
        |list: &List| (room + list.count()).checked_sub(count).filter(|left| *left >= list.longest());
    let alone = lists().filter_map(|(place, list)| Some((place, list, enough(list)?)));
    if let Some((place, list, left)) = alone.max_by_key(|(_, list, _)| list.count()) {
        return Some((place, list.parts(left)));
    }
    let (place, list) = lists().max_by_key(|(_, list)| list.count())?;
    Some((place, list.halves()))
}
