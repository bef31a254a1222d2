//! Why the realms on a client's path were refused.

use core::fmt;

/// Why a ticket's `transited` field was refused.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransitedError {
    /// An encoding that nobody defined, so the realms are unknown; the number is its `tr-type`.
    UnknownType(i32),
    /// A realm that does not lie on the path.
    Realm {
        /// The realm that the client came through.
        realm: Vec<u8>,
        /// The client's realm.
        client: Vec<u8>,
        /// The server's realm.
        server: Vec<u8>,
    },
    /// A quotation mark with nothing after it.
    Syntax {
        /// Where, in octets from the start of the field.
        offset: usize,
    },
    /// An empty component, which stands for all realms between its neighbours, beside neighbours
    /// of which neither lies above the other.
    Unrelated {
        /// Where the second neighbour ends, in octets from the start of the field.
        offset: usize,
    },
    /// A realm of more than 512 octets, the client's and the server's included.
    RealmTooLong,
    /// More than 128 realms.
    TooManyRealms,
}

impl fmt::Display for TransitedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType(number) => {
                write!(f, "transited realms in unknown encoding {number}")
            }
            Self::Realm {
                realm,
                client,
                server,
            } => write!(
                f,
                "transited realm {} is not on the path from {} to {}",
                Printable(realm),
                Printable(client),
                Printable(server)
            ),
            Self::Syntax { offset } => {
                write!(
                    f,
                    "transited realms end inside a quotation (at octet {offset})"
                )
            }
            Self::Unrelated { offset } => write!(
                f,
                "transited realms leave out those between two unrelated ones (at octet {offset})"
            ),
            Self::RealmTooLong => f.write_str("transited realm of more than 512 octets"),
            Self::TooManyRealms => f.write_str("more than 128 transited realms"),
        }
    }
}

impl core::error::Error for TransitedError {}

/// A realm as a log may show it: ASCII, without control characters, and not longer than a line.
struct Printable<'a>(&'a [u8]);

const LONGEST_PRINTED: usize = 64;

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(LONGEST_PRINTED) {
            Some((start, [_, ..])) => write!(f, "{}...", start.escape_ascii()),
            _ => write!(f, "{}", self.0.escape_ascii()),
        }
    }
}
