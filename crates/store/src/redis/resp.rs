//! Commands and replies in octets: as much of RESP2 as a handful of commands needs.

use super::error::RedisError;

/// INFO has a few thousand octets; nothing that we ask for has more.
const LONGEST_REPLY: usize = 64 * 1024;
const END: &[u8] = b"\r\n";

/// What a server replies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// `OK` and the like.
    Simple(String),
    /// The text of an error.
    Error(String),
    /// Nothing: what was asked for is not there, or was not done.
    Null,
    Bulk(Vec<u8>),
}

/// The octets of a command.
pub(super) fn command(words: &[&[u8]]) -> Vec<u8> {
    let mut octets = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        octets.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        octets.extend_from_slice(word);
        octets.extend_from_slice(END);
    }
    octets
}

/// Takes a reply off the front of `octets`; `None` when it is not all there yet.
pub(super) fn take(octets: &mut Vec<u8>) -> Result<Option<Reply>, RedisError> {
    let Some((reply, length)) = read(octets)? else {
        return match octets.len() > LONGEST_REPLY {
            true => Err(RedisError::Malformed),
            false => Ok(None),
        };
    };
    octets.drain(..length.min(octets.len()));
    Ok(Some(reply))
}

/// The first reply, and how many octets it has.
fn read(octets: &[u8]) -> Result<Option<(Reply, usize)>, RedisError> {
    let mut pairs = octets.windows(END.len());
    let Some((line, end)) = pairs
        .position(|pair| pair == END)
        .and_then(|end| Some((octets.get(..end)?, end.saturating_add(END.len()))))
    else {
        return Ok(None);
    };
    let Some((kind, line)) = line.split_first() else {
        return Err(RedisError::Malformed);
    };
    let text = || String::from_utf8_lossy(line).into_owned();
    match kind {
        b'+' => Ok(Some((Reply::Simple(text()), end))),
        b'-' => Ok(Some((Reply::Error(text()), end))),
        b'$' if line == b"-1" => Ok(Some((Reply::Null, end))),
        b'$' => bulk(octets, text().parse(), end),
        _ => Err(RedisError::Malformed),
    }
}

/// A text of known length, that begins at `start`.
fn bulk(
    octets: &[u8],
    length: Result<usize, core::num::ParseIntError>,
    start: usize,
) -> Result<Option<(Reply, usize)>, RedisError> {
    let length = length.ok().filter(|length| *length <= LONGEST_REPLY);
    let stop = start.saturating_add(length.ok_or(RedisError::Malformed)?);
    let end = stop.saturating_add(END.len());
    let (Some(text), Some(mark)) = (octets.get(start..stop), octets.get(stop..end)) else {
        return Ok(None);
    };
    match mark == END {
        true => Ok(Some((Reply::Bulk(text.to_vec()), end))),
        false => Err(RedisError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken of `octets`, one reply after the other, and what is left.
    fn all(octets: &[u8]) -> (Vec<Reply>, Result<Vec<u8>, RedisError>) {
        let (mut octets, mut replies) = (octets.to_vec(), vec![]);
        loop {
            match take(&mut octets) {
                Ok(Some(reply)) => replies.push(reply),
                Ok(None) => return (replies, Ok(octets)),
                Err(error) => return (replies, Err(error)),
            }
        }
    }

    #[test]
    fn a_command_is_an_array_of_bulk_strings() {
        let octets = command(&[b"SET", b"a b\r\n", b""]);
        assert_eq!(octets, b"*3\r\n$3\r\nSET\r\n$5\r\na b\r\n\r\n$0\r\n\r\n");
    }

    #[test]
    fn replies_are_taken_in_order_and_the_rest_stays() {
        let octets = b"+OK\r\n$-1\r\n-ERR no\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$3\r\nab";
        let replies = vec![
            Reply::Simple("OK".to_owned()),
            Reply::Null,
            Reply::Error("ERR no".to_owned()),
            Reply::Bulk(b"a\r\nbc".to_vec()),
            Reply::Bulk(vec![]),
        ];
        assert_eq!(all(octets), (replies, Ok(b"$3\r\nab".to_vec())));
    }

    #[test]
    fn every_prefix_of_a_reply_waits_for_more() {
        for whole in [&b"+OK\r\n"[..], b"$-1\r\n", b"$3\r\nabc\r\n"] {
            for length in 0..whole.len() {
                let prefix = &whole[..length];
                assert_eq!(all(prefix), (vec![], Ok(prefix.to_vec())));
            }
        }
    }

    #[test]
    fn what_is_no_reply_to_us_is_refused() {
        let endless = vec![b'+'; LONGEST_REPLY + 1];
        for octets in [
            &b"HTTP/1.1 400 Bad Request\r\n"[..],
            b"\r\n",
            b":1\r\n",
            b"*1\r\n$1\r\na\r\n",
            b"$x\r\n",
            b"$-2\r\n",
            b"$65537\r\n",
            b"$18446744073709551616\r\n",
            b"$2\r\nabc\r\n",
            &endless,
        ] {
            assert_eq!(all(octets), (vec![], Err(RedisError::Malformed)));
        }
    }
}
