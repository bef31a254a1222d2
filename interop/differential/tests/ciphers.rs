//! Every enctype against MIT's libk5crypto: what the one seals the other opens, and all else is equal.

use std::process::Command;

use portcullis_crypto::{Enctype, KeyUsage, string_to_key};
use portcullis_differential::shims::c_program;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::LineServer;
use portcullis_interop::recorded::hex;
use portcullis_oracles::sealing::cases;
use portcullis_testdata::unhex;

/// Tickets, authenticators, AP-REP, KRB-CRED, PACs, and messages of both sides.
const USAGES: [u32; 10] = [2, 7, 10, 11, 12, 14, 17, 22, 23, 24];

/// MIT's ciphers; none when they are not here.
struct Mit {
    program: LineServer,
    _directory: tempfile::TempDir,
}

impl Mit {
    fn start() -> Option<Self> {
        if !present(&[Peer::MIT_DEVELOPMENT]) {
            return None;
        }
        let directory = tempfile::tempdir().expect("a directory");
        let program = c_program(directory.path(), "k5_crypto", &["-lkrb5", "-lk5crypto"]);
        let program = LineServer::start(Command::new(program));
        Some(Self {
            program,
            _directory: directory,
        })
    }

    /// What it answers; nothing when it refuses.
    fn ask(
        &mut self,
        what: &str,
        enctype: Enctype,
        usage: u32,
        words: [&[u8]; 2],
    ) -> Option<Vec<u8>> {
        let [first, second] = words.map(|octets| match octets {
            [] => "-".to_owned(),
            _ => hex(octets),
        });
        let answer = self.program.ask(&format!(
            "{what} {} {usage} {first} {second}",
            enctype.number()
        ));
        match answer.as_str() {
            "-" => Some(Vec::new()),
            refused if refused.starts_with("refused") => None,
            octets => Some(unhex(octets)),
        }
    }
}

/// DES3 pads to whole blocks and does not say by how much (RFC 3961 §6.3).
fn padded(enctype: Enctype, plaintext: &[u8]) -> Vec<u8> {
    let mut padded = plaintext.to_vec();
    if enctype == Enctype::Des3CbcSha1 {
        padded.resize(plaintext.len().next_multiple_of(8), 0);
    }
    padded
}

#[test]
fn mit_opens_what_we_seal_and_nothing_that_was_changed() {
    let Some(mut mit) = Mit::start() else { return };
    for enctype in Enctype::all().iter().copied() {
        for (number, (key, usage, plaintext)) in cases(enctype, &USAGES, 0).enumerate() {
            let mut sealed = Vec::new();
            key.seal(
                KeyUsage::new(usage),
                &[0x5a; 16],
                &[&plaintext],
                &mut sealed,
            );
            let opened = mit.ask("open", enctype, usage, [key.expose_octets(), &sealed]);
            assert_eq!(
                opened.expect("MIT opens it"),
                padded(enctype, &plaintext),
                "{enctype:?}"
            );
            let at = (number * 7) % sealed.len();
            sealed[at] ^= 1;
            let opened = mit.ask("open", enctype, usage, [key.expose_octets(), &sealed]);
            assert_eq!(opened, None, "{enctype:?}");
        }
    }
}

#[test]
fn we_open_what_mit_seals_and_nothing_that_was_changed() {
    let Some(mut mit) = Mit::start() else { return };
    for enctype in Enctype::all().iter().copied() {
        for (number, (key, usage, plaintext)) in cases(enctype, &USAGES, 0).enumerate() {
            let sealed = mit.ask("seal", enctype, usage, [key.expose_octets(), &plaintext]);
            let sealed = sealed.expect("MIT seals it");
            let mut octets = sealed.clone();
            let opened = key.open(KeyUsage::new(usage), &mut octets);
            assert_eq!(
                opened.expect("we open it"),
                padded(enctype, &plaintext),
                "{enctype:?}"
            );
            let mut octets = sealed;
            let at = (number * 7) % octets.len();
            octets[at] ^= 0x80;
            assert!(
                key.open(KeyUsage::new(usage), &mut octets).is_err(),
                "{enctype:?}"
            );
        }
    }
}

#[test]
fn ciphertexts_that_are_too_short_are_opened_by_neither() {
    let Some(mut mit) = Mit::start() else { return };
    for enctype in Enctype::all().iter().copied() {
        let (key, usage, _) = cases(enctype, &USAGES, 0).next().expect("a case");
        for length in 0..48 {
            let octets = vec![0x5a; length];
            let theirs = mit.ask("open", enctype, usage, [key.expose_octets(), &octets]);
            let ours = key.open(KeyUsage::new(usage), &mut octets.clone()).is_ok();
            assert_eq!((ours, theirs), (false, None), "{enctype:?} {length}");
        }
    }
}

#[test]
fn checksums_are_the_same() {
    let Some(mut mit) = Mit::start() else { return };
    for enctype in Enctype::all().iter().copied() {
        for (key, usage, data) in cases(enctype, &USAGES, 0) {
            let ours = key.mac(KeyUsage::new(usage)).checksum(&[&data]);
            let theirs = mit.ask("sum", enctype, usage, [key.expose_octets(), &data]);
            assert_eq!(
                Some(ours.as_ref()),
                theirs.as_deref(),
                "{enctype:?} {usage}"
            );
        }
    }
}

#[test]
fn pseudo_random_octets_are_the_same() {
    let Some(mut mit) = Mit::start() else { return };
    for enctype in Enctype::all().iter().copied() {
        for (key, _, input) in cases(enctype, &USAGES, 0) {
            let theirs = mit.ask("prf", enctype, 0, [key.expose_octets(), &input]);
            assert_eq!(Some(key.prf(&input)), theirs, "{enctype:?}");
        }
    }
}

#[test]
fn the_keys_of_passwords_are_the_same() {
    let Some(mut mit) = Mit::start() else { return };
    let long = "long ".repeat(40);
    for enctype in Enctype::all().iter().copied() {
        for (password, salt) in [
            ("", "EXAMPLE.TESTalice"),
            ("password", "ATHENA.MIT.EDUraeburn"),
            ("Pässwörd ☕", "EXAMPLE.TESTHTTPweb.example.test"),
            (long.as_str(), "s"),
            ("password", ""),
        ] {
            let ours = string_to_key(enctype, password.as_bytes(), salt.as_bytes(), None);
            let theirs = mit.ask("key", enctype, 0, [password.as_bytes(), salt.as_bytes()]);
            let ours = ours.expect("a key").expose_octets().to_vec();
            assert_eq!(Some(ours), theirs, "{enctype:?} of {password}, {salt}");
        }
    }
}
