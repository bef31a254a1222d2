//! What nearly every test needs: a realm, `portcullis accept --batch`, and MIT's acceptor beside it.

use std::cell::{RefCell, RefMut};
use std::path::PathBuf;

use crate::mit_acceptor::MitAcceptor;
use crate::peer::{Peer, built, present};
use crate::portcullis::{Batch, Request, Verdict, binary};
use crate::realm::MitRealm;

/// A realm and the two acceptors.
#[derive(Debug)]
pub struct Rig {
    /// The binary under test.
    pub program: PathBuf,
    batch: RefCell<Batch>,
    mit: RefCell<MitAcceptor>,
    /// The realm, which ends last.
    pub realm: MitRealm,
}

impl Rig {
    /// Starts everything; nothing, and the test is skipped by name, when the binary, MIT or one of `more` is missing.
    #[must_use]
    pub fn start(more: &[Peer]) -> Option<Self> {
        let program = binary();
        let needed = [&[Peer::MIT, Peer::PYTHON_GSSAPI], more].concat();
        if !present(&needed) || !built(&program) {
            return None;
        }
        let realm = MitRealm::start();
        let batch = RefCell::new(Batch::start(&program));
        let mit = RefCell::new(MitAcceptor::start(&realm));
        Some(Self {
            program,
            batch,
            mit,
            realm,
        })
    }

    /// Our verdict on one token for a service, with every option at its default.
    pub fn accept(&self, service: &str, token: &[u8]) -> Verdict {
        let request = Request::new(&self.realm.keytab(service), &[token]);
        self.judge(&request)
    }

    /// Our verdict on a request.
    pub fn judge(&self, request: &Request) -> Verdict {
        self.batch.borrow_mut().accept(request)
    }

    /// MIT's acceptor.
    pub fn mit(&self) -> RefMut<'_, MitAcceptor> {
        self.mit.borrow_mut()
    }
}

/// Seconds since 1970, by this machine's clock.
///
/// # Panics
/// When the clock stands before 1970.
#[must_use]
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("a clock after 1970").as_secs()
}
