//! Extended regular expressions (POSIX.1-2017 XBD §9.4), of which the longest match counts.
//!
//! Own, because the crates for this have another language (`\d`, `(?i)`, lazy repetition) and let
//! the first alternative win where POSIX wants the longest: the rules of an operator would mean
//! something else here than in MIT krb5. Without groups to remember it takes one set of states and
//! one pass for a match, so that no name can make it slow.
//!
//! Over octets, as in the C locale. Of GNU's extensions there are `\w`, `\W`, `\s` and `\S`; there
//! are no back-references, collating symbols or word boundaries.

mod machine;
mod parser;

use core::fmt;
use core::ops::Range;
use machine::Machine;

/// A regular expression, ready to be matched.
#[derive(Clone, Debug)]
pub(super) struct Ere(Machine);

/// What is wrong with a regular expression.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EreError {
    /// `(` without `)`.
    Group,
    /// Groups inside each other more often than anybody writes.
    TooDeep,
    /// `[` without `]`.
    Bracket,
    /// `[a-b]` with `b` before `a`, or with a class at one end.
    RangeOrder,
    /// `[:name:]` with a name that is no class, or `[=` or `[.`, which are not supported.
    Class,
    /// `*`, `+`, `?` or `{` with nothing before it.
    Repetition,
    /// `{` without one or two numbers up to 255, the smaller first, and `}`.
    Interval,
    /// `\` at the end or before a letter or digit that has no meaning here.
    Escape,
    /// It is too large once its intervals are written out.
    TooLarge,
}

impl Ere {
    /// Reads a pattern; an error comes with its offset.
    pub(super) fn parse(pattern: &[u8]) -> Result<Self, (usize, EreError)> {
        let node = parser::parse(pattern)?;
        let machine = Machine::of(&node).ok_or((0, EreError::TooLarge))?;
        Ok(Self(machine))
    }

    /// Whether it matches all of `text`.
    pub(super) fn matches_all(&self, text: &[u8]) -> bool {
        self.0
            .find(text, true)
            .is_some_and(|found| found.end == text.len())
    }

    /// Where the first and of those the longest match is.
    pub(super) fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        self.0.find(text, false)
    }

    /// Whether it could match no octets at all, at some place of some text.
    pub(super) fn matches_nothing(&self) -> bool {
        self.0.find(&[], true).is_some()
    }
}

impl fmt::Display for EreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Group => "( without ) in the pattern",
            Self::TooDeep => "groups nested too deeply",
            Self::Bracket => "[ without ] in the pattern",
            Self::RangeOrder => "range that ends before it begins",
            Self::Class => "no such class of characters",
            Self::Repetition => "repetition of nothing",
            Self::Interval => "{ without one or two numbers up to 255 and }",
            Self::Escape => "\\ before something that it gives no meaning to",
            Self::TooLarge => "pattern too large",
        })
    }
}

impl core::error::Error for EreError {}

#[cfg(test)]
mod tests;
