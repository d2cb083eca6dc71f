//! The order of decision (§2.2, §2.8) with open conditions (§2.9), over statements that were asked already.

use super::truth::{Cause, Truth};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Effect;
use std::collections::BTreeSet;

/// What a set of statements says, with those that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict<S> {
    /// "Any matching `deny`"
    Denied(Vec<S>),
    /// "Otherwise any matching `allow`"
    Allowed(Vec<S>),
    /// "Otherwise **deny / implicit**"
    Silent,
}

/// The statements on one resource: what matches for certain, and why others are open.
#[derive(Debug, Clone)]
pub(super) struct Tally<S> {
    denies: Vec<S>,
    open_denies: BTreeSet<Cause>,
    allows: Vec<S>,
    open_allows: BTreeSet<Cause>,
}

impl<S> Tally<S> {
    /// Sorts statements by effect and by whether they match.
    pub(super) fn of(asked: impl IntoIterator<Item = (S, Effect, Truth)>) -> Tally<S> {
        let (denies, allows, open_denies, open_allows) = (vec![], vec![], BTreeSet::new(), BTreeSet::new());
        let mut tally = Tally { denies, open_denies, allows, open_allows };
        for (statement, effect, matches) in asked {
            match (effect, matches) {
                (_, Truth::No) => {}
                (Effect::Deny, Truth::Yes) => tally.denies.push(statement),
                (Effect::Deny, Truth::Open(causes)) => tally.open_denies.extend(causes),
                (Effect::Allow, Truth::Yes) => tally.allows.push(statement),
                (Effect::Allow, Truth::Open(causes)) => tally.open_allows.extend(causes),
            }
        }
        tally
    }
}

/// The attached policies: "a definite deny, then an open deny (error), then a definite allow, then an open allow
/// (error), then implicit deny". Of an open deny one way of closing is an explicit deny and another is none.
pub(super) fn attached<S: Copy>(resources: &[Tally<S>]) -> Result<Verdict<S>> {
    if let Some(verdict) = denied(resources) {
        return Ok(verdict);
    }
    no_open_deny(resources)?;
    if never_allowed(resources) {
        return Ok(Verdict::Silent);
    }
    allowed(resources)
}

/// The boundary "is decided likewise, on its own" (§2.8). Its deny and its silence are one answer, reason `boundary`:
/// where no way of closing allows every resource, an open deny changes nothing.
pub(super) fn boundary<S: Copy>(resources: &[Tally<S>]) -> Result<Verdict<S>> {
    if let Some(verdict) = denied(resources) {
        return Ok(verdict);
    }
    if never_allowed(resources) {
        return Ok(Verdict::Silent);
    }
    no_open_deny(resources)?;
    allowed(resources)
}

/// "Several resources in one call: explicit deny if any is denied".
fn denied<S: Copy>(resources: &[Tally<S>]) -> Option<Verdict<S>> {
    let denies: Vec<S> = resources.iter().flat_map(|tally| tally.denies.iter().copied()).collect();
    if denies.is_empty() { None } else { Some(Verdict::Denied(denies)) }
}

/// "a deny's before an allow's".
fn no_open_deny<S>(resources: &[Tally<S>]) -> Result<()> {
    match resources.iter().flat_map(|tally| &tally.open_denies).min() {
        Some(cause) => Err(error(cause)),
        None => Ok(()),
    }
}

/// Whether some resource is allowed by nothing, neither for certain nor perhaps.
fn never_allowed<S>(resources: &[Tally<S>]) -> bool {
    resources.iter().any(|tally| tally.allows.is_empty() && tally.open_allows.is_empty())
}

/// "otherwise allow if every one is allowed, each by whichever statement". A resource that only open statements
/// allow leaves the answer open.
fn allowed<S: Copy>(resources: &[Tally<S>]) -> Result<Verdict<S>> {
    let undecided = resources.iter().filter(|tally| tally.allows.is_empty());
    match undecided.flat_map(|tally| &tally.open_allows).min() {
        Some(cause) => Err(error(cause)),
        None => Ok(Verdict::Allowed(resources.iter().flat_map(|t| t.allows.iter().copied()).collect())),
    }
}

/// "a caller's error (`bad-context`, `unresolved-variable`) that names the key".
fn error(cause: &Cause) -> Error {
    match cause {
        Cause::Unreadable(key) => {
            let message = format!("an operator cannot read the value of `{key}`");
            Error::new(ErrorCode::BadContext, message).with_key(key)
        }
        Cause::Unresolved(key) => {
            let message = format!("a variable that `{key}` needs has no value");
            Error::new(ErrorCode::UnresolvedVariable, message).with_key(key)
        }
    }
}

#[cfg(test)]
mod tests {
    //! Every way of closing, tried: "If every way of closing the open conditions gives the same answer (allowed and
    //! reason), that is the answer; otherwise the request is a caller's error".

    use super::*;

    type Asked = (usize, Effect, Truth);

    /// One statement on one resource, and all its kinds.
    fn kinds() -> Vec<(Effect, Truth)> {
        let open = |key: &str| Truth::open(Cause::Unreadable(key.to_owned()));
        let mut all = vec![(Effect::Allow, Truth::No)];
        for effect in [Effect::Allow, Effect::Deny] {
            all.extend([(effect, Truth::Yes), (effect, open("a")), (effect, open("b"))]);
            all.push((effect, Truth::open(Cause::Unresolved("a".into()))));
        }
        all
    }

    /// Deny, allow or silence (§2.2, §2.8) where no condition is open.
    fn closed(resources: &[Vec<(Effect, bool)>]) -> &'static str {
        let matching = |of: &[(Effect, bool)], effect| of.iter().any(|(e, yes)| *yes && *e == effect);
        if resources.iter().any(|r| matching(r, Effect::Deny)) {
            return "deny";
        }
        if resources.iter().all(|r| matching(r, Effect::Allow)) { "allow" } else { "silent" }
    }

    /// All answers that closing every open statement either way can give.
    fn answers(resources: &[Vec<Asked>]) -> BTreeSet<&'static str> {
        let open = resources.iter().flatten().filter(|s| matches!(s.2, Truth::Open(_))).count();
        let ways = (0u32..1 << open).map(|way| {
            let mut bit = 0;
            let mut close = |(_, effect, truth): &Asked| {
                let open = matches!(truth, Truth::Open(_));
                let closes = open && way >> bit & 1 == 1;
                bit += u32::from(open);
                (*effect, closes || *truth == Truth::Yes)
            };
            let close_all = |r: &Vec<Asked>| r.iter().map(&mut close).collect::<Vec<_>>();
            resources.iter().map(close_all).collect::<Vec<_>>()
        });
        ways.map(|way| closed(&way)).collect()
    }

    fn word(verdict: &Result<Verdict<usize>>) -> &'static str {
        match verdict {
            Ok(Verdict::Denied(_)) => "deny",
            Ok(Verdict::Allowed(_)) => "allow",
            Ok(Verdict::Silent) => "silent",
            Err(_) => "error",
        }
    }

    fn check(resources: &[Vec<Asked>]) {
        let tallies: Vec<Tally<usize>> = resources.iter().map(|r| Tally::of(r.clone())).collect();
        let answers = answers(resources);
        let expected = if answers.len() == 1 { *answers.first().unwrap() } else { "error" };
        assert_eq!(word(&attached(&tallies)), expected, "{resources:?}");
        // A boundary's deny and its silence are one answer.
        let bounded: BTreeSet<bool> = answers.iter().map(|answer| *answer == "allow").collect();
        let found = word(&boundary(&tallies));
        assert_eq!(found == "error", bounded.len() > 1, "{resources:?}");
        assert!(found == "error" || bounded.contains(&(found == "allow")), "{resources:?}");
    }

    #[test]
    fn an_answer_is_that_of_every_way_of_closing() {
        let kinds = kinds();
        let each = |n: usize, kind: &(Effect, Truth)| (n, kind.0, kind.1.clone());
        for a in &kinds {
            for b in &kinds {
                check(&[vec![each(0, a), each(1, b)]]);
                for c in &kinds {
                    check(&[vec![each(0, a), each(1, b), each(2, c)]]);
                    check(&[vec![each(0, a), each(1, b)], vec![each(0, c)]]);
                    check(&[vec![each(0, a)], vec![each(0, b)], vec![each(0, c)]]);
                }
            }
        }
    }

    #[test]
    fn the_error_names_the_first_key_of_the_right_effect() {
        let open = |key: &str| Truth::open(Cause::Unreadable(key.to_owned()));
        let variable = || Truth::open(Cause::Unresolved("a".into()));
        let key = |statements: &[(Effect, Truth)]| {
            let asked = statements.iter().map(|(e, t)| ((), *e, t.clone()));
            attached(&[Tally::of(asked)]).unwrap_err().key().unwrap_or_default().to_owned()
        };
        let (allow, deny) = (Effect::Allow, Effect::Deny);
        assert_eq!(key(&[(allow, open("a")), (deny, open("z"))]), "z");
        assert_eq!(key(&[(deny, variable()), (deny, open("z"))]), "z");
        assert_eq!(key(&[(allow, open("c")), (allow, open("b")), (allow, variable())]), "b");
    }
}
