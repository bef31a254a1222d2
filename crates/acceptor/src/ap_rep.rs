//! Our answer and our half of the session key: the AP-REP (RFC 4120 §3.2.4, §5.5.2).

use crate::ap_req::{Client, ProvenClient};
use crate::context::{ContextKeys, FirstNumbers, SecurityContext};
use crate::cover::Cover;
use crate::entropy::Entropy;
use crate::error::Error;
use portcullis_crypto::{Key, KeyUsage, Wiped};
use portcullis_formats::der::{Encode, Writer};
use portcullis_formats::gss::TokenId;
use portcullis_formats::messages::{ApRep, EncApRepPart, EncryptedData, EncryptionKey};
use portcullis_formats::registry::EtypeNumber;
use std::sync::Arc;

/// No EncAPRepPart is longer, so the writer never moves the subkey and leaves a copy behind.
const LONGEST_PART: usize = 256;
/// What an AP-REP in its cover has around its ciphertext, and a little more.
const HEADERS: usize = 128;
/// Where a ciphertext will be; none is longer.
const NOT_YET_SEALED: [u8; LONGEST_PART + 64] = [0; LONGEST_PART + 64];
/// The octets of a seed, a confounder and a sequence number.
const RANDOM: usize = 52;
/// Old peers take sequence numbers for signed and add to them; MIT krb5 stays below this, too.
const SEQUENCE_MASK: u32 = 0x3fff_ffff;

/// What a proven client leads to.
pub(crate) struct Answer {
    pub(crate) context: SecurityContext,
    /// If one is due.
    pub(crate) ap_rep: Option<Vec<u8>>,
    /// The ticket's session key, which the third leg of DCE style is sealed with, too.
    pub(crate) session_key: Key,
}

/// The context with a proven client, and the AP-REP if one is due. `remembered` is how many
/// sequence numbers behind the latest the context keeps, `cover` what the AP-REP is sent in.
pub(crate) fn answer(
    client: ProvenClient,
    entropy: &Arc<dyn Entropy>,
    remembered: u32,
    cover: &Cover<'_>,
) -> Result<Answer, Error> {
    let client = client.into_parts();
    if !client.mutual {
        return Ok(unanswered(client, entropy, remembered));
    }
    let mut octets = Wiped::new([0; RANDOM]);
    let random = Random::draw(&**entropy, &mut octets)?;
    let our_subkey = client
        .our_enctype
        .map(|enctype| Key::from_random(enctype, random.seed));
    // RFC 4121 §2: a peer of RC4 or DES3 gets its own subkey back.
    let proposed = our_subkey.as_ref().or(client.subkey.as_ref());
    let part = EncApRepPart {
        ctime: client.ctime,
        cusec: client.cusec,
        subkey: proposed.map(|key| EncryptionKey {
            keytype: EtypeNumber(key.enctype().number()),
            keyvalue: key.expose_octets(),
        }),
        seq_number: Some(random.sequence),
    };
    let ap_rep = Some(seal(&part, &client, random.confounder, cover));
    let Client {
        identity,
        session_key,
        subkey,
        sequence,
        ..
    } = client;
    let keys = ContextKeys::of_initiator(subkey.unwrap_or_else(|| session_key.clone()))
        .with_acceptor_subkey(our_subkey);
    let first = FirstNumbers {
        ours: random.sequence,
        theirs: sequence,
    };
    let context = SecurityContext::new(identity, keys, entropy.clone(), &first, remembered);
    Ok(Answer {
        context,
        ap_rep,
        session_key,
    })
}

/// RFC 1964 §1.1.1: without an AP-REP both directions begin with the initiator's number.
fn unanswered(client: Client, entropy: &Arc<dyn Entropy>, remembered: u32) -> Answer {
    let Client {
        identity,
        session_key,
        subkey,
        sequence,
        ..
    } = client;
    let keys = ContextKeys::of_initiator(subkey.unwrap_or_else(|| session_key.clone()));
    let first = FirstNumbers {
        ours: sequence,
        theirs: sequence,
    };
    let context = SecurityContext::new(identity, keys, entropy.clone(), &first, remembered);
    Answer {
        context,
        ap_rep: None,
        session_key,
    }
}

/// The AP-REP, written once: everything around the ciphertext, which comes last, and then that.
fn seal(
    part: &EncApRepPart<'_>,
    client: &Client,
    confounder: &[u8; 16],
    cover: &Cover<'_>,
) -> Vec<u8> {
    let session_key = &client.session_key;
    let mut plaintext = Writer::with_capacity(LONGEST_PART);
    part.encode(&mut plaintext);
    let plaintext = Wiped::new(plaintext.into_vec());
    let sealed = session_key.enctype().sealed_length(plaintext.len());
    let enc_part = EncryptedData {
        etype: EtypeNumber(session_key.enctype().number()),
        kvno: None,
        cipher: NOT_YET_SEALED.get(..sealed).unwrap_or(&NOT_YET_SEALED),
    };
    let mut output = Writer::with_capacity(sealed.saturating_add(HEADERS));
    cover.encode_around(TokenId::AP_REP, &ApRep { enc_part }, &mut output);
    let mut token = output.into_vec();
    token.truncate(token.len().saturating_sub(sealed));
    match &client.known_ticket {
        Some(known) => known.ap_rep.seal(confounder, &[&plaintext], &mut token),
        None => session_key.seal(KeyUsage::AP_REP, confounder, &[&plaintext], &mut token),
    }
    token
}

/// All the randomness of one answer.
struct Random<'r> {
    seed: &'r [u8; 32],
    confounder: &'r [u8; 16],
    sequence: u32,
}

impl<'r> Random<'r> {
    /// It stays where it is drawn to.
    fn draw(entropy: &dyn Entropy, octets: &'r mut [u8; RANDOM]) -> Result<Self, Error> {
        entropy.fill(octets)?;
        let split = || {
            let (seed, rest) = octets.split_first_chunk()?;
            let (confounder, rest) = rest.split_first_chunk()?;
            Some((seed, confounder, rest.first_chunk()?))
        };
        let Some((seed, confounder, sequence)) = split() else {
            return Err(Error::Entropy);
        };
        let sequence = u32::from_be_bytes(*sequence) & SEQUENCE_MASK;
        Ok(Self {
            seed,
            confounder,
            sequence: sequence.max(1),
        })
    }
}
