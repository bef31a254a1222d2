//! From the text of a regular expression to its tree.

use super::EreError;

/// A set of octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Octets([u128; 2]);

/// A part of an expression.
#[derive(Debug)]
pub(super) enum Node {
    /// One octet of a set.
    One(Octets),
    /// `^`
    Start,
    /// `$`
    End,
    /// One after the other.
    Sequence(Vec<Self>),
    /// One of them.
    Choice(Vec<Self>),
    /// So many times, without end if there is no greatest number.
    Repeated {
        node: Box<Self>,
        least: usize,
        most: Option<usize>,
    },
}

const DEEPEST: usize = 32;
/// RE_DUP_MAX of POSIX.
const MOST_REPETITIONS: usize = 255;

type Fault = (usize, EreError);

struct Parser<'p> {
    pattern: &'p [u8],
    at: usize,
    depth: usize,
}

pub(super) fn parse(pattern: &[u8]) -> Result<Node, Fault> {
    let mut parser = Parser {
        pattern,
        at: 0,
        depth: 0,
    };
    parser.choice()
}

impl Parser<'_> {
    fn next(&self) -> Option<u8> {
        self.pattern.get(self.at).copied()
    }

    fn advance(&mut self) -> Option<u8> {
        let next = self.next();
        self.at = self.at.saturating_add(usize::from(next.is_some()));
        next
    }

    fn skip(&mut self, octet: u8) -> bool {
        let found = self.next() == Some(octet);
        self.at = self.at.saturating_add(usize::from(found));
        found
    }

    fn choice(&mut self) -> Result<Node, Fault> {
        let mut alternatives = vec![self.sequence()?];
        while self.skip(b'|') {
            alternatives.push(self.sequence()?);
        }
        Ok(Node::Choice(alternatives))
    }

    fn sequence(&mut self) -> Result<Node, Fault> {
        let mut nodes = Vec::new();
        loop {
            match self.next() {
                None | Some(b'|') => break,
                // GNU's and POSIX's `)` without a group is itself.
                Some(b')') if self.depth > 0 => break,
                Some(_) => {
                    let node = self.atom()?;
                    nodes.push(self.repeated(node)?);
                }
            }
        }
        Ok(Node::Sequence(nodes))
    }

    fn atom(&mut self) -> Result<Node, Fault> {
        let start = self.at;
        let Some(octet) = self.advance() else {
            return Ok(Node::Sequence(Vec::new()));
        };
        match octet {
            b'(' => self.group(start),
            b'[' => self.bracket(start).map(Node::One),
            b'.' => Ok(Node::One(Octets::NONE.complement())),
            b'^' => Ok(Node::Start),
            b'$' => Ok(Node::End),
            b'\\' => self.escape(start).map(Node::One),
            b'*' | b'+' | b'?' | b'{' => Err((start, EreError::Repetition)),
            _ => Ok(Node::One(Octets::one(octet))),
        }
    }

    fn group(&mut self, start: usize) -> Result<Node, Fault> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEEPEST {
            return Err((start, EreError::TooDeep));
        }
        let inside = self.choice()?;
        self.depth = self.depth.saturating_sub(1);
        match self.skip(b')') {
            true => Ok(inside),
            false => Err((start, EreError::Group)),
        }
    }

    fn repeated(&mut self, mut node: Node) -> Result<Node, Fault> {
        let mut times: usize = 0;
        loop {
            let start = self.at;
            let (least, most) = match self.next() {
                Some(b'*') => (0, None),
                Some(b'+') => (1, None),
                Some(b'?') => (0, Some(1)),
                Some(b'{') => self.interval()?,
                _ => return Ok(node),
            };
            if self.at == start {
                self.advance();
            }
            times = times.saturating_add(1);
            if matches!(node, Node::Start | Node::End) {
                return Err((start, EreError::Repetition));
            }
            if times > DEEPEST {
                return Err((start, EreError::TooDeep));
            }
            node = Node::Repeated {
                node: Box::new(node),
                least,
                most,
            };
        }
    }

    /// `{n}`, `{n,}`, `{n,m}` or GNU's `{,m}`.
    fn interval(&mut self) -> Result<(usize, Option<usize>), Fault> {
        let start = self.at;
        self.advance();
        let least = self.number();
        let most = match self.skip(b',') {
            true => self.number(),
            false => least,
        };
        let closed = self.skip(b'}');
        let ordered = most.is_none_or(|most| least.unwrap_or(0) <= most);
        let bounded = [least, most]
            .into_iter()
            .flatten()
            .all(|times| times <= MOST_REPETITIONS);
        let empty = least.is_none() && most.is_none();
        match closed && ordered && bounded && !empty {
            true => Ok((least.unwrap_or(0), most)),
            false => Err((start, EreError::Interval)),
        }
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        while self.next().is_some_and(|octet| octet.is_ascii_digit()) {
            self.advance();
        }
        let digits = self
            .pattern
            .get(start..self.at)
            .filter(|digits| !digits.is_empty())?;
        let number = core::str::from_utf8(digits).ok()?.parse();
        Some(number.unwrap_or(usize::MAX))
    }

    fn escape(&mut self, start: usize) -> Result<Octets, Fault> {
        let word = || Octets::of(|octet| octet.is_ascii_alphanumeric() || octet == b'_');
        match self.advance() {
            Some(b'w') => Ok(word()),
            Some(b'W') => Ok(word().complement()),
            Some(b's') => Ok(Octets::of(is_space)),
            Some(b'S') => Ok(Octets::of(is_space).complement()),
            // GNU gives these a meaning that is not supported here.
            Some(b'<' | b'>' | b'`' | b'\'') | None => Err((start, EreError::Escape)),
            Some(octet) if octet.is_ascii_alphanumeric() => Err((start, EreError::Escape)),
            Some(octet) => Ok(Octets::one(octet)),
        }
    }

    /// What follows `[`. A `\` is itself in there, and a `]` if it comes first.
    fn bracket(&mut self, start: usize) -> Result<Octets, Fault> {
        let negated = self.skip(b'^');
        let mut set = Octets::NONE;
        let mut first = true;
        loop {
            let at = self.at;
            let unclosed = (start, EreError::Bracket);
            let octet = self.advance().ok_or(unclosed)?;
            match (octet, self.next()) {
                (b']', _) if !first => break,
                (b'[', Some(b':')) => set.add(&self.class(at)?),
                (b'[', Some(b'=' | b'.')) => return Err((at, EreError::Class)),
                (from, Some(b'-'))
                    if self.pattern.get(self.at.saturating_add(1)) != Some(&b']') =>
                {
                    self.advance();
                    let to = self.advance().ok_or(unclosed)?;
                    let class = to == b'[' && matches!(self.next(), Some(b':' | b'=' | b'.'));
                    if class || to < from {
                        return Err((at, EreError::RangeOrder));
                    }
                    set.add(&Octets::of(|octet| (from..=to).contains(&octet)));
                }
                (octet, _) => set.add(&Octets::one(octet)),
            }
            first = false;
        }
        Ok(if negated { set.complement() } else { set })
    }

    /// `:name:]`, of which the `[` has been read.
    fn class(&mut self, start: usize) -> Result<Octets, Fault> {
        let rest = self.pattern.get(self.at..).unwrap_or_default();
        let end = rest.windows(2).skip(1).position(|pair| pair == b":]");
        let name = end.and_then(|end| rest.get(1..end.saturating_add(1)));
        let set = match name {
            Some(b"alpha") => Octets::of(|octet| octet.is_ascii_alphabetic()),
            Some(b"digit") => Octets::of(|octet| octet.is_ascii_digit()),
            Some(b"alnum") => Octets::of(|octet| octet.is_ascii_alphanumeric()),
            Some(b"upper") => Octets::of(|octet| octet.is_ascii_uppercase()),
            Some(b"lower") => Octets::of(|octet| octet.is_ascii_lowercase()),
            Some(b"space") => Octets::of(is_space),
            Some(b"blank") => Octets::of(|octet| matches!(octet, b' ' | b'\t')),
            Some(b"punct") => Octets::of(|octet| octet.is_ascii_punctuation()),
            Some(b"print") => Octets::of(|octet| octet.is_ascii_graphic() || octet == b' '),
            Some(b"graph") => Octets::of(|octet| octet.is_ascii_graphic()),
            Some(b"cntrl") => Octets::of(|octet| octet.is_ascii_control()),
            Some(b"xdigit") => Octets::of(|octet| octet.is_ascii_hexdigit()),
            _ => return Err((start, EreError::Class)),
        };
        let length = name.map_or(0, <[u8]>::len).saturating_add(b"::]".len());
        self.at = self.at.saturating_add(length);
        Ok(set)
    }
}

/// White space of the C locale.
const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t'..=b'\r')
}

impl Octets {
    const NONE: Self = Self([0; 2]);

    fn one(octet: u8) -> Self {
        Self::of(|other| other == octet)
    }

    fn of(contains: impl Fn(u8) -> bool) -> Self {
        let half = |half: core::ops::RangeInclusive<u8>| {
            half.rev().fold(0_u128, |bits, octet| {
                bits << 1 | u128::from(contains(octet))
            })
        };
        Self([half(0..=127), half(128..=255)])
    }

    fn complement(&self) -> Self {
        Self(self.0.map(|half| !half))
    }

    fn add(&mut self, other: &Self) {
        for (ours, theirs) in self.0.iter_mut().zip(other.0) {
            *ours |= theirs;
        }
    }

    pub(super) const fn contains(&self, octet: u8) -> bool {
        let [low, high] = self.0;
        let half = if octet < 128 { low } else { high };
        half >> (octet % 128) & 1 == 1
    }
}
