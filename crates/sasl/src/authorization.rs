//! Whom a client may act as: the authorization identity (RFC 4422 §3.4.1).

use crate::error::AuthorizationIdError;
use core::str;
use portcullis::Identity;
use portcullis::names::LocalNamePolicy;

/// Says which clients may act as somebody else.
///
/// It is asked only when a client names an authorization identity that is not its own principal,
/// whole and with its realm. Whatever else means the same person (`alice`, `u:alice`, `dn:…`) is
/// this policy's to know. A [`LocalNamePolicy`] lets each client act as the user that it is; a
/// function decides as it likes:
///
/// ```
/// use portcullis::Identity;
/// use portcullis::names::LocalNamePolicy;
/// # fn takes(_: impl portcullis_sasl::AuthorizationPolicy) {}
///
/// let users = LocalNamePolicy::new().forget_realm("EXAMPLE.TEST");
/// # takes(users.clone());
/// let in_ldap = move |identity: &Identity, authorization_id: &str| {
///     let user = users.local_name(identity.client());
///     user.is_ok_and(|user| authorization_id.strip_prefix("u:") == Some(&user))
/// };
/// # takes(in_ldap);
/// ```
pub trait AuthorizationPolicy: Send + Sync {
    /// Whether the proven client may act as `authorization_id`, which the client has sent: at most
    /// 1024 octets, not empty and without NUL.
    fn permits(&self, identity: &Identity, authorization_id: &str) -> bool;
}

impl<F: Fn(&Identity, &str) -> bool + Send + Sync> AuthorizationPolicy for F {
    fn permits(&self, identity: &Identity, authorization_id: &str) -> bool {
        self(identity, authorization_id)
    }
}

/// Each client may act as the user that it is, under the name that this policy gives it.
impl AuthorizationPolicy for LocalNamePolicy {
    fn permits(&self, identity: &Identity, authorization_id: &str) -> bool {
        let user = self.local_name(identity.client());
        user.is_ok_and(|user| user == authorization_id)
    }
}

/// Nobody acts as somebody else: the default.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnlyAsItself;

impl AuthorizationPolicy for OnlyAsItself {
    fn permits(&self, _: &Identity, _: &str) -> bool {
        false
    }
}

/// The longest authorization identity that is read, in octets.
const LONGEST: usize = 1024;

/// The authorization identity that a client sends; `None` when it wants to be who it is.
///
/// RFC 4752 §3.1: UTF-8 without a NUL at its end. RFC 4422 §3.4.1: without any; it would end the
/// name early for whoever reads it in C.
pub(crate) fn authorization_id(octets: &[u8]) -> Result<Option<&str>, AuthorizationIdError> {
    if octets.len() > LONGEST {
        return Err(AuthorizationIdError::TooLong {
            limit: LONGEST,
            found: octets.len(),
        });
    }
    if octets.contains(&0) {
        return Err(AuthorizationIdError::Nul);
    }
    let text = str::from_utf8(octets).map_err(|_| AuthorizationIdError::NotUtf8)?;
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_one_is_none() {
        assert_eq!(authorization_id(b""), Ok(None));
    }

    #[test]
    fn it_is_utf_8() {
        assert_eq!(authorization_id("jürgen".as_bytes()), Ok(Some("jürgen")));
        assert_eq!(
            authorization_id(b"j\xfcrgen"),
            Err(AuthorizationIdError::NotUtf8)
        );
    }

    #[test]
    fn it_has_no_nul() {
        for octets in [&b"alice\0"[..], b"alice\0bob", b"\0"] {
            assert_eq!(authorization_id(octets), Err(AuthorizationIdError::Nul));
        }
    }

    #[test]
    fn it_has_at_most_1024_octets() {
        assert!(authorization_id(&[b'a'; 1024]).is_ok());
        assert_eq!(
            authorization_id(&[b'a'; 1025]),
            Err(AuthorizationIdError::TooLong {
                limit: 1024,
                found: 1025
            })
        );
    }
}
