//! S4U2Self (`[MS-SFU]` §3.2.5.1): a service asks for a ticket to itself on behalf of a user.

use super::Account;
use super::client_name;
use super::exchange::Exchange;
use super::krb_error::Refusal;
use super::presented::Presented;
use super::s4u_checksum::S4uChecksum;
use super::target::Target;
use portcullis::Principal;
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::messages::{
    Checksum, KdcOptions, PaData, PaForUser, PaS4uX509User, PrincipalName, Realm, S4uOptions,
    S4uUserId,
};
use portcullis_formats::registry::{ErrorCode, PaDataType};
use std::sync::Arc;

/// PA-FOR-USER's checksum: KERB_NON_KERB_CKSUM_SALT.
const FOR_USER: KeyUsage = KeyUsage::new(17);
/// PA-S4U-X509-USER's checksum in a request.
const REQUEST: KeyUsage = KeyUsage::new(26);
/// The same in a reply.
const REPLY: KeyUsage = KeyUsage::new(27);

/// What is sent to an AS, or with another's ticket, has no place here.
const NOT_OFFERED: [KdcOptions; 6] = [
    KdcOptions::FORWARDED,
    KdcOptions::PROXY,
    KdcOptions::RENEW,
    KdcOptions::VALIDATE,
    KdcOptions::ENC_TKT_IN_SKEY,
    KdcOptions::CNAME_IN_ADDL_TKT,
];

/// The user that a service asks for.
pub(super) struct ForUser<'a> {
    name: PrincipalName<'a>,
    realm: Realm<'a>,
    /// If it asked in the newer way: what the reply refers to.
    request: Option<PaS4uX509User<'a>>,
}

impl<'a> ForUser<'a> {
    /// The user that is asked for, if any is: the newer way counts where both are there.
    pub(super) fn read(
        exchange: &Exchange<'a>,
        presented: &Presented,
    ) -> Result<Option<Self>, Refusal> {
        if let Some(octets) = exchange.padata(PaDataType::S4U_X509_USER) {
            return Self::by_x509_user(octets, exchange, presented).map(Some);
        }
        let octets = exchange.padata(PaDataType::FOR_USER);
        octets
            .map(|octets| Self::by_for_user(octets, presented))
            .transpose()
    }

    fn by_for_user(octets: &'a [u8], presented: &Presented) -> Result<Self, Refusal> {
        let sent = PaForUser::from_der(octets)?;
        let key = &presented.tgt.session_key;
        let checksum = S4uChecksum::of(sent.cksum.cksumtype, key, FOR_USER)?;
        let name_type = sent.user_name.name_type.0.to_le_bytes();
        let mut signed = name_type.to_vec();
        for component in sent.user_name.name_string {
            signed.extend_from_slice(component.0);
        }
        let parts: [&[u8]; 3] = [&signed, sent.user_realm.0, sent.auth_package.0];
        checksum.verify(&parts, sent.cksum.checksum)?;
        Ok(Self {
            name: sent.user_name,
            realm: sent.user_realm,
            request: None,
        })
    }

    fn by_x509_user(
        octets: &'a [u8],
        exchange: &Exchange<'_>,
        presented: &Presented,
    ) -> Result<Self, Refusal> {
        let sent = PaS4uX509User::from_der(octets)?;
        let user = sent.user_id()?;
        let (key, _) = presented.reply_key();
        let checksum = S4uChecksum::of(sent.checksum.cksumtype, &key, REQUEST)?;
        checksum.verify(&[sent.user_id], sent.checksum.checksum)?;
        if user.nonce != exchange.body.nonce {
            let text = "INVALID_S4U2SELF_CHECKSUM";
            return Err(Refusal::new(ErrorCode::MODIFIED, text));
        }
        // No user here has a certificate.
        let name = user.cname.ok_or(Refusal::new(
            ErrorCode::C_PRINCIPAL_UNKNOWN,
            "INVALID_S4U2SELF_REQUEST",
        ))?;
        Ok(Self {
            name,
            realm: user.crealm,
            request: Some(sent),
        })
    }

    /// The user's account, if the service may have a ticket for it: its own realm's users, to
    /// itself alone.
    pub(super) fn permit(
        &self,
        exchange: &Exchange<'_>,
        presented: &Presented,
        target: &Target,
    ) -> Result<Arc<Account>, Refusal> {
        if self.realm.0 != exchange.realm.name.as_bytes() {
            let text = "S4U2SELF_CLIENT_NOT_OURS";
            return Err(Refusal::new(ErrorCode::POLICY, text));
        }
        let user = client_name::principal(&exchange.realm, self.realm, self.name);
        let account = user
            .ok()
            .and_then(|user| exchange.realm.database.find(&user));
        let unknown = "UNKNOWN_S4U2SELF_PRINCIPAL";
        let unknown = Refusal::new(ErrorCode::C_PRINCIPAL_UNKNOWN, unknown);
        let account = account.ok_or(unknown)?;
        let asker = presented.account(&exchange.realm)?;
        if asker.is_none_or(|asker| asker.principal() != target.account.principal()) {
            let text = "INVALID_S4U2SELF_REQUEST_SERVER_MISMATCH";
            return Err(Refusal::new(ErrorCode::BADMATCH, text));
        }
        if NOT_OFFERED.iter().any(|option| exchange.asks(*option)) {
            let text = "INVALID S4U2SELF OPTIONS";
            return Err(Refusal::new(ErrorCode::BADOPTION, text));
        }
        Ok(account)
    }

    /// As the service wrote it, unless that was an enterprise name (RFC 6806 §6).
    pub(super) fn client(&self, account: &Account) -> Principal {
        let asked = Principal::from_wire(self.realm, self.name);
        let asked = asked.ok().filter(|asked| asked == account.principal());
        asked.unwrap_or_else(|| account.principal().clone())
    }

    /// The padata of the reply, and what is sealed in it: the user again, signed.
    pub(super) fn answer(
        &self,
        presented: &Presented,
        client: &Principal,
    ) -> Result<[SequenceOfBuf; 2], Refusal> {
        let Some(request) = self.request else {
            return Ok([SequenceOfBuf::default(), SequenceOfBuf::default()]);
        };
        let asked = request.user_id()?;
        let options = asked.options.unwrap_or_default();
        let usage_wanted = options.contains(S4uOptions::USE_REPLY_KEY_USAGE);
        let user_id = S4uUserId {
            nonce: asked.nonce,
            cname: Some(client.name()),
            crealm: client.realm(),
            subject_certificate: None,
            options: Some(S4uOptions(options.0 & S4uOptions::USE_REPLY_KEY_USAGE.0)),
        }
        .to_der();
        let (key, _) = presented.reply_key();
        let usage = if usage_wanted { REPLY } else { REQUEST };
        let cksumtype = request.checksum.cksumtype;
        let checksum = S4uChecksum::of(cksumtype, &key, usage)?.sign(&[&user_id]);
        let answer = PaS4uX509User {
            user_id: &user_id,
            checksum: Checksum {
                cksumtype,
                checksum: &checksum,
            },
        };
        let both = [request.checksum.checksum, &checksum].concat();
        let sealed = key.enctype().is_weak().then(|| padata(&both));
        Ok([padata(&answer.to_der()), sealed.unwrap_or_default()])
    }
}

fn padata(value: &[u8]) -> SequenceOfBuf {
    SequenceOfBuf::of([&PaData {
        padata_type: PaDataType::S4U_X509_USER,
        padata_value: value,
    }])
}
