//! `s3s-fs` on loopback, with a line for every request.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::S3Result;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

use crate::{Fault, KEYS};

/// It shares the machine with what is measured.
pub(crate) const THREADS: usize = 2;

/// Serves until the process is killed.
pub(crate) async fn serve(folder: &Path, log: &Path) -> Result<(), Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let files = s3s_fs::FileSystem::new(folder).map_err(|it| format!("{it:?}"))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(KEYS.0, KEYS.1));
    builder.set_access(Log(Mutex::new(File::create(log)?)));
    let service = builder.build();
    println!("{}", listener.local_addr()?);
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let service = service.clone();
        tokio::spawn(async move {
            let http = Builder::new(TokioExecutor::new());
            drop(http.serve_connection(TokioIo::new(socket), service).await);
        });
    }
}

/// Microseconds since 1970, method, path with query, and range, parted by tabs.
struct Log(Mutex<File>);

#[async_trait::async_trait]
impl S3Access for Log {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        if request.credentials().is_none() {
            return Err(s3s::s3_error!(AccessDenied, "without keys"));
        }
        #[expect(clippy::disallowed_methods, reason = "compared with the ledger's times")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let range = request.headers().get("range").and_then(|it| it.to_str().ok());
        let (method, range) = (request.method(), range.unwrap_or_default());
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(file, "{now}\t{method}\t{path}\t{range}")
            .map_err(|it| s3s::s3_error!(it, InternalError))
    }
}
