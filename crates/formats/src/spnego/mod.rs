//! SPNEGO, the negotiation of a mechanism (RFC 4178 §4.2, [MS-SPNG]).
//!
//! Only the first token has a frame around it; later ones begin with the tag of the CHOICE.

mod mech_type_list;
mod neg_token_init;
mod neg_token_resp;

pub use mech_type_list::{MechTypeList, encode_mech_types};
pub use neg_token_init::{NegTokenInit, neg_token_init2};
pub use neg_token_resp::{NegState, NegTokenResp};
