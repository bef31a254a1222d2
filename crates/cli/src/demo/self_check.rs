//! A login through the demo's server, and what it does with tokens that are wrong.

use super::client::{Answer, who_am_i};
use super::server::{Client, Refused};
use super::tokens::{Kind, Token, Tokens};
use crate::failure::Failure;
use core::fmt::{self, Display, Formatter};
use core::net::SocketAddr;
use portcullis_testrealm::InitiationError;

/// What was sent, and what came back.
pub(super) struct Row {
    sent: &'static str,
    status: u16,
    proven: String,
}

impl Display for Row {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            sent,
            status,
            proven,
        } = self;
        write!(f, "{status}  {sent}\n       {proven}")
    }
}

/// Logs in, and tries what must not work.
///
/// # Errors
/// [`Failure::Demo`] when an answer is not what it has to be.
pub(super) async fn run(address: SocketAddr, tokens: &Tokens) -> Result<Vec<Row>, Failure> {
    let nobody = without_token(who_am_i(address, None).await?)?;
    let token = tokens.make(Kind::Good)?;
    let octets = token.octets().to_vec();
    let login = login(who_am_i(address, Some(&octets)).await?, token, tokens)?;
    let again = who_am_i(address, Some(&octets)).await?;
    let again = refused("the same token again", "replay", &again)?;
    let mut rows = vec![nobody, login, again];
    for (kind, refused_for) in Kind::REFUSED {
        let token = tokens.make(kind)?;
        let answer = who_am_i(address, Some(token.octets())).await?;
        rows.push(refused(kind.title(), refused_for, &answer)?);
        told(kind.title(), token, &answer)?;
    }
    Ok(rows)
}

fn without_token(answer: Answer) -> Result<Row, Failure> {
    let sent = "nothing";
    match (answer.status, answer.challenge()) {
        (401, Some("Negotiate")) => Ok(Row {
            sent,
            status: 401,
            proven: "WWW-Authenticate: Negotiate".to_owned(),
        }),
        _ => Err(surprise(sent, &answer)),
    }
}

/// The server knows the client, and its answer convinces the client that it is the server.
fn login(answer: Answer, token: Token, tokens: &Tokens) -> Result<Row, Failure> {
    let sent = Kind::Good.title();
    let known = serde_json::from_str::<Client>(&answer.body);
    let (200, Ok(Client { client, .. }), Token::Kerberos(initiation)) =
        (answer.status, known, token)
    else {
        return Err(surprise(sent, &answer));
    };
    if client != tokens.user().to_string() {
        return Err(surprise(sent, &answer));
    }
    let mistrust = |error: InitiationError| Failure::Demo(format!("{sent}: {error}"));
    initiation.finish(&answer.reply()).map_err(mistrust)?;
    let proven = format!("{client}; the answer proves the server to the client, too");
    Ok(Row {
        sent,
        status: 200,
        proven,
    })
}

fn refused(sent: &'static str, kind: &str, answer: &Answer) -> Result<Row, Failure> {
    match (answer.status, serde_json::from_str::<Refused>(&answer.body)) {
        (401, Ok(found)) if found.kind == kind => Ok(Row {
            sent,
            status: 401,
            proven: found.refused,
        }),
        _ => Err(surprise(sent, answer)),
    }
}

/// A client of Kerberos reads in the answer that it is refused, too.
fn told(sent: &'static str, token: Token, answer: &Answer) -> Result<(), Failure> {
    let Token::Kerberos(initiation) = token else {
        return Ok(());
    };
    match initiation.finish(&answer.reply()) {
        Err(InitiationError::Refused { .. }) => Ok(()),
        _ => Err(surprise(sent, answer)),
    }
}

fn surprise(sent: &str, Answer { status, body, .. }: &Answer) -> Failure {
    Failure::Demo(format!("{sent} was answered with {status}: {body}"))
}
