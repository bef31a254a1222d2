//! Principals: names with their realm, owned, compared octet by octet, parsed from and printed as
//! text.
//!
//! The text form is that of RFC 1964 §2.1.1 as MIT krb5 reads and writes it:
//! `HTTP/www.example.test@EXAMPLE.TEST`, with `\` before a `/`, `@` or `\` that is part of the
//! name. Names need not be text: any octets survive.

mod text;

pub use text::WithoutRealm;

use crate::der::{Encode, SequenceOf, Writer};
use crate::messages::{KerberosString, PrincipalName, Realm};
use crate::registry::NameType;
use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

/// Longer names are refused; no known peer has more than a handful of components.
const MOST_COMPONENTS: usize = 16;

/// Most names are shorter: they are put together on the stack, then copied to where they stay.
const SHORT: usize = 160;

/// A principal: a name of one to sixteen components in a realm.
///
/// Two are equal when realm and components are, octet by octet; the name type is a hint (RFC 4120
/// §6.2) and takes no part in it. `Display` is for people and logs; [`Principal::to_text`] loses
/// nothing.
#[derive(Clone)]
pub struct Principal {
    name_type: NameType,
    /// The realm, then the components encoded as in a PrincipalName, so that lending one costs
    /// nothing: in one piece that clones share.
    octets: Arc<[u8]>,
    realm_length: usize,
}

impl Principal {
    /// The principal with these components, of the type that its first component implies:
    /// NT-SRV-INST for `krbtgt`, NT-WELLKNOWN for `WELLKNOWN`, else NT-PRINCIPAL.
    ///
    /// # Errors
    /// [`PrincipalError::NoComponents`], [`PrincipalError::TooManyComponents`].
    pub fn new<C: AsRef<[u8]>>(
        realm: impl AsRef<[u8]>,
        components: impl IntoIterator<Item = C>,
    ) -> Result<Self, PrincipalError> {
        let mut encoded = Writer::new();
        let mut first = None;
        let mut count: usize = 0;
        for component in components {
            KerberosString(component.as_ref()).encode(&mut encoded);
            first.get_or_insert(component);
            count = count.saturating_add(1);
        }
        let first = first.ok_or(PrincipalError::NoComponents)?;
        if count > MOST_COMPONENTS {
            return Err(PrincipalError::TooManyComponents);
        }
        let name_type = implied_type(first.as_ref(), count);
        Ok(Self::of(realm.as_ref(), name_type, &encoded.into_vec()))
    }

    fn of(realm: &[u8], name_type: NameType, components: &[u8]) -> Self {
        let mut short = [0; SHORT];
        let octets = match joined(realm, components, &mut short) {
            Some(joined) => joined.into(),
            None => realm.iter().chain(components).copied().collect(),
        };
        Self {
            name_type,
            octets,
            realm_length: realm.len(),
        }
    }

    /// The principal that a message names.
    ///
    /// # Errors
    /// [`PrincipalError::NoComponents`], [`PrincipalError::TooManyComponents`].
    pub fn from_wire(realm: Realm<'_>, name: PrincipalName<'_>) -> Result<Self, PrincipalError> {
        let components = name.name_string.encoded_elements();
        if components.is_empty() {
            return Err(PrincipalError::NoComponents);
        }
        // Each has a tag and a length at least, so what is short need not be counted.
        if components.len() > MOST_COMPONENTS.saturating_mul(2)
            && name.name_string.iter().nth(MOST_COMPONENTS).is_some()
        {
            return Err(PrincipalError::TooManyComponents);
        }
        Ok(Self::of(realm.0, name.name_type, components))
    }

    /// The same principal with another name type.
    #[must_use]
    pub fn with_name_type(self, name_type: NameType) -> Self {
        Self { name_type, ..self }
    }

    /// The realm.
    #[must_use]
    pub fn realm(&self) -> Realm<'_> {
        KerberosString(self.octets.get(..self.realm_length).unwrap_or_default())
    }

    /// The name as it stands in messages.
    #[must_use]
    pub fn name(&self) -> PrincipalName<'_> {
        let components = self.octets.get(self.realm_length..).unwrap_or_default();
        PrincipalName {
            name_type: self.name_type,
            name_string: SequenceOf::of_decoded(components),
        }
    }

    /// What kind of name it was said to be.
    #[must_use]
    pub const fn name_type(&self) -> NameType {
        self.name_type
    }

    /// The components, one to sixteen.
    pub fn components(&self) -> impl Iterator<Item = &[u8]> {
        self.name()
            .name_string
            .into_iter()
            .map(|component| component.0)
    }

    /// Whether `realm` and `name` name this principal, octet by octet.
    #[must_use]
    pub fn is(&self, realm: Realm<'_>, name: PrincipalName<'_>) -> bool {
        self.realm() == realm && self.name().same_name(&name)
    }

    /// Whether this is the anonymous principal `WELLKNOWN/ANONYMOUS` of some realm (RFC 8062 §3).
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.name().name_string.encoded_elements() == b"\x1b\x09WELLKNOWN\x1b\x09ANONYMOUS"
    }
}

/// Both, one after the other, if there is room.
fn joined<'r>(realm: &[u8], components: &[u8], room: &'r mut [u8; SHORT]) -> Option<&'r [u8]> {
    let length = realm.len().checked_add(components.len())?;
    let octets = room.get_mut(..length)?;
    let (first, second) = octets.split_at_mut_checked(realm.len())?;
    first.copy_from_slice(realm);
    second.copy_from_slice(components);
    Some(octets)
}

/// RFC 4120 §7.3, RFC 6111 §3.1; as MIT krb5 infers it.
fn implied_type(first: &[u8], count: usize) -> NameType {
    match (first, count) {
        (b"krbtgt", 2) => NameType::SRV_INST,
        (b"WELLKNOWN", 2..) => NameType::WELLKNOWN,
        _ => NameType::PRINCIPAL,
    }
}

impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        self.realm_length == other.realm_length && self.octets == other.octets
    }
}

impl Eq for Principal {}

impl Hash for Principal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.realm().hash(state);
        self.name().name_string.encoded_elements().hash(state);
    }
}

/// By realm, then component by component.
impl Ord for Principal {
    fn cmp(&self, other: &Self) -> Ordering {
        let realms = self.realm().cmp(&other.realm());
        realms.then_with(|| self.components().cmp(other.components()))
    }
}

impl PartialOrd for Principal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Why something is no principal.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalError {
    /// A name without components.
    NoComponents,
    /// A name of more than sixteen components.
    TooManyComponents,
    /// Text without a realm where no default realm is known.
    NoRealm,
    /// Text with a second `@`; one that is part of the name is written `\@`.
    SecondRealm,
    /// Text with a `/` in the realm that is not written `\/`.
    SlashInRealm,
    /// Text that ends in the middle of an escape.
    UnfinishedEscape,
}

impl fmt::Display for PrincipalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoComponents => "principal without components",
            Self::TooManyComponents => "principal of more than 16 components",
            Self::NoRealm => "principal without a realm",
            Self::SecondRealm => "principal with a second @ (write \\@ inside a name)",
            Self::SlashInRealm => "principal with / in its realm (write \\/)",
            Self::UnfinishedEscape => "principal that ends with a lone \\",
        })
    }
}

impl core::error::Error for PrincipalError {}

#[cfg(test)]
mod tests;
