//! What is wrong with a rule, and why a client has no local name.

use super::ere::EreError;
use core::fmt;
use portcullis_formats::krb5_conf::Place;

/// A value of `auth_to_local` that is no rule.
///
/// Printed for an operator: `RULE:[1:$1](a: column 11: ( without )`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleError {
    /// The rule.
    pub rule: String,
    /// Where in it, in octets from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: RuleErrorKind,
}

/// What is wrong with a rule.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleErrorKind {
    /// It begins neither with `RULE:` nor is it `DEFAULT`.
    Type,
    /// `[` is not followed by a number of components and `:`.
    Components,
    /// A `$` without the number of a component that there is.
    Component,
    /// `[` without `]`.
    UnclosedSelection,
    /// `(` without `)`.
    UnclosedPattern,
    /// Something that is no `s/pattern/text/`.
    Substitution,
    /// A pattern that matches nothing at all, to be replaced everywhere: there is no end of it.
    EmptyMatch,
    /// A regular expression that is none.
    Pattern(EreError),
}

/// A value of `auth_to_local` in a krb5.conf that is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfRuleError {
    /// Where the rule begins.
    pub place: Place,
    /// What is wrong with it.
    pub error: RuleError,
}

/// Why a client has no local name.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLocalName {
    /// No rule is for it.
    NoRule,
    /// A rule, or its realm forgotten, leaves nothing of it. MIT krb5 calls this success.
    Empty,
    /// It would not be text, or would have control characters.
    NotText,
    /// It has more octets than anybody's name has.
    TooLong,
}

impl fmt::Display for RuleErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Type => "neither RULE:… nor DEFAULT",
            Self::Components => "[ without a number of components and :",
            Self::Component => "$ without the number of a component",
            Self::UnclosedSelection => "[ without ]",
            Self::UnclosedPattern => "( without )",
            Self::Substitution => "not of the form s/pattern/text/ or s/pattern/text/g",
            Self::EmptyMatch => "a pattern that matches nothing would be replaced for ever",
            Self::Pattern(error) => return error.fmt(f),
        })
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: column {}: {}",
            self.rule.escape_debug(),
            self.column,
            self.kind
        )
    }
}

impl core::error::Error for RuleError {}

impl fmt::Display for ConfRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: auth_to_local: {}", self.place, self.error)
    }
}

impl core::error::Error for ConfRuleError {}

impl fmt::Display for NoLocalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRule => "no rule gives this client a local name",
            Self::Empty => "nothing is left of this client's name",
            Self::NotText => "this client's local name would not be text",
            Self::TooLong => "this client's name is too long for a local name",
        })
    }
}

impl core::error::Error for NoLocalName {}
