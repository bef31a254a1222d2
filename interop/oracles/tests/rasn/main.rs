//! rasn-kerberos 0.30, a complete decoder by derive.

mod messages;

use portcullis_oracles::oracle::Oracle;

const RASN: Oracle = Oracle {
    decode: messages::decode,
    differences: &[
        (
            "accepts: Constant: *",
            "It leaves versions and message types to its caller.",
        ),
        (
            "accepts: IntegerOutOfRange",
            "Its Microseconds are any INTEGER; ours end at 999999 (RFC 4120 §5.2.4).",
        ),
        (
            "accepts: LengthTooLarge",
            "It takes lengths that are longer than they need be, which DER forbids (X.690 §10.1).",
        ),
        (
            "accepts: NonMinimalLength",
            "It takes lengths that are longer than they need be, which DER forbids (X.690 §10.1).",
        ),
        (
            "accepts: NonMinimalInteger",
            "It takes INTEGERs that are longer than they need be (X.690 §8.3.2).",
        ),
        (
            "accepts: Time",
            "It takes fractions of seconds, which RFC 4120 §5.2.3 forbids.",
        ),
        (
            "accepts: TrailingData",
            "It does not look whether a tag says primitive or constructed; at the end of a SEQUENCE that is an unknown element to us.",
        ),
        (
            "accepts: UnexpectedTag",
            "It does not look whether a tag says primitive or constructed.",
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
            "refuses: IntegerTypeConversionFailed",
            "It takes no negative UInt32, which Windows and old MIT krb5 send as kvno and seq-number (RFC 4120 §5.5.1).",
        ),
        (
            "refuses: UnexpectedExtraData",
            "It takes no unknown fields at the end of a SEQUENCE, which RFC 4120 §1.5 allows.",
        ),
    ],
};

#[path = "../comparison/mod.rs"]
mod comparison;

#[test]
fn agrees_on_everything_that_real_peers_sent() {
    comparison::of_what_peers_sent(&RASN);
}

#[test]
fn agrees_on_everything_that_we_write() {
    comparison::of_what_we_write(&RASN);
}

#[test]
fn every_difference_on_mutated_messages_is_known() {
    comparison::of_mutations(&RASN);
}
