//! The pages of `docs/recipes`: what they tell operators to write is good.
#![cfg(target_os = "linux")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

mod program;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portcullis::formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis::formats::registry::{EtypeNumber, Kvno};
use program::{directory, file, run};
use std::path::{Path, PathBuf};

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/recipes");

/// A page, and its text.
struct Page {
    name: String,
    text: String,
}

/// What stands between two lines of three backticks.
struct Block {
    /// Page and line, for whoever reads what went wrong.
    place: String,
    language: String,
    text: String,
}

fn pages() -> Vec<Page> {
    let pages = std::fs::read_dir(PAGES).unwrap().map(|entry| Page {
        name: entry.as_ref().unwrap().file_name().into_string().unwrap(),
        text: std::fs::read_to_string(entry.unwrap().path()).unwrap(),
    });
    pages.collect()
}

impl Page {
    fn blocks(&self) -> Vec<Block> {
        let (mut blocks, mut inside) = (Vec::new(), false);
        for (number, line) in (1..).zip(self.text.lines()) {
            match (line.strip_prefix("```"), inside) {
                (Some(language), false) => blocks.push(Block {
                    place: format!("{} line {number}", self.name),
                    language: language.to_owned(),
                    text: String::new(),
                }),
                (None, true) => {
                    let block: &mut Block = blocks.last_mut().unwrap();
                    block.text.push_str(line);
                    block.text.push('\n');
                    continue;
                }
                _ => {}
            }
            inside = line.starts_with("```") != inside;
        }
        assert!(!inside, "{}: a block has no end", self.name);
        blocks
    }

    /// The text without its blocks.
    fn outside(&self) -> String {
        let blocks = self.blocks();
        let text = self.text.clone();
        let outside = blocks
            .iter()
            .fold(text, |text, block| text.replace(&block.text, ""));
        outside.replace("```", "\n")
    }

    /// What the text outside of blocks has between two backticks.
    fn code(&self) -> Vec<String> {
        let outside = self.outside();
        let of_line = |line: &str| -> Vec<String> {
            line.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        outside.lines().flat_map(of_line).collect()
    }
}

/// A keytab with the names that the pages are about.
fn keytab() -> PathBuf {
    let mut keytab = KeytabWriter::new(KeytabVersion::V2);
    for name in ["HTTP/web.example.test@EXAMPLE.TEST", "WEB$@EXAMPLE.TEST"] {
        let (principal, aes256) = (name.parse().unwrap(), EtypeNumber(18));
        keytab
            .add(&principal, 0, Kvno(1), aes256, &[7; 32])
            .unwrap();
    }
    file("keytab", &keytab.into_vec())
}

/// What such a file of TLS has: a key or a certificate of the tests of `portcullis-http`.
fn pem(path: &Path) -> String {
    let (kind, octets): (_, &[u8]) = match path.ends_with("key.pem") {
        true => (
            "PRIVATE KEY",
            include_bytes!("../../http/tests/tls_server/web.key.der"),
        ),
        false => (
            "CERTIFICATE",
            include_bytes!("../../http/tests/tls_server/web.cert.der"),
        ),
    };
    let text = STANDARD.encode(octets);
    format!("-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n")
}

/// A configuration of a page, with the files that it names elsewhere: below `root`.
fn moved(text: &str, root: &Path, keytab: &Path) -> String {
    let mut moved = text.to_owned();
    for top in ["/etc/", "/var/lib/", "/run/"] {
        let below = root.join(top.trim_matches('/'));
        moved = moved.replace(&format!("\"{top}"), &format!("\"{}/", below.display()));
    }
    let words: Vec<_> = moved.split('"').skip(1).step_by(2).collect();
    let paths = words.iter().map(Path::new);
    for path in paths.filter(|path| path.starts_with(root)) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match path.extension().and_then(|it| it.to_str()) {
            Some("keytab") => _ = std::fs::copy(keytab, path).unwrap(),
            Some("conf") => std::fs::write(path, "[libdefaults]\n").unwrap(),
            Some("password") => std::fs::write(path, "secret\n").unwrap(),
            Some("pem") => std::fs::write(path, pem(path)).unwrap(),
            None if path.ends_with("groups") => std::fs::write(path, "staff: alice\n").unwrap(),
            // The daemon makes it.
            _ => {}
        }
    }
    moved
}

#[test]
fn every_configuration_of_the_recipes_is_good() {
    let (root, keytab, mut seen) = (directory(), keytab(), 0);
    for block in pages().iter().flat_map(Page::blocks) {
        if block.language == "toml" {
            let text = moved(&block.text, &root, &keytab);
            let path = file("serve.toml", text.as_bytes());
            let said = run(&["serve", "--check", path.to_str().unwrap()]);
            assert_eq!(said.status, 0, "{}: {}", block.place, said.error);
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} were found");
}

#[test]
fn every_command_of_the_recipes_is_there() {
    let mut seen = 0;
    for page in pages() {
        let blocks = page.blocks();
        let shell = blocks.iter().filter(|block| block.language == "sh");
        let lines = shell.flat_map(|block| block.text.lines().map(str::to_owned));
        for line in lines.chain(page.code()) {
            let Some(words) = line.strip_prefix("portcullis ") else {
                continue;
            };
            let words = words.split_whitespace();
            let ours = words.take_while(|word| !["|", ">", "#", "2>&1"].contains(word));
            // What is not known is refused before help is given.
            let arguments: Vec<_> = ours.chain(["--help"]).collect();
            let said = run(&arguments);
            assert_eq!(said.status, 0, "{}: {line}: {}", page.name, said.error);
            seen += 1;
        }
    }
    assert!(seen > 5, "only {seen} were found");
}

#[test]
fn migrate_prints_what_the_recipe_for_apache_shows() {
    let pages = pages();
    let page = pages.iter().find(|page| page.name == "apache.md").unwrap();
    let blocks = page.blocks();
    let find = |language: &str, part: &str| {
        let mut all = blocks.iter();
        let block = all.find(|it| it.language == language && it.text.contains(part));
        &block.unwrap().text
    };
    let theirs = file("apache.conf", find("apache", "AuthType").as_bytes());
    let said = run(&["migrate", "apache", theirs.to_str().unwrap()]);
    let shown = "/etc/apache2/sites-available/web.conf";
    let printed = said.output.replace(theirs.to_str().unwrap(), shown);
    assert_eq!(printed.trim_end(), find("toml", shown).trim_end());
    assert_eq!(said.status, 1);
}

#[test]
fn the_recipes_lead_to_each_other() {
    let there = pages();
    for page in &there {
        let text = page.outside();
        let targets = text.split("](").skip(1);
        for target in targets.filter_map(|rest| rest.split([')', '#']).next()) {
            let known = target.starts_with("https://")
                || there.iter().any(|page| page.name == target)
                || Path::new(PAGES).join(target).exists();
            assert!(known, "{}: {target}", page.name);
        }
    }
}
