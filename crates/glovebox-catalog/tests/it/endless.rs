//! A store that answers without an end: how much of it is taken, and what its owner is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use glovebox_catalog::{TableLocation, Unavailable};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::remote::at;
use crate::store::keys;
use crate::tables::described;

/// What is answered: a head, and whether a body follows that has no end.
type Answers = fn(&str) -> (String, bool);

/// Serves that, and counts the bytes of bodies that somebody took.
async fn server(answers: Answers) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, taken) = (listener.local_addr().unwrap(), Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket, answers, Arc::clone(&count)));
        }
    });
    (address, taken)
}

async fn answer(
    mut socket: TcpStream,
    answers: Answers,
    taken: Arc<AtomicU64>,
) -> std::io::Result<()> {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    while !request.windows(4).any(|it| it == b"\r\n\r\n") {
        let count = socket.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        request.extend_from_slice(&chunk[..count]);
    }
    let (head, is_endless) = answers(&String::from_utf8(request).unwrap());
    socket.write_all(format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").as_bytes()).await?;
    let body = vec![b'x'; 64 << 10];
    if !is_endless {
        return Ok(());
    }
    // Until whoever asked has had enough.
    loop {
        socket.write_all(&body).await?;
        taken.fetch_add(body.len() as u64, Ordering::Relaxed);
    }
}

/// A file of ten bytes.
const META: &str = "etag: \"1\"\r\nlast-modified: Mon, 01 Jan 2024 00:00:00 GMT";

fn not_there() -> (String, bool) {
    ("404 Not Found\r\ncontent-length: 0".into(), false)
}

fn listing_without_end(request: &str) -> (String, bool) {
    if request.starts_with("HEAD") { not_there() } else { ("200 OK".into(), true) }
}

fn refusal_without_end(request: &str) -> (String, bool) {
    if request.starts_with("HEAD") { not_there() } else { ("403 Forbidden".into(), true) }
}

/// There is `db/t.csv` of ten bytes and nothing else; what its GET answers.
fn one_file(request: &str, got: String) -> (String, bool) {
    if request.starts_with("HEAD /bucket/db/t.csv ") {
        (format!("200 OK\r\n{META}\r\ncontent-length: 10"), false)
    } else if request.starts_with("HEAD") {
        not_there()
    } else if request.starts_with("GET /bucket?") {
        let none = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        (
            format!("200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{none}", none.len()),
            false,
        )
    } else {
        assert!(request.starts_with("GET /bucket/db/t.csv "), "{request}");
        (got, true)
    }
}

fn range_without_end(request: &str) -> (String, bool) {
    let got = format!("206 Partial Content\r\n{META}\r\ncontent-range: bytes 0-9/10");
    one_file(request, got)
}

fn range_of_a_terabyte(request: &str) -> (String, bool) {
    let got = format!(
        "206 Partial Content\r\n{META}\r\ncontent-range: bytes 0-9/10\r\ncontent-length: {}",
        1_u64 << 40
    );
    one_file(request, got)
}

/// What may be on its way when a connection is closed: both ends' buffers.
const ON_ITS_WAY: u64 = 32 << 20;

async fn fault(answers: Answers, most: u64) -> Unavailable {
    let (address, taken) = server(answers).await;
    let location: TableLocation = at(address, keys("hush"));
    let fault = described(&location).await.unwrap_err();
    let taken = taken.load(Ordering::Relaxed);
    assert!(taken <= most + ON_ITS_WAY, "{taken} bytes were taken");
    fault
}

fn is_told(fault: &Unavailable) -> bool {
    matches!(fault, Unavailable::Unreachable { what, .. } if what.contains("more than was asked"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_without_an_end_is_cut_and_its_owner_told() {
    let fault = fault(listing_without_end, 16 << 20).await;
    assert!(is_told(&fault), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_without_an_end_is_cut_and_its_owner_told() {
    let fault = fault(refusal_without_end, 16 << 20).await;
    assert!(is_told(&fault), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_range_no_more_is_taken_than_was_asked_for() {
    let told = fault(range_of_a_terabyte, 0).await;
    assert!(is_told(&told), "{told}");
    // One that does not say how long it is, is not read at all.
    let unusable = fault(range_without_end, 0).await;
    assert!(matches!(unusable, Unavailable::Unreachable { .. }), "{unusable}");
}
