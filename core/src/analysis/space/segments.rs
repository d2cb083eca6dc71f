//! Values of the segments of a resource (semantics §4): each that a pattern names, and one that none does.

use super::axis::Axis;
use super::budget::{Budget, Spent};
use super::texts::{Letters, Patterns, kinds};
use super::value::{Elementary, Test};
use crate::glob::Glob;
use std::collections::BTreeSet;

/// Texts of a segment that is compared whole; none is a bare `*`. `service` is the action's.
pub(super) fn names<'n>(
    axis: &Axis,
    mentioned: impl Iterator<Item = &'n str>,
    service: &str,
) -> Vec<Option<String>> {
    let mentioned: BTreeSet<&str> = mentioned.collect();
    let own = match axis {
        Axis::Service => vec![None, Some(service.to_owned())],
        _ => vec![Some(String::new())],
    };
    let fresh = (0u32..).map(|n| match axis {
        Axis::Account => format!("uin/9{:011}", 17 + n),
        Axis::Region => format!("region-{n}"),
        _ => format!("service{n}"),
    });
    let fresh = fresh.into_iter().find(|name| !mentioned.contains(name.as_str()));
    let named = mentioned.iter().map(|name| Some((*name).to_owned()));
    own.into_iter().chain(named).chain(std::iter::once(fresh)).collect()
}

/// Texts that stand to all patterns of a last segment in every way; none of them is empty.
pub(super) fn rests(tests: &[&Elementary], budget: &mut Budget) -> Result<Vec<Option<String>>, Spent> {
    let globs: BTreeSet<&Glob> = tests.iter().flat_map(|test| globs(test)).collect();
    let mut exact: BTreeSet<&str> = globs.iter().filter_map(|g| g.exact()).collect();
    exact.extend(tests.iter().flat_map(|test| whole(test)));
    exact.remove("");
    let starred: Vec<&Glob> = globs.iter().copied().filter(|g| g.exact().is_none() && !g.is_any()).collect();
    if starred.is_empty() {
        let mut fresh = "x".to_owned();
        while exact.contains(fresh.as_str()) {
            fresh.push('x');
        }
        let fresh = std::iter::once(Some(fresh));
        return Ok(exact.iter().map(|text| Some((*text).to_owned())).chain(fresh).collect());
    }
    let patterns = Patterns { globs: starred, folded: BTreeSet::new(), exact };
    Ok(kinds(&patterns, Letters::All, false, budget)?.into_iter().map(Some).collect())
}

fn globs(test: &Elementary) -> &[Glob] {
    match &test.test {
        Test::Like { globs, .. } => globs,
        _ => &[],
    }
}

/// Texts that the segment is compared with as a whole.
fn whole(test: &Elementary) -> impl Iterator<Item = &str> {
    let texts = match &test.test {
        Test::Text { texts, .. } => Some(texts),
        _ => None,
    };
    texts.into_iter().flatten().map(String::as_str)
}
