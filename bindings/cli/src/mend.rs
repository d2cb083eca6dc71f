//! Fixes of a policy set: applied to its texts again and again until none is left, and put in place of its files.
//!
//! The files stay as they are until all texts are settled; then each is replaced at once. Files outside the set, such as a
//! catalog that an option names, are never written.

use crate::diff;
use crate::replace::{replace, unchanged};
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

    /// Puts the new texts in place of the files; says how many were written. Fixes are of the set as it was read, so where
    /// somebody has changed one of its files since, none is written.
    ///
    /// # Errors
    /// `bad-file`; files before the one at fault are written, none where one was changed before the first is written.
    pub(crate) fn write(&self) -> Result<usize, Error> {
        let changed = || self.texts.iter().filter(|(_, (old, new))| old != new);
        changed().try_for_each(|(name, (old, _))| unchanged(Path::new(name), old))?;
        changed().try_fold(0, |count, (name, (old, new))| {
            replace(Path::new(name), old, new)?;
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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the files that were written are read")]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn nothing_is_written_where_a_file_was_changed_meanwhile() {
        let folder = std::env::temp_dir().join(format!("passgate-mend-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let (a, b) = (folder.join("a.gate"), folder.join("b.gate"));
        fs::write(&a, "policy a { Allow * }\n").unwrap();
        fs::write(&b, "policy b { Allow * }\n").unwrap();
        let mended = Mended::of(&folder, &LoadOptions::default(), PolicyKind::Identity, false).unwrap();
        let new = "// just written by somebody\npolicy b { Allow * }\n";
        fs::write(&b, new).unwrap();
        let told = mended.write().unwrap_err().to_string();
        assert!(told.contains("b.gate` has been changed since it was read"), "{told}");
        let texts = || [&a, &b].map(|path| fs::read_to_string(path).unwrap());
        assert_eq!(texts(), ["policy a { Allow * }\n", new]);
        let again = Mended::of(&folder, &LoadOptions::default(), PolicyKind::Identity, false).unwrap();
        assert_eq!(again.write().unwrap(), 2);
        assert_eq!(texts(), ["policy a { allow * }\n".to_owned(), new.replace("Allow", "allow")]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
