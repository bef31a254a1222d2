//! Channel bindings, and the octets of them that are hashed (RFC 4121 §4.1.1.2).

use alloc::vec::Vec;

/// The channel that carries the tokens, as one side sees it.
///
/// Over TLS there are no addresses, only `application_data` such as `tls-server-end-point:` and
/// the hash of the server's certificate (RFC 5929 §4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ChannelBindings {
    /// The initiator's address family; 0 is unspecified, 255 no address.
    pub initiator_addrtype: u32,
    /// The initiator's address.
    pub initiator_address: Vec<u8>,
    /// The acceptor's address family.
    pub acceptor_addrtype: u32,
    /// The acceptor's address.
    pub acceptor_address: Vec<u8>,
    /// What names the channel itself.
    pub application_data: Vec<u8>,
}

impl ChannelBindings {
    /// Bindings of a channel without addresses.
    pub fn from_application_data(application_data: impl Into<Vec<u8>>) -> Self {
        Self {
            application_data: application_data.into(),
            ..Self::default()
        }
    }

    /// The octets whose MD5 the initiator puts into its authenticator's checksum.
    #[must_use]
    pub fn hash_input(&self) -> Vec<u8> {
        let mut input = Vec::new();
        input.extend_from_slice(&self.initiator_addrtype.to_le_bytes());
        extend_counted(&mut input, &self.initiator_address);
        input.extend_from_slice(&self.acceptor_addrtype.to_le_bytes());
        extend_counted(&mut input, &self.acceptor_address);
        extend_counted(&mut input, &self.application_data);
        input
    }
}

fn extend_counted(input: &mut Vec<u8>, octets: &[u8]) {
    let length = u32::try_from(octets.len()).unwrap_or(u32::MAX); // no binding is that large
    input.extend_from_slice(&length.to_le_bytes());
    input.extend_from_slice(octets);
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_testdata::{hex, vectors};

    #[test]
    fn the_hash_input_is_that_of_mit_krb5() {
        for vector in vectors("channel_bindings") {
            let addrtype = |name: &str| vector[name].as_u64().unwrap().try_into().unwrap();
            let bindings = ChannelBindings {
                initiator_addrtype: addrtype("initiator_addrtype"),
                initiator_address: hex(&vector["initiator_address"]),
                acceptor_addrtype: addrtype("acceptor_addrtype"),
                acceptor_address: hex(&vector["acceptor_address"]),
                application_data: hex(&vector["application_data"]),
            };
            assert_eq!(
                bindings.hash_input(),
                hex(&vector["md5_input"]),
                "{}",
                vector["name"]
            );
        }
    }

    #[test]
    fn application_data_alone_has_no_addresses() {
        let bindings = ChannelBindings::from_application_data(*b"n,,");
        assert_eq!(
            bindings.hash_input(),
            [&[0; 16], b"\x03\0\0\0n,,".as_slice()].concat()
        );
    }
}
