//! The token that shows a ticket to its service (RFC 4121 §4.1).

use crate::time::kerberos_time;
use crate::{Client, ClientError, ClientTicket};
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{
    ContextFlags, GssChecksum, GssExtensions, Mechanism, TokenId, frame_message,
};
use portcullis_formats::messages::{
    ApOptions, ApReq, Authenticator, Checksum, EncryptedData, Microseconds, Ticket,
};
use portcullis_formats::registry::{ChecksumTypeNumber, EtypeNumber};
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

impl Client {
    /// The initial token of GSS-API that shows `ticket` to its service: without mutual
    /// authentication, delegation and channel bindings, for whoever wants to know no more than that
    /// the service takes it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn token(&self, ticket: &ClientTicket, now: SystemTime) -> Result<Vec<u8>, ClientError> {
        let checksum = GssChecksum {
            bindings: [0; 16],
            flags: ContextFlags(0),
            delegation: None,
            extensions: GssExtensions::EMPTY,
        };
        let checksum = checksum.encode().unwrap_or_default(); // too long with a delegation alone
        let authenticator = Authenticator {
            crealm: ticket.client.realm(),
            cname: ticket.client.name(),
            cksum: Some(Checksum {
                cksumtype: ChecksumTypeNumber::GSS,
                checksum: &checksum,
            }),
            cusec: Microseconds::of(now.duration_since(UNIX_EPOCH).unwrap_or_default()),
            ctime: kerberos_time(now),
            subkey: None,
            seq_number: None,
            authorization_data: None,
        };
        let key = &ticket.session_key;
        let plaintext = Zeroizing::new(authenticator.to_der());
        let cipher = self.seal(key, KeyUsage::AP_REQ_AUTHENTICATOR, &plaintext)?;
        let ap_req = ApReq {
            ap_options: ApOptions::default(),
            ticket: Ticket::from_der(&ticket.ticket)?,
            authenticator: EncryptedData {
                etype: EtypeNumber(key.enctype().number()),
                kvno: None,
                cipher: &cipher,
            },
        };
        let oid = Mechanism::Krb5.oid();
        Ok(frame_message(oid, TokenId::AP_REQ, &ap_req.to_der()))
    }
}
