//! [`Crew`]: threads that serve connections, each those that it was given.
//!
//! A connection stays with its thread: who is woken by a request answers it, and wakes nobody else.
//! A runtime whose threads share all connections wakes another of them for nearly every request,
//! which takes longer than a request with a session does.

use super::outlet::{Looking, let_lines_wait, write_waiting};
use core::future::pending;
use core::num::NonZero;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::io;
use std::thread::{Builder, available_parallelism};
use tokio::runtime::{Builder as RuntimeBuilder, Handle};

/// Threads that serve connections, until the program ends.
#[derive(Debug)]
pub(super) struct Crew {
    threads: Vec<Handle>,
    served: AtomicUsize,
}

impl Crew {
    /// A thread for each processor.
    pub(super) fn start() -> io::Result<Self> {
        let processors = available_parallelism().map_or(1, NonZero::get);
        let threads: io::Result<Vec<_>> = (0..processors).map(start_one).collect();
        Ok(Self {
            threads: threads?,
            served: AtomicUsize::new(0),
        })
    }

    /// Has the next thread in turn serve a connection.
    pub(super) fn serve(&self, connection: impl Future<Output = ()> + Send + 'static) {
        let turn = self.served.fetch_add(1, Ordering::Relaxed);
        let place = turn.checked_rem(self.threads.len()).unwrap_or_default();
        if let Some(thread) = self.threads.get(place) {
            thread.spawn(Looking::after_lines(connection));
        }
    }
}

fn start_one(number: usize) -> io::Result<Handle> {
    let runtime = RuntimeBuilder::new_current_thread()
        .enable_all()
        .on_thread_park(write_waiting)
        .build()?;
    let handle = runtime.handle().clone();
    let thread = Builder::new().name(format!("connections-{number}"));
    thread.spawn(move || {
        let_lines_wait();
        runtime.block_on(pending::<()>());
    })?;
    Ok(handle)
}
