//! DOMAIN-X500-COMPRESS undone (RFC 4120 §3.3.3.2).
//!
//! Realms are separated by commas; `\` quotes the next octet. One that ends in a dot has the
//! previous realm appended, one that begins with a slash has it prepended, and a space before a
//! realm says that it stands alone. Nothing between two commas stands for all realms between its
//! neighbours, of which the first is the client's realm and the last the server's.

use super::{LONGEST_REALM, TransitedError, hierarchy};

/// No path is that long: it bounds what a hostile field can make us hold.
const MOST_REALMS: usize = 128;

/// The realms that the `contents` of a ticket's `transited` field list, each written out.
///
/// An empty field lists none.
///
/// # Errors
/// [`TransitedError`], for all that cannot be understood: RFC 4120 §2.7 then lets nobody in.
pub(crate) fn realms_on_path(
    contents: &[u8],
    client: &[u8],
    server: &[u8],
) -> Result<Vec<Vec<u8>>, TransitedError> {
    if client.len().max(server.len()) > LONGEST_REALM {
        return Err(TransitedError::RealmTooLong);
    }
    // MIT krb5 counts the NUL that ends a C string, and drops one that it receives.
    let contents = contents.strip_suffix(b"\0").unwrap_or(contents);
    let mut expansion = Expansion::default();
    if contents.is_empty() {
        return Ok(expansion.realms);
    }
    let mut octets = contents.iter().copied().enumerate();
    while let Some((offset, octet)) = octets.next() {
        match octet {
            b'\\' => match octets.next() {
                Some((_, quoted)) => expansion.push(quoted)?,
                None => return Err(TransitedError::Syntax { offset }),
            },
            b',' if expansion.component.is_empty() => {
                if offset == 0 {
                    expansion.previous = client.to_vec();
                }
                expansion.gap = true;
            }
            b',' => expansion.end_component(offset)?,
            b' ' if expansion.component.is_empty() => expansion.previous.clear(),
            literal => expansion.push(literal)?,
        }
    }
    expansion.end(server, contents.len())
}

#[derive(Default)]
struct Expansion {
    realms: Vec<Vec<u8>>,
    /// The last realm written out; empty when the next one stands alone.
    previous: Vec<u8>,
    /// What was read of the current component.
    component: Vec<u8>,
    /// The component before the current one was empty.
    gap: bool,
}

impl Expansion {
    fn push(&mut self, octet: u8) -> Result<(), TransitedError> {
        if self.component.len() >= LONGEST_REALM {
            return Err(TransitedError::RealmTooLong);
        }
        self.component.push(octet);
        Ok(())
    }

    fn list(&mut self, realm: &[u8]) -> Result<(), TransitedError> {
        if self.realms.len() >= MOST_REALMS {
            return Err(TransitedError::TooManyRealms);
        }
        self.realms.push(realm.to_vec());
        Ok(())
    }

    /// The component up to the comma at `offset` is complete.
    fn end_component(&mut self, offset: usize) -> Result<(), TransitedError> {
        let component = core::mem::take(&mut self.component);
        let realm = match (component.first(), component.last()) {
            (Some(b'/'), _) => [self.previous.as_slice(), &component].concat(),
            (_, Some(b'.')) => [component.as_slice(), &self.previous].concat(),
            _ => component,
        };
        if realm.len() > LONGEST_REALM {
            return Err(TransitedError::RealmTooLong);
        }
        self.list(&realm)?;
        let previous = core::mem::replace(&mut self.previous, realm.clone());
        if core::mem::take(&mut self.gap) {
            self.fill(&previous, &realm, offset)?;
        }
        Ok(())
    }

    /// The field is read; a comma at its end stands for the realms up to the server's.
    fn end(mut self, server: &[u8], offset: usize) -> Result<Vec<Vec<u8>>, TransitedError> {
        if self.component.is_empty() {
            let previous = core::mem::take(&mut self.previous);
            self.fill(&previous, server, offset)?;
        } else {
            self.end_component(offset)?;
        }
        Ok(self.realms)
    }

    /// Lists what an empty component stands for.
    fn fill(&mut self, one: &[u8], other: &[u8], offset: usize) -> Result<(), TransitedError> {
        hierarchy::between(one, other)
            .ok_or(TransitedError::Unrelated { offset })?
            .try_for_each(|realm| self.list(realm))
    }
}
