//! [`Salt`]: what goes into a key beside the password.

use portcullis::Principal;

/// What goes into a key beside the password (RFC 3961 §3, RFC 4120 §4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Salt {
    /// Realm and components, run together, as all KDCs make it for users: `EXAMPLE.TESTalice`.
    #[default]
    Principal,
    /// As Active Directory makes it for a computer's account (`[MS-KILE]` §3.1.1.2): of
    /// `WEB$@EXAMPLE.TEST` it is `EXAMPLE.TESThostweb.example.test`.
    Computer,
    /// Any other: that of a user who was renamed stays what it was.
    Text(String),
}

impl Salt {
    /// The salt of this principal.
    pub(crate) fn octets(&self, principal: &Principal) -> Vec<u8> {
        let realm = principal.realm().0;
        match self {
            Self::Principal => {
                let components: Vec<_> = principal.components().collect();
                [realm, &components.concat()].concat()
            }
            Self::Computer => {
                let account = principal.components().next().unwrap_or_default();
                let host = account.strip_suffix(b"$").unwrap_or(account);
                let (host, domain) = (host.to_ascii_lowercase(), realm.to_ascii_lowercase());
                [realm, b"host", &host, b".", &domain].concat()
            }
            Self::Text(text) => text.clone().into_bytes(),
        }
    }
}
