//! [`PacFacts`]: what a verified PAC says, in the shape of its JSON.

use portcullis::formats::pac::{ClaimValues, Claims};
use portcullis::pac::{GroupAttributes, Pac, PacText, SidAndAttributes};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Who the client is in Active Directory. The order of the fields is that of the JSON.
#[derive(Debug, Serialize)]
pub(super) struct PacFacts {
    /// Always: one that does not verify refuses the ticket.
    verified: bool,
    /// `None` when the KDC knows names alone, as MIT's by itself.
    pub(super) user_sid: Option<String>,
    /// Memberships that can grant something.
    pub(super) groups: Vec<String>,
    pub(super) upn: Option<String>,
    pub(super) dns_domain: Option<String>,
    pub(super) account: Option<String>,
    /// The types of its buffers, in its own order.
    buffers: Vec<u32>,
    /// What the directory claims of the client, by name; `None` when that cannot be read.
    claims: Option<BTreeMap<String, Vec<Value>>>,
}

impl From<&Pac> for PacFacts {
    fn from(pac: &Pac) -> Self {
        let groups = pac.groups().filter(grants);
        let buffers = pac.buffers().map(|buffer| buffer.buffer_type.0);
        Self {
            verified: true,
            user_sid: pac.user_sid().map(|sid| sid.to_string()),
            groups: groups.map(|group| group.sid.to_string()).collect(),
            upn: pac.upn().map(PacText::to_text),
            dns_domain: pac.dns_domain_name().map(PacText::to_text),
            account: pac.account_name().map(PacText::to_text),
            buffers: buffers.collect(),
            claims: pac.client_claims().ok().as_ref().map(by_name),
        }
    }
}

/// Claims of one name have their values in one list.
fn by_name(claims: &Claims<'_>) -> BTreeMap<String, Vec<Value>> {
    let mut named = BTreeMap::<_, Vec<_>>::new();
    for claim in claims.iter() {
        let values = named.entry(claim.id.to_text()).or_default();
        match claim.values {
            ClaimValues::Int64(numbers) => values.extend(numbers.iter().map(Value::from)),
            ClaimValues::Uint64(numbers) => values.extend(numbers.iter().map(Value::from)),
            ClaimValues::Text(texts) => values.extend(texts.iter().map(|it| it.to_text().into())),
            ClaimValues::Boolean(flags) => values.extend(flags.iter().map(Value::from)),
            _ => {} // there are no other types
        }
    }
    named
}

pub(crate) fn grants(membership: &SidAndAttributes) -> bool {
    let attributes = membership.attributes;
    attributes.contains(GroupAttributes::ENABLED)
        && !attributes.contains(GroupAttributes::USE_FOR_DENY_ONLY)
}
