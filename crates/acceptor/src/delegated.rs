//! [`DelegatedCredential`]: a ticket of the client's, lent to us.

use core::fmt;
use portcullis_formats::ccache::{CcacheWriter, Credential};
use portcullis_formats::messages::{KerberosTime, KrbCredInfo, TicketFlags};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::EtypeNumber;
use zeroize::Zeroizing;

/// A ticket that the client delegated, most often its ticket-granting ticket, with its key.
///
/// Whoever holds it acts as the client. The key is wiped when it is dropped and never printed.
#[derive(Clone)]
pub struct DelegatedCredential {
    client: Principal,
    service: Principal,
    etype: EtypeNumber,
    key: Zeroizing<Vec<u8>>,
    flags: TicketFlags,
    times: Times,
    ticket: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Times {
    auth: KerberosTime,
    start: KerberosTime,
    end: KerberosTime,
    renew_till: KerberosTime,
}

impl DelegatedCredential {
    /// The credential of `ticket`, which is DER, as `info` describes it; `None` when that lacks a
    /// name.
    pub(crate) fn new(ticket: &[u8], info: &KrbCredInfo<'_>) -> Option<Self> {
        let zero = KerberosTime::from_unix(0);
        Some(Self {
            client: Principal::from_wire(info.prealm?, info.pname?).ok()?,
            service: Principal::from_wire(info.srealm?, info.sname?).ok()?,
            etype: info.key.keytype,
            key: Zeroizing::new(info.key.keyvalue.to_vec()),
            flags: info.flags.unwrap_or(TicketFlags(0)),
            times: Times {
                auth: info.authtime.unwrap_or(zero),
                start: info.starttime.or(info.authtime).unwrap_or(zero),
                end: info.endtime.unwrap_or(zero),
                renew_till: info.renew_till.unwrap_or(zero),
            },
            ticket: ticket.to_vec(),
        })
    }

    /// Whose ticket it is, by the client's account.
    #[must_use]
    pub const fn client(&self) -> &Principal {
        &self.client
    }

    /// What the ticket is for: `krbtgt/REALM@REALM` for a ticket-granting ticket.
    #[must_use]
    pub const fn service(&self) -> &Principal {
        &self.service
    }

    /// The ticket's flags, by the client's account.
    #[must_use]
    pub const fn flags(&self) -> TicketFlags {
        self.flags
    }

    /// Until when the ticket counts, by the client's account; 1970 if it says nothing.
    #[must_use]
    pub const fn endtime(&self) -> KerberosTime {
        self.times.end
    }

    /// The credential as a credential cache, version 4, for `KRB5CCNAME`: wiped when dropped.
    /// `None` when a part of it is too long for the format.
    #[must_use]
    pub fn to_ccache(&self) -> Option<Zeroizing<Vec<u8>>> {
        let names = [&self.client, &self.service];
        let longest_name = names.map(|name| name.to_text().len().saturating_mul(2));
        let capacity = longest_name.iter().sum::<usize>().saturating_mul(2);
        let capacity = capacity
            .saturating_add(self.key.len())
            .saturating_add(self.ticket.len())
            .saturating_add(1024);
        let mut cache = CcacheWriter::new(&self.client, None, capacity).ok()?;
        cache
            .add(&Credential {
                client: self.client.clone(),
                server: self.service.clone(),
                etype: self.etype,
                key: &self.key,
                authtime: seconds(self.times.auth),
                starttime: seconds(self.times.start),
                endtime: seconds(self.times.end),
                renew_till: seconds(self.times.renew_till),
                is_skey: false,
                ticket_flags: self.flags,
                addresses: Vec::new(),
                authdata: Vec::new(),
                ticket: &self.ticket,
                second_ticket: &[],
            })
            .ok()?;
        Some(Zeroizing::new(cache.into_vec()))
    }
}

/// Seconds since 1970 in the 32 bits of the format, which end in 2106.
fn seconds(time: KerberosTime) -> u32 {
    u32::try_from(time.as_unix().max(0)).unwrap_or(u32::MAX)
}

impl fmt::Debug for DelegatedCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DelegatedCredential")
            .field("client", &self.client)
            .field("service", &self.service)
            .field("flags", &self.flags)
            .field("endtime", &self.times.end)
            .finish_non_exhaustive()
    }
}
