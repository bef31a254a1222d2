//! `differential [--cases N] [--seed S] [--examples]`: the long run.

use std::process::ExitCode;

use portcullis_differential::run::run;
use portcullis_interop::portcullis::binary;

const USAGE: &str = "usage: differential [--cases N] [--seed S] [--examples]";

fn main() -> ExitCode {
    let (mut cases, mut seed, mut examples) = (5_000, 7, false);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|number| number.parse().ok());
        let read = match word.as_str() {
            "--cases" => number().map(|number| cases = number),
            "--seed" => number().map(|number| seed = number),
            "--examples" => {
                examples = true;
                Some(())
            }
            _ => None,
        };
        if read.is_none() {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    }
    let outcome = run(
        &binary(),
        usize::try_from(cases).unwrap_or(usize::MAX),
        seed,
    );
    print!("{outcome}");
    println!("{} systematic cases left", outcome.left);
    let complaints = outcome.complaints();
    for complaint in &complaints {
        println!("{complaint}");
    }
    if examples {
        for (said, (_, example)) in &outcome.unlisted {
            println!("{said}\n  {example}");
        }
    }
    match complaints.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
