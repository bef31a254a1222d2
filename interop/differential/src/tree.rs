//! A message of DER taken apart, each element with the name of its field, and put together again, also wrongly.

use crate::shapes::Shape;
use portcullis_oracles::length;

/// An element.
#[derive(Clone, Debug)]
pub struct Node {
    /// The field that it is, or is in: `cname.name-string`.
    pub name: String,
    /// Its tag, of one octet.
    pub tag: u8,
    /// What it holds.
    pub contents: Contents,
    /// How its length is written.
    pub length: Length,
}

/// What an element holds.
#[derive(Clone, Debug)]
pub enum Contents {
    /// Octets.
    Octets(Vec<u8>),
    /// Elements.
    Nodes(Vec<Node>),
}

/// How a length is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// As DER wants it.
    Shortest,
    /// With so many octets more.
    Longer(usize),
    /// As BER allows it: not at all, and an end mark.
    Indefinite,
}

impl Node {
    /// The field itself, and not what is in it: the tag is of the context.
    #[must_use]
    pub fn is_field(&self) -> bool {
        self.tag & 0xc0 == 0x80
    }

    /// How many elements it is, with all that it holds.
    #[must_use]
    pub fn count(&self) -> usize {
        match &self.contents {
            Contents::Octets(_) => 1,
            Contents::Nodes(nodes) => 1 + count(nodes),
        }
    }
}

/// How many elements these are, with all that they hold.
#[must_use]
pub fn count(nodes: &[Node]) -> usize {
    nodes.iter().map(Node::count).sum()
}

/// The elements that `octets` consist of, if they do.
#[must_use]
pub fn parse(mut octets: &[u8], name: &str, shape: &Shape) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    while let [tag, rest @ ..] = octets {
        let (length, rest) = length::parse(rest)?;
        let (contents, rest) = rest.split_at_checked(length)?;
        nodes.push(node(*tag, contents, name, shape));
        octets = rest;
    }
    Some(nodes)
}

fn node(tag: u8, contents: &[u8], name: &str, shape: &Shape) -> Node {
    let field = (tag & 0xc0 == 0x80)
        .then(|| shape.0.get(usize::from(tag & 0x1f)))
        .flatten();
    let (name, shape) = match field {
        Some((field, inside)) if name.is_empty() => ((*field).to_owned(), *inside),
        Some((field, inside)) => (format!("{name}.{field}"), *inside),
        None => (name.to_owned(), shape),
    };
    let inside = (tag & 0x20 != 0).then(|| parse(contents, &name, shape));
    Node {
        name,
        tag,
        contents: match inside.flatten() {
            Some(nodes) => Contents::Nodes(nodes),
            None => Contents::Octets(contents.to_vec()),
        },
        length: Length::Shortest,
    }
}

/// The octets.
#[must_use]
pub fn encode(nodes: &[Node]) -> Vec<u8> {
    let mut output = Vec::new();
    for node in nodes {
        let contents = match &node.contents {
            Contents::Octets(octets) => octets.clone(),
            Contents::Nodes(inside) => encode(inside),
        };
        output.push(node.tag);
        match node.length {
            Length::Shortest => length::encode(contents.len(), 0, &mut output),
            Length::Longer(by) => length::encode(contents.len(), by, &mut output),
            Length::Indefinite => output.push(0x80),
        }
        output.extend(contents);
        if node.length == Length::Indefinite {
            output.extend([0, 0]);
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::AP_REQ;

    #[test]
    fn fields_are_named_after_the_asn1() {
        // AP-REQ { pvno 5, ticket { realm "A" } }, as far as tags go.
        let octets = [
            0x6e, 0x12, 0x30, 0x10, 0xa0, 3, 2, 1, 5, 0xa3, 9, 0x61, 7, 0x30, 5, 0xa1, 3, 0x1b, 1,
            b'A',
        ];
        let nodes = parse(&octets, "", &AP_REQ).expect("DER");
        assert_eq!(encode(&nodes), octets);
        let mut names = Vec::new();
        collect(&nodes, &mut names);
        assert_eq!(
            names.join(" "),
            "  pvno pvno ticket ticket ticket ticket.realm ticket.realm"
        );
    }

    fn collect<'n>(nodes: &'n [Node], names: &mut Vec<&'n str>) {
        for node in nodes {
            names.push(&node.name);
            if let Contents::Nodes(inside) = &node.contents {
                collect(inside, names);
            }
        }
    }
}
