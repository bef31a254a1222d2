//! [`Floor`]: what an accept costs at least. The octets of a login go through RustCrypto's
//! primitives, with everything prepared that depends on the service's key alone: ticket and
//! authenticator are opened, the server's signature of the PAC is verified, an AP-REP is sealed.
//! Nothing is decoded, looked at, recorded or allocated.

mod sealing;
mod sha1_profile;
mod sha2_profile;

pub use sealing::FloorSealing;

use crate::Exchange;
use portcullis_crypto::Enctype;
use portcullis_formats::der::Decode;
use portcullis_formats::gss::InitialContextToken;
use portcullis_formats::messages::ApReq;

/// What an EncAPRepPart with a subkey of 256 bits has.
const AP_REP_PART: usize = 90;

/// The prepared state of one service key.
pub struct Floor {
    profile: Box<dyn Profile>,
    pac: Pac,
    session_key: Vec<u8>,
}

/// The octets of one login, to be used once.
#[derive(Clone)]
pub struct Login {
    ticket: Vec<u8>,
    authenticator: Vec<u8>,
    reply: Vec<u8>,
}

impl Login {
    /// Changes a bit of the ticket.
    pub fn spoil(&mut self) {
        if let Some(octet) = self.ticket.last_mut() {
            *octet ^= 1;
        }
    }
}

/// The PAC with its signatures zeroed, and the server's signature.
#[derive(Clone, Debug, Default)]
struct Pac {
    signed: Vec<u8>,
    signature: Vec<u8>,
}

/// What the enctypes differ in.
trait Profile {
    /// Whether all three verify.
    fn accept(&self, login: &mut Login, session_key: &[u8], pac: &Pac) -> bool;
}

impl Floor {
    /// For logins with the ticket of `exchange`.
    ///
    /// # Panics
    /// When its enctype is none of AES.
    #[must_use]
    pub fn new(exchange: &Exchange) -> Self {
        use sha1_profile::{Aes128Sha1, Aes256Sha1};
        use sha2_profile::{Aes128Sha256, Aes256Sha384};
        let key = exchange.service_key.expose_octets();
        let profile: Box<dyn Profile> = match exchange.service_key.enctype() {
            Enctype::Aes128CtsHmacSha1_96 => Box::new(Aes128Sha1::new(key)),
            Enctype::Aes256CtsHmacSha1_96 => Box::new(Aes256Sha1::new(key)),
            Enctype::Aes128CtsHmacSha256_128 => Box::new(Aes128Sha256::new(key)),
            Enctype::Aes256CtsHmacSha384_192 => Box::new(Aes256Sha384::new(key)),
            other => panic!("no floor for {other}"),
        };
        let pac = exchange
            .pac()
            .map(|(_, pac)| Pac::of(pac, exchange.service_key.enctype().checksum_length()));
        Self {
            profile,
            pac: pac.unwrap_or_default(),
            session_key: exchange.session_key.expose_octets().to_vec(),
        }
    }

    /// Takes a token in the frame of GSS-API apart.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn prepare(&self, token: &[u8]) -> Login {
        let frame = InitialContextToken::decode(token).expect("a framed token");
        let request = frame.inner.strip_prefix(&[1, 0]).expect("an AP-REQ");
        let request = ApReq::from_der(request).expect("good DER");
        Login {
            ticket: request.ticket.enc_part.cipher.to_vec(),
            authenticator: request.authenticator.cipher.to_vec(),
            reply: vec![0x5a; 16 + AP_REP_PART],
        }
    }

    /// Whether ticket, authenticator and PAC verify; the sealed AP-REP is in `login` afterwards.
    #[must_use]
    pub fn accept(&self, login: &mut Login) -> bool {
        self.profile.accept(login, &self.session_key, &self.pac)
    }
}

impl Pac {
    /// [MS-PAC] §2.8.1: both signatures are zero while the server's is made.
    fn of(pac: &[u8], length: usize) -> Self {
        let (mut signed, mut signature) = (pac.to_vec(), Vec::new());
        let word = |at: usize| {
            let octets = pac[at..at + 4].try_into().expect("four octets");
            usize::try_from(u32::from_le_bytes(octets)).expect("a short PAC")
        };
        for entry in (0..word(0)).map(|index| 8 + 16 * index) {
            let (kind, from) = (word(entry), word(entry + 8) + 4);
            if matches!(kind, 6 | 7) {
                signed[from..from + length].fill(0);
            }
            if kind == 6 {
                signature = pac[from..from + length].to_vec();
            }
        }
        Self { signed, signature }
    }
}
