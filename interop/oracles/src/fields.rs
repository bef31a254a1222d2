//! What a decoder found, in a form in which decoders can be compared: a path and a value for each field.

use std::collections::{BTreeMap, BTreeSet};

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Integer(i128),
    Octets(Vec<u8>),
    Time(String),
}

/// All fields that are present, by their path: `ticket.sname.name-string[0]`.
///
/// Versions and message types are left out, because our types do not keep constants.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    values: BTreeMap<String, Value>,
    scope: String,
}

impl Fields {
    /// Those that `fill` adds.
    pub fn collect(fill: impl FnOnce(&mut Self)) -> Self {
        let mut fields = Self::default();
        fill(&mut fields);
        fields
    }

    /// An INTEGER or ENUMERATED.
    pub fn integer(&mut self, name: &str, value: impl Into<i128>) {
        self.insert(name, Value::Integer(value.into()));
    }

    /// A UInt32 that peers send as a signed one: read modulo 2³².
    pub fn sent_signed(&mut self, name: &str, value: impl Into<i128>) {
        self.integer(name, value.into().rem_euclid(1 << 32));
    }

    /// KerberosFlags: the first 32 bits, the missing ones zero.
    pub fn flags(&mut self, name: &str, bits: impl IntoIterator<Item = bool>) {
        let bits = bits.into_iter().chain(std::iter::repeat(false)).take(32);
        let word = bits.fold(0_u32, |word, bit| (word << 1) | u32::from(bit));
        self.integer(name, word);
    }

    /// An OCTET STRING, a GeneralString or the contents of an OBJECT IDENTIFIER.
    pub fn octets(&mut self, name: &str, octets: impl AsRef<[u8]>) {
        self.insert(name, Value::Octets(octets.as_ref().to_vec()));
    }

    /// A KerberosTime, as `20260101000501Z`.
    pub fn time(&mut self, name: &str, text: impl Into<String>) {
        self.insert(name, Value::Time(text.into()));
    }

    /// The fields of a structure.
    pub fn within(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        let outside = self.scope.clone();
        self.scope = self.path(name);
        fill(self);
        self.scope = outside;
    }

    /// The fields of a structure, if it is present.
    pub fn optional<T>(
        &mut self,
        name: &str,
        structure: Option<T>,
        fill: impl FnOnce(&mut Self, T),
    ) {
        if let Some(structure) = structure {
            self.within(name, |fields| fill(fields, structure));
        }
    }

    /// The elements of a list; one without elements is as good as none.
    pub fn each<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Self, T),
    ) {
        for (index, item) in items.into_iter().enumerate() {
            self.within(&format!("{name}[{index}]"), |fields| fill(fields, item));
        }
    }

    /// What the other decoder did otherwise than this one: `misses: PATH`, `adds: PATH` or `reads otherwise: PATH`, the
    /// paths after `prefix` and without indices.
    #[must_use]
    pub fn differences(&self, other: &Self, prefix: &str) -> BTreeSet<String> {
        let paths = self.values.keys().chain(other.values.keys());
        let differences = paths.filter_map(|path| {
            let what = match (self.values.get(path), other.values.get(path)) {
                (Some(_), None) => "misses",
                (None, Some(_)) => "adds",
                (ours, theirs) if ours != theirs => "reads otherwise",
                _ => return None,
            };
            let letters = path.chars().filter(|letter| !letter.is_ascii_digit());
            Some(format!("{what}: {prefix}.{}", letters.collect::<String>()))
        });
        differences.collect()
    }

    fn path(&self, name: &str) -> String {
        match (self.scope.as_str(), name) {
            ("", name) => name.to_owned(),
            (scope, "") => scope.to_owned(),
            (scope, name) => format!("{scope}.{name}"),
        }
    }

    fn insert(&mut self, name: &str, value: Value) {
        self.values.insert(self.path(name), value);
    }
}
