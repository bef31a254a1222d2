//! Reads files line by line; each begins anew, and all add to the same relations.

use super::include::{Includes, read_of_directory};
use super::line::{Fault, Line};
use super::relations::{Path, Relation, Relations, Value};
use super::{Krb5ConfError, Krb5ConfErrorKind, Place};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Nobody's krb5.conf has more than four.
const MOST_SECTIONS_INSIDE_EACH_OTHER: usize = 16;
const MOST_INCLUDES_INSIDE_EACH_OTHER: usize = 8;
/// Directories can be large, and files can include each other over and over.
const MOST_FILES: usize = 256;

/// What is shared by a file and all that it includes.
pub(super) struct Parser<'i> {
    includes: &'i mut dyn Includes,
    relations: Relations,
    files: usize,
}

/// Where in a file the parser stands.
struct Position {
    place: Place,
    /// The sections around the line; none before the first.
    open: Vec<String>,
    /// The same, shared by the relations that stand there.
    path: Path,
    expects_brace: bool,
}

impl<'i> Parser<'i> {
    pub(super) fn new(includes: &'i mut dyn Includes) -> Self {
        Self {
            includes,
            relations: Relations::default(),
            files: 0,
        }
    }

    pub(super) fn into_relations(self) -> Relations {
        self.relations
    }

    /// Reads a file that `depth` others include.
    pub(super) fn file(
        &mut self,
        name: &str,
        octets: &[u8],
        depth: usize,
    ) -> Result<(), Krb5ConfError> {
        let mut position = Position::at_the_beginning(name);
        self.files = self.files.saturating_add(1);
        if depth > MOST_INCLUDES_INSIDE_EACH_OTHER {
            return Err(position.error(0, Krb5ConfErrorKind::IncludesTooDeep));
        }
        if self.files > MOST_FILES {
            return Err(position.error(0, Krb5ConfErrorKind::TooManyFiles));
        }
        // PEER editors on Windows put a byte order mark first, and MIT krb5 then misses the
        // section that follows.
        let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
        for (number, line) in (1..).zip(octets.split(|octet| *octet == b'\n')) {
            position.place.line = number;
            let line = position.text(line)?;
            self.line(line, &mut position, depth)?;
        }
        match position {
            Position {
                expects_brace: true,
                ..
            } => Err(position.error(0, Krb5ConfErrorKind::NoBrace)),
            Position { ref open, .. } if open.len() > 1 => {
                Err(position.error(0, Krb5ConfErrorKind::UnclosedBrace))
            }
            _ => Ok(()),
        }
    }

    fn line(
        &mut self,
        text: &str,
        position: &mut Position,
        depth: usize,
    ) -> Result<(), Krb5ConfError> {
        if position.open.is_empty() && Line::is_module(text) {
            return Err(position.error(0, Krb5ConfErrorKind::Module));
        }
        let line = Line::read(text, position.expects_brace);
        match line.map_err(|fault| position.fault(fault))? {
            Line::Nothing => Ok(()),
            Line::Include(path) => self.include(path, position, depth),
            Line::IncludeDirectory(path) => self.include_directory(path, position, depth),
            Line::Section { name, is_final } => self.section(name, is_final, position),
            _ if position.open.is_empty() => {
                Err(position.error(0, Krb5ConfErrorKind::BeforeSection))
            }
            Line::Open {
                tag,
                is_final,
                brace_follows,
            } => {
                position.expects_brace = brace_follows;
                self.open(tag, is_final, position)
            }
            Line::Brace => {
                position.expects_brace = false;
                Ok(())
            }
            Line::Close { is_final } => self.close(is_final, position),
            Line::Relation { tag, value, column } => {
                let place = position.place.further(column);
                self.relations.add(Relation {
                    path: position.path.clone(),
                    tag: tag.into(),
                    value: Value { text: value, place },
                });
                Ok(())
            }
        }
    }

    fn section(
        &mut self,
        name: &str,
        is_final: bool,
        position: &mut Position,
    ) -> Result<(), Krb5ConfError> {
        if position.open.len() > 1 {
            return Err(position.error(0, Krb5ConfErrorKind::SectionInBraces));
        }
        position.stand_in([name.into()].into());
        self.close_if(is_final, position);
        Ok(())
    }

    fn open(
        &mut self,
        tag: &str,
        is_final: bool,
        position: &mut Position,
    ) -> Result<(), Krb5ConfError> {
        let mut open = core::mem::take(&mut position.open);
        open.push(tag.into());
        position.stand_in(open);
        if position.open.len() > MOST_SECTIONS_INSIDE_EACH_OTHER {
            return Err(position.error(0, Krb5ConfErrorKind::TooDeep));
        }
        self.close_if(is_final, position);
        Ok(())
    }

    fn close(&mut self, is_final: bool, position: &mut Position) -> Result<(), Krb5ConfError> {
        if position.open.len() < 2 {
            return Err(position.error(0, Krb5ConfErrorKind::ExtraBrace));
        }
        self.close_if(is_final, position);
        let mut open = core::mem::take(&mut position.open);
        open.pop();
        position.stand_in(open);
        Ok(())
    }

    fn close_if(&mut self, is_final: bool, position: &Position) {
        if is_final {
            self.relations.close_to_others(position.path.clone());
        }
    }

    fn include(
        &mut self,
        path: &str,
        position: &Position,
        depth: usize,
    ) -> Result<(), Krb5ConfError> {
        let octets = self
            .includes
            .file(path)
            .map_err(|error| position.cannot_include(path, error))?;
        self.file(path, &octets, depth.saturating_add(1))
    }

    fn include_directory(
        &mut self,
        path: &str,
        position: &Position,
        depth: usize,
    ) -> Result<(), Krb5ConfError> {
        let names = self
            .includes
            .directory(path)
            .map_err(|error| position.cannot_include(path, error))?;
        for name in read_of_directory(names) {
            let path = alloc::format!("{}/{name}", path.trim_end_matches('/'));
            self.include(&path, position, depth)?;
        }
        Ok(())
    }
}

impl Position {
    fn at_the_beginning(file: &str) -> Self {
        Self {
            place: Place {
                file: Arc::from(file),
                line: 1,
                column: 1,
            },
            open: Vec::new(),
            path: Path::default(),
            expects_brace: false,
        }
    }

    fn stand_in(&mut self, open: Vec<String>) {
        self.path = open.as_slice().into();
        self.open = open;
    }

    /// The line as text, without the carriage return at its end.
    fn text<'l>(&self, line: &'l [u8]) -> Result<&'l str, Krb5ConfError> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let nul = line.iter().position(|octet| *octet == 0);
        match (core::str::from_utf8(line), nul) {
            (Ok(text), None) => Ok(text),
            (Err(error), None) => Err(self.error(error.valid_up_to(), Krb5ConfErrorKind::NotText)),
            (_, Some(at)) => Err(self.error(at, Krb5ConfErrorKind::NotText)),
        }
    }

    fn cannot_include(&self, path: &str, error: super::IncludeError) -> Krb5ConfError {
        let path = path.into();
        self.error(0, Krb5ConfErrorKind::Include { path, error })
    }

    /// Before the first section a line has no form that could be missed.
    fn fault(&self, (column, kind): Fault) -> Krb5ConfError {
        match kind {
            Krb5ConfErrorKind::NotARelation if self.open.is_empty() => {
                self.error(0, Krb5ConfErrorKind::BeforeSection)
            }
            kind => self.error(column, kind),
        }
    }

    /// An error at this line's column, counted from 0.
    fn error(&self, column: usize, kind: Krb5ConfErrorKind) -> Krb5ConfError {
        Krb5ConfError {
            place: self.place.further(column),
            kind,
        }
    }
}
