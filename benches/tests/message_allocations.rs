//! How often a message allocates once a context has derived its keys.

use allocation_counter::measure;
use portcullis::context::{InPlace, Layout, Protection};
use portcullis::{Acceptor, SecurityContext, Step};
use portcullis_testrealm::{InitiatorContext, TestRealm};

const FORMS: [Protection; 2] = [Protection::Confidentiality, Protection::Integrity];

fn both() -> (SecurityContext, InitiatorContext) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let acceptor = Acceptor::new(web.keytab()).expect("a usable key");
    let token = realm.user("alice").token_for(&web).mutual().build();
    let Ok(Step::Complete { context, reply }) = acceptor.begin().step(token.token(), realm.now())
    else {
        panic!("a good token");
    };
    let reply = reply.expect("mutual authentication");
    (context, token.finish(&reply).expect("a good reply"))
}

/// The token, and nothing else: the message is copied once.
#[test]
fn a_token_is_one_allocation() {
    let (mut context, _) = both();
    let message = vec![7; 100_000];
    for protection in FORMS {
        drop(context.wrap(b"", protection).expect("keys are derived"));
        let counted = measure(|| drop(context.wrap(&message, protection).expect("a token")));
        assert_eq!(counted.count_total, 1, "{protection:?}: {counted:?}");
        assert!(counted.bytes_total < 100_100, "{protection:?}: {counted:?}");
    }
    drop(context.mic(b"").expect("keys are derived"));
    let counted = measure(|| drop(context.mic(&message).expect("a token")));
    assert_eq!(counted.count_total, 1, "{counted:?}");
}

#[test]
fn a_message_in_place_needs_none() {
    let (mut context, _) = both();
    let mut message = vec![7; 100_000];
    for protection in FORMS {
        for layout in [Layout::HeaderAndTrailer, Layout::HeaderOnly] {
            let lengths = context.token_lengths(protection, layout).expect("AES");
            let (mut header, mut trailer) = (vec![0; lengths.header], vec![0; lengths.trailer]);
            let mut wrap = || {
                let token = InPlace {
                    header: &mut header,
                    clear_before: &[],
                    message: &mut message,
                    clear_after: &[],
                    trailer: &mut trailer,
                };
                context.wrap_in_place(token, protection).expect("room");
            };
            wrap(); // keys are derived
            assert_eq!(measure(wrap).count_total, 0, "{protection:?} {layout:?}");
        }
    }
}

#[test]
fn a_message_is_opened_without_any() {
    let (mut context, mut initiator) = both();
    for protection in FORMS {
        let mut tokens = [0, 1].map(|_| initiator.wrap(&[7; 1000], protection).expect("a token"));
        let [first, second] = &mut tokens;
        assert!(context.unwrap(first).is_ok());
        let counted = measure(|| assert!(context.unwrap(second).is_ok()));
        assert_eq!(counted.count_total, 0, "{protection:?}: {counted:?}");
    }
    let mics = [0, 1].map(|_| initiator.mic(b"message").expect("a token"));
    assert!(context.verify_mic(b"message", &mics[0]).is_ok());
    let counted = measure(|| assert!(context.verify_mic(b"message", &mics[1]).is_ok()));
    assert_eq!(counted.count_total, 0, "{counted:?}");
}
