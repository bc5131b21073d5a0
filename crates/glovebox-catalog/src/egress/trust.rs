//! TLS for protocols other than HTTP: the roots of trust are those of the client for HTTP.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Whose certificates are believed.
pub(super) struct Trust {
    /// In PEM, beside those of the system.
    authorities: Vec<u8>,
    /// Made when first needed: the system's roots are some hundred files.
    config: OnceLock<Option<Arc<ClientConfig>>>,
}

impl Trust {
    pub(super) fn new(authorities: &[u8]) -> Self {
        Self { authorities: authorities.to_vec(), config: OnceLock::new() }
    }

    /// `None` if there is nobody to believe.
    pub(super) fn config(&self) -> Option<Arc<ClientConfig>> {
        self.config.get_or_init(|| self.make()).clone()
    }

    fn make(&self) -> Option<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for authority in CertificateDer::pem_slice_iter(&self.authorities) {
            roots.add(authority.ok()?).ok()?;
        }
        if roots.is_empty() {
            return None;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Some(Arc::new(config))
    }
}
