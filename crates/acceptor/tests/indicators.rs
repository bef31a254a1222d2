//! RFC 8129 and RFC 7751: authentication indicators that the KDC signed, and others.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod scene;

use core::time::Duration;
use portcullis::formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis::formats::keytab::KeytabFile;
use portcullis::formats::messages::{
    AdCammac, AuthenticationIndicator, AuthorizationDataElement, Checksum, KerberosTime,
    VerifierMac,
};
use portcullis::formats::registry::{AuthDataType, ChecksumTypeNumber};
use portcullis::{Acceptor, Enctype, Keytab};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_testdata::unhex;
use scene::{Scene, complete};
use std::time::{SystemTime, UNIX_EPOCH};

/// What MIT krb5's KDC said of somebody who logged in by SPAKE.
const RECORDED: [&str; 4] = [
    include_str!("../../../testdata/tokens/mit-indicator-17.txt"),
    include_str!("../../../testdata/tokens/mit-indicator-18.txt"),
    include_str!("../../../testdata/tokens/mit-indicator-19.txt"),
    include_str!("../../../testdata/tokens/mit-indicator-20.txt"),
];

fn field<'t>(text: &'t str, name: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim()
}

/// A time as in RFC 3339.
fn time(text: &str) -> SystemTime {
    let digits = text.replace(['-', 'T', ':'], "");
    let encoded = [&[0x18, 15], digits.as_bytes()].concat();
    let seconds = KerberosTime::from_der(&encoded).unwrap().as_unix();
    let since = Duration::from_secs(seconds.try_into().unwrap());
    UNIX_EPOCH.checked_add(since).unwrap()
}

#[test]
fn the_indicator_of_mit_krb5s_kdc_is_verified() {
    for text in RECORDED {
        let keytab = Keytab::parse(unhex(field(text, "keytab:"))).unwrap();
        let acceptor = Acceptor::new(keytab).unwrap();
        let now = time(field(text, "now:"));
        let token = unhex(field(text, "token:"));
        let (context, _) = complete(acceptor.begin().step(&token, now));
        let identity = context.identity();
        assert_eq!(identity.authentication_indicators(), ["spake"]);
        assert!(identity.pac().is_some());
    }
}

const INDICATOR: AuthDataType = AuthDataType::AUTHENTICATION_INDICATOR;
const CAMMAC: AuthDataType = AuthDataType::CAMMAC;

fn list(elements: &[AuthorizationDataElement<'_>]) -> SequenceOfBuf {
    SequenceOfBuf::of(elements)
}

fn element<'a>(ad_type: AuthDataType, ad_data: &'a [u8]) -> AuthorizationDataElement<'a> {
    AuthorizationDataElement { ad_type, ad_data }
}

/// The encoding of a list of one.
fn only(ad_type: AuthDataType, ad_data: &[u8]) -> Vec<u8> {
    list(&[element(ad_type, ad_data)])
        .borrow::<AuthorizationDataElement<'_>>()
        .to_der()
}

/// The value of AD-AUTHENTICATION-INDICATOR.
fn indicator(word: &str) -> Vec<u8> {
    SequenceOfBuf::of(&[AuthenticationIndicator(word)])
        .borrow::<AuthenticationIndicator<'_>>()
        .to_der()
}

/// An AD-CAMMAC with the indicator `otp`, signed with a key, whose MAC is then changed.
fn cammac(key: Option<&Key>, change: impl FnOnce(&mut Checksum<'_>)) -> Vec<u8> {
    let word = indicator("otp");
    let elements = list(&[element(INDICATOR, &word)]);
    let signed = elements.borrow::<AuthorizationDataElement<'_>>().to_der();
    let mac = key.map(|key| key.mac(KeyUsage::CAMMAC).checksum(&[&signed]));
    let svc_verifier = mac.as_ref().zip(key).map(|(mac, key)| {
        let mut mac = Checksum {
            cksumtype: ChecksumTypeNumber(key.enctype().checksum_type()),
            checksum: mac.as_ref(),
        };
        change(&mut mac);
        VerifierMac {
            identifier: None,
            kvno: None,
            enctype: None,
            mac,
        }
    });
    AdCammac {
        elements: elements.borrow(),
        kdc_verifier: None,
        svc_verifier,
        other_verifiers: None,
    }
    .to_der()
}

/// The indicators that alice has with such an element in her ticket.
fn shown(build: impl FnOnce(&Key) -> (AuthDataType, Vec<u8>)) -> Vec<String> {
    let scene = Scene::new();
    let octets = scene.web.keytab_octets();
    let file = KeytabFile::open(&octets).unwrap();
    let entry = file.records().next().unwrap().unwrap();
    let key = Key::new(Enctype::try_from(entry.etype.0).unwrap(), entry.key).unwrap();
    let (ad_type, ad_data) = build(&key);
    let token = scene.token().ticket_authorization_data(ad_type, &ad_data);
    let (context, _) = scene.accept(&token.build());
    context.identity().authentication_indicators().to_vec()
}

const IF_RELEVANT: AuthDataType = AuthDataType::IF_RELEVANT;

#[test]
fn a_signed_indicator_is_shown_wherever_its_container_stands() {
    let inside = shown(|key| (IF_RELEVANT, only(CAMMAC, &cammac(Some(key), |_| {}))));
    assert_eq!(inside, ["otp"]);
    let outside = shown(|key| (CAMMAC, cammac(Some(key), |_| {})));
    assert_eq!(outside, ["otp"]);
}

/// A client can have the KDC copy any of these into its ticket.
#[test]
fn an_indicator_that_the_kdc_did_not_sign_does_not_exist() {
    let other = Key::new(Enctype::Aes256CtsHmacSha1_96, &[7; 32]).unwrap();
    let nothing: [String; 0] = [];
    assert_eq!(shown(|_| (INDICATOR, indicator("otp"))), nothing);
    assert_eq!(
        shown(|_| (IF_RELEVANT, only(INDICATOR, &indicator("otp")))),
        nothing
    );
    assert_eq!(shown(|_| (CAMMAC, cammac(None, |_| {}))), nothing);
    assert_eq!(shown(|_| (CAMMAC, cammac(Some(&other), |_| {}))), nothing);
    assert_eq!(shown(|_| (IF_RELEVANT, only(CAMMAC, b"nonsense"))), nothing);
}

#[test]
fn a_mac_of_another_type_or_length_does_not_sign() {
    let nothing: [String; 0] = [];
    for number in [0, 1, 7, 14, 15, -138] {
        let other = |mac: &mut Checksum<'_>| mac.cksumtype = ChecksumTypeNumber(number);
        assert_eq!(shown(|key| (CAMMAC, cammac(Some(key), other))), nothing);
    }
    let shorter = |mac: &mut Checksum<'_>| mac.checksum = &mac.checksum[1..];
    assert_eq!(shown(|key| (CAMMAC, cammac(Some(key), shorter))), nothing);
    let empty = |mac: &mut Checksum<'_>| mac.checksum = &[];
    assert_eq!(shown(|key| (CAMMAC, cammac(Some(key), empty))), nothing);
}
