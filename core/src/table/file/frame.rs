//! The head of a file and its sections: what every file has, whatever it holds.

use super::input::{Fault, Input, Stage};
use crate::table::words::{Strings, Words, word};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The first eight bytes: one that is no text, `PGT`, and line ends that a transfer of text would change.
const MAGIC: [u32; 2] = [u32::from_le_bytes(*b"\x89PGT"), u32::from_le_bytes(*b"\r\n\x1a\n")];
/// The format that is written, and the only one that is read.
pub(crate) const VERSION: u32 = 1;

/// Words of the head before the list of sections.
pub(crate) const HEAD: usize = 14;
const VERSION_AT: usize = 2;
const CHECKSUM_AT: usize = 3;
const LENGTH_AT: usize = 4;
const COUNT_AT: usize = 5;
const HASH_AT: usize = 6;
/// Words of a section in the list: kind, where it begins, how many words it has.
const ENTRY: usize = 3;

/// The sections, in the order in which they lie in a file. Every file has all of them; `Sources` may be without texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Section {
    Texts = 1,
    Settings = 2,
    Catalogs = 3,
    Keys = 4,
    Places = 5,
    Policies = 6,
    Callers = 7,
    Sets = 8,
    Groups = 9,
    Addresses = 10,
    Resources = 11,
    Statements = 12,
    Blocks = 13,
    Tables = 14,
    Sources = 15,
    Model = 16,
}

impl Section {
    /// Every section, in order.
    pub(crate) const ALL: [Section; 16] = [
        Section::Texts,
        Section::Settings,
        Section::Catalogs,
        Section::Keys,
        Section::Places,
        Section::Policies,
        Section::Callers,
        Section::Sets,
        Section::Groups,
        Section::Addresses,
        Section::Resources,
        Section::Statements,
        Section::Blocks,
        Section::Tables,
        Section::Sources,
        Section::Model,
    ];

    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Section::Texts => "texts",
            Section::Settings => "settings",
            Section::Catalogs => "catalogs",
            Section::Keys => "keys",
            Section::Places => "places",
            Section::Policies => "policies",
            Section::Callers => "callers",
            Section::Sets => "sets",
            Section::Groups => "groups",
            Section::Addresses => "addresses",
            Section::Resources => "resources",
            Section::Statements => "statements",
            Section::Blocks => "blocks",
            Section::Tables => "tables",
            Section::Sources => "sources",
            Section::Model => "model",
        }
    }
}

/// What the first words of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Words of the whole file.
    pub(crate) words: usize,
    /// The semantic hash.
    pub(crate) hash: [u32; 8],
}

/// Reads the first [`HEAD`] words: enough to refuse what is no such file before it is read whole.
///
/// # Errors
/// `magic`, `version`.
pub(crate) fn header(head: &[u32]) -> Result<Header, Fault> {
    let cut = || Fault::told(Stage::Size, "the file is shorter than the head of a compiled file");
    let (magic, version) = (head.get(..2), head.get(VERSION_AT));
    if magic.is_some_and(|magic| magic != MAGIC) {
        return Err(Fault::told(Stage::Magic, "it does not begin like a compiled file"));
    }
    let version = *version.ok_or_else(cut)?;
    if version != VERSION {
        let age = if version > VERSION { "newer" } else { "older" };
        let message = format!(
            "it is of format {version}, {age} than format {VERSION} that this version reads: compile the set again"
        );
        return Err(Fault::told(Stage::Version, message));
    }
    let (length, hash) = (head.get(LENGTH_AT), head.get(HASH_AT..HEAD));
    let (length, hash) = length.zip(hash).ok_or_else(cut)?;
    let hash = hash.try_into().map_err(|_| cut())?;
    Ok(Header { words: *length as usize, hash })
}

/// A file whose head, checksum and sections hold.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    file: Words,
    pub(crate) header: Header,
    /// By section.
    parts: Vec<Words>,
}

impl Frame {
    /// The frame of a file's words.
    ///
    /// # Errors
    /// As [`Frame::new`].
    pub(crate) fn of_file(words: Arc<[u32]>) -> Result<Frame, Fault> {
        Frame::new(Words::new(words))
    }

    /// Looks at the head, the checksum and the list of sections.
    ///
    /// # Errors
    /// `size`, `magic`, `version`, `length`, `checksum`, `sections`.
    fn new(file: Words) -> Result<Frame, Fault> {
        let words = file.all();
        let header = header(words)?;
        if header.words != words.len() {
            let message =
                format!("it has {} words and says {}: it is cut off or added to", words.len(), header.words);
            return Err(Fault::told(Stage::Length, message));
        }
        if words.get(CHECKSUM_AT).copied() != Some(checksum(words)) {
            return Err(Fault::told(
                Stage::Checksum,
                "its checksum does not hold: it was altered or damaged",
            ));
        }
        let parts = sections(&file).ok_or_else(|| {
            Fault::told(Stage::Sections, "its sections are not those of the format, one after the other")
        })?;
        Ok(Frame { file, header, parts })
    }

    /// All words of the file.
    pub(crate) fn words(&self) -> &[u32] {
        self.file.all()
    }

    /// The words of a section.
    pub(in crate::table) fn part(&self, section: Section) -> Words {
        let part = self.parts.get(section as usize - 1);
        part.cloned().unwrap_or_else(|| Words::from(Vec::new()))
    }

    /// A section to be read word by word.
    pub(in crate::table) fn input<'a>(
        &'a self,
        section: Section,
        strings: &'a Strings,
        stage: Stage,
    ) -> Input<'a> {
        let words = self.parts.get(section as usize - 1).map_or(&[][..], Words::all);
        Input::new(words, strings, section, stage)
    }

    /// The texts.
    ///
    /// # Errors
    /// `texts`.
    pub(in crate::table) fn strings(&self) -> Result<Strings, Fault> {
        let texts = self.part(Section::Texts);
        Strings::of(&texts)
            .ok_or_else(|| Fault::new(Stage::Texts, Section::Texts, "texts that are not UTF-8 or do not fit"))
    }
}

/// The sections, where they are all there, in order, and leave no word between them.
fn sections(file: &Words) -> Option<Vec<Words>> {
    let mut next = HEAD + ENTRY * Section::ALL.len();
    if file.get(COUNT_AT)? as usize != Section::ALL.len() {
        return None;
    }
    let mut parts = Vec::new();
    for (number, section) in Section::ALL.into_iter().enumerate() {
        let at = HEAD + ENTRY * number;
        let [kind, from, words] = *file.slice(at, at + ENTRY) else { return None };
        let end = next.checked_add(words as usize)?;
        if kind != section as u32 || from as usize != next || end > file.len() {
            return None;
        }
        parts.push(file.part(next, end)?);
        next = end;
    }
    (next == file.len()).then_some(parts)
}

/// The head and the sections of a sound file, each with its name.
pub(crate) fn parts(file: &[u32]) -> Vec<(&'static str, &[u32])> {
    let head = HEAD + ENTRY * Section::ALL.len();
    let mut all = vec![("head", file.get(..head).unwrap_or(&[]))];
    let (entries, _) = file.get(HEAD..head).unwrap_or(&[]).as_chunks::<ENTRY>();
    for (section, [_, from, words]) in Section::ALL.iter().zip(entries) {
        let from = *from as usize;
        all.push((section.as_str(), file.get(from..from + *words as usize).unwrap_or(&[])));
    }
    all
}

/// Whether two files hold the same texts; of one with embedded texts, beside those that it embeds.
pub(crate) fn same_texts(a: &[u32], b: &[u32]) -> bool {
    let texts = |file: &[u32]| {
        let all = parts(file);
        let of = |section: Section| all.get(section as usize).map_or(&[][..], |(_, words)| *words);
        let embeds = of(Section::Sources).first().is_some_and(|count| *count > 0);
        Some((Strings::of(&Words::from(of(Section::Texts).to_vec()))?, embeds))
    };
    let (Some((a, a_embeds)), Some((b, b_embeds))) = (texts(a), texts(b)) else { return false };
    let shorter = a.len().min(b.len());
    let longer_embeds = (a.len() == shorter || a_embeds) && (b.len() == shorter || b_embeds);
    longer_embeds && (0..word(shorter)).all(|number| a.get(number) == b.get(number))
}

/// Lays out a file. Sections that were not written are empty.
pub(super) fn write(sections: &BTreeMap<Section, Vec<u32>>, hash: [u32; 8]) -> Vec<u32> {
    let of = |section: &Section| sections.get(section).map_or(&[][..], Vec::as_slice);
    let mut next = HEAD + ENTRY * Section::ALL.len();
    let length = next + Section::ALL.iter().map(|section| of(section).len()).sum::<usize>();
    let mut words = Vec::with_capacity(length);
    words.extend(MAGIC);
    words.extend([VERSION, 0, word(length), word(Section::ALL.len())]);
    words.extend(hash);
    for section in Section::ALL {
        words.extend([section as u32, word(next), word(of(&section).len())]);
        next += of(&section).len();
    }
    for section in Section::ALL {
        words.extend_from_slice(of(&section));
    }
    let sum = checksum(&words);
    if let Some(slot) = words.get_mut(CHECKSUM_AT) {
        *slot = sum;
    }
    words
}

/// CRC-32 of the bytes of all words but the checksum itself.
pub(crate) fn checksum(words: &[u32]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut bytes = [0u8; 4096];
    let (before, after) = words.split_at_checked(CHECKSUM_AT).unwrap_or((words, &[]));
    for part in [before, after.get(1..).unwrap_or(&[])] {
        for chunk in part.chunks(bytes.len() / 4) {
            for (to, word) in bytes.chunks_exact_mut(4).zip(chunk) {
                to.copy_from_slice(&word.to_le_bytes());
            }
            hasher.update(bytes.get(..4 * chunk.len()).unwrap_or(&[]));
        }
    }
    hasher.finalize()
}
