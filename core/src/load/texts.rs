//! Policy texts that a program holds: the sources of `Gate::compile`.

use std::collections::BTreeMap;

/// The name of a text that has none.
const UNNAMED: &str = "<text>";

/// Policy texts by name: a `.gate` text alone, or the files of a set.
///
/// One text is a set of one file; several are a folder: a name may hold `/`, `passgate.toml` holds the settings, and
/// names that end in `.json` are CAM documents.
///
/// ```
/// use passgate::TextSources;
/// let one = TextSources::from("policy p { allow * }");
/// let several = TextSources::from([
///     ("p.gate", "policy p { allow read }"),
///     ("passgate.toml", "use = [\"intlpartnersmgt\"]"),
/// ]);
/// assert_eq!((one.len(), several.len()), (1, 2));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextSources {
    texts: BTreeMap<String, String>,
    unnamed: bool,
}

impl TextSources {
    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The only text's name, and whether it is a `.gate` text.
    pub(super) fn alone(&self) -> Option<(&str, bool)> {
        match (self.texts.len(), self.texts.keys().next()) {
            (1, Some(name)) => Some((name, self.unnamed || name.ends_with(".gate"))),
            _ => None,
        }
    }

    /// The texts by name.
    pub(super) fn into_texts(self) -> BTreeMap<String, String> {
        self.texts
    }
}

impl From<&str> for TextSources {
    fn from(text: &str) -> Self {
        TextSources::from(text.to_owned())
    }
}

impl From<&String> for TextSources {
    fn from(text: &String) -> Self {
        TextSources::from(text.clone())
    }
}

impl From<String> for TextSources {
    fn from(text: String) -> Self {
        TextSources { texts: BTreeMap::from([(UNNAMED.to_owned(), text)]), unnamed: true }
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for TextSources {
    /// The last of several texts of one name counts.
    fn from_iter<I: IntoIterator<Item = (N, T)>>(texts: I) -> Self {
        let texts = texts.into_iter().map(|(name, text)| (name.into(), text.into())).collect();
        TextSources { texts, unnamed: false }
    }
}

impl<N: Into<String>, T: Into<String>, const COUNT: usize> From<[(N, T); COUNT]> for TextSources {
    fn from(texts: [(N, T); COUNT]) -> Self {
        texts.into_iter().collect()
    }
}

impl<N: Into<String>, T: Into<String>> From<Vec<(N, T)>> for TextSources {
    fn from(texts: Vec<(N, T)>) -> Self {
        texts.into_iter().collect()
    }
}
