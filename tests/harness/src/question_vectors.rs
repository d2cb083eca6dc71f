//! The vectors of questions in `tests/vectors/questions`: read, and compared with what was answered.
//!
//! The format is described in the `README.md` beside them. Files of a set are written and options of its load read as
//! those of the decision vectors are.

use crate::found::workspace;
use crate::vectors::{FileText, Options, read_folder, write_files};
use passgate::Gate;
use passgate::error::{Error, Result};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// One file of vectors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionFile {
    /// Its theme.
    pub about: String,
    /// Sets with their cases.
    pub suites: Vec<QuestionSuite>,
}

/// Sets and what is asked of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionSuite {
    /// Unique among all files.
    pub name: String,
    /// What it shows.
    pub why: String,
    files: BTreeMap<String, FileText>,
    sets: Vec<String>,
    #[serde(default)]
    load: Options,
    /// Questions and answers.
    pub cases: Vec<QuestionCase>,
}

/// A question with its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionCase {
    /// Unique within its suite.
    pub name: String,
    /// Which question.
    pub question: String,
    /// Its options.
    pub options: Map<String, Value>,
    answer: Option<Map<String, Value>>,
    #[serde(default)]
    lists: BTreeMap<String, LongList>,
    error: Option<Refusal>,
    languages: Option<Vec<String>>,
}

/// A list of which some elements are written out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LongList {
    some: Vec<Value>,
    others: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    code: String,
    key: Option<String>,
    nearest: Option<Vec<String>>,
}

/// All files of vectors with their names, in order.
///
/// # Errors
/// What the file system says, or a file of another form.
pub fn read_all() -> io::Result<Vec<(String, QuestionFile)>> {
    read_folder(&workspace().join("tests/vectors/questions"))
}

/// An answer as JSON with files named as in `files`, without the folder that they were written to.
pub fn as_named(json: &str, folder: &Path) -> String {
    json.replace(&format!("{}/", folder.display()), "")
}

impl QuestionSuite {
    /// Writes the files into a folder; where the sets are.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        write_files(&self.files, folder)?;
        let place = |set: &String| if set == "." { folder.to_path_buf() } else { folder.join(set) };
        Ok(self.sets.iter().map(place).collect())
    }

    /// The sets, loaded from where they were written.
    ///
    /// # Errors
    /// Those of the load.
    pub fn load(&self, folder: &Path, sets: &[PathBuf]) -> Result<Vec<Gate>> {
        let options = self.load.in_folder(folder);
        sets.iter().map(|set| Gate::load_with(set, &options)).collect()
    }

    /// The options of the load as arguments of the command.
    pub fn load_arguments(&self, folder: &Path) -> Vec<String> {
        self.load.arguments(folder)
    }
}

impl QuestionCase {
    /// Whether a language can say it.
    pub fn is_for(&self, language: &str) -> bool {
        self.languages.as_ref().is_none_or(|all| all.iter().any(|one| one == language))
    }

    /// The options as arguments of the command: `--NAME VALUE`, once for each element of a list, alone where it is true;
    /// those that the command takes by place come first.
    pub fn arguments(&self, by_place: &[&str]) -> Vec<String> {
        let (mut placed, mut named) = (Vec::new(), Vec::new());
        for (name, value) in &self.options {
            let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
            for value in values {
                match value {
                    Value::Bool(false) | Value::Null => {}
                    _ if by_place.contains(&name.as_str()) => placed.push(argument(value)),
                    Value::Bool(true) => named.push(option(name)),
                    _ => named.extend([option(name), argument(value)]),
                }
            }
        }
        placed.into_iter().chain(named).collect()
    }

    /// What differs from an answer as JSON or an error, if anything.
    pub fn differs(&self, answer: &Result<String>) -> Option<String> {
        match (answer, &self.error) {
            (Ok(json), None) => self.differs_from_json(json),
            (Ok(json), Some(refusal)) => Some(format!("expected {}, found {json}", refusal.code)),
            (Err(error), None) => Some(format!("expected an answer, found {error}")),
            (Err(error), Some(refusal)) => refusal.differs(error),
        }
    }

    /// What differs from an answer as JSON, if anything.
    pub fn differs_from_json(&self, json: &str) -> Option<String> {
        let Ok(Value::Object(mut found)) = serde_json::from_str(json) else {
            return Some(format!("no object: {json}"));
        };
        for (name, list) in &self.lists {
            match found.remove(name) {
                Some(Value::Array(elements)) => {
                    if let Some(what) = list.differs(&elements) {
                        return Some(format!("`{name}`: {what}"));
                    }
                }
                _ => return Some(format!("there is no list `{name}`")),
            }
        }
        let expected = self.answer.clone().unwrap_or_default();
        (found != expected).then(|| {
            let [expected, found] = [expected, found].map(Value::Object);
            format!("expected {expected}\n   found {found}")
        })
    }

    /// What differs from what the command wrote on stderr when it did not answer, if anything; none where it should have.
    pub fn differs_from_words(&self, words: &str) -> Option<String> {
        let Some(refusal) = &self.error else { return Some(format!("expected an answer, found {words}")) };
        let near = refusal.nearest.iter().flatten().next().map(|near| format!("did you mean `{near}`?"));
        let told = words.contains(&format!("error[{}]", refusal.code))
            && near.is_none_or(|near| words.contains(&near));
        (!told).then(|| format!("expected {refusal:?}, found {words}"))
    }

    /// Whether it has either an answer or an error.
    pub fn says_one_thing(&self) -> bool {
        self.answer.is_some() != self.error.is_some() && (self.answer.is_some() || self.lists.is_empty())
    }

    /// Whether it is to be refused.
    pub fn is_refused(&self) -> bool {
        self.error.is_some()
    }
}

fn option(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

fn argument(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl LongList {
    fn differs(&self, elements: &[Value]) -> Option<String> {
        let mut wanted = self.some.iter().peekable();
        for element in elements {
            if wanted.next_if_eq(&element).is_some() {
                continue;
            }
            if let Some((name, value)) =
                self.others.iter().find(|(name, value)| element.get(name) != Some(value))
            {
                return Some(format!("`{name}` is not {value} in {element}"));
            }
        }
        wanted.next().map(|missing| format!("{missing} is missing"))
    }
}

impl Refusal {
    fn differs(&self, error: &Error) -> Option<String> {
        let near = self.nearest.as_deref().unwrap_or_default();
        let right = error.code().as_str() == self.code
            && self.key.as_deref().is_none_or(|key| error.key() == Some(key))
            && error.nearest().starts_with(near);
        (!right).then(|| format!("expected {self:?}, found {error} (key {:?})", error.key()))
    }
}
