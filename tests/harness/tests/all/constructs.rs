//! `examples/partners` uses every construct of the language. The list is the syntax tree's: each kind of node, each way
//! to write it; `set` lines stand in sets of one file alone, so here `passgate.toml` says what they would.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use passgate::grammar::tree::{
    Assert, Before, Case, Check, CheckKind, Clause, ClauseKind, Cond, CondTest, DefineKind, Expr, File,
    Grant, ItemKind, Join, JoinKind, Member, MemberKind, Name, Order, Policy, PolicyBody, PolicyKind,
    Quantifier, Statement, Subject, Term, TermKind, Test, Value, ValueKind, Who, Whom,
};
use passgate::grammar::{Sources, Span, parse};
use std::collections::BTreeSet;
use std::path::Path;

/// Every construct, a line a group.
const ALL: &str = "
    use, network, actions, resources, policy, trust policy, resource policy, user, group, role
    template, network parameter, actions parameter, resources parameter, instant parameter, string parameter
    cam, in, attach, within, attach instance, within instance, quoted name
    doc, @reason, @id, @ignore, @version, @x
    allow, deny, only, except, parentheses
    action, address, text, instant, word
    to anyone, to qcs, to service, to federated
    on, from, not from, since, until, since parameter, when, when and, unless, unless from
    any, every, quoted key, present, absent, absent or
    is, is not, is bytes, ignoring case, like, not like, in, not in, <, <=, >, >=
    text value, number value, instant value, true value, parameter value, several values
    assert no one, assert everyone, assert these, assert only, assert may not
    who root, who user, who group, who role, who policy
    test, given, case may, case may not, case join, at, with, because
";

#[test]
fn the_example_uses_every_construct() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/partners");
    let wanted: BTreeSet<&str> = ALL.split([',', '\n']).map(str::trim).filter(|w| !w.is_empty()).collect();
    let used = used(&folder);
    let lacking: Vec<&&str> = wanted.iter().filter(|w| !used.contains(**w)).collect();
    assert!(lacking.is_empty(), "examples/partners lacks {lacking:?}");
    let unlisted: Vec<&String> = used.iter().filter(|u| !wanted.contains(u.as_str())).collect();
    assert!(unlisted.is_empty(), "not in the list: {unlisted:?}");
}

#[expect(clippy::disallowed_methods, reason = "the test reads the example")]
fn used(folder: &Path) -> BTreeSet<String> {
    let mut sources = Sources::new();
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "gate") {
            let id = sources.add(path.display().to_string(), std::fs::read_to_string(&path).unwrap());
            let parsed = parse::parse(&sources, id);
            assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
            Walk { sources: &sources, found: &mut found, template: false }.file(&parsed.file);
        }
    }
    found
}

/// Goes through a tree and notes what it meets.
struct Walk<'w> {
    sources: &'w Sources,
    found: &'w mut BTreeSet<String>,
    template: bool,
}

impl Walk<'_> {
    fn note(&mut self, construct: &str) {
        self.found.insert(construct.to_owned());
    }

    fn slice(&self, span: Span) -> String {
        self.sources.slice(span).to_owned()
    }

    fn file(&mut self, file: &File) {
        for item in &file.items {
            self.before(&item.before);
            match &item.kind {
                ItemKind::Use(_) => self.note("use"),
                ItemKind::Set { .. } => {}
                ItemKind::Define { kind, expr, .. } => {
                    self.note(match kind {
                        DefineKind::Network => "network",
                        DefineKind::Actions => "actions",
                        DefineKind::Resources => "resources",
                    });
                    self.expr(expr);
                }
                ItemKind::Policy(policy) => self.policy(policy),
                ItemKind::Member(member) => self.member(member),
                ItemKind::Assert(assert) => self.assert(assert),
                ItemKind::Test(test) => self.test(test),
            }
        }
    }

    fn before(&mut self, before: &Before) {
        if !before.docs.is_empty() {
            self.note("doc");
        }
        for note in &before.notes {
            let word = self.slice(note.word);
            self.note(&format!("@{}", if word.starts_with("x-") { "x" } else { &word }));
        }
    }

    fn name(&mut self, name: &Name) {
        if name.quoted {
            self.note("quoted name");
        }
    }

    fn policy(&mut self, policy: &Policy) {
        self.name(&policy.name);
        self.note(match policy.kind {
            PolicyKind::Identity => "policy",
            PolicyKind::Trust => "trust policy",
            PolicyKind::Resource => "resource policy",
        });
        self.template = !policy.params.is_empty();
        if self.template {
            self.note("template");
        }
        for param in &policy.params {
            let ty = self.slice(param.ty);
            self.note(&format!("{ty} parameter"));
        }
        match &policy.body {
            PolicyBody::Cam(_) => self.note("cam"),
            PolicyBody::Statements(statements) => statements.iter().for_each(|s| self.statement(s)),
        }
        self.template = false;
    }

    fn member(&mut self, member: &Member) {
        self.name(&member.name);
        self.note(kind_word(member.kind));
        member.joins.iter().for_each(|join| self.join(join));
    }

    fn join(&mut self, join: &Join) {
        match &join.kind {
            JoinKind::In(names) => {
                self.note("in");
                names.iter().for_each(|name| self.name(name));
            }
            JoinKind::Attach(grants) => {
                self.note("attach");
                grants.iter().for_each(|grant| self.grant("attach", grant));
            }
            JoinKind::Within(grant) => {
                self.note("within");
                self.grant("within", grant);
            }
        }
    }

    fn grant(&mut self, word: &str, grant: &Grant) {
        self.name(&grant.name);
        for term in grant.args.iter().flatten() {
            self.note(&format!("{word} instance"));
            self.term(term);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        self.before(&statement.before);
        self.note(if statement.deny { "deny" } else { "allow" });
        self.expr(&statement.actions);
        statement.clauses.iter().for_each(|clause| self.clause(clause));
    }

    fn expr(&mut self, expr: &Expr) {
        for (word, list) in [("only", &expr.only), ("except", &expr.except)] {
            if let Some(list) = list {
                self.note(word);
                list.iter().for_each(|term| self.term(term));
            }
        }
        expr.terms.iter().for_each(|term| self.term(term));
    }

    fn term(&mut self, term: &Term) {
        self.note(match &term.kind {
            TermKind::Group(_) => "parentheses",
            TermKind::Action => "action",
            TermKind::Address => "address",
            TermKind::Text => "text",
            TermKind::Instant => "instant",
            TermKind::Word => "word",
        });
        if let TermKind::Group(inner) = &term.kind {
            self.expr(inner);
        }
    }

    fn clause(&mut self, clause: &Clause) {
        match &clause.kind {
            ClauseKind::To(whom) => whom.iter().for_each(|one| self.whom(one)),
            ClauseKind::On(expr) => self.set("on", expr),
            ClauseKind::From { negated: false, expr } => self.set("from", expr),
            ClauseKind::From { negated: true, expr } => self.set("not from", expr),
            ClauseKind::UnlessFrom(expr) => self.set("unless from", expr),
            ClauseKind::Since(value) => self.time("since", *value),
            ClauseKind::Until(value) => self.time("until", *value),
            ClauseKind::When(conds) => {
                self.note("when");
                self.conds("when and", conds);
            }
            ClauseKind::Unless(cond) => {
                self.note("unless");
                self.cond(cond);
            }
            ClauseKind::At(_) => self.note("at"),
            ClauseKind::With(conds) => {
                self.note("with");
                self.conds("with", conds);
            }
            ClauseKind::Because(_) => self.note("because"),
        }
    }

    fn set(&mut self, word: &str, expr: &Expr) {
        self.note(word);
        self.expr(expr);
    }

    fn time(&mut self, word: &str, value: Value) {
        self.note(word);
        if value.kind == ValueKind::Word {
            self.note("since parameter");
        }
    }

    fn whom(&mut self, whom: &Whom) {
        match whom {
            Whom::Anyone(_) => self.note("to anyone"),
            Whom::Named { kind, .. } => {
                let kind = self.slice(*kind);
                self.note(&format!("to {kind}"));
            }
        }
    }

    fn conds(&mut self, several: &str, conds: &[Cond]) {
        if conds.len() > 1 {
            self.note(several);
        }
        conds.iter().for_each(|cond| self.cond(cond));
    }

    fn cond(&mut self, cond: &Cond) {
        match cond.quantifier {
            Some(Quantifier::Any) => self.note("any"),
            Some(Quantifier::Every) => self.note("every"),
            None => {}
        }
        if cond.key.quoted {
            self.note("quoted key");
        }
        match &cond.test {
            CondTest::Present => self.note("present"),
            CondTest::Absent => self.note("absent"),
            CondTest::AbsentOr(check) => {
                self.note("absent or");
                self.check(check);
            }
            CondTest::Check(check) => self.check(check),
        }
    }

    fn check(&mut self, check: &Check) {
        match &check.kind {
            CheckKind::Is { negated, bytes, values, ignoring_case } => {
                self.note(if *negated { "is not" } else { "is" });
                let words = [(*bytes, "is bytes"), (*ignoring_case, "ignoring case")];
                words.iter().filter(|(there, _)| *there).for_each(|(_, word)| self.note(word));
                self.values(values);
            }
            CheckKind::Like { negated, values } => {
                self.note(if *negated { "not like" } else { "like" });
                self.values(values);
            }
            CheckKind::In { negated, expr } => self.set(if *negated { "not in" } else { "in" }, expr),
            CheckKind::Order { order, value } => {
                self.note(match order {
                    Order::Less => "<",
                    Order::LessEqual => "<=",
                    Order::Greater => ">",
                    Order::GreaterEqual => ">=",
                });
                self.values(std::slice::from_ref(value));
            }
        }
    }

    fn values(&mut self, values: &[Value]) {
        if values.len() > 1 {
            self.note("several values");
        }
        for value in values {
            self.note(match value.kind {
                ValueKind::Text => "text value",
                ValueKind::Number => "number value",
                ValueKind::Instant => "instant value",
                ValueKind::True | ValueKind::False => "true value",
                ValueKind::Word => "parameter value",
                ValueKind::Address => "address value",
            });
        }
    }

    fn assert(&mut self, assert: &Assert) {
        match &assert.subject {
            Subject::NoOne => self.note("assert no one"),
            Subject::Everyone => self.note("assert everyone"),
            Subject::These(who) => {
                self.note("assert these");
                who.iter().for_each(|who| self.who(who));
            }
            Subject::Only(who) => {
                self.note("assert only");
                who.iter().for_each(|who| self.who(who));
            }
        }
        if assert.negated {
            self.note("assert may not");
        }
        self.expr(&assert.actions);
        assert.clauses.iter().for_each(|clause| self.clause(clause));
    }

    fn who(&mut self, who: &Who) {
        match who {
            Who::Root(_) => self.note("who root"),
            Who::Member { kind, name } => {
                self.note(&format!("who {}", kind_word(*kind)));
                self.name(name);
            }
            Who::Policy(grant) => {
                self.note("who policy");
                self.grant("attach", grant);
            }
        }
    }

    fn test(&mut self, test: &Test) {
        self.note("test");
        if !test.given.is_empty() {
            self.note("given");
        }
        test.given.iter().for_each(|clause| self.clause(clause));
        test.cases.iter().for_each(|case| self.case(case));
    }

    fn case(&mut self, case: &Case) {
        self.before(&case.before);
        self.who(&case.who);
        if !case.joins.is_empty() {
            self.note("case join");
        }
        case.joins.iter().for_each(|join| self.join(join));
        self.note(if case.negated { "case may not" } else { "case may" });
        self.expr(&case.actions);
        case.clauses.iter().for_each(|clause| self.clause(clause));
    }
}

fn kind_word(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::User => "user",
        MemberKind::Group => "group",
        MemberKind::Role => "role",
    }
}
