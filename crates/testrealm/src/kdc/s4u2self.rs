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

    /// The user's account, or none of a user of another realm, if the service may have a ticket for
    /// it: to itself alone. Who asks for a user of another realm asks that realm first, and comes
    /// back with what it says of the user.
    pub(super) fn permit(
        &self,
        exchange: &Exchange<'_>,
        presented: &Presented,
        target: &Target,
    ) -> Result<Option<Arc<Account>>, Refusal> {
        let account = self.account(exchange)?;
        let asker = presented.account(&exchange.realm)?;
        let itself = asker.is_some_and(|it| it.principal() == target.account.principal());
        if !target.is_referral && !itself {
            let text = "INVALID_S4U2SELF_REQUEST_SERVER_MISMATCH";
            return Err(Refusal::new(ErrorCode::BADMATCH, text));
        }
        if NOT_OFFERED.iter().any(|option| exchange.asks(*option)) {
            let text = "INVALID S4U2SELF OPTIONS";
            return Err(Refusal::new(ErrorCode::BADOPTION, text));
        }
        let abroad = presented.tgt.service.realm().0 != exchange.realm.name.as_bytes();
        let (code, text) = match (abroad, account.is_some(), target.is_referral) {
            (false, true, false) | (true, true, true) | (true, false, _) => return Ok(account),
            (false, _, true) => (ErrorCode::S_PRINCIPAL_UNKNOWN, "LOOKING_UP_SERVER"),
            (false, false, false) => (ErrorCode::POLICY, "S4U2SELF_CLIENT_NOT_OURS"),
            // Of our own users no other realm has anything to say.
            (true, true, false) => (ErrorCode::C_PRINCIPAL_UNKNOWN, "NOT_CROSS_REALM_REQUEST"),
        };
        Err(Refusal::new(code, text))
    }

    /// The user's account, if it is one of our realm.
    fn account(&self, exchange: &Exchange<'_>) -> Result<Option<Arc<Account>>, Refusal> {
        if self.realm.0 != exchange.realm.name.as_bytes() {
            return Ok(None);
        }
        let user = client_name::principal(&exchange.realm, self.realm, self.name);
        let account = user
            .ok()
            .and_then(|user| exchange.realm.database.find(&user));
        let unknown = "UNKNOWN_S4U2SELF_PRINCIPAL";
        let unknown = Refusal::new(ErrorCode::C_PRINCIPAL_UNKNOWN, unknown);
        account.ok_or(unknown).map(Some)
    }

    /// As the service wrote it, unless that was an enterprise name of ours (RFC 6806 §6).
    pub(super) fn principal(&self, account: Option<&Account>) -> Result<Principal, Refusal> {
        let unknown = Refusal::new(ErrorCode::C_PRINCIPAL_UNKNOWN, "INVALID_S4U2SELF_REQUEST");
        let asked = Principal::from_wire(self.realm, self.name).map_err(|_| unknown)?;
        let own = account.map(Account::principal);
        let own = own.filter(|own| **own != asked);
        Ok(own.cloned().unwrap_or(asked))
    }

    /// The padata of the reply, and what is sealed in it: the user again, signed.
    pub(super) fn answer(
        &self,
        presented: &Presented,
        user: &Principal,
    ) -> Result<[SequenceOfBuf; 2], Refusal> {
        let Some(request) = self.request else {
            return Ok([SequenceOfBuf::default(), SequenceOfBuf::default()]);
        };
        let asked = request.user_id()?;
        let options = asked.options.unwrap_or_default();
        let usage_wanted = options.contains(S4uOptions::USE_REPLY_KEY_USAGE);
        let user_id = S4uUserId {
            nonce: asked.nonce,
            cname: Some(user.name()),
            crealm: user.realm(),
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
