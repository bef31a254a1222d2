//! Good tokens with one bit turned over, and what is known about the fields in which a bit may lie.

use std::path::Path;

use crate::field_map::FieldMap;

/// A token that every acceptor accepts, and the map of its fields.
#[derive(Debug)]
pub struct Original {
    /// Where it comes from, for messages.
    pub name: String,
    /// Its octets.
    pub token: Vec<u8>,
    map: FieldMap,
}

/// The same token with one bit turned over.
#[derive(Debug)]
pub struct Flip {
    /// The token.
    pub token: Vec<u8>,
    /// The field that the bit lies in.
    pub field: String,
    /// Which bit, counted from the first octet's highest.
    pub bit: usize,
}

impl Original {
    /// Maps a good token.
    #[must_use]
    pub fn new(name: impl Into<String>, token: Vec<u8>) -> Self {
        let map = FieldMap::of(&token);
        Self {
            name: name.into(),
            token,
            map,
        }
    }

    /// How many bits it has.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.token.len() * 8
    }

    /// Turns one bit over.
    #[must_use]
    pub fn flip(&self, bit: usize) -> Flip {
        let mut token = self.token.clone();
        token[bit / 8] ^= 0x80 >> (bit % 8);
        Flip {
            token,
            field: self.map.field(bit / 8).to_owned(),
            bit,
        }
    }

    /// All flips outside of the ciphertexts.
    pub fn flips_in_clear(&self) -> impl Iterator<Item = Flip> {
        (0..self.bits())
            .map(|bit| self.flip(bit))
            .filter(|flip| !flip.field.ends_with(".cipher"))
    }
}

/// The fields of a table in Markdown whose first column is the field's name in back quotes.
#[derive(Debug)]
pub struct FieldTable {
    rows: Vec<Vec<String>>,
}

impl FieldTable {
    /// Reads `interop/NAME`.
    ///
    /// # Panics
    /// When there is no such file.
    #[must_use]
    pub fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let rows = text.lines().filter(|line| line.starts_with("| `"));
        let cells = |row: &str| {
            let cells = row
                .trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().trim_matches('`').to_owned());
            cells.collect()
        };
        Self {
            rows: rows.map(cells).collect(),
        }
    }

    /// The row of a field.
    #[must_use]
    pub fn row(&self, field: &str) -> Option<&[String]> {
        self.rows
            .iter()
            .find(|row| row.first().is_some_and(|name| name == field))
            .map(Vec::as_slice)
    }

    /// The names of all fields in it.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.rows
            .iter()
            .filter_map(|row| row.first().map(String::as_str))
    }
}
