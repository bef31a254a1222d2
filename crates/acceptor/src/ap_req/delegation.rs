//! Opens the KRB-CRED that a client delegates (RFC 4120 §5.8, RFC 4121 §4.1.1).

use crate::delegated::DelegatedCredential;
use crate::error::DelegationError;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Reader};
use portcullis_formats::messages::{EncKrbCredPart, KrbCred};
use portcullis_formats::registry::EtypeNumber;
use zeroize::Zeroizing;

/// The credential in `octets`, opened with the subkey or the session key.
///
/// PEER Windows and RFC 4121 seal it with the session key, MIT krb5 with the subkey, and some send
/// it in clear (enctype 0): the authenticator around it is sealed anyway.
pub(super) fn open_credential(
    octets: &[u8],
    subkey: Option<&Key>,
    session_key: &Key,
) -> Result<DelegatedCredential, DelegationError> {
    let message = KrbCred::from_der(octets).map_err(DelegationError::Malformed)?;
    let sealed = &message.enc_part;
    if sealed.etype == EtypeNumber::NULL {
        return described(&message, sealed.cipher);
    }
    let mut plaintext = Zeroizing::new(Vec::with_capacity(sealed.cipher.len()));
    for key in subkey.into_iter().chain([session_key]) {
        if EtypeNumber(key.enctype().number()) != sealed.etype {
            continue;
        }
        plaintext.clear();
        plaintext.extend_from_slice(sealed.cipher);
        if let Ok(opened) = key.open(KeyUsage::KRB_CRED, &mut plaintext) {
            return described(&message, opened);
        }
    }
    Err(DelegationError::Integrity)
}

fn described(
    message: &KrbCred<'_>,
    plaintext: &[u8],
) -> Result<DelegatedCredential, DelegationError> {
    let part =
        EncKrbCredPart::decode(&mut Reader::new(plaintext)).map_err(DelegationError::Malformed)?; // what follows is DES3's padding
    let (tickets, descriptions) = (
        message.tickets.iter().count(),
        part.ticket_info.iter().count(),
    );
    if tickets != descriptions {
        return Err(DelegationError::Count {
            tickets,
            descriptions,
        });
    }
    // Clients delegate one ticket, their forwarded TGT; were there more, it would come first.
    let ticket = Reader::new(message.tickets.encoded_elements()).whole().ok();
    let (Some(ticket), Some(info)) = (ticket, part.ticket_info.iter().next()) else {
        return Err(DelegationError::Count {
            tickets,
            descriptions,
        });
    };
    DelegatedCredential::new(ticket, &info).ok_or(DelegationError::Nameless)
}
