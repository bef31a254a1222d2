//! Credential caches.

use portcullis_formats::ccache::{CcacheWriter, CredentialCache};

/// Reads `input` as a credential cache, writes it and reads it again.
pub fn run(input: &[u8]) {
    let Ok(cache) = CredentialCache::open(input).map_err(|error| error.to_string()) else {
        return;
    };
    let written = write(&cache);
    let again = CredentialCache::open(&written).expect("what was written can be read");
    assert_eq!(again.version(), 4);
    assert_eq!(again.kdc_offset(), cache.kdc_offset());
    assert_eq!(again.default_principal(), cache.default_principal());
    assert!(again.credentials().all(|credential| credential.is_ok()));
    assert_eq!(write(&again), written);
}

/// The credentials before the first that is damaged.
fn write(cache: &CredentialCache<'_>) -> Vec<u8> {
    let mut writer = CcacheWriter::new(cache.default_principal(), cache.kdc_offset(), 0)
        .expect("a principal that was read can be written");
    for credential in cache.credentials().map_while(Result::ok) {
        let _ = (credential.is_config(), format!("{credential:?}"));
        writer
            .add(&credential)
            .expect("what was read can be written");
    }
    writer.into_vec()
}
