//! `principal`: whom a trust or resource policy speaks to, in a statement or for the whole document.

use super::Reader;
use super::fields::{Keyword, fields};
use crate::json::{Kind, Member, Value};
use crate::model::read::{Path, Place, read_principal, shown};
use crate::model::{PolicyKind, Whom};
use passgate_grammar::code;
use std::sync::Arc;

impl Reader<'_> {
    /// Whom a statement speaks to: its own principal, or the document's.
    pub(super) fn whom(
        &mut self,
        statement: &Value<'_>,
        own: Option<&Member<'_>>,
        path: &Path<'_>,
        common: Option<&Arc<[Whom]>>,
    ) -> Option<Arc<[Whom]>> {
        match (own, common) {
            (Some(member), None) => self.principal(member, path).map(Arc::from),
            (Some(member), Some(_)) => {
                let here = Path::Member(path, "principal");
                let place = Place::at(self.span(member.key_start, member.key_end), &here);
                let fault = place.error(code::BAD_PRINCIPAL, "the document names its principal already");
                self.findings.push(fault.help("name it for the whole document, or in each statement"));
                None
            }
            (None, Some(common)) => Some(Arc::clone(common)),
            (None, None) if self.kind == PolicyKind::Identity => Some(Arc::from([])),
            (None, None) => {
                let here = Path::Member(path, "principal");
                let fault =
                    self.opening(statement, &here).error(code::MISSING_MEMBER, "`principal` is missing");
                self.findings.push(fault.help(
                    "a trust or resource policy says whom it is for: `\"principal\": { \"qcs\": [ … ] }`",
                ));
                None
            }
        }
    }

    /// `"*"`, or an object of `qcs`, `service`, `federated`.
    pub(super) fn principal(&mut self, member: &Member<'_>, parent: &Path<'_>) -> Option<Vec<Whom>> {
        const KEYWORDS: [Keyword; 3] =
            [Keyword::optional("qcs"), Keyword::optional("service"), Keyword::optional("federated")];
        let path = Path::Member(parent, "principal");
        if self.kind == PolicyKind::Identity {
            let place = Place::at(self.span(member.key_start, member.key_end), &path);
            let fault = place.error(
                code::PRINCIPAL_IN_IDENTITY,
                "an identity policy names no principal: it is attached to one",
            );
            self.findings
                .push(fault.help("remove `principal`, or load the document as a trust or resource policy"));
            return None;
        }
        let value = &member.value;
        match &value.kind {
            Kind::Text(text) if text == "*" => return Some(vec![Whom::Anyone]),
            Kind::Object(members) if !members.is_empty() => {}
            other => {
                let message = match other {
                    Kind::Object(_) => "the principal names nobody".to_owned(),
                    Kind::Text(text) => format!("`{}` is no principal", shown(text)),
                    _ => format!("a principal is `\"*\"` or an object, this is of kind {}", other.name()),
                };
                let fault = self.place(value, &path).error(code::BAD_PRINCIPAL, message);
                self.findings
                    .push(fault.help("write `\"*\"`, or an object of `qcs`, `service`, `federated`"));
                return None;
            }
        }
        let mut named: Vec<&Member<'_>> =
            fields(self, value, &KEYWORDS, &path).into_iter().flatten().collect();
        named.sort_by_key(|m| m.key_start);
        let mut all = Vec::new();
        let mut whole = !named.is_empty();
        for member in named {
            let kind = member.key.to_ascii_lowercase();
            let here = Path::Member(&path, &member.key);
            let texts = self.texts(&member.value, &here, "a principal", |reader, text, place| {
                reader.findings.with(|out| read_principal(&kind, text, place, out))
            });
            whole &= texts.is_some();
            all.extend(texts.into_iter().flatten());
        }
        whole.then_some(all)
    }
}
