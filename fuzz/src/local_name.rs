//! Rules of `auth_to_local`, and the clients that they are applied to.

use portcullis::Principal;
use portcullis::names::{AuthToLocal, LocalNamePolicy, NoLocalName};

/// Applies the rule before the first line feed to the client behind it.
pub fn run(input: &[u8]) {
    let Some(end) = input.iter().position(|octet| *octet == b'\n') else {
        return;
    };
    let (rule, name) = (&input[..end], &input[end + 1..]);
    let Ok(client) = Principal::parse(name, Some("EXAMPLE.TEST")) else {
        return;
    };
    let policy = LocalNamePolicy::new().forget_realm("EXAMPLE.TEST");
    match policy.local_name(&client) {
        Ok(local) => assert_is_a_name(&local),
        Err(error) => assert_eq!(error, NoLocalName::Empty),
    }
    let Ok(rule) = str::from_utf8(rule) else {
        return;
    };
    match AuthToLocal::new("EXAMPLE.TEST", [rule]) {
        Ok(rules) => {
            if let Ok(local) = rules.local_name(&client) {
                assert_is_a_name(&local);
            }
        }
        Err(error) => assert!(
            error.column >= 1 && error.column <= rule.len() + 1,
            "{error}"
        ),
    }
}

fn assert_is_a_name(local: &str) {
    assert!(!local.is_empty());
    assert!(!local.chars().any(char::is_control), "{local:?}");
}
