//! Reading the policy set. Places of statements become spans of stand-in texts: blank lines long enough that line and
//! column are those of the text that was compiled.

use super::{COMPARISONS, KINDS, QUALIFIERS};
use crate::address::{Family, Prefix};
use crate::catalog::{ActionId, Catalogs, ServiceId};
use crate::model::{
    AccountPattern, ActionKind, ActionTerm, Condition, Effect, Group, GroupId, Instant, Model, Notes, Number,
    Policy, PolicyId, ResourceKind, ResourcePattern, Settings, Statement, Template, Test, User, Whom,
};
use crate::table::file::input::{Fault, Input};
use crate::table::intervals::number_of;
use crate::table::places::Places;
use crate::table::words::word;
use passgate_grammar::{Sources, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

const NOT_THERE: &str = "something that is not there";

/// What statements share, and where they stand.
struct Shared {
    actions: Vec<Arc<[ActionTerm]>>,
    resources: Vec<Arc<[ResourcePattern]>>,
    prefixes: Vec<Arc<[Prefix]>>,
    spans: Vec<Span>,
}

/// Reads the policy set that a table was compiled from.
pub(in crate::table::file) fn read(
    mut input: Input<'_>,
    places: &Places,
    catalogs: &Arc<Catalogs>,
    settings: &Settings,
) -> Result<Model, Fault> {
    let input = &mut input;
    let (sources, spans) = stand_ins(places);
    let shared = Shared {
        actions: input.list(|input| Ok(input.list(|input| read_action(input, catalogs))?.into()))?,
        resources: input.list(|input| Ok(input.list(read_resource)?.into()))?,
        prefixes: input.list(|input| Ok(input.list(read_prefix)?.into()))?,
        spans,
    };
    let policies = input.list(|input| read_policy(input, &shared))?;
    let policy = |input: &mut Input<'_>| Ok(PolicyId(input.below(policies.len(), NOT_THERE)?));
    let boundary = |input: &mut Input<'_>| Ok(input.option(policies.len(), NOT_THERE)?.map(PolicyId));
    let group = |input: &mut Input<'_>| input.word().map(GroupId);
    let groups = input.list(|input| {
        Ok(Group {
            name: input.text()?.into(),
            role: input.bool()?,
            attached: input.list(policy)?,
            parents: input.list(group)?,
            boundary: boundary(input)?,
            notes: Notes::default(),
            span: Span::default(),
        })
    })?;
    let users = input.list(|input| {
        Ok(User {
            name: input.text()?.into(),
            attached: input.list(policy)?,
            parents: input.list(group)?,
            boundary: boundary(input)?,
            notes: Notes::default(),
            span: Span::default(),
        })
    })?;
    let everyone = input.list(policy)?;
    let (bounded, bound) = (input.bool()?, input.list(policy)?);
    input.end()?;
    let parents = groups.iter().flat_map(|g| &g.parents).chain(users.iter().flat_map(|u| &u.parents));
    let named = policies.windows(2).all(|pair| matches!(pair, [a, b] if a.name < b.name));
    if !named || parents.into_iter().any(|group| group.0 as usize >= groups.len()) {
        return Err(input.fault(NOT_THERE));
    }
    Ok(Model {
        sources: Arc::new(sources),
        catalogs: catalogs.clone(),
        settings: settings.clone(),
        policies,
        groups,
        users,
        everyone,
        boundary: bounded.then_some(bound),
        ..Model::default()
    })
}

/// Blank texts of the files that places name, and the span of each place in them.
fn stand_ins(places: &Places) -> (Sources, Vec<Span>) {
    let mut files: BTreeMap<&str, BTreeMap<u32, u32>> = BTreeMap::new();
    let records = || (0..word(places.len())).filter_map(|number| places.record(number));
    for ([_, _, file], [line, column], _) in records() {
        let widest = files.entry(file).or_default().entry(line).or_default();
        *widest = column.max(*widest);
    }
    // Lines and columns beyond any set are cut: the texts together are never longer than a set may be.
    let mut left = passgate_grammar::limits::SET_BYTES;
    let (mut sources, mut starts) = (Sources::new(), BTreeMap::new());
    for (file, lines) in &files {
        let (mut text, mut at) = (String::new(), 1);
        let mut of_lines = BTreeMap::new();
        for (line, column) in lines {
            let (ends, blanks) = ((line - at) as usize, *column as usize);
            text.extend(std::iter::repeat_n('\n', ends.min(left)));
            left = left.saturating_sub(ends);
            at = *line;
            of_lines.insert(*line, text.len());
            text.extend(std::iter::repeat_n(' ', blanks.min(left)));
            left = left.saturating_sub(blanks);
        }
        let length = text.len();
        starts.insert(*file, (sources.add(*file, text), length, of_lines));
    }
    let span = |([_, _, file], [line, column], _): ([&str; 3], [u32; 2], Option<&str>)| {
        let Some((source, length, lines)) = starts.get(file) else { return Span::default() };
        let start = (lines.get(&line).copied().unwrap_or(0) + column as usize - 1).min(*length);
        Span::new(*source, start, start)
    };
    let spans = records().map(span).collect();
    (sources, spans)
}

fn read_policy(input: &mut Input<'_>, shared: &Shared) -> Result<Policy, Fault> {
    let name = input.text()?.into();
    let kind = input.below(KINDS.len(), "no known kind")?;
    let kind = KINDS.get(kind as usize).copied().ok_or_else(|| input.fault("no known kind"))?;
    let version = input.text()?.into();
    let statements = input.list(|input| read_statement(input, shared))?;
    let span = statements.first().map_or_else(Span::default, |statement| statement.span);
    Ok(Policy {
        name,
        kind,
        version,
        statements,
        notes: Notes::default(),
        span,
        document: None,
        instance: None,
    })
}

fn read_statement(input: &mut Input<'_>, shared: &Shared) -> Result<Statement, Fault> {
    let place = input.option(shared.spans.len(), NOT_THERE)?;
    let span = place.and_then(|place| shared.spans.get(place as usize).copied()).unwrap_or_default();
    let effect = if input.bool()? { Effect::Deny } else { Effect::Allow };
    let id = input.text()?.into();
    Ok(Statement {
        effect,
        id,
        notes: Notes::default(),
        actions: shared_list(input, &shared.actions)?,
        resources: shared_list(input, &shared.resources)?,
        conditions: input.list(|input| read_condition(input, shared, span))?,
        principals: input.list(read_whom)?.into(),
        effect_span: span,
        span,
    })
}

fn shared_list<T>(input: &mut Input<'_>, all: &[Arc<[T]>]) -> Result<Arc<[T]>, Fault> {
    let number = input.below(all.len(), NOT_THERE)?;
    all.get(number as usize).cloned().ok_or_else(|| input.fault(NOT_THERE))
}

fn read_whom(input: &mut Input<'_>) -> Result<Whom, Fault> {
    Ok(if input.bool()? {
        Whom::Named { kind: input.text()?.into(), text: input.text()?.into() }
    } else {
        Whom::Anyone
    })
}

fn read_action(input: &mut Input<'_>, catalogs: &Catalogs) -> Result<ActionTerm, Fault> {
    let kind = match input.below(4, "no known action")? {
        0 => ActionKind::All { long: input.bool()? },
        1 => ActionKind::Pattern {
            service: input.text()?.into(),
            pattern: input.text()?.into(),
            legacy: input.bool()?,
        },
        2 => ActionKind::Permid(input.text()?.into()),
        _ => ActionKind::Names(input.list(|input| read_id(input, catalogs))?.into()),
    };
    Ok(ActionTerm { kind, span: Span::default() })
}

fn read_id(input: &mut Input<'_>, catalogs: &Catalogs) -> Result<ActionId, Fault> {
    let id = ActionId { service: ServiceId(input.word()?), action: input.word()? };
    if catalogs.action(id).is_some() { Ok(id) } else { Err(input.fault(NOT_THERE)) }
}

fn read_resource(input: &mut Input<'_>) -> Result<ResourcePattern, Fault> {
    let text = input.text()?.into();
    let kind = if input.bool()? {
        ResourceKind::Six {
            service: input.text_or_none()?.map(Into::into),
            region: input.text_or_none()?.map(Into::into),
            account: match input.below(3, "no known account")? {
                0 => AccountPattern::Any,
                1 => AccountPattern::Owner,
                _ => AccountPattern::Exact(input.text()?.into()),
            },
            rest: template(input)?,
        }
    } else {
        ResourceKind::Any
    };
    Ok(ResourcePattern { kind, text, span: Span::default() })
}

fn template(input: &mut Input<'_>) -> Result<Template, Fault> {
    Template::parse(input.text()?).map_err(|_| input.fault("a variable that is not known"))
}

fn read_prefix(input: &mut Input<'_>) -> Result<Prefix, Fault> {
    let head = input.word()?;
    let (family, length) = match head {
        0..=32 => (Family::V4, head),
        256..=384 => (Family::V6, head - 256),
        _ => return Err(input.fault("no prefix")),
    };
    let bits = match family {
        Family::V4 => u128::from(input.word()?),
        Family::V6 => number_of(&[input.word()?, input.word()?, input.word()?, input.word()?]),
    };
    let prefix = Prefix::new(family, bits, u8::try_from(length).unwrap_or(0));
    if prefix.bits == bits { Ok(prefix) } else { Err(input.fault("a prefix with host bits")) }
}

fn one_of<T: Copy>(input: &mut Input<'_>, all: &[T]) -> Result<T, Fault> {
    let at = input.below(all.len(), "a word of no known meaning")?;
    all.get(at as usize).copied().ok_or_else(|| input.fault("a word of no known meaning"))
}

fn read_condition(input: &mut Input<'_>, shared: &Shared, span: Span) -> Result<Condition, Fault> {
    let key = input.text()?.into();
    let (qualifier, if_exist) = (one_of(input, &QUALIFIERS)?, input.bool()?);
    let test = match input.below(8, "no known test")? {
        0 => Test::Text { negated: input.bool()?, ignore_case: input.bool()?, values: input.list(template)? },
        1 => Test::Like { negated: input.bool()?, values: input.list(template)? },
        2 => Test::Binary { values: input.list(template)? },
        3 => {
            let comparison = one_of(input, &COMPARISONS)?;
            Test::Number { comparison, values: input.list(|input| value(input, Number::parse))? }
        }
        4 => {
            let comparison = one_of(input, &COMPARISONS)?;
            Test::Date { comparison, values: input.list(|input| value(input, Instant::parse))? }
        }
        5 => Test::Bool { values: input.list(Input::bool)? },
        6 => {
            let negated = input.bool()?;
            Test::Ip { negated, prefixes: shared_list(input, &shared.prefixes)?, written: Arc::new([]) }
        }
        _ => Test::Null { values: input.list(Input::bool)? },
    };
    Ok(Condition { qualifier, if_exist, test, key, span })
}

fn value<T>(input: &mut Input<'_>, parse: fn(&str) -> Option<T>) -> Result<T, Fault> {
    parse(input.text()?).ok_or_else(|| input.fault("a value that cannot be read"))
}
