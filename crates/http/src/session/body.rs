//! What is under the seal of a cookie: a user, in numbers and counted strings.
//!
//! Seconds since 1970 at which it ends (8 octets), the session's id (16), then the user's name; its
//! full name, which may be empty; the client's realm; its components; groups; indicators. A string is its length in two octets and
//! itself, a list its length in two octets and its strings. Numbers have the high octet first.

use crate::user::{Facts, Login, SessionId};
use core::time::Duration;
use portcullis::Principal;
use std::time::UNIX_EPOCH;

/// `None` if something is too long to be counted, or there is no session.
pub(super) fn encode(facts: &Facts) -> Option<Vec<u8>> {
    let expires = facts.expires.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let mut body = expires.to_be_bytes().to_vec();
    body.extend(facts.session?.0);
    string(&mut body, facts.name.as_bytes())?;
    let full_name = facts.full_name.as_deref().unwrap_or_default();
    string(&mut body, full_name.as_bytes())?;
    string(&mut body, facts.client.realm().0)?;
    list(&mut body, facts.client.components())?;
    list(&mut body, facts.groups.iter().map(String::as_bytes))?;
    list(&mut body, facts.indicators.iter().map(String::as_bytes))?;
    Some(body)
}

/// `None` if it is anything else than what [`encode`] gives.
pub(super) fn decode(body: &[u8], login: Login) -> Option<Facts> {
    let (seconds, rest) = body.split_first_chunk()?;
    let (id, rest) = rest.split_first_chunk()?;
    let mut reader = Reader(rest);
    let name = reader.text()?;
    let full_name = Some(reader.text()?).filter(|text| !text.is_empty());
    let realm = reader.string()?;
    let client = Principal::new(realm, reader.list()?).ok()?;
    let groups = reader.texts()?;
    let indicators = reader.texts()?;
    let seconds = Duration::from_secs(u64::from_be_bytes(*seconds));
    reader.0.is_empty().then_some(Facts {
        name,
        full_name,
        client,
        groups,
        indicators,
        expires: UNIX_EPOCH.checked_add(seconds)?,
        login,
        session: Some(SessionId(*id)),
    })
}

fn string(body: &mut Vec<u8>, octets: &[u8]) -> Option<()> {
    body.extend(u16::try_from(octets.len()).ok()?.to_be_bytes());
    body.extend(octets);
    Some(())
}

fn list<'s>(body: &mut Vec<u8>, strings: impl Iterator<Item = &'s [u8]>) -> Option<()> {
    let strings: Vec<&[u8]> = strings.collect();
    body.extend(u16::try_from(strings.len()).ok()?.to_be_bytes());
    strings.into_iter().try_for_each(|one| string(body, one))
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn number(&mut self) -> Option<usize> {
        let (octets, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(usize::from(u16::from_be_bytes(*octets)))
    }

    fn string(&mut self) -> Option<&'b [u8]> {
        let length = self.number()?;
        let (octets, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(octets)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.string()?.to_vec()).ok()
    }

    fn list(&mut self) -> Option<Vec<&'b [u8]>> {
        (0..self.number()?).map(|_| self.string()).collect()
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        (0..self.number()?).map(|_| self.text()).collect()
    }
}
