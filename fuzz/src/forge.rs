//! Keys that the fuzzer holds: it seals what must get past a MAC.

use portcullis::entropy::{Entropy, EntropyError};
use portcullis::pac::SidFilter;
use portcullis::replay::{Freshness, ReplayCache, ReplayCacheError, ReplayTag};
use portcullis::transited::RealmPaths;
use portcullis::{
    Acceptor, AcceptorBuilder, Enctype, Keytab, Principal, SecurityContext, Step, WeakEnctype,
};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::Encode;
use portcullis_formats::gss::{ContextFlags, GssChecksum, Mechanism, TokenId, frame};
use portcullis_formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis_formats::messages::{
    ApOptions, ApReq, Authenticator, Checksum, EncTicketPart, EncryptedData, EncryptionKey,
    KerberosTime, Microseconds, Ticket, TicketFlags, TransitedEncoding,
};
use portcullis_formats::pac::Sid;
use portcullis_formats::registry::{ChecksumTypeNumber, EtypeNumber, Kvno};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::reply;

mod credential;

pub use credential::{delegated_credential, seal_credential};

/// 2026-01-01T00:00:00Z.
const NOW: u32 = 1_767_225_600;
/// The first number of our messages.
pub const SEQUENCE: u32 = 7;
const KVNO: Kvno = Kvno(1);

/// The encryption types, one for each number below eight.
pub const ENCTYPES: [Enctype; 8] = [
    Enctype::Aes256CtsHmacSha1_96,
    Enctype::Aes128CtsHmacSha1_96,
    Enctype::Aes128CtsHmacSha256_128,
    Enctype::Aes256CtsHmacSha384_192,
    Enctype::Rc4Hmac,
    Enctype::Des3CbcSha1,
    Enctype::Camellia128CtsCmac,
    Enctype::Camellia256CtsCmac,
];

/// The encryption type that the low bits of an octet choose.
pub fn enctype(choice: u8) -> Enctype {
    ENCTYPES[usize::from(choice % 8)]
}

/// The key of the service, the ticket or the client.
pub fn key(enctype: Enctype, whose: u8) -> Key {
    Key::from_random(enctype, &[whose | 1; 32])
}

/// The service's key.
pub fn service_key(enctype: Enctype) -> Key {
    key(enctype, 0x10)
}

/// The session key of alice's ticket.
pub fn session_key(enctype: Enctype) -> Key {
    key(enctype, 0x20)
}

/// The subkey that alice proposes.
pub fn subkey(enctype: Enctype) -> Key {
    key(enctype, 0x30)
}

/// The time.
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW.into())
}

/// The time, as it stands in messages.
pub fn kerberos_now() -> KerberosTime {
    KerberosTime::from_unix(NOW.into())
}

/// The client.
pub static ALICE: LazyLock<Principal> = LazyLock::new(|| name("alice@EXAMPLE.TEST"));
/// The service.
pub static WEB: LazyLock<Principal> = LazyLock::new(|| name("HTTP/web.example.test@EXAMPLE.TEST"));

fn name(text: &str) -> Principal {
    text.parse().expect("a principal")
}

/// An acceptor with the service's keys that forgets what it has seen.
pub static ACCEPTOR: LazyLock<Acceptor> = LazyLock::new(|| {
    let keytab = keytab(&WEB, service_key);
    settings(keytab).build().expect("usable keys")
});

/// The same with all that it can look at: the signatures of the KDC, whose SIDs count, and the path
/// of realms.
pub static GUARDED: LazyLock<Acceptor> = LazyLock::new(|| {
    let krbtgt = keytab(&name("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST"), krbtgt_key);
    let sids = SidFilter::new().confine("EXAMPLE.TEST", [domain()]);
    settings(keytab(&WEB, service_key))
        .krbtgt_keys(krbtgt)
        .sid_filter(sids.resource_groups_of(domain()))
        .realm_paths(RealmPaths::new().path("AWAY.TEST", "EXAMPLE.TEST", ["MIDDLE.TEST"]))
        .always_check_realm_path()
        .lenient_authorization_data()
        .build()
        .expect("usable keys")
});

/// The domain of alice.
pub fn domain() -> Sid {
    Sid::new(5, &[21, 1, 2, 3]).expect("a SID")
}

/// The KDC's key.
pub fn krbtgt_key(enctype: Enctype) -> Key {
    key(enctype, 0x60)
}

fn keytab(of: &Principal, key: fn(Enctype) -> Key) -> Keytab {
    let mut keytab = KeytabWriter::new(KeytabVersion::V2);
    for enctype in ENCTYPES {
        let etype = EtypeNumber(enctype.number());
        keytab
            .add(of, 0, KVNO, etype, key(enctype).expose_octets())
            .expect("room");
    }
    Keytab::parse(keytab.into_vec()).expect("a keytab")
}

/// All encryption types, no memory and nothing random.
pub fn settings(keytab: Keytab) -> AcceptorBuilder {
    Acceptor::builder(keytab)
        .danger_allow(WeakEnctype::Rc4Hmac)
        .danger_allow(WeakEnctype::Des3CbcSha1)
        .allow_camellia()
        .keep_delegated_credentials()
        .replay_cache(Arc::new(Forgetful))
        .entropy(Arc::new(Constant))
}

#[derive(Debug)]
struct Forgetful;

impl ReplayCache for Forgetful {
    fn record(
        &self,
        _: &ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        assert!(expires > now, "a record must last");
        Ok(Freshness::Fresh)
    }
}

/// Octets that are always the same.
#[derive(Debug)]
pub struct Constant;

impl Entropy for Constant {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        octets.fill(0x5a);
        Ok(())
    }
}

/// What the acceptor says to a token of one leg; a refusal must be sound.
pub fn accept(token: &[u8]) -> Option<SecurityContext> {
    accept_by(&ACCEPTOR, token)
}

/// The same of another acceptor.
pub fn accept_by(acceptor: &Acceptor, token: &[u8]) -> Option<SecurityContext> {
    match acceptor.begin().step(token, now()) {
        Ok(Step::Complete { context, reply }) => {
            reply.iter().for_each(|reply| reply::assert_readable(reply));
            Some(context)
        }
        Ok(_) => None,
        Err(rejection) => {
            reply::assert_sound(&rejection);
            None
        }
    }
}

/// The token of a ticket and an authenticator, both sealed here.
pub fn token(
    options: ApOptions,
    service_key: &Key,
    ticket: &[u8],
    session_key: &Key,
    authenticator: &[u8],
) -> Vec<u8> {
    let ticket = seal(service_key, KeyUsage::TICKET, ticket);
    let authenticator = seal(session_key, KeyUsage::AP_REQ_AUTHENTICATOR, authenticator);
    let request = ApReq {
        ap_options: options,
        ticket: Ticket {
            realm: WEB.realm(),
            sname: WEB.name(),
            enc_part: encrypted(service_key, Some(KVNO), &ticket),
        },
        authenticator: encrypted(session_key, None, &authenticator),
    };
    let TokenId(id) = TokenId::AP_REQ;
    frame(
        Mechanism::Krb5.oid(),
        &[id.as_slice(), &request.to_der()].concat(),
    )
}

/// With a confounder that is always the same.
pub fn seal(key: &Key, usage: KeyUsage, plaintext: &[u8]) -> Vec<u8> {
    let mut cipher = Vec::new();
    key.seal(usage, &[0x5a; 16], &[plaintext], &mut cipher);
    cipher
}

/// What `key` has sealed, as it stands in messages.
pub fn encrypted<'a>(key: &Key, kvno: Option<Kvno>, cipher: &'a [u8]) -> EncryptedData<'a> {
    let etype = EtypeNumber(key.enctype().number());
    EncryptedData {
        etype,
        kvno,
        cipher,
    }
}

/// A key as it stands in messages.
pub fn described(key: &Key) -> EncryptionKey<'_> {
    EncryptionKey {
        keytype: EtypeNumber(key.enctype().number()),
        keyvalue: key.expose_octets(),
    }
}

/// The plaintext of a good ticket of alice's.
#[must_use]
pub fn alice_ticket_part(session_key: &Key) -> Vec<u8> {
    let now = kerberos_now();
    EncTicketPart {
        flags: TicketFlags::INITIAL | TicketFlags::PRE_AUTHENT,
        key: described(session_key),
        crealm: ALICE.realm(),
        cname: ALICE.name(),
        transited: TransitedEncoding {
            tr_type: TransitedEncoding::DOMAIN_X500_COMPRESS,
            contents: &[],
        },
        authtime: now,
        starttime: Some(now),
        endtime: KerberosTime::from_unix(i64::from(NOW) + 36_000),
        renew_till: None,
        caddr: None,
        authorization_data: None,
    }
    .to_der()
}

/// The plaintext of a good authenticator of `client`'s.
pub fn authenticator(client: &Principal, subkey: Option<&Key>, cred: Option<&[u8]>) -> Vec<u8> {
    let asked = ContextFlags::REPLAY | ContextFlags::SEQUENCE | ContextFlags::INTEG;
    authenticator_with(client, subkey, cred, asked)
}

/// The same, asking for what `asked` says.
pub fn authenticator_with(
    client: &Principal,
    subkey: Option<&Key>,
    cred: Option<&[u8]>,
    asked: ContextFlags,
) -> Vec<u8> {
    let delegates = cred.map_or(ContextFlags(0), |_| ContextFlags::DELEG);
    let checksum = GssChecksum {
        bindings: [0; 16],
        flags: asked | delegates,
        delegation: cred,
        extensions: portcullis_formats::gss::GssExtensions::default(),
    };
    let checksum = checksum.encode().expect("a short credential");
    Authenticator {
        crealm: client.realm(),
        cname: client.name(),
        cksum: Some(Checksum {
            cksumtype: ChecksumTypeNumber::GSS,
            checksum: &checksum,
        }),
        cusec: Microseconds::default(),
        ctime: kerberos_now(),
        subkey: subkey.map(described),
        seq_number: Some(SEQUENCE),
        authorization_data: None,
    }
    .to_der()
}

/// The plaintext of a good authenticator of alice's, with a subkey of `enctype`.
#[must_use]
pub fn alice_authenticator(enctype: Enctype, cred: Option<&[u8]>) -> Vec<u8> {
    authenticator(&ALICE, Some(&subkey(enctype)), cred)
}
