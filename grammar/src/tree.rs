//! The syntax tree of a `.gate` file: what was written, where, without what it means.
//!
//! Nodes hold spans, not texts: the text of a span is [`crate::Sources::slice`]. Comments are kept beside the items
//! with their places, so that a formatter can put them back. The shapes follow the grammar of the language
//! reference; one shape serves all sets ([`Expr`]) and one all clauses ([`Clause`]), and the place says which kinds
//! of terms and clauses are wanted, which is checked by the model, not here.

use crate::source::{SourceId, Span};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The text it was read from.
    pub source: SourceId,
    /// Items in the order written.
    pub items: Vec<Item>,
    /// All comments, doc comments included, in the order written.
    pub comments: Vec<Comment>,
    /// Names that items with a fault declare. Using one is no second fault.
    pub broken: Vec<Broken>,
}

/// A name that an item declares which could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// What the name is of.
    pub kind: BrokenKind,
    /// The name.
    pub name: Name,
}

/// What a [`Broken`] name is of: the spaces of names of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BrokenKind {
    /// A network, action set or resource list.
    Set,
    /// A policy or template.
    Policy,
    /// A user, group or role.
    Member(MemberKind),
}

/// `// …` or `/// …`, without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// From the first slash to the end of the text.
    pub span: Span,
    /// `///`, alone on its line.
    pub doc: bool,
    /// Nothing but blanks before it on its line.
    pub own_line: bool,
}

/// What stands before an item, statement or case: doc comments and notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Before {
    /// `/// …` lines.
    pub docs: Vec<Span>,
    /// `@word(…)`.
    pub notes: Vec<Note>,
}

/// `@word(STRING or WORD, …)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The whole note.
    pub span: Span,
    /// The word after `@`.
    pub word: Span,
    /// Arguments: strings or words.
    pub args: Vec<Value>,
}

/// A top-level item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// From its first word to its end, without what stands before.
    pub span: Span,
    /// Docs and notes.
    pub before: Before,
    /// Which item.
    pub kind: ItemKind,
}

/// The kinds of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// `use SERVICE, …`
    Use(Vec<Span>),
    /// `set a.b = values`; the span is the dotted key.
    Set {
        /// `a.b`
        key: Span,
        /// The values.
        values: Vec<Value>,
    },
    /// `network | actions | resources NAME = expr`
    Define {
        /// Which of the three.
        kind: DefineKind,
        /// The name.
        name: Span,
        /// The set.
        expr: Expr,
    },
    /// A policy or template.
    Policy(Policy),
    /// A user, group or role.
    Member(Member),
    /// A proof to be done.
    Assert(Assert),
    /// A block of cases.
    Test(Test),
}

/// What a `network`, `actions` or `resources` line defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DefineKind {
    /// Addresses.
    Network,
    /// Actions.
    Actions,
    /// Resource patterns.
    Resources,
}

/// A NAME: a WORD, digits, or a STRING. `span` covers the quotes of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// Where.
    pub span: Span,
    /// Written as a STRING.
    pub quoted: bool,
}

/// `policy NAME …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `trust`, `resource` or neither.
    pub kind: PolicyKind,
    /// Its name.
    pub name: Name,
    /// Parameters of a template.
    pub params: Vec<Param>,
    /// What it holds.
    pub body: PolicyBody,
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// Attached to principals.
    Identity,
    /// Says who may take a role.
    Trust,
    /// Hangs on a resource.
    Resource,
}

/// `WORD: type`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The parameter.
    pub name: Span,
    /// Its type: the word.
    pub ty: Span,
}

/// The body of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyBody {
    /// `= cam "file.json"`; the span of the string.
    Cam(Span),
    /// `{ statements }`
    Statements(Vec<Statement>),
}

/// `allow …` or `deny …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// From `allow` or `deny` to its end.
    pub span: Span,
    /// Docs and notes.
    pub before: Before,
    /// `deny`?
    pub deny: bool,
    /// The word `allow` or `deny`.
    pub effect: Span,
    /// The actions.
    pub actions: Expr,
    /// Clauses in the order written.
    pub clauses: Vec<Clause>,
}

/// `list [only list] [except list]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// Everything.
    pub span: Span,
    /// Any of these.
    pub terms: Vec<Term>,
    /// Of that only these.
    pub only: Option<Vec<Term>>,
    /// Without these.
    pub except: Option<Vec<Term>>,
}

/// One member of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Where; with quotes or parentheses.
    pub span: Span,
    /// Which.
    pub kind: TermKind,
}

/// The kinds of terms; the text is the span's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermKind {
    /// `( expr )`
    Group(Box<Expr>),
    /// `*`, `svc:pattern`, `name/svc:pattern`, `svc:"quoted pattern"`, a bare pattern with `*`, `permid/N`.
    Action,
    /// An address or prefix.
    Address,
    /// `"…"`
    Text,
    /// `2026-01-01T00:00:00Z`
    Instant,
    /// A word: a name, a category, a bare action, a parameter.
    Word,
}

/// A clause of a statement, assert or case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// From its first word to its end.
    pub span: Span,
    /// Which.
    pub kind: ClauseKind,
}

/// The kinds of clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClauseKind {
    /// `to whom, …`
    To(Vec<Whom>),
    /// `on expr`
    On(Expr),
    /// `from expr`, `not from expr`
    From {
        /// `not from`
        negated: bool,
        /// The network.
        expr: Expr,
    },
    /// `since INSTANT | WORD`
    Since(Value),
    /// `until INSTANT | WORD`
    Until(Value),
    /// `when cond and …`
    When(Vec<Cond>),
    /// `unless from expr`
    UnlessFrom(Expr),
    /// `unless cond`
    Unless(Cond),
    /// `at INSTANT`
    At(Value),
    /// `with cond and …`
    With(Vec<Cond>),
    /// `because word`
    Because(Span),
}

/// Who a trust or resource policy speaks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// `anyone`
    Anyone(Span),
    /// `qcs | service | federated STRING`
    Named {
        /// The word.
        kind: Span,
        /// The string.
        text: Span,
    },
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cond {
    /// Everything.
    pub span: Span,
    /// `any` or `every`.
    pub quantifier: Option<Quantifier>,
    /// The key; `quoted` for a STRING.
    pub key: Name,
    /// What is asked of it.
    pub test: CondTest,
}

/// `any` or `every` before a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// Some value.
    Any,
    /// Each value.
    Every,
}

/// What a condition asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CondTest {
    /// `is present`
    Present,
    /// `is absent`
    Absent,
    /// `is absent or …`
    AbsentOr(Check),
    /// The check alone.
    Check(Check),
}

/// A comparison of a key's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// From `is`, `like`, `in` or the sign to its end.
    pub span: Span,
    /// Which.
    pub kind: CheckKind,
}

/// The kinds of comparisons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckKind {
    /// `is [not] [bytes] values [ignoring case]`
    Is {
        /// `not`
        negated: bool,
        /// `bytes`
        bytes: bool,
        /// The values.
        values: Vec<Value>,
        /// `ignoring case`
        ignoring_case: bool,
    },
    /// `[not] like values`
    Like {
        /// `not`
        negated: bool,
        /// The values.
        values: Vec<Value>,
    },
    /// `[not] in expr`
    In {
        /// `not`
        negated: bool,
        /// The network.
        expr: Expr,
    },
    /// `< <= > >=` value
    Order {
        /// Which sign.
        order: Order,
        /// The value.
        value: Value,
    },
}

/// An ordering sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// A value; its text is the span's, with the quotes of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// Where.
    pub span: Span,
    /// Which kind.
    pub kind: ValueKind,
}

/// The kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// `"…"`
    Text,
    /// A JSON number.
    Number,
    /// An instant.
    Instant,
    /// `true`
    True,
    /// `false`
    False,
    /// A word: a parameter, or a setting's word.
    Word,
    /// An address (only among the values of `set`, where it is a mistake to be told).
    Address,
}

/// `user | group | role NAME { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Which kind.
    pub kind: MemberKind,
    /// Its name.
    pub name: Name,
    /// What it joins.
    pub joins: Vec<Join>,
}

/// Kinds of declared principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberKind {
    /// `user`
    User,
    /// `group`
    Group,
    /// `role`
    Role,
}

/// `in …`, `attach …`, `within …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// From its word to its end.
    pub span: Span,
    /// Which.
    pub kind: JoinKind,
}

/// The kinds of joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinKind {
    /// `in NAME, …`
    In(Vec<Name>),
    /// `attach grant, …`
    Attach(Vec<Grant>),
    /// `within grant`
    Within(Grant),
}

/// A policy, or an instance of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Name and arguments.
    pub span: Span,
    /// The policy.
    pub name: Name,
    /// Arguments, one term each; `None` without parentheses.
    pub args: Option<Vec<Term>>,
}

/// `assert … may …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assert {
    /// Whom it speaks of.
    pub subject: Subject,
    /// `may not`
    pub negated: bool,
    /// The actions.
    pub actions: Expr,
    /// Clauses.
    pub clauses: Vec<Clause>,
}

/// Whom an assert speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `no one`
    NoOne,
    /// `everyone`
    Everyone,
    /// `who, …`
    These(Vec<Who>),
    /// `only who, …`
    Only(Vec<Who>),
}

/// A caller named in an assert or case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// `root`
    Root(Span),
    /// `user | group | role NAME`
    Member {
        /// Which kind.
        kind: MemberKind,
        /// The name.
        name: Name,
    },
    /// `policy grant`
    Policy(Grant),
}

/// `test "…" { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The string that names it.
    pub name: Span,
    /// `given` clauses.
    pub given: Vec<Clause>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One line of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Everything.
    pub span: Span,
    /// Docs and notes.
    pub before: Before,
    /// The caller.
    pub who: Who,
    /// What the caller brings.
    pub joins: Vec<Join>,
    /// `may not`
    pub negated: bool,
    /// The actions, one call each.
    pub actions: Expr,
    /// Clauses.
    pub clauses: Vec<Clause>,
}
