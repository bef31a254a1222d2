//! `portcullis keytab list`: what is in a keytab, and what of it will not work.

use crate::failure::Failure;
use core::fmt::Write as _;
use portcullis::formats::keytab::{Damage, DamageKind, KeytabEntry, KeytabFile};
use portcullis::formats::messages::KerberosTime;
use portcullis::formats::registry::EtypeNumber;
use portcullis::{Enctype, Principal};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use zeroize::Zeroizing;

/// The exit status for a file that an acceptor refuses.
const DAMAGED: u8 = 1;

/// Prints the keys of `path`, and warnings.
pub(crate) fn run(path: &Path) -> Result<ExitCode, Failure> {
    let octets = Zeroizing::new(std::fs::read(path).map_err(Failure::reading(path))?);
    let listing = Listing::of(&octets).map_err(|error| Failure::NoKeytab {
        path: path.to_owned(),
        error,
    })?;
    let text = listing.text();
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::Output)?;
    Ok(match listing.is_refused() {
        true => ExitCode::from(DAMAGED),
        false => ExitCode::SUCCESS,
    })
}

/// The records of a file, in its order.
struct Listing<'a> {
    entries: Vec<KeytabEntry<'a>>,
    damage: Vec<Damage>,
}

impl<'a> Listing<'a> {
    fn of(octets: &'a [u8]) -> Result<Self, portcullis::formats::keytab::KeytabError> {
        let (mut entries, mut damage) = (Vec::new(), Vec::new());
        for record in KeytabFile::open(octets)?.records() {
            match record {
                Ok(entry) => entries.push(entry),
                Err(found) => damage.push(found),
            }
        }
        Ok(Self { entries, damage })
    }

    /// Whether `Keytab::parse` refuses the file.
    fn is_refused(&self) -> bool {
        !self.damage.is_empty()
            || self
                .entries
                .iter()
                .any(|entry| wrong_length(entry).is_some())
    }

    /// The table, then a line for each warning.
    fn text(&self) -> String {
        let mut text = String::from("KVNO Written              Principal (enctype)\n");
        text.push_str("---- -------------------- -------------------\n");
        for entry in &self.entries {
            let written = KerberosTime::from_unix(entry.timestamp.into());
            let KeytabEntry {
                kvno,
                principal,
                etype,
                ..
            } = entry;
            // Nothing that is written into a String fails.
            let _ = writeln!(text, "{:>4} {written} {principal} ({etype})", kvno.0);
        }
        for warning in self.warnings() {
            let _ = writeln!(text, "warning: {warning}");
        }
        text
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.entries.is_empty() && self.damage.is_empty() {
            warnings.push("no keys".to_owned());
        }
        warnings.extend(self.weak_only());
        warnings.extend(self.duplicates());
        warnings.extend(self.ignored());
        warnings.extend(self.entries.iter().filter_map(wrong_length));
        warnings.extend(self.damage.iter().map(damaged));
        warnings
    }

    /// Principals that no ticket can be accepted for until weak enctypes are permitted.
    fn weak_only(&self) -> Vec<String> {
        let mut enctypes = BTreeMap::<&Principal, BTreeSet<Enctype>>::new();
        for entry in &self.entries {
            if let Ok(enctype) = Enctype::try_from(entry.etype.0) {
                enctypes
                    .entry(&entry.principal)
                    .or_default()
                    .insert(enctype);
            }
        }
        let weak_only = enctypes
            .into_iter()
            .filter(|(_, of)| of.iter().all(|it| it.is_weak()));
        weak_only
            .map(|(principal, enctypes)| match enctypes.iter().all(is_rc4) {
                true => format!("{principal} has RC4 keys only, which are off by default"),
                false => format!("{principal} has weak keys only, which are off by default"),
            })
            .collect()
    }

    /// The same principal, version and type again: at best one too many, at worst one is wrong.
    fn duplicates(&self) -> Vec<String> {
        let mut keys = BTreeMap::<_, Vec<&[u8]>>::new();
        for entry in &self.entries {
            let of = (&entry.principal, entry.kvno, entry.etype);
            keys.entry(of).or_default().push(entry.key);
        }
        let duplicates = keys.into_iter().filter(|(_, keys)| keys.len() > 1);
        duplicates
            .map(|((principal, kvno, etype), keys)| {
                let distinct = keys.iter().collect::<BTreeSet<_>>().len();
                let differ = match distinct {
                    1 => "with the same key",
                    _ => "with different keys, of which one at most is right",
                };
                format!(
                    "duplicate: {principal} kvno {kvno} {etype}, {} times, {differ}",
                    keys.len()
                )
            })
            .collect()
    }

    fn ignored(&self) -> Vec<String> {
        let unusable = self
            .entries
            .iter()
            .filter(|entry| Enctype::try_from(entry.etype.0).is_err());
        let mut counts = BTreeMap::<EtypeNumber, usize>::new();
        for entry in unusable {
            let count = counts.entry(entry.etype).or_default();
            *count = count.saturating_add(1);
        }
        let line = |(etype, count): (EtypeNumber, usize)| {
            let keys = if count == 1 { "key" } else { "keys" };
            let why = if is_des(etype) {
                "DES is broken"
            } else {
                "not supported"
            };
            format!("ignored: {count} {keys} of {etype}, {why}")
        };
        counts.into_iter().map(line).collect()
    }
}

const fn is_rc4(enctype: &Enctype) -> bool {
    matches!(enctype, Enctype::Rc4Hmac)
}

fn is_des(etype: EtypeNumber) -> bool {
    let des = [
        EtypeNumber::DES_CBC_CRC,
        EtypeNumber::DES_CBC_MD4,
        EtypeNumber::DES_CBC_MD5,
    ];
    des.contains(&etype)
}

fn wrong_length(entry: &KeytabEntry<'_>) -> Option<String> {
    let expected = Enctype::try_from(entry.etype.0).ok()?.key_length();
    let KeytabEntry {
        offset,
        principal,
        kvno,
        etype,
        key,
        ..
    } = entry;
    (key.len() != expected).then(|| {
        let found = key.len();
        format!(
            "damaged at offset {offset}: the key of {principal} kvno {kvno} {etype} has {found} \
             octets, not {expected}"
        )
    })
}

fn damaged(damage: &Damage) -> String {
    match damage.kind {
        DamageKind::Empty { field: "key" } => {
            format!("zero-length key at offset {}", damage.offset)
        }
        kind => format!("damaged at offset {}: {kind}", damage.offset),
    }
}
