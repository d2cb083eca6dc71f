//! Threads of a question, the only ones that are taken below `load`: parts of a question are worked out at once, and are the
//! same however many there are. Who asks waits for all of them.

use crate::error::{Error, ErrorCode, Result};
use passgate_grammar::limits::{QUESTION_SHARE, QUESTION_THREADS};
use std::thread;

/// In how many parts a question about so many groups of callers is worth being worked out, on this machine.
pub(super) fn parts(groups: usize) -> usize {
    match wanted(groups, QUESTION_THREADS) {
        0 | 1 => 1,
        _ => wanted(groups, thread::available_parallelism().map_or(1, usize::from)),
    }
}

/// The same where so many threads run at once.
fn wanted(groups: usize, at_once: usize) -> usize {
    (groups / QUESTION_SHARE).min(QUESTION_THREADS).min(at_once).max(1)
}

/// Works out each part on a thread of its own; what they give in the order of the parts.
///
/// # Errors
/// The first part's that has one; `internal` where a thread has ended in a panic.
pub(super) fn each<T: Send>(parts: usize, part: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    if parts < 2 {
        return Ok(vec![part(0)?]);
    }
    thread::scope(|scope| {
        let part = &part;
        let others: Vec<_> = (1..parts).map(|number| scope.spawn(move || part(number))).collect();
        let first = part(0);
        let gone = |_| Err(Error::new(ErrorCode::Internal, "a thread of a question has ended in a panic"));
        let others = others.into_iter().map(|thread| thread.join().unwrap_or_else(gone));
        std::iter::once(first).chain(others).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_as_are_worth_it() {
        let of = |groups: usize| wanted(groups, 100);
        assert_eq!((of(0), of(2 * QUESTION_SHARE - 1), of(2 * QUESTION_SHARE)), (1, 1, 2));
        let most = QUESTION_SHARE * QUESTION_THREADS;
        assert_eq!(
            (of(most - 1), of(most), of(most + QUESTION_SHARE)),
            (QUESTION_THREADS - 1, QUESTION_THREADS, QUESTION_THREADS)
        );
        assert_eq!((wanted(most, 1), wanted(most, 3), parts(1)), (1, 3, 1));
    }

    #[test]
    fn parts_come_in_their_order_and_with_the_first_error() {
        for count in [1, 2, 7] {
            assert_eq!(each(count, Ok).unwrap(), (0..count).collect::<Vec<_>>());
        }
        let odd = |number: usize| match number % 2 {
            1 => Err(Error::new(ErrorCode::BadOption, format!("part {number}"))),
            _ => Ok(number),
        };
        assert!(each(4, odd).unwrap_err().to_string().contains("part 1"));
        let ends = each(2, |number| if number == 1 { panic!("a fault") } else { Ok(number) });
        assert_eq!(ends.unwrap_err().code(), ErrorCode::Internal);
    }
}
