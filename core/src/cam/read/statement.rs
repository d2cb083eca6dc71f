//! One statement: effect, actions, resources; its condition and principal are beside it.

use super::Reader;
use super::fields::{Keyword, fields};
use crate::json::{Kind, Value};
use crate::model::read::{Names, Path, Place, Repeated, read_action, read_resource, shown};
use crate::model::{ActionTerm, Effect, Notes, PolicyKind, ResourceKind, ResourcePattern, Statement, Whom};
use passgate_grammar::{Safety, Span, code, limits};
use std::borrow::Cow;
use std::sync::Arc;

impl Reader<'_> {
    /// `number` counts from 1; `common` is whom the document as a whole names.
    pub(super) fn statement(
        &mut self,
        value: &Value<'_>,
        path: &Path<'_>,
        number: usize,
        common: Option<&Arc<[Whom]>>,
    ) -> Option<Statement> {
        const REQUIRED: [Keyword; 5] = [
            Keyword::needed("effect"),
            Keyword::needed("action"),
            Keyword::needed("resource"),
            Keyword::optional("condition"),
            Keyword::optional("principal"),
        ];
        const OF_TRUST: [Keyword; 5] = [
            Keyword::needed("effect"),
            Keyword::needed("action"),
            Keyword::optional("resource"),
            Keyword::optional("condition"),
            Keyword::optional("principal"),
        ];
        let Kind::Object(_) = &value.kind else {
            let message = format!("a statement is an object, this is of kind {}", value.kind.name());
            let fault = self.place(value, path).error(code::WRONG_TYPE, message);
            self.findings.push(fault.help("write `{ \"effect\": …, \"action\": …, \"resource\": … }`"));
            return None;
        };
        let trust = self.kind == PolicyKind::Trust;
        let keywords = if trust { &OF_TRUST } else { &REQUIRED };
        let [effect, action, resource, condition, principal] = fields(self, value, keywords, path);
        let effect = effect.and_then(|m| self.effect(&m.value, &Path::Member(path, "effect")));
        let actions = action.and_then(|m| self.actions(&m.value, &Path::Member(path, "action")));
        let resources = match resource {
            Some(member) => self.resources(&member.value, &Path::Member(path, "resource")),
            None => trust.then(|| vec![everything(self.span(value.start, value.end))]),
        };
        let conditions = match condition {
            Some(member) => self.condition(&member.value, &Path::Member(path, "condition")),
            None => Some(Vec::new()),
        };
        let principals = self.whom(value, principal, path, common);
        let (effect, effect_span) = effect?;
        Some(Statement {
            effect,
            id: format!("{}#{number}", self.name).into(),
            notes: Notes::default(),
            actions: actions?.into(),
            resources: resources?.into(),
            conditions: conditions?,
            principals: principals?,
            effect_span,
            span: self.span(value.start, value.end),
        })
    }

    fn effect(&mut self, value: &Value<'_>, path: &Path<'_>) -> Option<(Effect, Span)> {
        let place = self.place(value, path);
        let fault = match &value.kind {
            Kind::Text(text) if text == "allow" => return Some((Effect::Allow, place.span)),
            Kind::Text(text) if text == "deny" => return Some((Effect::Deny, place.span)),
            Kind::Text(text) => {
                let right = text.trim().to_ascii_lowercase();
                let known = right == "allow" || right == "deny";
                if known && text.trim() == text {
                    let message = format!("`{}`: an effect is written in lower case", shown(text));
                    let fault = place.error(code::KEYWORD_CASE, message);
                    let fault = fault.help(format!("write `{right}`"));
                    let fix = format!("\"{right}\"");
                    fault.fix(format!("`{right}`"), place.span, fix, Safety::Safe).nearest([right])
                } else if known {
                    let fault = place
                        .error(code::BAD_EFFECT, format!("`{}`: a blank stands in the effect", shown(text)));
                    fault.help(format!("write `{right}`")).nearest([right])
                } else {
                    let fault = place.error(code::BAD_EFFECT, format!("`{}` is no effect", shown(text)));
                    fault.help("write `allow` or `deny`")
                }
            }
            other => {
                let message = format!("an effect is a string, this is of kind {}", other.name());
                place.error(code::WRONG_TYPE, message).help("write `\"allow\"` or `\"deny\"`")
            }
        };
        self.findings.push(fault);
        None
    }

    fn actions(&mut self, value: &Value<'_>, path: &Path<'_>) -> Option<Vec<ActionTerm>> {
        self.texts(value, path, "an action", |reader, text, place| {
            let kind = reader.findings.with(|out| read_action(text, place, Names::Cam, out))?;
            Some(ActionTerm { kind, span: place.span })
        })
    }

    fn resources(&mut self, value: &Value<'_>, path: &Path<'_>) -> Option<Vec<ResourcePattern>> {
        self.texts(value, path, "a resource", |reader, text, place| {
            let kind = reader.findings.with(|out| read_resource(text, place, out))?;
            Some(ResourcePattern { kind, text: text.as_ref().into(), span: place.span })
        })
    }

    /// One string or a list of them, each read by `one`; nothing where one of them is refused.
    pub(super) fn texts<T>(
        &mut self,
        value: &Value<'_>,
        path: &Path<'_>,
        what: &str,
        mut one: impl FnMut(&mut Self, &Cow<'_, str>, Place<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Kind::Array(items) = &value.kind else {
            return Some(vec![self.text(value, path, what, &mut one)?]);
        };
        self.check_list(value, items.len(), limits::LIST_TERMS, path)?;
        let mut all = Vec::with_capacity(items.len());
        let mut members = Repeated::default();
        for (i, item) in items.iter().enumerate() {
            let path = Path::Item(path, i);
            let read = self.text(item, &path, what, &mut one);
            let place = self.place(item, &path);
            match &item.kind {
                Kind::Text(text) if read.is_some() => {
                    let meant = text.strip_prefix("name/").unwrap_or(text);
                    members.member(meant, text, place);
                }
                _ => members.skip(place),
            }
            all.extend(read);
        }
        self.findings.extend(members.finish());
        (all.len() == items.len()).then_some(all)
    }

    fn text<T>(
        &mut self,
        value: &Value<'_>,
        path: &Path<'_>,
        what: &str,
        one: &mut impl FnMut(&mut Self, &Cow<'_, str>, Place<'_>) -> Option<T>,
    ) -> Option<T> {
        let place = self.place(value, path);
        if let Kind::Text(text) = &value.kind {
            return one(self, text, place);
        }
        let message = format!("{what} is a string, this is of kind {}", value.kind.name());
        let fault = place.error(code::WRONG_TYPE, message);
        self.findings.push(fault.help("write one string in double quotes, or an array of strings"));
        None
    }
}

/// The resource of a trust statement that names none.
fn everything(span: Span) -> ResourcePattern {
    ResourcePattern { kind: ResourceKind::Any, text: "*".into(), span }
}
