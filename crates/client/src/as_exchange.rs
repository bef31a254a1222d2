//! The AS exchange (RFC 4120 §3.1): a ticket-granting ticket for a password or a key.

use crate::request::{Wish, request};
use crate::time::kerberos_time;
use crate::{AskKdc, Client, ClientError, ClientTicket, refused, reply};
use core::time::Duration;
use portcullis::Principal;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::messages::{
    EncryptedData, EtypeInfo2, EtypeInfo2Entry, KdcOptions, KdcRep, KrbError, MessageType,
    MethodData, Microseconds, PaEncTsEnc,
};
use portcullis_formats::registry::{ErrorCode, EtypeNumber, PaDataType};
use std::time::{SystemTime, UNIX_EPOCH};

impl Client {
    /// The ticket-granting ticket of the client's own realm, held or new.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ticket_granting_ticket(
        &mut self,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<ClientTicket, ClientError> {
        let realm = self.realm_name();
        let krbtgt = Principal::new(&realm, ["krbtgt", &realm]);
        let krbtgt = krbtgt.map_err(|_| ClientError::OtherAnswer("realm"))?;
        if let Some(tgt) = self.held(&krbtgt, now) {
            return Ok(tgt);
        }
        let options = KdcOptions::FORWARDABLE | KdcOptions::RENEWABLE_OK;
        let wish = Wish::new(self, &krbtgt, options)?;
        let tgt = self.log_in(&wish, &realm, now, kdc)?;
        if (&tgt.client, &tgt.service) != (&self.principal, &krbtgt) {
            return Err(ClientError::OtherAnswer("name"));
        }
        self.tickets.push(tgt.clone());
        Ok(tgt)
    }

    pub(crate) fn realm_name(&self) -> String {
        String::from_utf8_lossy(self.principal.realm().0).into_owned()
    }

    /// Asks without preauthentication, to learn which key is wanted, then with it.
    fn log_in(
        &self,
        wish: &Wish<'_>,
        realm: &str,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<ClientTicket, ClientError> {
        let body = wish.body(self, realm.as_bytes(), true, now);
        let ask = request(MessageType::AS_REQ, &[], &body);
        let answer = kdc(realm, &ask).map_err(ClientError::Kdc)?;
        let Ok(error) = KrbError::from_der(&answer) else {
            return self.read(&KdcRep::from_der(&answer)?, wish, None);
        };
        if error.error_code != ErrorCode::PREAUTH_REQUIRED {
            return Err(refused(&error));
        }
        let hints = MethodData::from_der(error.e_data.unwrap_or_default())?;
        let key = self.key_of(hints)?;
        let timestamp = [(PaDataType::ENC_TIMESTAMP, self.timestamp(&key, now)?)];
        let ask = request(MessageType::AS_REQ, &timestamp, &body);
        let answer = kdc(realm, &ask).map_err(ClientError::Kdc)?;
        match KrbError::from_der(&answer) {
            Ok(error) => Err(refused(&error)),
            Err(_) => self.read(&KdcRep::from_der(&answer)?, wish, Some(&key)),
        }
    }

    /// Opens the AS-REP, with the key of the request if it had one.
    fn read(
        &self,
        answer: &KdcRep<'_>,
        wish: &Wish<'_>,
        key: Option<&Key>,
    ) -> Result<ClientTicket, ClientError> {
        let key = match key {
            Some(key) => key.clone(),
            None => match answer.padata {
                Some(hints) => self.key_of(hints)?,
                None => self.default_key(answer.enc_part.etype)?,
            },
        };
        reply::ticket(answer, wish, &key, KeyUsage::AS_REP)
    }

    /// The client's key that the best entry of ETYPE-INFO2 describes.
    fn key_of(&self, hints: MethodData<'_>) -> Result<Key, ClientError> {
        let mut hints = hints.iter();
        let info = hints.find(|hint| hint.padata_type == PaDataType::ETYPE_INFO2);
        let Some(info) = info else {
            let first = self.enctypes.first().map(|it| EtypeNumber(it.number()));
            return self.default_key(first.unwrap_or(EtypeNumber::NULL));
        };
        let info = EtypeInfo2::from_der(info.padata_value)?;
        let key = info.iter().find_map(|entry| self.key(&entry));
        key.ok_or_else(|| ClientError::NoSecret(self.principal.clone()))
    }

    fn default_key(&self, etype: EtypeNumber) -> Result<Key, ClientError> {
        let entry = EtypeInfo2Entry {
            etype,
            salt: None,
            s2kparams: None,
        };
        let key = self.key(&entry);
        key.ok_or_else(|| ClientError::NoSecret(self.principal.clone()))
    }

    /// The key that an entry describes, of an enctype that was asked for: whoever is between us and
    /// the KDC may not talk us into a weaker one.
    fn key(&self, entry: &EtypeInfo2Entry<'_>) -> Option<Key> {
        let mut asked = self.enctypes.iter();
        asked.find(|enctype| enctype.number() == entry.etype.0)?;
        // RFC 4120 §4: realm and components, run together.
        let mut salt = self.principal.realm().0.to_vec();
        let components = self.principal.components();
        components.for_each(|component| salt.extend_from_slice(component));
        self.secret.key(entry, &salt)
    }

    /// PA-ENC-TIMESTAMP.
    fn timestamp(&self, key: &Key, now: SystemTime) -> Result<Vec<u8>, ClientError> {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let plaintext = PaEncTsEnc {
            patimestamp: kerberos_time(now),
            pausec: Some(Microseconds::of(since)),
        };
        let usage = KeyUsage::AS_REQ_TIMESTAMP;
        let cipher = self.seal(key, usage, &plaintext.to_der())?;
        let etype = EtypeNumber(key.enctype().number());
        let timestamp = EncryptedData {
            etype,
            kvno: None,
            cipher: &cipher,
        };
        Ok(timestamp.to_der())
    }
}
