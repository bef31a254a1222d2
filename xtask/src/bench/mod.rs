//! `cargo xtask bench --peers`: how long an accept takes, ours and others', side by side in one run.
//!
//! Each contestant is a process that accepts the tokens of a file and says what they cost
//! (`benches/src/contestant.rs`). In each round all of them get the same file for each workload,
//! one after the other, in an order that changes from round to round: what disturbs one disturbs
//! all. The figure of a round is the median of its groups of tokens; reported are the median of the
//! rounds and their quartiles.

mod contestant;
mod document;
mod heimdal;
mod machine;
mod plot;
mod rivals;
mod rounds;
mod statistics;
mod table;

use std::fs;
use std::path::Path;

pub(crate) use contestant::Contestant;

/// What was asked for.
struct Options {
    /// How many rounds.
    rounds: usize,
    /// Whether `docs/performance.md` and the plots are written anew.
    write: bool,
}

impl Options {
    /// `--peers [--rounds N] [--write]`.
    fn parse(words: &[&str]) -> Option<Self> {
        let mut options = Self {
            rounds: 25,
            write: false,
        };
        let mut words = words.iter();
        if *words.next()? != "--peers" {
            return None;
        }
        while let Some(word) = words.next() {
            match *word {
                "--rounds" => options.rounds = words.next()?.parse().ok()?,
                "--write" => options.write = true,
                _ => return None,
            }
        }
        Some(options)
    }
}

/// Builds everybody, lets them run, and shows the result; JSON goes to `target/bench/peers.json`.
pub(crate) fn command(root: &Path, words: &[&str]) -> bool {
    let Some(options) = Options::parse(words) else {
        eprintln!("usage: cargo xtask bench --peers [--rounds N] [--write]");
        return false;
    };
    match compared(root, &root.join("target/bench"), &options) {
        Ok(()) => true,
        Err(why) => {
            eprintln!("bench: {why}");
            false
        }
    }
}

fn compared(root: &Path, directory: &Path, options: &Options) -> Result<(), String> {
    let said = |what: &str| {
        let what = what.to_owned();
        move |error: std::io::Error| format!("{what}: {error}")
    };
    fs::create_dir_all(directory).map_err(said("target/bench"))?;
    let machine = machine::describe();
    let rivals = rivals::build(root, directory)?;
    let results = rounds::run(directory, &rivals, options.rounds)?;
    println!("{}", machine.text());
    println!("{}", table::text(&results));
    let json = table::json(&machine, &results);
    fs::write(directory.join("peers.json"), json).map_err(said("peers.json"))?;
    if options.write {
        document::write(root, &machine, &results).map_err(said("docs"))?;
    }
    Ok(())
}
