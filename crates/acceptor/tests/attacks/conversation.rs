//! Conversations: their legs belong together.

use crate::scene::{Scene, refused};
use portcullis::Step;
use portcullis::formats::der::Encode;
use portcullis::formats::gss::Mechanism;
use portcullis::formats::spnego::NegTokenResp;

/// CVE-2017-11462, CVE-2015-2695: an error ends the conversation, and an unfinished one has no
/// context to be asked. That is the signature of `step`: it takes the negotiation, and gives a
/// context only when all is done. A token of another conversation does not fit into this one.
#[test]
fn a_token_of_another_conversation_does_not_fit() {
    let scene = Scene::new();
    let list = [Mechanism::Ntlm, Mechanism::Krb5];
    let first = scene.token().mutual().mech_list(&list).build();
    let Ok(Step::Continue { negotiation, .. }) = scene.step(&first) else {
        panic!()
    };
    let another = scene.token().mutual().spnego().build();
    refused(negotiation.step(another.token(), scene.realm.now()));

    let Ok(Step::Continue { negotiation, .. }) = scene.step(&first) else {
        panic!()
    };
    let leg = NegTokenResp {
        mech_list_mic: Some(&[4; 28]),
        ..NegTokenResp::default()
    };
    refused(negotiation.step(&leg.to_der(), scene.realm.now()));
}
