//! What inputs cost their targets, the dearest of each: `costs fuzz/corpus fuzz/seeds`.
//!
//! The limits in `src/limits.rs` were taken from it, and `cargo xtask coverage` sees what it runs through.

use portcullis_fuzz::TARGETS;
use portcullis_fuzz::limits::Cost;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let corpora: Vec<_> = std::env::args().skip(1).collect();
    println!("target                 inputs    held  held/o   allocated  allocated/o      time");
    for (name, run) in TARGETS {
        let directories = corpora.iter().map(|corpus| Path::new(corpus).join(name));
        let directories = directories.filter(|directory| directory.exists());
        let (mut inputs, mut most, mut each) = (0_u32, Cost::default(), [0.0_f64; 2]);
        for entry in directories
            .map(std::fs::read_dir)
            .flat_map(Result::ok)
            .flatten()
        {
            let input = std::fs::read(entry?.path())?;
            run(&input); // what is made once is made now
            let cost = Cost::of(run, &input);
            let again = Cost::of(run, &input).time;
            inputs += 1;
            most.held = most.held.max(cost.held);
            most.allocated = most.allocated.max(cost.allocated);
            most.time = most.time.max(cost.time.min(again));
            let length = input.len().max(64) as f64;
            each[0] = each[0].max(cost.held as f64 / length);
            each[1] = each[1].max(cost.allocated as f64 / length);
        }
        let Cost {
            held,
            allocated,
            time,
        } = most;
        println!(
            "{name:<22} {inputs:>6} {held:>7} {:>7.0} {allocated:>11} {:>12.0} {time:>9.0?}",
            each[0], each[1]
        );
    }
    Ok(())
}
