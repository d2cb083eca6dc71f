//! Compiled files from disk, read whole into the one run of words that the table is a view of.

use super::file::{Fault, Opened};
use super::options::LoadOptions;
use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::one_line;
use crate::table::{HEAD, header};
use passgate_grammar::limits;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Bytes that are read at once; a whole number of words.
const CHUNK: usize = 64 * 1024;

/// Loads a compiled file.
///
/// # Errors
/// `bad-file`, `bad-compiled`, and `bad-option` for an option that would change what the file was compiled with.
pub(super) fn load(path: &Path, options: &LoadOptions) -> Result<Gate> {
    options.check()?;
    let gate = read(path)?;
    unchanged(&gate, options)?;
    Ok(gate)
}

fn read(path: &Path) -> Result<Gate> {
    let shown = one_line(&path.to_string_lossy()).to_string();
    let unread = |fault: Fault| Error::new(ErrorCode::BadFile, fault.message(&shown));
    let mut file = Opened::new(path, limits::COMPILED_BYTES).map_err(unread)?;
    let bad = |key: &str, what: &str| {
        Error::new(ErrorCode::BadCompiled, format!("`{shown}`: {what}")).with_key(key.to_owned())
    };
    if file.bytes % 4 != 0 {
        return Err(bad("size", "it is not a whole number of words"));
    }
    let count = file.bytes / 4;
    // A file that is none is refused before there is room made for all of it.
    let head = words(&mut file, count.min(HEAD)).map_err(unread)?;
    header(&head).map_err(|fault| bad(fault.stage.as_str(), &fault.message))?;
    let mut all: Arc<[u32]> = std::iter::repeat_n(0, count).collect();
    if let Some(to) = Arc::get_mut(&mut all) {
        let (first, rest) = to.split_at_mut(head.len().min(count));
        first.copy_from_slice(&head);
        fill(&mut file, rest).map_err(unread)?;
    }
    file.end().map_err(unread)?;
    Gate::from_words(all).map_err(|error| {
        let key = error.key().unwrap_or_default();
        bad(key, error.message())
    })
}

fn words(file: &mut Opened, count: usize) -> std::result::Result<Vec<u32>, Fault> {
    let mut words = vec![0; count];
    fill(file, &mut words)?;
    Ok(words)
}

fn fill(file: &mut Opened, words: &mut [u32]) -> std::result::Result<(), Fault> {
    let mut bytes = [0; CHUNK];
    for chunk in words.chunks_mut(CHUNK / 4) {
        let Some(part) = bytes.get_mut(..4 * chunk.len()) else { return Err(Fault::Changed) };
        file.read_exact(part).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Fault::Changed,
            _ => Fault::Io(error),
        })?;
        let (read, _) = part.as_chunks::<4>();
        chunk.iter_mut().zip(read).for_each(|(to, word)| *to = u32::from_le_bytes(*word));
    }
    Ok(())
}

/// A compiled file keeps what it was compiled with: an option that says otherwise is refused.
fn unchanged(gate: &Gate, options: &LoadOptions) -> Result<()> {
    let kept = gate.settings();
    let mut given = kept.clone();
    options.apply(&mut given);
    let differs = [
        ("catalog", !options.catalogs.is_empty()),
        ("boundary", !options.boundary.is_empty()),
        ("opaque", given.opaque != kept.opaque),
        ("owner", given.owner != kept.owner),
        ("ip-unsupported", given.ip_unsupported != kept.ip_unsupported),
        ("strict", given.strict != kept.strict),
    ];
    match differs.into_iter().find(|(_, differs)| *differs) {
        None => Ok(()),
        Some((option, _)) => {
            let message =
                format!("a compiled file keeps what it was compiled with: `{option}` would change it");
            Err(Error::new(ErrorCode::BadOption, message).with_key(option))
        }
    }
}
