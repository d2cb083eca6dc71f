//! How far a command has got, on stderr where a terminal shows it: nothing in the first second, then one line that is
//! drawn again and taken away at the end.

use passgate::analysis::progress::{At, Progress, watched};
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Nothing is shown before.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two drawings.
const TICK: Duration = Duration::from_millis(200);
/// Back to the begin of the line, which is emptied.
const EMPTY: &str = "\r\x1b[2K";

/// Runs what may take long, and shows how far it has got; `what` names it, as `reading the set`.
pub(crate) fn shown<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let progress = Arc::new(Progress::default());
    let (done, ended) = channel();
    thread::scope(|scope| {
        let drawn = progress.clone();
        scope.spawn(move || draw(what, &drawn, &ended, PATIENCE, &mut std::io::stderr()));
        // Dropped however the work ends, which ends the drawing.
        let _done = done;
        watched(&progress, work)
    })
}

/// As [`shown`], of what writes data: nothing is drawn among data that a terminal shows.
pub(crate) fn beside_data<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if std::io::stdout().is_terminal() { work() } else { shown(what, work) }
}

/// Draws until the other end is gone.
fn draw(what: &str, progress: &Progress, ended: &Receiver<()>, patience: Duration, to: &mut dyn Write) {
    if ended.recv_timeout(patience) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let mut passed = patience;
    loop {
        // Nobody can be told that stderr cannot be written.
        let _ = write!(to, "{EMPTY}{}", line(what, progress.at(), passed)).and_then(|()| to.flush());
        if ended.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout) {
            let _ = write!(to, "{EMPTY}").and_then(|()| to.flush());
            return;
        }
        passed += TICK;
    }
}

/// As `who: 312 of 1000 groups of callers (31 %), 4 s`.
fn line(what: &str, at: At, passed: Duration) -> String {
    let seconds = passed.as_secs();
    if at.of == 0 {
        return format!("{what}: {seconds} s");
    }
    let percent = at.done.min(at.of) * 100 / at.of;
    format!("{what}: {} of {} {} ({percent} %), {seconds} s", at.done, at.of, at.stage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Sender;

    #[test]
    fn a_line_says_what_is_counted() {
        let at = |done, of| At { stage: "groups of callers", done, of };
        let four = Duration::from_millis(4_999);
        assert_eq!(line("who", at(312, 1000), four), "who: 312 of 1000 groups of callers (31 %), 4 s");
        assert_eq!(line("who", at(0, 0), four), "who: 4 s");
        assert_eq!(line("who", at(9, 3), four), "who: 9 of 3 groups of callers (100 %), 4 s");
    }

    /// Keeps what is drawn, and ends the work when the first line is.
    struct Drawn {
        text: Vec<u8>,
        work: Option<Sender<()>>,
    }

    impl Write for Drawn {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.text.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            self.work = None;
            Ok(())
        }
    }

    fn drawn(patience: Duration, ends_at_once: bool) -> String {
        let (done, ended) = channel();
        let mut to = Drawn { text: Vec::new(), work: (!ends_at_once).then_some(done) };
        draw("who", &Progress::default(), &ended, patience, &mut to);
        String::from_utf8(to.text).unwrap()
    }

    #[test]
    fn nothing_is_drawn_of_what_ends_at_once_and_nothing_stays() {
        assert_eq!(drawn(Duration::from_secs(60), true), "");
        assert_eq!(drawn(Duration::ZERO, false), format!("{EMPTY}who: 0 s{EMPTY}"));
    }
}
