//! Where in a ticket a PAC is: in AD-WIN2K-PAC, in the first AD-IF-RELEVANT ([MS-PAC] §2.1).

use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::messages::{
    AdIfRelevant, AuthorizationData, AuthorizationDataElement, EncTicketPart,
};
use portcullis_formats::registry::AuthDataType;

/// What stands in the PAC's place while the ticket is signed ([MS-PAC] §2.8.3).
const NOTHING: &[u8] = &[0];

/// The EncTicketPart in DER, with what `sign` makes of it as its PAC.
pub(in crate::kdc) fn sealed_with_pac(
    part: &EncTicketPart<'_>,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let others = part.authorization_data.unwrap_or(AuthorizationData::EMPTY);
    let pac = sign(&with_pac(part, others, NOTHING));
    with_pac(part, others, &pac)
}

/// The PAC of a ticket, and what of the ticket it signs: the EncTicketPart with nothing in its
/// place, which is the first as we write it.
pub(super) fn found(part: &EncTicketPart<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    let data = part.authorization_data?;
    let pac = data.iter().find_map(|element| inside(&element))?;
    let others = without_pac(data);
    Some((pac.to_vec(), with_pac(part, others.borrow(), NOTHING)))
}

/// Authorization data without the elements that hold a PAC.
pub(in crate::kdc) fn without_pac(data: AuthorizationData<'_>) -> SequenceOfBuf {
    let others: Vec<_> = data.iter().filter(|it| inside(it).is_none()).collect();
    SequenceOfBuf::of(&others)
}

/// The PAC in this element, if that is where it is.
fn inside<'a>(element: &AuthorizationDataElement<'a>) -> Option<&'a [u8]> {
    if element.ad_type != AuthDataType::IF_RELEVANT {
        return None;
    }
    let inside = AdIfRelevant::from_der(element.ad_data).ok()?;
    let pac = inside
        .iter()
        .find(|it| it.ad_type == AuthDataType::WIN2K_PAC)?;
    Some(pac.ad_data)
}

fn with_pac(part: &EncTicketPart<'_>, others: AuthorizationData<'_>, pac: &[u8]) -> Vec<u8> {
    let relevant = AdIfRelevant::to_der(&alone(pac).borrow());
    let first = AuthorizationDataElement {
        ad_type: AuthDataType::IF_RELEVANT,
        ad_data: &relevant,
    };
    let elements: Vec<_> = [first].into_iter().chain(others).collect();
    let elements = SequenceOfBuf::of(&elements);
    let part = EncTicketPart {
        authorization_data: Some(elements.borrow()),
        ..*part
    };
    part.to_der()
}

fn alone(pac: &[u8]) -> SequenceOfBuf {
    SequenceOfBuf::of([&AuthorizationDataElement {
        ad_type: AuthDataType::WIN2K_PAC,
        ad_data: pac,
    }])
}
