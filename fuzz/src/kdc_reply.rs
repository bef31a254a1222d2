//! What a KDC answers, or whoever is in its place: to a client that has keys.
//!
//! The first octet chooses the encryption type. Each message says with its first octet what it is:
//! octets as they are, hints for preauthentication, or the client's side of a reply, sealed here as
//! a KDC seals it.

use crate::canonical::reencodes;
use crate::messages::{Messages, join};
use crate::{forge, shapes};
use portcullis::{Enctype, Principal};
use portcullis_client::{Client, ClientTicket};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::ccache::CredentialCache;
use portcullis_formats::der::{Encode as _, SequenceOfBuf};
use portcullis_formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis_formats::messages::{
    EncKdcRepPart, EtypeInfo2, EtypeInfo2Entry, KdcRep, KerberosTime, KrbError, LastReqEntry,
    MessageType, MethodData, Microseconds, PaData, Ticket, TicketFlags,
};
use portcullis_formats::registry::{ErrorCode, EtypeNumber, Kvno, PaDataType};
use std::sync::{Arc, LazyLock};

/// What follows is the answer.
pub const FOREIGN: u8 = 0;
/// What follows is the METHOD-DATA of a refusal that asks for preauthentication.
pub const HINTS: u8 = 1;
/// What follows is sealed as the client's side of an AS-REP.
pub const LOGIN: u8 = 2;
/// What follows is sealed as the client's side of a TGS-REP.
pub const TICKET: u8 = 3;

/// More answers than one login and the referrals that are followed take.
const MOST: usize = 40;

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let mut keytab = KeytabWriter::new(KeytabVersion::V2);
    for enctype in forge::ENCTYPES {
        let etype = EtypeNumber(enctype.number());
        let key = key(enctype);
        keytab
            .add(&forge::ALICE, 0, Kvno(1), etype, key.expose_octets())
            .expect("room");
    }
    Client::with_keytab(forge::ALICE.clone(), &keytab.into_vec())
        .expect("keys")
        .entropy(Arc::new(forge::Constant))
});

fn key(enctype: Enctype) -> Key {
    forge::key(enctype, 0x50)
}

/// The nonce and the subkey of each request follow from the same octets.
const NONCE: u32 = 0x1a5a_5a5a;

fn subkey(enctype: Enctype) -> Key {
    Key::from_random(enctype, &[0x5a; 32])
}

/// Asks for a ticket, and answers.
pub fn run(input: &[u8]) {
    let _ = is_granted(input);
}

/// Whether the client takes what it gets for a ticket.
fn is_granted(input: &[u8]) -> bool {
    let Some((choice, messages)) = input.split_first() else {
        return false;
    };
    let enctype = forge::enctype(*choice);
    let (mut answers, mut sealed) = (Messages(messages).take(MOST), false);
    let mut kdc = |_: &str, _: &[u8]| {
        let answer = answers.next().ok_or(std::io::ErrorKind::TimedOut)?;
        let (kind, octets) = answer.split_first().unwrap_or((&FOREIGN, &[]));
        sealed |= matches!(*kind, LOGIN | TICKET);
        Ok(answered(enctype, *kind, octets))
    };
    let mut client = CLIENT.clone();
    let ticket = client.ticket(&forge::WEB, forge::now(), &mut kdc);
    match &ticket {
        Ok(ticket) => {
            assert!(sealed, "without the client's key");
            assert_useful(&client, ticket);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(cache) = client.ccache() {
        assert!(CredentialCache::open(&cache).is_ok());
        assert!(Client::with_ccache(&cache).is_ok());
    }
    ticket.is_ok()
}

/// It is the client's, and a service can be shown it.
fn assert_useful(client: &Client, ticket: &ClientTicket) {
    assert!(!format!("{ticket:?}").is_empty());
    let token = client.token(ticket, forge::now()).expect("a token");
    assert!(forge::accept(&token).is_none(), "nobody sealed a ticket");
}

fn answered(enctype: Enctype, kind: u8, octets: &[u8]) -> Vec<u8> {
    match kind {
        HINTS => refusal(octets),
        LOGIN => reply(MessageType::AS_REP, &key(enctype), KeyUsage::AS_REP, octets),
        TICKET => {
            let usage = KeyUsage::TGS_REP_SUBKEY;
            reply(MessageType::TGS_REP, &subkey(enctype), usage, octets)
        }
        _ => {
            reencodes::<KdcRep<'_>>(&shapes::KDC_REP, octets);
            octets.to_vec()
        }
    }
}

fn refusal(hints: &[u8]) -> Vec<u8> {
    KrbError {
        ctime: None,
        cusec: None,
        stime: forge::kerberos_now(),
        susec: Microseconds::default(),
        error_code: ErrorCode::PREAUTH_REQUIRED,
        crealm: None,
        cname: None,
        realm: forge::ALICE.realm(),
        sname: forge::WEB.name(),
        e_text: None,
        e_data: Some(hints),
    }
    .to_der()
}

fn reply(msg_type: MessageType, key: &Key, usage: KeyUsage, part: &[u8]) -> Vec<u8> {
    reencodes::<EncKdcRepPart<'_>>(&shapes::ENC_KDC_REP_PART, part);
    let cipher = forge::seal(key, usage, part);
    KdcRep {
        msg_type,
        padata: None,
        crealm: forge::ALICE.realm(),
        cname: forge::ALICE.name(),
        ticket: Ticket {
            realm: forge::WEB.realm(),
            sname: forge::WEB.name(),
            enc_part: forge::encrypted(key, None, &[7; 64]),
        },
        enc_part: forge::encrypted(key, None, &cipher),
    }
    .to_der()
}

/// The way to a ticket, with each encryption type.
#[must_use]
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let krbtgt: Principal = "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST".parse().expect("a name");
    let away: Principal = "krbtgt/AWAY.TEST@EXAMPLE.TEST".parse().expect("a name");
    let there: Principal = "HTTP/web.example.test@AWAY.TEST".parse().expect("a name");
    let seed = |(choice, enctype): (u8, Enctype)| {
        let tgt = part(EncKdcRepPart::AS, enctype, &krbtgt);
        let ticket = part(EncKdcRepPart::TGS, enctype, &forge::WEB);
        let referral = part(EncKdcRepPart::TGS, enctype, &away);
        let ticket_there = part(EncKdcRepPart::TGS, enctype, &there);
        let message = |kind: u8, octets: &[u8]| [&[kind], octets].concat();
        let hints = hints(enctype);
        let straight = join([message(LOGIN, &tgt), message(TICKET, &ticket)]);
        let referred = join([
            message(HINTS, &hints),
            message(LOGIN, &tgt),
            message(TICKET, &referral),
            message(TICKET, &ticket_there),
        ]);
        let number = enctype.number();
        [
            (number.to_string(), [vec![choice], straight].concat()),
            (
                format!("{number}-referred"),
                [vec![choice], referred].concat(),
            ),
        ]
    };
    let seeds = (0..).zip(forge::ENCTYPES).flat_map(seed);
    let foreign = reply(
        MessageType::AS_REP,
        &key(forge::ENCTYPES[0]),
        KeyUsage::AS_REP,
        &[],
    );
    let foreign = [vec![0], join([[&[FOREIGN], foreign.as_slice()].concat()])].concat();
    seeds.chain([("foreign".to_owned(), foreign)]).collect()
}

/// METHOD-DATA that names an encryption type.
fn hints(enctype: Enctype) -> Vec<u8> {
    let entry = EtypeInfo2Entry {
        etype: EtypeNumber(enctype.number()),
        salt: None,
        s2kparams: None,
    };
    let info = EtypeInfo2::to_der(&SequenceOfBuf::of([&entry]).borrow());
    let padata = PaData {
        padata_type: PaDataType::ETYPE_INFO2,
        padata_value: &info,
    };
    MethodData::to_der(&SequenceOfBuf::of([&padata]).borrow())
}

fn part(application: u8, enctype: Enctype, service: &Principal) -> Vec<u8> {
    let session_key = forge::session_key(enctype);
    let now = forge::kerberos_now();
    let last = SequenceOfBuf::of(&[LastReqEntry {
        lr_type: 0,
        lr_value: now,
    }]);
    EncKdcRepPart {
        application,
        key: forge::described(&session_key),
        last_req: last.borrow(),
        nonce: NONCE,
        key_expiration: None,
        flags: TicketFlags::INITIAL,
        authtime: now,
        starttime: None,
        endtime: KerberosTime::from_unix(now.as_unix() + 3600),
        renew_till: None,
        srealm: service.realm(),
        sname: service.name(),
        caddr: None,
        encrypted_pa_data: None,
    }
    .to_der()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_but_the_foreign_one_is_a_ticket() {
        for (name, seed) in seeds() {
            assert_eq!(is_granted(&seed), name != "foreign", "{name}");
        }
    }
}
