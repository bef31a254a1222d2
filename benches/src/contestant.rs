//! How a program takes part in a comparison: it reads the path of a file of tokens from standard
//! input and answers with one line, who the first token's client was and what the others cost in
//! nanoseconds, in groups; then it waits for the next path.
//!
//! In the file each token follows its length, four octets, big-endian. The tokens are in memory
//! before the clock starts.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::time::Instant;

/// So many tokens are timed at once: reading the clock costs a fiftieth of an accept.
const GROUP: usize = 8;

/// Takes part. `prepare` happens before the clock starts; what `accept` gives is dropped before it
/// stops; `client` accepts the first token and says who came.
///
/// # Errors
/// When a file cannot be read or nobody listens.
pub fn serve<P, A>(
    mut prepare: impl FnMut(&[u8]) -> P,
    mut accept: impl FnMut(&mut P) -> A,
    mut client: impl FnMut(&mut P) -> String,
) -> io::Result<()> {
    for path in io::stdin().lock().lines() {
        let file = fs::read(path?)?;
        let mut tokens: Vec<P> = tokens(&file).map(&mut prepare).collect();
        let Some((first, others)) = tokens.split_first_mut() else {
            continue;
        };
        let mut line = client(first);
        for group in others.chunks_exact_mut(GROUP) {
            let start = Instant::now();
            for token in group {
                drop(accept(token));
            }
            let each = start.elapsed().as_nanos() / GROUP as u128;
            write!(line, " {each}").expect("a string grows");
        }
        println!("{line}");
        io::stdout().flush()?;
    }
    Ok(())
}

/// Writes a file of tokens.
///
/// # Errors
/// When it cannot be written.
///
/// # Panics
/// When a token is longer than four octets can say.
pub fn write_tokens(path: &str, tokens: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
    let mut file = Vec::new();
    for token in tokens {
        let length = u32::try_from(token.len()).expect("a short token");
        file.extend_from_slice(&length.to_be_bytes());
        file.extend_from_slice(&token);
    }
    fs::write(path, file)
}

fn tokens(mut file: &[u8]) -> impl Iterator<Item = &[u8]> {
    core::iter::from_fn(move || {
        let (length, rest) = file.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (token, rest) = rest.split_at_checked(length)?;
        file = rest;
        Some(token)
    })
}
