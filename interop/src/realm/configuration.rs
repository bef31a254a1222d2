//! `krb5.conf`, as the clients see it, and `kdc.conf`.

use std::fs;
use std::path::Path;

use super::{OTHER_REALM, REALM, SPAKE_INDICATOR};

/// Writes both files into `directory`, for a KDC on `port`; the KDC's old log goes.
pub(super) fn write(directory: &Path, port: u16) {
    let client = client(port);
    // Clients that announce channel bindings as Windows does (KERB_AP_OPTIONS_CBT) differ by one line.
    let aware = client.replacen(
        "[libdefaults]",
        "[libdefaults]\n client_aware_channel_bindings = true",
        1,
    );
    let files = [
        ("krb5.conf", client),
        ("krb5-aware.conf", aware),
        ("kdc.conf", kdc(directory, port)),
        ("kdc.log", String::new()),
    ];
    for (name, text) in files {
        fs::write(directory.join(name), text).expect("a file in our own directory");
    }
}

/// Names are never turned into addresses and back, so no host needs to resolve. Debian's MIT 1.20.1 gives
/// RC4 and DES3 session keys only with `allow_rc4` and `allow_des3`; UDP replies that are too long would be asked for again by TCP.
fn client(port: u16) -> String {
    let enctypes = "aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha384-192 \
                    aes128-cts-hmac-sha256-128 arcfour-hmac des3-cbc-sha1 camellia128-cts-cmac \
                    camellia256-cts-cmac";
    format!(
        "[libdefaults]
 default_realm = {REALM}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 forwardable = true
 udp_preference_limit = 1
 allow_weak_crypto = true
 allow_rc4 = true
 allow_des3 = true
 spake_preauth_groups = edwards25519
 permitted_enctypes = {enctypes}
 default_tkt_enctypes = {enctypes}
 default_tgs_enctypes = {enctypes}

[realms]
 {REALM} = {{
  kdc = 127.0.0.1:{port}
 }}
 {OTHER_REALM} = {{
  kdc = 127.0.0.1:{port}
 }}

[domain_realm]
 .example.test = {REALM}
 .other.test = {OTHER_REALM}
"
    )
}

fn kdc(directory: &Path, port: u16) -> String {
    let directory = directory.display();
    let realm = |name: &str| {
        format!(
            " {name} = {{
  database_name = {directory}/{name}.db
  key_stash_file = {directory}/{name}.stash
  acl_file = {directory}/none.acl
  max_life = 1d
  max_renewable_life = 7d
  default_principal_flags = +postdateable
  spake_preauth_indicator = {SPAKE_INDICATOR}
  supported_enctypes = aes256-cts-hmac-sha1-96:normal
 }}
"
        )
    };
    format!(
        "[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}

[realms]
{}{}
[logging]
 kdc = FILE:{directory}/kdc.log
 default = FILE:{directory}/kadmin.log
",
        realm(REALM),
        realm(OTHER_REALM)
    )
}
