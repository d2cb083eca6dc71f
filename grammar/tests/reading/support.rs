//! The tree as one line of text, for tests: spans become the text they cover, kinds become marks.
//!
//! Terms: `word`, `!action`, `~address`, `^instant`, `"text"`, `(set)`. Values: the same, and `#number`.

use passgate_grammar::parse::{Parsed, parse};
use passgate_grammar::tree::*;
use passgate_grammar::{SourceId, Sources, Span};

/// Reads a text that stands alone.
pub(crate) fn read(text: &str) -> (Sources, Parsed) {
    let mut sources = Sources::new();
    let id = sources.add("t.gate", text);
    let parsed = parse(&sources, id);
    (sources, parsed)
}

/// All items of a file, a line each.
pub(crate) fn show(sources: &Sources, file: &File) -> String {
    let printer = Printer { sources };
    file.items.iter().map(|item| printer.item(item)).collect::<Vec<_>>().join("\n")
}

/// Diagnostics as `code@start..end`.
pub(crate) fn faults(parsed: &Parsed) -> String {
    let one = |d: &passgate_grammar::Diagnostic| format!("{}@{}..{}", d.code, d.span.start, d.span.end);
    parsed.diagnostics.iter().map(one).collect::<Vec<_>>().join(" ")
}

struct Printer<'s> {
    sources: &'s Sources,
}

impl Printer<'_> {
    fn text(&self, span: Span) -> &str {
        assert!(
            self.sources
                .get(SourceId(0))
                .unwrap()
                .text()
                .get(span.start as usize..span.end as usize)
                .is_some()
        );
        self.sources.slice(span)
    }

    fn all<T>(&self, parts: &[T], one: impl Fn(&T) -> String) -> String {
        parts.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn before(&self, before: &Before) -> String {
        let docs = before.docs.iter().map(|doc| format!("{} ", self.text(*doc))).collect::<String>();
        let notes = before.notes.iter().map(|note| {
            assert_eq!(self.text(note.span).find(self.text(note.word)), Some(1));
            format!("@{}({}) ", self.text(note.word), self.all(&note.args, |v| self.value(v)))
        });
        docs + &notes.collect::<String>()
    }

    fn item(&self, item: &Item) -> String {
        let inner = match &item.kind {
            ItemKind::Use(services) => format!("use {}", self.all(services, |s| self.text(*s).to_owned())),
            ItemKind::Set { key, values } => {
                format!("set {} {}", self.text(*key), self.all(values, |v| self.value(v)))
            }
            ItemKind::Define { kind, name, expr } => {
                format!("{kind:?} {} {}", self.text(*name), self.expr(expr)).to_lowercase_first()
            }
            ItemKind::Policy(policy) => self.policy(policy),
            ItemKind::Member(member) => {
                let kind = format!("{:?}", member.kind).to_lowercase();
                let joins = self.all(&member.joins, |j| self.join(j));
                format!("{kind} {} {{{joins}}}", self.name(&member.name))
            }
            ItemKind::Assert(assert) => {
                let may = if assert.negated { "may-not" } else { "may" };
                let subject = match &assert.subject {
                    Subject::NoOne => "no-one".to_owned(),
                    Subject::Everyone => "everyone".to_owned(),
                    Subject::These(who) => self.all(who, |w| self.who(w)),
                    Subject::Only(who) => format!("only {}", self.all(who, |w| self.who(w))),
                };
                let clauses = self.clauses(&assert.clauses);
                format!("assert {subject} {may} {}{clauses}", self.expr(&assert.actions))
            }
            ItemKind::Test(test) => {
                let given = self.clauses(&test.given);
                let cases = self.all(&test.cases, |c| self.case(c));
                format!("test {} {{given{given} {cases}}}", self.text(test.name))
            }
        };
        self.text(item.span);
        format!("({}{inner})", self.before(&item.before))
    }

    fn policy(&self, policy: &Policy) -> String {
        let kind = match policy.kind {
            PolicyKind::Identity => "",
            PolicyKind::Trust => "trust-",
            PolicyKind::Resource => "resource-",
        };
        let param = |p: &Param| format!("{}:{}", self.text(p.name), self.text(p.ty));
        let params = match policy.params.as_slice() {
            [] => String::new(),
            params => format!("({})", self.all(params, param)),
        };
        let body = match &policy.body {
            PolicyBody::Cam(file) => format!("cam {}", self.text(*file)),
            PolicyBody::Statements(all) => format!("{{{}}}", self.all(all, |s| self.statement(s))),
        };
        format!("{kind}policy {}{params} {body}", self.name(&policy.name))
    }

    fn statement(&self, statement: &Statement) -> String {
        let word = if statement.deny { "deny" } else { "allow" };
        assert_eq!(self.text(statement.effect), word);
        assert!(self.text(statement.span).starts_with(word));
        let before = self.before(&statement.before);
        format!("({before}{word} {}{})", self.expr(&statement.actions), self.clauses(&statement.clauses))
    }

    fn expr(&self, expr: &Expr) -> String {
        let terms = |terms: &[Term]| self.all(terms, |t| self.term(t));
        let mut shown = terms(&expr.terms);
        if let Some(only) = &expr.only {
            shown += &format!(" only {}", terms(only));
        }
        if let Some(except) = &expr.except {
            shown += &format!(" except {}", terms(except));
        }
        let covered = self.text(expr.span);
        assert!(covered.starts_with(self.text(expr.terms[0].span)), "{covered}");
        let last = expr.except.as_ref().or(expr.only.as_ref()).unwrap_or(&expr.terms).last().unwrap();
        assert!(covered.ends_with(self.text(last.span)), "{covered}");
        format!("[{shown}]")
    }

    fn term(&self, term: &Term) -> String {
        let text = self.text(term.span);
        match &term.kind {
            TermKind::Group(expr) => {
                assert!(text.starts_with('(') && text.ends_with(')'), "{text}");
                format!("({})", self.expr(expr))
            }
            TermKind::Action => format!("!{text}"),
            TermKind::Address => format!("~{text}"),
            TermKind::Instant => format!("^{text}"),
            TermKind::Text | TermKind::Word => text.to_owned(),
        }
    }

    fn value(&self, value: &Value) -> String {
        let text = self.text(value.span);
        match value.kind {
            ValueKind::Number => format!("#{text}"),
            ValueKind::Instant => format!("^{text}"),
            ValueKind::Address => format!("~{text}"),
            ValueKind::True => {
                assert_eq!(text, "true");
                "+true".to_owned()
            }
            ValueKind::False => "+false".to_owned(),
            ValueKind::Text | ValueKind::Word => text.to_owned(),
        }
    }

    fn name(&self, name: &Name) -> String {
        assert_eq!(name.quoted, self.text(name.span).starts_with('"'));
        self.text(name.span).to_owned()
    }

    fn clauses(&self, clauses: &[Clause]) -> String {
        clauses.iter().map(|c| format!(" ({})", self.clause(c))).collect()
    }

    fn clause(&self, clause: &Clause) -> String {
        let covered = self.text(clause.span);
        assert_eq!(covered, covered.trim());
        match &clause.kind {
            ClauseKind::To(whom) => format!("to {}", self.all(whom, |w| self.whom(w))),
            ClauseKind::On(expr) => format!("on {}", self.expr(expr)),
            ClauseKind::From { negated: false, expr } => format!("from {}", self.expr(expr)),
            ClauseKind::From { negated: true, expr } => format!("not-from {}", self.expr(expr)),
            ClauseKind::Since(value) => format!("since {}", self.value(value)),
            ClauseKind::Until(value) => format!("until {}", self.value(value)),
            ClauseKind::When(conds) => format!("when {}", self.all(conds, |c| self.cond(c))),
            ClauseKind::UnlessFrom(expr) => format!("unless-from {}", self.expr(expr)),
            ClauseKind::Unless(cond) => format!("unless {}", self.cond(cond)),
            ClauseKind::At(value) => format!("at {}", self.value(value)),
            ClauseKind::With(conds) => format!("with {}", self.all(conds, |c| self.cond(c))),
            ClauseKind::Because(word) => format!("because {}", self.text(*word)),
        }
    }

    fn whom(&self, whom: &Whom) -> String {
        match whom {
            Whom::Anyone(span) => self.text(*span).to_owned(),
            Whom::Named { kind, text } => format!("{} {}", self.text(*kind), self.text(*text)),
        }
    }

    fn cond(&self, cond: &Cond) -> String {
        let quantifier = match cond.quantifier {
            Some(Quantifier::Any) => "any ",
            Some(Quantifier::Every) => "every ",
            None => "",
        };
        let test = match &cond.test {
            CondTest::Present => "present".to_owned(),
            CondTest::Absent => "absent".to_owned(),
            CondTest::AbsentOr(check) => format!("absent-or {}", self.check(check)),
            CondTest::Check(check) => self.check(check),
        };
        self.text(cond.span);
        format!("({quantifier}{} {test})", self.name(&cond.key))
    }

    fn check(&self, check: &Check) -> String {
        self.text(check.span);
        let not = |negated: &bool| if *negated { "not-" } else { "" };
        let values = |values: &[Value]| self.all(values, |v| self.value(v));
        match &check.kind {
            CheckKind::Is { negated, bytes, values: all, ignoring_case } => {
                let bytes = if *bytes { "bytes-" } else { "" };
                let case = if *ignoring_case { "-ignoring-case" } else { "" };
                format!("{}{bytes}is{case} {}", not(negated), values(all))
            }
            CheckKind::Like { negated, values: all } => format!("{}like {}", not(negated), values(all)),
            CheckKind::In { negated, expr } => format!("{}in {}", not(negated), self.expr(expr)),
            CheckKind::Order { order, value } => format!("{order:?} {}", self.value(value)),
        }
    }

    fn join(&self, join: &Join) -> String {
        let covered = self.text(join.span);
        assert_eq!(covered, covered.trim());
        match &join.kind {
            JoinKind::In(names) => format!("(in {})", self.all(names, |n| self.name(n))),
            JoinKind::Attach(grants) => format!("(attach {})", self.all(grants, |g| self.grant(g))),
            JoinKind::Within(grant) => format!("(within {})", self.grant(grant)),
        }
    }

    fn grant(&self, grant: &Grant) -> String {
        let args = match &grant.args {
            Some(args) => format!("({})", self.all(args, |t| self.term(t))),
            None => String::new(),
        };
        format!("{}{args}", self.name(&grant.name))
    }

    fn who(&self, who: &Who) -> String {
        match who {
            Who::Root(_) => "root".to_owned(),
            Who::Member { kind, name } => format!("{:?}:{}", kind, self.name(name)).to_lowercase_first(),
            Who::Policy(grant) => format!("policy:{}", self.grant(grant)),
        }
    }

    fn case(&self, case: &Case) -> String {
        self.text(case.span);
        let may = if case.negated { "may-not" } else { "may" };
        let joins = case.joins.iter().map(|j| format!(" {}", self.join(j))).collect::<String>();
        let before = self.before(&case.before);
        let clauses = self.clauses(&case.clauses);
        format!("({before}{}{joins} {may} {}{clauses})", self.who(&case.who), self.expr(&case.actions))
    }
}

trait LowercaseFirst {
    fn to_lowercase_first(&self) -> String;
}

impl LowercaseFirst for String {
    fn to_lowercase_first(&self) -> String {
        let mut chars = self.chars();
        chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
    }
}
