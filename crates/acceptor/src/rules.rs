//! [`Rules`]: every decision that is made once, when the acceptor is built.

use crate::channel_bindings::ChannelBindingPolicy;
use crate::enctypes::EnctypePolicy;
use crate::keytab::Keytab;
use crate::pac::{PacPolicy, SidFilter};
use crate::service::ServicePattern;
use crate::transited::RealmPaths;
use portcullis_formats::messages::KerberosTime;
use std::sync::Arc;

/// Which keys of the keytab may open a ticket beyond the one that it names.
///
/// The name and version in a ticket stand in clear and prove nothing; that a key opens it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySelection {
    /// Keys of the same principal with another version number: keytabs and passwords are rotated.
    pub other_kvnos: bool,
    /// Keys of other principals: Active Directory has one key for all names of an account.
    pub aliases: bool,
}

impl KeySelection {
    /// The principal and version that the ticket names, and no other.
    pub const EXACT: Self = Self {
        other_kvnos: false,
        aliases: false,
    };
    /// Every key of the ticket's encryption type: the default.
    pub const ANY: Self = Self {
        other_kvnos: true,
        aliases: true,
    };
}

impl Default for KeySelection {
    fn default() -> Self {
        Self::ANY
    }
}

/// What an [`crate::Acceptor`] was told.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) service: ServicePattern,
    pub(crate) key_selection: KeySelection,
    pub(crate) enctypes: EnctypePolicy,
    /// Seconds by which clocks may differ.
    pub(crate) skew: i64,
    pub(crate) refuse_stamped_before: Option<KerberosTime>,
    pub(crate) channel_bindings: ChannelBindingPolicy,
    pub(crate) realm_paths: RealmPaths,
    /// Whether the KDC's word that it checked the path of realms is enough.
    pub(crate) trust_kdc_on_transited: bool,
    pub(crate) anonymous: bool,
    pub(crate) lenient_authorization_data: bool,
    pub(crate) pac: PacPolicy,
    pub(crate) krbtgt_keys: Option<Arc<Keytab>>,
    pub(crate) sid_filter: Option<SidFilter>,
    pub(crate) keep_delegated_credentials: bool,
    pub(crate) raw_ap_req: bool,
    /// There is no keytab: tickets are sealed with a session key of ours.
    pub(crate) user_to_user_only: bool,
    pub(crate) max_token: usize,
    pub(crate) max_mech_types: usize,
    /// How many sequence numbers behind the latest a context remembers.
    pub(crate) sequence_window: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            service: ServicePattern::Any,
            key_selection: KeySelection::ANY,
            enctypes: EnctypePolicy::default(),
            skew: 300,
            refuse_stamped_before: None,
            channel_bindings: ChannelBindingPolicy::default(),
            realm_paths: RealmPaths::new(),
            trust_kdc_on_transited: true,
            anonymous: false,
            lenient_authorization_data: false,
            pac: PacPolicy::default(),
            krbtgt_keys: None,
            sid_filter: None,
            keep_delegated_credentials: false,
            raw_ap_req: false,
            user_to_user_only: false,
            max_token: 64 * 1024,
            max_mech_types: 512,
            sequence_window: 64,
        }
    }
}
