//! A lock as text: TOML with one action a line, the same for the same meaning, so that a difference of two locks reads like
//! the difference of what they say.

use super::{Patterns, read::FORMAT};
use crate::catalog::file::quoted;
use std::fmt::Write as _;

const HEAD: &str = "# What the patterns of this policy set stand for. Written by `passgate lock`: write it anew, do not edit it.\n";

impl Patterns {
    /// The text to keep.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}format = {FORMAT}\n");
        if !self.catalogs.is_empty() {
            text.push_str("\n[catalogs]\n");
        }
        for (service, version) in &self.catalogs {
            let _ = writeln!(text, "{} = {}", quoted(service), quoted(version));
        }
        for pattern in &self.patterns {
            let _ = writeln!(text, "\n[[patterns]]\npattern = {}", quoted(&pattern.key.pattern));
            if !pattern.key.uses.is_empty() {
                let services: Vec<String> = pattern.key.uses.iter().map(|name| quoted(name)).collect();
                let _ = writeln!(text, "use = [{}]", services.join(", "));
            }
            if let Some(policy) = &pattern.key.policy {
                let _ = writeln!(text, "policy = {}", quoted(policy));
            }
            text.push_str("[patterns.actions]\n");
            for action in &pattern.actions {
                let _ = writeln!(text, "{} = {}", quoted(&action.action), quoted(&action.category));
            }
        }
        text
    }

    /// How many actions the patterns stand for, each counted as often as patterns do.
    pub fn count(&self) -> usize {
        self.patterns.iter().map(|pattern| pattern.actions.len()).sum()
    }
}
