//! A verdict for people.

use super::pac::PacFacts;
use super::verdict::{Key, Outcome, Refusal, Ticket, Verdict};
use core::fmt::{self, Display, Formatter};
use portcullis::formats::messages::{KerberosString, KerberosTime};
use portcullis::formats::registry::EtypeNumber;

/// Prints a verdict: a headline, then a line for each fact.
pub(super) struct Report<'a>(pub(super) &'a Verdict);

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(verdict) = self;
        match verdict.verdict {
            Outcome::Accepted => accepted(verdict, f)?,
            Outcome::Continue => writeln!(f, "continue: the peer owes another token")?,
            Outcome::Rejected => rejected(verdict.error.as_ref(), f)?,
        }
        line(f, "reply", verdict.reply.as_deref().unwrap_or("none"))
    }
}

fn line(f: &mut Formatter<'_>, name: &str, value: impl Display) -> fmt::Result {
    writeln!(f, "  {name:<13} {value}")
}

fn accepted(verdict: &Verdict, f: &mut Formatter<'_>) -> fmt::Result {
    writeln!(
        f,
        "accepted: {}",
        verdict.client.as_deref().unwrap_or_default()
    )?;
    match (&verdict.local_name, verdict.no_local_name) {
        (Some(name), _) => line(f, "local name", KerberosString(name.as_bytes()))?,
        (None, Some(reason)) => line(f, "local name", format_args!("none: {reason}"))?,
        (None, None) => {}
    }
    line(f, "service", verdict.service.as_deref().unwrap_or_default())?;
    if let Some(key) = &verdict.key {
        line(f, "key", key)?;
    }
    if let Some(enctype) = verdict.session_enctype {
        line(f, "session key", EtypeNumber(enctype))?;
    }
    match verdict.subkey_enctype {
        Some(enctype) => line(f, "subkey", EtypeNumber(enctype))?,
        None => line(f, "subkey", "none")?,
    }
    let (mechanism, framing) = (verdict.mechanism, verdict.framing);
    let came_as = format!(
        "{} in {}",
        mechanism.unwrap_or_default(),
        framing.unwrap_or_default()
    );
    line(f, "came as", came_as)?;
    line(
        f,
        "context flags",
        names(verdict.flags.as_deref().unwrap_or_default()),
    )?;
    if let Some(ticket) = &verdict.ticket {
        times_and_flags(ticket, f)?;
    }
    let bound = verdict.channel_bound == Some(true);
    line(f, "channel", if bound { "bound" } else { "not bound" })?;
    pac(verdict.pac.as_ref(), f)?;
    match &verdict.delegated {
        None => line(f, "delegated", "none"),
        Some(credential) => {
            let (client, service) = (&credential.client, &credential.service);
            let until = Date(credential.endtime);
            line(
                f,
                "delegated",
                format_args!("{service} of {client}, until {until}"),
            )
        }
    }
}

/// The groups one below the other, as there may be hundreds.
fn pac(facts: Option<&PacFacts>, f: &mut Formatter<'_>) -> fmt::Result {
    let Some(facts) = facts else {
        return line(f, "PAC", "none");
    };
    line(f, "PAC", "verified")?;
    for (name, value) in [
        ("account", &facts.account),
        ("UPN", &facts.upn),
        ("DNS domain", &facts.dns_domain),
        ("SID", &facts.user_sid),
    ] {
        if let Some(value) = value {
            line(f, name, KerberosString(value.as_bytes()))?;
        }
    }
    let mut name = "groups";
    for group in &facts.groups {
        line(f, name, group)?;
        name = "";
    }
    Ok(())
}

fn times_and_flags(ticket: &Ticket, f: &mut Formatter<'_>) -> fmt::Result {
    line(f, "authenticated", Date(ticket.authtime))?;
    line(f, "valid from", Date(ticket.starttime))?;
    line(f, "valid until", Date(ticket.endtime))?;
    line(f, "ticket flags", names(&ticket.flags))
}

fn rejected(refusal: Option<&Refusal>, f: &mut Formatter<'_>) -> fmt::Result {
    let Some(refusal) = refusal else {
        return writeln!(f, "rejected");
    };
    writeln!(f, "rejected: {}", refusal.message)?;
    line(f, "remedy", refusal.remedy)?;
    line(f, "blame", refusal.blame)?;
    line(f, "kind", refusal.kind)?;
    match (refusal.code, refusal.number) {
        (Some(code), Some(number)) => line(f, "code", format_args!("{code} ({number})")),
        (None, Some(number)) => line(f, "code", number),
        (_, None) => line(f, "code", "none"),
    }
}

fn names(flags: &[&str]) -> String {
    match flags {
        [] => "none".to_owned(),
        flags => flags.join(", "),
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            principal,
            kvno,
            enctype,
            selected,
        } = self;
        write!(
            f,
            "{principal} kvno {kvno} {}, {selected}",
            EtypeNumber(*enctype)
        )
    }
}

/// Seconds since 1970, printed as a date.
struct Date(i64);

impl Display for Date {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        KerberosTime::from_unix(self.0).fmt(f)
    }
}
