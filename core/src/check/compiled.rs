//! A gate as bytes, and back: the compiled file as callers see it (`docs/table-format.md`).

use super::gate::{Gate, Origin};
use crate::check::{PartStats, Stats};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Model, Settings};
use crate::table::{
    Fault, Frame, Heap, Loaded, Output, Part, Section, Stage, Table, VERSION, checksum, parts, same_texts,
};
use passgate_grammar::{Sources, limits};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// What a gate keeps of the file that it was read from.
#[derive(Debug)]
pub(super) struct Kept {
    frame: Frame,
    settings: Settings,
    model: OnceLock<Result<Model>>,
    /// What the model is where the file's cannot be read: settings and catalogs.
    bare: OnceLock<Model>,
    sources: Arc<Sources>,
}

impl Gate {
    /// The gate as a compiled file. The same policy set gives the same bytes, wherever and however it was read.
    ///
    /// ```
    /// use passgate::Gate;
    /// let gate = Gate::compile("use intlpartnersmgt  policy p { allow read }  user 1 { attach p }")?;
    /// let again = Gate::from_bytes(&gate.to_bytes()?)?;
    /// assert!(again.allows("user:1", "QueryUser", None::<&str>)?);
    /// assert!(Gate::from_bytes(b"no such file").is_err());
    /// # Ok::<(), passgate::Error>(())
    /// ```
    ///
    /// # Errors
    /// `bad-compiled` where the file would have more bytes than `COMPILED_BYTES`.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.to_bytes_with(false)
    }

    /// The same, with the texts that it was compiled from where `embed_source` asks for them.
    ///
    /// # Errors
    /// As [`Gate::to_bytes`].
    pub fn to_bytes_with(&self, embed_source: bool) -> Result<Vec<u8>> {
        let words = self.words(embed_source);
        check_size(words.len())?;
        Ok(words.iter().flat_map(|word| word.to_le_bytes()).collect())
    }

    /// Reads a compiled file. Every part is validated before it is used.
    ///
    /// # Errors
    /// `bad-compiled` for bytes that are cut off, altered, or of another version; the error's key is the step of
    /// validation that found it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Gate> {
        let (words, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(
                Error::new(ErrorCode::BadCompiled, "it is not a whole number of words").with_key("size")
            );
        }
        Gate::from_words(words.iter().map(|word| u32::from_le_bytes(*word)).collect())
    }

    /// Reads a compiled file from its words.
    ///
    /// # Errors
    /// As [`Gate::from_bytes`].
    pub(crate) fn from_words(words: Arc<[u32]>) -> Result<Gate> {
        let frame = Frame::of_file(words).map_err(refused)?;
        let Loaded { table, settings, sources, frame } = Table::read(frame).map_err(refused)?;
        let kept = Kept { frame, settings, model: OnceLock::new(), bare: OnceLock::new(), sources };
        Ok(Gate::of(table, Origin::Loaded(Box::new(kept))))
    }

    /// The semantic hash: equal for sets that decide every request alike up to reordering, renaming of named sets,
    /// repetition, splitting of documents and reformatting; different where an answer differs.
    ///
    /// ```
    /// use passgate::Gate;
    /// let hash = |text: &str| Ok::<_, passgate::Error>(Gate::compile(text)?.semantic_hash());
    /// let one = hash("use intlpartnersmgt policy p { allow PayOrders allow QueryUser } user 1 { attach p }")?;
    /// let split = "use intlpartnersmgt policy a { allow QueryUser } policy b { allow PayOrders } user 1 { attach b, a }";
    /// assert_eq!(one, hash(split)?);
    /// assert_ne!(one, hash("use intlpartnersmgt policy p { allow PayOrders } user 1 { attach p }")?);
    /// # Ok::<(), passgate::Error>(())
    /// ```
    pub fn semantic_hash(&self) -> String {
        let hash = match self.origin() {
            Origin::Loaded(kept) => kept.frame.header.hash,
            Origin::Compiled(_) => self.table().semantic_hash(),
        };
        hash.iter().flat_map(|word| word.to_le_bytes()).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The words of a compiled file; one that the gate was read from is handed back as it is.
    fn words(&self, embed_source: bool) -> Cow<'_, [u32]> {
        let model = match self.origin() {
            Origin::Loaded(kept) => return Cow::Borrowed(kept.frame.words()),
            Origin::Compiled(model) => model,
        };
        let (mut out, none) = (Output::default(), Sources::new());
        let sources = if embed_source { model.sources.as_ref() } else { &none };
        self.table().write(model, sources, &mut out);
        Cow::Owned(out.finish(self.table().semantic_hash()))
    }

    /// The gate in figures. Bytes of parts are those of a compiled file without texts, or of the file that it was read
    /// from; those in memory are the table's at this moment, without the policy set that is kept for analyses.
    ///
    /// ```
    /// let gate = passgate::Gate::compile("use intlpartnersmgt  policy p { allow read }  user 1 { attach p }")?;
    /// let before = gate.stats();
    /// assert_eq!(before.memory.iter().map(|part| part.bytes).sum::<usize>(), before.memory_bytes);
    /// gate.allows("user:1", "QueryUser", None::<&str>)?;
    /// assert!(gate.stats().memory_bytes > before.memory_bytes, "a signature that was asked for has a slot");
    /// # Ok::<(), passgate::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        let mut stats = self.table().stats();
        stats.memory = self.memory();
        stats.memory_bytes = stats.memory.iter().map(|part| part.bytes).sum();
        let words = self.words(false);
        stats.bytes = 4 * words.len();
        stats.parts = parts(&words)
            .into_iter()
            .map(|(part, words)| PartStats { part, bytes: 4 * words.len() })
            .collect();
        stats
    }

    /// What the table takes in memory, and the numbers of batches beside it.
    fn memory(&self) -> Vec<PartStats> {
        let mut memory = self.table().memory();
        memory.add(Part::Numbers, self.made_numbering().map_or(0, Heap::heap));
        memory.parts()
    }

    /// Compares every cell of every policy with another gate's, then everything else that a compiled file holds but
    /// embedded texts. Gives the number of cells.
    ///
    /// # Errors
    /// The first difference, in words.
    pub fn compare(&self, other: &Gate) -> std::result::Result<u64, String> {
        let cells = self.table().compare(other.table())?;
        let (here, there) = (self.words(false), other.words(false));
        let compared = |(part, _): &(&str, &[u32])| !matches!(*part, "head" | "texts" | "sources");
        let both = parts(&here).into_iter().zip(parts(&there)).filter(|(part, _)| compared(part));
        if self.semantic_hash() != other.semantic_hash() {
            return Err("the cells agree, the semantic hashes differ".to_owned());
        }
        let mut differing = both.into_iter().filter(|((_, here), (_, there))| here != there);
        match differing.next() {
            Some(((part, _), _)) => Err(format!("the cells agree, the section `{part}` differs")),
            None if same_texts(&here, &there) => Ok(cells),
            None => Err("the cells agree, texts differ".to_owned()),
        }
    }

    /// Whether it was read from a compiled file.
    pub fn is_loaded(&self) -> bool {
        matches!(self.origin(), Origin::Loaded(_))
    }

    /// The settings that it was compiled with.
    pub fn settings(&self) -> &Settings {
        match self.origin() {
            Origin::Compiled(model) => &model.settings,
            Origin::Loaded(kept) => &kept.settings,
        }
    }
}

impl Kept {
    /// The texts that it was compiled from, where the file holds them.
    pub(super) fn sources(&self) -> &Arc<Sources> {
        &self.sources
    }

    /// The policy set that the file keeps, read when it is first asked for.
    pub(super) fn model(&self, table: &Table) -> Result<&Model> {
        let read = || table.read_model(&self.frame, &self.settings).map_err(refused);
        self.model.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Settings and catalogs alone.
    pub(super) fn bare(&self, table: &Table) -> &Model {
        self.bare.get_or_init(|| Model {
            sources: self.sources.clone(),
            catalogs: table.actions.shared_catalogs(),
            settings: self.settings.clone(),
            ..Model::default()
        })
    }
}

/// What a compiled file is made of: numbers and names, as `docs/table-format.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompiledFormat;

impl CompiledFormat {
    /// The format that is written, and the only one that is read.
    pub const VERSION: u32 = VERSION;

    /// The sections in order, each with its number.
    ///
    /// ```
    /// use passgate::check::CompiledFormat;
    /// assert_eq!(CompiledFormat::sections().next(), Some((1, "texts")));
    /// ```
    pub fn sections() -> impl Iterator<Item = (u32, &'static str)> {
        Section::ALL.into_iter().map(|section| (section as u32, section.as_str()))
    }

    /// The steps of validation in order; each is the key of the errors that it finds.
    ///
    /// ```
    /// use passgate::{Gate, check::CompiledFormat};
    /// let found = Gate::from_bytes(&[0; 64]).unwrap_err();
    /// assert!(CompiledFormat::steps().any(|step| Some(step) == found.key()));
    /// ```
    pub fn steps() -> impl Iterator<Item = &'static str> {
        Stage::ALL.into_iter().map(Stage::as_str)
    }

    /// The checksum that a file of these bytes would need, for whoever writes one: CRC-32 of all bytes but those of
    /// the checksum, the fourth word.
    pub fn checksum(bytes: &[u8]) -> u32 {
        let words: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
        checksum(&words)
    }
}

#[cold]
fn refused(fault: Fault) -> Error {
    let message = format!("this is no compiled file that can be used: {}", fault.message);
    Error::new(ErrorCode::BadCompiled, message).with_key(fault.stage.as_str())
}

/// Whether a file may have so many words.
fn check_size(words: usize) -> Result<()> {
    if words > limits::COMPILED_BYTES / 4 {
        let message = format!("a compiled file has at most {} bytes", limits::COMPILED_BYTES);
        return Err(Error::new(ErrorCode::BadCompiled, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_up_to_its_limit() {
        let most = limits::COMPILED_BYTES / 4;
        assert!(check_size(most).is_ok());
        let error = check_size(most + 1).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadCompiled);
        assert!(error.message().contains("1073741824"), "{}", error.message());
    }
}
