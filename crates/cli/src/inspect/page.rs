//! [`Fields`]: what a token says, as a tree that prints as text or as JSON.
//!
//! Whatever a peer sent must be escaped before it comes here; the printers do not look at it.

use core::fmt::{self, Display, Formatter};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// The column at which values begin, unless a name of the same structure reaches beyond it.
const VALUES: usize = 26;

/// Names and what they stand for, in the order of the token.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    fields: Vec<(&'static str, Value)>,
    /// What is wrong with the structure that the fields are of.
    errors: Vec<String>,
}

/// What a name stands for.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Value {
    /// One line.
    Text(String),
    /// A number.
    Number(u64),
    /// One line for each.
    List(Vec<String>),
    /// One line for all.
    Words(Vec<String>),
    /// Another structure.
    Fields(Fields),
    /// Structures of one kind.
    Several(Vec<Fields>),
}

impl Fields {
    /// Adds a line of text.
    pub(super) fn text(&mut self, name: &'static str, text: impl Display) {
        self.fields.push((name, Value::Text(text.to_string())));
    }

    /// Adds a line of text, if there is any.
    pub(super) fn optional(&mut self, name: &'static str, text: Option<impl Display>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// Adds a number.
    pub(super) fn number(&mut self, name: &'static str, number: u64) {
        self.fields.push((name, Value::Number(number)));
    }

    /// Adds a number of octets.
    pub(super) fn octets(&mut self, name: &'static str, octets: &[u8]) {
        self.number(name, u64::try_from(octets.len()).unwrap_or(u64::MAX));
    }

    /// Adds a list.
    pub(super) fn list<T: Display>(
        &mut self,
        name: &'static str,
        items: impl IntoIterator<Item = T>,
    ) {
        let items = items.into_iter().map(|item| item.to_string()).collect();
        self.fields.push((name, Value::List(items)));
    }

    /// Adds short words, for one line.
    pub(super) fn words(&mut self, name: &'static str, words: Vec<String>) {
        self.fields.push((name, Value::Words(words)));
    }

    /// Adds a structure, which `fill` fills.
    pub(super) fn within(&mut self, name: &'static str, fill: impl FnOnce(&mut Self)) {
        let mut inside = Self::default();
        fill(&mut inside);
        self.fields.push((name, Value::Fields(inside)));
    }

    /// Adds a structure for each of `items`, which `fill` fills.
    pub(super) fn several<T>(
        &mut self,
        name: &'static str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Self, T),
    ) {
        let filled = items.into_iter().map(|item| {
            let mut inside = Self::default();
            fill(&mut inside, item);
            inside
        });
        self.fields.push((name, Value::Several(filled.collect())));
    }

    /// Says what is wrong.
    pub(super) fn error(&mut self, error: impl Display) {
        self.errors.push(error.to_string());
    }

    /// Whether something is wrong, here or inside.
    pub(super) fn has_errors(&self) -> bool {
        let within = |(_, value): &(_, Value)| match value {
            Value::Fields(fields) => fields.has_errors(),
            Value::Several(several) => several.iter().any(Self::has_errors),
            Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Words(_) => false,
        };
        !self.errors.is_empty() || self.fields.iter().any(within)
    }

    fn print(&self, indent: usize, f: &mut Formatter<'_>) -> fmt::Result {
        let lines = Lines {
            indent,
            width: self.width_of_names(indent),
        };
        for (name, value) in &self.fields {
            match value {
                Value::Text(text) => lines.print(name, text, f)?,
                Value::Number(number) => lines.print(name, number, f)?,
                Value::List(items) => lines.print_list(name, items, f)?,
                Value::Words(words) if words.is_empty() => lines.print(name, "none", f)?,
                Value::Words(words) => lines.print(name, words.join(", "), f)?,
                Value::Fields(fields) => fields.print_under(indent, name, f)?,
                Value::Several(several) => several
                    .iter()
                    .try_for_each(|fields| fields.print_under(indent, name, f))?,
            }
        }
        self.errors
            .iter()
            .try_for_each(|error| lines.print("wrong", error, f))
    }

    fn print_under(&self, indent: usize, name: &str, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:indent$}{name}", "")?;
        self.print(indent.saturating_add(2), f)
    }

    /// That of the longest name with a value beside it, or up to the common column.
    fn width_of_names(&self, indent: usize) -> usize {
        let beside = |value: &Value| !matches!(value, Value::Fields(_) | Value::Several(_));
        let names = self.fields.iter().filter(|(_, value)| beside(value));
        let longest = names.map(|(name, _)| name.chars().count()).max();
        let common = VALUES.saturating_sub(indent).saturating_sub(1);
        longest.unwrap_or_default().max(common)
    }
}

/// The lines of one structure.
struct Lines {
    indent: usize,
    /// That of the first column.
    width: usize,
}

impl Lines {
    fn print(&self, name: &str, value: impl Display, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { indent, width } = *self;
        writeln!(f, "{:indent$}{name:<width$} {value}", "")
    }

    /// The first beside the name, the others below it.
    fn print_list(&self, name: &str, items: &[String], f: &mut Formatter<'_>) -> fmt::Result {
        let Some((first, others)) = items.split_first() else {
            return self.print(name, "none", f);
        };
        self.print(name, first, f)?;
        others.iter().try_for_each(|item| self.print("", item, f))
    }
}

/// As text: two columns, what is inside something indented below its name.
impl Display for Fields {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.print(0, f)
    }
}

/// As an object: names in lower case with `_`, and what is wrong as the list `errors`.
impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.fields {
            map.serialize_entry(&key(name), value)?;
        }
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        map.end()
    }
}

fn key(name: &str) -> String {
    let letter = |letter: char| match letter {
        ' ' | '-' => '_',
        _ => letter.to_ascii_lowercase(),
    };
    let letters = name.chars().filter(|letter| *letter != '\'');
    letters.map(letter).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    fn page() -> Fields {
        let mut page = Fields::default();
        page.text("framing", "spnego");
        page.list("mechanisms", ["krb5", "ms-krb5"]);
        page.words("flags", Vec::new());
        page.words("options", vec!["mutual".to_owned(), "bit 7".to_owned()]);
        page.within("AP-REQ", |request| {
            request.number("sealed octets", 7);
            request.optional("kvno", None::<u32>);
            request.error("no good (at octet 3)");
        });
        page.several("ticket", [1, 2], |ticket, number| {
            ticket.number("number", number);
        });
        page
    }

    #[test]
    fn text_has_two_columns_and_is_indented_by_structure() {
        let text = "\
framing                   spnego
mechanisms                krb5
                          ms-krb5
flags                     none
options                   mutual, bit 7
AP-REQ
  sealed octets           7
  wrong                   no good (at octet 3)
ticket
  number                  1
ticket
  number                  2
";
        assert_eq!(page().to_string(), text);
    }

    #[test]
    fn a_long_name_moves_the_column_of_its_own_structure() {
        let mut page = Fields::default();
        page.text("short", 1);
        page.within("inside", |inside| {
            inside.text("a name of more than that column", 2);
            inside.text("short", 3);
        });
        let text = "\
short                     1
inside
  a name of more than that column 2
  short                           3
";
        assert_eq!(page.to_string(), text);
    }

    #[test]
    fn json_has_the_same_tree_with_names_for_programs() {
        let json = r#"{"framing":"spnego","mechanisms":["krb5","ms-krb5"],"flags":[],"options":["mutual","bit 7"],"ap_req":{"sealed_octets":7,"errors":["no good (at octet 3)"]},"ticket":[{"number":1},{"number":2}]}"#;
        assert_eq!(serde_json::to_string(&page()).unwrap(), json);
    }

    #[test]
    fn an_error_inside_is_an_error_of_the_whole() {
        assert!(page().has_errors());
        let mut good = Fields::default();
        good.within("inside", |inside| inside.text("all", "well"));
        assert!(!good.has_errors());
    }
}
