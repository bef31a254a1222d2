//! [`Envelope`]: in which frames the Kerberos token goes.

use super::InitiationError;
use portcullis_formats::der::Decode;
use portcullis_formats::gss::{InitialContextToken, Mechanism, TokenId, frame, split_token_id};
use portcullis_formats::messages::KrbError;
use portcullis_formats::spnego::encode_mech_types;

/// What MIT krb5 lists.
const KRB5_FIRST: &[Mechanism] = &[Mechanism::Krb5];
/// What Windows lists ([MS-SPNG] §3.1.5.2).
const MS_KRB5_FIRST: &[Mechanism] = &[
    Mechanism::MsKrb5,
    Mechanism::Krb5,
    Mechanism::NegoEx,
    Mechanism::Ntlm,
];

/// In which frames the Kerberos token goes.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// Of the frame around the Kerberos token; `None` without one.
    frame: Option<Mechanism>,
    spnego: Option<Spnego>,
}

/// The SPNEGO around it.
#[derive(Debug)]
pub(super) struct Spnego {
    pub(super) mechanisms: Vec<Mechanism>,
    /// The first mechanism's token comes with the list.
    pub(super) optimistic: bool,
    /// The list is signed although nothing demands it.
    pub(super) sign: bool,
}

impl Envelope {
    /// `spnego` holds the list of mechanisms, if it is not the usual.
    pub(crate) fn new(
        spnego: Option<Option<&[Mechanism]>>,
        ms_oid: bool,
        bare: bool,
        optimistic: bool,
        sign: bool,
    ) -> Self {
        let usual = if ms_oid { MS_KRB5_FIRST } else { KRB5_FIRST };
        let spnego = spnego.map(|list| Spnego {
            mechanisms: list.unwrap_or(usual).to_vec(),
            optimistic,
            sign,
        });
        // Windows frames with the right number inside of SPNEGO, whatever its list says.
        let mechanism = match ms_oid && spnego.is_none() {
            true => Mechanism::MsKrb5,
            false => Mechanism::Krb5,
        };
        Self {
            frame: (!bare).then_some(mechanism),
            spnego,
        }
    }

    pub(super) const fn is_spnego(&self) -> bool {
        self.spnego.is_some()
    }

    pub(super) const fn spnego(&self) -> Option<&Spnego> {
        self.spnego.as_ref()
    }

    /// A Kerberos message in its frame.
    pub(super) fn kerberos(&self, id: TokenId, message: &[u8]) -> Vec<u8> {
        match self.frame {
            Some(mechanism) => frame(mechanism.oid(), &[&id.0, message].concat()),
            None => message.to_vec(),
        }
    }

    /// The AP-REP in a token, which must be in the frame that the AP-REQ was in.
    pub(super) fn ap_rep<'t>(&self, token: &'t [u8]) -> Result<&'t [u8], InitiationError> {
        self.kerberos_error(token)?;
        let Some(mechanism) = self.frame else {
            return Ok(token);
        };
        let framed = InitialContextToken::decode(token)?;
        if framed.oid != mechanism.oid() {
            return Err(InitiationError::OtherMechanism);
        }
        match split_token_id(framed.inner)? {
            (TokenId::AP_REP, message) => Ok(message),
            _ => Err(InitiationError::Unexpected),
        }
    }

    /// The refusal that `token` is, if it is one.
    pub(super) fn kerberos_error(&self, token: &[u8]) -> Result<(), InitiationError> {
        let message = match self.frame {
            None => token,
            Some(_) => match InitialContextToken::decode(token).map(|token| token.inner) {
                Ok([3, 0, message @ ..]) => message,
                _ => return Ok(()),
            },
        };
        match KrbError::from_der(message) {
            Ok(error) => Err(InitiationError::Refused {
                code: error.error_code,
                stime: error.stime,
            }),
            Err(_) => Ok(()),
        }
    }
}

impl Spnego {
    /// The SEQUENCE that a mechListMIC covers.
    pub(super) fn mech_types(&self) -> Vec<u8> {
        encode_mech_types(self.mechanisms.iter().map(|mechanism| mechanism.oid()))
    }

    /// The mechanism that an acceptor of Kerberos alone has to choose.
    pub(super) fn kerberos(&self) -> Option<Mechanism> {
        self.mechanisms
            .iter()
            .copied()
            .find(|mechanism| mechanism.is_krb5())
    }

    pub(super) fn kerberos_is_first(&self) -> bool {
        self.mechanisms
            .first()
            .is_some_and(|mechanism| mechanism.is_krb5())
    }
}
