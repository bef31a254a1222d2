//! Recorded tokens: `testdata/tokens/*.txt`, one conversation each, with everything that an acceptor needs to judge
//! it again and with its provenance.
//!
//! ```text
//! what:     one line
//! section:  RFC 4121 §4.1
//! source:   the program, its version, the day
//! expect:   accepted alice@EXAMPLE.TEST       (or: rejected KIND)
//! now:      2026-01-01T00:05:01Z
//! allow:    rc4-hmac                          (only if needed)
//! bindings: 68657265                          (application data, only if there are any)
//! keytab:   0502…
//! token:    6082…                             (one line for each leg)
//! ```
//!
//! Lines that begin with `#` are comments.

use std::fmt::Write as _;
use std::path::Path;

use crate::portcullis::{Request, Verdict};

/// One file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The file's name.
    pub name: String,
    /// What it is.
    pub what: String,
    /// The rule that it is about.
    pub section: String,
    /// Who made it, and when.
    pub source: String,
    /// The verdict: `accepted CLIENT` or `rejected KIND`.
    pub expect: String,
    /// When it arrived, in seconds since 1970.
    pub now: u64,
    /// A weak enctype that must be allowed.
    pub allow: Option<String>,
    /// The application data of the acceptor's channel bindings.
    pub bindings: Option<Vec<u8>>,
    /// The acceptor's keytab.
    pub keytab: Vec<u8>,
    /// The initiator's tokens, in order.
    pub tokens: Vec<Vec<u8>>,
}

impl Recorded {
    /// All files of a directory, in the order of their names.
    ///
    /// # Errors
    /// The first file that cannot be read or parsed.
    pub fn read_all(directory: &Path) -> Result<Vec<Self>, String> {
        let entries = std::fs::read_dir(directory)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        paths.sort();
        let read = |path: &std::path::PathBuf| {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Self::parse(&name, &text).map_err(|error| format!("{}: {error}", path.display()))
        };
        paths.iter().map(read).collect()
    }

    /// Reads one file.
    ///
    /// # Errors
    /// What is missing or wrong, in words.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let mut recorded = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        let mut dated = false;
        for line in text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            let (field, value) = line
                .split_once(':')
                .ok_or_else(|| format!("no field: {line}"))?;
            let value = value.trim();
            match field {
                "what" => recorded.what = value.to_owned(),
                "section" => recorded.section = value.to_owned(),
                "source" => recorded.source = value.to_owned(),
                "expect" => recorded.expect = value.to_owned(),
                "now" => {
                    recorded.now = seconds(value).ok_or_else(|| format!("not a time: {value}"))?;
                    dated = true;
                }
                "allow" => recorded.allow = Some(value.to_owned()),
                "bindings" => recorded.bindings = Some(unhex(value)?),
                "keytab" => recorded.keytab = unhex(value)?,
                "token" => recorded.tokens.push(unhex(value)?),
                _ => return Err(format!("unknown field {field}")),
            }
        }
        let texts = [
            &recorded.what,
            &recorded.section,
            &recorded.source,
            &recorded.expect,
        ];
        if texts.iter().any(|text| text.is_empty()) || !dated {
            return Err("what, section, source, expect and now must be there".to_owned());
        }
        if recorded.keytab.is_empty() || recorded.tokens.is_empty() {
            return Err("keytab and token must be there".to_owned());
        }
        Ok(recorded)
    }

    /// The text of the file.
    #[must_use]
    pub fn print(&self) -> String {
        let mut text = String::new();
        let mut line = |field: &str, value: &str| {
            let _ = writeln!(text, "{:<9} {value}", format!("{field}:"));
        };
        line("what", &self.what);
        line("section", &self.section);
        line("source", &self.source);
        line("expect", &self.expect);
        line("now", &date(self.now));
        if let Some(allow) = &self.allow {
            line("allow", allow);
        }
        if let Some(bindings) = &self.bindings {
            line("bindings", &hex(bindings));
        }
        line("keytab", &hex(&self.keytab));
        for token in &self.tokens {
            line("token", &hex(token));
        }
        text
    }

    /// Judges it again with `accept`.
    ///
    /// # Errors
    /// What the verdict is, if it is not the expected one.
    ///
    /// # Panics
    /// When there is no directory for temporary files.
    pub fn replay(&self, accept: impl FnOnce(&Request) -> Verdict) -> Result<(), String> {
        let directory = tempfile::tempdir().expect("a directory");
        let keytab = directory.path().join("keytab");
        std::fs::write(&keytab, &self.keytab).expect("a file");
        let tokens: Vec<&[u8]> = self.tokens.iter().map(Vec::as_slice).collect();
        let mut request = Request::new(&keytab, &tokens).now(self.now);
        if let Some(enctype) = &self.allow {
            request = request.allow(&[enctype.as_str()]);
        }
        if let Some(bindings) = &self.bindings {
            request = request
                .channel_bindings("required")
                .channel_binding_data(bindings);
        }
        let verdict = accept(&request);
        let detail = verdict.client().or(verdict.kind()).unwrap_or_default();
        let said = format!("{} {detail}", verdict.verdict());
        if said.trim_end() == self.expect {
            Ok(())
        } else {
            Err(format!(
                "{}: expected {}, got {}",
                self.name, self.expect, verdict.json
            ))
        }
    }
}

/// Lower-case hexadecimal text.
#[must_use]
pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let pair = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair)
            .ok()
            .filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    };
    let octets = text
        .as_bytes()
        .chunks(2)
        .map(pair)
        .collect::<Option<Vec<u8>>>();
    octets.ok_or_else(|| format!("not hexadecimal: {text}"))
}

/// `2026-01-01T00:05:01Z` of seconds since 1970 (the algorithm of Howard Hinnant's `civil_from_days`).
#[must_use]
pub fn date(now: u64) -> String {
    let (days, second) = (now / 86_400 + 719_468, now % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The reverse: a time in that form and no other.
fn seconds(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let year = if month <= 2 {
        year.checked_sub(1)?
    } else {
        year
    };
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day.checked_sub(1)?;
    let day_of_era = year % 400 * 365 + year % 400 / 4 - year % 400 / 100 + day_of_year;
    let days = (year / 400 * 146_097 + day_of_era).checked_sub(719_468)?;
    let now = days * 86_400 + hour * 3_600 + minute * 60 + second;
    (date(now) == text).then_some(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (now, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_767_225_901, "2026-01-01T00:05:01Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(date(now), text);
            assert_eq!(seconds(text), Some(now));
        }
        for bad in [
            "",
            "2026-02-30T00:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:60Z",
        ] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_file_without_provenance_is_refused() {
        let text =
            "what: x\nsection: y\nexpect: z\nnow: 1970-01-01T00:00:00Z\nkeytab: 05\ntoken: 60\n";
        assert!(Recorded::parse("x.txt", text).is_err());
        let whole = format!("# a comment\nsource: MIT\n{text}");
        let recorded = Recorded::parse("x.txt", &whole).unwrap();
        assert_eq!(Recorded::parse("x.txt", &recorded.print()), Ok(recorded));
    }
}
