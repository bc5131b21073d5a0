//! A connection that is logged in.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_postgres::{Client, CopyOutStream, SimpleQueryMessage};

use super::copied::Copied;
use super::faults::{Asked, cut_short, failed};
use super::guard::MAX_ROW;
use super::server::{Moving, Server};
use crate::table::Unavailable;

/// A connection. Dropped, it says goodbye; what it runs is not ended by that.
pub(super) struct Session {
    client: Client,
    server: Arc<Server>,
    /// Whether a row was too large.
    overrun: Arc<AtomicBool>,
    moving: AbortHandle,
    /// Dropped with this.
    _alive: oneshot::Sender<()>,
}

/// A row of what [`Session::ask`] was answered.
pub(super) type Row = Vec<Option<String>>;

/// Bytes of an answer to [`Session::ask`] at most, and what each message and cell takes of them
/// beside its own.
const MAX_ANSWER: usize = 8 << 20;
const MESSAGE_BYTES: usize = 32;
/// Until a goodbye is said.
const GOODBYE: Duration = Duration::from_secs(5);
/// Rows after which it is looked whether anybody still waits for them.
const ROWS_AT_ONCE: usize = 10_000;
/// Bytes of a batch, and a row more.
const BATCH_BYTES: usize = 8 << 20;

impl Session {
    pub(super) async fn start(server: &Arc<Server>) -> Result<Self, Unavailable> {
        let overrun = Arc::new(AtomicBool::new(false));
        let (client, moving) = server.log_in(&overrun).await?;
        let (alive, dropped) = oneshot::channel();
        let moving = tokio::spawn(moves(moving, dropped)).abort_handle();
        Ok(Self { client, server: Arc::clone(server), overrun, moving, _alive: alive })
    }

    /// Whether nothing can be asked any more.
    pub(super) fn is_over(&self) -> bool {
        self.client.is_closed()
    }

    /// What the server answers to statements that read no rows of a member.
    pub(super) async fn ask(&self, text: &str, path: &str) -> Result<Vec<Row>, Unavailable> {
        let work = async {
            let asked = Asked { database: &self.server.database, path };
            let answer = self.client.simple_query_raw(text).await;
            let mut answer = Box::pin(answer.map_err(|it| failed(&it, asked))?);
            let mut rows = Vec::new();
            let mut room = MAX_ANSWER;
            while let Some(message) = answer.next().await {
                let message = message.map_err(|it| failed(&it, asked))?;
                let mut taken = MESSAGE_BYTES;
                if let SimpleQueryMessage::Row(row) = message {
                    let cell = |it| row.try_get(it).map(|it| it.map(str::to_owned));
                    let row: Result<Row, _> = (0..row.len()).map(cell).collect();
                    let row = row.map_err(|it| failed(&it, asked))?;
                    let bytes = |it: &Option<String>| it.as_ref().map_or(0, String::len);
                    let all = row.iter().map(|it| bytes(it).saturating_add(MESSAGE_BYTES));
                    taken = all.fold(taken, usize::saturating_add);
                    rows.push(row);
                }
                room = room.checked_sub(taken).ok_or_else(|| {
                    let (path, limit) = (path.to_owned(), MAX_ANSWER as u64);
                    Unavailable::Limit { path, what: "bytes of metadata", limit }
                })?;
            }
            Ok(rows)
        };
        let path = || path.to_owned();
        let slow = |_| Unavailable::Unreachable { path: path(), what: "it did not answer in time" };
        timeout(self.server.patience.answer, work).await.map_err(slow)?
    }

    /// Begins to copy rows.
    pub(super) async fn copy(
        &self,
        text: &str,
        path: &str,
    ) -> Result<Pin<Box<CopyOutStream>>, Unavailable> {
        let begun = timeout(self.server.patience.row, self.client.copy_out(text)).await;
        begun.map_err(|_| silent(path))?.map(Box::pin).map_err(|it| self.fault(&it, path))
    }

    /// Takes rows until there are enough for a batch; whether more may come.
    pub(super) async fn fill(
        &self,
        rows: &mut Pin<Box<CopyOutStream>>,
        (copied, most): (&mut Copied, usize),
        path: &str,
    ) -> Result<bool, Unavailable> {
        for _ in 0..ROWS_AT_ONCE {
            let next = timeout(self.server.patience.row, rows.next()).await;
            match next.map_err(|_| silent(path))? {
                None => return Ok(false),
                Some(Ok(row)) => copied.take(&row).map_err(|it| it.at(path, copied))?,
                Some(Err(error)) => return Err(self.fault(&error, path)),
            }
            let (count, bytes) = copied.waiting();
            if count >= most || bytes >= BATCH_BYTES {
                break;
            }
        }
        Ok(true)
    }

    /// Why rows do not come.
    fn fault(&self, error: &tokio_postgres::Error, path: &str) -> Unavailable {
        if self.overrun.load(Ordering::Relaxed) {
            let (path, limit) = (path.to_owned(), MAX_ROW as u64);
            return Unavailable::Limit { path, what: "bytes in a row", limit };
        }
        cut_short(error, Asked { database: &self.server.database, path })
    }

    /// Ends whatever it runs, and hangs up. Blocks until the server knows.
    pub(super) fn abandon(self) {
        if let (false, Ok(runtime)) = (self.is_over(), Handle::try_current()) {
            runtime.block_on(self.server.cancel(self.client.cancel_token()));
        }
        self.moving.abort();
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("server", &self.server).finish_non_exhaustive()
    }
}

fn silent(path: &str) -> Unavailable {
    Unavailable::Unreachable { path: path.to_owned(), what: "its server fell silent" }
}

/// Moves bytes while anybody asks. Notices are for nobody: they may hold values of rows.
async fn moves(mut moving: Moving, dropped: oneshot::Receiver<()>) {
    let all = async {
        while let Some(Ok(_)) = std::future::poll_fn(|context| moving.poll_message(context)).await {
        }
    };
    let late = async {
        drop(dropped.await);
        tokio::time::sleep(GOODBYE).await;
    };
    tokio::select! {
        () = all => {}
        () = late => {}
    }
}
