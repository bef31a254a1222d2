//! OpenJDK's JGSS: Wrap and MIC tokens both ways.

use portcullis::context::Order;
use portcullis_interop::message_peer::{MessagePeer, Unwrapped};
use portcullis_interop::peer::{Peer, present};

use crate::both_ends::{FORMS, accept, realm, sealed};

#[test]
fn jgss_and_we_unwrap_and_verify_each_other() {
    let Some(realm) = present(&[Peer::JAVA]).then(realm).flatten() else {
        return;
    };
    for number in [17, 18, 19, 20] {
        let service = format!("HTTP/b{number}.example.test");
        let mut java = MessagePeer::java(&realm.login("alice"), &service);
        let mut context = accept(&realm, &service, number, &mut java);
        for length in [0, 1, 15, 16, 17, 100, 70_000] {
            let message = vec![0x63; length];
            let what = format!("enctype {number} {length}");
            for protection in FORMS {
                let mut token = java.wrap(sealed(protection), &message);
                let opened = context.unwrap(&mut token);
                let opened = opened.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(opened.message, message, "{what}");
                assert_eq!(opened.protection, protection, "{what}");
                assert_eq!(opened.order, Order::InOrder, "{what}");

                let token = context.wrap(&message, protection).expect("ours");
                let expected = Unwrapped {
                    message: message.clone(),
                    sealed: sealed(protection),
                    supplementary: 0,
                };
                assert_eq!(java.unwrap(&token), Ok(expected), "{what}");
            }
            let token = java.mic(&message);
            let order = context.verify_mic(&message, &token);
            assert_eq!(order, Ok(Order::InOrder), "{what}");
            let token = context.mic(&message).expect("ours");
            assert_eq!(java.verify(&message, &token), Ok(0), "{what}");
        }
        let mut ours = context.wrap(b"message", FORMS[0]).expect("ours");
        *ours.last_mut().expect("octets") ^= 1;
        assert!(
            java.unwrap(&ours).is_err(),
            "enctype {number}: a changed token"
        );
    }
}
