//! Which message some octets are to be read as.

/// A message that an oracle may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// AP-REQ (RFC 4120 §5.5.1).
    ApReq,
    /// Ticket (RFC 4120 §5.3).
    Ticket,
    /// EncTicketPart (RFC 4120 §5.3).
    EncTicketPart,
    /// Authenticator (RFC 4120 §5.5.1).
    Authenticator,
    /// AP-REP (RFC 4120 §5.5.2).
    ApRep,
    /// EncAPRepPart (RFC 4120 §5.5.2).
    EncApRepPart,
    /// KRB-ERROR (RFC 4120 §5.9.1).
    KrbError,
    /// KRB-CRED (RFC 4120 §5.8.1).
    KrbCred,
    /// EncKrbCredPart (RFC 4120 §5.8.1).
    EncKrbCredPart,
    /// NegTokenInit with the tag of the CHOICE (RFC 4178 §4.2.1).
    NegTokenInit,
    /// NegTokenResp with the tag of the CHOICE (RFC 4178 §4.2.2).
    NegTokenResp,
}
