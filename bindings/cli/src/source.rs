//! Where a set to be compared comes from: a path, or `git:REV` and `git:REV:PATH`, a revision of a repository that is read
//! through the `git` command into a folder of its own and is gone when the set is loaded. No shell is asked, and no name
//! that git gives is trusted.

mod git;

use crate::options::SetOptions;
use crate::output::Output;
use passgate::{Error, Gate};
use std::path::{Path, PathBuf};

/// A set, as it is named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// What any command takes.
    Path(PathBuf),
    /// A revision, and a path in it; none: the path of the other set.
    Git { revision: String, path: Option<String> },
}

impl Source {
    /// Reads what the command line says.
    pub(crate) fn read(text: &str) -> Source {
        match text.strip_prefix("git:") {
            None => Source::Path(text.into()),
            Some(rest) => match rest.split_once(':') {
                Some((revision, path)) => Source::Git { revision: revision.into(), path: Some(path.into()) },
                None => Source::Git { revision: rest.into(), path: None },
            },
        }
    }

    /// Loads the set; `other` is what it is compared with.
    pub(crate) fn load(
        &self,
        other: Option<&Source>,
        options: &SetOptions,
        output: &mut Output,
    ) -> Result<Gate, Error> {
        match self {
            Source::Path(path) => options.load(path, output),
            Source::Git { revision, path } => {
                let wanted = match (path, other) {
                    (Some(path), _) => git::Wanted::Inside(path.clone()),
                    (None, Some(Source::Path(path))) => git::Wanted::Beside(path.clone()),
                    (None, Some(Source::Git { path: Some(path), .. })) => git::Wanted::Inside(path.clone()),
                    (None, _) => git::Wanted::Beside(Path::new(".").into()),
                };
                // What is noticed in a revision was noticed when it was current.
                let taken = git::take(revision, &wanted)?;
                Gate::load_with(taken.path(), &options.read()?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_named_by_git() {
        let git = |revision: &str, path: Option<&str>| Source::Git {
            revision: revision.into(),
            path: path.map(Into::into),
        };
        assert_eq!(Source::read("git:main"), git("main", None));
        assert_eq!(Source::read("git:HEAD~2:policies/a.gate"), git("HEAD~2", Some("policies/a.gate")));
        assert_eq!(Source::read("git:v1:a:b"), git("v1", Some("a:b")));
        assert_eq!(Source::read("policies"), Source::Path("policies".into()));
        assert_eq!(Source::read("./git:main"), Source::Path("./git:main".into()));
    }
}
