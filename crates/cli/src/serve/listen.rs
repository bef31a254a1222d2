//! [`Listener`]: where connections come in, and their life.

use super::config::Listen;
use super::crew::Crew;
use super::door::Door;
use super::download::Download;
use super::keepalive::ask_whether_it_is_there;
use super::request::Peer;
use super::silence::Requests;
use super::within::plain;
use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response, StatusCode, Version};
use core::convert::Infallible;
use core::net::SocketAddr;
use core::pin::pin;
use core::sync::atomic::{AtomicI64, Ordering};
use core::time::Duration;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use portcullis_http::ConnectionBindings;
use portcullis_http::tls::TlsAcceptor;
use socket2::{SockFilter, SockRef};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch::Receiver;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// A socket that connections come in by.
#[derive(Debug)]
pub(super) enum Listener {
    Tcp(TcpListener),
    /// A socket that somebody keeps open who comes after us, or before.
    HandedOver(TcpListener),
    Unix(UnixListener),
}

/// What the connections of all sockets share.
#[derive(Clone, Debug)]
pub(super) struct Hall {
    pub(super) door: Arc<Door>,
    server: auto::Builder<TokioExecutor>,
    crew: Arc<Crew>,
    places: Arc<Semaphore>,
    /// One for each connection that may be open.
    all_places: u32,
    phase: Receiver<Phase>,
    role: Role,
    tls: Option<TlsAcceptor>,
    /// How long TLS may take to begin, then the first request to come, and each after it.
    patience: Duration,
    /// How long a client may leave an answer lying.
    patience_of_sending: Duration,
}

/// A connection's place, for as long as anybody has a part of the connection. An extension of each
/// request, for what the connection may become.
#[derive(Clone, Debug)]
pub(super) struct Place(Arc<Counted>);

/// A permit that the metrics know of.
#[derive(Debug)]
struct Counted {
    _permit: OwnedSemaphorePermit,
    hall: Arc<Hall>,
}

impl Counted {
    fn open(&self) -> &AtomicI64 {
        &self.hall.door.ledger.metrics.connections
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.open().fetch_sub(1, Ordering::Relaxed);
    }
}

impl Place {
    fn new(permit: OwnedSemaphorePermit, hall: Arc<Hall>) -> Self {
        let counted = Counted {
            _permit: permit,
            hall,
        };
        counted.open().fetch_add(1, Ordering::Relaxed);
        Self(Arc::new(counted))
    }

    /// Returns when it is time to close.
    pub(super) async fn closing(&self) {
        closing(&mut self.0.hall.phase.clone()).await;
    }
}

/// What is to be had at a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// What is guarded.
    Site,
    /// What the daemon says of itself.
    Own,
}

/// How a program ends without cutting anybody off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It does not.
    Open,
    /// Clients are told not to come again on this connection.
    Leaving,
    /// Nobody comes in any more, and connections end when they have nothing to say.
    Closing,
}

/// How long a socket has to have nothing to offer before it is closed: whoever waits in its queue
/// then would be cut off.
const QUIET: Duration = Duration::from_millis(100);

/// How long a connection may take to its first request when we are about to go.
const GRACE: Duration = Duration::from_secs(1);

/// How many connections may be open at the sockets where the daemon speaks of itself: however many
/// there are elsewhere, probes come in.
const OWN_PLACES: u32 = 64;

/// How often those who speak HTTP/2 are asked whether they are still there, and how long they may
/// take to say so.
const ARE_YOU_THERE: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));

/// How many requests of HTTP/2 may be under way on a connection (RFC 9113 §6.5.2 recommends no fewer),
/// and how many octets of each answer may wait for a client that does not read.
const STREAMS: u32 = 100;
const UNREAD: usize = 64 * 1024;

/// How long to wait when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(100);

impl Listener {
    /// Binds the address.
    pub(super) async fn bind(listen: &Listen) -> io::Result<Self> {
        match listen {
            Listen::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            Listen::Unix(path) => bind_path(path).await.map(Self::Unix),
        }
    }

    /// Where it listens, for whoever asked for any port.
    pub(super) fn address(&self) -> String {
        match self {
            Self::Tcp(listener) | Self::HandedOver(listener) => listener
                .local_addr()
                .map_or_else(|_| "tcp".to_owned(), |address| address.to_string()),
            Self::Unix(listener) => {
                let path = listener.local_addr().ok();
                let path = path.as_ref().and_then(|address| address.as_pathname());
                path.map_or_else(
                    || "unix".to_owned(),
                    |path| format!("unix:{}", path.display()),
                )
            }
        }
    }

    async fn accept(&self, hall: &Arc<Hall>) -> io::Result<()> {
        let Ok(place) = hall.places.clone().acquire_owned().await else {
            return Ok(()); // never closed
        };
        match self {
            Self::Tcp(listener) | Self::HandedOver(listener) => {
                let (stream, address) = listener.accept().await?;
                // Answers are small and whole.
                let _ = stream.set_nodelay(true);
                ask_whether_it_is_there(&stream);
                let stream = stream.into_std()?;
                hall.serve(|| TcpStream::from_std(stream), Some(address), place);
            }
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                let stream = stream.into_std()?;
                hall.serve(|| UnixStream::from_std(stream), None, place);
            }
        }
        Ok(())
    }

    /// Lets connections in until it is time to go; then those that were waiting already.
    pub(super) async fn serve(self, hall: Arc<Hall>) {
        let mut phase = hall.phase.clone();
        loop {
            tokio::select! {
                accepted = self.accept(&hall) => if accepted.is_err() {
                    // Too many open files, or a client that is gone already.
                    sleep(PAUSE).await;
                },
                () = closing(&mut phase) => break,
            }
        }
        self.overlook_newcomers();
        let rest = async { while let Ok(Ok(())) = timeout(QUIET, self.accept(&hall)).await {} };
        // If it is never quiet, somebody is cut off in any case.
        let _ = timeout(GRACE, rest).await;
    }
}

impl Listener {
    /// Has the kernel overlook who knocks from now on, so that the queue gets empty: a connection in
    /// it would be reset when the socket is closed. Who is overlooked knocks again a second later, and
    /// finds nobody, or who comes after us.
    fn overlook_newcomers(&self) {
        if let Self::Tcp(listener) = self {
            // Where that cannot be, the queue is emptied as well as it goes.
            let _ = SockRef::from(listener).attach_filter(&ALL_BUT_NEWCOMERS);
        }
    }
}

/// Of TCP (RFC 9293 §3.1), what asks for a connection: SYN without ACK, in the flags at octet 13. For
/// the kernel (linux/bpf_common.h): load the octet, mask it, compare it, drop or keep all of it.
const ALL_BUT_NEWCOMERS: [SockFilter; 5] = [
    SockFilter::new(0x30, 0, 0, 13),
    SockFilter::new(0x54, 0, 0, 0x12),
    SockFilter::new(0x15, 0, 1, 0x02),
    SockFilter::new(0x06, 0, 0, 0),
    SockFilter::new(0x06, 0, 0, u32::MAX),
];

/// Returns when it is time to close.
async fn closing(phase: &mut Receiver<Phase>) {
    // An end without a word is one, too.
    let _ = phase.wait_for(|phase| *phase == Phase::Closing).await;
}

/// A socket in the place of one that nobody listens at any more; for its owner and group.
async fn bind_path(path: &Path) -> io::Result<UnixListener> {
    let is_socket = |facts: std::fs::Metadata| facts.file_type().is_socket();
    let left_over = std::fs::symlink_metadata(path).is_ok_and(is_socket);
    if left_over && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

impl Hall {
    pub(super) fn new(
        door: Arc<Door>,
        limits: &super::config::Limits,
        tls: Option<TlsAcceptor>,
        phase: Receiver<Phase>,
        crew: Arc<Crew>,
    ) -> Self {
        let mut server = auto::Builder::new(TokioExecutor::new());
        // As much again for all the other fields.
        let fields = limits.header.saturating_mul(2).max(8 * 1024);
        server
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout.duration())
            .max_buf_size(fields);
        let list = u32::try_from(fields).unwrap_or(u32::MAX);
        server
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(ARE_YOU_THERE.0)
            .keep_alive_timeout(ARE_YOU_THERE.1)
            .max_concurrent_streams(STREAMS)
            .max_send_buf_size(UNREAD)
            .max_header_list_size(list);
        Self {
            door,
            server,
            crew,
            places: Arc::new(Semaphore::new(usize::from(limits.connections))),
            all_places: limits.connections.into(),
            phase,
            role: Role::Site,
            tls,
            patience: limits.header_timeout.duration(),
            patience_of_sending: limits.send_timeout.duration(),
        }
    }

    async fn answer(&self, request: Request<Body>, peer: &Peer) -> Response<Body> {
        match self.role {
            Role::Site => self.door.answer(request, peer).await,
            Role::Own => self.door.tell_of_itself(&request).unwrap_or_else(nothing),
        }
    }

    /// The same, for sockets where the daemon speaks of itself: without TLS, as probes like it.
    pub(super) fn of_its_own(&self) -> Self {
        Self {
            role: Role::Own,
            tls: None,
            places: Arc::new(Semaphore::new(usize::try_from(OWN_PLACES).unwrap_or(1))),
            all_places: OWN_PLACES,
            ..self.clone()
        }
    }

    /// Serves a connection, which `open` brings to the thread that does.
    fn serve<S>(
        self: &Arc<Self>,
        open: impl FnOnce() -> io::Result<S> + Send + 'static,
        address: Option<SocketAddr>,
        permit: OwnedSemaphorePermit,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let hall = Arc::clone(self);
        let place = Place::new(permit, Arc::clone(self));
        self.crew.serve(async move {
            // Without room for one more, nobody can be told.
            if let Ok(stream) = open() {
                hall.greet(stream, address, place).await;
            }
        });
    }

    /// Begins with TLS, where there is any.
    async fn greet<S>(self: &Arc<Self>, stream: S, address: Option<SocketAddr>, place: Place)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let peer = |bindings: Option<ConnectionBindings>| Peer {
            address,
            secure: bindings.is_some(),
            bindings,
        };
        let Some(tls) = &self.tls else {
            return self.converse(stream, peer(None), place).await;
        };
        // Who speaks no TLS, or not soon, has nobody to complain to.
        if let Ok(Ok((stream, bindings))) = timeout(self.patience, tls.accept(stream)).await {
            self.converse(stream, peer(Some(bindings)), place).await;
        }
    }

    async fn converse<S>(self: &Arc<Self>, stream: S, peer: Peer, place: Place)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (peer, requests) = (Arc::new(peer), Requests::new());
        let service = service_fn(|mut request: Request<Incoming>| {
            let (hall, peer) = (Arc::clone(self), Arc::clone(&peer));
            let under_way = requests.begin();
            request.extensions_mut().insert(place.clone());
            let requests = requests.clone();
            async move {
                let version = request.version();
                let response = hall.answer(request.map(Body::new), &peer).await;
                drop(under_way);
                let response = response.map(|body| Download::of(body, &requests));
                Ok::<_, Infallible>(take_leave(response, version, *hall.phase.borrow()))
            }
        });
        let connection = self
            .server
            .serve_connection_with_upgrades(TokioIo::new(stream), service);
        let (mut connection, mut phase) = (pin!(connection), self.phase.clone());
        let begun = Instant::now();
        // Clients go away at any time, and what they say need not be HTTP: there is nobody to tell.
        tokio::select! {
            biased;
            _ = connection.as_mut() => return,
            () = requests.are_over_for(self.patience) => if requests.are_none() {
                return;
            },
            () = async {
                closing(&mut phase).await;
                sleep(GRACE.saturating_sub(begun.elapsed())).await;
            } => {}
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            _ = connection => {}
            // Who does not take the answer has no use for it.
            () = requests.are_over_for(self.patience_of_sending) => {}
        }
    }

    /// Waits until every connection has ended.
    pub(super) async fn empty(&self) {
        let _ = self.places.acquire_many(self.all_places).await;
    }
}

fn nothing() -> Response<Body> {
    plain(StatusCode::NOT_FOUND, "there is nothing here\n")
}

/// Tells a client of HTTP/1.1 that it is the last answer, so that it does not send into a
/// connection that is being closed. HTTP/2 has its own way.
fn take_leave(mut response: Response<Body>, version: Version, phase: Phase) -> Response<Body> {
    if phase != Phase::Open && version <= Version::HTTP_11 {
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
