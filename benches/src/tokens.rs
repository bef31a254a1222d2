//! [`Tokens`]: as many logins as are wanted, no authenticator twice.

use crate::Exchange;
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{Mechanism, TokenId, frame};
use portcullis_formats::messages::{
    ApReq, Authenticator, EncryptedData, KerberosTime, Microseconds,
};
use portcullis_formats::spnego::{MechTypeList, NegTokenInit, encode_mech_types};
use std::time::{SystemTime, UNIX_EPOCH};

/// What is around the AP-REQ.
#[derive(Clone, Copy, Debug)]
pub enum Envelope {
    /// The frame of GSS-API.
    Gss,
    /// SPNEGO around that, Kerberos first in the list.
    Spnego,
}

/// Which ticket a token has.
#[derive(Clone, Copy, Debug)]
pub enum TicketUse {
    /// One that was not seen before.
    First,
    /// Always the same.
    Repeated,
}

/// Tokens of the client of an [`Exchange`].
#[derive(Debug)]
pub struct Tokens<'e> {
    exchange: &'e Exchange,
    envelope: Envelope,
    ticket_use: TicketUse,
    made: u32,
    clock: Option<KerberosTime>,
}

impl<'e> Tokens<'e> {
    /// Begins anew: two of these make the same tokens.
    #[must_use]
    pub const fn new(exchange: &'e Exchange, envelope: Envelope, ticket_use: TicketUse) -> Self {
        Self {
            exchange,
            envelope,
            ticket_use,
            made: 0,
            clock: None,
        }
    }

    /// As if `made` tokens had been made before, with the client's clock at `now`: no authenticator
    /// of one number and one second is like another.
    #[must_use]
    pub fn go_on(self, made: u32, now: SystemTime) -> Self {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
        let clock = Some(KerberosTime::from_unix(seconds));
        Self {
            made,
            clock,
            ..self
        }
    }

    /// The next token.
    ///
    /// # Panics
    /// When the exchange is not what it should be.
    pub fn make(&mut self) -> Vec<u8> {
        self.made += 1;
        let mut confounder = [0; 16];
        confounder[..4].copy_from_slice(&self.made.to_be_bytes());
        let request = ApReq::from_der(&self.exchange.request).expect("good DER");
        let (ticket, authenticator) = (self.ticket(confounder), self.authenticator(confounder));
        let with = |sealed: EncryptedData<'_>, cipher| EncryptedData { cipher, ..sealed };
        let mut again = ApReq {
            authenticator: with(request.authenticator, &authenticator),
            ..request
        };
        if matches!(self.ticket_use, TicketUse::First) {
            again.ticket.enc_part = with(request.ticket.enc_part, &ticket);
        }
        self.enclosed(&again.to_der())
    }

    fn ticket(&self, confounder: [u8; 16]) -> Vec<u8> {
        let (key, mut cipher) = (&self.exchange.service_key, Vec::new());
        key.seal(
            KeyUsage::TICKET,
            &confounder,
            &[&self.exchange.ticket],
            &mut cipher,
        );
        cipher
    }

    fn authenticator(&self, confounder: [u8; 16]) -> Vec<u8> {
        let said = Authenticator::from_der(&self.exchange.authenticator).expect("good DER");
        let cusec = Microseconds::new(self.made % 1_000_000).unwrap_or_default();
        let ctime = self.clock.unwrap_or(said.ctime);
        let plaintext = Authenticator {
            ctime,
            cusec,
            ..said
        }
        .to_der();
        let (key, mut cipher) = (&self.exchange.session_key, Vec::new());
        key.seal(
            KeyUsage::AP_REQ_AUTHENTICATOR,
            &confounder,
            &[&plaintext],
            &mut cipher,
        );
        cipher
    }

    fn enclosed(&self, request: &[u8]) -> Vec<u8> {
        let TokenId(id) = TokenId::AP_REQ;
        let token = frame(Mechanism::Krb5.oid(), &[&id, request].concat());
        let list = encode_mech_types([Mechanism::Krb5.oid(), Mechanism::Ntlm.oid()]);
        match self.envelope {
            Envelope::Gss => token,
            Envelope::Spnego => {
                let init = NegTokenInit {
                    mech_types: MechTypeList::from_der(&list).ok(),
                    mech_token: Some(&token),
                    mech_list_mic: None,
                };
                frame(Mechanism::Spnego.oid(), &init.to_der())
            }
        }
    }
}
