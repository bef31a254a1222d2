//! The text form of a principal: read and written as MIT krb5 does (RFC 1964 §2.1.1).

use super::{MOST_COMPONENTS, Principal, PrincipalError};
use crate::escape;
use crate::registry::NameType;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// What has a meaning in the text form.
const QUOTED: &str = "\\/@";

impl Principal {
    /// Reads `component/component@REALM`.
    ///
    /// `\` makes the next octet part of the name; `\n`, `\t`, `\b` and `\0` are line feed, tab,
    /// backspace and NUL. Text without a realm is in `default_realm`.
    ///
    /// # Errors
    /// [`PrincipalError`]; [`PrincipalError::NoRealm`] only when there is no default.
    pub fn parse(
        text: &(impl AsRef<[u8]> + ?Sized),
        default_realm: Option<&str>,
    ) -> Result<Self, PrincipalError> {
        let mut parts = Parts::new();
        for symbol in Symbols(text.as_ref()) {
            match symbol? {
                Symbol::Part(octet) => parts.push(octet),
                Symbol::Slash if parts.realm.is_some() => return Err(PrincipalError::SlashInRealm),
                Symbol::Slash => parts.begin_component()?,
                Symbol::At if parts.realm.is_some() => return Err(PrincipalError::SecondRealm),
                Symbol::At => parts.realm = Some(Vec::new()),
            }
        }
        parts.into_principal(default_realm)
    }

    /// Reads an enterprise name, `user@example.test` or `user@example.test@REALM`: one component,
    /// in which the first `@` and any `/` are ordinary (RFC 6806 §5).
    ///
    /// # Errors
    /// As [`Principal::parse`].
    pub fn parse_enterprise(
        text: &(impl AsRef<[u8]> + ?Sized),
        default_realm: Option<&str>,
    ) -> Result<Self, PrincipalError> {
        let mut parts = Parts::new();
        let mut has_domain = false;
        for symbol in Symbols(text.as_ref()) {
            match symbol? {
                Symbol::Part(octet) => parts.push(octet),
                Symbol::Slash if parts.realm.is_some() => return Err(PrincipalError::SlashInRealm),
                Symbol::Slash => parts.push(b'/'),
                Symbol::At if parts.realm.is_some() => return Err(PrincipalError::SecondRealm),
                Symbol::At if has_domain => parts.realm = Some(Vec::new()),
                Symbol::At => {
                    has_domain = true;
                    parts.push(b'@');
                }
            }
        }
        let principal = parts.into_principal(default_realm)?;
        Ok(principal.with_name_type(NameType::ENTERPRISE))
    }

    /// The text form, octet by octet as MIT krb5 writes it: [`Principal::parse`] reads the same
    /// principal from it.
    #[must_use]
    pub fn to_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for (index, component) in self.components().enumerate() {
            if index > 0 {
                text.push(b'/');
            }
            quote(component, &mut text);
        }
        text.push(b'@');
        quote(self.realm().0, &mut text);
        text
    }

    /// Prints the name alone; `@` in it needs no `\` then.
    #[must_use]
    pub const fn display_without_realm(&self) -> WithoutRealm<'_> {
        WithoutRealm(self)
    }
}

/// Reads a principal with its realm.
impl FromStr for Principal {
    type Err = PrincipalError;

    fn from_str(text: &str) -> Result<Self, PrincipalError> {
        Self::parse(text, None)
    }
}

/// The text form with every octet that could disturb a log as `\xNN`.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape::print_components(self.components(), QUOTED, f)?;
        f.write_str("@")?;
        escape::print(self.realm().0, QUOTED, f)
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Principal({self}, {})", self.name_type)
    }
}

/// Prints the name of a principal without its realm; from [`Principal::display_without_realm`].
#[derive(Clone, Copy, Debug)]
pub struct WithoutRealm<'a>(&'a Principal);

impl fmt::Display for WithoutRealm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape::print_components(self.0.components(), "\\/", f)
    }
}

fn quote(part: &[u8], text: &mut Vec<u8>) {
    for octet in part {
        match octet {
            b'/' | b'@' | b'\\' => text.extend([b'\\', *octet]),
            b'\n' => text.extend(b"\\n"),
            b'\t' => text.extend(b"\\t"),
            8 => text.extend(b"\\b"),
            0 => text.extend(b"\\0"),
            _ => text.push(*octet),
        }
    }
}

/// What has been read of a principal.
struct Parts {
    components: Vec<Vec<u8>>,
    realm: Option<Vec<u8>>,
}

impl Parts {
    fn new() -> Self {
        Self {
            components: vec![Vec::new()],
            realm: None,
        }
    }

    /// Appends to what is being read: the realm when it has begun, else the last component.
    fn push(&mut self, octet: u8) {
        if let Some(part) = self.realm.as_mut().or_else(|| self.components.last_mut()) {
            part.push(octet);
        }
    }

    /// A name of slashes alone would cost many times its own size before it is refused.
    fn begin_component(&mut self) -> Result<(), PrincipalError> {
        if self.components.len() >= MOST_COMPONENTS {
            return Err(PrincipalError::TooManyComponents);
        }
        self.components.push(Vec::new());
        Ok(())
    }

    fn into_principal(self, default_realm: Option<&str>) -> Result<Principal, PrincipalError> {
        let realm = self
            .realm
            .or_else(|| default_realm.map(|realm| realm.as_bytes().to_vec()));
        Principal::new(realm.ok_or(PrincipalError::NoRealm)?, self.components)
    }
}

enum Symbol {
    /// An octet of a component or of the realm.
    Part(u8),
    /// A `/` that is not escaped.
    Slash,
    /// A `@` that is not escaped.
    At,
}

/// The octets of the text form, escapes resolved.
struct Symbols<'a>(&'a [u8]);

impl Iterator for Symbols<'_> {
    type Item = Result<Symbol, PrincipalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (symbol, rest) = match self.0 {
            [] => return None,
            [b'\\'] => (Err(PrincipalError::UnfinishedEscape), [].as_slice()),
            [b'\\', escaped, rest @ ..] => (Ok(Symbol::Part(unescaped(*escaped))), rest),
            [b'/', rest @ ..] => (Ok(Symbol::Slash), rest),
            [b'@', rest @ ..] => (Ok(Symbol::At), rest),
            [octet, rest @ ..] => (Ok(Symbol::Part(*octet)), rest),
        };
        self.0 = rest;
        Some(symbol)
    }
}

const fn unescaped(octet: u8) -> u8 {
    match octet {
        b'n' => b'\n',
        b't' => b'\t',
        b'b' => 8,
        b'0' => 0,
        _ => octet,
    }
}
