//! The messages of Kerberos (RFC 4120 §5), one file each, read and written.
//!
//! Each type borrows from the octets it was read from and has the fields of its ASN.1, in order and
//! by name. What stands there is what somebody sent: nothing is verified.

mod ap_rep;
mod ap_req;
mod authenticator;
mod authorization_data;
mod basic_types;
mod cammac;
mod enc_ticket_part;
mod flags;
mod kdc_rep;
mod kdc_req;
mod krb_cred;
mod krb_error;
mod krb_priv;
mod krb_safe;
mod names;
mod pa_data;
mod s4u;
mod ticket;
mod time;
mod user_to_user;

pub use ap_rep::{ApRep, EncApRepPart};
pub use ap_req::ApReq;
pub use authenticator::Authenticator;
pub use authorization_data::{
    AdAndOr, AdIfRelevant, AdKdcIssued, AuthorizationData, AuthorizationDataElement, EtypeList,
};
pub use basic_types::{
    Checksum, EncryptedData, EncryptionKey, HostAddress, HostAddresses, LastReq, LastReqEntry,
    TransitedEncoding,
};
pub use cammac::{AdCammac, AuthenticationIndicator, AuthenticationIndicators, VerifierMac};
pub use enc_ticket_part::EncTicketPart;
pub use flags::{ApOptions, KdcOptions, TicketFlags};
pub use kdc_rep::{EncKdcRepPart, KdcRep};
pub use kdc_req::{KdcReq, KdcReqBody};
pub use krb_cred::{EncKrbCredPart, KrbCred, KrbCredInfo};
pub use krb_error::{KerbErrorData, KrbError};
pub use krb_priv::{EncKrbPrivPart, KrbPriv};
pub use krb_safe::{KrbSafe, KrbSafeBody};
pub use names::{KerberosString, PrincipalName, Realm};
pub use pa_data::{
    EtypeInfo, EtypeInfo2, EtypeInfo2Entry, EtypeInfoEntry, MethodData, PaData, PaEncTsEnc,
    PaPacRequest,
};
pub use s4u::{PaForUser, PaPacOptions, PaS4uX509User, PacOptions, S4uOptions, S4uUserId};
pub use ticket::Ticket;
pub use time::{KerberosTime, Microseconds};
pub use user_to_user::{TgtReply, TgtRequest};

use crate::der::{Reader, Result, Writer};

/// The version of the protocol, of tickets and of authenticators.
pub const PVNO: i32 = 5;

/// The type of a message: its application tag, and the value of its `msg-type` (RFC 4120 §7.5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageType(pub u8);

impl MessageType {
    /// AS-REQ.
    pub const AS_REQ: Self = Self(10);
    /// AS-REP.
    pub const AS_REP: Self = Self(11);
    /// TGS-REQ.
    pub const TGS_REQ: Self = Self(12);
    /// TGS-REP.
    pub const TGS_REP: Self = Self(13);
    /// AP-REQ.
    pub const AP_REQ: Self = Self(14);
    /// AP-REP.
    pub const AP_REP: Self = Self(15);
    /// KERB-TGT-REQUEST: no application tag.
    pub const TGT_REQUEST: Self = Self(16);
    /// KERB-TGT-REPLY: no application tag.
    pub const TGT_REPLY: Self = Self(17);
    /// KRB-SAFE.
    pub const SAFE: Self = Self(20);
    /// KRB-PRIV.
    pub const PRIV: Self = Self(21);
    /// KRB-CRED.
    pub const CRED: Self = Self(22);
    /// KRB-ERROR.
    pub const ERROR: Self = Self(30);

    /// Reads the fields `pvno [0]` and `msg-type [1]` of a message of this type.
    fn decode_header(self, input: &mut Reader<'_>) -> Result<()> {
        input.field(0, "pvno", |pvno| pvno.constant(PVNO))?;
        input.field(1, "msg-type", |number| number.constant(self.0.into()))
    }

    /// Writes the fields `pvno [0]` and `msg-type [1]` of a message of this type.
    fn encode_header(self, output: &mut Writer) {
        output.field(0, |pvno| pvno.integer(PVNO));
        output.field(1, |number| number.integer(self.0));
    }
}

/// Which of two application tags the next message has, with its name; the first when it has
/// neither, so that reading that one says what is wrong.
fn application_of_next(
    input: &Reader<'_>,
    [first, second]: [(u8, &'static str); 2],
) -> (u8, &'static str) {
    if input.next_is_application(second.0) {
        second
    } else {
        first
    }
}
