//! [`Certificate`]: TLS of our own, with a certificate that can be replaced; each connection is bound
//! by itself.

use super::config::TlsRules;
use super::reload::Seen;
use portcullis_http::tls::{TlsAcceptor, TlsError, TlsIdentity};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// A certificate and its key, and the files that they are from.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    seen: Seen,
    present: Arc<RwLock<TlsIdentity>>,
}

/// Why there is no TLS with these files.
#[derive(Debug, thiserror::Error)]
pub(super) enum CertificateProblem {
    #[error("{}: {error}", .path.display())]
    File { path: PathBuf, error: pem::Error },
    #[error("{}: {error}", .path.display())]
    Tls { path: PathBuf, error: TlsError },
    #[error(transparent)]
    Versions(#[from] rustls::Error),
}

impl Certificate {
    /// Reads the files, if any are named.
    pub(super) fn read(rules: &TlsRules) -> Result<Option<Self>, CertificateProblem> {
        let (Some(chain), Some(key)) = (&rules.certificate, &rules.key) else {
            return Ok(None);
        };
        let seen = Seen::look(vec![chain.clone(), key.clone()]);
        Ok(Some(Self {
            seen,
            present: Arc::new(RwLock::new(identity(chain, key)?)),
            chain: chain.clone(),
            key: key.clone(),
        }))
    }

    /// Reads them again; the old ones stay when the new ones do not do.
    pub(super) fn renew(&self) -> Result<(), CertificateProblem> {
        let renewed = identity(&self.chain, &self.key)?;
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// The files as they were before they were read.
    pub(super) fn seen(&self) -> Seen {
        self.seen.clone()
    }

    /// What accepts connections, each with the certificate that is present then.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let present = self.present.clone();
        TlsAcceptor::by_server_name(move |_| {
            let present = present.read().unwrap_or_else(PoisonError::into_inner);
            Some(present.clone())
        })
    }
}

fn identity(chain: &Path, key: &Path) -> Result<TlsIdentity, CertificateProblem> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| CertificateProblem::File { path, error }
    };
    let certificates = CertificateDer::pem_file_iter(chain).and_then(Iterator::collect);
    let certificates: Vec<_> = certificates.map_err(unreadable(chain))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth();
    let identity = TlsIdentity::new(builder, certificates, private);
    let identity = identity.map_err(|error| CertificateProblem::Tls {
        path: chain.to_owned(),
        error,
    })?;
    Ok(identity.alpn(["h2", "http/1.1"]))
}
