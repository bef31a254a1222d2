//! The client of an exported context.
//!
//! ```text
//! ExportedIdentity ::= SEQUENCE {
//!         client             [0] ExportedPrincipal,
//!         service            [1] ExportedPrincipal,
//!         kvno               [2] UInt32,
//!         service-etype      [3] Int32,
//!         selected           [4] UInt32, -- place in KEYS_SELECTED
//!         mechanism          [5] MechType,
//!         framing            [6] UInt32, -- place in FRAMINGS
//!         bare               [7] BOOLEAN,
//!         ticket-flags       [8] TicketFlags,
//!         authtime           [9] KerberosTime,
//!         starttime          [10] KerberosTime,
//!         endtime            [11] KerberosTime,
//!         session-etype      [12] Int32,
//!         subkey-etype       [13] Int32 OPTIONAL,
//!         context-flags      [14] UInt32,
//!         channel-bound      [15] BOOLEAN,
//!         authorization-data [16] OCTET STRING,
//!         pac                [17] ExportedPac OPTIONAL,
//!         indicators         [18] SEQUENCE OF UTF8String
//! }
//! ExportedPrincipal ::= SEQUENCE { realm [0] Realm, name [1] PrincipalName }
//! ```
//!
//! The delegated credential is not part of it.

use crate::identity::{Carrier, Framing, Identity, KeySelected, KeyUsed};
use crate::pac::{Pac, PacPolicy};
use crate::rules::Rules;
use crate::tickets::{TicketFacts, Validity};
use portcullis_formats::der::{Decode, DecodeErrorKind, Reader, Result, SequenceOfBuf, Writer};
use portcullis_formats::gss::{ContextFlags, Mechanism};
use portcullis_formats::messages::{
    AuthenticationIndicator, AuthenticationIndicators, KerberosString, KerberosTime, PrincipalName,
    TicketFlags,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{EtypeNumber, Kvno};
use std::sync::Arc;

const KEYS_SELECTED: [KeySelected; 4] = [
    KeySelected::Exact,
    KeySelected::OtherKvno,
    KeySelected::Alias,
    KeySelected::SessionKey,
];
const FRAMINGS: [Framing; 3] = [Framing::Spnego, Framing::Gss, Framing::Raw];

/// At most so many octets.
pub(super) fn longest(identity: &Identity) -> usize {
    const FIXED_FIELDS: usize = 512;
    let name = |principal: &Principal| {
        let components = principal.name().name_string.encoded_elements().len();
        principal.realm().0.len().saturating_add(components)
    };
    FIXED_FIELDS
        .saturating_add(name(identity.client()))
        .saturating_add(name(identity.service()))
        .saturating_add(identity.authorization_data().len())
        .saturating_add(
            encoded(identity.authentication_indicators())
                .borrow::<()>()
                .encoded_elements()
                .len(),
        )
}

/// Every field is named here, so that none can be added and forgotten.
pub(super) fn encode(identity: &Identity, output: &mut Writer) {
    let Identity {
        ticket,
        carrier: Carrier {
            mechanism,
            framing,
            bare,
        },
        subkey_etype,
        flags,
        channel_bound,
        delegated: _,
    } = identity;
    let TicketFacts {
        client,
        key,
        validity,
        session_etype,
        authorization_data,
        pac,
        indicators,
    } = &**ticket;
    output.sequence(|fields| {
        fields.field(0, |field| encode_principal(client, field));
        encode_key(key, fields);
        fields.field(5, |field| field.object_identifier(mechanism.oid()));
        fields.field(6, |field| field.integer(place(&FRAMINGS, framing)));
        fields.field(7, |field| field.boolean(*bare));
        encode_validity(validity, fields);
        fields.field(12, |field| field.integer(session_etype.0));
        if let Some(etype) = subkey_etype {
            fields.field(13, |field| field.integer(etype.0));
        }
        fields.field(14, |field| field.integer(flags.0));
        fields.field(15, |field| field.boolean(*channel_bound));
        fields.field(16, |field| field.octet_string(authorization_data));
        pac.iter()
            .for_each(|pac| fields.field(17, |field| pac.export(field)));
        fields.value(
            18,
            &encoded(indicators).borrow::<AuthenticationIndicator<'_>>(),
        );
    });
}

fn encode_key(key: &KeyUsed, fields: &mut Writer) {
    let KeyUsed {
        principal,
        kvno,
        etype,
        selected,
    } = key;
    fields.field(1, |field| encode_principal(principal, field));
    fields.field(2, |field| field.integer(kvno.0));
    fields.field(3, |field| field.integer(etype.0));
    fields.field(4, |field| field.integer(place(&KEYS_SELECTED, selected)));
}

fn encode_validity(validity: &Validity, fields: &mut Writer) {
    let Validity {
        flags,
        authtime,
        starttime,
        endtime,
    } = validity;
    fields.field(8, |field| field.flags(flags.0));
    fields.value(9, authtime);
    fields.value(10, starttime);
    fields.value(11, endtime);
}

pub(super) fn decode(input: &mut Reader<'_>, rules: &Rules) -> Result<Identity> {
    input.sequence("ExportedIdentity", |fields| {
        let client = fields.field(0, "client", decode_principal)?;
        let key = KeyUsed {
            principal: fields.field(1, "service", decode_principal)?,
            kvno: Kvno(fields.field(2, "kvno", Reader::uint32)?),
            etype: EtypeNumber(fields.field(3, "service-etype", Reader::int32)?),
            selected: fields.field(4, "selected", |field| at(&KEYS_SELECTED, field))?,
        };
        let carrier = Carrier {
            mechanism: fields.field(5, "mechanism", decode_mechanism)?,
            framing: fields.field(6, "framing", |field| at(&FRAMINGS, field))?,
            bare: fields.field(7, "bare", Reader::boolean)?,
        };
        let validity = Validity {
            flags: TicketFlags(fields.field(8, "ticket-flags", Reader::flags)?),
            authtime: fields.field(9, "authtime", KerberosTime::decode)?,
            starttime: fields.field(10, "starttime", KerberosTime::decode)?,
            endtime: fields.field(11, "endtime", KerberosTime::decode)?,
        };
        let session_etype = EtypeNumber(fields.field(12, "session-etype", Reader::int32)?);
        let subkey_etype = fields.optional(13, "subkey-etype", Reader::int32)?;
        let flags = ContextFlags(fields.field(14, "context-flags", Reader::uint32)?);
        let channel_bound = fields.field(15, "channel-bound", Reader::boolean)?;
        let data = fields.field(16, "authorization-data", Reader::octet_string)?;
        let authorization_data: Arc<[u8]> = data.into();
        let pac = fields.optional(17, "pac", |field| {
            Pac::import(field, &authorization_data, &client, rules)
        })?;
        let pac = pac.filter(|_| rules.pac != PacPolicy::Ignore);
        let words = fields.field(18, "indicators", AuthenticationIndicators::decode)?;
        let ticket = Arc::new(TicketFacts {
            client,
            key,
            validity,
            session_etype,
            authorization_data,
            pac,
            indicators: words.iter().map(|word| word.0.to_owned()).collect(),
        });
        Ok(Identity {
            ticket,
            carrier,
            subkey_etype: subkey_etype.map(EtypeNumber),
            flags,
            channel_bound,
            delegated: None,
        })
    })
}

/// The words as a SEQUENCE OF.
fn encoded(words: &[String]) -> SequenceOfBuf {
    let words: Vec<_> = words
        .iter()
        .map(|word| AuthenticationIndicator(word))
        .collect();
    SequenceOfBuf::of(&words)
}

fn encode_principal(principal: &Principal, output: &mut Writer) {
    output.sequence(|fields| {
        fields.value(0, &principal.realm());
        fields.value(1, &principal.name());
    });
}

fn decode_principal(input: &mut Reader<'_>) -> Result<Principal> {
    let start = input.clone();
    input.sequence("ExportedPrincipal", |fields| {
        let realm = fields.field(0, "realm", KerberosString::decode)?;
        let name = fields.field(1, "name", PrincipalName::decode)?;
        Principal::from_wire(realm, name)
            .map_err(|_| start.error(DecodeErrorKind::Value("name of one to sixteen components")))
    })
}

fn decode_mechanism(input: &mut Reader<'_>) -> Result<Mechanism> {
    let start = input.clone();
    Mechanism::from_oid(input.object_identifier()?)
        .ok_or_else(|| start.error(DecodeErrorKind::Value("a mechanism that is known")))
}

fn place<T: PartialEq>(table: &[T], value: &T) -> u32 {
    let place = table.iter().position(|each| each == value);
    place
        .and_then(|place| u32::try_from(place).ok())
        .unwrap_or(u32::MAX)
}

fn at<T: Copy>(table: &[T], input: &mut Reader<'_>) -> Result<T> {
    let start = input.clone();
    let place = usize::try_from(input.uint32()?).ok();
    place
        .and_then(|place| table.get(place).copied())
        .ok_or_else(|| start.error(DecodeErrorKind::Value("a place in the table")))
}
