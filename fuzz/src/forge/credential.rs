//! A credential that alice delegates (RFC 4120 §5.8).

use super::{ALICE, Enctype, alice_ticket_part, encrypted, kerberos_now, seal, service_key};
use super::{described, session_key, subkey};
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::{Encode, SequenceOfBuf};
use portcullis_formats::messages::{EncKrbCredPart, KrbCred, KrbCredInfo, Ticket, TicketFlags};

/// The plaintext of a good KRB-CRED's sealed part.
#[must_use]
pub fn delegated_credential(enctype: Enctype) -> Vec<u8> {
    let lent = session_key(enctype);
    let info = KrbCredInfo {
        key: described(&lent),
        prealm: Some(ALICE.realm()),
        pname: Some(ALICE.name()),
        flags: Some(TicketFlags::FORWARDABLE | TicketFlags::FORWARDED),
        authtime: Some(kerberos_now()),
        starttime: None,
        endtime: Some(kerberos_now()),
        renew_till: None,
        srealm: Some(ALICE.realm()),
        sname: Some(ALICE.name()),
        caddr: None,
    };
    EncKrbCredPart {
        ticket_info: SequenceOfBuf::of(&[info]).borrow(),
        nonce: Some(1),
        timestamp: Some(kerberos_now()),
        usec: None,
        s_address: None,
        r_address: None,
    }
    .to_der()
}

/// A KRB-CRED of one ticket with `part` sealed in it, by alice's subkey.
pub fn seal_credential(enctype: Enctype, part: &[u8]) -> Vec<u8> {
    let (service_key, subkey) = (service_key(enctype), subkey(enctype));
    let ticket = alice_ticket_part(&session_key(enctype));
    let ticket = seal(&service_key, KeyUsage::TICKET, &ticket);
    let ticket = Ticket {
        realm: ALICE.realm(),
        sname: ALICE.name(),
        enc_part: encrypted(&service_key, None, &ticket),
    };
    let cipher = seal(&subkey, KeyUsage::KRB_CRED, part);
    KrbCred {
        tickets: SequenceOfBuf::of(&[ticket]).borrow(),
        enc_part: encrypted(&subkey, None, &cipher),
    }
    .to_der()
}
