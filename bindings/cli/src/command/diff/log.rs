//! A log for `diff --log`: line after line, those that are no request told and counted, in bounded memory.

use crate::output::Output;
use crate::request_lines::{Line, open, read_line};
use passgate::analysis::diff::{Replay, Replayed};
use passgate::grammar::limits::REQUEST_BYTES;
use passgate::{Error, ErrorCode};
use std::io::{BufReader, Read};
use std::path::Path;

/// Broken lines that are told one by one.
const TOLD: u64 = 10;
/// Lines between two looks at how far it is.
const STEP: u64 = 1 << 14;

/// Replays a file; with `strict`, a line that is no request ends it.
pub(super) fn replay(
    file: &Path,
    strict: bool,
    replay: Replay<'_>,
    output: &mut Output,
) -> Result<Replayed, Error> {
    if file == Path::new("-") {
        return lines(std::io::stdin(), None, strict, replay, output);
    }
    let opened = open(file, "--log")?;
    let size = opened.metadata().ok().map(|facts| facts.len());
    lines(opened, size, strict, replay, output)
}

fn lines<R: Read>(
    input: R,
    size: Option<u64>,
    strict: bool,
    mut replay: Replay<'_>,
    output: &mut Output,
) -> Result<Replayed, Error> {
    let mut reader = BufReader::with_capacity(1 << 18, input);
    let (mut bytes, mut done, mut told) = (Vec::new(), 0u64, 0);
    let mut progress = output.bar("bytes of the log");
    loop {
        bytes.clear();
        let read = read_line(&mut reader, &mut bytes).map_err(|cause| {
            Error::new(ErrorCode::BadFile, format!("the log cannot be read: {cause}")).with_cause(cause)
        })?;
        let broken = match read {
            Line::End => break,
            Line::Whole => match std::str::from_utf8(&bytes) {
                Ok(text) => replay.line(text).err().map(|error| error.message().to_owned()),
                Err(_) => {
                    replay.broken_line();
                    Some("the request is not UTF-8 text".to_owned())
                }
            },
            Line::TooLong => {
                replay.broken_line();
                Some(format!("a request line has more than {REQUEST_BYTES} bytes"))
            }
        };
        done += bytes.len() as u64 + 1;
        if let (0, Some(size)) = (replay.lines() % STEP, size) {
            progress.show(count(done.min(size)), count(size));
        }
        let Some(message) = broken else { continue };
        let message = format!("line {} of the log is no request: {message}", replay.lines());
        if strict {
            progress.done();
            return Err(Error::new(ErrorCode::BadRequest, message));
        }
        told += 1;
        if told <= TOLD {
            output.word(&format!("warning: {message}"));
        }
    }
    progress.done();
    if told > TOLD {
        output.word(&format!("warning: {} more lines of the log are no requests", told - TOLD));
    }
    Ok(replay.finish())
}

fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
