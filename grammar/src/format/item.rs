//! Items: settings, definitions, policies, people, asserts and tests.

use super::ALIGNED_NAME;
use super::block::{Entry, Formatter, byte, start_of};
use super::clause::Place;
use super::layout::{Indent, LEVEL, Row, columns, columns_in_line};
use super::row::{Joint, Rows};
use super::{WIDTH, token};
use crate::source::Span;
use crate::tree::{
    Assert, Before, Case, DefineKind, Item, ItemKind, Join, JoinKind, Member, MemberKind, Param, Policy,
    PolicyBody, PolicyKind, Subject, Test, Who,
};

/// Items with an `=`, one a line, without anything between them.
#[derive(Debug, Default)]
struct Run {
    /// The first item after it.
    end: usize,
    /// Columns before the `=`.
    width: usize,
}

/// Where an item stands.
#[derive(Debug, Clone, Copy)]
struct Stands {
    start: usize,
    end: usize,
    /// Where the next item begins.
    next: usize,
}

impl<'t> Formatter<'t> {
    /// All items of the file.
    pub(super) fn items(&mut self) {
        let file = self.file;
        let mut run = Run::default();
        for (number, item) in file.items.iter().enumerate() {
            if number >= run.end {
                run = self.run(number);
            }
            let next =
                file.items.get(number + 1).map_or(self.text.len(), |next| start_of(&next.before, next.span));
            let at = Stands { start: item.span.start as usize, end: item.span.end as usize, next };
            match &item.kind {
                ItemKind::Policy(Policy { body: PolicyBody::Statements(_), .. })
                | ItemKind::Member(_)
                | ItemKind::Test(_) => self.block_item(item, at),
                ItemKind::Assert(assert) => {
                    self.before(&Entry { before: &item.before, start: at.start, block: false }, 0);
                    self.rows.assert(item.span, assert);
                    self.clauses(&assert.clauses, Place::Proof, at.end, at.next, 0);
                    self.after(false);
                }
                kind => {
                    self.before(&Entry { before: &item.before, start: at.start, block: false }, 0);
                    self.rows.line(item.span, kind, run.width);
                    self.rest(at.end, at.next, Indent::of_row(0));
                    self.after(false);
                }
            }
        }
    }

    fn block_item(&mut self, item: &Item, at: Stands) {
        let block = self.needs_block(item, at);
        self.before(&Entry { before: &item.before, start: at.start, block }, 0);
        self.rows.head(item.span, &item.kind);
        let brace = self.rows.find(b'{');
        if block {
            self.open_block(brace, 0);
            match &item.kind {
                ItemKind::Policy(Policy { body: PolicyBody::Statements(statements), .. }) => {
                    self.statements(statements, at.end - 1);
                }
                ItemKind::Member(member) => self.joins(&member.joins, at.end - 1),
                ItemKind::Test(test) => self.test(test, at.end - 1),
                _ => {}
            }
            self.close_block(at.end, at.next, 0);
        } else {
            self.rows.one_line_block(byte(self.file, brace), item, byte(self.file, at.end - 1));
            self.rest(at.end, at.next, Indent::of_row(0));
        }
        self.after(block);
    }

    /// Whether a block has lines of its own: statements and cases always, joins where they do not fit on one.
    fn needs_block(&self, item: &Item, at: Stands) -> bool {
        if !self.rows.comments_between(at.start, at.end).is_empty() {
            return true;
        }
        match &item.kind {
            ItemKind::Policy(Policy { body: PolicyBody::Statements(statements), .. }) => {
                !statements.is_empty()
            }
            ItemKind::Test(test) => !test.given.is_empty() || !test.cases.is_empty(),
            ItemKind::Member(_) => {
                let mut trial = Rows::new(self.text, &[]);
                trial.begin(at.start);
                trial.head(item.span, &item.kind);
                let brace = trial.find(b'{');
                trial.one_line_block(byte(self.file, brace), item, byte(self.file, at.end - 1));
                let layout = [Row { units: 0..trial.units.len(), joined: false }];
                columns_in_line(&trial, &layout).is_none_or(|width| width > WIDTH)
            }
            _ => false,
        }
    }

    fn joins(&mut self, joins: &[Join], close: usize) {
        let none = Before::default();
        for (number, join) in joins.iter().enumerate() {
            let next = joins.get(number + 1).map_or(close, |next| next.span.start as usize);
            self.before(&Entry { before: &none, start: join.span.start as usize, block: false }, LEVEL);
            self.rows.join(join);
            self.rest(join.span.end as usize, next, Indent::of_row(LEVEL));
            self.after(false);
        }
    }

    fn test(&mut self, test: &Test, close: usize) {
        let none = Before::default();
        if let Some(last) = test.given.last() {
            let start = self.rows.next_token();
            let next = test.cases.first().map_or(close, |case| start_of(&case.before, case.span));
            self.before(&Entry { before: &none, start, block: false }, LEVEL);
            let word = Span::new(self.file.source, start, start + "given".len());
            self.rows.source(word, Joint::Break);
            self.clauses(&test.given, Place::Proof, last.span.end as usize, next, LEVEL);
            self.after(false);
        }
        for (number, case) in test.cases.iter().enumerate() {
            let next = test.cases.get(number + 1).map_or(close, |next| start_of(&next.before, next.span));
            let (start, end) = (case.span.start as usize, case.span.end as usize);
            self.before(&Entry { before: &case.before, start, block: false }, LEVEL);
            self.rows.case(case);
            self.clauses(&case.clauses, Place::Proof, end, next, LEVEL);
            self.after(false);
        }
    }

    /// The run that begins with an item.
    fn run(&self, first: usize) -> Run {
        let mut run = Run { end: first, width: 0 };
        let mut before: Option<&Item> = None;
        for item in self.file.items.get(first..).unwrap_or(&[]) {
            let Some(width) = self.rows.name_columns(&item.kind) else { break };
            if before.is_some_and(|before| self.divided(before, item)) {
                break;
            }
            if width <= ALIGNED_NAME {
                run.width = run.width.max(width);
            }
            run.end += 1;
            before = Some(item);
        }
        run.end = run.end.max(first + 1);
        run
    }

    /// Whether something, or a blank line, stands between two items.
    fn divided(&self, before: &Item, item: &Item) -> bool {
        let (mut end, start) = (before.span.end as usize, item.span.start as usize);
        if !item.before.notes.is_empty() {
            return true;
        }
        for comment in self.rows.comments_between(end, start) {
            if comment.own_line {
                return true;
            }
            end = comment.span.end as usize;
        }
        self.blank_between(end, start)
    }
}

impl Rows<'_> {
    /// An item without a block, whose `=` stands after so many columns.
    fn line(&mut self, span: Span, kind: &ItemKind, equals: usize) {
        let first = self.first_word(span);
        match kind {
            ItemKind::Use(services) => {
                self.source(first, Joint::Break);
                for (number, service) in services.iter().enumerate() {
                    let joint = self.joint_of(number, Joint::Blank);
                    self.source(*service, joint);
                }
            }
            ItemKind::Set { key, values } => {
                self.source(first, Joint::Break);
                self.source(*key, Joint::Blank);
                self.equals(kind, equals, values.first().map(|value| value.span));
                self.values(values, Joint::Blank);
            }
            ItemKind::Define { name, expr, .. } => {
                self.source(first, Joint::Break);
                self.source(*name, Joint::Blank);
                self.equals(kind, equals, Some(expr.span));
                self.expr(expr, Joint::Blank);
            }
            ItemKind::Policy(Policy { body: PolicyBody::Cam(file), .. }) => {
                self.head(span, kind);
                self.equals(kind, equals, Some(*file));
                self.word("cam", Joint::Blank);
                self.source(*file, Joint::Blank);
            }
            _ => {}
        }
    }

    fn equals(&mut self, kind: &ItemKind, equals: usize, value: Option<Span>) {
        let width = self.name_columns(kind).unwrap_or(equals);
        // A comment before the `=` ends the line that would be padded.
        if value.is_none_or(|value| self.peek_comment(value.start as usize).is_none()) {
            self.pad(equals.saturating_sub(width));
        }
        self.word("=", Joint::Blank);
    }

    /// Columns before the `=` of an item that has one.
    fn name_columns(&self, kind: &ItemKind) -> Option<usize> {
        let (word, name) = match kind {
            ItemKind::Set { key, .. } => ("set", columns(self.slice(*key))),
            ItemKind::Define { kind, name, .. } => (define_word(*kind), columns(self.slice(*name))),
            ItemKind::Policy(Policy { kind, name, params, body: PolicyBody::Cam(_) })
                if params.is_empty() =>
            {
                let word = match kind {
                    PolicyKind::Identity => "policy",
                    PolicyKind::Trust => "trust policy",
                    PolicyKind::Resource => "resource policy",
                };
                (word, columns(&token::name(self.slice(name.span), name.quoted)))
            }
            _ => return None,
        };
        Some(word.len() + 1 + name)
    }

    /// What stands before the `{` or `=` of an item.
    fn head(&mut self, span: Span, kind: &ItemKind) {
        self.source(self.first_word(span), Joint::Break);
        match kind {
            ItemKind::Policy(policy) => {
                self.word_if(policy.kind != PolicyKind::Identity, "policy");
                self.name(&policy.name, Joint::Blank);
                self.params(&policy.params);
            }
            ItemKind::Member(member) => self.name(&member.name, Joint::Blank),
            ItemKind::Test(test) => self.source(test.name, Joint::Blank),
            _ => {}
        }
    }

    fn first_word(&self, span: Span) -> Span {
        let length = self.slice(span).bytes().take_while(u8::is_ascii_lowercase).count();
        Span::new(span.source, span.start as usize, span.start as usize + length)
    }

    fn params(&mut self, params: &[Param]) {
        let Some(last) = params.last() else { return };
        self.word("(", Joint::Tight);
        for (number, param) in params.iter().enumerate() {
            let joint = self.joint_of(number, Joint::Tight);
            self.source(param.name, joint);
            self.word(":", Joint::Tight);
            self.source(param.ty, Joint::Blank);
        }
        let close = self.find(b')');
        self.source(Span::new(last.ty.source, close, close + 1), Joint::Tight);
    }

    /// A block on the line of its head: two blanks between what it holds.
    fn one_line_block(&mut self, open: Span, item: &Item, close: Span) {
        self.source(open, Joint::Blank);
        let joins: &[Join] = match &item.kind {
            ItemKind::Member(Member { joins, .. }) => joins,
            _ => &[],
        };
        for (number, join) in joins.iter().enumerate() {
            self.pad(usize::from(number > 0));
            self.join(join);
        }
        self.source(close, if joins.is_empty() { Joint::Tight } else { Joint::Break });
    }

    /// `in …`, `attach …`, `within …`
    fn join(&mut self, join: &Join) {
        match &join.kind {
            JoinKind::In(names) => {
                self.word("in", Joint::Break);
                for (number, name) in names.iter().enumerate() {
                    let joint = self.joint_of(number, Joint::Blank);
                    self.name(name, joint);
                }
            }
            JoinKind::Attach(grants) => {
                self.word("attach", Joint::Break);
                for (number, grant) in grants.iter().enumerate() {
                    let joint = self.joint_of(number, Joint::Blank);
                    self.grant(grant, joint);
                }
            }
            JoinKind::Within(grant) => {
                self.word("within", Joint::Break);
                self.grant(grant, Joint::Blank);
            }
        }
    }

    // ── Asserts and tests ───────────────────────────────────────────────────────────────────────────────────────

    /// An assert up to its clauses.
    fn assert(&mut self, span: Span, assert: &Assert) {
        self.source(self.first_word(span), Joint::Break);
        match &assert.subject {
            Subject::NoOne => {
                self.word("no", Joint::Blank);
                self.word("one", Joint::Blank);
            }
            Subject::Everyone => self.word("everyone", Joint::Blank),
            Subject::These(these) => self.callers(these),
            Subject::Only(these) => {
                self.word("only", Joint::Blank);
                self.callers(these);
            }
        }
        self.word("may", Joint::Break);
        self.word_if(assert.negated, "not");
        self.expr(&assert.actions, Joint::Blank);
    }

    fn callers(&mut self, these: &[Who]) {
        for (number, who) in these.iter().enumerate() {
            let joint = self.joint_of(number, Joint::Blank);
            self.who(who, joint);
        }
    }

    fn who(&mut self, who: &Who, joint: Joint) {
        match who {
            Who::Root(word) => self.source(*word, joint),
            Who::Member { kind, name } => {
                self.word(member_word(*kind), joint);
                self.name(name, Joint::Blank);
            }
            Who::Policy(grant) => {
                self.word("policy", joint);
                self.grant(grant, Joint::Blank);
            }
        }
    }

    /// A case up to its clauses.
    fn case(&mut self, case: &Case) {
        self.who(&case.who, Joint::Break);
        for join in &case.joins {
            self.join(join);
        }
        self.word("may", Joint::Break);
        self.word_if(case.negated, "not");
        self.expr(&case.actions, Joint::Blank);
    }
}

fn member_word(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::User => "user",
        MemberKind::Group => "group",
        MemberKind::Role => "role",
    }
}

fn define_word(kind: DefineKind) -> &'static str {
    match kind {
        DefineKind::Network => "network",
        DefineKind::Actions => "actions",
        DefineKind::Resources => "resources",
    }
}
