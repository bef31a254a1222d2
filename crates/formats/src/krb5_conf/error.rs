//! What can be wrong with a krb5.conf, and where.

use super::IncludeError;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

/// Where something stands: printed as `krb5.conf:7:12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the file, as its reader was given it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column, in octets from 1.
    pub column: usize,
}

impl Place {
    /// The place `octets` further on in the same line.
    pub(super) fn further(&self, octets: usize) -> Self {
        Self {
            column: self.column.saturating_add(octets),
            ..self.clone()
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::escape::print(self.file.as_bytes(), "", f)?;
        write!(f, ":{}:{}", self.line, self.column)
    }
}

/// Text that is no krb5.conf.
///
/// Printed for an operator: `krb5.conf:7:1: } without {`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Krb5ConfError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub kind: Krb5ConfErrorKind,
}

/// What is wrong.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Krb5ConfErrorKind {
    /// An octet that is not part of UTF-8, or a NUL.
    NotText,
    /// A line before the first section that is neither blank nor a comment.
    BeforeSection,
    /// A section's name without its `]`.
    UnclosedName,
    /// Something after a section's name.
    AfterName,
    /// A section inside of braces.
    SectionInBraces,
    /// A line without `=`, or without a tag before it, or with a tag of two words.
    NotARelation,
    /// A tag without a value, and no `{` on the next line.
    NoBrace,
    /// A `}` where none is open.
    ExtraBrace,
    /// Something after a `}` that does not belong there.
    AfterBrace,
    /// A `{` that is not closed before the file ends.
    UnclosedBrace,
    /// A `"` that is not closed before the line ends.
    UnclosedQuote,
    /// Something after a closing `"`.
    AfterQuote,
    /// Braces inside each other more often than any krb5.conf has.
    TooDeep,
    /// A `module` line, which lets a shared library read the configuration.
    Module,
    /// Files that include each other more deeply than any krb5.conf does.
    IncludesTooDeep,
    /// More files than any krb5.conf includes.
    TooManyFiles,
    /// A file or directory that is included and cannot be had.
    Include {
        /// Its name.
        path: String,
        /// Why not.
        error: IncludeError,
    },
    /// A number of seconds that is none.
    Duration,
    /// `permitted_enctypes` that name no encryption type that is known.
    NoEnctype,
}

impl fmt::Display for Krb5ConfErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotText => "not text in UTF-8",
            Self::BeforeSection => "text before the first [section]",
            Self::UnclosedName => "[ without ]",
            Self::AfterName => "text after the name of a section",
            Self::SectionInBraces => "section inside of braces",
            Self::NotARelation => "neither `tag = value` nor a section",
            Self::NoBrace => "tag without a value, and no { on the next line",
            Self::ExtraBrace => "} without {",
            Self::AfterBrace => "text after }",
            Self::UnclosedBrace => "{ without }",
            Self::UnclosedQuote => "\" is not closed",
            Self::AfterQuote => "text after the closing \"",
            Self::TooDeep => "braces nested too deeply",
            Self::Module => "module: configuration from a shared library is not read",
            Self::IncludesTooDeep => "files that include files too deeply",
            Self::TooManyFiles => "too many files are included",
            Self::Duration => "no number of seconds, and no duration such as 5m or 0:05",
            Self::NoEnctype => "no encryption type that is known",
            Self::Include { path, error } => {
                f.write_str("cannot include ")?;
                crate::escape::print(path.as_bytes(), "", f)?;
                return write!(f, ": {error}");
            }
        })
    }
}

impl fmt::Display for Krb5ConfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.kind)
    }
}

impl core::error::Error for Krb5ConfError {}
