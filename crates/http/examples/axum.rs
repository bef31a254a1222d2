//! A web server that greets each client by the name its Kerberos ticket proves.
//!
//! ```console
//! $ cargo run -p portcullis-http --features axum --example axum -- \
//!       --keytab http.keytab --listen 127.0.0.1:8080
//! listening on 127.0.0.1:8080
//! $ curl --negotiate -u : http://web.example.test:8080/
//! hello, alice@EXAMPLE.TEST
//! ```
//!
//! `--allow rc4-hmac` also takes tickets of that broken encryption type.

use axum::response::Response;
use axum::{Router, middleware};
use core::error::Error;
use portcullis::{Acceptor, Keytab, Rejection, WeakEnctype};
use portcullis_http::{Authenticated, NegotiateLayer};
use std::process::ExitCode;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("axum: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let octets = std::fs::read(&arguments.keytab)
        .map_err(|error| format!("{}: {error}", arguments.keytab))?;
    let mut builder = Acceptor::builder(Keytab::parse(octets)?);
    for weak in arguments.allowed {
        builder = builder.danger_allow(weak);
    }

    let app = Router::new()
        .fallback(hello)
        .layer(NegotiateLayer::new(builder.build()?))
        .layer(middleware::map_response(log));

    let listener = TcpListener::bind(&arguments.listen).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(interrupted())
        .await?;
    Ok(())
}

async fn hello(Authenticated(user): Authenticated) -> String {
    format!("hello, {}\n", user.client())
}

/// Tells the operator why somebody was refused, and what to do; the client does not get to know.
async fn log(response: Response) -> Response {
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        eprintln!("refused: {rejection}. {}", rejection.error().remedy());
    }
    response
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without the signal there is nothing to wait for but the end of the process.
        core::future::pending::<()>().await;
    }
}

struct Arguments {
    keytab: String,
    listen: String,
    allowed: Vec<WeakEnctype>,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut keytab, mut listen, mut allowed) = (None, "127.0.0.1:0".to_owned(), Vec::new());
        while let Some(option) = words.next() {
            let value = words
                .next()
                .ok_or_else(|| format!("{option} needs a value"))?;
            match (option.as_str(), value.as_str()) {
                ("--keytab", _) => keytab = Some(value),
                ("--listen", _) => listen = value,
                ("--allow", "rc4-hmac") => allowed.push(WeakEnctype::Rc4Hmac),
                ("--allow", "des3") => allowed.push(WeakEnctype::Des3CbcSha1),
                _ => return Err(format!("unknown option {option} {value}")),
            }
        }
        let keytab =
            keytab.ok_or("usage: axum --keytab FILE [--listen ADDRESS] [--allow rc4-hmac]")?;
        Ok(Self {
            keytab,
            listen,
            allowed,
        })
    }
}
