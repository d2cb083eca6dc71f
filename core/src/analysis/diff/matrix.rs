//! What changes as rows and columns: a column for callers for whom the same changes, a row an action that changes for
//! somebody. The data of a picture; nothing is drawn here.

use super::{Change, ChangedAction, Diff, Known, Right};
use crate::analysis::json_parts::{Row, request};
use crate::analysis::standing::{self, Answer, Told};
use passgate_grammar::limits::{REPORT_ACTIONS, REPORT_CHANGES, REPORT_NAMES};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What changes, side by side.
#[derive(Debug, Clone)]
pub struct Matrix<'d> {
    /// Of which it is.
    pub diff: &'d Diff,
    /// Actions that change for somebody, by service, category and name; the first `limits::REPORT_ACTIONS`.
    pub actions: Vec<&'d ChangedAction>,
    /// How many there are.
    pub actions_all: usize,
    /// The first `limits::REPORT_CHANGES` changes.
    pub columns: Vec<MatrixColumn<'d>>,
}

/// Callers for whom the same changes.
#[derive(Debug, Clone)]
pub struct MatrixColumn<'d> {
    /// What changes for them.
    pub change: &'d Change,
    /// For each action what changes; `None` where it stays as it was.
    pub cells: Vec<Option<MatrixCell>>,
}

/// What changes of one action: places among the gains and losses of a change, of which one at least is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MatrixCell {
    /// The right that is gained.
    pub gain: Option<usize>,
    /// The right that is lost.
    pub loss: Option<usize>,
}

/// Puts what changes side by side.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::diff::{diff, matrix};
/// let set = |statements: &str| {
///     Gate::compile(format!("use intlpartnersmgt policy p {{ {statements} }} user 1 {{ attach p }}").as_str())
/// };
/// let found = diff(&set("allow PayOrders")?, &set("allow QueryUser")?, None)?;
/// let drawn = matrix(&found);
/// let names: Vec<_> = drawn.actions.iter().map(|of| of.action.as_str()).collect();
/// assert_eq!(names, ["intlpartnersmgt:QueryUser", "intlpartnersmgt:PayOrders"]);
/// assert!(drawn.columns[0].cells[0].is_some_and(|cell| cell.gain.is_some() && cell.loss.is_none()));
/// # Ok::<(), passgate::Error>(())
/// ```
pub fn matrix(diff: &Diff) -> Matrix<'_> {
    let rights = diff.changes.iter().flat_map(|change| change.gains.iter().chain(&change.losses));
    let all: BTreeSet<(&str, Option<&str>, &ChangedAction)> = rights
        .flat_map(|right| &right.actions)
        .map(|of| (service(&of.action), of.category.as_deref(), &**of))
        .collect();
    let actions: Vec<&ChangedAction> = all.iter().map(|(_, _, of)| *of).take(REPORT_ACTIONS).collect();
    let places: HashMap<&str, usize> =
        actions.iter().enumerate().map(|(place, of)| (of.action.as_str(), place)).collect();
    let columns = diff.changes.iter().take(REPORT_CHANGES);
    let columns = columns.map(|change| MatrixColumn { change, cells: cells(change, &places) });
    Matrix { diff, columns: columns.collect(), actions_all: all.len(), actions }
}

fn service(action: &str) -> &str {
    action.split_once(':').map_or("", |(service, _)| service)
}

fn cells(change: &Change, places: &HashMap<&str, usize>) -> Vec<Option<MatrixCell>> {
    let mut cells = vec![None; places.len()];
    for (gains, rights) in [(true, &change.gains), (false, &change.losses)] {
        for (number, right) in rights.iter().enumerate() {
            for action in &right.actions {
                let cell = places.get(action.action.as_str()).and_then(|place| cells.get_mut(*place));
                let Some(cell) = cell else { continue };
                let cell: &mut MatrixCell = cell.get_or_insert_default();
                *(if gains { &mut cell.gain } else { &mut cell.loss }) = Some(number);
            }
        }
    }
    cells
}

#[derive(Serialize)]
struct Whole<'m> {
    principal: Option<&'m str>,
    empty: bool,
    exact: bool,
    because: Option<String>,
    callers: usize,
    gain: usize,
    lose: usize,
    settings: &'m [&'static str],
    catalogs: Vec<String>,
    actions: Vec<Row<'m>>,
    actions_all: usize,
    columns: Vec<Column<'m>>,
    columns_all: usize,
    unshown: usize,
    answers: Vec<Told<'m>>,
}

#[derive(Serialize)]
struct Column<'m> {
    principals: &'m [String],
    more: usize,
    known: &'static str,
    gains: Vec<Changed>,
    losses: Vec<Changed>,
    cells: &'m [Option<MatrixCell>],
}

#[derive(Serialize)]
struct Changed {
    answer: usize,
    example: Option<Value>,
}

/// One JSON object.
///
/// Members: `principal`, `empty`, `exact`, `because` and `callers` as [`super::to_json`] writes them; `gain` and `lose`, how many callers do;
/// `settings`, and `catalogs` as lines; `actions`, each with `action` and `category`, of `actions_all`; `columns` of
/// `columns_all`, each with `principals` and how many `more` there are, `known`, `gains` and `losses` (each `answer`, a place in
/// `answers`, and `example`), and `cells`, for each action `gain` and `loss`, places among these, or null where nothing changes;
/// `unshown`, how many callers the columns beyond have; `answers`, each as [`standing::told`] gives it.
pub fn matrix_to_json(matrix: &Matrix<'_>) -> String {
    let diff = matrix.diff;
    let mut answers = Answers::default();
    let columns = matrix.columns.iter().map(|of| column(of, &mut answers)).collect();
    let beyond = diff.changes.iter().skip(matrix.columns.len());
    standing::written(&Whole {
        principal: diff.principal.as_deref(),
        empty: diff.is_empty(),
        exact: diff.is_exact(),
        because: diff.doubt.as_ref().map(ToString::to_string),
        callers: diff.callers,
        gain: diff.gaining(),
        lose: diff.losing(),
        settings: &diff.settings,
        catalogs: diff.catalogs.lines(),
        actions: matrix
            .actions
            .iter()
            .map(|of| Row { action: &of.action, category: of.category.as_deref() })
            .collect(),
        actions_all: matrix.actions_all,
        columns,
        columns_all: diff.changes.len(),
        unshown: beyond.map(|change| change.principals.len()).sum(),
        answers: answers.all.into_iter().map(standing::told).collect(),
    })
}

/// Every answer once.
#[derive(Default)]
struct Answers<'m> {
    all: Vec<&'m Answer>,
    places: HashMap<&'m Answer, usize>,
}

impl<'m> Answers<'m> {
    fn place(&mut self, answer: &'m Answer) -> usize {
        let next = self.all.len();
        let place = *self.places.entry(answer).or_insert(next);
        if place == next {
            self.all.push(answer);
        }
        place
    }
}

fn column<'m>(of: &'m MatrixColumn<'m>, answers: &mut Answers<'m>) -> Column<'m> {
    let change = of.change;
    let mut changed = |rights: &'m [Right]| {
        let each = rights.iter().map(|right| Changed {
            answer: answers.place(&right.answer),
            example: right.example.as_ref().map(request),
        });
        each.collect()
    };
    let known: Known = change.known;
    Column {
        principals: change.principals.get(..REPORT_NAMES).unwrap_or(&change.principals),
        more: change.principals.len().saturating_sub(REPORT_NAMES),
        known: known.as_str(),
        gains: changed(&change.gains),
        losses: changed(&change.losses),
        cells: &of.cells,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::standing::Standing;

    fn change(callers: usize, gains: &[usize], losses: &[usize]) -> Change {
        let right = |actions: &[usize]| Right {
            actions: actions
                .iter()
                .map(|n| ChangedAction { action: format!("a:N{n:04}"), category: None }.into())
                .collect(),
            answer: Answer::plain(Standing::Always),
            example: None,
        };
        Change {
            principals: (0..callers).map(|n| format!("user:{n}")).collect(),
            known: Known::Both,
            gains: vec![right(gains)],
            losses: vec![right(losses)],
        }
    }

    fn diff(changes: Vec<Change>) -> Diff {
        let callers = changes.iter().map(|change| change.principals.len()).sum();
        let (catalogs, settings) = Default::default();
        Diff { principal: None, callers, catalogs, settings, changes, doubt: None }
    }

    fn json(diff: &Diff) -> Value {
        serde_json::from_str(&matrix_to_json(&matrix(diff))).unwrap()
    }

    #[test]
    fn a_cell_says_what_is_gained_and_what_is_lost() {
        let found = diff(vec![change(2, &[1, 2], &[2, 3]), change(1, &[4], &[])]);
        let told = json(&found);
        let names: Vec<&Value> = told["actions"].as_array().unwrap().iter().map(|of| &of["action"]).collect();
        assert_eq!(names, ["a:N0001", "a:N0002", "a:N0003", "a:N0004"]);
        let cells = serde_json::json!([
            {"gain": 0, "loss": null},
            {"gain": 0, "loss": 0},
            {"gain": null, "loss": 0},
            null
        ]);
        assert_eq!(told["columns"][0]["cells"], cells);
        assert_eq!((&told["answers"].as_array().unwrap().len(), &told["unshown"]), (&1, &Value::from(0)));
    }

    #[test]
    fn what_is_beyond_a_limit_is_counted() {
        for beyond in [0, 1] {
            let all: Vec<usize> = (0..REPORT_ACTIONS + beyond).collect();
            let mut changes = vec![change(REPORT_NAMES + beyond, &all, &[])];
            changes.extend((1..REPORT_CHANGES + beyond).map(|n| change(3, &[n], &[])));
            let told = json(&diff(changes));
            let length = |value: &Value| value.as_array().unwrap().len();
            assert_eq!(length(&told["actions"]), REPORT_ACTIONS);
            assert_eq!(told["actions_all"], REPORT_ACTIONS + beyond);
            assert_eq!(length(&told["columns"][0]["cells"]), REPORT_ACTIONS);
            assert_eq!(length(&told["columns"]), REPORT_CHANGES);
            assert_eq!(told["columns_all"], REPORT_CHANGES + beyond);
            assert_eq!(told["unshown"], 3 * beyond);
            assert_eq!(length(&told["columns"][0]["principals"]), REPORT_NAMES);
            assert_eq!(told["columns"][0]["more"], beyond);
        }
    }
}
