//! krb5.conf and the rules in it: whoever may write to the file, a fault is an error with its place.

use portcullis::formats::krb5_conf::{IncludeError, Includes, Krb5Conf};
use portcullis::names::AuthToLocal;

/// Reads `input` as a krb5.conf that includes itself, and asks for all that an acceptor asks.
pub fn run(input: &[u8]) {
    let conf = match Krb5Conf::parse("conf", input, &mut Itself(input)) {
        Ok(conf) => conf.clone().followed_by(conf),
        Err(error) => {
            let lines = input.split(|octet| *octet == b'\n').count();
            assert!(error.place.line >= 1 && error.place.line <= lines);
            assert!(error.place.column >= 1);
            assert!(!error.to_string().chars().any(char::is_control));
            return;
        }
    };
    let realm = conf.default_realm().unwrap_or("EXAMPLE.TEST");
    let _ = (conf.clock_skew(), conf.permitted_enctypes());
    let _ = (conf.default_keytab_name(), conf.realm_paths().len());
    let _ = conf.realm_of_host("www.example.test");
    if let Ok(rules) = AuthToLocal::of_conf(&conf, realm) {
        for client in ["alice@EXAMPLE.TEST", "alice/admin@EXAMPLE.TEST"] {
            let _ = rules.local_name(&client.parse().expect("a principal"));
        }
    }
}

/// Whatever is included is the file itself.
struct Itself<'f>(&'f [u8]);

impl Includes for Itself<'_> {
    fn file(&mut self, _: &str) -> Result<Vec<u8>, IncludeError> {
        Ok(self.0.to_vec())
    }

    fn directory(&mut self, _: &str) -> Result<Vec<String>, IncludeError> {
        Ok(vec!["a.conf".to_owned()])
    }
}
