use core::error::Error as _;
use portcullis_formats::der::{DecodeError, DecodeErrorKind};
use portcullis_testdata::unhex;

use super::*;

macro_rules! certificate {
    ($name:literal) => {
        include_bytes!(concat!(
            "../../../../../testdata/certificates/",
            $name,
            ".der"
        ))
    };
}

fn application_data(certificate: &[u8]) -> Result<Vec<u8>, CertificateError> {
    tls_server_end_point(certificate).map(|bindings| bindings.application_data)
}

fn bound_to(hash: &str) -> Result<Vec<u8>, CertificateError> {
    Ok([b"tls-server-end-point:", unhex(hash).as_slice()].concat())
}

fn no_hash(algorithm: &str) -> Result<Vec<u8>, CertificateError> {
    Err(CertificateError::NoHash {
        algorithm: algorithm.into(),
    })
}

/// A certificate of which only the signature algorithm is real.
fn signed_with(algorithm: &[u8]) -> Vec<u8> {
    let length = |octets: &[u8]| u8::try_from(octets.len()).unwrap();
    let algorithm = [&[0x30, length(algorithm)], algorithm].concat();
    let fields = [b"\x30\x00", algorithm.as_slice(), b"\x03\x01\x00"].concat();
    [&[0x30, length(&fields)], fields.as_slice()].concat()
}

#[test]
fn the_hash_is_that_of_the_signature_algorithm() {
    assert_eq!(
        application_data(certificate!("rsa-sha256")),
        bound_to("e57e59ce459077cc0b1a9a4e5f6d82308ae51ff7f556acd18782ae2be9a5de5d")
    );
    assert_eq!(
        application_data(certificate!("rsa-sha224")),
        bound_to("455f4e9295e139c671d100b619c46b39a764084350b4d9987817f2da")
    );
    assert_eq!(
        application_data(certificate!("ecdsa-p256-sha256")),
        bound_to("d15a4f1ffdbf345696b9b62656d7365b60c18a5cea3c93be31c9754bcb148e1b")
    );
    assert_eq!(
        application_data(certificate!("ecdsa-p384-sha384")),
        bound_to(
            "17fa03c2fa7509619cadb36e46b2de79dbc3a2ca16c54f86\
             ec5b2be45ce4a3b3160c0c6e09543f87d2863f2db90e7eb7"
        )
    );
}

#[test]
fn md5_and_sha1_become_sha256() {
    assert_eq!(
        application_data(certificate!("rsa-sha1")),
        bound_to("0c905d6f792511ed6edc1e7db9530af12f1016d973b80ebb867e0922b010ebe4")
    );
    assert_eq!(
        application_data(certificate!("rsa-md5")),
        bound_to("a8acfe8c0d5fd35a11035444647e5a703ad3ad637dcb477619cecbeecb7ff0b8")
    );
}

#[test]
fn rsassa_pss_names_its_hash_in_the_parameters() {
    assert_eq!(
        application_data(certificate!("rsa-pss-sha512")),
        bound_to(
            "c9cecfaecb2c468f44327ea74b752fea240432f43a79eae445b6bc3843f14b5b\
             6e5672dc6e449eef2f9a6e632424cd2386bcbba5378d359a278f96b89ff29248"
        )
    );
    assert_eq!(
        application_data(certificate!("rsa-pss-sha1")),
        bound_to("0f755bc24f21cafb19eeb0de32b3d3fcfd2e3134ed4cc4fe989436e1d25018ae")
    );
}

#[test]
fn rsassa_pss_with_sha1_written_out_becomes_sha256() {
    let written_out = signed_with(
        &[
            b"\x06\x09".as_slice(),
            RSASSA_PSS,
            b"\x30\x0b\xa0\x09\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a",
        ]
        .concat(),
    );

    let length = application_data(&written_out).unwrap().len();
    assert_eq!(length, "tls-server-end-point:".len().strict_add(32));
}

#[test]
fn ed25519_and_ed448_have_no_hash_and_are_named() {
    assert_eq!(
        application_data(certificate!("ed25519")),
        no_hash("1.3.101.112")
    );
    assert_eq!(
        application_data(&signed_with(b"\x06\x03\x2b\x65\x71")),
        no_hash("1.3.101.113")
    );
}

#[test]
fn an_unknown_hash_of_rsassa_pss_is_named() {
    let sha3_256 = b"\xa0\x0d\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x08";
    let pss = [b"\x06\x09", RSASSA_PSS, b"\x30\x0f", sha3_256].concat();

    assert_eq!(
        application_data(&signed_with(&pss)),
        no_hash("2.16.840.1.101.3.4.2.8")
    );
}

#[test]
fn rsassa_pss_without_parameters_is_malformed() {
    let pss = [b"\x06\x09", RSASSA_PSS].concat();

    let error = application_data(&signed_with(&pss)).unwrap_err();
    assert!(matches!(error, CertificateError::Malformed(_)));
}

#[test]
fn a_certificate_cut_short_anywhere_is_malformed() {
    let certificate = certificate!("rsa-pss-sha512");

    for length in 0..certificate.len() {
        let error = application_data(&certificate[..length]).unwrap_err();
        assert!(matches!(error, CertificateError::Malformed(_)), "{length}");
    }
}

#[test]
fn octets_after_the_certificate_are_malformed() {
    let longer = [certificate!("rsa-sha256").as_slice(), &[0]].concat();

    let Err(CertificateError::Malformed(error)) = application_data(&longer) else {
        panic!("accepted");
    };
    assert_eq!(error.kind, DecodeErrorKind::TrailingData { octets: 1 });
}

#[test]
fn pem_is_malformed() {
    let error = application_data(b"-----BEGIN CERTIFICATE-----\n").unwrap_err();

    assert_eq!(
        error.to_string(),
        "malformed certificate: Certificate: expected tag 0x30, found 0x2d (at octet 0)"
    );
}

#[test]
fn an_error_without_hash_says_which_algorithm() {
    let error = application_data(certificate!("ed25519")).unwrap_err();

    assert_eq!(
        error.to_string(),
        "certificate signed with 1.3.101.112, which has no hash for tls-server-end-point \
         (RFC 5929 §4.1)"
    );
}

#[test]
fn a_malformed_certificate_is_because_of_where_it_is() {
    let malformed = application_data(b"\x30").unwrap_err();
    let cause = malformed.source().unwrap();
    assert!(cause.is::<DecodeError>());
    let unhashed = no_hash("x").unwrap_err();
    assert!(unhashed.source().is_none());
}
