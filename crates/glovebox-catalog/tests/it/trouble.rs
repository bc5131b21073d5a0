//! A server before another that makes trouble.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes connections on to a server, until told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Every answer is cut off after so many bytes.
    CutOff(usize),
    /// The first so many requests get 503, the rest pass.
    Slowly(usize),
    /// Every answer is a redirect to another region.
    Elsewhere,
    /// Every answer says that the token has expired.
    Expired,
    /// Nothing is ever answered.
    Silent,
    /// So many requests are answered, then none any more.
    SilentAfter(usize),
    /// This status and body, whatever is asked.
    Says(u16, &'static str),
}

/// A server before another: it makes trouble.
pub(crate) async fn before(server: SocketAddr, trouble: Trouble) -> SocketAddr {
    counted(server, trouble).await.0
}

/// The same, and how many requests have come.
pub(crate) async fn counted(
    server: SocketAddr,
    trouble: Trouble,
) -> (SocketAddr, watch::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let met = Arc::new(watch::Sender::new(0));
    let count = met.subscribe();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(pass(socket, server, trouble, Arc::clone(&met)));
        }
    });
    (address, count)
}

/// One request and its answer; then the connection closes.
async fn pass(
    mut socket: TcpStream,
    server: SocketAddr,
    trouble: Trouble,
    met: Arc<watch::Sender<usize>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !request.windows(4).any(|it| it == b"\r\n\r\n") {
        let count = socket.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        request.extend_from_slice(&chunk[..count]);
    }
    let mut before = 0;
    met.send_modify(|it| before = std::mem::replace(it, *it + 1));
    let canned = |status: &str, headers: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
        )
    };
    let answer = match trouble {
        Trouble::Silent => return std::future::pending().await,
        Trouble::SilentAfter(last) if before >= last => {
            return std::future::pending().await;
        }
        Trouble::Says(status, body) => canned(&format!("{status} Said"), "", body),
        Trouble::Elsewhere => canned(
            "301 Moved Permanently",
            "x-amz-bucket-region: eu-west-1\r\n",
            "<Error><Code>PermanentRedirect</Code></Error>",
        ),
        Trouble::Expired => {
            canned("400 Bad Request", "", "<Error><Code>ExpiredToken</Code></Error>")
        }
        Trouble::Slowly(first) if before < first => {
            canned("503 Slow Down", "", "<Error><Code>SlowDown</Code></Error>")
        }
        Trouble::Slowly(_) | Trouble::SilentAfter(_) | Trouble::CutOff(_) => {
            let text = String::from_utf8(request).unwrap();
            let text = text.replacen("\r\n", "\r\nconnection: close\r\n", 1);
            let mut inner = TcpStream::connect(server).await?;
            inner.write_all(text.as_bytes()).await?;
            let mut whole = Vec::new();
            inner.read_to_end(&mut whole).await?;
            if let Trouble::CutOff(most) = trouble {
                let body = whole.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
                whole.truncate(body + most);
            }
            return socket.write_all(&whole).await;
        }
    };
    socket.write_all(answer.as_bytes()).await
}
