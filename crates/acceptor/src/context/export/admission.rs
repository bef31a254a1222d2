//! Whether an imported context is one that could have been established here: what was permitted
//! where it was exported need not be permitted here.

use super::ImportError;
use crate::context::{ContextKeys, Established};
use crate::error::PacError;
use crate::identity::{Identity, KeySelected};
use crate::pac::{Pac, PacPolicy};
use crate::rules::Rules;
use portcullis_crypto::{Enctype, Key};
use portcullis_formats::registry::EtypeNumber;

pub(super) fn admit(established: &Established, rules: &Rules) -> Result<(), ImportError> {
    let Established { identity, keys, .. } = established;
    admit_service(identity, rules)?;
    admit_enctypes(identity, keys, rules)?;
    admit_pac(identity.pac(), rules).map_err(ImportError::Pac)
}

/// In user-to-user authentication the service is the owner of the ticket-granting ticket.
fn admit_service(identity: &Identity, rules: &Rules) -> Result<(), ImportError> {
    let service = identity.service();
    match identity.key().selected == KeySelected::SessionKey || rules.service.matches(service) {
        true => Ok(()),
        false => Err(ImportError::Service(Box::new(service.clone()))),
    }
}

fn admit_enctypes(
    identity: &Identity,
    keys: &ContextKeys,
    rules: &Rules,
) -> Result<(), ImportError> {
    let number = |key: &Key| EtypeNumber(key.enctype().number());
    let etypes = [
        Some(identity.key().etype),
        Some(identity.session_etype()),
        Some(number(keys.initiator())),
        keys.acceptor_subkey().map(number),
    ];
    let permitted = |etype: &EtypeNumber| {
        Enctype::try_from(etype.0).is_ok_and(|enctype| rules.enctypes.contains(enctype))
    };
    match etypes.into_iter().flatten().find(|etype| !permitted(etype)) {
        None => Ok(()),
        Some(etype) => Err(ImportError::EnctypeNotPermitted(etype)),
    }
}

fn admit_pac(pac: Option<&Pac>, rules: &Rules) -> Result<(), PacError> {
    match pac {
        Some(pac) => pac.admit(),
        None if rules.pac == PacPolicy::Require => Err(PacError::NoPac),
        None => Ok(()),
    }
}
