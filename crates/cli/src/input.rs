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
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Failure> {
    if paths.iter().filter(|path| is_standard_input(path)).count() > 1 {
        return Err(Failure::StandardInputTwice);
    }
    let numbered = (1_usize..).zip(paths);
    numbered
        .map(|(number, path)| decode(number, &read(path)?))
        .collect()
}

/// The token of one file, of standard input, or that the argument is the text of; as for
/// [`read_all`], or hexadecimal, or the line of a header.
pub(crate) fn read_token(argument: &Path) -> Result<Vec<u8>, Failure> {
    match read(argument) {
        Ok(octets) => decode_copied(&octets),
        Err(failure) => pasted(argument.as_os_str().as_encoded_bytes()).ok_or(failure),
    }
}

/// The token in an argument that names no file, if it looks like one: most names of files are
/// base64, too.
fn pasted(argument: &[u8]) -> Option<Vec<u8>> {
    let token = decode_copied(argument).ok()?;
    let is_text = token != argument;
    let begins_as_one = matches!(
        token.as_slice(),
        [0x60 | 0x61 | 0x6e | 0x6f | 0x7e | 0xa0 | 0xa1, ..] | [4 | 5, 4, ..] | [b'N', b'T', ..]
    );
    (is_text && begins_as_one).then_some(token)
}

/// What somebody copied out of a log, a dump or a browser.
fn decode_copied(octets: &[u8]) -> Result<Vec<u8>, Failure> {
    let value = header_value(octets).unwrap_or(octets);
    let digits: Vec<u8> = value
        .iter()
        .copied()
        .filter(|it| !it.is_ascii_whitespace())
        .collect();
    let hexadecimal = str::from_utf8(&digits).ok().and_then(from_hexadecimal);
    match hexadecimal {
        Some(token) if !token.is_empty() => Ok(token),
        _ => decode(1, value),
    }
}

/// What follows the name of a header that has Negotiate for its scheme, as in
/// `> Authorization: Negotiate YII…`, which is how curl shows it.
fn header_value(octets: &[u8]) -> Option<&[u8]> {
    let colon = octets.iter().position(|octet| *octet == b':')?;
    let (_, value) = octets.split_at_checked(colon.saturating_add(1))?;
    scheme_and_rest(value).is_some().then_some(value)
}

/// Two digits for each octet.
pub(crate) fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let digit = |octet: u8| {
        char::from(octet)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)?.checked_shl(4)? | digit(*low)?))
        .collect()
}

/// Text that has to be base64, with or without `Negotiate `: a token of a batch.
pub(crate) fn decode_text(number: usize, text: &str) -> Result<Vec<u8>, Failure> {
    match scheme_and_rest(text.as_bytes()) {
        Some(rest) => decode_base64(rest).map_err(|error| Failure::TokenText { number, error }),
        None => decode_base64(text.as_bytes()).map_err(|error| Failure::Base64 { number, error }),
    }
}

/// The octets of a file that a command was given, at most a mebibyte.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
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
    fn what_was_copied_may_be_hexadecimal_or_the_line_of_a_header() {
        let copied = |text: &str| decode_copied(text.as_bytes()).unwrap();
        assert_eq!(copied("608201020606 2B0601\n"), TOKEN);
        for header in ["Authorization", "> authorization", "< WWW-Authenticate"] {
            assert_eq!(copied(&format!("{header}: Negotiate {TEXT}\r\n")), TOKEN);
        }
        assert_eq!(copied(TEXT), TOKEN);
        assert_eq!(decode_copied(TOKEN).unwrap(), TOKEN);
        assert!(
            decode_copied(b"Authorization: Basic YTpi")
                .unwrap()
                .starts_with(b"Auth")
        );
    }

    #[test]
    fn an_argument_is_a_token_only_if_it_looks_like_one() {
        let header = format!("Negotiate {TEXT}");
        for argument in [TEXT, header.as_str(), "608201020606"] {
            assert!(pasted(argument.as_bytes()).is_some(), "{argument}");
        }
        for name in [
            "token",
            "tokens12",
            "deadbeef",
            "no.such.file",
            "../token",
            "",
        ] {
            assert_eq!(pasted(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn hexadecimal_is_two_digits_for_each_octet() {
        assert_eq!(from_hexadecimal("").unwrap(), b"");
        assert_eq!(from_hexadecimal("00fFa1").unwrap(), [0x00, 0xff, 0xa1]);
        for wrong in ["0", "0g", "+1", "00 11", "\u{e9}"] {
            assert_eq!(from_hexadecimal(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn standard_input_is_read_once_at_most() {
        let paths = [PathBuf::from("-"), PathBuf::from("-")];
        assert!(matches!(read_all(&paths), Err(Failure::StandardInputTwice)));
    }
}
