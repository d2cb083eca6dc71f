//! The names of catalogs and of a policy set as types of a host language, so that its checker reports a misspelt one.
//!
//! Names alone are written, in one order, so that equal names give equal text. What a request may name is semantics §2
//! and §3; whether it is allowed is never asked here.

mod python;
mod typescript;

use crate::catalog::{Bare, Catalogs};
use crate::model::{Claims, Model, Opaque};
use std::collections::BTreeSet;

/// A language that types are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `Literal[…]`
    Python,
    /// A union of string literals.
    TypeScript,
}

/// The names that a request may hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The services that describe the actions, with their versions.
    services: Vec<(String, String)>,
    /// `service:Name`, and of each name that one service alone has the bare one.
    actions: BTreeSet<String>,
    /// Services with actions that no catalog lists.
    open: BTreeSet<String>,
    /// Whether every service without a catalog is opaque.
    all_opaque: bool,
    /// `user:NAME` and the like; none without a policy set.
    principals: Option<BTreeSet<String>>,
}

impl Names {
    /// The actions of catalogs, where these services are opaque.
    ///
    /// ```
    /// use passgate::catalog::Catalogs;
    /// use passgate::model::Opaque;
    /// use passgate::types::{Language, Names};
    /// let names = Names::of_catalogs(&Catalogs::builtin(), &Opaque::default());
    /// let text = names.written(Language::Python);
    /// assert!(text.contains("    \"intlpartnersmgt:PayOrders\",\n"));
    /// assert!(!text.contains("Principal"));
    /// ```
    pub fn of_catalogs(catalogs: &Catalogs, opaque: &Opaque) -> Names {
        let mut names = Names::default();
        for (_, service) in catalogs.services() {
            names.services.push((service.service.to_string(), service.version.to_string()));
            if service.knows_every_name() {
                names.open.insert(service.service.to_string());
            }
            for action in &service.actions {
                names.actions.insert(format!("{}:{}", service.service, action.name));
                // A bare name with a colon would be read as that of another service.
                if !action.name.contains(':') && matches!(catalogs.bare(&action.name), Bare::One(_)) {
                    names.actions.insert(action.name.to_string());
                }
            }
        }
        names.services.sort();
        match opaque {
            Opaque::All => names.all_opaque = true,
            Opaque::Services(services) => {
                let open = services.iter().filter(|service| catalogs.find(service).is_none());
                names.open.extend(open.map(ToString::to_string));
            }
        }
        names
    }

    /// The actions and the callers of a policy set: `root`, users, roles, and groups and policies as far as `claims`
    /// admits them.
    ///
    /// ```
    /// use passgate::Gate;
    /// use passgate::types::{Language, Names};
    /// let gate = Gate::compile("policy p { allow * }  group g { attach p }  user 7 { in g }")?;
    /// let text = Names::of_set(gate.model()).written(Language::TypeScript);
    /// assert!(text.ends_with("export type Principal =\n  | \"group:g\"\n  | \"root\"\n  | \"user:7\";\n"));
    /// # Ok::<(), passgate::Error>(())
    /// ```
    pub fn of_set(model: &Model) -> Names {
        let claims = model.settings.claims;
        let mut principals = BTreeSet::from(["root".to_owned()]);
        principals.extend(model.users.iter().map(|user| format!("user:{}", user.name)));
        for group in &model.groups {
            let kind = if group.role { "role" } else { "group" };
            if group.role || claims != Claims::None {
                principals.insert(format!("{kind}:{}", group.name));
            }
        }
        if claims == Claims::Policies {
            let named = model.policies.iter().filter(|policy| model.claimable(&policy.name).is_some());
            principals.extend(named.map(|policy| format!("policy:{}", policy.name)));
        }
        let mut names = Names::of_catalogs(&model.catalogs, &model.settings.opaque);
        names.principals = Some(principals);
        names
    }

    /// The names as a file of types.
    pub fn written(&self, language: Language) -> String {
        match language {
            Language::Python => python::write(self),
            Language::TypeScript => typescript::write(self),
        }
    }

    /// What stands above the types, a line each. Names of catalogs are escaped, so that none ends a comment.
    fn head(&self, escape: fn(u32) -> String) -> Vec<String> {
        let mut lines = vec![
            "Written by `passgate catalog types`; write it anew where a catalog or policy changes."
                .to_owned(),
        ];
        let of = |(service, version): &(String, String)| format!("{service} {}", quoted(version, escape));
        lines.extend(self.services.iter().map(of));
        lines
    }
}

/// Text between double quotes, as JSON writes it; what could not be read with the eye goes through `escape`.
fn quoted(text: &str, escape: fn(u32) -> String) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => out.extend(['\\', sign]),
            ' '..='~' => out.push(sign),
            _ if sign.is_alphanumeric() => out.push(sign),
            _ => out.push_str(&escape(u32::from(sign))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
