//! [`Unrecorded`] and [`ProvenClient`]: all is shown but that this authenticator is new; and then
//! that, too.

use super::authenticator::Evidence;
use super::gss_checksum::Bound;
use crate::error::{AuthenticatorError, Error};
use crate::identity::{Carrier, Identity};
use crate::replay::{Freshness, ReplayTag};
use crate::rules::Rules;
use crate::tickets::{KnownTicket, KnownTickets, Place, TicketFacts};
use portcullis_crypto::{Enctype, Key};
use portcullis_formats::gss::ContextFlags;
use portcullis_formats::messages::{ApOptions, KerberosTime, Microseconds};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::EtypeNumber;
use std::sync::Arc;

/// The PAC, if there is one that counts, is the KDC's and was made for this ticket.
pub(super) struct AttestedClient<'p> {
    bound: Bound<'p>,
    facts: Arc<TicketFacts>,
}

/// All is shown but that this authenticator is new. Only [`Unrecorded::settle`] leads on.
pub(crate) struct Unrecorded {
    client: Client,
    tag: ReplayTag,
    /// The ticket may be used from anywhere.
    anywhere: bool,
    /// What to know of the ticket from now on.
    entry: Option<(Place, Arc<KnownTicket>)>,
}

/// A client that has shown everything: AP-REP, context and identity are made from it alone.
pub(crate) struct ProvenClient(Client);

/// What answers and contexts are made of.
pub(crate) struct Client {
    pub(crate) identity: Identity,
    pub(crate) session_key: Key,
    /// If the ticket came before: the session key, ready to seal an AP-REP.
    pub(crate) known_ticket: Option<Arc<KnownTicket>>,
    pub(crate) subkey: Option<Key>,
    pub(crate) ctime: KerberosTime,
    pub(crate) cusec: Microseconds,
    pub(crate) sequence: u32,
    /// Whether an AP-REP is due.
    pub(crate) mutual: bool,
    /// The encryption type of the subkey that we shall propose, if any.
    pub(crate) our_enctype: Option<Enctype>,
}

impl<'p> AttestedClient<'p> {
    /// For [`super::attestation::AuthorizedClient::attested`] alone.
    pub(super) const fn new(bound: Bound<'p>, facts: Arc<TicketFacts>) -> Self {
        Self { bound, facts }
    }

    /// Leaves the borrowed plaintext behind: the replay cache may have to be awaited.
    pub(super) fn unrecorded(self, carrier: Carrier, rules: &Rules) -> Result<Unrecorded, Error> {
        let our_enctype = our_enctype(&self.bound, rules);
        let Bound {
            evidence,
            subkey,
            flags,
            channel_bound,
            delegated,
            ..
        } = self.bound;
        let Evidence {
            open,
            authenticator,
        } = evidence;
        let sealed = &open.request.authenticator;
        let tag_length = open.session_key.enctype().checksum_length();
        let Some(tag) = ReplayTag::of_tail(sealed.cipher, tag_length) else {
            return Err(AuthenticatorError::Integrity.into());
        };
        let mutual_bit = open.request.ap_options.contains(ApOptions::MUTUAL_REQUIRED);
        let mutual = mutual_bit
            || flags.contains(ContextFlags::MUTUAL)
            || flags.contains(ContextFlags::DCE_STYLE);
        let identity = Identity {
            ticket: self.facts,
            carrier,
            subkey_etype: authenticator.subkey.map(|key| key.keytype),
            flags,
            channel_bound,
            delegated,
        };
        let client = Client {
            identity,
            session_key: open.session_key.clone(),
            known_ticket: None,
            subkey,
            ctime: authenticator.ctime,
            cusec: authenticator.cusec,
            sequence: authenticator.seq_number.unwrap_or(0),
            mutual,
            our_enctype,
        };
        let anywhere = open.addresses().is_none();
        Ok(Unrecorded {
            client,
            tag,
            anywhere,
            entry: None,
        })
    }
}

impl Unrecorded {
    /// For [`super::sighting::Sighting::remember`] alone.
    pub(super) fn set_known_ticket(&mut self, known: Arc<KnownTicket>) {
        self.client.known_ticket = Some(known);
    }

    /// For [`super::sighting::Sighting::remember`] alone.
    pub(super) fn set_entry(&mut self, place: Place, known: Option<Arc<KnownTicket>>) {
        self.entry = known.map(|known| (place, known));
    }

    /// What stays of the ticket and its session key, if the ticket may be used from anywhere.
    pub(super) fn of_ticket(&self) -> Option<(Arc<TicketFacts>, Key)> {
        let Client {
            identity,
            session_key,
            ..
        } = &self.client;
        self.anywhere
            .then(|| (identity.ticket.clone(), session_key.clone()))
    }

    /// The session key and the subkey, which are wiped here; [`Unrecorded::with_keys`] takes them back.
    pub(crate) fn take_keys(&mut self) -> (Key, Option<Key>) {
        let Client {
            session_key,
            subkey,
            ..
        } = &mut self.client;
        (session_key.take(), subkey.as_mut().map(Key::take))
    }

    /// What [`Unrecorded::take_keys`] took.
    pub(crate) fn with_keys(mut self, (session_key, subkey): (Key, Option<Key>)) -> Self {
        self.client.session_key = session_key;
        self.client.subkey = subkey;
        self
    }

    /// What the client asked of the context.
    pub(crate) const fn flags(&self) -> ContextFlags {
        self.client.identity.flags()
    }

    pub(crate) fn service(&self) -> &Principal {
        self.client.identity.service()
    }

    pub(crate) const fn tag(&self) -> &ReplayTag {
        &self.tag
    }

    /// The first second in which the authenticator can no longer pass the check of its time.
    pub(crate) const fn expires(&self, skew: i64) -> KerberosTime {
        let last = self.client.ctime.as_unix().saturating_add(skew);
        KerberosTime::from_unix(last.saturating_add(1))
    }

    /// RFC 4120 §3.2.3: an authenticator that was here before is refused. Of one that is new, the
    /// ticket is entered: replays move nothing in the memory.
    pub(crate) fn settle(
        self,
        verdict: Freshness,
        tickets: &KnownTickets,
        now: KerberosTime,
    ) -> Result<ProvenClient, Error> {
        match verdict {
            Freshness::Fresh => {
                if let Some((place, known)) = self.entry {
                    tickets.enter(place, known, now);
                }
                Ok(ProvenClient(self.client))
            }
            Freshness::Replayed => Err(Error::Replayed {
                client: Box::new(self.client.identity.client().clone()),
                stamped: self.client.ctime,
            }),
        }
    }
}

impl ProvenClient {
    pub(crate) fn into_parts(self) -> Client {
        self.0
    }
}

/// RFC 4537 §3 and RFC 4121 §2: the best permitted type among those that the client lists and
/// those of the keys that it has used. A client of RC4 or DES3 gets a subkey only if that lifts it
/// to tokens of RFC 4121.
fn our_enctype(bound: &Bound<'_>, rules: &Rules) -> Option<Enctype> {
    let session = bound.evidence.open.session_key.enctype();
    let subkey = bound.subkey.as_ref().map(Key::enctype);
    let listed = |enctype: Enctype| {
        let number = EtypeNumber(enctype.number());
        bound
            .hints
            .etypes
            .is_some_and(|list| list.iter().any(|etype| etype == number))
    };
    let best = rules
        .enctypes
        .best_of(|enctype| enctype == session || subkey == Some(enctype) || listed(enctype))?;
    let context = subkey.unwrap_or(session);
    // DCE style always gets one ([MS-KILE] §3.4.5.1): the client's third leg has none, and so our
    // own AP-REP, sent back to us, cannot pass for it.
    let dce_style = bound.flags.contains(ContextFlags::DCE_STYLE);
    (dce_style || context.is_cfx() || best.is_cfx()).then_some(best)
}
