//! The client proves that it has its key: PA-ENC-TIMESTAMP (RFC 4120 §5.2.7.2), and ETYPE-INFO2
//! (§5.2.7.5), which says how the key is made from the password.

use super::Account;
use super::exchange::Exchange;
use super::krb_error::Refusal;
use crate::service::ServiceKey;
use portcullis::Enctype;
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::messages::{
    EncryptedData, EtypeInfo2, EtypeInfo2Entry, KerberosString, MethodData, PaData, PaEncTsEnc,
};
use portcullis_formats::registry::{ErrorCode, EtypeNumber, PaDataType};

/// The key that the client has proven to have.
pub(super) fn verify(exchange: &Exchange<'_>, client: &Account) -> Result<ServiceKey, Refusal> {
    let enctypes = common_enctypes(exchange, client);
    if enctypes.is_empty() {
        return Err(Refusal::new(
            ErrorCode::ETYPE_NOSUPP,
            "CANT_FIND_CLIENT_KEY",
        ));
    }
    let Some(timestamp) = exchange.padata(PaDataType::ENC_TIMESTAMP) else {
        return Err(Refusal::new(ErrorCode::PREAUTH_REQUIRED, "NEEDED_PREAUTH")
            .with_data(methods(client, &enctypes)));
    };
    let failed = || {
        Refusal::new(ErrorCode::PREAUTH_FAILED, "PREAUTH_FAILED")
            .with_data(methods(client, &enctypes))
    };
    let sealed = EncryptedData::from_der(timestamp)?;
    let key = Enctype::try_from(sealed.etype.0).ok();
    let key = key.filter(|enctype| enctypes.contains(enctype));
    let key = key.and_then(|enctype| client.newest_key(enctype));
    let key = key.ok_or_else(failed)?;
    let mut cipher = sealed.cipher.to_vec();
    let plaintext = key.key.open(KeyUsage::AS_REQ_TIMESTAMP, &mut cipher);
    let plaintext = plaintext.map_err(|_| failed())?;
    let sent = PaEncTsEnc::from_padded_der(plaintext).map_err(|_| failed())?;
    if !exchange.now.agrees_with(sent.patimestamp) {
        return Err(Refusal::new(ErrorCode::SKEW, "PREAUTH_FAILED"));
    }
    Ok(key)
}

/// How the client makes the key that its reply is sealed with.
pub(super) fn etype_info(client: &Account, enctype: Enctype) -> Vec<u8> {
    let salt = client.salt();
    let entry = entry(enctype, &salt);
    let info: SequenceOfBuf = SequenceOfBuf::of([&entry]);
    EtypeInfo2::to_der(&info.borrow())
}

/// What the client asks for and has keys of, in its order.
fn common_enctypes(exchange: &Exchange<'_>, client: &Account) -> Vec<Enctype> {
    let has = client.enctypes();
    let asked = exchange.body.etype.iter();
    asked
        .filter_map(|etype| Enctype::try_from(etype.0).ok())
        .filter(|enctype| has.contains(enctype))
        .collect()
}

/// METHOD-DATA: what the client may do.
fn methods(client: &Account, enctypes: &[Enctype]) -> Vec<u8> {
    let salt = client.salt();
    let entries: Vec<_> = enctypes
        .iter()
        .map(|enctype| entry(*enctype, &salt))
        .collect();
    let info = EtypeInfo2::to_der(&SequenceOfBuf::of(&entries).borrow());
    let methods = [
        PaData {
            padata_type: PaDataType::ETYPE_INFO2,
            padata_value: &info,
        },
        PaData {
            padata_type: PaDataType::ENC_TIMESTAMP,
            padata_value: &[],
        },
    ];
    MethodData::to_der(&SequenceOfBuf::of(&methods).borrow())
}

const fn entry(enctype: Enctype, salt: &[u8]) -> EtypeInfo2Entry<'_> {
    EtypeInfo2Entry {
        etype: EtypeNumber(enctype.number()),
        salt: Some(KerberosString(salt)),
        s2kparams: None,
    }
}
