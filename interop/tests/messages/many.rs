//! Many random messages both ways. `PORTCULLIS_MESSAGES` says how many of each direction: a million of them are for a
//! run by itself, a few thousand for every run.
//!
//! ```console
//! $ PORTCULLIS_MESSAGES=1000000 cargo test --release -p portcullis-interop --test messages many -- --nocapture
//! ```

use portcullis::SecurityContext;
use portcullis::context::{Order, Protection};
use portcullis_interop::message_peer::{MessagePeer, Unwrapped};
use portcullis_interop::seeded::Seeded;

use crate::both_ends::{NUMBERS, establish, realm, sealed};

const FEW: usize = 4000;

#[test]
fn random_messages_are_read_both_ways() {
    let Some(realm) = realm() else { return };
    let asked = std::env::var("PORTCULLIS_MESSAGES").ok();
    let all = asked.map_or(FEW, |number| number.parse().expect("a number of messages"));
    let each = all.div_ceil(NUMBERS.len());
    for number in NUMBERS {
        let (mut context, mut mit) = establish(&realm, number, &["mutual", "replay", "sequence"]);
        let mut random = Seeded::new(number.into());
        for _ in 0..each {
            exchange(&mut random, &mut context, &mut mit);
        }
        println!("enctype {number}: {each} messages both ways");
    }
}

/// One message each way: mostly short ones, in any form.
fn exchange(random: &mut Seeded, context: &mut SecurityContext, mit: &mut MessagePeer) {
    let theirs = message(random);
    let ours = message(random);
    let protection = match random.below(3) {
        0 => return signed(&theirs, &ours, context, mit),
        1 => Protection::Integrity,
        _ => Protection::Confidentiality,
    };
    let mut token = mit.wrap(sealed(protection), &theirs);
    let opened = context.unwrap(&mut token).expect("MIT's token");
    assert_eq!(opened.message, theirs);
    assert_eq!(
        (opened.protection, opened.order),
        (protection, Order::InOrder)
    );
    let token = context.wrap(&ours, protection).expect("ours");
    let expected = Unwrapped {
        message: ours,
        sealed: sealed(protection),
        supplementary: 0,
    };
    assert_eq!(mit.unwrap(&token), Ok(expected));
}

fn signed(theirs: &[u8], ours: &[u8], context: &mut SecurityContext, mit: &mut MessagePeer) {
    let token = mit.mic(theirs);
    assert_eq!(context.verify_mic(theirs, &token), Ok(Order::InOrder));
    let token = context.mic(ours).expect("ours");
    assert_eq!(mit.verify(ours, &token), Ok(0));
}

fn message(random: &mut Seeded) -> Vec<u8> {
    let longest = [16, 64, 300, 2000][random.below(4)];
    let length = random.below(longest);
    (0..length)
        .map(|_| u8::try_from(random.below(256)).expect("an octet"))
        .collect()
}
