//! A Kerberos client that can be wrong in every field.

use portcullis_crypto::{Enctype, Key, KeyUsage, string_to_key};
use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::messages::{
    ApOptions, ApReq, Authenticator, Checksum, EncKdcRepPart, EncTicketPart, EncryptedData,
    EncryptionKey, EtypeList, HostAddress, KdcOptions, KdcRep, KdcReq, KdcReqBody, KerberosString,
    KerberosTime, KrbError, MessageType, Microseconds, PaData, PaEncTsEnc, Ticket, TicketFlags,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{
    AddressType, ChecksumTypeNumber, ErrorCode, EtypeNumber, Kvno, PaDataType,
};
use portcullis_testrealm::{MiniKdc, TestService};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) const AES256: Enctype = Enctype::Aes256CtsHmacSha1_96;
pub(crate) const AES128: Enctype = Enctype::Aes128CtsHmacSha1_96;

pub(crate) fn principal(text: &str) -> Principal {
    Principal::parse(text, Some("EXAMPLE.TEST")).unwrap()
}

pub(crate) fn at(time: SystemTime, seconds: i64) -> KerberosTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap().as_secs();
    KerberosTime::from_unix(i64::try_from(since).unwrap() + seconds)
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) client: Option<Principal>,
    /// In which realm; that of `service` if none.
    pub(crate) realm: Option<String>,
    pub(crate) service: Option<Principal>,
    pub(crate) options: KdcOptions,
    pub(crate) from: Option<KerberosTime>,
    pub(crate) till: KerberosTime,
    pub(crate) rtime: Option<KerberosTime>,
    pub(crate) etypes: Vec<EtypeNumber>,
    /// IPv4, where the ticket shall count.
    pub(crate) addresses: Vec<[u8; 4]>,
    pub(crate) tickets: Vec<Vec<u8>>,
    pub(crate) authorization_data: Option<(EtypeNumber, Vec<u8>)>,
}

impl Wish {
    pub(crate) fn new(service: &str) -> Self {
        Self {
            client: None,
            realm: None,
            service: Some(principal(service)),
            options: KdcOptions::default(),
            from: None,
            till: KerberosTime::UNIX_EPOCH,
            rtime: None,
            etypes: vec![EtypeNumber::AES256_SHA1, EtypeNumber::AES128_SHA1],
            addresses: Vec::new(),
            tickets: Vec::new(),
            authorization_data: None,
        }
    }

    /// For a ticket-granting ticket.
    pub(crate) fn tgt(client: &str) -> Self {
        let client = principal(client);
        let realm = client.realm().to_string();
        let mut wish = Self::new(&format!("krbtgt/{realm}@{realm}"));
        wish.client = Some(client);
        wish
    }

    pub(crate) fn options(mut self, options: KdcOptions) -> Self {
        self.options = options;
        self
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        let tickets: Vec<_> = self
            .tickets
            .iter()
            .map(|octets| Ticket::from_der(octets).unwrap())
            .collect();
        let (etypes, tickets) = (SequenceOfBuf::of(&self.etypes), SequenceOfBuf::of(&tickets));
        let etype: EtypeList<'_> = etypes.borrow();
        let addresses: Vec<_> = self
            .addresses
            .iter()
            .map(|address| HostAddress {
                addr_type: AddressType::IPV4,
                address,
            })
            .collect();
        let addresses = SequenceOfBuf::of(&addresses);
        let named = self.service.as_ref().or(self.client.as_ref()).unwrap();
        let realm = self
            .realm
            .as_ref()
            .map_or_else(|| named.realm(), |realm| KerberosString(realm.as_bytes()));
        KdcReqBody {
            kdc_options: self.options,
            cname: self.client.as_ref().map(Principal::name),
            realm,
            sname: self.service.as_ref().map(Principal::name),
            from: self.from,
            till: self.till,
            rtime: self.rtime,
            nonce: 7,
            etype,
            addresses: Some(addresses.borrow()),
            enc_authorization_data: self.authorization_data.as_ref().map(|(etype, cipher)| {
                EncryptedData {
                    etype: *etype,
                    kvno: None,
                    cipher,
                }
            }),
            additional_tickets: Some(tickets.borrow()),
        }
        .to_der()
    }
}

/// KDC-REQ.
pub(crate) fn request(
    msg_type: MessageType,
    padata: &[(PaDataType, Vec<u8>)],
    body: &[u8],
) -> Vec<u8> {
    let padata: Vec<_> = padata
        .iter()
        .map(|(padata_type, value)| PaData {
            padata_type: *padata_type,
            padata_value: value,
        })
        .collect();
    KdcReq {
        msg_type,
        padata: Some(SequenceOfBuf::of(&padata).borrow()),
        req_body: body,
    }
    .to_der()
}

pub(crate) fn seal(key: &Key, usage: KeyUsage, plaintext: &[u8]) -> Vec<u8> {
    let mut cipher = Vec::new();
    key.seal(usage, &[3; 16], &[plaintext], &mut cipher);
    cipher
}

pub(crate) fn open(key: &Key, usage: KeyUsage, cipher: &[u8]) -> Vec<u8> {
    let mut cipher = cipher.to_vec();
    key.open(usage, &mut cipher).unwrap().to_vec()
}

/// The key of `secret` and the default salt of `client`.
pub(crate) fn key_of_password(client: &Principal, enctype: Enctype, password: &str) -> Key {
    let parts: Vec<&[u8]> = [client.realm().0]
        .into_iter()
        .chain(client.components())
        .collect();
    string_to_key(enctype, password.as_bytes(), &parts.concat(), None).unwrap()
}

/// PA-ENC-TIMESTAMP.
pub(crate) fn timestamp(key: &Key, patimestamp: KerberosTime) -> (PaDataType, Vec<u8>) {
    let plaintext = PaEncTsEnc {
        patimestamp,
        pausec: Microseconds::new(5),
    }
    .to_der();
    let cipher = seal(key, KeyUsage::AS_REQ_TIMESTAMP, &plaintext);
    let value = EncryptedData {
        etype: EtypeNumber(key.enctype().number()),
        kvno: None,
        cipher: &cipher,
    };
    (PaDataType::ENC_TIMESTAMP, value.to_der())
}

/// A ticket and what the client knows of it.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    pub(crate) client: Principal,
    pub(crate) ticket: Vec<u8>,
    pub(crate) session_key: Key,
    pub(crate) flags: TicketFlags,
    pub(crate) end: KerberosTime,
    pub(crate) renew_till: Option<KerberosTime>,
    pub(crate) service: Principal,
}

/// The client's side of a reply.
pub(crate) fn credential(reply: &[u8], key: &Key, usage: KeyUsage) -> Credential {
    let reply = KdcRep::from_der(reply).unwrap_or_else(|_| panic!("{:?}", error(reply)));
    let plaintext = open(key, usage, reply.enc_part.cipher);
    let part = EncKdcRepPart::from_padded_der(&plaintext).unwrap();
    assert_eq!(part.nonce, 7);
    let enctype = Enctype::try_from(part.key.keytype.0).unwrap();
    Credential {
        client: Principal::from_wire(reply.crealm, reply.cname).unwrap(),
        ticket: reply.ticket.to_der(),
        session_key: Key::new(enctype, part.key.keyvalue).unwrap(),
        flags: part.flags,
        end: part.endtime,
        renew_till: part.renew_till,
        service: Principal::from_wire(part.srealm, part.sname).unwrap(),
    }
}

/// AS-REQ with the right timestamp.
pub(crate) fn as_req(wish: &Wish, password: &str, now: SystemTime) -> (Vec<u8>, Key) {
    let enctype = Enctype::try_from(wish.etypes[0].0).unwrap();
    let key = key_of_password(wish.client.as_ref().unwrap(), enctype, password);
    let padata = [timestamp(&key, at(now, 0))];
    (request(MessageType::AS_REQ, &padata, &wish.body()), key)
}

/// A ticket by password `secret`.
pub(crate) fn login(kdc: &MiniKdc, wish: &Wish, now: SystemTime) -> Credential {
    let (request, key) = as_req(wish, "secret", now);
    credential(&kdc.answer(&request, now), &key, KeyUsage::AS_REP)
}

/// The ticket-granting ticket of a service, by the first key of its keytab.
pub(crate) fn login_of(kdc: &MiniKdc, service: &TestService, now: SystemTime) -> Credential {
    let octets = service.keytab_octets();
    let file = KeytabFile::open(&octets).unwrap();
    let entry = file.records().find_map(Result::ok).unwrap();
    let enctype = Enctype::try_from(entry.etype.0).unwrap();
    let key = Key::new(enctype, entry.key).unwrap();
    let mut wish = Wish::tgt(&service.principal().to_string());
    wish.options = KdcOptions::FORWARDABLE;
    wish.etypes = vec![entry.etype];
    let padata = [timestamp(&key, at(now, 0))];
    let request = request(MessageType::AS_REQ, &padata, &wish.body());
    credential(&kdc.answer(&request, now), &key, KeyUsage::AS_REP)
}

/// A TGS-REQ, and what may be wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Presenting {
    pub(crate) tgt: Credential,
    pub(crate) now: KerberosTime,
    /// Who the authenticator says that it is.
    pub(crate) client: Principal,
    pub(crate) subkey: Option<Key>,
    pub(crate) checksum_type: Option<i32>,
    /// What the checksum is over, if not the body.
    pub(crate) checksum_of: Option<Vec<u8>>,
    /// The checksum, if it is none of the key's.
    pub(crate) checksum: Option<Vec<u8>>,
    /// What comes along.
    pub(crate) padata: Vec<(PaDataType, Vec<u8>)>,
}

impl Presenting {
    pub(crate) fn new(tgt: &Credential, now: SystemTime) -> Self {
        Self {
            now: at(now, 0),
            client: tgt.client.clone(),
            subkey: None,
            checksum_type: Some(tgt.session_key.enctype().checksum_type()),
            checksum_of: None,
            checksum: None,
            padata: Vec::new(),
            tgt: tgt.clone(),
        }
    }

    pub(crate) fn request(&self, wish: &Wish) -> Vec<u8> {
        let body = wish.body();
        let mut padata = vec![(PaDataType::TGS_REQ, self.ap_req(&body))];
        padata.extend(self.padata.clone());
        request(MessageType::TGS_REQ, &padata, &body)
    }

    fn ap_req(&self, body: &[u8]) -> Vec<u8> {
        let key = &self.tgt.session_key;
        let over = self.checksum_of.as_deref().unwrap_or(body);
        let mac = key.mac(KeyUsage::TGS_REQ_CHECKSUM).checksum(&[over]);
        let authenticator = Authenticator {
            crealm: self.client.realm(),
            cname: self.client.name(),
            cksum: self.checksum_type.map(|number| Checksum {
                cksumtype: ChecksumTypeNumber(number),
                checksum: self.checksum.as_deref().unwrap_or_else(|| mac.as_ref()),
            }),
            cusec: Microseconds::default(),
            ctime: self.now,
            subkey: self.subkey.as_ref().map(|subkey| EncryptionKey {
                keytype: EtypeNumber(subkey.enctype().number()),
                keyvalue: subkey.expose_octets(),
            }),
            seq_number: None,
            authorization_data: None,
        };
        let cipher = seal(
            key,
            KeyUsage::TGS_REQ_AUTHENTICATOR,
            &authenticator.to_der(),
        );
        ApReq {
            ap_options: ApOptions::default(),
            ticket: Ticket::from_der(&self.tgt.ticket).unwrap(),
            authenticator: EncryptedData {
                etype: EtypeNumber(key.enctype().number()),
                kvno: None,
                cipher: &cipher,
            },
        }
        .to_der()
    }
}

/// A ticket for a ticket.
pub(crate) fn ask(kdc: &MiniKdc, tgt: &Credential, wish: &Wish, now: SystemTime) -> Credential {
    let reply = kdc.answer(&Presenting::new(tgt, now).request(wish), now);
    credential(&reply, &tgt.session_key, KeyUsage::TGS_REP_SESSION)
}

/// Why a ticket was refused.
pub(crate) fn refusal(kdc: &MiniKdc, tgt: &Credential, wish: &Wish, now: SystemTime) -> ErrorCode {
    error(&kdc.answer(&Presenting::new(tgt, now).request(wish), now)).error_code
}

pub(crate) fn error(reply: &[u8]) -> KrbError<'_> {
    KrbError::from_der(reply).unwrap()
}

/// The service's side of a ticket, sealed with a key of `service`.
pub(crate) fn inside<T>(
    ticket: &[u8],
    service: &TestService,
    look: impl FnOnce(Option<Kvno>, EncTicketPart<'_>) -> T,
) -> T {
    let ticket = Ticket::from_der(ticket).unwrap();
    let sealed = ticket.enc_part;
    let octets = service.keytab_octets();
    let file = KeytabFile::open(&octets).unwrap();
    let entry = file
        .records()
        .filter_map(Result::ok)
        .find(|entry| entry.etype == sealed.etype && Some(entry.kvno) == sealed.kvno)
        .unwrap();
    let enctype = Enctype::try_from(sealed.etype.0).unwrap();
    let key = Key::new(enctype, entry.key).unwrap();
    let plaintext = open(&key, KeyUsage::TICKET, sealed.cipher);
    look(
        sealed.kvno,
        EncTicketPart::from_padded_der(&plaintext).unwrap(),
    )
}
