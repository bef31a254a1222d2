//! What ties a Kerberos login to the channel that carries it (RFC 4121 §4.1.1.2, RFC 5929, RFC 9266).
//!
//! A token that was relayed from another channel bears that channel's bindings. The service says
//! what its own are, [`tls_server_end_point`] as a rule; the client has put the MD5 of its own into
//! the authenticator; `decide` compares them by the service's [`ChannelBindingPolicy`].

mod certificate;
mod policy;

use md5::{Digest, Md5};
use portcullis_formats::gss::ChannelBindings;

pub use certificate::{CertificateError, tls_server_end_point};
pub(crate) use policy::decide;
pub use policy::{BindingsMismatch, ChannelBindingPolicy};

/// What the initiator of a channel with these bindings puts into its authenticator.
///
/// RFC 4121 §4.1.1.2 fixed MD5. To relay a token, an attacker's channel would have to be a second
/// preimage of ours, which MD5 still withstands; collisions do not help.
pub(crate) fn hash(bindings: &ChannelBindings) -> [u8; 16] {
    Md5::digest(bindings.hash_input()).into()
}

/// The bindings `tls-exporter` (RFC 9266), of TLS 1.3, or 1.2 with the extended master secret.
///
/// `exported` is what the TLS library exports with the label `EXPORTER-Channel-Binding`, an empty
/// context and a length of 32 octets.
#[must_use]
pub fn tls_exporter(exported: &[u8; 32]) -> ChannelBindings {
    named("tls-exporter:", exported)
}

/// The bindings `tls-unique` (RFC 5929 §3), of TLS 1.2 and before with the extended master secret.
///
/// `finished` is the first Finished message of the latest handshake on the connection.
#[must_use]
pub fn tls_unique(finished: &[u8]) -> ChannelBindings {
    named("tls-unique:", finished)
}

fn named(prefix: &str, data: &[u8]) -> ChannelBindings {
    ChannelBindings::from_application_data([prefix.as_bytes(), data].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_testdata::{hex, unhex, vectors};

    /// RFC 4121 §4.1.1.2; the first of them is what MIT krb5 sent.
    #[test]
    fn the_hash_is_that_of_mit_krb5() {
        for vector in vectors("channel_bindings") {
            let addrtype = |name: &str| vector[name].as_u64().unwrap().try_into().unwrap();
            let bindings = ChannelBindings {
                initiator_addrtype: addrtype("initiator_addrtype"),
                initiator_address: hex(&vector["initiator_address"]),
                acceptor_addrtype: addrtype("acceptor_addrtype"),
                acceptor_address: hex(&vector["acceptor_address"]),
                application_data: hex(&vector["application_data"]),
            };

            assert_eq!(hash(&bindings).as_slice(), hex(&vector["bnd"]), "{vector}");
        }
    }

    #[test]
    fn bindings_by_name_are_those_of_the_vectors() {
        let exported: [u8; 32] = core::array::from_fn(|n| u8::try_from(n).unwrap());
        let exporter = hash(&tls_exporter(&exported));
        let unique = hash(&tls_unique(&exported[..12]));

        assert_eq!(
            exporter.as_slice(),
            unhex("232de8d17ccb639000833d0e7def6811")
        );
        assert_eq!(unique.as_slice(), unhex("7e5349b5695138957cdd92d99e2e11ea"));
    }

    #[test]
    fn no_bindings_hash_to_the_zeros_that_stand_for_none() {
        assert_ne!(hash(&ChannelBindings::default()), [0; 16]);
    }
}
