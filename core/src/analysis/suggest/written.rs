//! A suggestion as the text of a set, and the proof that it does what it ought to: it is compiled, and every use of the log
//! is checked.

use super::choose::Chosen;
use super::log::{ANY, Uses};
use crate::address::{Family, PrefixSet};
use crate::analysis::minimize::Size;
use crate::analysis::minimize::size::of_text;
use crate::analysis::minimize::terms::Terms;
use crate::check::{Gate, Ip, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::findings::Findings;
use crate::model::resolve::{Documents, Input, resolve};
use crate::model::{Claims, IpUnsupported, Model, Opaque};
use passgate_grammar::Sources;
use passgate_grammar::format::format;
use passgate_grammar::parse::parse;
use passgate_grammar::text::{quote, write_name};
use passgate_grammar::tree::{ItemKind, PolicyBody};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

/// The services whose names are written bare: those in use of the present set, else the only one there is.
pub(super) fn used(model: &Model) -> Vec<Box<str>> {
    let named = model.settings.use_services.iter();
    let own: Vec<Box<str>> = named.filter(|name| model.catalogs.find(name).is_some()).cloned().collect();
    match (own.is_empty(), model.catalogs.services().count()) {
        (true, 1) => model.catalogs.services().map(|(_, service)| service.service.clone()).collect(),
        _ => own,
    }
}

/// A policy as text.
pub(super) fn policy(name: &str, chosen: &[Chosen], terms: &Terms) -> String {
    let mut text = format!("policy {} {{\n", write_name(name));
    for one in chosen {
        let mut parts = vec![format!("allow {}", terms.text(&one.actions))];
        if !one.resources.is_empty() {
            let texts: Vec<String> = one.resources.iter().map(|text| quote(text)).collect();
            parts.push(format!("on {}", texts.join(", ")));
        }
        parts.extend(one.clauses.iter().cloned());
        text.push_str(&format!("    {}\n", parts.join(" ")));
    }
    text.push_str("}\n");
    text
}

/// How big a policy is.
pub(super) fn size(text: &str) -> Size {
    let mut sources = Sources::new();
    let id = sources.add("policy.gate", text);
    let parsed = parse(&sources, id);
    let of = |item: &passgate_grammar::tree::Item| match &item.kind {
        ItemKind::Policy(policy) => match &policy.body {
            PolicyBody::Statements(all) => of_text(&sources, &parsed.file.comments, all),
            PolicyBody::Cam(_) => Size::default(),
        },
        _ => Size::default(),
    };
    parsed.file.items.iter().map(of).sum()
}

/// The set: settings of the present one, policies, and who has them.
pub(super) fn set(model: &Model, uses: &Uses, policies: &[(String, Vec<String>, String)]) -> String {
    let mut text = head(model);
    for (policy, _, _) in policies {
        text.push('\n');
        text.push_str(policy);
    }
    let mut kinds: [BTreeMap<String, String>; 3] = Default::default();
    let [users, groups, roles] = &mut kinds;
    groups.extend(uses.brought.groups.iter().map(|name| (name.clone(), String::new())));
    roles.extend(uses.brought.roles.iter().map(|name| (name.clone(), String::new())));
    let mut own: BTreeSet<String> = BTreeSet::new();
    for (_, principals, policy) in policies {
        let attached = format!(" attach {} ", write_name(policy));
        for principal in principals {
            match principal.split_once(':') {
                Some(("user", name)) => users.insert(name.to_owned(), attached.clone()),
                Some(("group", name)) => groups.insert(name.to_owned(), attached.clone()),
                Some(("role", name)) => roles.insert(name.to_owned(), attached.clone()),
                Some((_, name)) => {
                    own.insert(name.to_owned());
                    None
                }
                None => None,
            };
        }
    }
    text.push('\n');
    for name in uses.brought.policies.iter().filter(|name| !own.contains(*name)) {
        text.push_str(&format!("policy {} {{}}\n", write_name(name)));
    }
    for (word, members) in ["user", "group", "role"].iter().zip(&kinds) {
        for (name, attached) in members {
            text.push_str(&format!("{word} {} {{{attached}}}\n", write_name(name)));
        }
    }
    let mut sources = Sources::new();
    let id = sources.add("suggested.gate", text.as_str());
    format(&sources, &parse(&sources, id)).unwrap_or(text)
}

fn head(model: &Model) -> String {
    let settings = &model.settings;
    let mut text = String::new();
    let services = used(model);
    if !services.is_empty() {
        text.push_str(&format!(
            "use {}\n",
            services.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ")
        ));
    }
    let mut line = |key: &str, value: String| text.push_str(&format!("set {key} = {value}\n"));
    for (key, number) in [("owner.uin", &settings.owner.uin), ("owner.uid", &settings.owner.uid)] {
        if let Some(number) = number {
            line(key, quote(number));
        }
    }
    match &settings.opaque {
        Opaque::All => line("opaque", quote("*")),
        Opaque::Services(names) if !names.is_empty() => {
            line("opaque", names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", "));
        }
        Opaque::Services(_) => {}
    }
    match settings.ip_unsupported {
        IpUnsupported::Withhold => {}
        IpUnsupported::Evaluate => line("ip-unsupported", quote("evaluate")),
        IpUnsupported::Refuse => line("ip-unsupported", quote("refuse")),
    }
    match settings.claims {
        Claims::Groups => {}
        Claims::None => line("claims", quote("none")),
        Claims::Policies => line("claims", quote("policies")),
    }
    text
}

/// Compiles the suggestion and checks every use of the log; how many there were.
///
/// # Errors
/// `internal` where the text is refused, or a use is not allowed.
pub(super) fn check(model: &Model, text: &str, uses: &Uses, left: &BTreeSet<&str>) -> Result<usize> {
    let gate = compiled(model, text)?;
    let mut checked = 0;
    for (key, seen) in &uses.uses {
        let principal = uses.name(key.principal);
        if left.contains(principal) {
            continue;
        }
        let mut request = Request::new(principal, uses.name(key.action));
        let resource = (key.resource != ANY).then(|| vec![uses.name(key.resource).to_owned()]);
        request.resources = resource;
        let addresses = uses.prefixes(seen);
        let mut ends: BTreeSet<IpAddr> = BTreeSet::new();
        for family in [Family::V4, Family::V6] {
            ends.extend(addresses.intervals(family).iter().flat_map(|i| <[_; 2]>::from(i.ends(family))));
        }
        let ips = ends.into_iter().map(Some).chain(seen.none.then_some(None));
        for ip in ips {
            request.ip = ip.map(Ip::Address);
            checked += 1;
            if !gate.check(&request)?.allowed {
                let message = format!("the suggestion does not allow `{}` for `{principal}`", request.action);
                return Err(Error::new(ErrorCode::Internal, message));
            }
        }
    }
    Ok(checked)
}

/// The text as a gate, with the catalogs of the present set.
fn compiled(model: &Model, text: &str) -> Result<Gate> {
    let mut sources = Sources::new();
    let id = sources.add("suggested.gate", text);
    let parsed = parse(&sources, id);
    let files = [parsed.file];
    let mut settings = model.settings.clone();
    settings.use_services.clear();
    let mut findings = Findings::default();
    let input = Input { sources: &sources, files: &files, catalogs: &model.catalogs, settings: &settings };
    let resolved = resolve(input, Documents::default(), &mut findings);
    if findings.refused() || parsed.diagnostics.iter().any(passgate_grammar::Diagnostic::refuses) {
        let message = "the suggestion is refused as a policy set";
        return Err(Error::new(ErrorCode::Internal, message));
    }
    let model = Model {
        sources: Arc::new(sources),
        catalogs: model.catalogs.clone(),
        settings,
        policies: resolved.policies,
        groups: resolved.groups,
        users: resolved.users,
        named: resolved.named,
        proofs: resolved.proofs,
        ignores: resolved.ignores,
        ..Model::default()
    };
    Gate::from_model(model)
}

/// How many addresses a set holds; 2¹²⁸ − 1 stands for more.
pub(super) fn count(set: &PrefixSet) -> u128 {
    let all = [Family::V4, Family::V6].into_iter().flat_map(|family| set.intervals(family));
    all.fold(0u128, |sum, interval| sum.saturating_add((interval.last - interval.first).saturating_add(1)))
}
