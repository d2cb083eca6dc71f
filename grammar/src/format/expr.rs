//! Sets, values, conditions and grants as tokens.

use super::row::{Joint, Rows};
use super::token;
use crate::source::Span;
use crate::tree::{
    Check, CheckKind, Cond, CondTest, Expr, Grant, Name, Order, Quantifier, Term, TermKind, Value,
};

impl Rows<'_> {
    /// A set, whose first term is joined like this. Recursion is bounded: parentheses are counted when a text is read.
    pub(super) fn expr(&mut self, expr: &Expr, joint: Joint) {
        self.terms(&expr.terms, joint);
        for (word, terms) in [("only", &expr.only), ("except", &expr.except)] {
            if let Some(terms) = terms {
                self.word(word, Joint::Break);
                self.terms(terms, Joint::Blank);
            }
        }
    }

    /// Terms with commas between them.
    pub(super) fn terms(&mut self, terms: &[Term], first: Joint) {
        for (number, term) in terms.iter().enumerate() {
            let joint = self.joint_of(number, first);
            self.term(term, joint);
        }
    }

    /// A comma before all members of a list but the first; how the member is joined.
    pub(super) fn joint_of(&mut self, number: usize, first: Joint) -> Joint {
        if number == 0 {
            return first;
        }
        self.comma();
        Joint::Break
    }

    fn term(&mut self, term: &Term, joint: Joint) {
        match &term.kind {
            TermKind::Group(expr) => {
                self.word("(", joint);
                self.expr(expr, Joint::Tight);
                self.source(last_bytes(term.span, 1), Joint::Tight);
            }
            TermKind::Address => {
                let written = token::address(self.slice(term.span));
                self.token(term.span, &written, joint);
            }
            _ => self.source(term.span, joint),
        }
    }

    /// Values with commas between them.
    pub(super) fn values(&mut self, values: &[Value], first: Joint) {
        for (number, value) in values.iter().enumerate() {
            let joint = self.joint_of(number, first);
            self.source(value.span, joint);
        }
    }

    /// A NAME.
    pub(super) fn name(&mut self, name: &Name, joint: Joint) {
        let written = token::name(self.slice(name.span), name.quoted);
        self.token(name.span, &written, joint);
    }

    /// A policy, or an instance of a template.
    pub(super) fn grant(&mut self, grant: &Grant, joint: Joint) {
        self.name(&grant.name, joint);
        if let Some(args) = &grant.args {
            self.word("(", Joint::Tight);
            self.terms(args, Joint::Tight);
            self.source(last_bytes(grant.span, 1), Joint::Tight);
        }
    }

    /// A condition after `when`, `and`, `unless` or `with`.
    pub(super) fn cond(&mut self, cond: &Cond) {
        match cond.quantifier {
            Some(Quantifier::Any) => self.word("any", Joint::Blank),
            Some(Quantifier::Every) => self.word("every", Joint::Blank),
            None => {}
        }
        let key = token::key(self.slice(cond.key.span), cond.key.quoted);
        self.token(cond.key.span, &key, Joint::Blank);
        match &cond.test {
            CondTest::Present => {
                self.word("is", Joint::Blank);
                self.source(last_bytes(cond.span, "present".len()), Joint::Blank);
            }
            CondTest::Absent => {
                self.word("is", Joint::Blank);
                self.source(last_bytes(cond.span, "absent".len()), Joint::Blank);
            }
            CondTest::AbsentOr(check) => {
                for word in ["is", "absent", "or"] {
                    self.word(word, Joint::Blank);
                }
                self.check(check);
            }
            CondTest::Check(check) => self.check(check),
        }
    }

    fn check(&mut self, check: &Check) {
        match &check.kind {
            CheckKind::Is { negated, bytes, values, ignoring_case } => {
                self.word("is", Joint::Blank);
                self.word_if(*negated, "not");
                self.word_if(*bytes, "bytes");
                self.values(values, Joint::Blank);
                if *ignoring_case {
                    self.word("ignoring", Joint::Blank);
                    self.source(last_bytes(check.span, "case".len()), Joint::Blank);
                }
            }
            CheckKind::Like { negated, values } => {
                self.word_if(*negated, "not");
                self.word("like", Joint::Blank);
                self.values(values, Joint::Blank);
            }
            CheckKind::In { negated, expr } => {
                self.word_if(*negated, "not");
                self.word("in", Joint::Blank);
                self.expr(expr, Joint::Blank);
            }
            CheckKind::Order { order, value } => {
                self.word(sign(*order), Joint::Blank);
                self.source(value.span, Joint::Blank);
            }
        }
    }

    pub(super) fn word_if(&mut self, stands: bool, word: &'static str) {
        if stands {
            self.word(word, Joint::Blank);
        }
    }
}

/// The last bytes of a span.
pub(super) fn last_bytes(span: Span, count: usize) -> Span {
    Span::new(span.source, (span.end as usize).saturating_sub(count), span.end as usize)
}

fn sign(order: Order) -> &'static str {
    match order {
        Order::Less => "<",
        Order::LessEqual => "<=",
        Order::Greater => ">",
        Order::GreaterEqual => ">=",
    }
}
