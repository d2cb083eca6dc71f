//! How far a set is open as rows and columns: a column for principals to whom the same is open, a row an action, with the
//! addresses behind each share; of two sets both. The data of a picture; nothing is drawn here.

use super::json::{Figures, figures};
use super::{
    Exposure, PrincipalExposure, Reach, difference, exposure, less, of_principal, open_places, reach,
};
use crate::address::PrefixSet;
use crate::analysis::calls::Calls;
use crate::analysis::json_parts::Row;
use crate::analysis::standing::{Answer, written};
use crate::analysis::what;
use crate::check::Gate;
use crate::error::Result;
use passgate_grammar::limits::{REPORT_ACTIONS, REPORT_CALLERS};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// How far one or two sets are open, side by side.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// How far the earlier set is open, where there are two.
    pub old: Option<Exposure>,
    /// How far the set is open.
    pub new: Exposure,
    /// Actions with their categories, by category and name; the first `limits::REPORT_ACTIONS`.
    pub actions: Vec<(String, Option<Box<str>>)>,
    /// How many there are.
    pub actions_all: usize,
    /// Principals to whom the same is open: of one set those first to whom it is most open, of two those for whom most
    /// changes.
    pub columns: Vec<MatrixColumn>,
    /// What the cells name, each once.
    pub openings: Vec<Opening>,
    /// How many principals the columns have.
    pub asked: usize,
    /// How many there are; more than are shown beyond `limits::REPORT_CALLERS`.
    pub all: usize,
}

/// Principals to whom the same is open.
#[derive(Debug, Clone)]
pub struct MatrixColumn {
    /// As [`PrincipalExposure`] names them.
    pub principals: Vec<String>,
    /// How far the earlier set is open to each; nothing where it does not know them.
    pub old: PrincipalExposure,
    /// How far the set is open to each; nothing where it does not know them.
    pub new: PrincipalExposure,
    /// For each action the places of its openings, in the earlier set and in the set; none where that set does not know the
    /// principals or does not tell the action apart for them.
    pub cells: Vec<[Option<usize>; 2]>,
}

/// From where an action is open.
#[derive(Debug, Clone)]
pub struct Opening {
    /// From which share of the addresses some call may be allowed.
    pub reach: Reach,
    /// The addresses; none where they make no difference.
    pub places: Option<PrefixSet>,
    /// The answer on which it stands.
    pub answer: Arc<Answer>,
}

/// Measures how far a set is open, action by action, and an earlier one beside it where there is one.
///
/// ```
/// use passgate::{Gate, analysis::exposure::matrix};
/// let gate = Gate::compile(
///     "use intlpartnersmgt policy p { allow PayOrders from 0.0.0.0/1 } user 1 {} user 2 { attach p } user 3 { attach p }",
/// )?;
/// let found = matrix(None, &gate)?;
/// let alike: Vec<_> = found.columns.iter().map(|column| column.principals.join(" ")).collect();
/// assert_eq!(alike, ["user:2 user:3", "user:1"]);
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// Those of [`exposure`].
pub fn matrix(old: Option<&Gate>, new: &Gate) -> Result<Matrix> {
    let (before, after) = (old.map(exposure).transpose()?, exposure(new)?);
    let ranked = ranked(before.as_ref(), &after);
    let named = ranked.get(..REPORT_CALLERS).unwrap_or(&ranked);
    let sides = [Side::new(old, before.as_ref(), named)?, Side::new(Some(new), Some(&after), named)?];
    let mut actions = actions(&sides);
    let actions_all = actions.len();
    actions.truncate(REPORT_ACTIONS);
    let mut openings = Openings::default();
    let columns = columns(named, &sides, &actions, &mut openings);
    Ok(Matrix {
        actions,
        actions_all,
        columns,
        openings: openings.all,
        asked: named.len(),
        all: ranked.len(),
        old: before,
        new: after,
    })
}

/// All principals; those first for whom the figures say most.
fn ranked(old: Option<&Exposure>, new: &Exposure) -> Vec<String> {
    let change = old.map(|old| difference(old, new));
    let telling = change.as_ref().unwrap_or(new);
    let weight = |one: &PrincipalExposure| one.total.v4.abs() + one.total.v6.abs();
    let weights: HashMap<&str, f64> =
        telling.principals.iter().map(|one| (one.principal.as_str(), weight(one))).collect();
    let of = |name: &str| weights.get(name).copied().unwrap_or_default();
    let known: BTreeSet<&str> = new.principals.iter().map(|one| one.principal.as_str()).collect();
    let gone =
        old.iter().flat_map(|old| &old.principals).filter(|one| !known.contains(one.principal.as_str()));
    let mut all: Vec<String> = new.principals.iter().chain(gone).map(|one| one.principal.clone()).collect();
    all.sort_by(|one, other| of(other).total_cmp(&of(one)));
    all
}

/// One of the sets: what it answers, by principal and action.
#[derive(Default)]
struct Side {
    measured: HashMap<String, PrincipalExposure>,
    columns: HashMap<String, usize>,
    actions: HashMap<String, usize>,
    answered: Option<what::Matrix>,
}

impl Side {
    fn new(gate: Option<&Gate>, measured: Option<&Exposure>, named: &[String]) -> Result<Side> {
        let (Some(gate), Some(measured)) = (gate, measured) else { return Ok(Side::default()) };
        let measured: HashMap<String, PrincipalExposure> =
            measured.principals.iter().map(|one| (one.principal.clone(), one.clone())).collect();
        let known: Vec<&String> = named.iter().filter(|name| measured.contains_key(*name)).collect();
        if known.is_empty() {
            return Ok(Side { measured, ..Side::default() });
        }
        let stranger = stranger(gate)?;
        let asked = |name: &str| if name == super::ANYONE { stranger.clone() } else { name.to_owned() };
        let names: Vec<String> = known.iter().map(|name| asked(name)).collect();
        let answered = what::matrix_whole(gate, &names, &Calls::default())?;
        let each = answered.columns.iter().enumerate();
        let by_asked: HashMap<&str, usize> =
            each.flat_map(|(at, of)| of.principals.iter().map(move |name| (name.as_str(), at))).collect();
        let columns = known.iter().zip(&names);
        let columns =
            columns.filter_map(|(name, asked)| Some(((*name).clone(), *by_asked.get(asked.as_str())?)));
        let columns = columns.collect();
        let actions = answered.actions.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect();
        Ok(Side { measured, columns, actions, answered: Some(answered) })
    }

    fn measured(&self, name: &str) -> PrincipalExposure {
        let nothing = || PrincipalExposure { principal: name.to_owned(), ..PrincipalExposure::default() };
        self.measured.get(name).cloned().unwrap_or_else(nothing)
    }

    fn answer(&self, name: &str, action: &str) -> Option<&Arc<Answer>> {
        let answered = self.answered.as_ref()?;
        let column = answered.columns.get(*self.columns.get(name)?)?;
        let number = (*column.cells.get(*self.actions.get(action)?)?)?;
        answered.answers.get(number)
    }
}

/// A user that the set does not name.
fn stranger(gate: &Gate) -> Result<String> {
    let model = gate.try_model()?;
    let taken = |name: &str| model.users.iter().any(|user| user.name.as_ref() == name);
    let numbered = (2..).map(|n| format!("{}{n}", super::ANYONE));
    let mut names = std::iter::once(super::ANYONE.to_owned()).chain(numbered);
    Ok(names.find(|name| !taken(name)).map(|name| format!("user:{name}")).unwrap_or_default())
}

/// The actions of both sides, by category and name; the later set says the category.
fn actions(sides: &[Side; 2]) -> Vec<(String, Option<Box<str>>)> {
    let mut all: HashMap<&str, Option<&str>> = HashMap::new();
    for answered in sides.iter().filter_map(|side| side.answered.as_ref()) {
        all.extend(answered.actions.iter().map(|(name, category)| (name.as_str(), category.as_deref())));
    }
    let sorted: BTreeSet<(&str, &str, bool)> = all
        .into_iter()
        .map(|(name, category)| (category.unwrap_or(super::OPAQUE), name, category.is_some()))
        .collect();
    sorted
        .into_iter()
        .map(|(category, name, listed)| (name.to_owned(), listed.then(|| category.into())))
        .collect()
}

/// Openings by number.
#[derive(Default)]
struct Openings {
    all: Vec<Opening>,
    places: HashMap<Arc<Answer>, usize>,
}

impl Openings {
    fn place(&mut self, answer: &Arc<Answer>) -> usize {
        let next = self.all.len();
        let place = *self.places.entry(answer.clone()).or_insert(next);
        if place == next {
            let places = open_places(answer);
            self.all.push(Opening { reach: reach(answer), places, answer: answer.clone() });
        }
        place
    }
}

fn columns(
    named: &[String],
    sides: &[Side; 2],
    actions: &[(String, Option<Box<str>>)],
    openings: &mut Openings,
) -> Vec<MatrixColumn> {
    let mut columns: Vec<MatrixColumn> = Vec::new();
    let mut alike: HashMap<[Option<usize>; 2], usize> = HashMap::new();
    for name in named {
        let sorts = sides.each_ref().map(|side| side.columns.get(name).copied());
        let place = *alike.entry(sorts).or_insert(columns.len());
        if let Some(column) = columns.get_mut(place) {
            column.principals.push(name.clone());
            continue;
        }
        let [old, new] = sides.each_ref().map(|side| side.measured(name));
        let mut cell = |action: &str| {
            sides.each_ref().map(|side| side.answer(name, action).map(|answer| openings.place(answer)))
        };
        let cells = actions.iter().map(|(action, _)| cell(action)).collect();
        columns.push(MatrixColumn { principals: vec![name.clone()], old, new, cells });
    }
    columns
}

#[derive(Serialize)]
struct Whole<'m> {
    exact: bool,
    old: Option<Figures>,
    new: Figures,
    change: Option<Figures>,
    asked: usize,
    all: usize,
    actions: Vec<Row<'m>>,
    actions_all: usize,
    columns: Vec<Column<'m>>,
    openings: Vec<Opened>,
}

#[derive(Serialize)]
struct Column<'m> {
    principals: &'m [String],
    old: Figures,
    new: Figures,
    change: Figures,
    cells: &'m [[Option<usize>; 2]],
}

#[derive(Serialize)]
struct Opened {
    v4: f64,
    v6: f64,
    exact: bool,
    because: Vec<String>,
    places: Option<Vec<String>>,
}

/// One JSON object.
///
/// Members: `exact`; `old` (null of one set), `new` and `change` (null of one set), each `exposure`, `v4`, `v6` and `categories`
/// as [`super::to_json`] writes them; `asked` and `all`, how many principals are shown and how many there are; `actions`, each with
/// `action` and `category`, of `actions_all`; `columns`, each with `principals`, `old`, `new` and `change` of one of them, and
/// `cells`, for each action two places in `openings` or null, of the earlier set and of the set; `openings`, each with `v4`, `v6`,
/// `exact`, `because`, and `places`, the fewest prefixes, or null where addresses make no difference.
pub fn matrix_to_json(matrix: &Matrix) -> String {
    let rows = matrix.actions.iter();
    written(&Whole {
        exact: matrix.new.exact && matrix.old.as_ref().is_none_or(|old| old.exact),
        old: matrix.old.as_ref().map(|old| figures(old.total, &old.categories)),
        new: figures(matrix.new.total, &matrix.new.categories),
        change: matrix.old.as_ref().map(|old| {
            let change = difference(old, &matrix.new);
            figures(change.total, &change.categories)
        }),
        asked: matrix.asked,
        all: matrix.all,
        actions: rows.map(|(action, category)| Row { action, category: category.as_deref() }).collect(),
        actions_all: matrix.actions_all,
        columns: matrix.columns.iter().map(column).collect(),
        openings: matrix.openings.iter().map(opened).collect(),
    })
}

fn column(of: &MatrixColumn) -> Column<'_> {
    let change = of_principal(String::new(), less(&of.new.categories, &of.old.categories));
    let figures = |one: &PrincipalExposure| figures(one.total, &one.categories);
    Column {
        principals: &of.principals,
        old: figures(&of.old),
        new: figures(&of.new),
        change: figures(&change),
        cells: &of.cells,
    }
}

fn opened(opening: &Opening) -> Opened {
    let texts = |places: &PrefixSet| places.prefixes().iter().map(ToString::to_string).collect();
    Opened {
        v4: opening.reach.v4,
        v6: opening.reach.v6,
        exact: opening.answer.is_exact(),
        because: opening.answer.doubts.iter().map(ToString::to_string).collect(),
        places: opening.places.as_ref().map(texts),
    }
}
