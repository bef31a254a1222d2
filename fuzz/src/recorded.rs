//! Conversations that are known to be good: those of `testdata/tokens/`, and some of several legs
//! in the realm in memory. All their services' keys are in one keytab, and one clock fits all.

use portcullis::channel_bindings::ChannelBindingPolicy;
use portcullis::{Acceptor, ChannelBindings, Keytab, Step};
use portcullis_formats::der::Decode;
use portcullis_formats::gss::Mechanism;
use portcullis_formats::keytab::{KeytabFile, KeytabVersion, KeytabWriter};
use portcullis_formats::messages::KerberosTime;
use portcullis_testdata::unhex;
use portcullis_testrealm::{Initiation, Next, TestRealm, TestService, TokenBuilder};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::forge;

/// A good conversation.
#[derive(Debug)]
pub struct Conversation {
    /// What it is.
    pub name: String,
    /// What the initiator sends.
    pub tokens: Vec<Vec<u8>>,
}

/// All of them, and what an acceptor needs to follow them.
#[derive(Debug)]
pub struct Recorded {
    /// The conversations.
    pub conversations: Vec<Conversation>,
    /// Their bindings: those of the clients that sent any.
    pub bindings: ChannelBindings,
    /// The time of the latest; the others are seconds older.
    pub now: SystemTime,
    keytab: Vec<u8>,
}

impl Recorded {
    /// Reads `testdata/tokens/` and begins the realm in memory.
    ///
    /// # Panics
    /// When the files are not what their README says.
    #[must_use]
    pub fn read() -> Self {
        let files = token_files();
        let field = |name| files.iter().flat_map(move |file| file.values(name));
        let now = field("now").map(time).max().expect("a recorded token");
        let realm = TestRealm::new("MEMORY.TEST");
        realm.advance(
            now.duration_since(realm.now())
                .expect("recorded after it began"),
        );
        let web = realm.service("HTTP/web.memory.test");
        let keytabs = field("keytab").map(unhex).chain([web.keytab_octets()]);
        let bindings = field("bindings")
            .map(unhex)
            .next()
            .expect("recorded bindings");
        let mut recorded = Self {
            conversations: files.iter().map(TokenFile::conversation).collect(),
            bindings: ChannelBindings::from_application_data(bindings),
            now,
            keytab: merged(keytabs),
        };
        for (name, login) in logins(&realm, &web) {
            let tokens = recorded.tokens_of(login.build());
            recorded.conversations.push(Conversation { name, tokens });
        }
        recorded
    }

    /// The keys of all services.
    ///
    /// # Panics
    /// When a recorded keytab is none.
    #[must_use]
    pub fn keytab(&self) -> Keytab {
        Keytab::parse(self.keytab.clone()).expect("recorded keytabs")
    }

    /// What an initiator sends to an acceptor that takes everything.
    fn tokens_of(&self, mut login: Initiation) -> Vec<Vec<u8>> {
        let acceptor: Acceptor = forge::settings(self.keytab())
            .raw_ap_req(true)
            .channel_binding_policy(ChannelBindingPolicy::Ignore)
            .build()
            .expect("usable keys");
        let mut negotiation = acceptor.begin();
        let mut tokens = Vec::new();
        loop {
            tokens.push(login.token().to_vec());
            let Step::Continue {
                negotiation: next,
                reply,
            } = negotiation
                .step(login.token(), self.now)
                .expect("a good login")
            else {
                return tokens;
            };
            negotiation = next;
            let Next::Send(next) = login.next(&reply).expect("a good answer") else {
                return tokens;
            };
            login = next;
        }
    }
}

/// Logins that take an acceptor through its states.
fn logins(realm: &TestRealm, web: &TestService) -> Vec<(String, TokenBuilder)> {
    let login = || realm.user("alice").token_for(web);
    let kerberos_second = [Mechanism::NegoEx, Mechanism::MsKrb5, Mechanism::Krb5];
    let logins = [
        ("raw", login()),
        ("mutual", login().mutual()),
        ("dce-style", login().dce_style()),
        ("spnego", login().spnego()),
        ("spnego-mutual", login().spnego().mutual()),
        ("spnego-ms-oid", login().spnego().ms_oid().mutual()),
        ("spnego-signed", login().sign_mech_list().mutual()),
        ("spnego-list-first", login().without_mech_token().mutual()),
        (
            "spnego-second",
            login().mech_list(&kerberos_second).mutual(),
        ),
        ("spnego-dce-style", login().spnego().dce_style()),
    ];
    logins
        .map(|(name, login)| (format!("memory-{name}"), login))
        .into()
}

/// A file of `testdata/tokens/`.
struct TokenFile {
    name: String,
    text: String,
}

impl TokenFile {
    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = self.text.lines().filter_map(|line| line.split_once(':'));
        fields
            .filter(move |(field, _)| *field == name)
            .map(|(_, value)| value.trim())
    }

    fn conversation(&self) -> Conversation {
        Conversation {
            name: self.name.clone(),
            tokens: self.values("token").map(unhex).collect(),
        }
    }
}

fn token_files() -> Vec<TokenFile> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/tokens");
    let entries = std::fs::read_dir(directory).expect("testdata/tokens");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let read = |path: &std::path::PathBuf| TokenFile {
        name: path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into(),
        text: std::fs::read_to_string(path).expect("a text"),
    };
    paths.iter().map(read).collect()
}

/// `2026-01-01T00:05:01Z`.
fn time(text: &str) -> SystemTime {
    let digits = text.bytes().filter(|octet| !b"-:T".contains(octet));
    let der: Vec<u8> = [0x18, 15].into_iter().chain(digits).collect();
    let time = KerberosTime::from_der(&der).expect("a time");
    UNIX_EPOCH + Duration::from_secs(time.as_unix().unsigned_abs())
}

fn merged(keytabs: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut all = KeytabWriter::new(KeytabVersion::V2);
    for octets in keytabs {
        let file = KeytabFile::open(&octets).expect("a keytab");
        for entry in file.records().map(|record| record.expect("an entry")) {
            let (principal, kvno) = (&entry.principal, entry.kvno);
            all.add(principal, entry.timestamp, kvno, entry.etype, entry.key)
                .expect("room");
        }
    }
    all.into_vec()
}
