//! `unused-name`: a network, action set, resource list, policy or group that nothing uses.
//!
//! A set is used where something names it that is used itself. A policy is used where it is attached, bounds someone,
//! or may be named by a request (`claims = "policies"`); policies are told only in a set that attaches any, since one
//! without callers is a collection. A group is used where someone is in it, or a request may name it (`claims`
//! `"groups"`, the default); a role may itself be the caller. Templates and their parameters are told where they are read
//! (`model::resolve`).

use crate::findings::Findings;
use crate::model::{Claims, GroupId, Model, NamedValue, PolicyId, PolicyKind};
use passgate_grammar::{Diagnostic, Span, code};
use std::collections::HashSet;

pub(super) fn check(model: &Model, out: &mut Findings) {
    for named in model.named.iter().filter(|named| !named.used) {
        let kind = match named.value {
            NamedValue::Network(_) => "network",
            NamedValue::Actions(_) => "action set",
            NamedValue::Resources(_) => "resource list",
        };
        let message = format!("the {kind} `{}` is never used", named.name);
        out.push(
            Diagnostic::warning(code::UNUSED_NAME, named.span, message).help("use it, or remove its line"),
        );
    }
    if model.settings.claims != Claims::Policies {
        policies(model, out);
    }
    if model.settings.claims == Claims::None {
        groups(model, out);
    }
}

fn policies(model: &Model, out: &mut Findings) {
    let of_groups = model.groups.iter().flat_map(|g| g.attached.iter().chain(&g.boundary));
    let of_users = model.users.iter().flat_map(|u| u.attached.iter().chain(&u.boundary));
    let of_all = model.everyone.iter().chain(model.boundary.iter().flatten());
    let used: HashSet<PolicyId> = of_groups.chain(of_users).chain(of_all).copied().collect();
    if used.is_empty() {
        return;
    }
    for (policy, id) in crate::model::resolve::ids(&model.policies) {
        if policy.kind != PolicyKind::Identity || used.contains(&id) {
            continue;
        }
        let message = format!("the policy `{}` is attached to nobody", policy.name);
        let told = Diagnostic::warning(code::UNUSED_NAME, head(policy.span), message);
        out.push(told.help("attach it, or remove it"));
    }
}

/// A document is shown by its first sign, not by all of its text.
fn head(span: Span) -> Span {
    if span.end - span.start > 300 { Span { end: span.start + 1, ..span } } else { span }
}

fn groups(model: &Model, out: &mut Findings) {
    let of_groups = model.groups.iter().flat_map(|g| &g.parents);
    let used: HashSet<&GroupId> = of_groups.chain(model.users.iter().flat_map(|u| &u.parents)).collect();
    for (group, place) in model.groups.iter().zip(0..) {
        if group.role || used.contains(&GroupId(place)) {
            continue;
        }
        let message = format!("nobody is in the group `{}`", group.name);
        let told = Diagnostic::warning(code::UNUSED_NAME, group.span, message);
        out.push(told.help("put somebody in it, or remove it"));
    }
}
