//! `wildcard-account`: a resource whose account is `*` covers every account, not the owner's alone (semantics §4).

use super::Lists;
use crate::model::{AccountPattern, Effect, ResourceKind, Statement};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check(statement: &Statement, lists: &mut Lists<'_>, out: &mut Vec<Diagnostic>) {
    if statement.effect == Effect::Deny || !lists.first_allowed(&statement.resources) {
        return;
    }
    for resource in statement.resources.iter() {
        let ResourceKind::Six { account: AccountPattern::Any, .. } = &resource.kind else { continue };
        let message = format!("`{}` covers every account", resource.text);
        let told = Diagnostic::warning(code::WILDCARD_ACCOUNT, resource.span, message);
        out.push(told.help("leave the account empty to mean the owner's, or write `uin/N` or `uid/N`"));
    }
}
