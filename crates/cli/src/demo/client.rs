//! A client of the demo's server: one request, one connection, and no more of HTTP than that.

use crate::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use core::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer of HTTP/1.1.
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

/// The value of an `Authorization` field with this token.
pub(super) fn authorization(token: &[u8]) -> String {
    format!("Negotiate {}", STANDARD.encode(token))
}

/// Asks `address` who we are, showing `token` if there is one.
pub(super) async fn who_am_i(address: SocketAddr, token: Option<&[u8]>) -> Result<Answer, Failure> {
    let credentials = match token {
        Some(token) => format!("Authorization: {}\r\n", authorization(token)),
        None => String::new(),
    };
    let request = format!(
        "GET /whoami HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{credentials}\r\n"
    );
    let mut answer = Vec::new();
    let mut stream = TcpStream::connect(address).await.map_err(Failure::Client)?;
    stream
        .write_all(request.as_bytes())
        .await
        .map_err(Failure::Client)?;
    stream
        .read_to_end(&mut answer)
        .await
        .map_err(Failure::Client)?;
    Answer::parse(&String::from_utf8_lossy(&answer))
        .ok_or_else(|| Failure::Demo("the server's answer is not HTTP".to_owned()))
}

impl Answer {
    fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        Some(Self {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        })
    }

    /// The value of `WWW-Authenticate`.
    pub(super) fn challenge(&self) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut challenges =
            fields.filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
        challenges.next().map(|(_, value)| value)
    }

    /// The token in `WWW-Authenticate`; empty if there is none.
    pub(super) fn reply(&self) -> Vec<u8> {
        let text = self
            .challenge()
            .and_then(|value| value.strip_prefix("Negotiate "));
        text.and_then(|text| STANDARD.decode(text).ok())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_status_a_token_and_a_body() {
        let text = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Negotiate YII=\r\n\r\nno\n";
        let answer = Answer::parse(text).unwrap();

        assert_eq!(answer.status, 401);
        assert_eq!(answer.challenge(), Some("Negotiate YII="));
        assert_eq!(answer.reply(), [0x60, 0x82]);
        assert_eq!(answer.body, "no\n");
    }

    #[test]
    fn a_bare_challenge_has_no_token() {
        let answer =
            Answer::parse("HTTP/1.1 401 X\r\nWWW-Authenticate: Negotiate\r\n\r\n").unwrap();

        assert_eq!(answer.challenge(), Some("Negotiate"));
        assert_eq!(answer.reply(), b"");
    }
}
