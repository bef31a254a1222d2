//! One line: what it is, without what came before it.

use super::Krb5ConfErrorKind;
use alloc::string::String;

/// What a line is. Columns are in octets from 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Blank, or a comment.
    Nothing,
    /// `include FILE`.
    Include(&'a str),
    /// `includedir DIR`.
    IncludeDirectory(&'a str),
    /// `[name]`, and whether a `*` follows.
    Section { name: &'a str, is_final: bool },
    /// `tag = {`, or `tag =` with the brace on the next line.
    Open {
        tag: &'a str,
        is_final: bool,
        brace_follows: bool,
    },
    /// `{` alone.
    Brace,
    /// `}`, and whether a `*` follows.
    Close { is_final: bool },
    /// `tag = value`.
    Relation {
        tag: &'a str,
        value: String,
        column: usize,
    },
}

/// A fault and the column where it is.
pub(super) type Fault = (usize, Krb5ConfErrorKind);

impl<'a> Line<'a> {
    /// Reads a line without its end. `expects_brace`: the line before was `tag =`.
    pub(super) fn read(line: &'a str, expects_brace: bool) -> Result<Self, Fault> {
        if let Some(path) = directive(line, "include") {
            return Ok(Self::Include(path));
        }
        if let Some(path) = directive(line, "includedir") {
            return Ok(Self::IncludeDirectory(path));
        }
        let text = line.trim_ascii();
        let column = column_in(line, text);
        let fault = |at: usize, kind| Err((column.saturating_add(at), kind));
        if expects_brace {
            return match text {
                "{" => Ok(Self::Brace),
                _ => fault(0, Krb5ConfErrorKind::NoBrace),
            };
        }
        match text.as_bytes() {
            [] | [b'#' | b';', ..] => Ok(Self::Nothing),
            [b'[', ..] => section(text).or_else(|(at, kind)| fault(at, kind)),
            b"}" => Ok(Self::Close { is_final: false }),
            b"}*" => Ok(Self::Close { is_final: true }),
            [b'}', ..] => fault(1, Krb5ConfErrorKind::AfterBrace),
            _ => relation(text)
                .or_else(|(at, kind)| fault(at, kind))
                .map(|mut line| {
                    if let Self::Relation { column: at, .. } = &mut line {
                        *at = at.saturating_add(column);
                    }
                    line
                }),
        }
    }

    /// Whether a line before the first section asks for a module, which no other line does.
    pub(super) fn is_module(line: &str) -> bool {
        directive(line, "module").is_some()
    }
}

/// What follows `word` and white space at the very beginning of a line.
fn directive<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(word)?;
    rest.starts_with(|next: char| next.is_ascii_whitespace())
        .then(|| rest.trim_ascii())
}

fn section(text: &str) -> Result<Line<'_>, Fault> {
    let inside = text.get(1..).unwrap_or_default();
    let Some((name, after)) = inside.split_once(']') else {
        return Err((0, Krb5ConfErrorKind::UnclosedName));
    };
    let is_final = match after {
        "" => false,
        "*" => true,
        _ => return Err((column_in(text, after), Krb5ConfErrorKind::AfterName)),
    };
    Ok(Line::Section { name, is_final })
}

fn relation(text: &str) -> Result<Line<'_>, Fault> {
    let wrong = || (0, Krb5ConfErrorKind::NotARelation);
    let (tag, value) = text.split_once('=').ok_or_else(wrong)?;
    let tag = tag.trim_ascii_end();
    if tag.is_empty() || tag.contains(|next: char| next.is_ascii_whitespace()) {
        return Err(wrong());
    }
    // MIT krb5 drops whatever follows the star.
    let (tag, is_final) = match tag.split_once('*') {
        Some((tag, _)) => (tag, true),
        None => (tag, false),
    };
    let value = value.trim_ascii_start();
    let column = column_in(text, value);
    if matches!(value, "" | "{") {
        return Ok(Line::Open {
            tag,
            is_final,
            brace_follows: value.is_empty(),
        });
    }
    let value = match value.strip_prefix('"') {
        Some(quoted) => unquoted(quoted).map_err(|(at, kind)| (column.saturating_add(at), kind))?,
        None => value.into(),
    };
    Ok(Line::Relation { tag, value, column })
}

/// What stands before the closing quote; the opening one is taken away already.
fn unquoted(text: &str) -> Result<String, Fault> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' if at.saturating_add(1) == text.len() => return Ok(value),
            '"' => return Err((at.saturating_add(2), Krb5ConfErrorKind::AfterQuote)),
            '\\' => match characters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, 'b')) => value.push('\u{8}'),
                Some((_, other)) => value.push(other),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err((0, Krb5ConfErrorKind::UnclosedQuote))
}

/// Where `part` begins within `whole`, of which it is a slice.
fn column_in(whole: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}
