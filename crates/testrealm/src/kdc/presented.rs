//! [`Presented`]: the AP-REQ of a TGS-REQ, verified (RFC 4120 §3.3.2, §3.3.3).

use super::Account;
use super::exchange::Exchange;
use super::krb_error::Refusal;
use super::open_ticket::{OpenTicket, open, session_key};
use super::pac::{VerifiedPac, without_pac};
use crate::realm::Realm;
use md5::{Digest as _, Md5};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, SequenceOfBuf};
use portcullis_formats::messages::{
    ApReq, Authenticator, AuthorizationData, AuthorizationDataElement,
};
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber, ErrorCode, PaDataType};
use std::sync::Arc;

/// Authorization data that a client could only forge.
const OF_KDCS: [AuthDataType; 6] = [
    AuthDataType::KDC_ISSUED,
    AuthDataType::FX_FAST_ARMOR,
    AuthDataType::FX_FAST_USED,
    AuthDataType::CAMMAC,
    AuthDataType::WIN2K_PAC,
    AuthDataType::SIGNED_PATH,
];

/// A ticket-granting ticket whose session key the client holds.
pub(super) struct Presented {
    pub(super) tgt: OpenTicket,
    pub(super) subkey: Option<Key>,
    pub(super) pac: Option<VerifiedPac>,
}

impl Presented {
    /// Verifies ticket, authenticator, and the checksum over what is asked for.
    pub(super) fn verify(exchange: &Exchange<'_>) -> Result<Self, Refusal> {
        let octets = exchange.padata(PaDataType::TGS_REQ);
        let missing = Refusal::new(ErrorCode::PADATA_TYPE_NOSUPP, "PROCESS_TGS");
        let request = ApReq::from_der(octets.ok_or(missing)?)?;
        let tgt = OpenTicket::open(&request.ticket, &exchange.realm)?;
        let plaintext = open(
            &tgt.session_key,
            KeyUsage::TGS_REQ_AUTHENTICATOR,
            request.authenticator.cipher,
        )?;
        let authenticator = Authenticator::from_padded_der(&plaintext)?;
        same_client(&tgt, &authenticator)?;
        if !exchange.now.agrees_with(authenticator.ctime) {
            return Err(Refusal::new(ErrorCode::SKEW, "PROCESS_TGS"));
        }
        tgt.timely_at(exchange.now)?;
        body_is_unmodified(exchange, &tgt, &authenticator)?;
        let subkey = authenticator.subkey;
        let subkey = subkey.map(|key| session_key(&key)).transpose()?;
        let pac = VerifiedPac::of_tgt(&tgt)?;
        Ok(Self { tgt, subkey, pac })
    }

    /// What the client's side of the reply is sealed with.
    pub(super) fn reply_key(&self) -> (Key, KeyUsage) {
        match &self.subkey {
            Some(subkey) => (subkey.clone(), KeyUsage::TGS_REP_SUBKEY),
            None => (self.tgt.session_key.clone(), KeyUsage::TGS_REP_SESSION),
        }
    }

    /// The account of who asks; none if it is another realm's.
    pub(super) fn account(&self, realm: &Realm) -> Result<Option<Arc<Account>>, Refusal> {
        Ok(realm.database.find(&self.tgt.client()?))
    }

    /// What the client wants in the ticket and may say, then what the ticket inherits.
    pub(super) fn authorization_data(
        &self,
        exchange: &Exchange<'_>,
        inherited: Option<AuthorizationData<'_>>,
    ) -> Result<SequenceOfBuf, Refusal> {
        let (key, usage) = match &self.subkey {
            Some(subkey) => (subkey, KeyUsage::TGS_REQ_AUTHDATA_SUBKEY),
            None => (&self.tgt.session_key, KeyUsage::TGS_REQ_AUTHDATA_SESSION),
        };
        let sealed = exchange.body.enc_authorization_data;
        let asked = sealed.map(|sealed| open(key, usage, sealed.cipher));
        let asked = asked.transpose()?;
        let mut elements: Vec<AuthorizationDataElement<'_>> = Vec::new();
        if let Some(asked) = &asked {
            let asked = AuthorizationData::from_padded_der(asked)?;
            elements.extend(asked.iter().filter(|element| !only_a_kdc_says(element)));
        }
        let inherited = without_pac(inherited.unwrap_or(AuthorizationData::EMPTY));
        elements.extend(inherited.borrow::<AuthorizationDataElement<'_>>());
        Ok(SequenceOfBuf::of(&elements))
    }
}

/// What services believe because a KDC says it, also inside AD-IF-RELEVANT; left out as MIT krb5
/// does.
fn only_a_kdc_says(element: &AuthorizationDataElement<'_>) -> bool {
    if element.ad_type == AuthDataType::IF_RELEVANT {
        let inside = AuthorizationData::from_der(element.ad_data);
        return inside.map_or(true, |inside| {
            inside.iter().any(|inner| OF_KDCS.contains(&inner.ad_type))
        });
    }
    OF_KDCS.contains(&element.ad_type)
}

fn same_client(tgt: &OpenTicket, authenticator: &Authenticator<'_>) -> Result<(), Refusal> {
    let part = tgt.part()?;
    if part.crealm == authenticator.crealm && part.cname.same_name(&authenticator.cname) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::BADMATCH, "PROCESS_TGS"))
}

/// RFC 4120 §3.3.3: a keyed checksum, in the session key whatever the subkey, over the body's
/// own octets. Heimdal has none with RC4 and sends MD5, which does as well: it stands in what was
/// sealed.
fn body_is_unmodified(
    exchange: &Exchange<'_>,
    tgt: &OpenTicket,
    authenticator: &Authenticator<'_>,
) -> Result<(), Refusal> {
    let inappropriate = || Refusal::new(ErrorCode::INAPP_CKSUM, "PROCESS_TGS");
    let checksum = authenticator.cksum.ok_or_else(inappropriate)?;
    let key = &tgt.session_key;
    let body = exchange.request.req_body;
    let verified = match checksum.cksumtype {
        ChecksumTypeNumber(number) if number == key.enctype().checksum_type() => {
            let mac = key.mac(KeyUsage::TGS_REQ_CHECKSUM);
            mac.verify(&[body], checksum.checksum).is_ok()
        }
        ChecksumTypeNumber::RSA_MD5 if key.enctype().is_weak() => {
            Md5::digest(body).as_slice() == checksum.checksum
        }
        _ => return Err(inappropriate()),
    };
    verified
        .then_some(())
        .ok_or(Refusal::new(ErrorCode::MODIFIED, "PROCESS_TGS"))
}
