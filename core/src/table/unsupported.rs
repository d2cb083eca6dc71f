//! The setting `ip-unsupported = "refuse"`: statements with a condition on the address whose actions include one that
//! is never given an address (semantics §5).

use super::actions::Actions;
use super::address::KEY;
use super::scope::Scopes;
use crate::model::{Condition, IpUnsupported, Model, PolicyKind, Statement};
use passgate_grammar::{Diagnostic, code};

/// One error for each statement that stops the set from loading; none under the other settings.
pub(crate) fn refused_addresses(model: &Model) -> Vec<Diagnostic> {
    if model.settings.ip_unsupported != IpUnsupported::Refuse {
        return Vec::new();
    }
    let actions = Actions::new(&model.catalogs, &model.settings);
    let mut scopes = Scopes::new(&actions);
    let deciding = model.policies.iter().filter(|policy| policy.kind == PolicyKind::Identity);
    let mut refused = Vec::new();
    for statement in deciding.flat_map(|policy| &policy.statements) {
        let condition = statement.conditions.iter().find(|c| c.key.as_ref() == KEY);
        if let Some(condition) = condition
            && let Some(action) = without_address(statement, &actions, &mut scopes)
        {
            refused.push(diagnostic(condition, &action));
        }
    }
    refused
}

/// The first action that the statement covers and that is never given an address.
fn without_address(statement: &Statement, actions: &Actions, scopes: &mut Scopes<'_>) -> Option<String> {
    let scope = scopes.scope(&statement.actions);
    let mut all = actions.services().zip(actions.catalogs().services());
    all.find_map(|((number, facts), (_, service))| {
        let covered = scope.covers(number, facts)?.and(&facts.without_ip);
        let name = covered.iter().next().and_then(|at| service.actions.get(at))?;
        Some(format!("{}:{}", service.service, name.name))
    })
}

fn diagnostic(condition: &Condition, action: &str) -> Diagnostic {
    let message = format!("`{action}` is never given an address, and this set refuses conditions on it");
    Diagnostic::error(code::IP_UNSUPPORTED, condition.span, message)
        .help("name actions that are given an address, or set `ip-unsupported` to `withhold` or `evaluate`")
}
