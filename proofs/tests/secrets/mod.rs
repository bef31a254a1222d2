//! A login of which every key is known.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each file of tests uses a part"
)]

mod unprintable;

pub use unprintable::Unprintable;

use portcullis::entropy::{Entropy, EntropyError};
use portcullis::replay::MemoryReplayCache;
use portcullis::{Acceptor, Enctype, Keytab, SecurityContext, Step};
use portcullis_formats::ccache::CredentialCache;
use portcullis_formats::der::{Decode, Reader};
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::messages::{Authenticator, EncTicketPart};
use portcullis_testrealm::{Initiation, InitiatorContext, TestRealm, TestService, TokenBuilder};
use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// What our own subkeys are made of; it stands for whatever the system's generator gives.
const RANDOM: [u8; 64] = {
    let mut octets = [0; 64];
    let mut index = 0;
    while index < octets.len() {
        octets[index] = 0xc3 ^ (index as u8).wrapping_mul(29);
        index += 1;
    }
    octets
};

#[derive(Debug)]
struct Known;

impl Entropy for Known {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        for (to, from) in octets.iter_mut().zip(RANDOM.iter().cycle()) {
            *to = *from;
        }
        Ok(())
    }
}

/// A service with a key of one enctype, and a login there, delegated credential and PAC included.
pub struct Login {
    pub now: SystemTime,
    pub keytab: Vec<u8>,
    pub token: Vec<u8>,
    pub initiation: Initiation,
    /// The keys of the service, the ticket, both sides' proposals, and of the delegated ticket.
    pub keys: Vec<(&'static str, Vec<u8>)>,
}

impl Login {
    pub fn new(enctype: Enctype, vary: impl FnOnce(TokenBuilder) -> TokenBuilder) -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = service(&realm, enctype);
        let (ticket, authenticator) = (Witness::default(), Witness::default());
        let token = realm
            .user("alice")
            .token_for(&web)
            .with_pac()
            .mutual()
            .delegate();
        let token = vary(token);
        let token = token
            .edit_ticket(ticket.see())
            .edit_authenticator(authenticator.see());
        let initiation = token.build();
        let mut login = Self {
            now: realm.now(),
            keytab: web.keytab_octets(),
            token: initiation.token().to_vec(),
            initiation,
            keys: Vec::new(),
        };
        login.keys = login.find_keys(enctype, &ticket.take(), &authenticator.take());
        login
    }

    fn find_keys(
        &self,
        enctype: Enctype,
        ticket: &[u8],
        authenticator: &[u8],
    ) -> Vec<(&'static str, Vec<u8>)> {
        let file = KeytabFile::open(&self.keytab).expect("a keytab");
        let entries = file.records().map(|record| record.expect("a record"));
        let mut keys: Vec<_> = entries
            .map(|entry| ("service", entry.key.to_vec()))
            .collect();
        let ticket = EncTicketPart::decode(&mut Reader::new(ticket)).expect("a ticket");
        keys.push(("session", ticket.key.keyvalue.to_vec()));
        let authenticator = Authenticator::decode(&mut Reader::new(authenticator)).expect("one");
        let subkey = authenticator.subkey.expect("a subkey");
        keys.push(("client's subkey", subkey.keyvalue.to_vec()));
        keys.push(("our subkey", RANDOM[..enctype.key_length()].to_vec()));
        if let Some(delegated) = self.delegated_key() {
            keys.push(("delegated", delegated));
        }
        keys
    }

    fn delegated_key(&self) -> Option<Vec<u8>> {
        let context = self.accept(&self.acceptor());
        let cache = context
            .identity()
            .delegated()?
            .to_ccache()
            .expect("a cache");
        let cache = CredentialCache::open(&cache).expect("a cache");
        let mut credentials = cache
            .credentials()
            .map(|credential| credential.expect("one"));
        credentials.next().map(|credential| credential.key.to_vec())
    }

    /// The token of such a login, of which nobody needs the keys.
    pub fn token_of(enctype: Enctype, vary: impl FnOnce(TokenBuilder) -> TokenBuilder) -> Vec<u8> {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = service(&realm, enctype);
        let token = realm
            .user("alice")
            .token_for(&web)
            .with_pac()
            .mutual()
            .delegate();
        vary(token).build().token().to_vec()
    }

    pub fn acceptor(&self) -> Acceptor {
        self.acceptor_of(self.keytab.clone())
    }

    /// An acceptor that lets everything in that is compiled in, and keeps what is delegated.
    pub fn acceptor_of(&self, keytab: Vec<u8>) -> Acceptor {
        let keytab = Keytab::parse(keytab).expect("a keytab");
        clear_stack();
        Acceptor::builder(keytab)
            .allow_camellia()
            .danger_allow(portcullis::WeakEnctype::Rc4Hmac)
            .danger_allow(portcullis::WeakEnctype::Des3CbcSha1)
            .keep_delegated_credentials()
            .replay_cache(Arc::new(MemoryReplayCache::new(100)))
            .entropy(Arc::new(Known))
            .build()
            .expect("an acceptor")
    }

    pub fn accept(&self, acceptor: &Acceptor) -> SecurityContext {
        self.answered(acceptor).0
    }

    pub fn answered(&self, acceptor: &Acceptor) -> (SecurityContext, Vec<u8>) {
        match acceptor.begin().step(&self.token, self.now) {
            Ok(Step::Complete { context, reply }) => (context, reply.expect("an AP-REP")),
            other => panic!("alice is let in: {other:?}"),
        }
    }

    /// Both ends of the login; the client's is nobody's business here.
    pub fn both(self, acceptor: &Acceptor) -> (SecurityContext, InitiatorContext) {
        let (context, reply) = self.answered(acceptor);
        (context, self.initiation.finish(&reply).expect("our reply"))
    }

    /// The octets of all keys.
    pub fn secrets(&self) -> Vec<Vec<u8>> {
        self.keys.iter().map(|(_, key)| key.clone()).collect()
    }
}

/// Overwrites what has run before has left on the stack. It would get into blocks wherever a value
/// has room that it does not use, an absent `Option` for example.
#[inline(never)]
pub fn clear_stack() {
    black_box([0_u8; 1 << 19]);
}

/// Two versions of the key and a second name, so that the keytab has several records.
fn service(realm: &TestRealm, enctype: Enctype) -> TestService {
    let web = realm
        .service_with("HTTP/web.example.test")
        .enctypes([enctype]);
    web.kvnos([1, 2, 3, 4, 5])
        .alias("HTTP/www.example.test")
        .build()
}

/// Sees what is about to be sealed.
#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<u8>>>);

impl Witness {
    fn see(&self) -> impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static {
        let seen = self.clone();
        move |octets| {
            seen.0.lock().expect("a lock").clone_from(&octets);
            octets
        }
    }

    fn take(&self) -> Vec<u8> {
        self.0.lock().expect("a lock").clone()
    }
}
