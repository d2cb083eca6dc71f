//! Lines of requests, read one after the other from a file or stdin, none longer than a request may be.

use passgate::grammar::limits::REQUEST_BYTES;
use passgate::{Error, ErrorCode};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Opens a file of requests that an option names; a folder, device or pipe is no file, and opening one could wait for ever.
pub(crate) fn open(file: &Path, option: &str) -> Result<std::fs::File, Error> {
    let shown = file.display();
    let unread = |cause: std::io::Error| {
        Error::new(ErrorCode::BadFile, format!("`{shown}` cannot be read: {cause}")).with_cause(cause)
    };
    if !std::fs::metadata(file).map_err(unread)?.is_file() {
        let message =
            format!("`{shown}` is no file: a stream of requests is read from stdin, with `{option} -`");
        return Err(Error::new(ErrorCode::BadFile, message));
    }
    #[expect(clippy::disallowed_methods, reason = "the requests are the caller's, not a file of the set")]
    std::fs::File::open(file).map_err(unread)
}

/// What was read.
pub(crate) enum Line {
    /// No more.
    End,
    /// A line.
    Whole,
    /// More than a request may have.
    TooLong,
}

/// Reads up to a line end, which is dropped; of a line that is too long the rest is read and forgotten.
pub(crate) fn read_line<R: Read>(reader: &mut BufReader<R>, line: &mut Vec<u8>) -> std::io::Result<Line> {
    let limit = REQUEST_BYTES as u64 + 1;
    if reader.by_ref().take(limit).read_until(b'\n', line)? == 0 {
        return Ok(Line::End);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(Line::Whole);
    }
    if line.len() <= REQUEST_BYTES {
        return Ok(Line::Whole);
    }
    reader.skip_until(b'\n')?;
    Ok(Line::TooLong)
}
