//! [`Draft`]: what was understood of a web server's configuration, as TOML; and what was not.

use super::{Directive, Section};
use core::fmt::Write as _;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was understood, and what was not.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Keys of the configuration with their values, by the table that they are in.
    tables: BTreeMap<&'static str, BTreeMap<&'static str, Value>>,
    /// What is required below paths, by kind.
    routes: BTreeMap<String, BTreeMap<&'static str, BTreeSet<String>>>,
    /// The sections that what is required below a path stands in.
    places: BTreeMap<(String, &'static str), Vec<Section>>,
    /// The virtual host whose rules are told.
    host: Option<Section>,
    left: Vec<Left>,
    /// What has to be done besides.
    notes: Vec<&'static str>,
}

/// A value of TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(u32),
    List(BTreeSet<String>),
}

/// A directive that has no counterpart.
#[derive(Debug)]
struct Left {
    line: usize,
    text: String,
    why: String,
}

impl Draft {
    /// Sets a key. Another value than one that is there already is left.
    pub(super) fn set(
        &mut self,
        line: usize,
        table: &'static str,
        key: &'static str,
        value: Value,
    ) {
        let there = self.tables.entry(table).or_default().get(key);
        match there {
            Some(first) if *first != value => {
                let text = format!("{key} = {}", value.text());
                self.leave(
                    line,
                    &text,
                    "there is another one already; a daemon has one of it",
                );
            }
            _ => _ = self.tables.entry(table).or_default().insert(key, value),
        }
    }

    /// Adds to a list.
    pub(super) fn add(&mut self, table: &'static str, key: &'static str, text: &str) {
        let empty = || Value::List(BTreeSet::new());
        let entry = self.tables.entry(table).or_default().entry(key);
        if let Value::List(list) = entry.or_insert_with(empty) {
            list.insert(text.to_owned());
        }
    }

    /// What is required below a path; everywhere, if that is empty. One section's rules for one
    /// host are told: to put those of another beside them would let in whom neither does.
    pub(super) fn require(
        &mut self,
        directive: &Directive,
        path: &str,
        key: &'static str,
        texts: &[String],
    ) {
        let place = (path.to_owned(), key);
        let place = self.places.entry(place);
        let elsewhere = *place.or_insert_with(|| directive.sections.clone()) != directive.sections;
        let host = directive.host();
        let other_host = self.host.is_some() && host.is_some() && self.host.as_ref() != host;
        if other_host || elsewhere {
            let why = match other_host {
                true => "the rules here are another virtual host's: each needs a daemon",
                false => "another section says who may come in there",
            };
            return self.leave(directive.line, &directive.whole(), why);
        }
        self.host = self.host.take().or_else(|| host.cloned());
        match path {
            "" => texts
                .iter()
                .for_each(|text| self.add("authorize", key, text)),
            _ => {
                let route = self.routes.entry(path.to_owned()).or_default();
                route.entry(key).or_default().extend(texts.iter().cloned());
            }
        }
    }

    /// This directive has no counterpart, or none that is the same.
    pub(super) fn leave(&mut self, line: usize, text: &str, why: impl Into<String>) {
        self.left.push(Left {
            line,
            text: text.to_owned(),
            why: why.into(),
        });
    }

    /// This has to be done besides.
    pub(super) fn note(&mut self, note: &'static str) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_complete(&self) -> bool {
        self.left.is_empty()
    }

    /// The configuration. Writing into a String does not fail.
    pub(super) fn text(&self, from: &Path) -> String {
        let mut text = format!(
            "# For `portcullis serve`, made of {}.\n",
            printable(&from.display().to_string())
        );
        for note in &self.notes {
            for line in note.lines() {
                let _ = writeln!(text, "# {line}");
            }
        }
        for (table, keys) in &self.tables {
            match *table {
                "" => text.push('\n'),
                _ => _ = write!(text, "\n[{table}]\n"),
            }
            for (key, value) in keys {
                let _ = writeln!(text, "{key} = {}", value.text());
            }
        }
        for (path, required) in &self.routes {
            let _ = write!(text, "\n[[route]]\npath = {}\n", quoted(path));
            for (key, texts) in required {
                let list = Value::List(texts.clone());
                let _ = writeln!(text, "require.{key} = {}", list.text());
            }
        }
        if !self.left.is_empty() {
            text.push_str("\n# Left to be done by hand:\n");
        }
        for Left {
            line,
            text: directive,
            why,
        } in &self.left
        {
            let _ = writeln!(
                text,
                "# line {line}: {}: {}",
                printable(directive),
                printable(why)
            );
        }
        text
    }
}

impl Value {
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn list(texts: &[String]) -> Self {
        Self::List(texts.iter().cloned().collect())
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(number) => number.to_string(),
            Self::List(list) => {
                let texts: Vec<_> = list.iter().map(|text| quoted(text)).collect();
                format!("[{}]", texts.join(", "))
            }
        }
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            _ if letter.is_control() => _ = write!(quoted, "\\u{:04X}", u32::from(letter)),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// On one line, whatever is in it.
fn printable(text: &str) -> String {
    text.escape_debug()
        .to_string()
        .replace("\\\"", "\"")
        .replace("\\'", "'")
}
