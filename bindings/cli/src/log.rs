//! A log of requests, read line after line in bounded memory, with a bar of how far it is. What a line says, and what is
//! done about one that is no request, is the caller's.

use crate::bar::Bar;
use crate::request_lines::{Line, open, read_line};
use passgate::grammar::limits::REQUEST_BYTES;
use passgate::{Error, ErrorCode};
use std::io::{BufReader, Read};
use std::path::Path;

/// Lines between two looks at how far it is.
const STEP: u64 = 1 << 14;

/// Hands over every line with its number from 1, or why it is no text of a request; `-` is stdin.
pub(crate) fn lines(
    file: &Path,
    bar: Bar,
    each: impl FnMut(u64, Result<&str, Error>) -> Result<(), Error>,
) -> Result<(), Error> {
    if file == Path::new("-") {
        return read(std::io::stdin(), None, bar, each);
    }
    let opened = open(file, "--log")?;
    let size = opened.metadata().ok().map(|facts| facts.len());
    read(opened, size, bar, each)
}

fn read<R: Read>(
    input: R,
    size: Option<u64>,
    mut bar: Bar,
    mut each: impl FnMut(u64, Result<&str, Error>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = BufReader::with_capacity(1 << 18, input);
    let (mut bytes, mut done, mut number) = (Vec::new(), 0u64, 0u64);
    loop {
        bytes.clear();
        let read = read_line(&mut reader, &mut bytes).map_err(|cause| {
            Error::new(ErrorCode::BadFile, format!("the log cannot be read: {cause}")).with_cause(cause)
        })?;
        let broken = |message: String| Err(Error::new(ErrorCode::BadRequest, message));
        let line = match read {
            Line::End => break,
            Line::Whole => {
                std::str::from_utf8(&bytes).or_else(|_| broken("the request is not UTF-8 text".to_owned()))
            }
            Line::TooLong => broken(format!("a request line has more than {REQUEST_BYTES} bytes")),
        };
        number += 1;
        let went = each(number, line);
        done += bytes.len() as u64 + 1;
        if number.is_multiple_of(STEP) {
            match size {
                Some(size) => bar.show(count(done.min(size)), count(size)),
                None => bar.count(number),
            }
        }
        if went.is_err() {
            bar.done();
            return went;
        }
    }
    bar.done();
    Ok(())
}

fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
