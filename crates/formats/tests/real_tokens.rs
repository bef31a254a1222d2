//! Tokens of real peers: the frames, SPNEGO, the checksum of the authenticator, MIC tokens.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code"
)]

use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{
    ContextFlags, FirstToken, GssChecksum, InitialContextToken, Mechanism, MicToken, Rfc1964Head,
    TokenFlags, TokenId, frame, split_token_id,
};
use portcullis_formats::spnego::{NegState, NegTokenInit, NegTokenResp};
use portcullis_testdata::{hex, unhex, vectors};
use serde_json::Value;

fn exchanges() -> Vec<Value> {
    let exchanges = vectors("mit_gss_exchanges");
    exchanges
        .into_iter()
        .filter(|exchange| exchange["tokens"].is_array())
        .collect()
}

/// What is inside the frame of Kerberos, when that is what `token` is.
fn krb5_message(token: &[u8], id: TokenId) -> &[u8] {
    let framed = InitialContextToken::decode(token).unwrap();
    assert_eq!(Mechanism::from_oid(framed.oid), Some(Mechanism::Krb5));
    assert_eq!(frame(framed.oid, framed.inner), token);
    let (found, message) = split_token_id(framed.inner).unwrap();
    assert_eq!(found, id);
    message
}

#[test]
fn every_initiators_token_is_recognized_and_holds_an_ap_req() {
    for exchange in exchanges() {
        let token = hex(&exchange["tokens"][0]["token"]);
        let Ok(FirstToken::Framed(framed)) = FirstToken::recognize(&token) else {
            panic!("{} is not framed", exchange["name"]);
        };
        let message = match Mechanism::from_oid(framed.oid) {
            Some(Mechanism::Krb5) => krb5_message(&token, TokenId::AP_REQ),
            Some(Mechanism::Spnego) => {
                let init = NegTokenInit::from_der(framed.inner).unwrap();
                assert_eq!(init.to_der(), framed.inner);
                let listed = init.mech_types.unwrap().iter().map(Mechanism::from_oid);
                assert!(listed.eq([Some(Mechanism::Krb5)]));
                assert_eq!(init.mech_list_mic, None);
                krb5_message(init.mech_token.unwrap(), TokenId::AP_REQ)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(message[0], 0x6e);
    }
}

#[test]
fn every_acceptors_token_is_read_and_written_alike() {
    let mut answers = 0;
    for exchange in exchanges() {
        let answer = hex(&exchange["tokens"][1]["token"]);
        let message = match answer.first() {
            None => continue, // without mutual authentication there is none
            Some(0x60) => krb5_message(&answer, TokenId::AP_REP).to_vec(),
            _ => {
                let response = NegTokenResp::from_der(&answer).unwrap();
                assert_eq!(response.to_der(), answer);
                assert_eq!(response.neg_state, Some(NegState::AcceptCompleted));
                assert_eq!(response.supported_mech, Some(Mechanism::Krb5.oid()));
                let token = response.response_token;
                token.map_or_else(Vec::new, |token| {
                    krb5_message(token, TokenId::AP_REP).to_vec()
                })
            }
        };
        assert!(matches!(message.first(), None | Some(0x6f)));
        answers += 1;
    }
    assert!(answers > 20);
}

#[test]
fn an_error_token_holds_a_krb_error() {
    let exchanges = vectors("mit_gss_exchanges");
    let replay = exchanges
        .iter()
        .find(|exchange| exchange["name"] == "error-token-replay");
    let token = hex(&replay.unwrap()["error_token"]);
    assert_eq!(krb5_message(&token, TokenId::KRB_ERROR)[0], 0x7e);
}

#[test]
fn every_checksum_says_what_the_context_became() {
    let bindings = hex(&vectors("channel_bindings")[0]["bnd"]);
    let asked = ContextFlags(0x7f); // what an acceptor takes over, the rest is local
    for exchange in exchanges() {
        let octets = hex(&exchange["ap_req"]["cksum"]);
        if octets.is_empty() {
            continue; // SPNEGO: recorded without its keys
        }
        let name = exchange["name"].as_str().unwrap();
        let checksum = GssChecksum::decode(&octets).unwrap();
        assert_eq!(checksum.encode().unwrap(), octets, "{name}");
        let became = ContextFlags(exchange["ret_flags"].as_u64().unwrap().try_into().unwrap());
        assert_eq!(checksum.flags & asked, became & asked, "{name}");
        let bound = !exchange["channel_binding_application_data"].is_null();
        let expected = if bound { bindings.as_slice() } else { &[0; 16] };
        assert_eq!(checksum.bindings, expected, "{name}");
        let delegated = checksum.delegation.map(|cred| cred[0]);
        assert_eq!(delegated, name.contains("deleg").then_some(0x76), "{name}");
        assert_eq!(checksum.extensions.iter().count(), 0, "{name}");
    }
}

#[test]
fn every_truncation_of_a_checksum_with_a_credential_is_refused_or_has_none() {
    let exchanges = exchanges();
    let deleg = exchanges
        .iter()
        .find(|exchange| exchange["name"] == "mutual-deleg-etype18");
    let octets = hex(&deleg.unwrap()["ap_req"]["cksum"]);
    for end in 0..octets.len() {
        let checksum = GssChecksum::decode(&octets[..end]);
        assert_eq!(checksum.is_ok(), end == 24, "{end} octets");
        assert_eq!(checksum.ok().and_then(|checksum| checksum.delegation), None);
    }
}

#[test]
fn every_mic_token_is_read_and_written_alike() {
    let mut by_layout = [0, 0];
    for exchange in exchanges() {
        let messages = exchange["per_message"].as_array().into_iter().flatten();
        for message in messages.filter(|message| message["kind"] == "mic") {
            let token = hex(&message["token"]);
            let by_acceptor = message["sender"] == "acceptor";
            if exchange["per_message_key_etype"] == 23 {
                let framed = InitialContextToken::decode(&token).unwrap();
                let mic = Rfc1964Head::decode(TokenId::RFC1964_MIC, framed.inner).unwrap();
                assert_eq!((mic.sgn_alg, mic.sgn_cksum.len()), ([0x11, 0], 8));
                assert_eq!(mic.encode(), framed.inner);
                assert!(MicToken::decode(&token).is_err());
                by_layout[0] += 1;
            } else {
                let mic = MicToken::decode(&token).unwrap();
                assert_eq!(
                    mic.flags.contains(TokenFlags::SENT_BY_ACCEPTOR),
                    by_acceptor
                );
                assert!(!mic.flags.contains(TokenFlags::SEALED));
                assert_eq!(mic.encode(), token);
                assert!(Rfc1964Head::decode(TokenId::RFC1964_MIC, &token).is_err());
                by_layout[1] += 1;
            }
        }
    }
    assert_eq!(by_layout, [4, 88]);
}

/// The octets of a recorded token.
fn recorded(text: &str) -> Vec<u8> {
    unhex(
        text.lines()
            .find_map(|line| line.strip_prefix("token:"))
            .unwrap()
            .trim(),
    )
}

#[test]
fn openjdk_sends_request_flags_and_they_are_ignored() {
    let token = recorded(include_str!("../../../testdata/tokens/java-spnego.txt"));
    let framed = InitialContextToken::decode(&token).unwrap();
    let init = NegTokenInit::from_der(framed.inner).unwrap();
    assert!(init.mech_types.unwrap().iter().eq([Mechanism::Krb5.oid()]));
    assert_eq!(
        krb5_message(init.mech_token.unwrap(), TokenId::AP_REQ)[0],
        0x6e
    );
    assert_eq!(init.to_der().len() + 6, framed.inner.len()); // all but the flags
}

#[test]
fn gokrb5_and_curl_send_what_mit_krb5_sends() {
    for text in [
        include_str!("../../../testdata/tokens/gokrb5-18.txt"),
        include_str!("../../../testdata/tokens/curl.txt"),
    ] {
        let token = recorded(text);
        let framed = InitialContextToken::decode(&token).unwrap();
        let init = NegTokenInit::from_der(framed.inner).unwrap();
        assert_eq!(init.to_der(), framed.inner);
        assert_eq!(
            krb5_message(init.mech_token.unwrap(), TokenId::AP_REQ)[0],
            0x6e
        );
    }
}

#[test]
fn dce_style_sends_a_bare_ap_req() {
    let token = recorded(include_str!("../../../testdata/tokens/mit-dce.txt"));
    assert_eq!(FirstToken::recognize(&token), Ok(FirstToken::ApReq(&token)));
}

#[test]
fn every_truncation_of_a_real_token_is_refused() {
    let token = recorded(include_str!("../../../testdata/tokens/java-spnego.txt"));
    for end in 1..token.len() {
        assert!(
            FirstToken::recognize(&token[..end]).is_err(),
            "{end} octets"
        );
    }
    let framed = InitialContextToken::decode(&token).unwrap();
    for end in 0..framed.inner.len() {
        assert!(
            NegTokenInit::from_der(&framed.inner[..end]).is_err(),
            "{end} octets"
        );
    }
}

#[test]
fn no_flipped_bit_of_a_real_token_makes_a_reader_panic() {
    for exchange in exchanges()
        .iter()
        .filter(|it| it["name"] == "spnego-mutual-etype18")
    {
        for side in [0, 1] {
            let token = hex(&exchange["tokens"][side]["token"]);
            for bit in 0..token.len() * 8 {
                let mut changed = token.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                if let Ok(FirstToken::Framed(framed)) = FirstToken::recognize(&changed) {
                    let _ = NegTokenInit::from_der(framed.inner);
                }
                let _ = NegTokenResp::from_der(&changed);
            }
        }
    }
}
