//! Reads tokens: files and standard input, raw octets and base64.
//!
//! What is base64 is told by the octets alone. A Kerberos token begins with 0x60, 0xa0 or 0xa1,
//! which base64 does not have, or with 0x6e or `NTLMSSP`, soon followed by an octet that it does
//! not have; so no raw token that anybody sends is taken for text.

use crate::failure::Failure;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The most octets that are read of a TOKEN: sixteen times what an acceptor takes by default, so
/// that it is the acceptor who refuses.
const LIMIT: u64 = 1024 * 1024;

/// The padding may be missing, as people lose it when they copy.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The tokens of these files, `-` being standard input.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Failure> {
    if paths.iter().filter(|path| is_standard_input(path)).count() > 1 {
        return Err(Failure::StandardInputTwice);
    }
    let numbered = (1_usize..).zip(paths);
    numbered
        .map(|(number, path)| decode(number, &read(path)?))
        .collect()
}

/// Text that has to be base64, with or without `Negotiate `: a token of a batch.
pub(super) fn decode_text(number: usize, text: &str) -> Result<Vec<u8>, Failure> {
    match scheme_and_rest(text.as_bytes()) {
        Some(rest) => decode_base64(rest).map_err(|error| Failure::TokenText { number, error }),
        None => decode_base64(text.as_bytes()).map_err(|error| Failure::Base64 { number, error }),
    }
}

/// The octets of a file that a command was given, at most a mebibyte.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    let read = match is_standard_input(path) {
        true => std::io::stdin()
            .take(LIMIT.saturating_add(1))
            .read_to_end(&mut octets),
        false => File::open(path)
            .and_then(|file| file.take(LIMIT.saturating_add(1)).read_to_end(&mut octets)),
    };
    read.map_err(Failure::reading(path))?;
    match u64::try_from(octets.len()) {
        Ok(0..=LIMIT) => Ok(octets),
        _ => Err(Failure::TooLarge {
            path: path.to_owned(),
            limit: LIMIT,
        }),
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The token that a file's octets are, or are the text of.
fn decode(number: usize, octets: &[u8]) -> Result<Vec<u8>, Failure> {
    if let Some(rest) = scheme_and_rest(octets) {
        return decode_base64(rest).map_err(|error| Failure::TokenText { number, error });
    }
    match octets.iter().all(|octet| is_text(*octet)) {
        true => decode_base64(octets).map_err(|error| Failure::Base64 { number, error }),
        false => Ok(octets.to_vec()),
    }
}

/// What follows the scheme `Negotiate`, in any case (RFC 9110 §11.1), and white space or the end.
fn scheme_and_rest(octets: &[u8]) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"negotiate";
    let octets = octets.trim_ascii();
    let (scheme, rest) = octets.split_at_checked(SCHEME.len())?;
    let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
    (ends && scheme.eq_ignore_ascii_case(SCHEME)).then_some(rest)
}

/// `base64` wraps its lines, editors end them.
fn decode_base64(text: &[u8]) -> Result<Vec<u8>, base64::DecodeError> {
    let mut text = text.to_vec();
    text.retain(|octet| !octet.is_ascii_whitespace());
    BASE64.decode(text)
}

const fn is_text(octet: u8) -> bool {
    matches!(octet, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=')
        || octet.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of an SPNEGO token, and its text.
    const TOKEN: &[u8] = &[0x60, 0x82, 0x01, 0x02, 0x06, 0x06, 0x2b, 0x06, 0x01];
    const TEXT: &str = "YIIBAgYGKwYB";

    fn decoded(octets: impl AsRef<[u8]>) -> Vec<u8> {
        decode(1, octets.as_ref()).unwrap()
    }

    #[test]
    fn raw_octets_are_the_token() {
        assert_eq!(decoded(TOKEN), TOKEN);
        assert_eq!(decoded(b"NTLMSSP\0\x01"), b"NTLMSSP\0\x01");
        assert_eq!(decoded(b"\x6e\x82\x01\x02"), b"\x6e\x82\x01\x02");
    }

    #[test]
    fn base64_is_the_token_that_it_stands_for() {
        assert_eq!(decoded(TEXT), TOKEN);
        assert_eq!(decoded("YIIBAg=="), &TOKEN[..4]);
        assert_eq!(decoded("YIIBAg"), &TOKEN[..4]);
    }

    #[test]
    fn line_breaks_and_blanks_around_base64_do_not_matter() {
        assert_eq!(decoded(format!("{TEXT}\r\n")), TOKEN);
        assert_eq!(decoded(" YIIB\nAgYG\nKwYB\n\n"), TOKEN);
    }

    #[test]
    fn the_scheme_may_stand_before_base64_in_any_case() {
        for scheme in ["Negotiate", "negotiate", "NEGOTIATE"] {
            assert_eq!(decoded(format!("{scheme} {TEXT}\n")), TOKEN);
            assert_eq!(decode_text(1, &format!("{scheme}  {TEXT}")).unwrap(), TOKEN);
        }
    }

    #[test]
    fn nothing_and_the_bare_scheme_are_the_empty_token() {
        for empty in ["", "\n", "Negotiate", "Negotiate \n"] {
            assert_eq!(decoded(empty), b"", "{empty:?}");
        }
    }

    #[test]
    fn text_that_is_no_base64_is_told_from_a_token() {
        assert!(matches!(
            decode(3, b"hello"),
            Err(Failure::Base64 { number: 3, .. })
        ));
        assert!(matches!(
            decode(1, b"Negotiate !"),
            Err(Failure::TokenText { number: 1, .. })
        ));
        assert!(matches!(
            decode_text(2, "\u{e9}"),
            Err(Failure::Base64 { number: 2, .. })
        ));
    }

    #[test]
    fn standard_input_is_read_once_at_most() {
        let paths = [PathBuf::from("-"), PathBuf::from("-")];
        assert!(matches!(read_all(&paths), Err(Failure::StandardInputTwice)));
    }
}
