//! How many answers are exact: all of them on the example set and on every workload of the benches, and a share that is
//! printed, and large, on real policy documents. Workloads come from the generator of `benches/workloads`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails where it stands"
)]

use crate::Clock;
use crate::corpus::model as document_model;
use passgate::analysis::calls::Calls;
use passgate::analysis::diff::diff;
use passgate::analysis::prove::{Verdict, prove};
use passgate::analysis::what::what;
use passgate::analysis::who::who;
use passgate::load::compile_model;
use passgate::model::{Effect, IpUnsupported, Model, PolicyId, PolicyKind, Statement, User};
use passgate::{Gate, LoadOptions, cam};
use passgate_harness::corpus::{corpus, documents};
use passgate_harness::random::Random;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Users of a set of whom `what` is asked, and actions of which `who` is.
const ASKED: (usize, usize) = if cfg!(debug_assertions) { (5, 5) } else { (40, 12) };
/// Workloads, the quick ones first. `large` is made with a twentieth of its policies and principals, each as it is there; of
/// the whole the benches say how many answers are exact.
const WORKLOADS: &[&str] =
    &["small", "grow_10", "grow_100", "grow_1000", "stmt_heavy", "ip_heavy", "medium", "large"];
/// What of a workload is made smaller.
const SMALLER: &[(&str, &[&str])] = &[("large", &["--P", "5000", "--pool", "250"])];
/// Those that are tried where nothing is optimised.
const QUICK: usize = 3;
/// Of a hundred answers about real documents.
const LEAST: usize = 90;
/// Real documents where nothing is optimised: one of so many.
const DOCUMENTS: usize = if cfg!(debug_assertions) { 10 } else { 1 };

/// Answers by question: how many are exact, and how many there are.
#[derive(Debug, Default)]
struct Shares(BTreeMap<&'static str, (usize, usize)>);

impl Shares {
    fn note(&mut self, question: &'static str, exact: bool) {
        let of = self.0.entry(question).or_default();
        of.0 += usize::from(exact);
        of.1 += 1;
    }

    fn shown(&self) -> String {
        let mut text = String::new();
        for (question, (exact, all)) in &self.0 {
            write!(text, " {question} {exact} of {all},").expect("a string takes any text");
        }
        text.trim_end_matches(',').to_owned()
    }

    fn all_exact(&self) -> bool {
        self.0.values().all(|(exact, all)| exact == all)
    }

    fn percent(&self) -> usize {
        let (exact, all) = self.0.values().fold((0, 0), |(e, a), (exact, all)| (e + exact, a + all));
        exact * 100 / all.max(1)
    }
}

/// So many, evenly from the whole list.
fn some<T>(all: Vec<T>, most: usize) -> Vec<T> {
    let step = all.len().div_ceil(most.max(1)).max(1);
    all.into_iter().step_by(step).collect()
}

/// Asks about users, actions, asserts and the change to an edited set.
fn ask(model: &Model, edited: &[Model], asserts: &[String], shares: &mut Shares) {
    let gate = Gate::from_model(model.clone()).expect("a set that was loaded");
    let calls = Calls::default();
    let mut actions = Vec::new();
    let users: Vec<String> = model.users.iter().map(|user| format!("user:{}", user.name)).collect();
    for user in some(users, ASKED.0) {
        let found = what(&gate, &user, &calls).expect("a user of the set");
        shares.note("what (whole)", found.is_exact());
        found.actions.iter().for_each(|action| shares.note("what", action.answer.is_exact()));
        actions = found.actions.into_iter().filter(|a| a.category.is_some()).map(|a| a.action).collect();
    }
    for action in some(actions, ASKED.1) {
        let found = who(&gate, &action, &calls).expect("an action of the catalogs");
        shares.note("who (whole)", found.exact);
        found.callers.iter().for_each(|callers| shares.note("who", callers.answer.is_exact()));
    }
    for after in edited {
        let found = diff(&gate, &Gate::from_model(after.clone()).expect("an edited set"), None);
        let found = found.expect("sets that were loaded");
        shares.note("diff (whole)", found.is_exact());
        let rights = found.changes.iter().flat_map(|change| change.gains.iter().chain(&change.losses));
        rights.for_each(|right| shares.note("diff", right.answer.is_exact()));
    }
    let texts: Vec<&str> = asserts.iter().map(String::as_str).collect();
    for report in prove(&gate, &texts).unwrap_or_else(|e| panic!("{e} {:#?}", e.diagnostics())).asserts {
        shares.note("prove", !matches!(report.verdict, Verdict::Undecided(_)));
    }
}

/// The set after one edit each: a statement gone, an effect turned, a condition gone.
fn edits(model: &Model, most: usize) -> Vec<Model> {
    let identity = |(_, policy): &(usize, &passgate::model::Policy)| policy.kind == PolicyKind::Identity;
    let policies = model.policies.iter().enumerate().filter(identity);
    let places: Vec<(usize, usize)> =
        policies.flat_map(|(at, policy)| (0..policy.statements.len()).map(move |of| (at, of))).collect();
    let edit = |(number, (at, of)): (usize, (usize, usize))| {
        let mut next = model.clone();
        let statements = &mut next.policies[at].statements;
        let turn = |statement: &mut Statement| {
            statement.effect = if statement.effect == Effect::Deny { Effect::Allow } else { Effect::Deny };
        };
        match number % 3 {
            0 => drop(statements.remove(of)),
            1 if !statements[of].conditions.is_empty() => drop(statements[of].conditions.pop()),
            _ => turn(&mut statements[of]),
        }
        next
    };
    some(places, most).into_iter().enumerate().map(edit).collect()
}

/// Asserts of the shapes that people write, about users and actions of a set.
fn asserts(user: &str, actions: &[&str]) -> Vec<String> {
    let each = actions.iter().flat_map(|action| {
        [
            format!("no one may {action} from 192.0.2.0/24"),
            format!("no one may {action} unless from 10.0.0.0/8, 2001:db8::/32"),
            format!("everyone may {action} from 198.51.100.7"),
            format!("only user {user} may {action}"),
            format!("user {user} may not {action} until 2027-01-01T00:00:00Z"),
            format!("user {user} may {action} when mfa is true"),
        ]
    });
    each.collect()
}

#[test]
fn all_answers_about_the_example_set_are_exact() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/partners");
    let gate = Gate::load(&folder).expect("the example set");
    let model = gate.model();
    let mut shares = Shares::default();
    let user = passgate::grammar::text::quote(&model.users[0].name);
    ask(model, &edits(model, 12), &asserts(&user, &["write", "PayOrders", "list", "Query*"]), &mut shares);
    println!("examples/partners:{}", shares.shown());
    assert!(shares.all_exact(), "{shares:?}");
}

#[test]
fn all_answers_about_the_workloads_are_exact() {
    for name in WORKLOADS.iter().take(if cfg!(debug_assertions) { QUICK } else { usize::MAX }) {
        let clock = Clock::start();
        let Some(model) = workload(name) else { return };
        let mut shares = Shares::default();
        let actions = ["write", "QueryUser"];
        ask(&model, &edits(&model, 3), &asserts("user0", &actions), &mut shares);
        println!("workload {name}:{}, {clock}", shares.shown());
        assert!(shares.all_exact(), "{name}: {shares:?}");
    }
}

/// A workload without its requests; `None` with a line where there is no Python to make it.
#[expect(clippy::print_stderr, reason = "a skipped test says what is missing")]
#[expect(clippy::disallowed_methods, reason = "a test reads what it made")]
fn workload(name: &str) -> Option<Model> {
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/workloads/generate.py");
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("workloads");
    let smaller = SMALLER.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, arguments)| arguments);
    let mut made = Command::new("python3");
    made.arg(generator).args([name, "--N", "1"]).args(smaller).arg("--out").arg(&out);
    let made = made.output();
    let Ok(made) = made else {
        eprintln!("shares: skipped: python3 missing");
        return None;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = std::fs::read_to_string(out.join(format!("{name}.json"))).expect("the workload");
    let read: Workload = serde_json::from_str(&text).expect("a workload");
    let settings = "use = [\"intlpartnersmgt\"]\nip-unsupported = \"evaluate\"\n".to_owned();
    let texts = [("passgate.toml".to_owned(), settings), ("set.gate".to_owned(), read.text())];
    Some(compile_model(texts, &LoadOptions::default()).expect("a workload is a policy set"))
}

#[derive(Deserialize)]
struct Workload {
    policies: Vec<Policy>,
    principals: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Policy {
    id: String,
    statements: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    effect: String,
    actions: Vec<String>,
    ip: Option<Ip>,
}

#[derive(Deserialize)]
struct Ip {
    op: String,
    cidrs: Vec<String>,
}

impl Workload {
    fn text(&self) -> String {
        let mut text = String::new();
        for policy in &self.policies {
            text += &format!("policy {} {{\n", policy.id);
            for statement in &policy.statements {
                text += &format!("    {} {}", statement.effect, statement.actions.join(", "));
                if let Some(ip) = &statement.ip {
                    let word = if ip.op == "not_in" { "not from" } else { "from" };
                    text += &format!(" {word} {}", ip.cidrs.join(", "));
                }
                text.push('\n');
            }
            text += "}\n";
        }
        for (name, policies) in &self.principals {
            text += &format!("user {name} {{ attach {} }}\n", policies.join(", "));
        }
        text
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tests read their corpus")]
fn most_answers_about_real_documents_are_exact() {
    let Some(folder) = corpus("shares") else { return };
    let (clock, mut shares, mut read, mut inexact) = (Clock::start(), Shares::default(), 0, Vec::new());
    let accepted = documents().into_iter().filter(|d| d.accepted && d.kind == "identity");
    for document in accepted.step_by(DOCUMENTS) {
        let mut sources = passgate::grammar::Sources::new();
        let text = std::fs::read_to_string(folder.join(&document.file)).expect("a document of the corpus");
        let id = sources.add(document.file.as_str(), text);
        let policy =
            cam::read(&sources, id, PolicyKind::Identity, "document").0.expect("an accepted document");
        let model = attached(document_model(policy, &sources, IpUnsupported::Withhold));
        let mut own = Shares::default();
        let names = some_actions(&model);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        ask(&model, &edits(&model, 3), &asserts("u", &names), &mut own);
        if !own.all_exact() {
            inexact.push((own.percent(), document.file.clone()));
        }
        for (question, (exact, all)) in own.0 {
            let of = shares.0.entry(question).or_default();
            *of = (of.0 + exact, of.1 + all);
        }
        read += 1;
    }
    inexact.sort();
    println!("real documents: {read},{}, {} %, {clock}", shares.shown(), shares.percent());
    println!(
        "real documents: {} with some answer that is not exact, least first: {inexact:?}",
        inexact.len()
    );
    assert!(shares.percent() >= LEAST, "{shares:?}");
    for (question, (exact, all)) in &shares.0 {
        assert!(exact * 100 >= all * LEAST, "{question}: {exact} of {all}");
    }
}

/// The document attached to a user rather than to whoever asks.
fn attached(model: Model) -> Model {
    let user = User {
        name: "u".into(),
        attached: vec![PolicyId(0)],
        parents: Vec::new(),
        boundary: None,
        notes: Default::default(),
        span: Default::default(),
    };
    Model { users: vec![user], everyone: Vec::new(), ..model }
}

/// A catalogued action and names that the document's own statements cover.
fn some_actions(model: &Model) -> Vec<String> {
    let mut random = Random::new(7);
    let own = model.policies.iter().flat_map(|policy| &policy.statements).flat_map(|s| s.actions.iter());
    let named: Vec<String> = own
        .filter_map(|term| match &term.kind {
            passgate::model::ActionKind::Pattern { service, pattern, .. } => {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '*';
                let fits = !pattern.is_empty() && pattern.chars().all(plain) && !service.contains('*');
                fits.then(|| format!("{service}:{pattern}"))
            }
            _ => None,
        })
        .collect();
    let picked = random.pick(&named).cloned();
    ["intlpartnersmgt:PayOrders".to_owned()].into_iter().chain(picked).collect()
}
