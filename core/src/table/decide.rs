//! Deciding: the cell first, and only where it says *depends*, or where the deciding statements are wanted, the
//! statements that reach the action (semantics §2).

use super::actions::Target;
use super::brief::Candidate;
use super::facts::Facts;
use super::layer::Cell;
use super::policy::Rule;
use super::principals::Signature;
use super::resource::Resource;
use super::truth::{Cause, Truth};
use super::{Policies, Table};
use crate::check::Reason;

/// A request, read.
#[derive(Debug)]
pub(crate) struct Question<'q> {
    pub(crate) target: Target<'q>,
    pub(crate) facts: Facts<'q>,
    /// Resources that play a part: none at operation and service level, else at least one.
    pub(crate) resources: &'q [Resource<'q>],
    /// Whether the deciding statements are wanted.
    pub(crate) collect: bool,
}

/// Policies of a caller, and those that bound it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounded<'q> {
    pub(crate) policies: Policies<'q>,
    pub(crate) boundary: Option<Policies<'q>>,
}

impl<'q> Bounded<'q> {
    /// A declared signature.
    pub(crate) fn declared(signature: Signature) -> Self {
        let boundary = signature.boundary.map(Policies::Declared);
        Bounded { policies: Policies::Declared(signature.policies), boundary }
    }

    /// Policies that a request made up.
    pub(crate) fn brought(policies: &'q [u32], boundary: Option<u32>) -> Self {
        Bounded { policies: Policies::Brought(policies), boundary: boundary.map(Policies::Declared) }
    }
}

/// Which effects can still matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Denies,
    Allows,
    Both,
}

/// What a set of policies says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Denied,
    Allowed,
    Silent,
}

/// What statements say of one resource.
#[derive(Debug, Default)]
struct Tally<'a> {
    denied: bool,
    open_deny: Option<Cause<'a>>,
    allowed: bool,
    open_allow: Option<Cause<'a>>,
}

/// What statements say of all resources of a request together.
#[derive(Debug)]
struct Whole<'a> {
    denied: bool,
    open_deny: Option<Cause<'a>>,
    /// Some resource is allowed by nothing, neither for certain nor perhaps.
    never: bool,
    /// Why a resource that nothing allows for certain may yet be allowed.
    open_allow: Option<Cause<'a>>,
}

impl Table {
    /// Decides for a caller with policies. Numbers of the places of the deciding statements go to `places`,
    /// ascending, each once, where the question asks for them.
    ///
    /// # Errors
    /// The cause to name where the answer rests on a condition that is open.
    pub(crate) fn decide<'a>(
        &'a self,
        caller: Bounded<'_>,
        question: &Question<'_>,
        places: &mut Vec<u32>,
    ) -> Result<Reason, Cause<'a>> {
        let reason = match self.attached(caller.policies, question, places)? {
            Side::Denied => Reason::ExplicitDeny,
            Side::Silent => Reason::ImplicitDeny,
            Side::Allowed => match caller.boundary {
                Some(boundary) => self.bounded(boundary, question, places)?,
                None => Reason::Allow,
            },
        };
        places.sort_unstable();
        places.dedup();
        Ok(reason)
    }

    fn attached<'a>(
        &'a self,
        policies: Policies<'_>,
        question: &Question<'_>,
        places: &mut Vec<u32>,
    ) -> Result<Side, Cause<'a>> {
        match self.cell_of(policies, question) {
            Cell::None => Ok(Side::Silent),
            Cell::Deny => {
                self.collect(policies, question, Wanted::Denies, places);
                Ok(Side::Denied)
            }
            Cell::Allow => {
                self.collect(policies, question, Wanted::Allows, places);
                Ok(Side::Allowed)
            }
            Cell::Depends => {
                let whole = self.ask(policies, question, Wanted::Both, places);
                if whole.denied {
                    return Ok(Side::Denied);
                }
                // Closed one way an open deny is an explicit deny, closed the other way it is not.
                match (whole.open_deny, whole.never, whole.open_allow) {
                    (Some(cause), ..) => Err(cause),
                    (None, true, _) => {
                        places.clear();
                        Ok(Side::Silent)
                    }
                    (None, false, Some(cause)) => Err(cause),
                    (None, false, None) => Ok(Side::Allowed),
                }
            }
        }
    }

    /// The attached policies allow, and their allows are in `places`. A boundary's deny and its silence are one
    /// answer: where no way of closing allows every resource, an open deny changes nothing.
    fn bounded<'a>(
        &'a self,
        boundary: Policies<'_>,
        question: &Question<'_>,
        places: &mut Vec<u32>,
    ) -> Result<Reason, Cause<'a>> {
        let mut denies = Vec::new();
        let reason = match self.cell_of(boundary, question) {
            Cell::None => Reason::Boundary,
            Cell::Allow => Reason::Allow,
            Cell::Deny => {
                self.collect(boundary, question, Wanted::Denies, &mut denies);
                Reason::Boundary
            }
            Cell::Depends => {
                let whole = self.ask(boundary, question, Wanted::Both, &mut denies);
                if !whole.denied {
                    denies.clear();
                }
                match (whole.denied || whole.never, whole.open_deny, whole.open_allow) {
                    (true, ..) => Reason::Boundary,
                    (false, Some(cause), _) | (false, None, Some(cause)) => return Err(cause),
                    (false, None, None) => Reason::Allow,
                }
            }
        };
        if reason == Reason::Boundary {
            *places = denies;
        }
        Ok(reason)
    }

    fn cell_of(&self, policies: Policies<'_>, question: &Question<'_>) -> Cell {
        match question.target {
            Target::Known(id) => self.cell(policies, id, question.facts.address),
            Target::Opaque { .. } => Cell::Depends,
        }
    }

    fn collect(
        &self,
        policies: Policies<'_>,
        question: &Question<'_>,
        wanted: Wanted,
        places: &mut Vec<u32>,
    ) {
        if question.collect {
            self.ask(policies, question, wanted, places);
        }
    }

    /// Asks the statements about each resource. Into `places`, which is empty, go the denies where one matches, else
    /// the allows.
    fn ask<'a>(
        &'a self,
        policies: Policies<'_>,
        question: &Question<'_>,
        wanted: Wanted,
        places: &mut Vec<u32>,
    ) -> Whole<'a> {
        // The memory of `places` serves whichever will be handed back.
        let given = std::mem::take(places);
        let (mut denies, mut allows) =
            if wanted == Wanted::Denies { (given, Vec::new()) } else { (Vec::new(), given) };
        let mut whole = Whole { denied: false, open_deny: None, never: false, open_allow: None };
        let resources = question.resources.iter().map(Some);
        let none = question.resources.is_empty().then_some(None);
        for resource in resources.chain(none) {
            let tally = self.tally(policies, question, resource, wanted, (&mut denies, &mut allows));
            whole.denied |= tally.denied;
            whole.open_deny = first(whole.open_deny, tally.open_deny);
            if !tally.allowed {
                whole.never |= tally.open_allow.is_none();
                whole.open_allow = first(whole.open_allow, tally.open_allow);
            }
        }
        *places = if whole.denied { denies } else { allows };
        whole
    }

    fn tally<'a>(
        &'a self,
        policies: Policies<'_>,
        question: &Question<'_>,
        resource: Option<&Resource<'_>>,
        wanted: Wanted,
        (denies, allows): (&mut Vec<u32>, &mut Vec<u32>),
    ) -> Tally<'a> {
        let mut tally = Tally::default();
        self.each_candidate(policies, question, |candidate| {
            if candidate.deny && wanted == Wanted::Allows || !candidate.deny && wanted == Wanted::Denies {
                return;
            }
            let (deny, place) = (candidate.deny, candidate.place);
            match (deny, candidate.matches(&question.facts, resource)) {
                (_, Truth::No) => {}
                (true, Truth::Yes) => {
                    tally.denied = true;
                    denies.push(place);
                }
                (false, Truth::Yes) => {
                    tally.allowed = true;
                    allows.push(place);
                }
                (true, Truth::Open(cause)) => tally.open_deny = first(tally.open_deny, Some(cause)),
                (false, Truth::Open(cause)) => tally.open_allow = first(tally.open_allow, Some(cause)),
            }
        });
        tally
    }

    /// Every statement that reaches the action; of an opaque action, one may come twice.
    pub(super) fn each_candidate<'a>(
        &'a self,
        policies: Policies<'_>,
        question: &Question<'_>,
        mut each: impl FnMut(Candidate<'a>),
    ) {
        let rule = |policy: u32, rule: u32| self.policies.get(policy as usize)?.rule(rule);
        let address = question.facts.address;
        if let (Target::Known(id), Policies::Declared(set)) = (question.target, policies)
            && let Some(brief) = self.brief(set, id.service.0)
        {
            return brief.candidates(id.action, address, rule).for_each(each);
        }
        let unasked = |rule: &'a Rule| Candidate::unasked(rule);
        self.each_policy(policies, |policy| match question.target {
            Target::Known(id) => {
                let Some(sheet) = policy.sheet(id.service.0) else { return };
                if let Some(brief) = sheet.brief() {
                    return brief.candidates(id.action, address, rule).for_each(&mut each);
                }
                for numbers in sheet.groups().into_iter().flat_map(|groups| groups.reaching(id.action)) {
                    policy.rules(numbers).map(unasked).for_each(&mut each);
                }
            }
            Target::Opaque { service, name } => {
                policy.opaque(service, name).map(unasked).for_each(&mut each);
            }
        });
    }
}

fn first<'a>(a: Option<Cause<'a>>, b: Option<Cause<'a>>) -> Option<Cause<'a>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.first(b)),
        (a, b) => a.or(b),
    }
}
