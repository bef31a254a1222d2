//! Whom a name means that may be an enterprise name.

use crate::realm::Realm;
use portcullis::Principal;
use portcullis_formats::messages::{self, PrincipalName};
use portcullis_formats::principal::PrincipalError;
use portcullis_formats::registry::NameType;

/// The principal of this name: an enterprise name is `alice@EXAMPLE.TEST` in one component
/// (RFC 6806 §5), of our realm if it names none.
pub(super) fn principal(
    ours: &Realm,
    realm: messages::Realm<'_>,
    name: PrincipalName<'_>,
) -> Result<Principal, PrincipalError> {
    if name.name_type != NameType::ENTERPRISE {
        return Principal::from_wire(realm, name);
    }
    let component = name.name_string.iter().next();
    let text = component.map_or(b"".as_slice(), |component| component.0);
    Principal::parse(text, Some(&ours.name))
}
