//! How much stack a caller has to have: measured without optimisation, 64 KiB for tokens and 80 for
//! rules; a release needs less.

use crate::{files, recorded, tokens};

/// Of a thread that accepts tokens, in a build without optimisation.
const STACK: usize = 80 * 1024;
/// Of one that reads rules of `auth_to_local`: parentheses may stand in each other 32 deep.
const STACK_FOR_RULES: usize = 96 * 1024;

fn in_little_stack(octets: usize, run: impl FnOnce() + Send) {
    std::thread::scope(|threads| {
        let thread = std::thread::Builder::new().stack_size(octets);
        thread.spawn_scoped(threads, run).unwrap().join().unwrap();
    });
}

#[test]
fn whatever_real_peers_sent_is_accepted_in_little_stack() {
    let calls = recorded::calls();
    in_little_stack(STACK, || {
        for call in &calls {
            assert!(call.step(&call.token), "{}", call.name);
        }
    });
}

#[test]
fn whatever_nobody_sends_who_means_well_is_judged_in_little_stack() {
    let calls = tokens::hostile();
    in_little_stack(STACK, || {
        for call in &calls {
            let _ = call.step(&call.token);
        }
    });
}

#[test]
fn every_other_door_is_passed_in_little_stack() {
    let inputs = files::inputs();
    for (name, _, door) in files::doors() {
        let stack = match name.starts_with("rule") {
            true => STACK_FOR_RULES,
            false => STACK,
        };
        in_little_stack(stack, || inputs.iter().for_each(|octets| door(octets)));
    }
}
