//! One value of `auth_to_local`, read and applied.

use super::auth_to_local::name_alone;
use super::ere::Ere;
use super::{RuleError, RuleErrorKind};
use portcullis_formats::principal::Principal;

/// One value of `auth_to_local`.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    /// `DEFAULT`.
    Default,
    /// `RULE:…`.
    Rule(Transformation),
}

/// What follows `RULE:`.
#[derive(Clone, Debug)]
pub(super) struct Transformation {
    selection: Option<Selection>,
    pattern: Option<Ere>,
    substitutions: Vec<Substitution>,
}

/// `[n:format]`.
#[derive(Clone, Debug)]
struct Selection {
    components: usize,
    format: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(Vec<u8>),
    Realm,
    /// From 0.
    Component(usize),
}

/// `s/pattern/text/` with or without `g`.
#[derive(Clone, Debug)]
struct Substitution {
    pattern: Ere,
    text: Vec<u8>,
    everywhere: bool,
}

impl Rule {
    pub(super) fn parse(text: &str) -> Result<Self, RuleError> {
        if text == "DEFAULT" {
            return Ok(Self::Default);
        }
        let mut input = Input { text, at: 0 };
        let transformation = match input.skip("RULE:") {
            true => transformation(&mut input),
            false => Err((0, RuleErrorKind::Type)),
        };
        let error = |(at, kind): Fault| RuleError {
            rule: text.to_owned(),
            column: at.saturating_add(1),
            kind,
        };
        transformation.map(Self::Rule).map_err(error)
    }

    /// The local name of `client`; `None` if the rule is not for it.
    pub(super) fn apply(&self, client: &Principal, our_realm: &[u8]) -> Option<Vec<u8>> {
        let ours = client.realm().0 == our_realm;
        match self {
            Self::Default => by_default(client).filter(|_| ours),
            Self::Rule(transformation) => transformation.apply(client, ours),
        }
    }
}

/// As in MIT krb5, `alice@R` and `alice/R@R` are `alice`.
fn by_default(client: &Principal) -> Option<Vec<u8>> {
    let mut components = client.components();
    let (first, second, third) = (components.next(), components.next(), components.next());
    let plain = second.is_none_or(|second| second == client.realm().0) && third.is_none();
    first.filter(|_| plain).map(<[u8]>::to_vec)
}

impl Transformation {
    fn apply(&self, client: &Principal, ours: bool) -> Option<Vec<u8>> {
        let selected = match &self.selection {
            Some(selection) => selection.of(client)?,
            None if ours => name_alone(client),
            None => return None,
        };
        if let Some(pattern) = &self.pattern
            && !pattern.matches_all(&selected)
        {
            return None;
        }
        let substitutions = self.substitutions.iter();
        Some(substitutions.fold(selected, |name, substitution| substitution.apply(&name)))
    }
}

impl Selection {
    fn of(&self, client: &Principal) -> Option<Vec<u8>> {
        let components: Vec<&[u8]> = client.components().collect();
        if components.len() != self.components {
            return None;
        }
        let mut selected = Vec::new();
        for piece in &self.format {
            selected.extend_from_slice(match piece {
                Piece::Text(text) => text,
                Piece::Realm => client.realm().0,
                Piece::Component(index) => components.get(*index)?,
            });
        }
        Some(selected)
    }
}

impl Substitution {
    /// As MIT krb5 does it: after a match what is left is a text of its own, so that `^` matches
    /// again.
    fn apply(&self, name: &[u8]) -> Vec<u8> {
        let (mut result, mut rest) = (Vec::new(), name);
        while let Some(found) = self.pattern.find(rest) {
            result.extend_from_slice(rest.get(..found.start).unwrap_or_default());
            result.extend_from_slice(&self.text);
            rest = rest.get(found.end..).unwrap_or_default();
            // A pattern that matches nothing is in no rule that replaces everywhere.
            if !self.everywhere || found.is_empty() {
                break;
            }
        }
        result.extend_from_slice(rest);
        result
    }
}

/// What is wrong, and the offset where.
type Fault = (usize, RuleErrorKind);

/// A rule and how far it has been read.
struct Input<'r> {
    text: &'r str,
    at: usize,
}

impl<'r> Input<'r> {
    fn rest(&self) -> &'r str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at = self.at.saturating_add(word.len());
        }
        found
    }

    /// What stands before `end`, which is passed over, too.
    fn until(&mut self, end: char) -> Option<&'r str> {
        let (before, _) = self.rest().split_once(end)?;
        self.at = self
            .at
            .saturating_add(before.len())
            .saturating_add(end.len_utf8());
        Some(before)
    }

    fn number(&mut self) -> Option<usize> {
        let rest = self.rest();
        let digits = rest.len().saturating_sub(
            rest.trim_start_matches(|next: char| next.is_ascii_digit())
                .len(),
        );
        let number = rest.get(..digits)?.parse().ok()?;
        self.at = self.at.saturating_add(digits);
        Some(number)
    }

    fn fault<T>(&self, kind: RuleErrorKind) -> Result<T, Fault> {
        Err((self.at, kind))
    }
}

fn transformation(input: &mut Input<'_>) -> Result<Transformation, Fault> {
    Ok(Transformation {
        selection: selection(input)?,
        pattern: pattern(input)?,
        substitutions: substitutions(input)?,
    })
}

fn selection(input: &mut Input<'_>) -> Result<Option<Selection>, Fault> {
    let start = input.at;
    if !input.skip("[") {
        return Ok(None);
    }
    let Some(components) = input.number().filter(|_| input.rest().starts_with(':')) else {
        return Err((start, RuleErrorKind::Components));
    };
    input.skip(":");
    let mut format = Vec::new();
    loop {
        let rest = input.rest();
        let Some(end) = rest.find(['$', ']']) else {
            return Err((start, RuleErrorKind::UnclosedSelection));
        };
        format.push(Piece::Text(rest.get(..end).unwrap_or_default().into()));
        input.at = input.at.saturating_add(end);
        if input.skip("]") {
            return Ok(Some(Selection { components, format }));
        }
        format.push(placeholder(input, components)?);
    }
}

/// `$0` is the realm, `$1` the first component.
fn placeholder(input: &mut Input<'_>, components: usize) -> Result<Piece, Fault> {
    let start = input.at;
    input.skip("$");
    match input.number() {
        Some(0) => Ok(Piece::Realm),
        Some(number) if number <= components => Ok(Piece::Component(number.saturating_sub(1))),
        _ => Err((start, RuleErrorKind::Component)),
    }
}

/// Up to the first `)`, as in MIT krb5: there are no groups in it.
fn pattern(input: &mut Input<'_>) -> Result<Option<Ere>, Fault> {
    let start = input.at;
    if !input.skip("(") {
        return Ok(None);
    }
    let at = input.at;
    match input.until(')') {
        Some(pattern) => ere(pattern, at).map(Some),
        None => Err((start, RuleErrorKind::UnclosedPattern)),
    }
}

fn substitutions(input: &mut Input<'_>) -> Result<Vec<Substitution>, Fault> {
    let mut substitutions = Vec::new();
    while !input.rest().is_empty() {
        let blanks = input
            .rest()
            .len()
            .saturating_sub(input.rest().trim_ascii_start().len());
        input.at = input.at.saturating_add(blanks);
        let start = input.at;
        if !input.skip("s/") {
            return input.fault(RuleErrorKind::Substitution);
        }
        let at = input.at;
        let (Some(pattern), Some(text)) = (input.until('/'), input.until('/')) else {
            return Err((start, RuleErrorKind::Substitution));
        };
        let substitution = Substitution {
            pattern: ere(pattern, at)?,
            text: text.into(),
            everywhere: input.skip("g"),
        };
        if substitution.everywhere && substitution.pattern.matches_nothing() {
            return Err((start, RuleErrorKind::EmptyMatch));
        }
        substitutions.push(substitution);
    }
    Ok(substitutions)
}

fn ere(pattern: &str, offset: usize) -> Result<Ere, Fault> {
    Ere::parse(pattern.as_bytes())
        .map_err(|(at, error)| (offset.saturating_add(at), RuleErrorKind::Pattern(error)))
}
