//! Requests that are granted.

use super::{EVIDENCE, FOR_USER, FRONT, LOGIN, SIGNED, TICKET, WORLD};
use crate::forge;
use crate::messages::join;
use portcullis::Principal;
use portcullis_formats::der::{Encode as _, SequenceOfBuf};
use portcullis_formats::messages::{
    Authenticator, AuthorizationDataElement, Checksum, KdcOptions, KdcReqBody, KerberosString,
    KerberosTime, MethodData, Microseconds, PaData, PaEncTsEnc, PaForUser, PaS4uX509User,
    S4uUserId,
};
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber, EtypeNumber, PaDataType};

const NONCE: u32 = 1;

/// A request of each kind.
///
/// # Panics
/// Never.
#[must_use]
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let (alice, front) = (&*forge::ALICE, &WORLD.front.client);
    let (web, none) = (&*forge::WEB, KdcOptions::default());
    let body = |service: &Principal, options| body(None, service, options);
    let said = authenticator(alice);
    let fronts = authenticator(front);
    let data = AuthorizationDataElement {
        ad_type: AuthDataType(-1),
        ad_data: b"data",
    };
    let data = SequenceOfBuf::of([&data]);
    let data = data.borrow::<AuthorizationDataElement<'_>>().to_der();
    let ticket = forge::alice_ticket_part(&WORLD.alice.session_key);
    let proxy = KdcOptions::CNAME_IN_ADDL_TKT;
    let tgs = |settings: u8, messages: [&[u8]; 5]| [vec![settings], join(messages)].concat();
    let web_body = body(web, none);
    vec![
        ("login", login(alice)),
        ("ticket", tgs(SIGNED, [&web_body, &said, &[], &[], &[]])),
        ("data", tgs(SIGNED, [&web_body, &said, &data, &[], &[]])),
        (
            "on-behalf",
            tgs(
                SIGNED | FRONT | FOR_USER,
                [&body(front, none), &fronts, &[], &for_user(alice), &[]],
            ),
        ),
        (
            "on-behalf-newer",
            tgs(
                SIGNED | FRONT | FOR_USER,
                [&body(front, none), &fronts, &[], &x509_user(alice), &[]],
            ),
        ),
        (
            "proxy",
            tgs(
                SIGNED | FRONT | EVIDENCE,
                [&body(web, proxy), &fronts, &[], &[], &[]],
            ),
        ),
        (
            "forged",
            tgs(SIGNED | TICKET, [&web_body, &said, &[], &[], &ticket]),
        ),
        ("unsigned", tgs(0, [&web_body, &said, &[], &[], &[]])),
    ]
}

/// The body of a login with the service, or of a request for a ticket for it.
fn body(client: Option<&Principal>, service: &Principal, options: KdcOptions) -> Vec<u8> {
    let etypes = SequenceOfBuf::of(&[EtypeNumber::AES256_SHA1]);
    KdcReqBody {
        kdc_options: options,
        cname: client.map(Principal::name),
        realm: KerberosString(b"EXAMPLE.TEST"),
        sname: Some(service.name()),
        from: None,
        till: KerberosTime::from_unix(forge::kerberos_now().as_unix() + 3600),
        rtime: None,
        nonce: NONCE,
        etype: etypes.borrow(),
        addresses: None,
        enc_authorization_data: None,
        additional_tickets: None,
    }
    .to_der()
}

fn login(alice: &Principal) -> Vec<u8> {
    let krbtgt: Principal = "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST".parse().expect("a name");
    let timestamp = PaEncTsEnc {
        patimestamp: forge::kerberos_now(),
        pausec: None,
    };
    let body = body(Some(alice), &krbtgt, KdcOptions::FORWARDABLE);
    [vec![LOGIN], join([body, timestamp.to_der()])].concat()
}

fn authenticator(client: &Principal) -> Vec<u8> {
    Authenticator {
        crealm: client.realm(),
        cname: client.name(),
        cksum: None,
        cusec: Microseconds::default(),
        ctime: forge::kerberos_now(),
        subkey: None,
        seq_number: None,
        authorization_data: None,
    }
    .to_der()
}

const UNSIGNED: Checksum<'_> = Checksum {
    cksumtype: ChecksumTypeNumber(0),
    checksum: &[],
};

fn for_user(user: &Principal) -> Vec<u8> {
    padata(
        PaDataType::FOR_USER,
        &PaForUser {
            user_name: user.name(),
            user_realm: user.realm(),
            cksum: UNSIGNED,
            auth_package: KerberosString(b"Kerberos"),
        }
        .to_der(),
    )
}

fn x509_user(user: &Principal) -> Vec<u8> {
    let user_id = S4uUserId {
        nonce: NONCE,
        cname: Some(user.name()),
        crealm: user.realm(),
        subject_certificate: None,
        options: None,
    };
    padata(
        PaDataType::S4U_X509_USER,
        &PaS4uX509User {
            user_id: &user_id.to_der(),
            checksum: UNSIGNED,
        }
        .to_der(),
    )
}

fn padata(padata_type: PaDataType, padata_value: &[u8]) -> Vec<u8> {
    let padata = PaData {
        padata_type,
        padata_value,
    };
    MethodData::to_der(&SequenceOfBuf::of([&padata]).borrow())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_but_the_unsigned_one_is_granted() {
        for (name, seed) in seeds() {
            assert_eq!(
                crate::inside_kdc::is_granted(&seed),
                name != "unsigned",
                "{name}"
            );
        }
    }
}
