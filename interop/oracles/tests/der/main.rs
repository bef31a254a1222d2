//! `der` 0.8 of RustCrypto, which is as strict as we are. It has no types of Kerberos, so the messages that an acceptor
//! reads are declared here, by its derive.

#[path = "../comparison/mod.rs"]
mod comparison;
mod messages;

use portcullis_oracles::oracle::Oracle;

const DER: Oracle = Oracle {
    decode: messages::decode,
    differences: &[
        (
            "accepts: IntegerOutOfRange",
            "The derive has no words for ranges: cusec is any number of 32 bits, kvno and seq-number any of 64.",
        ),
        (
            "accepts: Value: NUL in a component of a name",
            "It knows nothing of names: a NUL in one is ours to refuse, because some peers take it for the end.",
        ),
        (
            "accepts: Value: NUL in a realm",
            "It knows nothing of names: a NUL in one is ours to refuse, because some peers take it for the end.",
        ),
        (
            "refuses: Incomplete",
            "It reads reqFlags, which RFC 4178 §4.2.1 says to ignore.",
        ),
        (
            "refuses: OidMalformed",
            "It reads the arcs of OBJECT IDENTIFIERs and refuses padded and very large ones; to us they are octets to compare.",
        ),
        (
            "refuses: Tag*",
            "It reads reqFlags, which RFC 4178 §4.2.1 says to ignore, and does not know the hints of [MS-SPNG] §2.2.1.",
        ),
        (
            "refuses: TrailingData",
            "The structures declared here have no unknown fields, which RFC 4120 §1.5 allows.",
        ),
        (
            "refuses: Value",
            "Its GeneralizedTime begins in 1970, ours with the year 0.",
        ),
    ],
};

#[test]
fn agrees_on_everything_that_real_peers_sent() {
    comparison::of_what_peers_sent(&DER);
}

#[test]
fn agrees_on_everything_that_we_write() {
    comparison::of_what_we_write(&DER);
}

#[test]
fn every_difference_on_mutated_messages_is_known() {
    comparison::of_mutations(&DER);
}
