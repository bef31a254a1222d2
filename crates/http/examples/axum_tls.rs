//! The web server of the example `axum` over TLS: each login is bound to its connection.
//!
//! ```console
//! $ cargo run -p portcullis-http --features axum,rustls --example axum_tls -- \
//!       --keytab http.keytab --cert web.pem --key web.key --listen 127.0.0.1:8443
//! listening on 127.0.0.1:8443
//! ```
//!
//! Clients that say no channel are refused with `--require-channel-bindings yes`.

use axum::Router;
use core::error::Error;
use core::time::Duration;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use portcullis::{Acceptor, Keytab};
use portcullis_http::tls::{TlsAcceptor, TlsIdentity};
use portcullis_http::{Authenticated, NegotiateLayer};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::process::ExitCode;
use tokio::net::{TcpListener, TcpStream};
use tower::Layer;

/// A client that takes longer to shake hands is not one.
const HANDSHAKE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("axum_tls: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let mut settings = Acceptor::builder(Keytab::parse(std::fs::read(&arguments.keytab)?)?);
    if arguments.required {
        settings = settings.require_channel_bindings();
    }
    let app = Router::new()
        .fallback(hello)
        .layer(NegotiateLayer::new(settings.build()?));

    let chain = CertificateDer::pem_file_iter(&arguments.cert)?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(&arguments.key)?;
    let builder = ServerConfig::builder().with_no_client_auth();
    let identity = TlsIdentity::new(builder, chain, key)?.alpn(["h2", "http/1.1"]);
    let tls = TlsAcceptor::new(identity);

    let listener = TcpListener::bind(&arguments.listen).await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let (tls, app) = (tls.clone(), app.clone());
        tokio::spawn(async move {
            if let Err(error) = serve(stream, tls, app).await {
                eprintln!("connection: {error}");
            }
        });
    }
}

async fn serve(
    stream: TcpStream,
    tls: TlsAcceptor,
    app: Router,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (stream, bindings) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await??;
    let service = TowerToHyperService::new(bindings.layer(app));
    auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await
}

async fn hello(Authenticated(user): Authenticated) -> String {
    let bound = if user.channel_bound() {
        "bound"
    } else {
        "not bound"
    };
    format!("hello, {}, {bound} to this channel\n", user.client())
}

struct Arguments {
    keytab: String,
    cert: String,
    key: String,
    listen: String,
    required: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut keytab, mut cert, mut key) = (None, None, None);
        let (mut listen, mut required) = ("127.0.0.1:0".to_owned(), false);
        while let Some(option) = words.next() {
            let value = words
                .next()
                .ok_or_else(|| format!("{option} needs a value"))?;
            match option.as_str() {
                "--keytab" => keytab = Some(value),
                "--cert" => cert = Some(value),
                "--key" => key = Some(value),
                "--listen" => listen = value,
                "--require-channel-bindings" => required = value == "yes",
                _ => return Err(format!("unknown option {option}")),
            }
        }
        let usage = "usage: axum_tls --keytab FILE --cert PEM --key PEM [--listen ADDRESS]";
        Ok(Self {
            keytab: keytab.ok_or(usage)?,
            cert: cert.ok_or(usage)?,
            key: key.ok_or(usage)?,
            listen,
            required,
        })
    }
}
