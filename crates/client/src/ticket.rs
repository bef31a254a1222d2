//! [`ClientTicket`]: a ticket and what its holder knows about it.

use core::fmt;
use portcullis::{Enctype, Principal};
use portcullis_crypto::Key;
use portcullis_formats::ccache::Credential;
use portcullis_formats::messages::{KerberosTime, TicketFlags};
use portcullis_formats::registry::EtypeNumber;

/// A ticket and what its holder knows about it.
#[derive(Clone)]
#[non_exhaustive]
pub struct ClientTicket {
    /// Whose it is.
    pub client: Principal,
    /// What it is for.
    pub service: Principal,
    /// The ticket itself, in DER.
    pub ticket: Vec<u8>,
    /// Proves that it is the client's.
    pub session_key: Key,
    /// What may be done with it.
    pub flags: TicketFlags,
    /// When the client proved itself to the KDC.
    pub authtime: KerberosTime,
    /// From when on it counts.
    pub starttime: KerberosTime,
    /// Until when.
    pub endtime: KerberosTime,
    /// Until when it can be renewed.
    pub renew_till: Option<KerberosTime>,
    /// It is sealed with the session key of another's ticket.
    pub is_user_to_user: bool,
}

impl ClientTicket {
    /// What an entry of a credential cache says, unless it is configuration or of an encryption
    /// type that nobody here knows.
    pub(crate) fn of(credential: &Credential<'_>) -> Option<Self> {
        let enctype = Enctype::try_from(credential.etype.0).ok()?;
        let time = |seconds: u32| KerberosTime::from_unix(seconds.into());
        let session_key = Key::new(enctype, credential.key).ok()?;
        (!credential.is_config()).then(|| Self {
            client: credential.client.clone(),
            service: credential.server.clone(),
            ticket: credential.ticket.to_vec(),
            session_key,
            flags: credential.ticket_flags,
            authtime: time(credential.authtime),
            starttime: time(credential.starttime),
            endtime: time(credential.endtime),
            renew_till: (credential.renew_till != 0).then(|| time(credential.renew_till)),
            is_user_to_user: credential.is_skey,
        })
    }

    /// The entry of a credential cache.
    pub(crate) fn credential(&self) -> Credential<'_> {
        let seconds = |time: KerberosTime| u32::try_from(time.as_unix()).unwrap_or(u32::MAX);
        Credential {
            client: self.client.clone(),
            server: self.service.clone(),
            etype: EtypeNumber(self.session_key.enctype().number()),
            key: self.session_key.expose_octets(),
            authtime: seconds(self.authtime),
            starttime: seconds(self.starttime),
            endtime: seconds(self.endtime),
            renew_till: self.renew_till.map_or(0, seconds),
            is_skey: self.is_user_to_user,
            ticket_flags: self.flags,
            addresses: Vec::new(),
            authdata: Vec::new(),
            ticket: &self.ticket,
            second_ticket: &[],
        }
    }
}

/// Does not print the key.
impl fmt::Debug for ClientTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTicket")
            .field("client", &self.client)
            .field("service", &self.service)
            .field("endtime", &self.endtime)
            .finish_non_exhaustive()
    }
}
