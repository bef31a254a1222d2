//! From one key and a constant, other keys.

pub(crate) mod dk;
pub(crate) mod kdf_hmac_sha2;
pub(crate) mod n_fold;

#[cfg(test)]
pub(crate) mod tests {
    use portcullis_testdata::hex;
    use serde_json::Value;

    use crate::KeyUsage;
    use crate::key_usage::Purpose;

    /// The purpose of a vector of derived keys, by its name; its constant must say the same.
    pub(crate) fn purpose(vector: &Value) -> Purpose {
        let purpose = match vector["name"].as_str() {
            Some("Kc") => Purpose::Checksum,
            Some("Ke") => Purpose::Encryption,
            Some("Ki") => Purpose::Integrity,
            _ => panic!("{vector}"),
        };
        let usage = KeyUsage::new(vector["usage"].as_u64().unwrap().try_into().unwrap());
        assert_eq!(usage.constant(purpose)[..], hex(&vector["constant"]));
        purpose
    }
}
