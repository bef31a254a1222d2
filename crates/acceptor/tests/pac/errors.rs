//! What an operator reads when a PAC does not count.

use super::forge::{domain, sid};
use portcullis::Error;
use portcullis::error::{Blame, PacError};
use portcullis::formats::der::{DecodeError, DecodeErrorKind};
use portcullis::formats::messages::KerberosTime;
use portcullis::formats::registry::{ChecksumTypeNumber, ErrorCode};
use portcullis::pac::{FileTime, PacBufferType};

#[track_caller]
fn says(error: PacError, kind: &str, blame: Blame, code: ErrorCode, message: &str) {
    let error = Error::from(error);
    assert_eq!(error.to_string(), message);
    assert_eq!((error.kind(), error.blame()), (kind, blame));
    assert_eq!(error.code(), Some(code));
    assert!(error.remedy().ends_with('.'));
}

#[test]
fn a_pac_that_is_missing_or_twice_there() {
    let generic = ErrorCode::GENERIC;
    let (none, two) = ("ticket without a PAC", "ticket with two PACs");
    says(
        PacError::NoPac,
        "no-pac",
        Blame::Configuration,
        generic,
        none,
    );
    says(PacError::SecondPac, "pac", Blame::Peer, generic, two);
    let error = PacError::NoBuffer(PacBufferType::CLIENT_INFO);
    let message = "PAC without CLIENT_INFO (10)";
    says(error, "pac", Blame::Peer, generic, message);
}

#[test]
fn a_pac_that_is_malformed() {
    let error = DecodeError::new(DecodeErrorKind::Value("list has two lengths"), 228)
        .in_field("GroupIds")
        .in_structure("KERB_VALIDATION_INFO");
    let error = PacError::Malformed(error);
    let message =
        "malformed PAC: KERB_VALIDATION_INFO.GroupIds: list has two lengths (at octet 228)";
    says(error, "pac", Blame::Peer, ErrorCode::GENERIC, message);
}

#[test]
fn a_signature_that_does_not_verify_or_is_of_another_type() {
    let error = PacError::Signature(PacBufferType::SERVER_CHECKSUM);
    let message = "PAC's SERVER_CHECKSUM (6) does not verify";
    says(error, "pac", Blame::Peer, ErrorCode::MODIFIED, message);
    let error = PacError::SignatureType {
        expected: ChecksumTypeNumber::HMAC_SHA1_96_AES256,
        found: ChecksumTypeNumber::HMAC_MD5_RC4,
    };
    let message = "PAC signed for the service with hmac-md5-rc4 (-138), its key makes \
                   hmac-sha1-96-aes256 (16)";
    says(error, "pac", Blame::Peer, ErrorCode::INAPP_CKSUM, message);
    let error = PacError::NoKdcKey {
        checksum_type: ChecksumTypeNumber::HMAC_SHA1_96_AES256,
    };
    let message = "no key of the KDC for a signature of hmac-sha1-96-aes256 (16)";
    let generic = ErrorCode::GENERIC;
    says(error, "pac", Blame::Configuration, generic, message);
}

#[test]
fn a_pac_of_another_login() {
    let ticket = KerberosTime::from_unix(1_767_225_600);
    let error = PacError::Authtime {
        ticket,
        pac: FileTime::from_unix(1_767_225_601),
    };
    let message =
        "PAC of a login at 2026-01-01T00:00:01Z, the ticket is of one at 2026-01-01T00:00:00Z";
    let bad_match = ErrorCode::BADMATCH;
    says(error, "pac", Blame::Peer, bad_match, message);
    let pac = FileTime::NEVER;
    let error = PacError::Authtime { ticket, pac };
    let message = "PAC of no login, the ticket is of one at 2026-01-01T00:00:00Z";
    says(error, "pac", Blame::Peer, bad_match, message);
}

#[test]
fn a_pac_of_another_account_or_of_none_that_can_be() {
    let error = PacError::UserSid {
        buffer: PacBufferType::REQUESTOR,
        found: Box::new(sid("S-1-5-21-7-8-9-500")),
        user: Box::new(domain().with_rid(1103).unwrap()),
    };
    let message = "PAC's REQUESTOR (18) names S-1-5-21-7-8-9-500, its LOGON_INFO names \
                   S-1-5-21-1004336348-1177238915-682003330-1103";
    says(error, "pac", Blame::Peer, ErrorCode::BADMATCH, message);
    let generic = ErrorCode::GENERIC;
    let message = "PAC of an account or groups without a domain";
    says(PacError::NoDomain, "pac", Blame::Peer, generic, message);
    let error = PacError::ForeignSid(Box::new(sid("S-1-5-21-7-8-9-500")));
    let message = "the client's realm may not vouch for S-1-5-21-7-8-9-500";
    says(error, "pac", Blame::Configuration, generic, message);
}
