//! The list of mechanisms that an initiator offers, kept octet for octet.

use crate::der::{Decode, Encode, Reader, Result, Writer};
use alloc::vec::Vec;

const SEQUENCE: u8 = 0x30;

/// `MechTypeList ::= SEQUENCE OF MechType`, most preferred first.
///
/// The octets are kept as they came: the mechListMIC is computed over them (RFC 4178 §5), so that
/// nobody on the way can take a mechanism out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MechTypeList<'a> {
    octets: &'a [u8],
}

impl<'a> MechTypeList<'a> {
    /// The SEQUENCE whole, with its tag and length: what a mechListMIC covers.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The contents of the object identifiers, in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut input = Reader::new(self.octets).enter(SEQUENCE).ok();
        core::iter::from_fn(move || input.as_mut()?.object_identifier().ok())
    }
}

impl<'a> Decode<'a> for MechTypeList<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let mut inside = input.clone().enter(SEQUENCE)?;
        while !inside.is_empty() {
            inside.object_identifier()?;
        }
        Ok(Self {
            octets: input.whole()?,
        })
    }
}

impl Encode for MechTypeList<'_> {
    fn encode(&self, output: &mut Writer) {
        output.raw(self.octets);
    }
}

/// Writes the list of the mechanisms with these object identifiers.
pub fn encode_mech_types<'o>(oids: impl IntoIterator<Item = &'o [u8]>) -> Vec<u8> {
    let mut output = Writer::new();
    output.sequence(|list| {
        for oid in oids {
            list.object_identifier(oid);
        }
    });
    output.into_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::DecodeErrorKind;

    #[test]
    fn a_list_keeps_its_octets_and_yields_its_oids_in_order() {
        let octets = encode_mech_types([[0x2a].as_slice(), &[0x2b, 6]]);
        let list = MechTypeList::from_der(&octets).unwrap();
        assert_eq!(octets, [0x30, 7, 6, 1, 0x2a, 6, 2, 0x2b, 6]);
        assert_eq!(list.octets(), octets);
        assert_eq!(
            list.iter().collect::<Vec<_>>(),
            [[0x2a].as_slice(), &[0x2b, 6]]
        );
        assert_eq!(list.to_der(), octets);
    }

    #[test]
    fn an_empty_list_is_a_list() {
        assert_eq!(
            MechTypeList::from_der(&[0x30, 0]).unwrap().iter().count(),
            0
        );
    }

    #[test]
    fn anything_but_complete_oids_is_refused() {
        let kind = |octets| MechTypeList::from_der(octets).unwrap_err().kind;
        assert_eq!(kind(&[0x30, 2, 6, 0]), DecodeErrorKind::ObjectIdentifier);
        assert_eq!(
            kind(&[0x30, 3, 6, 1, 0x86]),
            DecodeErrorKind::ObjectIdentifier
        );
        assert!(MechTypeList::from_der(&[0x30, 3, 4, 1, 0x2a]).is_err());
        assert!(MechTypeList::from_der(&[0x30, 3, 6, 2, 0x2a]).is_err());
    }

    #[test]
    fn an_oid_of_many_arcs_is_only_octets_and_its_last_arc_must_end() {
        let mut oid = [1; 255];
        let octets = encode_mech_types([oid.as_slice()]);
        assert!(MechTypeList::from_der(&octets).unwrap().iter().eq([oid]));
        oid[254] = 0x81;
        let octets = encode_mech_types([oid.as_slice()]);
        let error = MechTypeList::from_der(&octets).unwrap_err();
        assert_eq!(error.kind, DecodeErrorKind::ObjectIdentifier);
    }
}
