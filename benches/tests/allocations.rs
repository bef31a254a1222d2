//! How often the whole accept allocates. A number that falls is lowered here; one that rises needs
//! a reason.

use allocation_counter::{AllocationInfo, measure};
use portcullis_benches::{Envelope, Exchange, NUMBERS, TicketUse, Tokens};

/// The octets of all allocations together.
const MOST_OCTETS: u64 = 6500;

/// Allocations and octets of one accept: mutual authentication, a ticket with a PAC, one key in the
/// keytab, a replay cache that has seen one token.
fn accept(number: i32, envelope: Envelope) -> AllocationInfo {
    let exchange = Exchange::read(number);
    let (acceptor, now) = (exchange.acceptor(), exchange.now());
    let mut tokens = Tokens::new(&exchange, envelope, TicketUse::Repeated);
    let (first, second) = (tokens.make(), tokens.make());
    drop(acceptor.begin().step(&first, now).expect("a good token"));
    measure(|| drop(acceptor.begin().step(&second, now).expect("a good token")))
}

#[test]
fn a_gss_token_is_accepted_with_few_allocations() {
    bounded(Envelope::Gss, 18);
}

#[test]
fn a_spnego_token_is_accepted_with_few_allocations() {
    bounded(Envelope::Spnego, 24);
}

fn bounded(envelope: Envelope, most: u64) {
    for number in NUMBERS {
        let counted = accept(number, envelope);
        println!("enctype {number}: {counted:?}");
        assert!(counted.count_total <= most, "enctype {number}: {counted:?}");
        assert!(
            counted.bytes_total < MOST_OCTETS,
            "enctype {number}: {counted:?}"
        );
    }
}
