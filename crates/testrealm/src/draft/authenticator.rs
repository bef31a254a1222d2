//! [`AuthenticatorDraft`]: an Authenticator (RFC 4120 §5.5.1) before it is sealed.

use super::authorization_data::{Element, encode_optional};
use super::{
    Damage, Edit, KeyDraft, NameDraft, OLD_VERSION, PVNO, UNKNOWN_ETYPE, edited, hollow, seal,
};
use crate::Fault;
use crate::random::Octets;
use crate::realm::moved;
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::der::{Encode, Writer};
use portcullis_formats::messages::{Checksum, EncryptedData, KerberosTime, Microseconds};
use portcullis_formats::registry::{ChecksumTypeNumber, EtypeNumber};

const HOUR: i64 = 3600;

/// An authenticator before it is sealed.
pub(crate) struct AuthenticatorDraft {
    pub(crate) version: i32,
    pub(crate) client: NameDraft,
    pub(crate) checksum: Option<(ChecksumTypeNumber, Vec<u8>)>,
    pub(crate) cusec: Microseconds,
    pub(crate) ctime: KerberosTime,
    pub(crate) subkey: Option<KeyDraft>,
    pub(crate) sequence: Option<u32>,
    pub(crate) authorization_data: Vec<Element>,
    pub(crate) etype: EtypeNumber,
    /// What it is sealed with.
    pub(crate) key: Key,
    pub(crate) damage: Damage,
    pub(crate) edits: Vec<Edit>,
}

impl AuthenticatorDraft {
    /// An authenticator of `client`, sealed with the session key.
    pub(crate) fn new(
        client: NameDraft,
        session_key: &Key,
        ctime: KerberosTime,
        cusec: Microseconds,
    ) -> Self {
        Self {
            version: PVNO,
            client,
            checksum: None,
            cusec,
            ctime,
            subkey: None,
            sequence: None,
            authorization_data: Vec::new(),
            etype: EtypeNumber(session_key.enctype().number()),
            key: session_key.clone(),
            damage: Damage::None,
            edits: Vec::new(),
        }
    }

    /// Gets the fault if it is one of an authenticator's.
    pub(crate) fn spoil(&mut self, fault: Fault, random: &Octets) {
        match fault {
            Fault::AuthenticatorEnctype => self.etype = other_etype(self.etype),
            Fault::WrongSessionKey => self.key = random.key(self.key.enctype()),
            Fault::TamperedAuthenticator => self.damage = Damage::Tampered,
            Fault::AuthenticatorTooShort => self.damage = Damage::Short,
            Fault::MalformedAuthenticator => self.edits.push(hollow()),
            Fault::AuthenticatorVersion => self.version = OLD_VERSION,
            Fault::WrongClientName => self.client.components = vec![b"mallory".to_vec()],
            Fault::WrongClientRealm => self.client.realm = b"EVIL.TEST".to_vec(),
            Fault::ClockAhead => self.ctime = moved(self.ctime, HOUR),
            Fault::ClockBehind => self.ctime = moved(self.ctime, HOUR.saturating_neg()),
            Fault::NoChecksum => self.checksum = None,
            Fault::CriticalAuthenticatorData => self.authorization_data.push(Element::critical()),
            Fault::DeepAuthorizationData => self.authorization_data.push(Element::deep()),
            Fault::ApOptionsLength => self.authorization_data.push(Element::short_ap_options()),
            Fault::ApOptionsTwice => self
                .authorization_data
                .push(Element::claims_bindings_twice()),
            Fault::PacInAuthenticator => self.authorization_data.push(Element::pac()),
            _ => self.spoil_subkey(fault),
        }
    }

    fn spoil_subkey(&mut self, fault: Fault) {
        let Some(subkey) = &mut self.subkey else {
            return;
        };
        match fault {
            Fault::UnknownSubkeyEnctype => subkey.etype = EtypeNumber(UNKNOWN_ETYPE),
            Fault::SubkeyLength => drop(subkey.octets.pop()),
            _ => {}
        }
    }

    /// The EncryptedData.
    pub(crate) fn seal(&self, confounder: [u8; 16]) -> Vec<u8> {
        let plaintext = edited(self.authenticator(), &self.edits);
        let mut cipher = seal(
            &self.key,
            KeyUsage::AP_REQ_AUTHENTICATOR,
            confounder,
            &plaintext,
        );
        self.damage.apply(&mut cipher);
        EncryptedData {
            etype: self.etype,
            kvno: None,
            cipher: &cipher,
        }
        .to_der()
    }

    fn authenticator(&self) -> Vec<u8> {
        let checksum = self.checksum.as_ref();
        let checksum = checksum.map(|(cksumtype, checksum)| Checksum {
            cksumtype: *cksumtype,
            checksum,
        });
        let mut output = Writer::new();
        output.application(2, |fields| {
            fields.field(0, |field| field.integer(self.version));
            fields.field(1, |field| self.client.encode_realm(field));
            fields.value(2, &self.client);
            fields.optional(3, checksum.as_ref());
            fields.value(4, &self.cusec);
            fields.value(5, &self.ctime);
            fields.optional(6, self.subkey.as_ref());
            if let Some(sequence) = self.sequence {
                fields.field(7, |field| field.integer(sequence));
            }
            encode_optional(8, &self.authorization_data, fields);
        });
        output.into_vec()
    }
}

fn other_etype(etype: EtypeNumber) -> EtypeNumber {
    match Enctype::try_from(etype.0) {
        Ok(Enctype::Aes256CtsHmacSha1_96) => EtypeNumber::AES128_SHA1,
        _ => EtypeNumber::AES256_SHA1,
    }
}
