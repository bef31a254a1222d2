//! Where lines of the log leave the process: standard error, in pieces that nothing else gets into.
//!
//! A call of the system for each line takes a tenth of what a request with a session takes. So the
//! lines of those who come in wait in their thread until it has nothing else to do, or there are
//! enough of them for a piece, or the first has waited for [`MOST`]; at the end of the program
//! [`write_all_waiting`] takes what is left. All other lines are written at once, behind those of
//! the same thread that wait. Only who kills the program takes waiting lines with it.

use core::cell::RefCell;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

/// So many octets are written in one piece, whoever else writes to the same pipe (POSIX `PIPE_BUF`).
const ONE_PIECE: usize = 4096;

/// No line waits longer, however busy its thread is.
const MOST: Duration = Duration::from_millis(5);

/// Held alone by who writes a longer line, so that no other one gets into it.
static LONG_LINES: RwLock<()> = RwLock::new(());

/// The lines that wait in each thread that has such.
static THREADS: Mutex<Vec<Arc<Mutex<Waiting>>>> = Mutex::new(Vec::new());

thread_local! {
    /// Those of this thread, if it has such: it promises to look after them.
    static OURS: RefCell<Option<Arc<Mutex<Waiting>>>> = const { RefCell::new(None) };
}

/// Whole lines, no longer than one piece.
#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    /// When the first of them came.
    since: Option<Instant>,
}

/// Whether a line can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    AtOnce,
    Soon,
}

/// A future that lets no line wait too long in its thread while it always has something to do.
#[derive(Debug)]
pub(super) struct Looking<F>(Pin<Box<F>>);

impl<F: Future> Looking<F> {
    pub(super) fn after_lines(future: F) -> Self {
        Self(Box::pin(future))
    }
}

impl<F: Future> Future for Looking<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.0.as_mut().poll(context);
        write_overdue();
        polled
    }
}

/// From now on lines may wait in this thread, which calls [`write_waiting`] when it has nothing to do, and
/// serves what is [`Looking`] after them.
pub(super) fn let_lines_wait() {
    let waiting = Arc::new(Mutex::new(Waiting {
        lines: Vec::with_capacity(ONE_PIECE),
        since: None,
    }));
    THREADS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Arc::clone(&waiting));
    OURS.set(Some(waiting));
}

/// Writes a line, which ends with a newline.
pub(super) fn put(line: &str, urgency: Urgency) {
    let line = line.as_bytes();
    let ours = with_ours(|ours| ours.put(line, urgency, Instant::now(), write));
    if ours.is_none() {
        write(line);
    }
}

/// Writes what waits in this thread.
pub(super) fn write_waiting() {
    with_ours(|ours| ours.leave(write));
}

/// Writes what waits in this thread, if it has waited long.
fn write_overdue() {
    with_ours(|ours| {
        if ours.since.is_some_and(|since| since.elapsed() >= MOST) {
            ours.leave(write);
        }
    });
}

/// Writes what waits in any thread.
pub(super) fn write_all_waiting() {
    let threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    for thread in threads.iter() {
        locked(thread).leave(write);
    }
}

fn with_ours<T>(look: impl FnOnce(&mut Waiting) -> T) -> Option<T> {
    OURS.with_borrow(|ours| ours.as_deref().map(|ours| look(&mut locked(ours))))
}

fn locked(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Waiting {
    fn put(&mut self, line: &[u8], urgency: Urgency, now: Instant, write: impl Fn(&[u8])) {
        if self.lines.len().saturating_add(line.len()) > ONE_PIECE {
            self.leave(&write);
        }
        if line.len() > ONE_PIECE {
            return write(line);
        }
        self.lines.extend_from_slice(line);
        let since = *self.since.get_or_insert(now);
        if urgency == Urgency::AtOnce || now.saturating_duration_since(since) >= MOST {
            self.leave(write);
        }
    }

    fn leave(&mut self, write: impl Fn(&[u8])) {
        if self.since.take().is_some() {
            write(&self.lines);
            self.lines.clear();
        }
    }
}

/// In one piece. Who closed standard error does not want to know.
fn write(octets: &[u8]) {
    let _ = match octets.len() <= ONE_PIECE {
        true => {
            let _together = LONG_LINES.read().unwrap_or_else(PoisonError::into_inner);
            write_all(octets)
        }
        false => {
            let _alone = LONG_LINES.write().unwrap_or_else(PoisonError::into_inner);
            write_all(octets)
        }
    };
}

/// To standard error, by a handle of ours: who writes by std's waits for all others.
fn write_all(octets: &[u8]) -> io::Result<()> {
    static STANDARD_ERROR: LazyLock<io::Result<File>> =
        LazyLock::new(|| io::stderr().as_fd().try_clone_to_owned().map(File::from));
    match STANDARD_ERROR.as_ref() {
        Ok(file) => (&*file).write_all(octets),
        Err(_) => io::stderr().lock().write_all(octets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces that these lines leave in, the last of which is what would leave now.
    fn pieces(lines: &[(&str, Urgency)], apart: Duration) -> Vec<String> {
        let (mut waiting, pieces) = (Waiting::default(), RefCell::new(Vec::new()));
        let write = |octets: &[u8]| {
            let text = String::from_utf8(octets.to_vec()).unwrap();
            pieces.borrow_mut().push(text);
        };
        let mut now = Instant::now();
        for (line, urgency) in lines {
            waiting.put(line.as_bytes(), *urgency, now, write);
            now = now.checked_add(apart).unwrap();
        }
        pieces.borrow_mut().push("|".to_owned());
        waiting.leave(write);
        waiting.leave(write);
        pieces.into_inner()
    }

    #[test]
    fn lines_wait_for_one_another() {
        let lines = [("a\n", Urgency::Soon), ("b\n", Urgency::Soon)];
        assert_eq!(pieces(&lines, Duration::ZERO), ["|", "a\nb\n"]);
    }

    #[test]
    fn no_line_waits_long_while_others_come() {
        let lines = [("a\n", Urgency::Soon), ("b\n", Urgency::Soon)];
        assert_eq!(pieces(&lines, MOST), ["a\nb\n", "|"]);
    }

    #[test]
    fn a_line_that_cannot_wait_takes_along_those_before_it() {
        let lines = [
            ("a\n", Urgency::Soon),
            ("b\n", Urgency::AtOnce),
            ("c\n", Urgency::Soon),
        ];
        assert_eq!(pieces(&lines, Duration::ZERO), ["a\nb\n", "|", "c\n"]);
    }

    #[test]
    fn no_piece_is_cut_and_none_is_too_long_but_a_line() {
        let (long, longer) = ("x".repeat(ONE_PIECE - 1), "y".repeat(ONE_PIECE + 1));
        let lines = [
            ("a\n", Urgency::Soon),
            (&long, Urgency::Soon),
            (&longer, Urgency::Soon),
            ("b\n", Urgency::Soon),
        ];
        assert_eq!(
            pieces(&lines, Duration::ZERO),
            ["a\n", &long, &longer, "|", "b\n"]
        );
    }
}
