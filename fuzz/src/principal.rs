//! Principals as text.

use portcullis::{Principal, ServicePattern};

/// Reads `input` as a principal, prints it and reads it again.
pub fn run(input: &[u8]) {
    for principal in [
        Principal::parse(input, None),
        Principal::parse(input, Some("EXAMPLE.TEST")),
        Principal::parse_enterprise(input, Some("EXAMPLE.TEST")),
    ]
    .into_iter()
    .flatten()
    {
        let text = principal.to_text();
        assert_eq!(Principal::parse(&text, None).as_ref(), Ok(&principal));
        assert_printable(&principal.to_string());
        assert_printable(&principal.display_without_realm().to_string());
        assert_printable(&format!("{principal:?}"));
    }
    if let Ok(text) = str::from_utf8(input) {
        let _ = text.parse::<ServicePattern>();
    }
}

/// A name must not forge a line of a log.
fn assert_printable(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
