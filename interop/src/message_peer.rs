//! Real initiators where messages are concerned: MIT's and Heimdal's in C, and OpenJDK's. They wrap, unwrap, sign and
//! verify; those in C do it also in the buffers of `gss_wrap_iov`.

use std::process::Command;

use crate::heimdal;
use crate::initiator::{clients, java};
use crate::login::Login;
use crate::process::LineServer;
use crate::realm::REALM;
use crate::{from_base64, to_base64};

/// An initiator that goes on after its context is established.
#[derive(Debug)]
pub struct MessagePeer {
    program: LineServer,
    /// Its first token.
    pub token: Vec<u8>,
}

/// What it says of a token that it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

/// A message that it unwrapped.
#[derive(Debug, PartialEq, Eq)]
pub struct Unwrapped {
    /// The message.
    pub message: Vec<u8>,
    /// Whether it was sealed.
    pub sealed: bool,
    /// Supplementary status: GSS_S_DUPLICATE_TOKEN and the like; 0 in order.
    pub supplementary: u32,
}

/// A token in the buffers of `gss_wrap_iov`.
#[derive(Debug)]
pub struct Buffers {
    /// Before the message.
    pub header: Vec<u8>,
    /// The message.
    pub message: Vec<u8>,
    /// After the message.
    pub trailer: Vec<u8>,
}

type Answer<T> = Result<T, Refused>;

impl MessagePeer {
    /// MIT's, with flags of `mutual`, `dce`, `replay`, `sequence`.
    #[must_use]
    pub fn mit(login: &Login<'_>, service: &str, flags: &[&str]) -> Self {
        let mut command = login.command("/usr/bin/python3");
        command.arg(clients().join("gss_messages.py"));
        command.arg(format!("{service}@{REALM}")).args(flags);
        Self::start(command)
    }

    /// Heimdal's, with the same flags.
    #[must_use]
    pub fn heimdal(login: &Login<'_>, service: &str, flags: &[&str]) -> Self {
        let mut command = heimdal::command(login, "/usr/bin/python3");
        command.env("GSS_LIBRARY", "libgssapi.so.3");
        command.arg(clients().join("gss_messages.py"));
        command.arg(format!("{service}@{REALM}")).args(flags);
        Self::start(command)
    }

    /// OpenJDK's, with mutual authentication.
    #[must_use]
    pub fn java(login: &Login<'_>, service: &str) -> Self {
        let mut command = java(login);
        command.args(["JgssMessages", &format!("{service}@{REALM}")]);
        Self::start(command)
    }

    fn start(command: Command) -> Self {
        let mut program = LineServer::start(command);
        let token = from_base64(&program.listen());
        Self { program, token }
    }

    /// Gives it the acceptor's answer; its next token, if it has one.
    ///
    /// # Panics
    /// When it refuses the answer.
    pub fn step(&mut self, answer: &[u8]) -> Option<Vec<u8>> {
        let said = self.ask(&["step", &word(answer)]).expect("a good answer");
        Some(octets(&said[0])).filter(|token| !token.is_empty())
    }

    /// Its token with a message.
    pub fn wrap(&mut self, sealed: bool, message: &[u8]) -> Vec<u8> {
        self.one(&["wrap", form(sealed), &word(message)])
    }

    /// What it reads of our token.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn unwrap(&mut self, token: &[u8]) -> Answer<Unwrapped> {
        self.ask(&["unwrap", &word(token)])
            .map(|said| unwrapped(&said))
    }

    /// Its MIC over a message.
    pub fn mic(&mut self, message: &[u8]) -> Vec<u8> {
        self.one(&["mic", &word(message)])
    }

    /// The supplementary status of our MIC.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn verify(&mut self, message: &[u8], token: &[u8]) -> Answer<u32> {
        let said = self.ask(&["verify", &word(message), &word(token)])?;
        Ok(number(&said[0]))
    }

    /// Its token with a message that stands in clear octets, with a trailer or all in the header.
    pub fn wrap_iov(&mut self, sealed: bool, trailer: bool, parts: [&[u8]; 3]) -> Buffers {
        let layout = if trailer { "trailer" } else { "header" };
        let [before, message, after] = parts.map(word);
        let request = ["wrapiov", form(sealed), layout, &before, &message, &after];
        let said = self.ask(&request).expect("it wraps");
        Buffers {
            header: octets(&said[0]),
            message: octets(&said[1]),
            trailer: octets(&said[2]),
        }
    }

    /// What it reads of our token in buffers, with clear octets before and after the message.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn unwrap_iov(
        &mut self,
        token: &Buffers,
        before: &[u8],
        after: &[u8],
    ) -> Answer<Unwrapped> {
        let parts = [&token.header, before, &token.message, after, &token.trailer].map(word);
        let [header, before, message, after, trailer] = &parts;
        let request = ["unwrapiov", header, before, message, after, trailer];
        self.ask(&request).map(|said| unwrapped(&said))
    }

    /// `gss_pseudo_random`, of those in C.
    pub fn prf(&mut self, full: bool, input: &[u8], length: usize) -> Vec<u8> {
        let key = if full { "full" } else { "partial" };
        self.one(&["prf", key, &word(input), &length.to_string()])
    }

    /// `gss_wrap_size_limit`, of those in C.
    pub fn limit(&mut self, sealed: bool, maximum: usize) -> u32 {
        let said = self.ask(&["limit", form(sealed), &maximum.to_string()]);
        number(&said.expect("a limit")[0])
    }

    fn one(&mut self, request: &[&str]) -> Vec<u8> {
        let said = self.ask(request);
        octets(&said.unwrap_or_else(|refused| panic!("{request:?}: {refused:?}"))[0])
    }

    fn ask(&mut self, request: &[&str]) -> Answer<Vec<String>> {
        let said = self.program.ask(&request.join(" "));
        match said.split_once(' ') {
            Some(("ok", words)) => Ok(words.split(' ').map(str::to_owned).collect()),
            _ => Err(Refused(said)),
        }
    }
}

fn form(sealed: bool) -> &'static str {
    if sealed { "conf" } else { "integ" }
}

fn word(octets: &[u8]) -> String {
    match octets {
        [] => "-".to_owned(),
        _ => to_base64(octets),
    }
}

fn octets(word: &str) -> Vec<u8> {
    match word {
        "-" => Vec::new(),
        _ => from_base64(word),
    }
}

fn number(word: &str) -> u32 {
    word.parse().expect("a number")
}

fn unwrapped(said: &[String]) -> Unwrapped {
    Unwrapped {
        message: octets(&said[0]),
        sealed: said[1] == "conf",
        supplementary: number(&said[2]),
    }
}
