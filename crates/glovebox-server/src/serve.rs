//! Opens the doors on an address, with or without TLS, and closes them in peace.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;

use crate::house::House;
use crate::router::router;
use crate::seats::Seats;

/// The headers of a request must have arrived after so long.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest request line and headers together, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;
/// At most so many headers.
const MOST_HEADERS: usize = 100;

/// Where to listen, and how.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Speak TLS with these files; `None` is plain HTTP.
    pub tls: Option<TlsFiles>,
}

/// Certificate chain and private key, PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub cert: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// An address that is listened on, and not served yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<TlsReload>,
    stop: Stop,
}

/// Reads the TLS files of a server again.
#[derive(Debug, Clone)]
pub struct TlsReload {
    files: TlsFiles,
    config: RustlsConfig,
}

impl TlsReload {
    /// New connections get the certificate that lies in the files now. One that does not fit its
    /// key changes nothing.
    pub async fn reload(&self) -> io::Result<()> {
        let TlsFiles { cert, key } = self.files.clone();
        let read = tls(cert, key).await?;
        self.config.reload_from_config(read.get_inner());
        Ok(())
    }
}

/// Stops a server.
#[derive(Debug, Clone)]
pub struct Stop(axum_server::Handle<SocketAddr>);

impl Stop {
    /// No new connections; those that are open have `patience` to finish their requests.
    pub fn gracefully(&self, patience: Duration) {
        self.0.graceful_shutdown(Some(patience));
    }
}

impl Server {
    /// Begins to listen. Fails if the address is taken or the TLS files are no chain and key.
    pub async fn bind(config: ServerConfig) -> io::Result<Self> {
        let tls = match config.tls {
            Some(files) => {
                let TlsFiles { cert, key } = files.clone();
                Some(TlsReload { files, config: tls(cert, key).await? })
            }
            None => None,
        };
        let listener = TcpListener::bind(config.listen)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, tls, stop: Stop(axum_server::Handle::new()) })
    }

    /// The address with its real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Reads the TLS files again, from any task; `None` without TLS.
    pub fn tls_reload(&self) -> Option<TlsReload> {
        self.tls.clone()
    }

    /// Stops this server, from any task.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Serves the house until [`Stop`] says otherwise.
    pub async fn serve(self, mut house: House) -> io::Result<()> {
        house.begin().await.map_err(io::Error::other)?;
        house.tls = self.tls.is_some();
        let service = router(house).into_make_service_with_connect_info::<SocketAddr>();
        let server = axum_server::from_tcp(self.listener)?.handle(self.stop.0).http1_only();
        let seats = Seats::default();
        let mut server = server.first_request_timeout(PATIENCE);
        let mut http = server.http_builder().http1();
        http.header_read_timeout(PATIENCE).max_buf_size(LONGEST_HEAD).max_headers(MOST_HEADERS);
        match self.tls {
            None => server.acceptor(seats).serve(service).await,
            Some(TlsReload { config, .. }) => {
                let acceptor = axum_server::tls_rustls::RustlsAcceptor::new(config).acceptor(seats);
                server.acceptor(acceptor).serve(service).await
            }
        }
    }
}

/// Through the ring provider, TLS 1.2 and 1.3, for HTTP/1.1 only, which is all that is spoken here.
async fn tls(cert: PathBuf, key: PathBuf) -> io::Result<RustlsConfig> {
    // Another part of this process may have chosen a provider before: ours is the only one built.
    let _chosen_before = rustls::crypto::ring::default_provider().install_default();
    let shown = format!("{} and {}", cert.display(), key.display());
    let read = RustlsConfig::from_pem_file(cert, key).await;
    let read = read.map_err(|error| io::Error::new(error.kind(), format!("{shown}: {error}")))?;
    let mut config = rustls::ServerConfig::clone(&read.get_inner());
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
