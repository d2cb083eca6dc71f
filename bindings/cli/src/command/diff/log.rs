//! A log for `diff --log`: lines that are no request are told and counted.

use crate::log::lines;
use crate::output::Output;
use passgate::analysis::diff::{Replay, Replayed};
use passgate::{Error, ErrorCode};
use std::path::Path;

/// Broken lines that are told one by one.
const TOLD: u64 = 10;

/// Replays a file; with `strict`, a line that is no request ends it.
pub(super) fn replay(
    file: &Path,
    strict: bool,
    mut replay: Replay<'_>,
    output: &mut Output,
) -> Result<Replayed, Error> {
    let mut told = 0;
    lines(file, output.bar("bytes of the log"), |number, line| {
        let line = line.inspect_err(|_| replay.broken_line());
        let Err(error) = line.and_then(|text| replay.line(text)) else { return Ok(()) };
        let message = format!("line {number} of the log is no request: {}", error.message());
        if strict {
            return Err(Error::new(ErrorCode::BadRequest, message));
        }
        told += 1;
        if told <= TOLD {
            output.word(&format!("warning: {message}"));
        }
        Ok(())
    })?;
    if told > TOLD {
        output.word(&format!("warning: {} more lines of the log are no requests", told - TOLD));
    }
    Ok(replay.finish())
}
