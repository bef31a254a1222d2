//! The realms that a client came through (RFC 4120 §3.3.3.2): written down, and judged.

use super::krb_error::Refusal;
use super::open_ticket::OpenTicket;
use crate::realm::Realm;
use core::iter::successors;
use portcullis::Principal;

/// The realms between a client's and ours.
pub(super) struct Transited {
    /// DOMAIN-X500-COMPRESS.
    pub(super) contents: Vec<u8>,
    /// Whether all of them may lie there.
    pub(super) permitted: bool,
}

impl Transited {
    /// Those of the ticket-granting ticket, and the realm that issued it unless that is one end of
    /// the path of this client.
    pub(super) fn of(client: &Principal, tgt: &OpenTicket, realm: &Realm) -> Result<Self, Refusal> {
        let mut contents = tgt.part()?.transited.contents.to_vec();
        let mut realms = expand(&contents);
        let issuer = tgt.service.realm();
        if issuer != client.realm() && issuer.0 != realm.name.as_bytes() {
            append(&mut contents, issuer.0, realms.last().map(Vec::as_slice));
            realms.push(issuer.0.to_vec());
        }
        let client = client.realm().0;
        let given = realm.database.realms_between(client);
        let permitted = given.unwrap_or_else(|| hierarchy(client, realm.name.as_bytes()));
        Ok(Self {
            permitted: realms.iter().all(|realm| permitted.contains(realm)),
            contents,
        })
    }
}

/// What a KDC of ours has written, written out.
fn expand(contents: &[u8]) -> Vec<Vec<u8>> {
    let mut realms: Vec<Vec<u8>> = Vec::new();
    let mut component = Vec::new();
    let mut octets = contents.iter().copied();
    while let Some(octet) = octets.next() {
        match octet {
            b',' => complete(&mut realms, core::mem::take(&mut component)),
            b'\\' => component.extend(octets.next()),
            literal => component.push(literal),
        }
    }
    if !component.is_empty() {
        complete(&mut realms, component);
    }
    realms
}

fn complete(realms: &mut Vec<Vec<u8>>, component: Vec<u8>) {
    let previous = realms.last().map_or(b"".as_slice(), Vec::as_slice);
    realms.push(match (component.first(), component.last()) {
        (Some(b' '), _) => component.iter().copied().skip(1).collect(),
        (Some(b'/'), _) => [previous, &component].concat(),
        (_, Some(b'.')) => [component.as_slice(), previous].concat(),
        _ => component,
    });
}

/// Without what it has in common with the realm before it.
fn append(contents: &mut Vec<u8>, realm: &[u8], previous: Option<&[u8]>) {
    let mut written = realm;
    if let Some(previous) = previous {
        contents.push(b',');
        let below = realm.strip_suffix(previous);
        let below = below.filter(|below| below.ends_with(b".") && !realm.starts_with(b"/"));
        let beside = realm.strip_prefix(previous);
        let beside = beside.filter(|beside| beside.starts_with(b"/") && realm.starts_with(b"/"));
        written = below.or(beside).unwrap_or(realm);
        if beside.is_none() && realm.starts_with(b"/") {
            contents.push(b' '); // it stands alone
        }
    }
    for octet in written {
        if matches!(octet, b',' | b'\\') {
            contents.push(b'\\');
        }
        contents.push(*octet);
    }
}

/// Up from the client's realm to the closest one above both, and down to the server's: what may
/// lie between where nobody says otherwise (RFC 4120 §1.2), as in MIT krb5.
fn hierarchy(client: &[u8], server: &[u8]) -> Vec<Vec<u8>> {
    let common = and_above(client).find(|realm| and_above(server).any(|other| other == *realm));
    let mut between = Vec::new();
    for end in [client, server] {
        for realm in and_above(end) {
            between.push(realm.to_vec());
            if Some(realm) == common {
                break;
            }
        }
    }
    between
}

/// The realm itself, the one above it, and so on to the top.
fn and_above(realm: &[u8]) -> impl Iterator<Item = &[u8]> {
    successors(Some(realm), |realm| parent(realm))
}

/// The realm above: `EDU` of `MIT.EDU`, `/COM` of `/COM/HP`.
fn parent(realm: &[u8]) -> Option<&[u8]> {
    let above = if realm.starts_with(b"/") {
        let last = realm.iter().rposition(|octet| *octet == b'/')?;
        realm.get(..last)?
    } else {
        let first = realm.iter().position(|octet| *octet == b'.')?;
        realm.get(first.checked_add(1)?..)?
    };
    (!above.is_empty()).then_some(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of these realms, one after the other.
    fn compressed(realms: &[&str]) -> String {
        let mut contents = Vec::new();
        for realm in realms {
            let before = expand(&contents);
            append(
                &mut contents,
                realm.as_bytes(),
                before.last().map(Vec::as_slice),
            );
        }
        let expected: Vec<_> = realms
            .iter()
            .map(|realm| realm.as_bytes().to_vec())
            .collect();
        assert_eq!(expand(&contents), expected);
        String::from_utf8(contents).unwrap_or_default()
    }

    /// The examples of RFC 4120 §3.3.3.2.
    #[test]
    fn realms_are_compressed_as_in_the_rfc() {
        let edu = [
            "EDU",
            "MIT.EDU",
            "ATHENA.MIT.EDU",
            "WASHINGTON.EDU",
            "CS.WASHINGTON.EDU",
        ];
        let written = "EDU,MIT.,ATHENA.,WASHINGTON.EDU,CS.";
        assert_eq!(compressed(&edu), written);
        let com = ["/COM", "/COM/HP", "/COM/HP/APOLLO", "/COM/DEC"];
        assert_eq!(compressed(&com), "/COM,/HP,/APOLLO, /COM/DEC");
        assert_eq!(compressed(&["/COM/HP", "/COM"]), "/COM/HP, /COM");
    }

    #[test]
    fn a_comma_in_a_realm_is_quoted() {
        assert_eq!(compressed(&["A,B\\C", "D"]), "A\\,B\\\\C,D");
    }

    #[test]
    fn a_realm_whose_name_only_ends_alike_is_written_out() {
        assert_eq!(compressed(&["OZ.TEST", "FOZ.TEST"]), "OZ.TEST,FOZ.TEST");
        assert_eq!(compressed(&["/COM", "/COMPANY"]), "/COM, /COMPANY");
    }

    #[test]
    fn the_hierarchy_goes_up_and_down() {
        let path = |client: &str, server: &str| {
            let path = hierarchy(client.as_bytes(), server.as_bytes());
            let text = path
                .into_iter()
                .map(|realm| String::from_utf8(realm).unwrap_or_default());
            text.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            path("A.X.TEST", "B.X.TEST"),
            "A.X.TEST X.TEST B.X.TEST X.TEST"
        );
        assert_eq!(path("A.TEST", "A.TEST"), "A.TEST A.TEST");
        assert_eq!(path("/COM/HP", "/COM"), "/COM/HP /COM /COM");
        assert_eq!(path("A.B", "C.D"), "A.B B C.D D");
    }
}
