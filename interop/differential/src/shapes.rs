//! What the fields of a message are called: by the numbers of their tags, as the ASN.1 has them.

/// The names of the fields of a SEQUENCE, by the number of the tag, and what is inside of each. The elements of a
/// SEQUENCE OF have the shape of what holds them.
#[derive(Debug)]
pub struct Shape(pub &'static [(&'static str, &'static Shape)]);

/// Nothing that has a name.
pub const PLAIN: Shape = Shape(&[]);

const NAME: Shape = Shape(&[("name-type", &PLAIN), ("name-string", &PLAIN)]);
const KEY: Shape = Shape(&[("keytype", &PLAIN), ("keyvalue", &PLAIN)]);
const CHECKSUM: Shape = Shape(&[("cksumtype", &PLAIN), ("checksum", &PLAIN)]);
const TRANSITED: Shape = Shape(&[("tr-type", &PLAIN), ("contents", &PLAIN)]);
const ADDRESS: Shape = Shape(&[("addr-type", &PLAIN), ("address", &PLAIN)]);
const DATA: Shape = Shape(&[("ad-type", &PLAIN), ("ad-data", &PLAIN)]);
const ENCRYPTED: Shape = Shape(&[("etype", &PLAIN), ("kvno", &PLAIN), ("cipher", &PLAIN)]);
const TICKET: Shape = Shape(&[
    ("tkt-vno", &PLAIN),
    ("realm", &PLAIN),
    ("sname", &NAME),
    ("enc-part", &ENCRYPTED),
]);

/// AP-REQ (RFC 4120 §5.5.1).
pub const AP_REQ: Shape = Shape(&[
    ("pvno", &PLAIN),
    ("msg-type", &PLAIN),
    ("ap-options", &PLAIN),
    ("ticket", &TICKET),
    ("authenticator", &ENCRYPTED),
]);

/// EncTicketPart (RFC 4120 §5.3).
pub const ENC_TICKET_PART: Shape = Shape(&[
    ("flags", &PLAIN),
    ("key", &KEY),
    ("crealm", &PLAIN),
    ("cname", &NAME),
    ("transited", &TRANSITED),
    ("authtime", &PLAIN),
    ("starttime", &PLAIN),
    ("endtime", &PLAIN),
    ("renew-till", &PLAIN),
    ("caddr", &ADDRESS),
    ("authorization-data", &DATA),
]);

/// Authenticator (RFC 4120 §5.5.1).
pub const AUTHENTICATOR: Shape = Shape(&[
    ("authenticator-vno", &PLAIN),
    ("crealm", &PLAIN),
    ("cname", &NAME),
    ("cksum", &CHECKSUM),
    ("cusec", &PLAIN),
    ("ctime", &PLAIN),
    ("subkey", &KEY),
    ("seq-number", &PLAIN),
    ("authorization-data", &DATA),
]);

/// NegotiationToken with a NegTokenInit (RFC 4178 §4.2): its own tag counts, so there is one name more.
pub const NEGOTIATION: Shape = Shape(&[("init", &NEG_TOKEN_INIT)]);

const NEG_TOKEN_INIT: Shape = Shape(&[
    ("mechTypes", &PLAIN),
    ("reqFlags", &PLAIN),
    ("mechToken", &PLAIN),
    ("mechListMIC", &PLAIN),
]);
