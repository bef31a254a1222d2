//! Everything that is DER: the first octet chooses what the others are read as.

use portcullis_formats::der::{Decode as _, Encode as _, Reader};
use portcullis_formats::messages::{
    AdAndOr, AdCammac, AdIfRelevant, AdKdcIssued, ApRep, ApReq, AuthenticationIndicators,
    Authenticator, AuthorizationData, AuthorizationDataElement, Checksum, EncApRepPart,
    EncKdcRepPart, EncKrbCredPart, EncKrbPrivPart, EncTicketPart, EncryptedData, EncryptionKey,
    EtypeInfo, EtypeInfo2, EtypeInfo2Entry, EtypeInfoEntry, EtypeList, HostAddress, HostAddresses,
    KdcRep, KdcReq, KdcReqBody, KerbErrorData, KrbCred, KrbCredInfo, KrbError, KrbPriv, KrbSafe,
    KrbSafeBody, LastReq, LastReqEntry, MethodData, PaData, PaEncTsEnc, PaForUser, PaPacOptions,
    PaPacRequest, PaS4uX509User, PrincipalName, S4uUserId, TgtReply, TgtRequest, Ticket,
    TransitedEncoding, VerifierMac,
};

/// Reads it, and what a message that came with it says, it says after it was written, too.
pub fn run(input: &[u8]) {
    let Some((which, octets)) = input.split_first() else {
        return;
    };
    READERS[usize::from(*which) % READERS.len()](octets);
    if let Ok(message) = KrbSafe::from_der(octets) {
        let body = message.body().expect("it was read once");
        assert_eq!(KrbSafeBody::from_der(&body.to_der()), Ok(body));
    }
}

/// Of each type some of the messages, and of what is in them.
#[must_use]
pub fn seeds(messages: &[Vec<u8>]) -> Vec<(String, Vec<u8>)> {
    const OF_EACH: usize = 3;
    let mut elements = Vec::new();
    for message in messages {
        add_elements(message, &mut elements);
    }
    let (mut seeds, mut number) = (Vec::new(), 0_u8);
    for reader in READERS {
        let taken = elements.iter().filter(|element| reader(element));
        for (place, element) in taken.take(OF_EACH).enumerate() {
            let name = format!("{number:02}-{place}");
            seeds.push((name, [&[number], *element].concat()));
        }
        number += 1;
    }
    seeds
}

/// An element, and those in it.
fn add_elements<'a>(octets: &'a [u8], all: &mut Vec<&'a [u8]>) {
    const CONSTRUCTED: u8 = 0x20;
    let mut input = Reader::new(octets);
    while let Ok(element) = input.whole() {
        if all.contains(&element) {
            continue;
        }
        all.push(element);
        if let Ok((tag, contents)) = Reader::new(element).any()
            && tag & CONSTRUCTED != 0
        {
            add_elements(contents, all);
        }
    }
}

macro_rules! readers {
    ($($name:ident)*) => {
        [$(|octets| {
            let _ = $name::from_padded_der(octets);
            let value = match $name::from_der(octets) {
                Ok(value) => value,
                Err(error) => {
                    assert!(error.offset <= octets.len() && !error.to_string().is_empty());
                    return false;
                }
            };
            let written = value.to_der();
            assert_eq!($name::from_der(&written).as_ref(), Ok(&value));
            assert!(written.len() <= 2 * octets.len() + 8, "{value:?}");
            true
        }),*]
    };
}

const READERS: [fn(&[u8]) -> bool; 51] = readers![
    AdAndOr AdCammac AdIfRelevant AdKdcIssued ApRep ApReq AuthenticationIndicators Authenticator AuthorizationData AuthorizationDataElement Checksum EncApRepPart EncKdcRepPart EncKrbCredPart EncKrbPrivPart EncTicketPart EncryptedData EncryptionKey EtypeInfo EtypeInfo2 EtypeInfo2Entry EtypeInfoEntry EtypeList HostAddress HostAddresses KdcRep KdcReq KdcReqBody KerbErrorData KrbCred KrbCredInfo KrbError KrbPriv KrbSafe KrbSafeBody LastReq LastReqEntry MethodData PaData PaEncTsEnc PaForUser PaPacOptions PaPacRequest PaS4uX509User PrincipalName S4uUserId TgtReply TgtRequest Ticket TransitedEncoding VerifierMac
];
