//! What reads octets in this crate, each with all that it gives: lists walked, values printed.

use core::fmt::{Debug, Write};
use portcullis_formats::ccache::CredentialCache;
use portcullis_formats::der::Decode;
use portcullis_formats::gss::{
    FirstToken, GssChecksum, GssExtensions, InitialContextToken, MicToken, Rfc1964Head, TokenId,
    WrapHeader, oid_to_dotted, split_token_id,
};
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::krb5_conf::{IncludeError, Includes, Krb5Conf};
use portcullis_formats::messages::{
    AdAndOr, AdCammac, AdIfRelevant, AdKdcIssued, ApRep, ApReq, AuthenticationIndicator,
    AuthenticationIndicators, Authenticator, AuthorizationData, AuthorizationDataElement, Checksum,
    EncApRepPart, EncKdcRepPart, EncKrbCredPart, EncKrbPrivPart, EncTicketPart, EncryptedData,
    EncryptionKey, EtypeInfo, EtypeInfo2, EtypeInfo2Entry, EtypeInfoEntry, EtypeList, HostAddress,
    HostAddresses, KdcRep, KdcReq, KdcReqBody, KerbErrorData, KerberosString, KerberosTime,
    KrbCred, KrbCredInfo, KrbError, KrbPriv, KrbSafe, KrbSafeBody, LastReq, LastReqEntry,
    MethodData, Microseconds, PaData, PaEncTsEnc, PaForUser, PaPacOptions, PaPacRequest,
    PaS4uX509User, PrincipalName, S4uUserId, TgtReply, TgtRequest, Ticket, TransitedEncoding,
    VerifierMac,
};
use portcullis_formats::pac::{
    AttributesInfo, ClaimValues, Claims, ClientInfo, DeviceInfo, LogonInfo, PacSignature, RawPac,
    S4uDelegationInfo, Sid, UpnDnsInfo,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::Kvno;
use portcullis_formats::spnego::{MechTypeList, NegState, NegTokenInit, NegTokenResp};

/// A reader: its name, and whether it takes these octets.
pub(crate) type Reader = (&'static str, fn(&[u8]) -> bool);

/// What is printed goes here.
struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, _: &str) -> core::fmt::Result {
        Ok(())
    }
}

fn print(value: &impl Debug) {
    write!(Nowhere, "{value:?}").unwrap();
}

/// Prints what was read, or why nothing was.
fn seen<T: Debug, E: core::fmt::Display>(read: Result<T, E>) -> bool {
    match read {
        Ok(value) => print(&value),
        Err(error) => {
            write!(Nowhere, "{error}").unwrap();
            return false;
        }
    }
    true
}

macro_rules! messages {
    ($($name:ident),* $(,)?) => {
        [$((stringify!($name), |octets| {
            let _ = $name::from_padded_der(octets);
            seen($name::from_der(octets))
        })),*]
    };
}

/// What is DER. None of it allocates.
pub(crate) const DER: [Reader; 60] = messages![
    AdAndOr,
    AdCammac,
    AdIfRelevant,
    AdKdcIssued,
    ApRep,
    ApReq,
    AuthenticationIndicator,
    AuthenticationIndicators,
    Authenticator,
    AuthorizationData,
    AuthorizationDataElement,
    Checksum,
    EncApRepPart,
    EncKdcRepPart,
    EncKrbCredPart,
    EncKrbPrivPart,
    EncTicketPart,
    EncryptedData,
    EncryptionKey,
    EtypeInfo,
    EtypeInfo2,
    EtypeInfo2Entry,
    EtypeInfoEntry,
    EtypeList,
    HostAddress,
    HostAddresses,
    KdcRep,
    KdcReq,
    KdcReqBody,
    KerbErrorData,
    KerberosString,
    KerberosTime,
    KrbCred,
    KrbCredInfo,
    KrbError,
    KrbPriv,
    KrbSafe,
    KrbSafeBody,
    Kvno,
    LastReq,
    LastReqEntry,
    MechTypeList,
    MethodData,
    Microseconds,
    NegState,
    NegTokenInit,
    NegTokenResp,
    PaData,
    PaEncTsEnc,
    PaForUser,
    PaPacOptions,
    PaPacRequest,
    PaS4uX509User,
    PrincipalName,
    S4uUserId,
    TgtReply,
    TgtRequest,
    Ticket,
    TransitedEncoding,
    VerifierMac,
];

/// What is framed, or inside a ticket, and is not DER. None of it allocates.
pub(crate) const FLAT: [Reader; 19] = [
    ("FirstToken", |octets| seen(FirstToken::recognize(octets))),
    ("InitialContextToken", |octets| {
        seen(InitialContextToken::decode(octets))
    }),
    ("split_token_id", |octets| seen(split_token_id(octets))),
    ("oid_to_dotted", |octets| {
        write!(Nowhere, "{}", oid_to_dotted(octets)).unwrap();
        true
    }),
    ("MicToken", |octets| seen(MicToken::decode(octets))),
    ("Rfc1964Head", |octets| {
        let kinds = [TokenId::RFC1964_MIC, TokenId::RFC1964_WRAP];
        kinds.map(|kind| seen(Rfc1964Head::decode(kind, octets))) != [false; 2]
    }),
    ("GssChecksum", |octets| seen(GssChecksum::decode(octets))),
    ("GssExtensions", |octets| {
        GssExtensions::decode(octets).is_ok_and(|extensions| {
            extensions.iter().for_each(|extension| print(&extension));
            true
        })
    }),
    ("bodies", |octets| {
        let request = KdcReq::from_der(octets).is_ok_and(|request| seen(request.body()));
        let safe = KrbSafe::from_der(octets).is_ok_and(|message| seen(message.body()));
        let user = PaS4uX509User::from_der(octets).is_ok_and(|user| seen(user.user_id()));
        request || safe || user
    }),
    ("RawPac", |octets| seen(RawPac::decode(octets))),
    ("AttributesInfo", |octets| {
        seen(AttributesInfo::decode(octets))
    }),
    ("ClientInfo", |octets| seen(ClientInfo::decode(octets))),
    ("DeviceInfo", |octets| seen(DeviceInfo::decode(octets))),
    ("LogonInfo", |octets| seen(LogonInfo::decode(octets))),
    ("PacSignature", |octets| seen(PacSignature::decode(octets))),
    ("S4uDelegationInfo", |octets| {
        seen(S4uDelegationInfo::decode(octets))
    }),
    ("Sid", |octets| seen(Sid::decode(octets))),
    ("Sid as text", |octets| {
        str::from_utf8(octets).is_ok_and(|text| seen(text.parse::<Sid>()))
    }),
    ("UpnDnsInfo", |octets| seen(UpnDnsInfo::decode(octets))),
];

/// What gives things that are owned, and so may allocate as much as came in, times something small.
pub(crate) const OWNED: [Reader; 7] = [
    ("WrapHeader", |octets| {
        seen(WrapHeader::split(&mut octets.to_vec()).map(|(header, _)| header))
    }),
    ("Claims", |octets| {
        Claims::decode(octets).is_ok_and(|claims| {
            for claim in claims.iter() {
                match claim.values {
                    ClaimValues::Int64(values) => values.iter().for_each(|value| print(&value)),
                    ClaimValues::Uint64(values) => values.iter().for_each(|value| print(&value)),
                    ClaimValues::Text(values) => values.iter().for_each(|value| print(&value)),
                    ClaimValues::Boolean(values) => values.iter().for_each(|value| print(&value)),
                    _ => {}
                }
            }
            true
        })
    }),
    ("KeytabFile", |octets| {
        KeytabFile::open(octets)
            .is_ok_and(|file| file.records().map(seen).filter(|read| *read).count() > 0)
    }),
    ("CredentialCache", |octets| {
        CredentialCache::open(octets).is_ok_and(|cache| {
            print(cache.default_principal());
            cache.credentials().map(seen).filter(|read| !read).count() == 0
        })
    }),
    ("Krb5Conf", |octets| {
        Krb5Conf::parse("conf", octets, &mut Itself(octets)).is_ok_and(|conf| {
            print(&(conf.default_realm(), conf.default_keytab_name()));
            print(&(conf.clock_skew(), conf.permitted_enctypes()));
            print(&(conf.realm_of_host("www.example.test"), conf.realm_paths()));
            true
        })
    }),
    ("Principal", |octets| {
        seen(Principal::parse(octets, Some("R")))
    }),
    ("Principal of an enterprise", |octets| {
        seen(Principal::parse_enterprise(octets, Some("R")))
    }),
];

/// What a krb5.conf includes is itself.
struct Itself<'f>(&'f [u8]);

impl Includes for Itself<'_> {
    fn file(&mut self, _: &str) -> Result<Vec<u8>, IncludeError> {
        Ok(self.0.to_vec())
    }

    fn directory(&mut self, _: &str) -> Result<Vec<String>, IncludeError> {
        Ok(vec!["a.conf".to_owned()])
    }
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Reader> {
    DER.into_iter().chain(FLAT).chain(OWNED)
}

/// The names of what a source file says that it reads.
fn read_in(source: &str) -> Vec<&str> {
    const READ: [&str; 5] = ["decode", "open", "recognize", "parse", "split"];
    let (mut inside, mut names) = ("", Vec::new());
    for line in source
        .lines()
        .take_while(|line| !line.contains("cfg(test)"))
    {
        let name = |text: &'static str| {
            let after = line.split(text).nth(1)?;
            after.split(|end: char| !end.is_alphanumeric()).next()
        };
        if let Some(message) = name(" Decode<'a> for ") {
            names.push(message);
        } else if line.starts_with("impl") {
            let of = line.rsplit(" for ").next().unwrap_or(line);
            let of = of
                .trim_start_matches("impl")
                .trim_start_matches("<'a>")
                .trim();
            inside = of
                .split(|end: char| !end.is_alphanumeric())
                .next()
                .unwrap_or("");
        }
        let opens = |read: &&str| line.contains(&format!("    pub fn {read}("));
        if READ.iter().any(opens) {
            names.push(inside);
        }
    }
    names
}

/// A reader that is added to the crate has to be added here.
#[test]
fn every_reader_of_the_crate_is_among_them() {
    let mut directories = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src"
    ))];
    let mut found = 0;
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            if path.ends_with("tests.rs") || path.ends_with("der/mod.rs") {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for name in read_in(&source) {
                let is_here = all().any(|(reader, _)| reader == name);
                assert!(is_here || name == "SequenceOf", "{name} of {path:?}");
                found += 1;
            }
        }
    }
    assert!(found > 70, "{found}");
}
