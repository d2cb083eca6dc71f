//! Texts that nobody would write: kept files, changed again and again, given to the parser, the formatter and the reader
//! of CAM documents. Runs on stable Rust, without instruments: what a text brings about (the codes that are told, the
//! kinds of what is read) takes the place of coverage, and a text that brings about something new is changed further.
//!
//! `PASSGATE_FUZZ` sets how many texts each target is given, `PASSGATE_SEED` which. What fails is made smaller and kept
//! in `tests/corpus/fuzz`, where every file is tried first in each run; with `PASSGATE_FUZZ_KEEP=1` so is what was new.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails where it stands")]

mod change;
mod document;
mod gate;

use crate::{new_seed, number, setting};
use change::{Words, change};
use passgate_harness::engines::caught;
use passgate_harness::found::workspace;
use passgate_harness::random::Random;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::{fs, io};

/// Texts of a run for each target.
const TEXTS: usize = 20_000;
/// The same where nothing is optimised.
const TEXTS_UNOPTIMISED: usize = 3_000;
/// Bytes above which a text is not changed further.
const LONGEST: usize = 8_000;
/// Texts that are changed further.
const POOL: usize = 20_000;
/// Bytes of a text that is kept because it is new.
const KEPT: usize = 400;

/// Something that is given texts.
struct Target {
    name: &'static str,
    /// Ending of the kept files.
    ending: &'static str,
    words: Words,
    /// What a text brings about, or what is wrong.
    run: fn(&str) -> Result<BTreeSet<String>, String>,
}

impl Target {
    fn folder(&self) -> PathBuf {
        workspace().join("tests/corpus/fuzz").join(self.name)
    }

    /// The kept texts by name.
    #[expect(clippy::disallowed_methods, reason = "a test reads its corpus")]
    fn kept(&self) -> io::Result<Vec<(String, String)>> {
        let mut kept = Vec::new();
        for entry in fs::read_dir(self.folder())? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == self.ending) {
                kept.push((path.display().to_string(), fs::read_to_string(&path)?));
            }
        }
        kept.sort();
        Ok(kept)
    }

    fn fault(&self, text: &str) -> Result<BTreeSet<String>, String> {
        caught(|| (self.run)(text)).unwrap_or_else(|cause| Err(format!("panic: {cause}")))
    }

    /// Tries all kept texts, then so many changed ones.
    fn hold(&self, more: Vec<String>) {
        let default = if cfg!(debug_assertions) { TEXTS_UNOPTIMISED } else { TEXTS };
        let count = number("PASSGATE_FUZZ").map_or(default, |n| n as usize);
        let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
        println!("fuzz {}: seed {seed} (PASSGATE_SEED), {count} texts", self.name);
        let (mut seen, mut pool) = (BTreeSet::new(), Vec::new());
        let kept = self.kept().unwrap();
        assert!(kept.len() > 5, "only {} texts in {}", kept.len(), self.folder().display());
        for (name, text) in kept {
            seen.insert(self.fault(&text).unwrap_or_else(|why| panic!("{name}: {why}")));
            pool.push(text);
        }
        pool.extend(more);
        let begun = pool.len();
        let mut random = Random::new(seed);
        for _ in 0..count {
            let base = random.pick(&pool).cloned().unwrap_or_default();
            let other = random.pick(&pool).cloned().unwrap_or_default();
            let text = change(&base, &other, &self.words, &mut random);
            match self.fault(&text) {
                Err(why) => panic!("{}", self.report(&text, &why, seed)),
                Ok(brought) => {
                    if text.len() <= LONGEST && pool.len() < POOL && seen.insert(brought) {
                        self.keep_new(&text);
                        pool.push(text);
                    }
                }
            }
        }
        println!("fuzz {}: {} new kinds of texts beside {begun}", self.name, pool.len() - begun);
    }

    fn keep_new(&self, text: &str) {
        if text.len() <= KEPT && setting("PASSGATE_FUZZ_KEEP").is_some() {
            self.keep("new", text).unwrap();
        }
    }

    fn keep(&self, why: &str, text: &str) -> io::Result<PathBuf> {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let path = self.folder().join(format!("{why}-{:016x}.{}", hasher.finish(), self.ending));
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Makes a text that fails smaller, keeps it, and says where.
    fn report(&self, text: &str, why: &str, seed: u64) -> String {
        let small = change::smaller(text, &|text| self.fault(text).is_err());
        let told = self.fault(&small).err().unwrap_or_else(|| why.to_owned());
        let kept = self.keep("found", &small).map(|path| path.display().to_string());
        format!("seed {seed}: {told}\n{small:?}\nkept: {kept:?}")
    }
}
