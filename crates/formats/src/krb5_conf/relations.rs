//! What has been read: relations in the order of the file, each with the sections around it.

use super::Place;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Value {
    /// Without quotes and white space around it.
    pub text: String,
    /// Where it begins.
    pub place: Place,
}

/// The names of the sections inside each other that something stands in, from the outside.
pub(super) type Path = Arc<[String]>;

/// One `tag = value`.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) path: Path,
    pub(super) tag: String,
    pub(super) value: Value,
}

/// What one file and all that it includes say.
#[derive(Clone, Debug, Default)]
pub(super) struct Relations {
    all: Vec<Relation>,
    finals: Vec<Path>,
}

impl Relations {
    pub(super) fn add(&mut self, relation: Relation) {
        self.all.push(relation);
    }

    /// Files that come later add nothing to the section `path`.
    pub(super) fn close_to_others(&mut self, path: Path) {
        self.finals.push(path);
    }

    /// What stands in the section `path` itself.
    pub(super) fn of(&self, path: &[&str]) -> impl Iterator<Item = &Relation> {
        self.all
            .iter()
            .filter(move |relation| is(&relation.path, path))
    }

    /// The names of the sections directly inside the section `name`, repeatedly.
    pub(super) fn inside(&self, name: &str) -> impl Iterator<Item = &str> {
        self.all
            .iter()
            .filter_map(move |relation| match &*relation.path {
                [outer, inner] if outer == name => Some(inner.as_str()),
                _ => None,
            })
    }

    /// Whether files that come later add nothing to the section `path`.
    pub(super) fn is_closed(&self, path: &[&str]) -> bool {
        let around = |closed: &Path| {
            path.get(..closed.len())
                .is_some_and(|outer| is(closed, outer))
        };
        self.finals.iter().any(around)
    }
}

fn is(path: &[String], names: &[&str]) -> bool {
    path.iter().eq(names)
}
