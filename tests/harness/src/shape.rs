//! What a tree says, without where it says it: equal for a text and its canonical form.
//!
//! Written apart from the formatter, so that the one can be held against the other. What the canonical form may change
//! is levelled here: the order of clauses, conditions of one `when` or several, `on "*"` and `from anywhere except` of
//! a statement, quotes of names and keys, the spelling of addresses.

use passgate::grammar::text::unquote;
use passgate::grammar::tree::{
    Before, Case, Check, CheckKind, Clause, ClauseKind, Cond, CondTest, Expr, File, Grant, Item, ItemKind,
    Join, JoinKind, Name, Policy, PolicyBody, Statement, Subject, Term, TermKind, Test, Value, Who, Whom,
};
use passgate::grammar::{Sources, Span};
use std::fmt::Debug;
use std::net::IpAddr;

/// The items of a file, a text each.
pub fn shape(sources: &Sources, file: &File) -> Vec<String> {
    let shape = Shape { sources };
    file.items.iter().map(|item| shape.item(item)).collect()
}

struct Shape<'s> {
    sources: &'s Sources,
}

impl Shape<'_> {
    fn text(&self, span: Span) -> String {
        self.sources.slice(span).to_owned()
    }

    fn list<T>(&self, items: &[T], of: impl Fn(&T) -> String) -> String {
        format!("[{}]", items.iter().map(of).collect::<Vec<_>>().join(", "))
    }

    fn name(&self, name: &Name) -> String {
        let written = self.sources.slice(name.span);
        format!("{:?}", if name.quoted { unquote(written) } else { written.into() })
    }

    fn before(&self, before: &Before) -> String {
        let docs = self.list(&before.docs, |doc| self.text(*doc).trim_end().to_owned());
        let notes =
            self.list(&before.notes, |note| format!("@{}{}", self.text(note.word), self.values(&note.args)));
        format!("{docs} {notes}")
    }

    fn values(&self, values: &[Value]) -> String {
        self.list(values, |value| format!("{:?} {}", value.kind, self.text(value.span)))
    }

    fn item(&self, item: &Item) -> String {
        let said = match &item.kind {
            ItemKind::Use(services) => format!("use {}", self.list(services, |span| self.text(*span))),
            ItemKind::Set { key, values } => format!("set {} {}", self.text(*key), self.values(values)),
            ItemKind::Define { kind, name, expr } => {
                format!("{kind:?} {} = {}", self.text(*name), self.expr(expr))
            }
            ItemKind::Policy(policy) => self.policy(policy),
            ItemKind::Member(member) => {
                let joins = self.list(&member.joins, |join| self.join(join));
                format!("{:?} {} {joins}", member.kind, self.name(&member.name))
            }
            ItemKind::Assert(assert) => {
                let subject = match &assert.subject {
                    Subject::NoOne => "no one".to_owned(),
                    Subject::Everyone => "everyone".to_owned(),
                    Subject::These(these) => self.list(these, |who| self.who(who)),
                    Subject::Only(these) => format!("only {}", self.list(these, |who| self.who(who))),
                };
                let asked = self.asked(assert.negated, &assert.actions, &assert.clauses);
                format!("assert {subject} {asked}")
            }
            ItemKind::Test(test) => self.test(test),
        };
        format!("{} {said}", self.before(&item.before))
    }

    fn policy(&self, policy: &Policy) -> String {
        let params = self.list(&policy.params, |p| format!("{}: {}", self.text(p.name), self.text(p.ty)));
        let body = match &policy.body {
            PolicyBody::Cam(file) => format!("cam {}", self.text(*file)),
            PolicyBody::Statements(all) => self.list(all, |statement| self.statement(statement)),
        };
        format!("{:?} policy {}{params} {body}", policy.kind, self.name(&policy.name))
    }

    fn statement(&self, statement: &Statement) -> String {
        let effect = if statement.deny { "deny" } else { "allow" };
        let clauses = self.clauses(&statement.clauses, true);
        format!("{} {effect} {} {clauses}", self.before(&statement.before), self.expr(&statement.actions))
    }

    fn expr(&self, expr: &Expr) -> String {
        let part = |word: &str, terms: &Option<Vec<Term>>| {
            terms.as_ref().map_or(String::new(), |terms| format!(" {word} {}", self.terms(terms)))
        };
        format!("{}{}{}", self.terms(&expr.terms), part("only", &expr.only), part("except", &expr.except))
    }

    fn terms(&self, terms: &[Term]) -> String {
        self.list(terms, |term| match &term.kind {
            TermKind::Group(expr) => format!("({})", self.expr(expr)),
            TermKind::Address => format!("address {}", address(self.sources.slice(term.span))),
            kind => format!("{kind:?} {}", self.text(term.span)),
        })
    }

    // ── Clauses ─────────────────────────────────────────────────────────────────────────────────────────────────

    /// Clauses in the order of their words; `simple` where the canonical form says them in fewer words.
    fn clauses(&self, clauses: &[Clause], simple: bool) -> String {
        let ons = clauses.iter().filter(|c| matches!(c.kind, ClauseKind::On(_))).count();
        let froms = clauses.iter().filter(|c| matches!(c.kind, ClauseKind::From { .. })).count();
        let mut all: Vec<String> = Vec::new();
        for clause in clauses {
            match &clause.kind {
                ClauseKind::On(expr) if simple && ons == 1 && self.expr(expr) == "[Text \"*\"]" => {}
                ClauseKind::From { negated: false, expr } if simple && froms == 1 => {
                    let said = self.expr(expr);
                    let but = said.strip_prefix("[Word anywhere] except ");
                    all.push(but.map_or(format!("from {said}"), |but| format!("not from {but}")));
                }
                ClauseKind::When(conds) if !conds.iter().any(has_or) => {
                    all.extend(conds.iter().map(|cond| format!("when {}", self.cond(cond))));
                }
                kind => all.push(self.clause(kind)),
            }
        }
        all.sort();
        self.list(&all, String::clone)
    }

    fn clause(&self, kind: &ClauseKind) -> String {
        match kind {
            ClauseKind::To(whom) => format!("to {}", self.list(whom, |one| self.whom(one))),
            ClauseKind::On(expr) => format!("on {}", self.expr(expr)),
            ClauseKind::From { negated, expr } => {
                format!("{}from {}", if *negated { "not " } else { "" }, self.expr(expr))
            }
            ClauseKind::Since(value) => format!("since {}", self.text(value.span)),
            ClauseKind::Until(value) => format!("until {}", self.text(value.span)),
            ClauseKind::When(conds) => format!("when {}", self.list(conds, |cond| self.cond(cond))),
            ClauseKind::UnlessFrom(expr) => format!("unless from {}", self.expr(expr)),
            ClauseKind::Unless(cond) => format!("unless {}", self.cond(cond)),
            ClauseKind::At(value) => format!("at {}", self.text(value.span)),
            ClauseKind::With(conds) => format!("with {}", self.list(conds, |cond| self.cond(cond))),
            ClauseKind::Because(word) => format!("because {}", self.text(*word)),
        }
    }

    fn whom(&self, whom: &Whom) -> String {
        match whom {
            Whom::Anyone(_) => "anyone".to_owned(),
            Whom::Named { kind, text } => format!("{} {}", self.text(*kind), self.text(*text)),
        }
    }

    fn cond(&self, cond: &Cond) -> String {
        let test = match &cond.test {
            CondTest::AbsentOr(check) => format!("absent or {}", self.check(check)),
            CondTest::Check(check) => self.check(check),
            test => format!("{test:?}"),
        };
        format!("{:?} {} {test}", cond.quantifier, self.name(&cond.key))
    }

    fn check(&self, check: &Check) -> String {
        match &check.kind {
            CheckKind::Is { negated, bytes, values, ignoring_case } => {
                format!("is {negated} {bytes} {ignoring_case} {}", self.values(values))
            }
            CheckKind::Like { negated, values } => format!("like {negated} {}", self.values(values)),
            CheckKind::In { negated, expr } => format!("in {negated} {}", self.expr(expr)),
            CheckKind::Order { order, value } => format!("{order:?} {}", self.values(&[*value])),
        }
    }

    // ── People, asserts, tests ──────────────────────────────────────────────────────────────────────────────────

    fn join(&self, join: &Join) -> String {
        match &join.kind {
            JoinKind::In(names) => format!("in {}", self.list(names, |name| self.name(name))),
            JoinKind::Attach(grants) => format!("attach {}", self.list(grants, |grant| self.grant(grant))),
            JoinKind::Within(grant) => format!("within {}", self.grant(grant)),
        }
    }

    fn grant(&self, grant: &Grant) -> String {
        let args = grant.args.as_ref().map_or("-".to_owned(), |args| self.terms(args));
        format!("{}({args})", self.name(&grant.name))
    }

    fn who(&self, who: &Who) -> String {
        match who {
            Who::Root(_) => "root".to_owned(),
            Who::Member { kind, name } => format!("{kind:?} {}", self.name(name)),
            Who::Policy(grant) => format!("policy {}", self.grant(grant)),
        }
    }

    fn asked(&self, negated: bool, actions: &Expr, clauses: &[Clause]) -> String {
        format!("may {negated} {} {}", self.expr(actions), self.clauses(clauses, false))
    }

    fn test(&self, test: &Test) -> String {
        let cases = self.list(&test.cases, |case| self.case(case));
        format!("test {} {} {cases}", self.text(test.name), self.clauses(&test.given, false))
    }

    fn case(&self, case: &Case) -> String {
        let joins = self.list(&case.joins, |join| self.join(join));
        let asked = self.asked(case.negated, &case.actions, &case.clauses);
        format!("{} {} {joins} {asked}", self.before(&case.before), self.who(&case.who))
    }
}

fn has_or(cond: &Cond) -> bool {
    matches!(cond.test, CondTest::AbsentOr(_))
}

/// An address by its value, with its length where that is written and less than whole.
fn address(written: &str) -> String {
    let (head, length) = written.split_once('/').map_or((written, ""), |(head, length)| (head, length));
    match head.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) if length == "32" => head.to_owned(),
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            let plain = length.parse::<u8>().is_ok_and(|n| n <= 128 && n.to_string() == length);
            match (length, plain, written.contains('/')) {
                ("128", ..) | (_, _, false) => format!("{:?}", address.segments()),
                (_, true, _) => format!("{:?}/{length}", address.segments()),
                _ => written.to_owned(),
            }
        }
        _ => written.to_owned(),
    }
}

/// The `Debug` text of a value, without the places in it.
pub fn without_places(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let mut rest = text.as_str();
    let mut out = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once("Span { source: ") {
        out.push_str(before);
        out.push('@');
        rest = after.split_once(" }").map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}
