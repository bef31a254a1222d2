//! [`Exchange`]: what MIT krb5's client sent for one enctype, and every key in it.

use portcullis::{Acceptor, Enctype, Keytab, Principal, WeakEnctype};
use portcullis_crypto::Key;
use portcullis_formats::der::Decode;
use portcullis_formats::gss::InitialContextToken;
use portcullis_formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis_formats::messages::Authenticator;
use portcullis_formats::registry::{EtypeNumber, Kvno};
use portcullis_testdata::{hex, vectors};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The enctypes with an exchange that is measured.
pub const NUMBERS: [i32; 5] = [17, 18, 19, 20, 23];

/// One login with mutual authentication; ticket and session key are of the same enctype, and the
/// ticket holds a PAC.
#[derive(Debug)]
pub struct Exchange {
    /// The AP-REQ, without a frame.
    pub request: Vec<u8>,
    /// The service's key.
    pub service_key: Key,
    /// The ticket's session key.
    pub session_key: Key,
    /// The EncTicketPart, in clear.
    pub ticket: Vec<u8>,
    /// The Authenticator, in clear.
    pub authenticator: Vec<u8>,
    service: Principal,
    kvno: Kvno,
}

impl Exchange {
    /// The exchange `mutual-etypeNUMBER`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn read(number: i32) -> Self {
        let name = format!("mutual-etype{number}");
        let exchange = vectors("mit_gss_exchanges")
            .into_iter()
            .find(|exchange| exchange["name"] == name)
            .expect("an exchange of this enctype");
        let enctype = Enctype::try_from(number).expect("an enctype that is compiled in");
        let key = |octets: &[u8]| Key::new(enctype, octets).expect("a key of its length");
        let said = &exchange["ap_req"];
        let token = hex(&exchange["tokens"][0]["token"]);
        let frame = InitialContextToken::decode(&token).expect("a framed token");
        let service = exchange["service"].as_str().expect("a service");
        let kvno = exchange["kvno"]
            .as_u64()
            .and_then(|kvno| u32::try_from(kvno).ok());
        Self {
            request: frame
                .inner
                .strip_prefix(&[1, 0])
                .expect("an AP-REQ")
                .to_vec(),
            service_key: key(&hex(&exchange["service_key"])),
            session_key: key(&hex(&said["session_key"])),
            ticket: hex(&said["enc_ticket_part"]),
            authenticator: hex(&said["authenticator_plain"]),
            service: service.parse().expect("a principal"),
            kvno: Kvno(kvno.expect("a kvno")),
        }
    }

    /// The client's clock.
    ///
    /// # Panics
    /// When the authenticator is none.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let authenticator = Authenticator::from_der(&self.authenticator).expect("good DER");
        UNIX_EPOCH + Duration::from_secs(authenticator.ctime.as_unix().unsigned_abs())
    }

    /// An acceptor with the service's key and a new replay cache.
    ///
    /// # Panics
    /// When the key is none.
    #[must_use]
    pub fn acceptor(&self) -> Acceptor {
        let mut keytab = KeytabWriter::new(KeytabVersion::V2);
        let (key, etype) = (
            &self.service_key,
            EtypeNumber(self.service_key.enctype().number()),
        );
        keytab
            .add(&self.service, 0, self.kvno, etype, key.expose_octets())
            .expect("a short name");
        let keytab = Keytab::parse(keytab.into_vec()).expect("a keytab");
        Acceptor::builder(keytab)
            .danger_allow(WeakEnctype::Rc4Hmac)
            .build()
            .expect("a usable key")
    }
}
