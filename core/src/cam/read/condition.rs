//! `condition`: operator → key → one value or a list of values.

use super::Reader;
use super::fields::unique;
use crate::json::{Kind, Member, Value};
use crate::model::Condition;
use crate::model::read::{
    Literal, OperatorForm, Path, Place, TestBuilder, check_operator_key, read_key, read_operator, shown,
};
use passgate_grammar::{code, limits};

impl Reader<'_> {
    pub(super) fn condition(&mut self, value: &Value<'_>, path: &Path<'_>) -> Option<Vec<Condition>> {
        let Kind::Object(operators) = &value.kind else {
            let fault = self.place(value, path).error(
                code::WRONG_TYPE,
                format!("a condition is an object, this is of kind {}", value.kind.name()),
            );
            self.findings.push(fault.help("write `{ OPERATOR: { KEY: VALUES } }`, or leave `condition` out"));
            return None;
        };
        if operators.is_empty() {
            let told =
                self.place(value, path).warning(code::EMPTY_CONDITION, "an empty condition says nothing");
            self.findings.push(told.help("leave `condition` out"));
            return Some(Vec::new());
        }
        let mut all = Vec::new();
        let before = operators.len();
        let operators = unique(self, operators, path);
        let mut whole = operators.len() == before;
        for operator in operators {
            whole &= self.operator(operator, &Path::Member(path, &operator.key), &mut all).is_some();
        }
        whole.then_some(all)
    }

    fn operator(&mut self, member: &Member<'_>, path: &Path<'_>, all: &mut Vec<Condition>) -> Option<()> {
        let place = Place::at(self.span(member.key_start, member.key_end), path);
        let form = self.findings.with(|out| read_operator(&member.key, place, out));
        let value = self.place(&member.value, path);
        let Kind::Object(keys) = &member.value.kind else {
            let message =
                format!("keys and values belong here, this is of kind {}", member.value.kind.name());
            self.findings.push(value.error(code::WRONG_TYPE, message).help("write `{ KEY: VALUES }`"));
            return None;
        };
        if keys.is_empty() {
            let message = format!("`{}` compares no key", shown(&member.key));
            self.findings.push(value.error(code::EMPTY_CONDITION, message).help("leave the operator out"));
            return None;
        }
        let before = keys.len();
        let keys = unique(self, keys, path);
        let mut whole = keys.len() == before;
        for key in keys {
            let condition = self.comparison(form, key, &Path::Member(path, &key.key));
            whole &= condition.is_some();
            all.extend(condition);
        }
        whole.then_some(())
    }

    /// A key with its values; of an unknown operator only the key is read.
    fn comparison(
        &mut self,
        form: Option<OperatorForm>,
        member: &Member<'_>,
        path: &Path<'_>,
    ) -> Option<Condition> {
        let span = self.span(member.key_start, member.key_end);
        let place = Place::at(span, path);
        let key = self.findings.with(|out| read_key(&member.key, place, out));
        let form = form?;
        self.findings.with(|out| check_operator_key(form, key?, place, out))?;
        let mut builder = TestBuilder::new(form.operator);
        match &member.value.kind {
            Kind::Array(items) => {
                self.check_list(&member.value, items.len(), limits::LIST_TERMS, path)?;
                for (i, item) in items.iter().enumerate() {
                    let here = Path::Item(path, i);
                    let place = self.place(item, &here);
                    self.findings.with(|out| builder.push(literal(item), place, out));
                }
            }
            _ => {
                let place = self.place(&member.value, path);
                self.findings.with(|out| builder.push(literal(&member.value), place, out));
            }
        }
        Some(Condition {
            qualifier: form.qualifier,
            if_exist: form.if_exist,
            test: self.findings.with(|out| builder.finish(out))?,
            key: key?.into(),
            span: self.span(member.key_start, member.value.end),
        })
    }
}

fn literal<'v>(value: &'v Value<'_>) -> Literal<'v> {
    match &value.kind {
        Kind::Text(text) => Literal::Text(text),
        Kind::Number(text) => Literal::Number(text),
        Kind::Bool(value) => Literal::Bool(*value),
        other => Literal::Other(other.name()),
    }
}
