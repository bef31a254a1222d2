//! Hot path. RFC 4120 §3.2.3, receipt of an AP-REQ, as one expression.
//!
//! Each check consumes what the one before it made, and each of the types has one way in: the
//! method that did the check. So the compiler keeps the order, and nothing that was not proven can
//! be mistaken for what was. The order names the refusal when two faults coincide; the replay
//! record comes last, after everything that a client can get wrong and before anything is granted.

mod address;
mod attestation;
mod authenticator;
mod authorization_data;
mod claim;
mod delegation;
mod gss_checksum;
mod policy;
mod service_key;
mod sighting;
mod ticket;
mod times;

pub(crate) use claim::{Client, ProvenClient, Unrecorded};

use crate::error::Error;
use crate::identity::Carrier;
use crate::peer::Peer;
use crate::rules::Rules;
use crate::settings::Settings;
use portcullis_formats::messages::{ApReq, KerberosTime};
use sighting::Sighting;
use ticket::{AuthenticatorScratch, OpenTicket};

/// All checks but the replay record, which may have to be awaited.
pub(crate) fn verify(
    request: &ApReq<'_>,
    settings: &Settings,
    peer: &Peer,
    carrier: Carrier,
    now: KerberosTime,
) -> Result<Unrecorded, Error> {
    let sighting = Sighting::of(request, settings, peer)?; // it was sealed with our key
    let mut claimed = claimed(request, &sighting, peer, carrier, now, &settings.rules);
    if let Ok(claim) = &mut claimed {
        sighting.remember(&request.ticket, claim, settings);
    }
    claimed
}

/// What is read stays where it is, the large results of reading too; what is shown of it travels.
fn claimed(
    request: &ApReq<'_>,
    sighting: &Sighting<'_>,
    peer: &Peer,
    carrier: Carrier,
    now: KerberosTime,
    rules: &Rules,
) -> Result<Unrecorded, Error> {
    let ticket = OpenTicket::read(request, sighting);
    let ticket = match ticket {
        Ok(ref ticket) => ticket,
        Err(error) => return Err(error),
    };
    let mut plaintext = AuthenticatorScratch::new();
    let authenticator = ticket.open_authenticator(&mut plaintext);
    let authenticator = match authenticator {
        Ok(ref authenticator) => authenticator, // the sender holds the ticket's session key
        Err(error) => return Err(error),
    };
    authenticator
        .same_client()? // MatchedClient: cname and crealm
        .at_address(peer)? // LocatedClient
        .timely_at(now, rules)? // TimelyClient: times, skew, INVALID
        .permitted(rules)? // PermittedClient: enctypes, path of realms, anonymity
        .bound_to(peer, carrier, rules)? // BoundClient: checksum, channel, delegation
        .authorized(rules)? // AuthorizedClient: nothing critical is left unread
        .attested(rules)? // AttestedClient: the PAC is the KDC's, and this ticket's
        .unrecorded(carrier, rules) // and now the replay cache is asked
}
