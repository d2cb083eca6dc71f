//! Fixes of a policy set: applied to its texts again and again until none is left, and put in place of its files.
//!
//! The files stay as they are until all texts are settled; then each is replaced at once. Files outside the set, such as a
//! catalog that an option names, are never written.

use crate::diff;
use crate::replace::replace;
use passgate::grammar::tree::PolicyKind;
use passgate::load::{self, Report};
use passgate::{Error, LoadOptions, report};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How often fixes are applied before what is left is left alone.
const ROUNDS: usize = 64;

/// A set with fixes applied, not yet written.
pub(crate) struct Mended {
    /// What is still told.
    pub(crate) report: Report,
    /// How many diagnostics were mended.
    pub(crate) count: usize,
    /// Whether rounds ran out before fixes did.
    pub(crate) unsettled: bool,
    /// Old and new texts by name.
    texts: BTreeMap<String, (String, String)>,
}

impl Mended {
    /// Applies the safe fixes of a set, or all.
    ///
    /// # Errors
    /// Those of `load::lint`.
    pub(crate) fn of(
        set: &Path,
        options: &LoadOptions,
        kind: PolicyKind,
        also_unsafe: bool,
    ) -> Result<Mended, Error> {
        let report = load::lint(set, options, kind)?;
        let mut mended = Mended { report, count: 0, unsettled: false, texts: BTreeMap::new() };
        for round in 0.. {
            let Some(instead) = mended.next_texts(set, also_unsafe) else { break };
            if round == ROUNDS {
                mended.unsettled = true;
                break;
            }
            mended.report = load::lint_with(set, options, kind, instead)?;
        }
        Ok(mended)
    }

    /// One more round: the texts of the set as they are then, or `None` where nothing changes.
    fn next_texts(&mut self, set: &Path, also_unsafe: bool) -> Option<BTreeMap<String, String>> {
        let Report { diagnostics, sources } = &self.report;
        let own = diagnostics.iter().filter(|d| {
            let mut edits = d.fixes.iter().flat_map(|fix| &fix.edits);
            edits.all(|edit| is_of_set(set, sources.name(edit.span)))
        });
        let fixed = report::apply_fixes(&own.cloned().collect::<Vec<_>>(), sources, also_unsafe);
        if fixed.texts.is_empty() {
            return None;
        }
        self.count += fixed.mended;
        for (id, new) in fixed.texts {
            let Some(source) = sources.get(id) else { continue };
            let name = source.name().to_string();
            let entry = self.texts.entry(name).or_insert_with(|| (source.text().to_string(), String::new()));
            entry.1 = new;
        }
        Some(self.texts.iter().map(|(name, (_, new))| (name.clone(), new.clone())).collect())
    }

    /// What changes, as a unified diff.
    pub(crate) fn diff(&self) -> String {
        self.texts.iter().map(|(name, (old, new))| diff::unified(name, old, new)).collect()
    }

    /// Puts the new texts in place of the files; says how many were written.
    ///
    /// # Errors
    /// `bad-file`; files before the one at fault are written.
    pub(crate) fn write(&self) -> Result<usize, Error> {
        let changed = self.texts.iter().filter(|(_, (old, new))| old != new);
        changed.map(|(name, (_, new))| replace(Path::new(name), new)).try_fold(0, |count, done| {
            done?;
            Ok(count + 1)
        })
    }
}

/// Whether a file lies in the folder of the set, links followed.
fn is_of_set(set: &Path, name: &str) -> bool {
    let folder = match set.is_dir() {
        true => set.to_path_buf(),
        false => match set.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        },
    };
    match (folder.canonicalize(), Path::new(name).canonicalize()) {
        (Ok(folder), Ok(file)) => file.starts_with(folder),
        _ => false,
    }
}
