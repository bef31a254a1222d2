//! Which field an octet of a token lies in, so that a flipped bit can be named.
//!
//! The map follows the ASN.1 of RFC 4178 §4.2.1 and RFC 4120 §5.5.1 over a token that is known to be good. It is
//! written apart from our decoder on purpose: it must not share its mistakes.

/// The fields of one token.
#[derive(Debug)]
pub struct FieldMap {
    /// The name of the field of each octet.
    names: Vec<String>,
}

/// What a DER value holds.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// Nothing to look into.
    Leaf,
    /// One value, as inside an EXPLICIT tag.
    Explicit(&'static Shape),
    /// SEQUENCE: context tag, name, what is inside the tag.
    Fields(&'static [(u8, &'static str, &'static Shape)]),
    /// SEQUENCE OF, or the like.
    List,
    /// OCTET STRING with a whole token in it.
    Token,
}

use Shape::{Explicit, Fields, Leaf, List, Token};

const LEAF: Shape = Leaf;
const ENCRYPTED_DATA: Shape = Fields(&[
    (0xa0, "etype", &LEAF),
    (0xa1, "kvno", &LEAF),
    (0xa2, "cipher", &LEAF),
]);
const PRINCIPAL_NAME: Shape = Fields(&[(0xa0, "name-type", &LEAF), (0xa1, "name-string", &List)]);
const TICKET: Shape = Explicit(&Fields(&[
    (0xa0, "tkt-vno", &LEAF),
    (0xa1, "realm", &LEAF),
    (0xa2, "sname", &PRINCIPAL_NAME),
    (0xa3, "enc-part", &ENCRYPTED_DATA),
]));
const AP_REQ: Shape = Explicit(&Fields(&[
    (0xa0, "pvno", &LEAF),
    (0xa1, "msg-type", &LEAF),
    (0xa2, "ap-options", &LEAF),
    (0xa3, "ticket", &TICKET),
    (0xa4, "authenticator", &ENCRYPTED_DATA),
]));
const NEG_TOKEN_INIT: Shape = Explicit(&Fields(&[
    (0xa0, "mechTypes", &List),
    (0xa1, "reqFlags", &LEAF),
    (0xa2, "mechToken", &Token),
    (0xa3, "mechListMIC", &LEAF),
]));

impl FieldMap {
    /// The map of a good initial token: SPNEGO, Kerberos with GSS framing, or a bare AP-REQ.
    ///
    /// # Panics
    /// When the token is none of these.
    #[must_use]
    pub fn of(token: &[u8]) -> Self {
        let mut map = Self {
            names: vec![String::new(); token.len()],
        };
        map.token(token, 0, "framing");
        map
    }

    /// The field of the octet at `offset`.
    ///
    /// # Panics
    /// When the token is shorter.
    #[must_use]
    pub fn field(&self, offset: usize) -> &str {
        &self.names[offset]
    }

    fn token(&mut self, token: &[u8], at: usize, framing: &str) {
        if token[0] == 0x6e {
            self.value(token, at, "ap-req", &AP_REQ);
            return;
        }
        // RFC 2743 §3.1: [APPLICATION 0] { OID, then what the mechanism says }.
        assert_eq!(token[0], 0x60, "an initial token");
        let content = self.header(token, at, framing);
        let oid = content + 2 + usize::from(token[content + 1]);
        self.name(at + content, at + oid, &format!("{framing}.mech"));
        if token[content..oid].ends_with(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x02]) {
            self.value(&token[oid..], at + oid, "spnego", &NEG_TOKEN_INIT);
        } else {
            self.name(at + oid, at + oid + 2, &format!("{framing}.tok-id"));
            self.value(&token[oid + 2..], at + oid + 2, "ap-req", &AP_REQ);
        }
    }

    /// Names the first value of `octets`, which starts at `at`; returns its length.
    fn value(&mut self, octets: &[u8], at: usize, name: &str, shape: &Shape) -> usize {
        let content = self.header(octets, at, name);
        let end = content + length(octets).1;
        let inside = &octets[content..end];
        let at = at + content;
        match shape {
            Leaf => self.name(at, at + inside.len(), name),
            Explicit(inner) => {
                self.value(inside, at, name, inner);
            }
            Fields(fields) => self.fields(inside, at, name, fields),
            List => self.list(inside, at, name),
            Token => self.token(inside, at, "mechToken.framing"),
        }
        end
    }

    fn fields(&mut self, inside: &[u8], at: usize, name: &str, fields: &[(u8, &str, &Shape)]) {
        let mut done = 0;
        while done < inside.len() {
            let rest = &inside[done..];
            let found = fields.iter().find(|field| field.0 == rest[0]);
            let (_, field, shape) =
                found.unwrap_or_else(|| panic!("{name} has no tag {:02x}", rest[0]));
            let name = format!("{name}.{field}");
            let content = self.header(rest, at + done, &name);
            done += content;
            done += self.value(&rest[content..], at + done, &name, shape);
        }
    }

    fn list(&mut self, inside: &[u8], at: usize, name: &str) {
        let mut done = 0;
        let mut index = 0;
        while done < inside.len() {
            done += self.value(
                &inside[done..],
                at + done,
                &format!("{name}[{index}]"),
                &LEAF,
            );
            index += 1;
        }
    }

    /// Names tag and length of a value; returns where its content starts.
    fn header(&mut self, octets: &[u8], at: usize, name: &str) -> usize {
        let (content, _) = length(octets);
        self.name(at, at + 1, &format!("{name} (tag)"));
        self.name(at + 1, at + content, &format!("{name} (length)"));
        content
    }

    fn name(&mut self, from: usize, to: usize, name: &str) {
        for slot in &mut self.names[from..to] {
            name.clone_into(slot);
        }
    }
}

/// Where the content of a DER value starts, and how long it is.
fn length(octets: &[u8]) -> (usize, usize) {
    let first = usize::from(octets[1]);
    if first < 0x80 {
        return (2, first);
    }
    let end = 2 + (first & 0x7f);
    (
        end,
        octets[2..end]
            .iter()
            .fold(0, |length, octet| length << 8 | usize::from(*octet)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_fields_of_a_hand_made_ap_req() {
        // AP-REQ { pvno 5, msg-type 14, ap-options 0 }, as far as a field map is concerned.
        let token = [
            0x6e, 0x15, 0x30, 0x13, 0xa0, 0x03, 0x02, 0x01, 0x05, 0xa1, 0x03, 0x02, 0x01, 0x0e,
            0xa2, 0x07, 0x03, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00,
        ];
        let map = FieldMap::of(&token);
        assert_eq!(map.field(0), "ap-req (tag)");
        assert_eq!(map.field(8), "ap-req.pvno");
        assert_eq!(map.field(13), "ap-req.msg-type");
        assert_eq!(map.field(15), "ap-req.ap-options (length)");
        assert_eq!(map.field(22), "ap-req.ap-options");
    }
}
