//! krb5.conf, as MIT krb5 1.20 reads it, for the few of its settings that an acceptor has.
//!
//! ```text
//! file       lines: blank, comment (`#` or `;` first), include, section, relation or brace
//! include    `include FILE` or `includedir DIR`, at the very beginning of a line
//! section    `[name]` or `[name]*`
//! relation   `tag = value`, `tag = "value"` with \n \t \b and otherwise the octet after the \
//! brace      `tag = {`, or `{` alone on the next line; closed by `}` or `}*` at the beginning of one
//! ```
//!
//! A `*` marks a section as final: files that come later add nothing to it. Within one file, what
//! it includes counted in, sections of the same name are one, and a tag may stand repeatedly; the
//! first of its values counts where there can be only one.
//!
//! Nothing is read here but the octets that are handed in; [`Includes`] brings the others. Where
//! MIT krb5 passes over a mistake in silence, this reader does not: text before the first section,
//! braces that are never closed, octets after a closing brace or quote.

mod error;
mod include;
mod line;
mod parser;
mod relations;
mod settings;
mod values;

pub use error::{Krb5ConfError, Krb5ConfErrorKind, Place};
pub use include::{IncludeError, Includes, NoIncludes};
pub use relations::Value;
pub use settings::{Krb5Conf, RealmPath};
