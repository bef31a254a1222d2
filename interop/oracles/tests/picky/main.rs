//! picky-krb 0.13 over picky-asn1-der 0.5: serde types that keep most values raw.

#[path = "../comparison/mod.rs"]
mod comparison;
mod messages;

use portcullis_oracles::oracle::Oracle;

const PICKY: Oracle = Oracle {
    decode: messages::decode,
    differences: &[
        (
            "accepts: BitString",
            "It takes BIT STRINGs with more than seven unused bits (X.690 §8.6.2.2).",
        ),
        (
            "accepts: Constant: *",
            "It leaves versions and message types to its caller.",
        ),
        (
            "accepts: HighTagNumber",
            "An optional field that it cannot read is absent to it, and it does not look at what is left over then.",
        ),
        (
            "accepts: IndefiniteLength",
            "An optional field that it cannot read is absent to it, and it does not look at what is left over then.",
        ),
        (
            "accepts: IntegerOutOfRange",
            "Its INTEGERs have any length; it leaves ranges to its caller.",
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
            "It keeps the octets of INTEGERs, and takes those that are longer than they need be (X.690 §8.3.2).",
        ),
        (
            "accepts: ObjectIdentifier",
            "An optional field that it cannot read is absent to it, and it does not look at what is left over then.",
        ),
        (
            "accepts: Time",
            "An optional field that it cannot read is absent to it, and it does not look at what is left over then. Its calendar has a 32nd day in each month.",
        ),
        (
            "accepts: TrailingData",
            "It takes octets after the message, and after the last field that it knows of the outermost SEQUENCE.",
        ),
        (
            "accepts: Truncated",
            "An optional field that it cannot read is absent to it, and it does not look at what is left over then.",
        ),
        (
            "accepts: UnexpectedTag",
            "An optional field that it cannot read is absent to it, and it does not look at what is left over then.",
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
            "accepts: Value: unknown negState",
            "It keeps negState raw and leaves it to its caller.",
        ),
        (
            "misses: *",
            "An optional field that it cannot read is absent to it, and it does not look at what is left over then. KRB-ERROR's cusec always is: its type there is KerberosTime.",
        ),
        (
            "reads otherwise: NegTokenInit.mechTypes[]",
            "It keeps the arcs of an OBJECT IDENTIFIER, not its octets: leading zeros are lost (X.690 §8.19.2), and large arcs.",
        ),
        (
            "reads otherwise: NegTokenResp.supportedMech",
            "It keeps the arcs of an OBJECT IDENTIFIER, not its octets: leading zeros are lost (X.690 §8.19.2), and large arcs.",
        ),
        (
            "refuses: ContextSpecific",
            "It takes no unknown fields at the end of a Ticket that is not the outermost SEQUENCE (RFC 4120 §1.5).",
        ),
        (
            "refuses: InvalidData",
            "It takes no unknown fields at the end of an inner SEQUENCE, which RFC 4120 §1.5 allows.",
        ),
        (
            "refuses: UnsupportedValue",
            "Its error-code is unsigned; RFC 4120 §5.9.1 has an Int32.",
        ),
        (
            "refuses: invalid charset",
            "Its strings are ASCII, as RFC 4120 §5.2.1 says; Active Directory sends UTF-8.",
        ),
    ],
};

#[test]
fn agrees_on_everything_that_real_peers_sent() {
    comparison::of_what_peers_sent(&PICKY);
}

#[test]
fn agrees_on_everything_that_we_write() {
    comparison::of_what_we_write(&PICKY);
}

#[test]
fn every_difference_on_mutated_messages_is_known() {
    comparison::of_mutations(&PICKY);
}
