//! What several principals may do, side by side: a column for principals that are answered alike, a row an action. The data
//! of a picture; nothing is drawn here.

use super::{ActionAnswer, What, what};
use crate::analysis::calls::Calls;
use crate::analysis::json_parts::Row;
use crate::analysis::progress;
use crate::analysis::standing::{self, Answer, Told};
use crate::check::Gate;
use crate::error::Result;
use passgate_grammar::limits::{REPORT_ACTIONS, REPORT_CALLERS};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What several principals may do.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// Of which calls.
    pub calls: Calls,
    /// Actions with their categories: those of the catalogs in their order, then kinds of actions of opaque services; the
    /// first `limits::REPORT_ACTIONS`.
    pub actions: Vec<(String, Option<Box<str>>)>,
    /// How many there are.
    pub actions_all: usize,
    /// Principals that are answered alike, by the first of them as they were named.
    pub columns: Vec<MatrixColumn>,
    /// Every answer that is given, each once.
    pub answers: Vec<Arc<Answer>>,
    /// How many principals were asked about.
    pub asked: usize,
    /// How many there are; more than were asked about beyond `limits::REPORT_CALLERS`.
    pub all: usize,
}

/// Principals that are answered alike.
#[derive(Debug, Clone)]
pub struct MatrixColumn {
    /// As requests name them.
    pub principals: Vec<String>,
    /// For each action the place of its answer; none for a kind of actions of an opaque service that is not told apart here.
    pub cells: Vec<Option<usize>>,
}

/// Answers for several principals what they may do, or for the first `limits::REPORT_CALLERS` of them; without any for root
/// and every declared user and role.
///
/// ```
/// use passgate::{Gate, analysis::{calls::Calls, what::matrix}};
/// let gate = Gate::compile(
///     "use intlpartnersmgt policy p { allow PayOrders } user 1 { attach p } user 2 { attach p } user 3 {}",
/// )?;
/// let found = matrix(&gate, &[], &Calls::default())?;
/// let alike: Vec<_> = found.columns.iter().map(|column| column.principals.join(" ")).collect();
/// assert_eq!(alike, ["root", "user:1 user:2", "user:3"]);
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// Those of [`what`].
pub fn matrix(gate: &Gate, principals: &[String], calls: &Calls) -> Result<Matrix> {
    let mut found = whole(gate, principals, calls)?;
    found.actions.truncate(REPORT_ACTIONS);
    found.columns.iter_mut().for_each(|column| column.cells.truncate(REPORT_ACTIONS));
    Ok(found)
}

/// As [`matrix`], with every action.
pub(in crate::analysis) fn whole(gate: &Gate, principals: &[String], calls: &Calls) -> Result<Matrix> {
    let declared = || std::iter::once("root").chain(gate.principal_names()).map(str::to_owned);
    let named: Vec<String> = if principals.is_empty() { declared().collect() } else { principals.to_vec() };
    let all = named.len();
    let steps = progress::steps("principals", all.min(REPORT_CALLERS));
    let mut found = Vec::new();
    for principal in named.iter().take(REPORT_CALLERS) {
        found.push(what(gate, principal, calls)?);
        steps.step();
    }
    let mut rows = Rows::new(&found);
    let columns = columns(&found, &mut rows);
    Ok(Matrix {
        calls: calls.clone(),
        asked: found.len(),
        all,
        columns,
        actions_all: rows.actions.len(),
        actions: rows.actions,
        answers: rows.answers,
    })
}

/// Rows and answers by number.
struct Rows {
    actions: Vec<(String, Option<Box<str>>)>,
    places: BTreeMap<String, usize>,
    answers: Vec<Arc<Answer>>,
    numbers: BTreeMap<Arc<Answer>, usize>,
}

impl Rows {
    fn new(found: &[What]) -> Rows {
        let all = || found.iter().flat_map(|what| &what.actions);
        let known = found.iter().map(|what| &what.actions).next().into_iter().flatten();
        let mut actions: Vec<(String, Option<Box<str>>)> = known
            .filter(|of| of.category.is_some())
            .map(|of| (of.action.clone(), of.category.clone()))
            .collect();
        let opaque: BTreeMap<&str, ()> =
            all().filter(|of| of.category.is_none()).map(|of| (of.action.as_str(), ())).collect();
        actions.extend(opaque.into_keys().map(|name| (name.to_owned(), None)));
        let places = actions.iter().enumerate().map(|(place, (name, _))| (name.clone(), place)).collect();
        Rows { actions, places, answers: Vec::new(), numbers: BTreeMap::new() }
    }

    fn number(&mut self, answer: &Arc<Answer>) -> usize {
        let next = self.answers.len();
        let number = *self.numbers.entry(answer.clone()).or_insert(next);
        if number == next {
            self.answers.push(answer.clone());
        }
        number
    }

    fn cells(&mut self, actions: &[ActionAnswer]) -> Vec<Option<usize>> {
        let mut cells = vec![None; self.actions.len()];
        for ActionAnswer { action, answer, .. } in actions {
            let number = self.number(answer);
            if let Some(cell) = self.places.get(action).and_then(|place| cells.get_mut(*place)) {
                *cell = Some(number);
            }
        }
        cells
    }
}

fn columns(found: &[What], rows: &mut Rows) -> Vec<MatrixColumn> {
    let mut columns: Vec<MatrixColumn> = Vec::new();
    let mut alike: BTreeMap<Vec<Option<usize>>, usize> = BTreeMap::new();
    for what in found {
        let cells = rows.cells(&what.actions);
        let place = *alike.entry(cells.clone()).or_insert(columns.len());
        match columns.get_mut(place) {
            Some(column) => column.principals.push(what.principal.clone()),
            None => columns.push(MatrixColumn { principals: vec![what.principal.clone()], cells }),
        }
    }
    columns
}

#[derive(Serialize)]
struct Whole<'m> {
    ip: Option<String>,
    resource: Option<&'m str>,
    at: Option<String>,
    asked: usize,
    all: usize,
    actions: Vec<Row<'m>>,
    actions_all: usize,
    columns: Vec<Column<'m>>,
    answers: Vec<Told<'m>>,
}

#[derive(Serialize)]
struct Column<'m> {
    principals: &'m [String],
    cells: &'m [Option<usize>],
}

/// One JSON object.
///
/// Members: `ip`, `resource` and `at` as they were given; `asked` and `all`; `actions`, each with `action` and `category`, of
/// `actions_all`;
/// `columns`, each with `principals` and `cells`, for each action the place of its answer in `answers` or null; `answers`,
/// each as [`standing::told`] gives it.
pub fn matrix_to_json(matrix: &Matrix) -> String {
    let calls = &matrix.calls;
    standing::written(&Whole {
        ip: calls.ip.map(|ip| ip.to_string()),
        resource: calls.resource.as_deref(),
        at: calls.at.map(|at| at.to_string()),
        asked: matrix.asked,
        all: matrix.all,
        actions: matrix
            .actions
            .iter()
            .map(|(action, category)| Row { action, category: category.as_deref() })
            .collect(),
        actions_all: matrix.actions_all,
        columns: matrix
            .columns
            .iter()
            .map(|of| Column { principals: &of.principals, cells: &of.cells })
            .collect(),
        answers: matrix.answers.iter().map(|answer| standing::told(answer)).collect(),
    })
}
