//! One statement as texts; `None` where it can never match and so says nothing.

use super::body::{Body, List};
use super::condition::conditions;
use super::divide::Openness;
use super::json::Json;
use crate::cam::terms::{ActionText, action_texts};
use crate::catalog::Catalogs;
use crate::findings::Findings;
use crate::model::read::shown;
use crate::model::{ActionTerm, Effect, PolicyKind, ResourceKind, ResourcePattern, Statement, Whom};
use passgate_grammar::{Diagnostic, Span, code};

/// What every part of a document is written with.
pub(super) struct Writer<'a> {
    pub(super) catalogs: &'a Catalogs,
    pub(super) kind: PolicyKind,
    pub(super) findings: &'a mut Findings,
}

impl Writer<'_> {
    pub(super) fn statement(&mut self, statement: &Statement) -> Option<Body> {
        let actions = self.actions(&statement.actions);
        if actions.is_empty() {
            let message = format!("`{}` is left out: it covers no action", statement.id);
            self.findings.push(Diagnostic::warning(code::EMPTY_SET, statement.effect_span, message));
            return None;
        }
        let resources = match self.implied(&statement.resources) {
            true => Vec::new(),
            false => statement.resources.iter().map(|r| Json::Text(r.text.as_ref().into())).collect(),
        };
        Some(Body {
            id: statement.id.clone(),
            span: statement.effect_span,
            effect: match statement.effect {
                Effect::Allow => "allow",
                Effect::Deny => "deny",
            },
            principal: (!statement.principals.is_empty()).then(|| principal(&statement.principals)),
            actions: List::new(actions, true),
            resources: List::new(resources, Openness::of(statement).resources_divisible()),
            conditions: conditions(statement, self.findings),
        })
    }

    /// A trust policy leaves `resource` out where it is `*`, as the provider does.
    fn implied(&self, resources: &[ResourcePattern]) -> bool {
        self.kind == PolicyKind::Trust
            && matches!(resources, [ResourcePattern { kind: ResourceKind::Any, .. }])
    }

    fn actions(&mut self, terms: &[ActionTerm]) -> Vec<Json> {
        let mut all = Vec::with_capacity(terms.len());
        for term in terms {
            for action in action_texts(&term.kind, self.catalogs) {
                all.push(Json::Text(self.action(action, term.span)));
            }
        }
        all
    }

    fn action(&mut self, action: ActionText<'_>, span: Span) -> String {
        match action {
            ActionText::Whole(text) => text.to_owned(),
            ActionText::Permid(number) => format!("permid/{number}"),
            ActionText::Named { legacy, service, pattern } => {
                let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'*';
                if !pattern.bytes().all(fits) {
                    let name = shown(pattern);
                    let message = format!("`{name}` of `{service}` has no place in a CAM document");
                    let fault = Diagnostic::error(code::BAD_ACTION, span, message);
                    self.findings.push(fault.help(
                        "names there hold letters, digits and `_`: keep this policy as `.gate`, or cover the name by a pattern",
                    ));
                }
                format!("{}{service}:{pattern}", if legacy { "name/" } else { "" })
            }
        }
    }
}

/// `"*"`, or the texts under their words in order; `anyone` among others is `*` of `qcs`.
fn principal(whom: &[Whom]) -> Json {
    if let [Whom::Anyone] = whom {
        return Json::Text("*".into());
    }
    let mut members: Vec<(String, Vec<Json>)> = Vec::new();
    for one in whom {
        let (kind, text) = match one {
            Whom::Anyone => ("qcs", "*"),
            Whom::Named { kind, text } => (kind.as_ref(), text.as_ref()),
        };
        let text = Json::Text(text.into());
        match members.iter_mut().find(|(word, _)| word == kind) {
            Some((_, texts)) => texts.push(text),
            None => members.push((kind.to_owned(), vec![text])),
        }
    }
    Json::Object(members.into_iter().map(|(word, texts)| (word, Json::one_or_list(texts))).collect())
}
