//! Negotiations by a client that has a ticket: each later leg behind its MAC.
//!
//! The first octet chooses the encryption type, the second how the client begins. Each message says
//! with its first octet what it is: octets as they are, or what is sealed or signed here, so that
//! AP-REPs of DCE style and MICs over the list of mechanisms get through.

use crate::canonical::reencodes;
use crate::messages::{Messages, join};
use crate::{forge, reply, shapes};
use portcullis::{Enctype, Negotiation, SecurityContext, Step};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode as _, Encode as _};
use portcullis_formats::gss::{
    ContextFlags, InitialContextToken, Mechanism, MicToken, TokenFlags, frame, split_token_id,
};
use portcullis_formats::messages::{ApOptions, ApRep, EncApRepPart, Microseconds};
use portcullis_formats::registry::EtypeNumber;
use portcullis_formats::spnego::{MechTypeList, NegTokenInit, NegTokenResp, encode_mech_types};

/// In DCE style.
pub const DCE_STYLE: u8 = 1;
/// In SPNEGO.
pub const SPNEGO: u8 = 2;
/// Kerberos is not the first choice, so that the list is to be signed.
pub const SECOND: u8 = 4;
/// The list comes alone.
pub const LIST_FIRST: u8 = 8;
/// With an AP-REP.
pub const MUTUAL: u8 = 16;

/// What follows is sent as it is.
pub const FOREIGN: u8 = 0;
/// What follows is sealed as the EncAPRepPart of the client's AP-REP.
pub const AP_REP: u8 = 1;
/// What follows are the number and flags of a MIC over the list of mechanisms.
pub const MIC: u8 = 2;
/// The AP-REQ, which a list that came alone left out.
pub const AP_REQ: u8 = 3;
/// AP-REP and MIC at once.
pub const BOTH: u8 = 4;

/// Follows one negotiation.
pub fn run(input: &[u8]) {
    let _ = is_accepted(input);
}

/// Whether it ends with a context.
fn is_accepted(input: &[u8]) -> bool {
    let Some(([choice, shape], messages)) = input.split_first_chunk() else {
        return false;
    };
    let mut client = Client::new(forge::enctype(*choice), *shape);
    let Some(mut negotiation) = client.send(forge::ACCEPTOR.begin(), &client.first()) else {
        return client.accepted;
    };
    for message in Messages(messages) {
        let Some((kind, octets)) = message.split_first() else {
            continue;
        };
        let token = client.token(*kind, octets);
        match client.send(negotiation, &token) {
            Some(next) => negotiation = next,
            None => break,
        }
    }
    client.accepted
}

struct Client {
    enctype: Enctype,
    shape: u8,
    mech_types: Vec<u8>,
    /// Of the acceptor's AP-REP.
    number: Option<u32>,
    acceptors_subkey: Option<Key>,
    /// What it sent that was good, as the acceptor must see it, too.
    answered: bool,
    signed: bool,
    accepted: bool,
}

impl Client {
    fn new(enctype: Enctype, shape: u8) -> Self {
        let first = (shape & SECOND != 0).then_some(Mechanism::NegoEx);
        let mechanisms = first.into_iter().chain([Mechanism::Krb5]);
        Self {
            enctype,
            shape,
            mech_types: encode_mech_types(mechanisms.map(Mechanism::oid)),
            number: None,
            acceptors_subkey: None,
            answered: false,
            signed: false,
            accepted: false,
        }
    }

    fn is(&self, shape: u8) -> bool {
        self.shape & shape != 0
    }

    fn ap_req(&self) -> Vec<u8> {
        let mut flags = ContextFlags::REPLAY | ContextFlags::SEQUENCE | ContextFlags::INTEG;
        let mut options = ApOptions::default();
        if self.is(MUTUAL) || self.is(DCE_STYLE) {
            flags = flags | ContextFlags::MUTUAL;
            options = ApOptions::MUTUAL_REQUIRED;
        }
        if self.is(DCE_STYLE) {
            flags = flags | ContextFlags::DCE_STYLE;
        }
        let session_key = forge::session_key(self.enctype);
        let ticket = forge::alice_ticket_part(&session_key);
        let subkey = forge::subkey(self.enctype);
        let said = forge::authenticator_with(&forge::ALICE, Some(&subkey), None, flags);
        let service_key = forge::service_key(self.enctype);
        let token = forge::token(options, &service_key, &ticket, &session_key, &said);
        if !self.is(DCE_STYLE) {
            return token;
        }
        let framed = InitialContextToken::decode(&token).expect("our frame");
        let (_, request) = split_token_id(framed.inner).expect("our token");
        request.to_vec()
    }

    fn first(&self) -> Vec<u8> {
        if !self.is(SPNEGO) {
            return self.ap_req();
        }
        let alone = self.is(LIST_FIRST) || self.is(SECOND);
        let token = (!alone).then(|| self.ap_req());
        let list = NegTokenInit {
            mech_types: MechTypeList::from_der(&self.mech_types).ok(),
            mech_token: token.as_deref(),
            mech_list_mic: None,
        };
        frame(Mechanism::Spnego.oid(), &list.to_der())
    }

    fn token(&mut self, kind: u8, octets: &[u8]) -> Vec<u8> {
        let (ap_rep, mic) = match kind {
            AP_REP => (Some(self.ap_rep(octets)), None),
            MIC => (None, Some(self.mic(octets))),
            AP_REQ => (Some(self.ap_req()), None),
            BOTH => (Some(self.ap_rep(octets)), Some(self.mic(&[]))),
            _ => return octets.to_vec(),
        };
        if !self.is(SPNEGO) {
            return ap_rep.unwrap_or_default();
        }
        let answer = NegTokenResp {
            response_token: ap_rep.as_deref(),
            mech_list_mic: mic.as_deref(),
            ..NegTokenResp::default()
        };
        answer.to_der()
    }

    /// The client's AP-REP (RFC 4757 §7.1): good if it repeats our number and proposes no key.
    fn ap_rep(&mut self, plaintext: &[u8]) -> Vec<u8> {
        let part = reencodes::<EncApRepPart<'_>>(&shapes::ENC_AP_REP_PART, plaintext);
        let part = part.or_else(|| EncApRepPart::from_padded_der(plaintext).ok());
        self.answered = part.is_some_and(|part| {
            part.subkey.is_none() && part.seq_number.is_some() && part.seq_number == self.number
        });
        let key = forge::session_key(self.enctype);
        let cipher = forge::seal(&key, KeyUsage::AP_REP, plaintext);
        let enc_part = forge::encrypted(&key, None, &cipher);
        ApRep { enc_part }.to_der()
    }

    /// The MIC of a client, with number and flags of the fuzzer's; without any, the one that is due.
    fn mic(&mut self, octets: &[u8]) -> Vec<u8> {
        if !self.enctype.is_cfx() {
            return octets.to_vec();
        }
        let ours = forge::subkey(self.enctype);
        let (due, key) = match &self.acceptors_subkey {
            Some(subkey) => (TokenFlags::ACCEPTOR_SUBKEY, subkey),
            None => (TokenFlags(0), &ours),
        };
        let (flags, number) = match octets.split_first_chunk() {
            Some(([flags], [number])) => (TokenFlags(*flags), u64::from(*number)),
            _ => (due, forge::SEQUENCE.into()),
        };
        let token = MicToken {
            flags,
            sequence: number,
            checksum: &[],
        };
        let mac = key.mac(KeyUsage::INITIATOR_SIGN);
        let checksum = mac.checksum(&[&self.mech_types, &token.header()]);
        self.signed = flags.contains(due) && !flags.contains(TokenFlags::SENT_BY_ACCEPTOR);
        let checksum = checksum.as_ref();
        MicToken { checksum, ..token }.encode()
    }

    fn send(&mut self, negotiation: Negotiation, token: &[u8]) -> Option<Negotiation> {
        match negotiation.step(token, forge::now()) {
            Ok(Step::Complete { context, reply }) => {
                reply.iter().for_each(|reply| reply::assert_readable(reply));
                self.assert_due(&context);
                self.accepted = true;
                None
            }
            Ok(Step::Continue { negotiation, reply }) => {
                reply::assert_readable(&reply);
                self.read(&reply);
                Some(negotiation)
            }
            Ok(_) => unreachable!("a third kind of step"),
            Err(rejection) => {
                reply::assert_sound(&rejection);
                None
            }
        }
    }

    /// Nobody ends a negotiation who has not sent what was due.
    fn assert_due(&self, context: &SecurityContext) {
        assert_eq!(context.identity().client(), &*forge::ALICE);
        assert!(self.answered || !self.is(DCE_STYLE), "no third leg");
        let signs = self.is(SPNEGO) && self.is(SECOND);
        assert!(self.signed || !signs || !self.enctype.is_cfx(), "no MIC");
    }

    /// What a client learns of the acceptor's AP-REP.
    fn read(&mut self, reply: &[u8]) {
        let answer = NegTokenResp::from_der(reply).ok();
        let token = answer.and_then(|answer| answer.response_token);
        let token = token.unwrap_or(reply);
        let framed = InitialContextToken::decode(token).ok();
        let framed = framed.and_then(|framed| split_token_id(framed.inner).ok());
        let Ok(message) = ApRep::from_der(framed.map_or(token, |(_, message)| message)) else {
            return;
        };
        let mut cipher = message.enc_part.cipher.to_vec();
        let key = forge::session_key(self.enctype);
        assert_eq!(message.enc_part.etype, EtypeNumber(self.enctype.number()));
        let opened = key.open(KeyUsage::AP_REP, &mut cipher).expect("our key");
        let part = EncApRepPart::from_padded_der(opened).expect("an AP-REP");
        self.number = part.seq_number;
        self.acceptors_subkey = part.subkey.and_then(|subkey| {
            let enctype = Enctype::try_from(subkey.keytype.0).ok()?;
            Key::new(enctype, subkey.keyvalue).ok()
        });
    }
}

/// What the acceptor wants of a client that begins so, for each encryption type.
#[must_use]
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let shapes = [
        ("one-leg", 0, vec![]),
        ("dce-style", DCE_STYLE, vec![AP_REP]),
        ("spnego-dce-style", SPNEGO | DCE_STYLE, vec![AP_REP]),
        ("list-first", SPNEGO | LIST_FIRST | MUTUAL, vec![AP_REQ]),
        ("second", SPNEGO | SECOND | MUTUAL, vec![AP_REQ, MIC]),
        (
            "second-dce-style",
            SPNEGO | SECOND | DCE_STYLE,
            vec![AP_REQ, BOTH],
        ),
    ];
    let mut seeds = Vec::new();
    for (choice, enctype) in (0..).zip(forge::ENCTYPES) {
        let third_leg = third_leg(enctype);
        for (name, shape, kinds) in &shapes {
            let messages = kinds.iter().map(|kind| match *kind {
                AP_REP | BOTH => [&[*kind], third_leg.as_slice()].concat(),
                _ => vec![*kind],
            });
            let input = [vec![choice, *shape], join(messages)].concat();
            seeds.push((format!("{name}-{}", enctype.number()), input));
        }
    }
    seeds
}

/// The EncAPRepPart that answers the acceptor's.
fn third_leg(enctype: Enctype) -> Vec<u8> {
    let mut client = Client::new(enctype, DCE_STYLE);
    let _ = client.send(forge::ACCEPTOR.begin(), &client.first());
    EncApRepPart {
        ctime: forge::kerberos_now(),
        cusec: Microseconds::default(),
        subkey: None,
        seq_number: client.number,
    }
    .to_der()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_of_an_enctype_whose_mics_are_made_here_is_accepted() {
        for (name, seed) in seeds() {
            let signed = name.starts_with("second");
            let expected = forge::enctype(seed[0]).is_cfx() || !signed;
            assert_eq!(is_accepted(&seed), expected, "{name}");
        }
    }
}
