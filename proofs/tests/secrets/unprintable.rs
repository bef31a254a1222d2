//! What no text may hold.

use core::fmt::{Debug, Display};

/// Every way in which octets can get into a text.
fn spellings(octets: &[u8]) -> Vec<String> {
    let list = |one: &dyn Fn(&u8) -> String, between: &str| {
        octets.iter().map(one).collect::<Vec<_>>().join(between)
    };
    let mut all = Vec::new();
    for between in ["", " ", ", ", ",", ":", ",\n    ", ",\n        "] {
        all.push(list(&|octet| format!("{octet:02x}"), between));
        all.push(list(&|octet| format!("{octet:02X}"), between));
    }
    for between in [", ", ",", " "] {
        all.push(list(&u8::to_string, between));
        all.push(list(&|octet| format!("{octet:#x}"), between));
        all.push(list(&|octet| format!("{octet:#04x}"), between));
    }
    all.push(list(&|octet| format!("\\x{octet:02x}"), ""));
    all.push(octets.escape_ascii().to_string());
    all.push(String::from_utf8_lossy(octets).into_owned());
    all
}

/// What must not be printed: any six octets in a row of any key.
pub struct Unprintable {
    spellings: Vec<(&'static str, String)>,
}

impl Unprintable {
    pub fn new(keys: &[(&'static str, Vec<u8>)]) -> Self {
        let parts = keys
            .iter()
            .flat_map(|(name, key)| key.chunks_exact(6).map(|part| (*name, part)));
        let all = parts.flat_map(|(name, part)| {
            let spellings = spellings(part).into_iter();
            spellings.map(move |spelling| (name, spelling))
        });
        // Six octets that are no text at all print as nothing but replacement characters.
        let spelled = all.filter(|(_, text)| text.chars().filter(|c| *c != '\u{fffd}').count() > 3);
        Self {
            spellings: spelled.collect(),
        }
    }

    #[track_caller]
    pub fn not_in(&self, text: &str) {
        // Lists of one octet on each line are lists, however deep they stand.
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        for text in [text, &lines.join(" "), &lines.join("")] {
            for (name, spelling) in &self.spellings {
                assert!(!text.contains(spelling), "the {name} key is in: {text}");
            }
        }
    }

    #[track_caller]
    pub fn not_shown_by(&self, value: &dyn Debug) {
        for text in [
            format!("{value:?}"),
            format!("{value:#?}"),
            format!("{value:x?}"),
            format!("{value:02X?}"),
        ] {
            self.not_in(&text);
        }
    }

    #[track_caller]
    pub fn not_said_by(&self, value: &(impl Debug + Display)) {
        self.not_shown_by(value);
        self.not_in(&value.to_string());
    }
}
