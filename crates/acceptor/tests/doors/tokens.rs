//! Tokens that nobody sends who means well: deep, long, lying, in clear and behind each MAC.

use crate::recorded::{Call, open_minded};
use crate::scene::Scene;
use portcullis::formats::der::Writer;
use portcullis::formats::gss::{Mechanism, TokenId, frame};
use portcullis::formats::pac::{PacBufferType, RawPac};
use portcullis::formats::registry::{AuthDataType, ChecksumTypeNumber};
use portcullis_testdata::{hex, vectors};
use portcullis_testrealm::{Fault, TokenBuilder};

/// Authorization data inside authorization data.
fn nested(levels: usize) -> Vec<u8> {
    let mut nested = vec![0x30, 0];
    for _ in 0..levels {
        let mut list = Writer::new();
        list.sequence(|list| {
            list.sequence(|element| {
                element.field(0, |ad_type| ad_type.integer(1));
                element.field(1, |ad_data| ad_data.octet_string(&nested));
            });
        });
        nested = list.into_vec();
    }
    nested
}

/// For an acceptor that takes large tokens, which comes with them.
pub(crate) fn hostile() -> Vec<Call> {
    let scene = Scene::with(|settings| open_minded(settings).max_token(1 << 24));
    let now = scene.realm.now();
    let call = |name: String, token: Vec<u8>| Call {
        name,
        acceptor: scene.acceptor.clone(),
        token,
        now,
    };
    let sealed = behind_macs(&scene);
    let sealed = sealed
        .into_iter()
        .map(|(name, token)| call(name, token.build().token().to_vec()));
    in_clear()
        .into_iter()
        .map(|token| call("in clear".to_owned(), token))
        .chain(sealed)
        .collect()
}

fn in_clear() -> Vec<Vec<u8>> {
    let mut tokens = vec![Vec::new()];
    for tag in [0x30, 0x60, 0x6e, 0xa0, 0xa1, 0xa2] {
        tokens.push([tag, 0x80].repeat(30_000));
        tokens.push([&[tag, 0x84], [0xff; 100].as_slice()].concat());
        tokens.push(
            [
                &[tag, 0x84, 0x00, 0xff, 0xff, 0xff],
                [tag; 60_000].as_slice(),
            ]
            .concat(),
        );
    }
    let inner: Vec<_> = tokens.clone();
    for mechanism in [
        Mechanism::Spnego,
        Mechanism::Krb5,
        Mechanism::MsKrb5,
        Mechanism::Iakerb,
    ] {
        for token in &inner {
            tokens.push(frame(mechanism.oid(), token));
            tokens.push(frame(
                mechanism.oid(),
                &[&TokenId::AP_REQ.0, token.as_slice()].concat(),
            ));
        }
    }
    tokens
}

fn behind_macs(scene: &Scene) -> Vec<(String, TokenBuilder)> {
    let token = || scene.token().mutual().sequence(1);
    let mut tokens = Vec::new();
    for fault in Fault::all() {
        tokens.push((format!("{fault:?}"), token().fault(*fault)));
    }
    let deep = nested(2000);
    for ad_type in [
        AuthDataType::IF_RELEVANT,
        AuthDataType::WIN2K_PAC,
        AuthDataType::CAMMAC,
    ] {
        let name = format!("deep {ad_type}");
        tokens.push((
            name.clone(),
            token().ticket_authorization_data(ad_type, &deep),
        ));
        tokens.push((
            name,
            token().authenticator_authorization_data(ad_type, &deep),
        ));
    }
    for length in [24, 28, 60_000] {
        let checksum = [&[16, 0, 0, 0], vec![0xff; length].as_slice()].concat();
        let checksum_type = ChecksumTypeNumber::GSS;
        tokens.push((
            "checksum".to_owned(),
            token().checksum(checksum_type, &checksum),
        ));
    }
    for contents in [
        ",".repeat(60_000),
        "A.".repeat(30_000),
        "\\".repeat(60_000),
        "/".repeat(60_000),
    ] {
        tokens.push((
            "transited".to_owned(),
            token().transited(contents.as_bytes()),
        ));
    }
    tokens.push((
        "components".to_owned(),
        token().client_components(&[b"x".as_slice(); 10_000]),
    ));
    tokens.extend(lying_pacs(&token));
    tokens
}

/// The buffers of Windows with a count or a length that says something else; all that have a type
/// of their own.
fn lying_pacs(token: &dyn Fn() -> TokenBuilder) -> Vec<(String, TokenBuilder)> {
    const SAID: [u32; 3] = [0, 0x000f_ffff, u32::MAX];
    let windows = hex(&vectors("pac")[5]["pac"]);
    let mut buffers: Vec<_> = RawPac::decode(&windows)
        .unwrap()
        .buffers()
        .map(|buffer| (buffer.buffer_type, buffer.octets.to_vec()))
        .filter(|(_, octets)| octets.len() > 24)
        .collect();
    let claims = vectors("claims")
        .into_iter()
        .map(|vector| hex(&vector["buffer"]));
    buffers.extend(claims.map(|octets| (PacBufferType::CLIENT_CLAIMS_INFO, octets)));
    let mut tokens = Vec::new();
    for (buffer_type, octets) in buffers {
        for at in (0..octets.len() - 4).step_by(4).take(24) {
            for said in SAID {
                let mut changed = octets.clone();
                changed[at..at + 4].copy_from_slice(&said.to_le_bytes());
                let name = format!("{buffer_type}, {said} at {at}");
                tokens.push((name, token().pac_buffer(buffer_type, &changed)));
            }
        }
    }
    tokens
}
