//! The text form of a SID ([MS-DTYP] §2.4.2.1).

use super::{Sid, SidError};
use core::fmt;
use core::str::FromStr;

/// From here on an authority is written in hexadecimal.
const HEXADECIMAL_FROM: u64 = 1 << 32;

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S-1-")?;
        if self.authority < HEXADECIMAL_FROM {
            write!(f, "{}", self.authority)?;
        } else {
            write!(f, "{:#014x}", self.authority)?;
        }
        self.sub_authorities()
            .iter()
            .try_for_each(|sub_authority| write!(f, "-{sub_authority}"))
    }
}

/// Reads `S-1-5-21-1-2-3-500`; the `S` and hexadecimal digits in either case.
impl FromStr for Sid {
    type Err = SidError;

    fn from_str(text: &str) -> Result<Self, SidError> {
        let mut parts = text.split('-');
        if !matches!(parts.next(), Some("S" | "s")) || parts.next() != Some("1") {
            return Err(SidError::Text);
        }
        let authority = parse_authority(parts.next().ok_or(SidError::Text)?)?;
        let none = Self::new(authority, &[])?;
        parts.try_fold(none, |sid, part| sid.with_rid(parse_decimal(part)?))
    }
}

fn parse_authority(text: &str) -> Result<u64, SidError> {
    let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) else {
        return parse_decimal(text);
    };
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(SidError::Text);
    }
    u64::from_str_radix(digits, 16).map_err(|_| SidError::Text)
}

/// Digits and nothing else: `parse` alone would read `+5` too.
fn parse_decimal<N: FromStr>(text: &str) -> Result<N, SidError> {
    if !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(SidError::Text);
    }
    text.parse().map_err(|_| SidError::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn sid(text: &str) -> Sid {
        text.parse().unwrap()
    }

    #[test]
    fn a_sid_is_read_and_printed_alike() {
        for text in [
            "S-1-5-21-3048156945-3961193616-3706469200-1005",
            "S-1-0-0",
            "S-1-4294967295-4294967295",
            "S-1-0xffffffffffff-1",
            "S-1-0x000100000000",
            "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15",
        ] {
            assert_eq!(sid(text).to_string(), text);
        }
        assert_eq!(sid("s-1-0X00000005-18").to_string(), "S-1-5-18");
    }

    #[test]
    fn what_is_no_sid_is_refused() {
        for text in [
            "",
            "S",
            "S-1",
            "S-1-",
            "S-2-5-18",
            "S-1-5-",
            "S-1-5--1",
            "S-1-+5",
            "S-1-5-+1",
            "S-1-5-4294967296",
            "S-1-5-0x1",
            "S-1-0x",
            "S-1-0x+5",
            "S-1-5 -1",
            " S-1-5",
            "S-1-5-1 ",
        ] {
            assert_eq!(text.parse::<Sid>(), Err(SidError::Text), "{text}");
        }
        assert_eq!(
            "S-1-0x1000000000000".parse::<Sid>(),
            Err(SidError::Authority)
        );
        let sixteen = "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16";
        assert_eq!(sixteen.parse::<Sid>(), Err(SidError::TooManySubAuthorities));
    }

    #[test]
    fn octets_of_a_sid_are_read_and_written_alike() {
        let octets = b"\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x20\x02\0\0";
        assert_eq!(Sid::decode(octets).unwrap(), sid("S-1-5-32-544"));
        assert_eq!(sid("S-1-5-32-544").encode(), octets);
        assert_eq!(
            sid("S-1-0x010203040506").encode(),
            b"\x01\0\x01\x02\x03\x04\x05\x06"
        );
    }

    #[test]
    fn octets_that_are_no_sid_are_refused() {
        let octets = b"\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x20\x02\0\0";
        for end in 0..octets.len() {
            assert!(Sid::decode(&octets[..end]).is_err());
        }
        assert!(Sid::decode(&[octets.as_slice(), &[0]].concat()).is_err());
        assert!(Sid::decode(b"\x02\0\0\0\0\0\0\x05").is_err());
        let sixteen = [b"\x01\x10\0\0\0\0\0\x05".as_slice(), &[0; 64]].concat();
        assert!(Sid::decode(&sixteen).is_err());
    }

    #[test]
    fn an_account_has_a_domain_and_a_relative_identifier() {
        let domain = sid("S-1-5-21-1-2-3");
        let account = domain.with_rid(500).unwrap();
        assert!(domain.is_domain() && !account.is_domain());
        assert_eq!((account.domain(), account.rid()), (Some(domain), Some(500)));
        assert!(account.is_in(&domain) && !account.is_in(&account) && !domain.is_in(&domain));
        assert_eq!(sid("S-1-5").domain(), None);
        let longest = Sid::new(5, &[9; 15]).unwrap();
        assert_eq!(longest.with_rid(1), Err(SidError::TooManySubAuthorities));
        assert_eq!(Sid::new(5, &[9; 16]), Err(SidError::TooManySubAuthorities));
        assert_eq!(Sid::new(1 << 48, &[]), Err(SidError::Authority));
    }
}
