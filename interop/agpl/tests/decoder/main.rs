//! kerberos_asn1 0.2, a complete decoder by derive.

#[path = "../../../oracles/tests/comparison/mod.rs"]
mod comparison;
mod messages;

use portcullis_oracles::oracle::Oracle;

const KERBEROS_ASN1: Oracle = Oracle {
    decode: messages::decode,
    differences: &[
        (
            "accepts: Constant: *",
            "It leaves versions and message types to its caller.",
        ),
        (
            "accepts: IndefiniteLength",
            "Length 0x80 is zero to it, and it does not look at what follows.",
        ),
        (
            "accepts: IntegerOutOfRange",
            "Its Microseconds are any INTEGER of 32 bits; ours are 0 to 999999 (RFC 4120 §5.2.4).",
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
            "It does not look at what follows the element inside an explicit tag.",
        ),
        (
            "accepts: Truncated",
            "It does not hold the length of a SEQUENCE against that of the application tag around it.",
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
            "refuses: EmptyTag",
            "Its EncAPRepPart must have a seq-number, which RFC 4120 §5.5.2 makes optional.",
        ),
        (
            "refuses: IncorrectValue",
            "Its UInt32 has four octets, so that 2³¹ and more, which take five, are too long.",
        ),
        (
            "refuses: NoAllDataConsumed",
            "It takes no unknown fields at the end of a SEQUENCE, which RFC 4120 §1.5 allows.",
        ),
        (
            "refuses: UnmatchedTag",
            "Its EncAPRepPart must have a subkey, which RFC 4120 §5.5.2 makes optional.",
        ),
        (
            "refuses: Utf8Error",
            "Its strings are UTF-8; to us they are octets.",
        ),
    ],
};

#[test]
fn agrees_on_everything_that_real_peers_sent() {
    comparison::of_what_peers_sent(&KERBEROS_ASN1);
}

#[test]
fn agrees_on_everything_that_we_write() {
    comparison::of_what_we_write(&KERBEROS_ASN1);
}

#[test]
fn every_difference_on_mutated_messages_is_known() {
    comparison::of_mutations(&KERBEROS_ASN1);
}
