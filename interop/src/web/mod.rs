//! Web servers, applications and browsers that are not ours, and `portcullis serve` among them.
//!
//! | file | who that is |
//! | --- | --- |
//! | `serve` | the daemon under test |
//! | `nginx` | nginx, which asks the daemon with `auth_request` |
//! | `front` | Caddy, HAProxy, Envoy and Traefik, as the recipes have them |
//! | `recipe` | what the recipes tell operators to write |
//! | `apache` | Apache with mod_auth_gssapi |
//! | `django` | an application of Django, below gunicorn or mod_wsgi |
//! | `browser` | Chromium and Firefox without a screen |
//! | `phone` | Chromium with a small screen and without scripts |
//! | `load` | many requests at once |

pub mod apache;
pub mod browser;
pub mod django;
pub mod front;
pub mod load;
pub mod nginx;
pub mod phone;
pub mod recipe;
pub mod serve;

use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::process::Daemon;

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `daemon` answers at a port of loopback.
fn answers_at(daemon: &mut Daemon, port: u16, log: &Path) {
    answers(daemon, log, || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
}

/// Waits until `daemon` answers at a socket of a path.
fn answers_in(daemon: &mut Daemon, socket: &Path, log: &Path) {
    answers(daemon, log, || UnixStream::connect(socket).is_ok());
}

fn answers(daemon: &mut Daemon, log: &Path, connects: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !connects() {
        assert!(
            daemon.runs() && Instant::now() < deadline,
            "it does not come up: {}",
            std::fs::read_to_string(log).unwrap_or_default()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
