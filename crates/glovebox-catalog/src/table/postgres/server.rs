//! A PostgreSQL server: reached through the gate, with TLS or, where the operator listed it,
//! without. Never with less than the connection says.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use glovebox_model::{Credentials, Place};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::{CancelToken, Client, Config, Connection, NoTls};
use tokio_rustls::TlsConnector;

use super::faults::{Asked, Refused, refused};
use super::guard::Guarded;
use crate::egress::{Barred, cause};
use crate::table::{Reach, Unavailable};
use crate::{Egress, Held};

/// A server, and how it is reached. It holds nothing of the reach that it is of, so that the
/// connections end with that.
#[derive(Debug)]
pub(super) struct Server {
    host: String,
    port: u16,
    pub(super) database: String,
    tls: bool,
    credentials: Held,
    egress: Egress,
    pub(super) patience: Patience,
}

/// How long is waited for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Until a connection stands.
    pub(super) connect: Duration,
    /// Until a statement that reads no rows is answered.
    pub(super) answer: Duration,
    /// Until the next row comes: whoever filters many rows is silent for long.
    pub(super) row: Duration,
    /// Before the second of [`TRIES`]; twice as long before each further one.
    pub(super) pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            row: Duration::from_secs(300),
            pause: Duration::from_millis(200),
        }
    }
}

/// How often a connection is tried when a fault may pass.
const TRIES: u32 = 5;
/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 4;
/// Asks for TLS: a length, and a number that is no version.
const TLS_PLEASE: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// What bytes go through, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}
type Socket = Box<dyn Stream>;

/// The half of a connection that moves its bytes.
pub(super) type Moving = Connection<Guarded<Socket>, tokio_postgres::tls::NoTlsStream>;

impl Server {
    /// `None` if the reach is not of a PostgreSQL server.
    pub(super) fn of(reach: &Reach) -> Option<Self> {
        let Place::Postgresql { host, port, database, tls } = &reach.connection.place else {
            return None;
        };
        Some(Self {
            host: host.clone(),
            port: *port,
            database: database.clone(),
            tls: *tls,
            credentials: reach.credentials.clone(),
            egress: reach.egress.clone(),
            patience: Patience::default(),
        })
    }

    /// As it is named to its owner.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// What tells it from every other.
    pub(super) fn place(&self) -> String {
        format!("{}:{}/{}", self.host, self.port, self.database)
    }

    fn unreachable(&self, what: &'static str) -> Unavailable {
        Unavailable::Unreachable { path: self.name(), what }
    }

    /// Logs in. What may pass is tried again.
    pub(super) async fn log_in(
        &self,
        overrun: &Arc<AtomicBool>,
    ) -> Result<(Client, Moving), Unavailable> {
        let mut pause = self.patience.pause;
        for _ in 1..TRIES {
            match self.try_once(overrun).await {
                Ok(done) => return Ok(done),
                Err(Refused { passes: true, .. }) => {}
                Err(Refused { why, .. }) => return Err(why),
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
        self.try_once(overrun).await.map_err(|it| it.why)
    }

    async fn try_once(&self, overrun: &Arc<AtomicBool>) -> Result<(Client, Moving), Refused> {
        let Credentials::Password { user, password } = self.credentials.current() else {
            let why = "a PostgreSQL server needs a user and a password";
            return Err(Refused::for_good(Unavailable::Unusable(why)));
        };
        let socket = Guarded::new(self.reach().await?, Arc::clone(overrun));
        let mut config = Config::new();
        config.user(user).password(password.reveal()).dbname(&*self.database);
        // TLS is below it already.
        config.application_name("glovebox").ssl_mode(SslMode::Disable);
        let name = self.name();
        let asked = Asked { database: &self.database, path: &name };
        let logged_in = timeout(self.patience.answer, config.connect_raw(socket, NoTls)).await;
        match logged_in {
            Ok(done) => done.map_err(|it| refused(&it, asked)),
            Err(_) => Err(Refused::for_good(self.unreachable("it did not answer in time"))),
        }
    }

    /// Ends what a connection runs. When this is done the server has seen it.
    pub(super) async fn cancel(&self, token: CancelToken) {
        let work = async {
            let Ok(mut socket) = self.reach().await else { return };
            if token.cancel_query_raw(&mut socket, NoTls).await.is_ok() {
                // It hangs up once the signal is sent.
                let mut rest = socket.take(64);
                drop(tokio::io::copy(&mut rest, &mut tokio::io::sink()).await);
            }
        };
        drop(timeout(self.patience.connect, work).await);
    }

    /// A connection over which nothing was said yet.
    async fn reach(&self) -> Result<Socket, Refused> {
        let found = self.egress.resolve(&self.host, self.port, self.tls);
        let slow = || Refused::for_good(self.unreachable("its name was not resolved in time"));
        let addresses = timeout(self.patience.connect, found).await.map_err(|_| slow())?;
        let barred = |it: Barred| Refused::for_good(it.into());
        let mut last = slow();
        for address in addresses.map_err(barred)?.into_iter().take(MAX_ADDRESSES) {
            match self.connect(address).await {
                Ok(socket) if self.tls => return self.encrypted(socket).await,
                Ok(socket) => return Ok(Box::new(socket)),
                Err(refused) => last = refused,
            }
        }
        Err(last)
    }

    async fn connect(&self, address: SocketAddr) -> Result<TcpStream, Refused> {
        match timeout(self.patience.connect, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                // A statement waits for nothing.
                drop(socket.set_nodelay(true));
                Ok(socket)
            }
            Ok(Err(error)) => {
                let passes = matches!(
                    error.kind(),
                    ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
                );
                let why = self.unreachable("nobody answers at this address and port");
                Err(Refused { why, passes })
            }
            Err(_) => Err(Refused::for_good(self.unreachable("no connection stood in time"))),
        }
    }

    async fn encrypted(&self, mut socket: TcpStream) -> Result<Socket, Refused> {
        let no = |what| Refused::for_good(self.unreachable(what));
        let name = ServerName::try_from(self.host.clone());
        let name = name.map_err(|_| no("a certificate cannot be checked for such a name"))?;
        let config = self.egress.tls().ok_or(no("the house trusts no authority"))?;
        let mut config = (*config).clone();
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        let work = async {
            let cut = |_| Refused {
                why: self.unreachable("it hung up when it was asked for TLS"),
                passes: true,
            };
            socket.write_all(&TLS_PLEASE).await.map_err(cut)?;
            if socket.read_u8().await.map_err(cut)? != b'S' {
                return Err(no("it does not offer TLS, which the connection demands"));
            }
            let encrypted = TlsConnector::from(Arc::new(config)).connect(name, socket).await;
            let encrypted = encrypted.map_err(|it| no(distrust(&it)))?;
            Ok(Box::new(encrypted) as Socket)
        };
        let slow = |_| no("TLS was not agreed on in time");
        timeout(self.patience.answer, work).await.map_err(slow)?
    }
}

/// Why a certificate was not believed.
fn distrust(error: &std::io::Error) -> &'static str {
    use rustls::CertificateError as Bad;
    match error.get_ref().and_then(|it| cause::<rustls::Error>(it)) {
        Some(rustls::Error::InvalidCertificate(bad)) => match bad {
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            Bad::Expired | Bad::ExpiredContext { .. } => "its certificate has expired",
            Bad::UnknownIssuer => {
                "its certificate is of an authority that the house does not trust"
            }
            _ => "its certificate cannot be trusted",
        },
        _ => "TLS could not be agreed on",
    }
}
