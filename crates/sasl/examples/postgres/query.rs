//! Simple queries, all of which have one answer.

use super::connection::Connection;
use super::message::{self, kind};
use super::{Fallible, say};
use portcullis::Identity;

/// Answers each query with the client's principal, and `select repeat` with so much of it that it
/// needs several packets.
pub(crate) fn answer_all(connection: &mut Connection, client: &Identity) -> Fallible<()> {
    let client = client.client().to_string();
    loop {
        match connection.message()? {
            (kind::QUERY, query) => {
                let query = query.strip_suffix(b"\0").unwrap_or_default();
                say(&format!("query {}", query.escape_ascii()))?;
                let value = match query.starts_with(b"select repeat") {
                    true => client.repeat(4096),
                    false => client.clone(),
                };
                let answer = [message::one_value("current_user", &value), message::ready()];
                connection.send(&answer.concat())?;
            }
            (kind::TERMINATE, _) => return Ok(()),
            (kind, _) => {
                let text = format!("a message of kind {kind}, which this example lacks");
                connection.send(&message::fatal("0A000", &text))?;
                return Err(text.into());
            }
        }
    }
}
