//! [`Exchange`]: what a client sent for one enctype, and every key in it.

use crate::pac::pac;
use portcullis::{Acceptor, Enctype, Keytab, Principal, WeakEnctype};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::gss::InitialContextToken;
use portcullis_formats::keytab::{KeytabFile, KeytabVersion, KeytabWriter};
use portcullis_formats::messages::{
    ApReq, Authenticator, AuthorizationData, AuthorizationDataElement, EncTicketPart,
};
use portcullis_formats::registry::{AuthDataType, EtypeNumber, Kvno};
use portcullis_testdata::{hex, vectors};
use portcullis_testrealm::TestRealm;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Who comes.
pub const CLIENT: &str = "alice@EXAMPLE.TEST";
const SERVICE: &str = "HTTP/web.example.test";

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
        let service = exchange["service"].as_str().expect("a service");
        let kvno = exchange["kvno"]
            .as_u64()
            .and_then(|kvno| u32::try_from(kvno).ok());
        Self {
            request: request(&hex(&exchange["tokens"][0]["token"])),
            service_key: key(&hex(&exchange["service_key"])),
            session_key: key(&hex(&said["session_key"])),
            ticket: hex(&said["enc_ticket_part"]),
            authenticator: hex(&said["authenticator_plain"]),
            service: service.parse().expect("a principal"),
            kvno: Kvno(kvno.expect("a kvno")),
        }
    }

    /// A login at `now` with a ticket whose ciphertext has so many octets, but for a few, most of
    /// them a PAC. Every key in it is the same at each call.
    ///
    /// # Panics
    /// When `now` is before 2026.
    #[must_use]
    pub fn with_ticket_of(enctype: Enctype, octets: usize, now: SystemTime) -> Self {
        let empty = Self::with_pac_of(enctype, 0, now);
        let request = ApReq::from_der(&empty.request).expect("good DER");
        let around = request.ticket.enc_part.cipher.len();
        let smallest = empty.pac().map_or(0, |(_, data)| data.len());
        Self::with_pac_of(enctype, (octets + smallest).saturating_sub(around), now)
    }

    fn with_pac_of(enctype: Enctype, octets: usize, now: SystemTime) -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        realm.advance(now.duration_since(realm.now()).expect("after 2026"));
        let web = realm.service_with(SERVICE).enctypes([enctype]).build();
        let keytab = web.keytab_octets();
        let file = KeytabFile::open(&keytab).expect("a keytab");
        let entry = file.records().next().expect("a key").expect("intact");
        let service_key = Key::new(enctype, entry.key).expect("a key of its length");
        let pac = pac("alice", realm.now(), &service_key, octets);
        let data = element(AuthDataType::WIN2K_PAC, &pac);
        let user = realm.user("alice").token_for(&web).mutual();
        let token = user
            .ticket_authorization_data(AuthDataType::IF_RELEVANT, &data)
            .build();
        Self::of_token(token.token(), &keytab)
    }

    /// The login that `token` is, in the frame of GSS-API, by the first key of `keytab`.
    ///
    /// # Panics
    /// When that key does not open it.
    #[must_use]
    pub fn of_token(token: &[u8], keytab: &[u8]) -> Self {
        let file = KeytabFile::open(keytab).expect("a keytab");
        let entry = file.records().next().expect("a key").expect("intact");
        let enctype = Enctype::try_from(entry.etype.0).expect("an enctype that is compiled in");
        let service_key = Key::new(enctype, entry.key).expect("a key of its length");
        let request = request(token);
        let message = ApReq::from_der(&request).expect("good DER");
        let open = |key: &Key, usage, cipher: &[u8]| {
            let mut cipher = cipher.to_vec();
            key.open(usage, &mut cipher).expect("sealed so").to_vec()
        };
        let sealed = message.ticket.enc_part.cipher;
        let ticket = open(&service_key, KeyUsage::TICKET, sealed);
        let part = EncTicketPart::from_der(&ticket).expect("good DER");
        let session_key = Key::new(service_key.enctype(), part.key.keyvalue).expect("a key");
        let usage = KeyUsage::AP_REQ_AUTHENTICATOR;
        let authenticator = open(&session_key, usage, message.authenticator.cipher);
        Self {
            service_key,
            session_key,
            ticket,
            authenticator,
            service: entry.principal,
            kvno: entry.kvno,
            request,
        }
    }

    /// The ticket's PAC and where in the ticket it begins.
    ///
    /// # Panics
    /// When the ticket is none.
    #[must_use]
    pub fn pac(&self) -> Option<(usize, &[u8])> {
        let part = EncTicketPart::from_der(&self.ticket).expect("good DER");
        let outer = part.authorization_data?.iter().next()?;
        let inner = AuthorizationData::from_der(outer.ad_data).expect("good DER");
        let data = inner
            .iter()
            .find(|element| element.ad_type == AuthDataType::WIN2K_PAC);
        let pac = data?.ad_data;
        let from = pac.as_ptr().addr() - self.ticket.as_ptr().addr();
        Some((from, self.ticket.get(from..from + pac.len())?))
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
        let keytab = Keytab::parse(self.keytab_octets()).expect("a keytab");
        Acceptor::builder(keytab)
            .danger_allow(WeakEnctype::Rc4Hmac)
            .build()
            .expect("a usable key")
    }

    /// The service's key, as a file.
    ///
    /// # Panics
    /// When the service's name is none.
    #[must_use]
    pub fn keytab_octets(&self) -> Vec<u8> {
        let mut keytab = KeytabWriter::new(KeytabVersion::V2);
        let (key, etype) = (
            &self.service_key,
            EtypeNumber(self.service_key.enctype().number()),
        );
        keytab
            .add(&self.service, 0, self.kvno, etype, key.expose_octets())
            .expect("a short name");
        keytab.into_vec()
    }
}

/// The AP-REQ in a token of GSS-API.
fn request(token: &[u8]) -> Vec<u8> {
    let frame = InitialContextToken::decode(token).expect("a framed token");
    let request = frame.inner.strip_prefix(&[1, 0]);
    request.expect("an AP-REQ").to_vec()
}

/// A list of one element.
fn element(ad_type: AuthDataType, ad_data: &[u8]) -> Vec<u8> {
    let list = SequenceOfBuf::of(&[AuthorizationDataElement { ad_type, ad_data }]);
    list.borrow::<AuthorizationDataElement<'_>>().to_der()
}
