//! The identifier octets that Kerberos uses (X.690 §8.1.2).

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const GENERAL_STRING: u8 = 0x1b;
pub(super) const SEQUENCE: u8 = 0x30;
/// Constructed and application-wide; the number is added.
pub(super) const APPLICATION: u8 = 0x60;
/// Constructed and context-specific; the number is added.
pub(super) const CONTEXT: u8 = 0xa0;
/// The bits of the number.
pub(super) const NUMBER: u8 = 0x1f;
