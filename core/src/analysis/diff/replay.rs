//! A log of requests replayed against two policy sets: which recorded requests are decided otherwise, by how many calls
//! each, and which changes no recorded request meets. One line after the other, in bounded memory.

use super::{ChangedAction, Diff, Right};
use crate::check::{Gate, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::json::{Kind, Member, parse};
use passgate_grammar::limits::LOG_FLIPS;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a log showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Lines that were read.
    pub lines: u64,
    /// Lines of other callers than the one whose rights were compared; nothing else is counted of them.
    pub others: u64,
    /// Calls that the lines stand for: each is one, or its `count`.
    pub calls: u64,
    /// Lines that are no request.
    pub broken: u64,
    /// Calls that are an error of the caller in both sets.
    pub undecided: u64,
    /// Calls that only the new set allows.
    pub gained: u64,
    /// Calls that only the old set allowed.
    pub lost: u64,
    /// Who they are, by caller and action; most calls first.
    pub flips: Vec<Flip>,
    /// Lines of callers and actions beyond [`LOG_FLIPS`], which are counted but not named.
    pub unnamed: u64,
    /// Changes that no line met.
    pub untouched: Vec<Untouched>,
}

/// Recorded calls of a caller for an action that are decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// As the log names it.
    pub principal: String,
    /// As the log names it.
    pub action: String,
    /// Whether the new set allows them; else the old one did.
    pub gained: bool,
    /// Calls.
    pub calls: u64,
    /// The first line, from 1.
    pub line: u64,
}

/// A change that no line met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untouched {
    /// Whose: the place in [`Diff::changes`].
    pub change: usize,
    /// Whether it is a gain.
    pub gained: bool,
    /// The actions that no line met.
    pub actions: Vec<Arc<ChangedAction>>,
}

/// One action of one change.
type Place = (usize, bool, usize, usize);

/// Replays a log.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::diff::{Replay, diff};
/// let set = |actions: &str| {
///     Gate::compile(format!("use intlpartnersmgt policy p {{ allow {actions} }} user 1 {{ attach p }}").as_str())
/// };
/// let (old, new) = (set("PayOrders")?, set("ForceQN, QueryUser")?);
/// let found = diff(&old, &new, None)?;
/// let mut replay = Replay::new(&old, &new, &found);
/// replay.line(r#"{"principal":"user:1","action":"PayOrders","count":40}"#)?;
/// replay.line(r#"{"principal":"user:1","action":"QueryUser"}"#)?;
/// assert!(replay.line("{").is_err());
/// let shown = replay.finish();
/// assert_eq!((shown.lost, shown.gained, shown.broken), (40, 1, 1));
/// assert_eq!(shown.untouched[0].actions[0].action, "intlpartnersmgt:ForceQN");
/// # Ok::<(), passgate::Error>(())
/// ```
#[derive(Debug)]
pub struct Replay<'d> {
    old: &'d Gate,
    new: &'d Gate,
    diff: &'d Diff,
    /// The one whose rights were compared; none: everyone.
    only: Option<String>,
    /// In which change a caller is; a caller is in at most one for each side that knows it.
    changes: HashMap<&'d str, Vec<usize>>,
    touched: BTreeSet<Place>,
    flips: HashMap<(String, String, bool), (u64, u64)>,
    shown: Replayed,
}

impl<'d> Replay<'d> {
    /// Begins with what [`super::diff`] found of these sets.
    pub fn new(old: &'d Gate, new: &'d Gate, diff: &'d Diff) -> Replay<'d> {
        let mut changes: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, change) in diff.changes.iter().enumerate() {
            for principal in &change.principals {
                changes.entry(principal).or_default().push(place);
            }
        }
        let only = diff.principal.as_deref().map(named);
        let (touched, flips, shown) = Default::default();
        Replay { old, new, diff, only, changes, touched, flips, shown }
    }

    /// Reads the next line: a request as `check --requests` takes it, with the number of its calls as `count` where it
    /// stands for several.
    ///
    /// # Errors
    /// `bad-request` for a line that is none, which is counted; so is a `count` that is no whole number above zero.
    pub fn line(&mut self, line: &str) -> Result<()> {
        self.shown.lines += 1;
        let (request, count) = read(line).inspect_err(|_| self.shown.broken += 1)?;
        if !self.counts(&request) {
            self.shown.others += 1;
            return Ok(());
        }
        self.shown.calls = self.shown.calls.saturating_add(count);
        let [old, new] =
            [self.old, self.new].map(|gate| gate.check(&request).map(|decision| decision.allowed));
        let allowed = |decided: &Result<bool>| matches!(decided, Ok(true));
        match (allowed(&old), allowed(&new)) {
            (false, true) => self.flip(request, count, true),
            (true, false) => self.flip(request, count, false),
            _ if old.is_err() && new.is_err() => {
                self.shown.undecided = self.shown.undecided.saturating_add(count);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a request is of the one whose rights were compared: asked by it, or by somebody who brings it and nothing
    /// else.
    fn counts(&self, request: &Request) -> bool {
        let Some(only) = &self.only else { return true };
        named(&request.principal) == *only || caller(request).is_some_and(|caller| caller == *only)
    }

    /// Counts a line that is no text at all.
    pub fn broken_line(&mut self) {
        self.shown.lines += 1;
        self.shown.broken += 1;
    }

    /// Which line was read last, from 1.
    pub fn lines(&self) -> u64 {
        self.shown.lines
    }

    fn flip(&mut self, request: Request, count: u64, gained: bool) {
        let total = if gained { &mut self.shown.gained } else { &mut self.shown.lost };
        *total = total.saturating_add(count);
        self.touch(&request, gained);
        let key = (request.principal, request.action, gained);
        let room = self.flips.len() < LOG_FLIPS;
        match self.flips.get_mut(&key) {
            Some((calls, _)) => *calls = calls.saturating_add(count),
            None if room => {
                self.flips.insert(key, (count, self.shown.lines));
            }
            None => self.shown.unnamed += 1,
        }
    }

    /// Notes the change that a call shows.
    fn touch(&mut self, request: &Request, gained: bool) {
        let action = self.full(&request.action);
        let places = caller(request).and_then(|caller| self.changes.get(caller.as_str()).cloned());
        // Whom no change names is whoever asks.
        let places = places.or_else(|| self.changes.get("anyone").cloned()).unwrap_or_default();
        for place in places {
            let Some(change) = self.diff.changes.get(place) else { continue };
            let rights: &[Right] = if gained { &change.gains } else { &change.losses };
            for (number, right) in rights.iter().enumerate() {
                let found = right.actions.binary_search_by(|named| named.action.as_str().cmp(&action));
                if let Ok(at) = found {
                    self.touched.insert((place, gained, number, at));
                }
            }
        }
    }

    /// The full name of an action.
    fn full(&self, action: &str) -> String {
        let plain = action.strip_prefix("name/").unwrap_or(action);
        if plain.contains(':') {
            return plain.to_owned();
        }
        let known = [self.new, self.old].into_iter().find_map(|gate| gate.full_name(plain));
        known.unwrap_or_else(|| plain.to_owned())
    }

    /// What the log showed.
    pub fn finish(self) -> Replayed {
        let mut shown = self.shown;
        let flips = self.flips.into_iter().map(|((principal, action, gained), (calls, line))| Flip {
            principal,
            action,
            gained,
            calls,
            line,
        });
        shown.flips = flips.collect();
        shown.flips.sort_by(|one, other| (other.calls, one.line).cmp(&(one.calls, other.line)));
        for (place, change) in self.diff.changes.iter().enumerate() {
            for (gained, rights) in [(true, &change.gains), (false, &change.losses)] {
                let each = rights.iter().enumerate().flat_map(|(number, right)| {
                    right
                        .actions
                        .iter()
                        .enumerate()
                        .map(move |(at, action)| ((place, gained, number, at), action))
                });
                let left = each.filter(|(place, _)| !self.touched.contains(place));
                let actions: Vec<Arc<ChangedAction>> = left.map(|(_, named)| Arc::clone(named)).collect();
                if !actions.is_empty() {
                    shown.untouched.push(Untouched { change: place, gained, actions });
                }
            }
        }
        shown
    }
}

/// The caller of a request as a change names it; none for one that brings more than one thing.
fn caller(request: &Request) -> Option<String> {
    match (&*request.groups, &*request.roles, &*request.policies) {
        ([], [], []) => Some(named(&request.principal)),
        ([group], [], []) => Some(format!("group:{group}")),
        ([], [role], []) => Some(format!("brings role:{role}")),
        ([], [], [policy]) => Some(format!("policy:{policy}")),
        _ => None,
    }
}

/// A principal by its full name.
fn named(principal: &str) -> String {
    let prefixed = ["user:", "role:", "group:", "policy:"].iter().any(|kind| principal.starts_with(kind));
    if prefixed || principal == "root" { principal.to_owned() } else { format!("user:{principal}") }
}

/// A request and how many calls it stands for.
fn read(line: &str) -> Result<(Request, u64)> {
    if !line.contains("\"count\"") {
        return Ok((Request::from_json(line)?, 1));
    }
    // What is wrong with a text that is no JSON is said where requests are read.
    let Ok(mut value) = parse(line) else { return Ok((Request::from_json(line)?, 1)) };
    let mut counts = Vec::new();
    if let Kind::Object(members) = &mut value.kind {
        let (own, rest): (Vec<Member<'_>>, Vec<Member<'_>>) =
            std::mem::take(members).into_iter().partition(|member| member.key == "count");
        (counts, *members) = (own, rest);
    }
    let request = Request::from_value(&value)?;
    let bad = |what: &str| Error::new(ErrorCode::BadRequest, format!("`count` {what}")).with_key("count");
    match counts.as_slice() {
        [] => Ok((request, 1)),
        [member] => match &member.value.kind {
            Kind::Number(text) => match text.parse() {
                Ok(count) if count > 0 => Ok((request, count)),
                _ => Err(bad("is no whole number above zero")),
            },
            _ => Err(bad("is no whole number above zero")),
        },
        _ => Err(bad("stands twice in the request")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::diff::diff;

    fn set(text: &str) -> Gate {
        Gate::compile(format!("use intlpartnersmgt {text}").as_str()).unwrap()
    }

    #[test]
    fn lines_are_requests_with_a_count() {
        let check = |line: &str, expected: Option<u64>| {
            assert_eq!(read(line).ok().map(|(_, n)| n), expected, "{line}")
        };
        check(r#"{"principal":"p","action":"A"}"#, Some(1));
        check(r#"{"count":7,"principal":"p","action":"A"}"#, Some(7));
        check(r#"{"principal":"p","action":"A","context":{"count":"x"}}"#, Some(1));
        for line in [
            r#"{"principal":"p","action":"A","count":0}"#,
            r#"{"principal":"p","action":"A","count":-1}"#,
            r#"{"principal":"p","action":"A","count":1.5}"#,
            r#"{"principal":"p","action":"A","count":"1"}"#,
            r#"{"principal":"p","action":"A","count":1,"count":1}"#,
            r#"{"principal":"p","count":1}"#,
            r#"{"principal":"p","action":"A","count":1"#,
            r#"["count"]"#,
        ] {
            check(line, None);
        }
    }

    #[test]
    fn flips_are_weighed_and_changes_touched() {
        let old = set(
            "policy p { allow PayOrders, QueryUser } policy q { allow list } user 1 { attach p } group g { attach q }",
        );
        let new =
            set("policy p { allow PayOrders from 10.0.0.0/8 allow ForceQN } user 1 { attach p } group g {}");
        let found = diff(&old, &new, None).unwrap();
        let mut replay = Replay::new(&old, &new, &found);
        for line in [
            r#"{"principal":"1","action":"PayOrders","count":3}"#,
            r#"{"principal":"user:1","action":"intlpartnersmgt:PayOrders","ip":"11.0.0.1"}"#,
            r#"{"principal":"user:1","action":"name/intlpartnersmgt:PayOrders","ip":"10.0.0.1"}"#,
            r#"{"principal":"user:9","action":"DescribeBillReceiptList","groups":["g"],"count":10}"#,
            r#"{"principal":"user:1","action":"Nothing"}"#,
            r#"{"principal":"user:9","action":"PayOrders"}"#,
        ] {
            let _ = replay.line(line);
        }
        let shown = replay.finish();
        let counts = (shown.lines, shown.calls, shown.undecided, shown.broken, shown.gained);
        assert_eq!(counts, (6, 17, 1, 0, 0), "{shown:#?}");
        let user = found.changes.iter().position(|c| c.principals == ["user:1"]).unwrap();
        let left = |gained: bool| -> Vec<&str> {
            let own = shown.untouched.iter().filter(|u| u.change == user && u.gained == gained);
            own.flat_map(|u| u.actions.iter().map(|a| a.action.trim_start_matches("intlpartnersmgt:")))
                .collect()
        };
        assert_eq!((left(true), left(false)), (vec!["ForceQN"], vec!["QueryUser"]));
    }

    #[test]
    fn of_one_principal_only_its_own_lines_count() {
        let old =
            set("policy p { allow PayOrders } user 1 { attach p } user 2 { attach p } group g { attach p }");
        let new =
            set("policy p { allow QueryUser } user 1 { attach p } user 2 { attach p } group g { attach p }");
        let lines = [
            r#"{"principal":"1","action":"PayOrders","count":3}"#,
            r#"{"principal":"user:1","action":"QueryUser"}"#,
            r#"{"principal":"user:1","action":"PayOrders","groups":["g"]}"#,
            r#"{"principal":"2","action":"PayOrders","count":40}"#,
            r#"{"principal":"user:9","action":"PayOrders","groups":["g"],"count":500}"#,
            r#"{"principal":"2","action":"Nothing"}"#,
            "{",
        ];
        let shown = |principal: Option<&str>| {
            let found = diff(&old, &new, principal).unwrap();
            let mut replay = Replay::new(&old, &new, &found);
            lines.iter().for_each(|line| drop(replay.line(line)));
            let shown = replay.finish();
            let whose: BTreeSet<String> = shown.flips.iter().map(|flip| named(&flip.principal)).collect();
            let counts = (shown.lines, shown.others, shown.calls, shown.broken, shown.undecided);
            (counts, (shown.gained, shown.lost), whose.into_iter().collect::<Vec<_>>().join(" "))
        };
        assert_eq!(shown(Some("1")), ((7, 3, 5, 1, 0), (1, 4), "user:1".to_owned()));
        assert_eq!(shown(Some("user:2")), ((7, 4, 41, 1, 1), (0, 40), "user:2".to_owned()));
        assert_eq!(shown(Some("group:g")), ((7, 4, 501, 1, 0), (0, 501), "user:1 user:9".to_owned()));
        assert_eq!(shown(Some("root")), ((7, 6, 0, 1, 0), (0, 0), String::new()));
        assert_eq!(shown(None), ((7, 0, 546, 1, 1), (1, 544), "user:1 user:2 user:9".to_owned()));
    }

    #[test]
    fn many_callers_are_counted_and_not_all_named() {
        let (old, new) = (set(""), set("policy p { allow PayOrders } group g { attach p }"));
        let found = diff(&old, &new, None).unwrap();
        let mut replay = Replay::new(&old, &new, &found);
        for number in 0..=LOG_FLIPS {
            let line = format!(r#"{{"principal":"user:{number}","action":"PayOrders","groups":["g"]}}"#);
            replay.line(&line).unwrap();
            let unnamed = u64::from(number == LOG_FLIPS);
            assert_eq!((replay.shown.unnamed, replay.flips.len()), (unnamed, LOG_FLIPS.min(number + 1)));
        }
    }
}
