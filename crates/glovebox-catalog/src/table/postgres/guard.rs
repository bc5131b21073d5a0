//! Between the server and the library that speaks with it: every message of the server is seen
//! before the library keeps it.
//!
//! The library keeps a whole message in memory, and all notices and parameters, however large
//! and many; and of a result whose types it does not know it asks on and on. A hostile server
//! could use that.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::copied::MAX_CELL;

/// Bytes of a row at most: the largest cell, and something for the others.
pub(super) const MAX_ROW: usize = MAX_CELL + (1 << 20);
/// Bytes of any other message, and of all messages of a connection that nobody asked for.
const MAX_OTHER: u64 = 1 << 20;

/// A connection whose messages are looked at as they come.
#[derive(Debug)]
pub(super) struct Guarded<S> {
    socket: S,
    /// Kind and length of the message that comes, as far as they came.
    head: [u8; 5],
    known: usize,
    /// Bytes of the message that are still to come.
    rest: u64,
    /// Whether what comes answers a statement that was prepared.
    prepared: bool,
    /// Bytes that nobody asked for.
    aside: u64,
    overrun: Arc<AtomicBool>,
}

impl<S> Guarded<S> {
    /// Says by `overrun` that a row was too large.
    pub(super) fn new(socket: S, overrun: Arc<AtomicBool>) -> Self {
        let (head, known, rest) = ([0; 5], 0, 0);
        Self { socket, head, known, rest, prepared: false, aside: 0, overrun }
    }

    fn look(&mut self, mut bytes: &[u8]) -> Result<()> {
        loop {
            let passed = usize::try_from(self.rest).unwrap_or(usize::MAX).min(bytes.len());
            self.rest = self.rest.saturating_sub(passed as u64);
            bytes = bytes.get(passed..).unwrap_or_default();
            while let (Some(to), [first, behind @ ..]) = (self.head.get_mut(self.known), bytes) {
                *to = *first;
                self.known = self.known.saturating_add(1);
                bytes = behind;
            }
            if self.known < self.head.len() {
                return Ok(());
            }
            self.known = 0;
            self.rest = self.message()?;
        }
    }

    /// The bytes behind the head of a message, if it may come.
    fn message(&mut self) -> Result<u64> {
        let [kind, length @ ..] = self.head;
        let length = u64::from(u32::from_be_bytes(length));
        let most = match kind {
            b'd' => MAX_ROW as u64,
            // Parameters of a statement: there are none.
            b't' => 6,
            // Columns of a prepared statement: COPY has none.
            b'T' if self.prepared => 0,
            b'A' | b'N' | b'S' => {
                self.aside = self.aside.saturating_add(length);
                MAX_OTHER.saturating_sub(self.aside.saturating_sub(length))
            }
            _ => MAX_OTHER,
        };
        match kind {
            b'1' => self.prepared = true,
            b'Z' => self.prepared = false,
            _ => {}
        }
        if length > most {
            self.overrun.fetch_or(kind == b'd', Ordering::Relaxed);
            return Err(ErrorKind::InvalidData.into());
        }
        length.checked_sub(4).ok_or(Error::from(ErrorKind::InvalidData))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(context, into))?;
        let came = into.filled().get(before..).unwrap_or_default();
        Poll::Ready(self.look(came))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(kind: u8, length: usize) -> Vec<u8> {
        [&[kind][..], &u32::try_from(length).unwrap().to_be_bytes()].concat()
    }

    fn message(kind: u8, length: usize) -> Vec<u8> {
        let mut message = head(kind, length);
        message.resize(length + 1, 0);
        message
    }

    /// Whether it comes through, and whether a row was too large.
    fn seen(parts: &[&[u8]]) -> (bool, bool) {
        let overrun = Arc::new(AtomicBool::new(false));
        let mut guarded = Guarded::new((), Arc::clone(&overrun));
        let passed = parts.iter().all(|it| guarded.look(it).is_ok());
        (passed, overrun.load(Ordering::Relaxed))
    }

    #[test]
    fn a_row_is_refused_by_its_length_before_it_comes() {
        assert_eq!(seen(&[&head(b'd', MAX_ROW)]), (true, false));
        assert_eq!(seen(&[&head(b'd', MAX_ROW + 1)]), (false, true));
        assert_eq!(seen(&[&head(b'D', (1 << 20) + 1)]), (false, false));
        assert_eq!(seen(&[&head(b'E', 1 << 30)]), (false, false));
        assert_eq!(seen(&[&head(b'C', 3)]), (false, false));
        assert_eq!(seen(&[&message(b'd', 100), &head(b'd', MAX_ROW + 1)]), (false, true));
    }

    #[test]
    fn messages_are_found_however_they_are_cut() {
        let all = [message(b'C', 9), message(b'Z', 4), message(b'd', 300), head(b'd', 1 << 30)];
        let all = all.concat();
        for cut in 1..all.len() {
            assert_eq!(seen(&[&all[..cut], &all[cut..]]), (false, true), "{cut}");
        }
        let bytes: Vec<&[u8]> = all.chunks(1).collect();
        assert_eq!(seen(&bytes), (false, true));
        assert_eq!(seen(&bytes[..bytes.len() - 1]), (true, false));
    }

    #[test]
    fn what_nobody_asked_for_is_limited_in_all() {
        let notice = message(b'N', 10_000);
        let few: Vec<&[u8]> = vec![&notice; 100];
        assert!(seen(&few).0);
        let many: Vec<&[u8]> = vec![&notice; 110];
        assert!(!seen(&many).0);
        let parameter = message(b'S', 10_000);
        let mixed: Vec<&[u8]> = [few, vec![&parameter; 10]].concat();
        assert!(!seen(&mixed).0);
    }

    #[test]
    fn a_statement_without_columns_and_parameters_cannot_get_any() {
        let (parsed, ready) = (message(b'1', 4), message(b'Z', 5));
        let (columns, none) = (message(b'T', 40), message(b't', 6));
        assert!(seen(&[&columns]).0);
        assert!(seen(&[&parsed, &none, &ready, &columns]).0);
        assert!(!seen(&[&parsed, &none, &columns]).0);
        assert!(!seen(&[&parsed, &message(b't', 10)]).0);
    }
}
