//! TLS by rustls, each connection bound by itself: a login that names another channel is refused. One
//! that names none passes, unless the acceptor was built with
//! [`require_channel_bindings`](portcullis::AcceptorBuilder::require_channel_bindings), as below.
//!
//! ```no_run
//! # async fn serve(
//! #     keytab: portcullis::Keytab,
//! #     chain: Vec<rustls::pki_types::CertificateDer<'static>>,
//! #     key: rustls::pki_types::PrivateKeyDer<'static>,
//! #     stream: tokio::net::TcpStream,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! use portcullis::Acceptor;
//! use portcullis_http::{NegotiateLayer, tls::{TlsAcceptor, TlsIdentity}};
//! use rustls::ServerConfig;
//! use tower::Layer;
//! # let router = tower::service_fn(|_: http::Request<()>| async {
//! #     Ok::<_, std::convert::Infallible>(http::Response::new(String::new()))
//! # });
//!
//! let acceptor = Acceptor::builder(keytab).require_channel_bindings().build()?;
//! let builder = ServerConfig::builder().with_no_client_auth();
//! let tls = TlsAcceptor::new(TlsIdentity::new(builder, chain, key)?);
//! let guarded = NegotiateLayer::new(acceptor).layer(router);
//!
//! // for each connection, in a task of its own
//! let (stream, bindings) = tls.accept(stream).await?;
//! let service = bindings.layer(guarded.clone()); // and hyper serves it on the stream
//! # drop((stream, service));
//! # Ok(())
//! # }
//! ```
//!
//! The bindings are `tls-server-end-point` (RFC 5929 §4), which browsers and other clients of HTTP
//! send, and with TLS 1.3 `tls-exporter` (RFC 9266). There is no `tls-unique`: rustls does not show
//! the Finished messages. Behind a proxy that ends TLS, tell the
//! [layer](crate::NegotiateLayer::channel_bindings) the proxy's certificate instead.

use crate::connection::ConnectionBindings;
use core::fmt;
use portcullis::ChannelBindings;
use portcullis::channel_bindings::{CertificateError, tls_exporter, tls_server_end_point};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{Acceptor, WantsServerCert};
use rustls::{ConfigBuilder, ProtocolVersion, ServerConfig, ServerConnection};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

/// RFC 9266 §4.2.
const EXPORTER_LABEL: &[u8] = b"EXPORTER-Channel-Binding";

/// A certificate, how it is presented, and what binds the connections that it is presented on.
/// Cheap to clone.
#[derive(Clone)]
pub struct TlsIdentity {
    config: Arc<ServerConfig>,
    end_point: ChannelBindings,
}

/// Why there is no [`TlsIdentity`].
#[non_exhaustive]
#[derive(Debug)]
pub enum TlsError {
    /// The chain has no certificate.
    NoCertificate,
    /// Nothing can be bound to the certificate: RFC 5929 §4.1 knows no hash for its signature.
    Certificate(CertificateError),
    /// rustls refuses the certificate or the key.
    Config(rustls::Error),
}

impl TlsIdentity {
    /// The server with this chain, its own certificate first, and this key.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(
        builder: ConfigBuilder<ServerConfig, WantsServerCert>,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, TlsError> {
        let own = chain.first().ok_or(TlsError::NoCertificate)?;
        let end_point = tls_server_end_point(own).map_err(TlsError::Certificate)?;
        let config = builder
            .with_single_cert(chain, key)
            .map_err(TlsError::Config)?;
        Ok(Self {
            config: Arc::new(config),
            end_point,
        })
    }

    /// The versions of HTTP that are offered (RFC 7301), best first: `h2`, `http/1.1`. Default: not
    /// said, so that clients take HTTP/1.1.
    #[must_use]
    pub fn alpn<'n>(mut self, protocols: impl IntoIterator<Item = &'n str>) -> Self {
        let protocols = protocols.into_iter().map(|name| name.as_bytes().to_vec());
        Arc::make_mut(&mut self.config).alpn_protocols = protocols.collect();
        self
    }

    /// The bindings of a connection that this was presented on.
    fn bindings(&self, connection: &ServerConnection) -> ConnectionBindings {
        // RFC 9266 §1: before TLS 1.3 an exporter binds only with the extended master secret, and
        // rustls does not say whether the client had it.
        let exports = connection.protocol_version() == Some(ProtocolVersion::TLSv1_3);
        let exported = exports.then(|| {
            connection
                .export_keying_material([0; 32], EXPORTER_LABEL, Some(&[]))
                .ok()
        });
        let exporter = exported.flatten().map(|octets| tls_exporter(&octets));
        ConnectionBindings::new([self.end_point.clone()].into_iter().chain(exporter))
    }
}

type Choose = dyn Fn(Option<&str>) -> Option<TlsIdentity> + Send + Sync;

/// Accepts TLS connections, and says what binds each. Cheap to clone.
#[derive(Clone)]
pub struct TlsAcceptor {
    choose: Arc<Choose>,
}

impl TlsAcceptor {
    /// One certificate for everybody.
    #[must_use]
    pub fn new(identity: TlsIdentity) -> Self {
        Self::by_server_name(move |_| Some(identity.clone()))
    }

    /// The certificate by the server's name that the client asks for (RFC 6066 §3), if it does;
    /// `None` ends the connection. Asked for each one, so that certificates can be changed.
    #[must_use]
    pub fn by_server_name(
        choose: impl Fn(Option<&str>) -> Option<TlsIdentity> + Send + Sync + 'static,
    ) -> Self {
        Self {
            choose: Arc::new(choose),
        }
    }

    /// Shakes hands. Do it in the connection's own task, and give it a time limit: a client may take
    /// as long as it likes.
    ///
    /// # Errors
    /// What the stream or TLS says, or that there is no certificate for the name.
    pub async fn accept<S>(&self, stream: S) -> io::Result<(TlsStream<S>, ConnectionBindings)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let identity = (self.choose)(start.client_hello().server_name())
            .ok_or_else(|| io::Error::other("no certificate for this server name"))?;
        let stream = start.into_stream(identity.config.clone()).await?;
        let bindings = identity.bindings(stream.get_ref().1);
        Ok((stream, bindings))
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity").finish_non_exhaustive()
    }
}

impl fmt::Debug for TlsAcceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsAcceptor").finish_non_exhaustive()
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("no certificate"),
            Self::Certificate(error) => error.fmt(f),
            Self::Config(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for TlsError {}
