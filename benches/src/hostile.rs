//! Tokens of 64 KB that are to be refused before they cost much.

use portcullis_formats::der::{Decode, Encode, Writer};
use portcullis_formats::gss::{Mechanism, TokenId, frame, frame_message};
use portcullis_formats::registry::NameType;
use portcullis_formats::spnego::{MechTypeList, NegTokenInit, encode_mech_types};

/// An offer of mechanisms that nobody has.
///
/// # Panics
/// When the list cannot be read.
#[must_use]
pub fn many_mechanisms() -> Vec<u8> {
    let list = encode_mech_types(vec![[0x2a, 3, 4].as_slice(); 13_000]);
    let offer = NegTokenInit {
        mech_types: Some(MechTypeList::from_der(&list).expect("a list")),
        mech_token: None,
        mech_list_mic: None,
    };
    frame(Mechanism::Spnego.oid(), &offer.to_der())
}

/// A ticket for a service whose name is of components without a letter.
#[must_use]
pub fn many_components() -> Vec<u8> {
    let mut request = Writer::new();
    request.application(14, |request| {
        request.field(0, |version| version.integer(5));
        request.field(1, |kind| kind.integer(14));
        request.field(2, |options| options.element(0x03, &[0; 5]));
        request.field(3, |field| field.application(1, ticket));
    });
    let krb5 = Mechanism::Krb5.oid();
    frame_message(krb5, TokenId::AP_REQ, &request.into_vec())
}

fn ticket(ticket: &mut Writer) {
    ticket.field(0, |version| version.integer(5));
    ticket.field(1, |realm| realm.general_string(b"EXAMPLE.TEST"));
    ticket.field(2, |sname| {
        sname.sequence(|fields| {
            fields.field(0, |kind| kind.integer(NameType::SRV_INST.0));
            fields.field(1, |list| {
                list.sequence(|list| (0..31_000).for_each(|_| list.general_string(&[])));
            });
        });
    });
}
