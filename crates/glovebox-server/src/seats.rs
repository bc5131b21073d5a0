//! How many connections there may be: so few that files can still be opened, and of one peer so
//! few that others find a place.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::wire::network;

/// All connections: a process may commonly have 1024 files open.
const ALL: usize = 896;
/// Connections at the operator's own address.
const FEW: usize = 32;
/// Connections of one peer beyond this machine, which may be a proxy.
const OF_ONE: usize = 256;

/// The places for connections. Who finds none is not let in.
#[derive(Debug, Clone)]
pub(crate) struct Seats {
    taken: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
    all: usize,
}

impl Default for Seats {
    fn default() -> Self {
        Self { taken: Arc::default(), all: ALL }
    }
}

/// A taken place, until it is dropped.
#[derive(Debug)]
struct Seat {
    seats: Seats,
    peer: IpAddr,
}

impl Seats {
    /// The places at an address that few use.
    pub(crate) fn few() -> Self {
        Self { all: FEW, ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, peer: IpAddr) -> Option<Seat> {
        let peer = network(peer);
        let mut taken = self.lock();
        let all: usize = taken.values().sum();
        let of_one = taken.get(&peer).copied().unwrap_or_default();
        if all >= self.all || (of_one >= OF_ONE && !peer.is_loopback()) {
            return None;
        }
        taken.insert(peer, of_one + 1);
        drop(taken);
        Some(Seat { seats: self.clone(), peer })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        if let Some(count) = taken.get_mut(&self.peer) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.peer);
            }
        }
    }
}

impl<S> Accept<TcpStream, S> for Seats {
    type Stream = Seated;
    type Service = S;
    type Future = Ready<io::Result<(Seated, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let seated = stream.peer_addr().and_then(|peer| {
            let full = || io::Error::other("too many connections");
            Ok(Seated { stream, _seat: self.take(peer.ip()).ok_or_else(full)? })
        });
        ready(seated.map(|stream| (stream, service)))
    }
}

/// A connection with its place.
#[derive(Debug)]
pub(crate) struct Seated {
    stream: TcpStream,
    _seat: Seat,
}

impl AsyncRead for Seated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Seated {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_peer_cannot_take_all_places_and_gives_them_back() {
        let seats = Seats::default();
        let (greedy, honest): (IpAddr, IpAddr) =
            ("2001:db8::1".parse().unwrap(), "192.0.2.7".parse().unwrap());
        let taken: Vec<Seat> = (0..1000).filter_map(|_| seats.take(greedy)).collect();
        assert_eq!(taken.len(), OF_ONE);
        assert!(seats.take("2001:db8::ffff:2".parse().unwrap()).is_none());
        assert!(seats.take(honest).is_some());
        drop(taken);
        assert!(seats.take(greedy).is_some());
        assert!(seats.lock().is_empty());
    }

    #[test]
    fn files_can_be_opened_whatever_comes() {
        let seats = Seats::default();
        let local = "127.0.0.1".parse().unwrap();
        let taken: Vec<Seat> = (0..2000).filter_map(|_| seats.take(local)).collect();
        assert_eq!(taken.len(), ALL);
        assert!(seats.take("192.0.2.7".parse().unwrap()).is_none());
    }
}
