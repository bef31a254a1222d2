//! What a stranger can make an acceptor allocate, for each octet of what is sent.

use crate::recorded::Call;
use crate::{files, recorded, tokens};
use allocation_counter::measure;

/// Of all allocations for a token together, for each octet of it.
const MULTIPLE: u64 = 4;
/// And besides, whatever it is.
const BESIDES: u64 = 16 * 1024;
/// A rule may have a thousand states, however short it is.
const BESIDES_OF_RULES: u64 = 128 * 1024;

fn cheap(name: &str, [multiple, besides]: [u64; 2], octets: &[u8], run: impl FnOnce()) {
    let counted = measure(run);
    let length = u64::try_from(octets.len()).unwrap();
    let most = length * multiple + besides;
    assert!(
        counted.bytes_total <= most,
        "{name}: {length} octets: {counted:?}"
    );
}

fn step_cheaply(call: &Call, token: &[u8]) {
    cheap(&call.name, [MULTIPLE, BESIDES], token, || {
        _ = call.step(token)
    });
}

#[test]
fn a_token_of_a_real_peer_costs_a_small_multiple_of_itself_whatever_length_in_it_lies() {
    for call in recorded::calls() {
        let mut token = call.token.clone();
        step_cheaply(&call, &token);
        let places = (0..196).chain((196..token.len() - 4).step_by(97));
        for at in places {
            for said in [0, 0x7fff_ffff_u32, u32::MAX] {
                token[at..at + 4].copy_from_slice(&said.to_be_bytes());
                step_cheaply(&call, &token);
            }
            token[at..at + 4].copy_from_slice(&call.token[at..at + 4]);
        }
    }
}

#[test]
fn a_hostile_token_costs_a_small_multiple_of_itself() {
    for call in tokens::hostile() {
        step_cheaply(&call, &call.token);
    }
}

#[test]
fn whatever_comes_through_another_door_costs_a_small_multiple_of_itself() {
    let inputs = files::inputs();
    for (name, multiple, door) in files::doors() {
        let besides = match name.starts_with("rule") {
            true => BESIDES_OF_RULES,
            false => BESIDES,
        };
        for octets in &inputs {
            cheap(name, [multiple, besides], octets, || door(octets));
        }
    }
}
