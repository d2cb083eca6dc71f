//! What statements and clauses ask, read once for all spaces that are made of them and for all account numbers: only
//! what holds a variable is read anew for each assignment.

use super::accounts::Numbers;
use super::line::Reach;
use super::subject::{Clause, Facts, Named, Subject};
use super::value::{self, Elementary, templates};
use crate::catalog::Granularity;
use crate::model::{
    AccountPattern, Condition, Effect, Owner, ResourceKind, ResourcePattern, Settings, Statement, Template,
    Test,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ptr;
use std::rc::Rc;

/// Reads statements and clauses, each once however many spaces are made of them.
///
/// What it keeps grows with what it has read; those who ask about one statement after the other take a new one for each.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::space::{Actions, Budget, Caller, Reader, Space, Subject};
/// let gate = Gate::compile("use intlpartnersmgt  policy p { allow read from 10.0.0.0/8 }")?;
/// let model = gate.model();
/// let statements: Vec<_> = model.policies[0].statements.iter().collect();
/// let (mut reader, mut budget) = (Reader::new(&model.settings), Budget::new(1_000_000));
/// let (classes, _) = Actions::new(&model.catalogs, &model.settings).classes(&[&statements], None, &mut budget);
/// for class in classes.iter().filter(|class| !class.sets[0].is_empty()) {
///     let (service, facts, sets) = (&class.service, class.facts, &class.sets);
///     let subject = Subject { service, facts, sets, caller: &Caller::default(), clauses: &[] };
///     let found = Space::new(&subject, &mut reader, &mut budget).allowed(0, None, &mut budget);
///     assert_eq!(found.found().is_some(), facts.address);
/// }
/// # passgate::Result::Ok(())
/// ```
#[derive(Debug)]
pub struct Reader<'s> {
    /// Owner, region aliases.
    pub(super) settings: &'s Settings,
    /// By place, which stays as it is while it is borrowed.
    operators: HashMap<*const Condition, Rc<Operator<'s>>>,
    resources: HashMap<(*const ResourcePattern, usize), Rc<Resources>>,
    /// What conditions on the address admit; none of others.
    reaches: HashMap<*const Condition, Option<Rc<Reach>>>,
    /// Every call.
    pub(super) whole: Rc<Reach>,
    /// Accounts and regions are read as all texts that mean them, since another policy set reads those otherwise.
    spelled: bool,
}

/// Everything that subjects ask.
#[derive(Debug, Default)]
pub(super) struct Prepared<'s> {
    pub(super) rules: Vec<PreparedRule<'s>>,
    pub(super) clauses: Vec<PreparedClause<'s>>,
    /// Resource patterns that are looked at apart.
    pub(super) views: Vec<Rc<Resources>>,
}

/// A statement.
#[derive(Debug)]
pub(super) struct PreparedRule<'s> {
    pub(super) set: usize,
    /// Of which policy set it is.
    pub(super) side: usize,
    /// What that set's catalog says of the action.
    pub(super) facts: Facts,
    pub(super) effect: Effect,
    pub(super) resources: Rc<Resources>,
    pub(super) conditions: Vec<PreparedCondition<'s>>,
}

/// A clause.
#[derive(Debug)]
pub(super) enum PreparedClause<'s> {
    When(PreparedCondition<'s>),
    On(Rc<Resources>),
    Of(PreparedOne),
}

/// One resource of a request.
#[derive(Debug)]
pub(super) enum PreparedOne {
    /// A bare `*`.
    Any,
    Six(Head, Rc<Elementary>),
}

/// Resources that a statement or clause names.
#[derive(Debug)]
pub(super) enum Resources {
    /// A bare `*` is one of them.
    Any,
    /// By service, region and account, each with its last segments; none matches nothing.
    Six(Vec<(Head, Operator<'static>)>),
}

/// Service, region and account of a resource; none: any.
pub(super) type Head = [Option<Rc<str>>; 3];

/// A condition with its operator.
#[derive(Debug)]
pub(super) struct PreparedCondition<'s> {
    pub(super) condition: &'s Condition,
    pub(super) operator: Rc<Operator<'s>>,
}

/// An operator with its values.
#[derive(Debug)]
pub(super) struct Operator<'s> {
    test: Cow<'s, Test>,
    /// Ready, where no variable is to be filled in.
    ready: Option<Rc<Elementary>>,
}

impl Operator<'_> {
    fn new(test: Cow<'_, Test>) -> Operator<'_> {
        let fixed = templates(&test).iter().all(|t| t.literal().is_some());
        let ready = fixed.then(|| Rc::new(Elementary::new(&test, &Numbers::default())));
        Operator { test, ready }
    }

    /// With its variables filled in.
    pub(super) fn with(&self, numbers: &Numbers) -> Rc<Elementary> {
        match &self.ready {
            Some(ready) => Rc::clone(ready),
            None => Rc::new(Elementary::new(&self.test, numbers)),
        }
    }
}

impl<'s> Reader<'s> {
    /// Has read nothing yet.
    pub fn new(settings: &'s Settings) -> Reader<'s> {
        Reader {
            settings,
            operators: HashMap::new(),
            resources: HashMap::new(),
            reaches: HashMap::new(),
            whole: Rc::new(Reach::whole()),
            spelled: false,
        }
    }

    /// For spaces over two policy sets: beside a set with other settings, accounts and regions are kept as they are
    /// spelled.
    pub fn beside(settings: &'s Settings, other: &Settings) -> Reader<'s> {
        let same = settings.owner == other.owner && settings.region_aliases == other.region_aliases;
        Reader { spelled: !same, ..Reader::new(settings) }
    }

    /// Adds what a subject asks; of which policy set it is, and how many sets of statements there are before its own.
    pub(super) fn prepare(
        &mut self,
        (side, before): (usize, usize),
        subject: &Subject<'_, 's>,
        views: &[&'s ResourcePattern],
        prepared: &mut Prepared<'s>,
    ) {
        let sets = subject.sets.iter().enumerate();
        let all = sets.flat_map(|(set, statements)| statements.iter().map(move |s| (set, *s)));
        prepared.rules.extend(all.map(|(set, statement)| PreparedRule {
            set: before + set,
            side,
            facts: subject.facts,
            effect: statement.effect,
            resources: self.resources_of(statement, subject),
            conditions: statement.conditions.iter().map(|one| self.condition(one)).collect(),
        }));
        prepared.clauses.extend(subject.clauses.iter().map(|clause| match clause {
            Clause::When(one) => PreparedClause::When(self.condition(one)),
            Clause::On(patterns) => PreparedClause::On(self.resources(patterns)),
            Clause::Of(named, _) => PreparedClause::Of(one(*named, self.settings)),
        }));
        let views = views.iter().map(|view| self.resources(std::slice::from_ref(*view)));
        prepared.views.extend(views);
    }

    /// The calls for which a condition holds that reads nothing but the address; none of others.
    pub(super) fn reach(&mut self, condition: &'s Condition) -> Option<Rc<Reach>> {
        let read = || Reach::of(condition, &self.whole).map(Rc::new);
        self.reaches.entry(ptr::from_ref(condition)).or_insert_with(read).clone()
    }

    fn condition(&mut self, condition: &'s Condition) -> PreparedCondition<'s> {
        let read = || Rc::new(Operator::new(Cow::Borrowed(&condition.test)));
        let operator = Rc::clone(self.operators.entry(ptr::from_ref(condition)).or_insert_with(read));
        PreparedCondition { condition, operator }
    }

    /// What a statement's resources are to the action: nothing, where it is handed none and they are no bare `*`.
    fn resources_of(&mut self, statement: &'s Statement, subject: &Subject<'_, 's>) -> Rc<Resources> {
        let any = || statement.resources.iter().any(|r| matches!(r.kind, ResourceKind::Any));
        match subject.facts.granularity {
            Granularity::Resource => self.resources(&statement.resources),
            _ if any() => Rc::new(Resources::Any),
            Granularity::Service | Granularity::Operation => Rc::new(Resources::Six(Vec::new())),
        }
    }

    fn resources(&mut self, patterns: &'s [ResourcePattern]) -> Rc<Resources> {
        let (settings, spelled) = (self.settings, self.spelled);
        let read = || Rc::new(resources(patterns, settings, spelled));
        Rc::clone(self.resources.entry((patterns.as_ptr(), patterns.len())).or_insert_with(read))
    }
}

fn one(named: Named<'_>, settings: &Settings) -> PreparedOne {
    let Named::Six([service, region, account, rest]) = named else { return PreparedOne::Any };
    let account =
        if account.is_empty() { AccountPattern::Owner } else { AccountPattern::Exact(account.into()) };
    let head =
        [Some(service.into()), Some(long_region(region, settings)), account_text(&account, &settings.owner)];
    let texts = [rest.to_owned()].into();
    let whole = value::Test::Text { texts, fold: false, open: false };
    PreparedOne::Six(head, Rc::new(Elementary { test: whole, negated: false, varies: false }))
}

fn resources(patterns: &[ResourcePattern], settings: &Settings, spelled: bool) -> Resources {
    let mut by_head: BTreeMap<Head, Vec<Template>> = BTreeMap::new();
    for pattern in patterns {
        let ResourceKind::Six { service, region, account, rest } = &pattern.kind else {
            return Resources::Any;
        };
        let head = [
            service.as_deref().map(Rc::from),
            region.as_deref().map(|name| long_region(name, settings)),
            account_text(account, &settings.owner),
        ];
        for head in if spelled { spellings(head, settings) } else { vec![head] } {
            by_head.entry(head).or_default().push(rest.clone());
        }
    }
    let like = |values| Operator::new(Cow::Owned(Test::Like { negated: false, values }));
    Resources::Six(by_head.into_iter().map(|(head, rests)| (head, like(rests))).collect())
}

/// The heads that are spelled as requests may spell what a head means.
fn spellings([service, region, account]: Head, settings: &Settings) -> Vec<Head> {
    let aliases = &settings.region_aliases;
    let regions: Vec<Option<Rc<str>>> = match &region {
        None => vec![None],
        Some(long) => {
            let short = aliases.keys().map(|name| Rc::from(name.as_ref()));
            let all =
                short.chain([long.clone()]).filter(|name: &Rc<str>| long_region(name, settings) == *long);
            all.map(Some).collect()
        }
    };
    let accounts: Vec<Option<Rc<str>>> = match account.as_deref() {
        Some("") => {
            let Owner { uin, uid } = &settings.owner;
            let named = [("uin", uin), ("uid", uid)].into_iter();
            let named =
                named.filter_map(|(kind, number)| Some(format!("{kind}/{}", number.as_ref()?).into()));
            named.chain([Rc::from("")]).map(Some).collect()
        }
        _ => vec![account],
    };
    let with = |region: &Option<Rc<str>>| {
        accounts.iter().map(|account| [service.clone(), region.clone(), account.clone()]).collect::<Vec<_>>()
    };
    regions.iter().flat_map(with).collect()
}

fn long_region(name: &str, settings: &Settings) -> Rc<str> {
    settings.region_aliases.get(name).map_or(name, |long| long).into()
}

/// The owner's account as the empty text; none: any account.
fn account_text(account: &AccountPattern, owner: &Owner) -> Option<Rc<str>> {
    match account {
        AccountPattern::Any => None,
        AccountPattern::Owner => Some("".into()),
        AccountPattern::Exact(text) if owner.is_account(text) => Some("".into()),
        AccountPattern::Exact(text) => Some(text.as_ref().into()),
    }
}
