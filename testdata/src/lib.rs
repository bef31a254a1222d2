//! Known-answer vectors, each file with its provenance in its `meta` (see `README.md`).

use serde_json::Value;

/// The file `vectors/NAME.json`, whole.
///
/// # Panics
/// When this crate ships no such file.
#[must_use]
pub fn vector_file(name: &str) -> Value {
    let text = match name {
        "auth_to_local" => include_str!("../vectors/auth_to_local.json"),
        "camellia_cmac" => include_str!("../vectors/camellia_cmac.json"),
        "ccache" => include_str!("../vectors/ccache.json"),
        "channel_bindings" => include_str!("../vectors/channel_bindings.json"),
        "checksums" => include_str!("../vectors/checksums.json"),
        "claims" => include_str!("../vectors/claims.json"),
        "derived_keys" => include_str!("../vectors/derived_keys.json"),
        "device_info" => include_str!("../vectors/device_info.json"),
        "encryption" => include_str!("../vectors/encryption.json"),
        "keytab" => include_str!("../vectors/keytab.json"),
        "krb_safe_and_priv" => include_str!("../vectors/krb_safe_and_priv.json"),
        "mit_gss_exchanges" => include_str!("../vectors/mit_gss_exchanges.json"),
        "mit_messages" => include_str!("../vectors/mit_messages.json"),
        "pac" => include_str!("../vectors/pac.json"),
        "pac_buffers" => include_str!("../vectors/pac_buffers.json"),
        "prf" => include_str!("../vectors/prf.json"),
        "principals" => include_str!("../vectors/principals.json"),
        "rcache_file2" => include_str!("../vectors/rcache_file2.json"),
        "rfc3961_des3_dr_dk" => include_str!("../vectors/rfc3961_des3_dr_dk.json"),
        "rfc3961_nfold" => include_str!("../vectors/rfc3961_nfold.json"),
        "rfc3962_cts" => include_str!("../vectors/rfc3962_cts.json"),
        "string_to_key" => include_str!("../vectors/string_to_key.json"),
        "transited" => include_str!("../vectors/transited.json"),
        "xpress_huffman" => include_str!("../vectors/xpress_huffman.json"),
        _ => panic!("no vector file named {name}"),
    };
    serde_json::from_str(text).expect("a vector file is JSON")
}

/// The list `vectors` of the file `vectors/NAME.json`.
///
/// # Panics
/// When this crate ships no such file, or it has no such list.
#[must_use]
pub fn vectors(name: &str) -> Vec<Value> {
    match vector_file(name)["vectors"].take() {
        Value::Array(vectors) => vectors,
        _ => panic!("{name} has no list `vectors`"),
    }
}

/// The octets of a hexadecimal string of a vector; `null` is empty.
///
/// # Panics
/// When it is not hexadecimal.
#[must_use]
pub fn hex(value: &Value) -> Vec<u8> {
    unhex(value.as_str().unwrap_or_default())
}

/// The octets of hexadecimal text.
///
/// # Panics
/// When it is not hexadecimal.
#[must_use]
pub fn unhex(text: &str) -> Vec<u8> {
    assert!(
        text.len().is_multiple_of(2),
        "hexadecimal text has an even length"
    );
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}
