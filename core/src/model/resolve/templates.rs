//! Templates: policies with parameters, and their instances (language reference, *Policies and principals*).
//!
//! A template is read once for itself, where all that is wrong with it whatever its arguments are is told. Each
//! instance then takes the statements that name no parameter as they were read, and reads the others anew with the
//! values of its arguments; what they tell besides is told once for all instances. An instance is called by its text in
//! one form, so equal arguments are one policy. What instances are made of is counted like everything that names stand
//! for, so few bytes cannot stand for many.

use super::Resolver;
use super::names::PolicyDef;
use super::notes::Noted;
use super::parameters::{Argument, Type};
use crate::model::read::shown;
use crate::model::{Instance, Policy, PolicyKind, Statement};
use passgate_grammar::text::{name_text, write_name};
use passgate_grammar::tree::{
    self, CheckKind, Clause, ClauseKind, Cond, CondTest, Expr, Grant, ItemKind, Join, JoinKind, Param,
    PolicyBody, Subject, Term, TermKind, Who,
};
use passgate_grammar::{Code, Diagnostic, Safety, Span, code};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A template, read for itself.
#[derive(Default)]
pub(super) struct Template<'a> {
    noted: Noted,
    params: &'a [Param],
    statements: Vec<Prototype<'a>>,
    /// How much an instance costs, its name not counted.
    cost: usize,
    kind: Option<PolicyKind>,
    name_span: Span,
    file: usize,
    /// Refused whatever the arguments: no instance is made.
    refused: bool,
    /// What was told of its statements.
    told: HashSet<(Code, Span)>,
}

/// A statement of a template.
struct Prototype<'a> {
    tree: &'a tree::Statement,
    /// As read without arguments.
    read: Statement,
    /// `1`, or what `@id` says.
    id: Arc<str>,
    /// Whether it names a parameter.
    dependent: bool,
    /// How much an instance of it costs.
    cost: usize,
}

/// All templates of a set, and the instances that grants ask for.
#[derive(Default)]
pub(super) struct Templates<'a> {
    /// By place among the policies.
    all: HashMap<usize, Template<'a>>,
    /// By template, text, and vocabulary where the text alone does not say what is meant.
    instances: HashMap<(usize, Arc<str>, usize), Arc<str>>,
    /// Names of instances, each with the number that the next one of this text takes.
    taken: HashMap<Arc<str>, usize>,
    /// The names of instances by the place of the grant that asks for it.
    of_grant: HashMap<Span, Arc<str>>,
    /// Places of those that some grant gives arguments.
    used: HashSet<usize>,
    made: usize,
}

/// An instance that a grant asks for.
struct Asked {
    /// Of the template among the policies.
    place: usize,
    name: Arc<str>,
    arguments: Vec<Argument>,
}

impl Templates<'_> {
    /// A name that no instance has: its text, with a number where others are written alike.
    fn free_name(&mut self, text: &Arc<str>) -> Arc<str> {
        let mut name = text.clone();
        let mut next = self.taken.get(text).copied();
        while let Some(number) = next {
            name = format!("{text} ({number})").into();
            self.taken.insert(text.clone(), number + 1);
            next = self.taken.contains_key(&name).then_some(number + 1);
        }
        self.taken.insert(name.clone(), 2);
        name
    }

    /// The grant at this place asks for this policy.
    pub(super) fn know(&mut self, grant: Span, name: &Arc<str>) {
        self.of_grant.insert(grant, name.clone());
    }

    /// The policy that a grant with arguments asks for.
    pub(super) fn named(&self, grant: &Grant) -> Option<&Arc<str>> {
        self.of_grant.get(&grant.span)
    }
}

impl<'a> Resolver<'a> {
    /// Reads a template for itself.
    pub(super) fn template(&mut self, place: usize) {
        let Some(PolicyDef { item, policy, file, .. }) = self.names.policies.get(place) else { return };
        let (item, policy, file) = (*item, *policy, *file);
        let mark = self.mark();
        let noted = self.policy_notes(item, &policy.body);
        let mut template = Template {
            noted,
            params: &policy.params,
            kind: Some(policy.kind),
            name_span: policy.name.span,
            file,
            ..Template::default()
        };
        self.declare(&policy.params, file);
        match &policy.body {
            PolicyBody::Statements(statements) => self.prototypes(statements, &mut template),
            PolicyBody::Cam(_) => self.no_template(policy, "a kept document has no place for parameters"),
        }
        if policy.kind != PolicyKind::Identity {
            self.no_template(policy, "only what can be attached is given arguments, and this cannot");
        }
        template.refused |= self.refused_since(mark);
        if !template.refused {
            self.unused_parameters(&policy.params);
        }
        self.parameters.clear();
        self.settle();
        self.templates.all.insert(place, template);
    }

    fn no_template(&mut self, policy: &tree::Policy, why: &str) {
        let first = policy.params.first().map_or(policy.name.span, |p| p.name);
        let span = policy.params.last().map_or(first, |last| first.to(last.ty));
        let told = Diagnostic::error(code::WRONG_ARGUMENTS, span, "this policy takes no parameters");
        self.out.push(told.because(why).help("leave them out"));
    }

    fn prototypes(&mut self, statements: &'a [tree::Statement], template: &mut Template<'a>) {
        let mut ids = HashMap::new();
        for (place, tree) in statements.iter().enumerate() {
            let (mark, uses) = (self.mark(), self.parameter_uses);
            let noted = self.statement_notes(tree, &mut ids);
            let id: Arc<str> = noted.id.unwrap_or_else(|| (place + 1).to_string().into());
            let kind = template.kind.unwrap_or(PolicyKind::Identity);
            let read = self.statement(id.clone(), noted.notes, kind, template.file, tree);
            let dependent = self.parameter_uses > uses;
            let cost = if dependent { 1 + size(tree) } else { 1 + values(tree) };
            template.refused |= self.refused_since(mark);
            template.told.extend(self.out.iter().skip(mark.told).map(|d| (d.code, d.span)));
            template.cost = template.cost.saturating_add(cost);
            template.statements.push(Prototype { tree, read, id, dependent, cost });
            self.settle();
        }
    }

    /// Makes the instances that grants ask for, in whichever item they stand; none of them where they are more than a
    /// limit takes, which is counted before any is made.
    pub(super) fn instances(&mut self) -> Vec<Policy> {
        let mut asked = Vec::new();
        let files = self.files;
        for (file, tree) in files.iter().enumerate() {
            for grant in tree.items.iter().flat_map(|item| grants(&item.kind)) {
                self.instance(grant, file, &mut asked);
                self.settle();
            }
        }
        if !self.instances_fit(&asked) {
            return Vec::new();
        }
        let mut made = Vec::with_capacity(asked.len());
        for one in asked {
            made.extend(self.made(one));
            self.settle();
        }
        made
    }

    /// Whether what instances are made of is within every limit, as far as it is known before they are made.
    fn instances_fit(&mut self, asked: &[Asked]) -> bool {
        let (mut statements, mut terms) = (self.statements, self.spent);
        for one in asked {
            let Some(template) = self.templates.all.get(&one.place).filter(|t| !t.refused) else { continue };
            let (count, span) = (template.statements.len(), template.name_span);
            let cost = template.cost + count * cost_of_name(&one.name);
            statements = statements.saturating_add(count);
            terms = terms.saturating_add(cost);
            if statements > self.most.statements {
                return self.count_statements(statements - self.statements, span);
            }
            if terms > self.most.expansion {
                return self.spend(terms - self.spent, span);
            }
        }
        self.templates.made <= self.most.instances
    }

    fn instance(&mut self, grant: &'a Grant, file: usize, asked: &mut Vec<Asked>) {
        let Some(terms) = &grant.args else { return };
        let name = name_text(self.sources, &grant.name);
        let Some(place) = self.names.policy_place(&name) else { return };
        self.templates.used.insert(place);
        let Some(template) = self.templates.all.get(&place) else {
            let defined = self.names.policies.get(place).map(|def| def.policy.name.span);
            return self.takes_none(grant, defined.unwrap_or(grant.span));
        };
        let (params, defined) = (template.params, template.name_span);
        if terms.len() != params.len() {
            return self.wrong_number(grant, terms, params, defined);
        }
        let arguments = self.arguments(terms, params, file);
        let (key, vocabulary) = self.instance_text(&name, terms, params, file);
        if let Some(known) = self.templates.instances.get(&(place, key.clone(), vocabulary)) {
            self.templates.of_grant.insert(grant.span, known.clone());
            return;
        }
        let name = self.templates.free_name(&key);
        self.templates.instances.insert((place, key, vocabulary), name.clone());
        self.templates.of_grant.insert(grant.span, name.clone());
        self.templates.made += 1;
        if let Some(arguments) = arguments
            && self.may_make(grant)
        {
            asked.push(Asked { place, name, arguments });
        }
    }

    /// Tells the templates of which no instance is asked for, in a set that attaches anything: one without callers is
    /// a collection. What could not be read may ask for an instance.
    pub(super) fn unused_templates(&mut self) {
        let refused = self.findings.refused() || self.out.iter().any(Diagnostic::refuses);
        let attaches =
            |item: &tree::Item| matches!(item.kind, ItemKind::Member(_)) && !grants(&item.kind).is_empty();
        if refused || !self.files.iter().flat_map(|file| &file.items).any(attaches) {
            return;
        }
        let all = self.templates.all.iter().filter(|(place, _)| !self.templates.used.contains(place));
        let mut unused: Vec<Span> = all.map(|(_, template)| template.name_span).collect();
        unused.sort_unstable();
        for span in unused {
            let message = format!("the template `{}` is never given arguments", shown(self.slice(span)));
            let told = Diagnostic::warning(code::UNUSED_NAME, span, message);
            self.out.push(told.help("attach an instance of it, or remove it"));
        }
    }

    fn arguments(&mut self, terms: &[Term], params: &[Param], file: usize) -> Option<Vec<Argument>> {
        let mut all = Vec::with_capacity(terms.len());
        for (term, param) in terms.iter().zip(params) {
            if let Some(ty) = Type::of(self.slice(param.ty)) {
                all.push(self.argument(term, ty, file));
            }
        }
        all.into_iter().collect()
    }

    /// The text that an instance is called by, and the vocabulary that its words need, if any.
    fn instance_text(&self, name: &str, terms: &[Term], params: &[Param], file: usize) -> (Arc<str>, usize) {
        let mut text = write_name(name).into_owned();
        let mut vocabulary = usize::MAX;
        for (place, (term, param)) in terms.iter().zip(params).enumerate() {
            text.push_str(if place == 0 { "(" } else { ", " });
            self.written_argument(term, &mut text);
            if Type::of(self.slice(param.ty)) == Some(Type::Actions) && self.depends_on_use(term) {
                vocabulary = self.vocabularies.of_file(file);
            }
        }
        text.push(')');
        (text.into(), vocabulary)
    }

    /// Whether the limit of instances leaves room; told once where it does not.
    fn may_make(&mut self, grant: &Grant) -> bool {
        let most = self.most.instances;
        if self.templates.made == most + 1 {
            let message = format!("a policy set has at most {most} instances of templates");
            self.out.push(Diagnostic::error(code::LIMIT, grant.span, message));
        }
        self.templates.made <= most
    }

    /// The policy of an instance; none beyond a limit.
    fn made(&mut self, Asked { place, name, arguments }: Asked) -> Option<Policy> {
        let mut template = self.templates.all.remove(&place)?;
        let policy = if template.refused { None } else { self.filled(&mut template, name, arguments) };
        self.templates.all.insert(place, template);
        policy
    }

    fn filled(
        &mut self,
        template: &mut Template<'a>,
        name: Arc<str>,
        arguments: Vec<Argument>,
    ) -> Option<Policy> {
        let span = template.name_span;
        if !self.count_statements(template.statements.len(), span) {
            return None;
        }
        self.declare_known(template.params, arguments);
        let mut statements = Vec::with_capacity(template.statements.len());
        for prototype in &template.statements {
            if !self.spend(prototype.cost + cost_of_name(&name), span) {
                self.parameters.clear();
                return None;
            }
            let id: Arc<str> = format!("{name}#{}", prototype.id).into();
            if !prototype.dependent {
                statements.push(Statement { id, ..prototype.read.clone() });
                continue;
            }
            let (mark, kind) = (self.mark(), PolicyKind::Identity);
            let notes = prototype.read.notes.clone();
            let statement = self.statement(id, notes, kind, template.file, prototype.tree);
            self.tell_once(mark.told, &mut template.told, &name);
            statements.push(statement);
        }
        self.parameters.clear();
        let version = template.noted.version.clone().unwrap_or_else(|| super::policies::VERSION.into());
        Some(Policy {
            name,
            kind: PolicyKind::Identity,
            version,
            notes: template.noted.notes.clone(),
            statements,
            span,
            document: None,
            instance: Some(Instance { template: span }),
        })
    }

    /// Keeps, of what was told since, what no instance has told, and says which instance tells it.
    fn tell_once(&mut self, since: usize, told: &mut HashSet<(Code, Span)>, name: &str) {
        let new = self.out.split_off(since.min(self.out.len()));
        let new = new.into_iter().filter(|d| told.insert((d.code, d.span)));
        self.out.extend(new.map(|d| d.because(format!("in `{}`", shown(name)))));
    }

    /// Told where arguments are given to a policy that takes none.
    pub(super) fn takes_none(&mut self, grant: &Grant, defined: Span) {
        let name = name_text(self.sources, &grant.name);
        let message = format!("`{}` is no template and takes no arguments", shown(&name));
        let args = Span { start: grant.name.span.end, ..grant.span };
        let told = Diagnostic::error(code::WRONG_ARGUMENTS, args, message).label(defined, "defined here");
        self.out.push(told.fix("without arguments", args, "", Safety::Unsafe));
    }

    fn wrong_number(&mut self, grant: &Grant, terms: &[Term], params: &[Param], defined: Span) {
        let name = self.slice(grant.name.span);
        let wanted = self.wanted(params);
        let message = format!("`{name}` takes {} ({wanted}), not {}", counted(params.len()), terms.len());
        let told = Diagnostic::error(code::WRONG_ARGUMENTS, grant.span, message);
        let mut told = told.label(defined, "defined here");
        if terms.len() > params.len() {
            told = told.help(format!("a list is one argument, in parentheses: `{name}(…, (a, b))`"));
        }
        self.out.push(told);
    }

    /// The parameters of a template as messages list them.
    pub(super) fn wanted(&self, params: &[Param]) -> String {
        let one = |param: &Param| format!("`{}: {}`", self.slice(param.name), self.slice(param.ty));
        params.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// `1 argument`, `2 arguments`.
pub(super) fn counted(count: usize) -> String {
    format!("{count} argument{}", if count == 1 { "" } else { "s" })
}

/// Bytes of a statement's id that count as one term.
const ID_BYTES_A_TERM: usize = 16;

/// Terms that an instance's name counts as, in each of its statements.
fn cost_of_name(name: &str) -> usize {
    name.len() / ID_BYTES_A_TERM
}

/// Every grant of an item.
fn grants(kind: &ItemKind) -> Vec<&Grant> {
    let mut all = Vec::new();
    match kind {
        ItemKind::Member(member) => of_joins(&member.joins, &mut all),
        ItemKind::Assert(assert) => {
            if let Subject::These(who) | Subject::Only(who) = &assert.subject {
                who.iter().for_each(|who| of_who(who, &mut all));
            }
        }
        ItemKind::Test(test) => {
            for case in &test.cases {
                of_who(&case.who, &mut all);
                of_joins(&case.joins, &mut all);
            }
        }
        ItemKind::Use(_) | ItemKind::Set { .. } | ItemKind::Define { .. } | ItemKind::Policy(_) => {}
    }
    all
}

fn of_joins<'t>(joins: &'t [Join], out: &mut Vec<&'t Grant>) {
    for join in joins {
        match &join.kind {
            JoinKind::In(_) => {}
            JoinKind::Attach(grants) => out.extend(grants),
            JoinKind::Within(grant) => out.push(grant),
        }
    }
}

fn of_who<'t>(who: &'t Who, out: &mut Vec<&'t Grant>) {
    if let Who::Policy(grant) = who {
        out.push(grant);
    }
}

/// Terms, conditions and values of a statement.
fn size(statement: &tree::Statement) -> usize {
    terms(&statement.actions) + statement.clauses.iter().map(of_clause).sum::<usize>()
}

/// Values of a statement's conditions alone: lists of actions, resources and addresses are shared.
fn values(statement: &tree::Statement) -> usize {
    let conds = statement.clauses.iter().map(|clause| match &clause.kind {
        ClauseKind::When(conds) => conds.iter().map(of_cond).sum(),
        ClauseKind::Unless(cond) => of_cond(cond),
        ClauseKind::To(whom) => whom.len(),
        _ => 1,
    });
    conds.sum()
}

fn of_clause(clause: &Clause) -> usize {
    1 + match &clause.kind {
        ClauseKind::On(expr) | ClauseKind::From { expr, .. } | ClauseKind::UnlessFrom(expr) => terms(expr),
        ClauseKind::When(conds) | ClauseKind::With(conds) => conds.iter().map(of_cond).sum(),
        ClauseKind::Unless(cond) => of_cond(cond),
        ClauseKind::To(whom) => whom.len(),
        ClauseKind::Since(_) | ClauseKind::Until(_) | ClauseKind::At(_) | ClauseKind::Because(_) => 0,
    }
}

fn of_cond(cond: &Cond) -> usize {
    1 + match &cond.test {
        CondTest::Present | CondTest::Absent => 0,
        CondTest::AbsentOr(check) | CondTest::Check(check) => match &check.kind {
            CheckKind::Is { values, .. } | CheckKind::Like { values, .. } => values.len(),
            CheckKind::In { expr, .. } => terms(expr),
            CheckKind::Order { .. } => 1,
        },
    }
}

/// Terms of an expression. Parentheses nest at most `limits::PAREN_DEPTH` deep.
fn terms(expr: &Expr) -> usize {
    let lists = [Some(&expr.terms), expr.only.as_ref(), expr.except.as_ref()];
    let one = |term: &Term| match &term.kind {
        TermKind::Group(inner) => 1 + terms(inner),
        _ => 1,
    };
    lists.into_iter().flatten().flatten().map(one).sum()
}
