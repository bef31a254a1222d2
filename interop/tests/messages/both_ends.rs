//! A context and MIT's end of it.

use std::time::SystemTime;

use portcullis::context::Protection;
use portcullis::{Acceptor, Enctype, Keytab, SecurityContext, Step, WeakEnctype};
use portcullis_interop::message_peer::MessagePeer;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::realm::MitRealm;

/// Every enctype that protects messages.
pub(crate) const NUMBERS: [u8; 8] = [16, 17, 18, 19, 20, 23, 25, 26];
pub(crate) const FORMS: [Protection; 2] = [Protection::Confidentiality, Protection::Integrity];

/// A running realm, unless MIT is missing and the test is skipped.
pub(crate) fn realm() -> Option<MitRealm> {
    present(&[Peer::MIT, Peer::PYTHON_GSSAPI]).then(MitRealm::start)
}

/// Both ends of a context with MIT whose messages are protected with a key of this enctype.
pub(crate) fn establish(
    realm: &MitRealm,
    number: u8,
    flags: &[&str],
) -> (SecurityContext, MessagePeer) {
    let service = format!("HTTP/b{number}.example.test");
    let mut mit = MessagePeer::mit(&realm.login("alice"), &service, flags);
    let context = accept(realm, &service, number, &mut mit);
    (context, mit)
}

/// The context of an initiator that comes for a service.
pub(crate) fn accept(
    realm: &MitRealm,
    service: &str,
    number: u8,
    peer: &mut MessagePeer,
) -> SecurityContext {
    let mut negotiation = acceptor(realm, service, number).begin();
    let mut token = peer.token.clone();
    loop {
        match negotiation.step(&token, SystemTime::now()) {
            Ok(Step::Complete { context, reply }) => {
                if let Some(reply) = reply {
                    assert_eq!(peer.step(&reply), None, "the peer's end is done");
                }
                return context;
            }
            Ok(Step::Continue {
                negotiation: next,
                reply,
            }) => {
                negotiation = next;
                token = peer.step(&reply).expect("a third leg");
            }
            other => panic!("{service}: {other:?}"),
        }
    }
}

/// One that takes this enctype alone, so that nobody lifts RC4 or DES3 to a better one.
fn acceptor(realm: &MitRealm, service: &str, number: u8) -> Acceptor {
    let keytab = std::fs::read(realm.keytab(service)).expect("a keytab");
    let keytab = Keytab::parse(keytab).expect("MIT's keytab");
    let enctype = Enctype::try_from(i32::from(number)).expect("an enctype of ours");
    Acceptor::builder(keytab)
        .allow_camellia()
        .danger_allow(WeakEnctype::Rc4Hmac)
        .danger_allow(WeakEnctype::Des3CbcSha1)
        .only_enctypes([enctype])
        .build()
        .expect("a usable key")
}

pub(crate) fn sealed(protection: Protection) -> bool {
    protection == Protection::Confidentiality
}
