//! [`NameDraft`]: a principal, or something that is none.

use portcullis::Principal;
use portcullis_formats::der::{Encode, Writer};
use portcullis_formats::registry::NameType;

/// A realm and a PrincipalName of any components, none among them.
#[derive(Clone)]
pub(crate) struct NameDraft {
    pub(crate) realm: Vec<u8>,
    pub(crate) name_type: NameType,
    pub(crate) components: Vec<Vec<u8>>,
}

impl NameDraft {
    pub(crate) fn of(principal: &Principal) -> Self {
        Self {
            realm: principal.realm().0.to_vec(),
            name_type: principal.name_type(),
            components: principal.components().map(<[u8]>::to_vec).collect(),
        }
    }

    /// The principal that it is, if it is one.
    pub(crate) fn principal(&self) -> Option<Principal> {
        let principal = Principal::new(&self.realm, &self.components).ok()?;
        Some(principal.with_name_type(self.name_type))
    }

    pub(crate) fn encode_realm(&self, output: &mut Writer) {
        output.general_string(&self.realm);
    }
}

/// The PrincipalName.
impl Encode for NameDraft {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.name_type);
            fields.field(1, |field| {
                field.sequence(|names| {
                    for component in &self.components {
                        names.general_string(component);
                    }
                });
            });
        });
    }
}
