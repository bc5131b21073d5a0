//! The house's side of what a walk begins in members' accounts. The walk is not believed: what it
//! says is bounded, and must lie behind a connection that its query uses.

use std::collections::BTreeMap;

use glovebox_catalog::lies_within;
use glovebox_model::{Connection, Id, Leftover, Query};
use glovebox_store::{Left, Store, leftover_of_text};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::sync::mpsc::Sender;
use zeroize::Zeroizing;

use super::lines::{Said, Told};

/// Bytes of a line: a key and a name, escaped twice.
const LONGEST: u64 = 16 << 10;
/// Things that one walk has begun and not ended.
const OPEN: usize = 64;
/// Lines of one walk.
const LINES: usize = 100_000;

/// What is heard of one walk.
pub(super) struct Listening {
    store: Store,
    query: Id<Query>,
    /// Those that it may use.
    connections: Vec<Connection>,
    open: BTreeMap<u64, Noted>,
}

struct Noted {
    id: Id<Left>,
    connection: Id<Connection>,
    what: Leftover,
}

impl Listening {
    pub(super) fn new(store: Store, query: Id<Query>, connections: Vec<Connection>) -> Self {
        Self { store, query, connections, open: BTreeMap::new() }
    }

    /// Listens until nothing more is said, and answers. Who says what is no line of ours is not
    /// listened to any more.
    pub(super) async fn listen(
        mut self,
        voice: impl AsyncRead + Unpin,
        answers: Sender<Zeroizing<String>>,
    ) {
        let mut voice = BufReader::new(voice);
        for _ in 0..LINES {
            let Some(line) = line(&mut voice).await else { return };
            let Some(said) = Said::parse(&line) else { break };
            let Some(answer) = self.heard(said).await else { continue };
            // Nobody waits for the answer any more: what else is said counts nevertheless.
            if let Some(line) = answer.to_line() {
                drop(answers.send(line).await);
            }
        }
        tracing::error!(query = %self.query, "a walk said what it should not");
    }

    async fn heard(&mut self, said: Said) -> Option<Told> {
        match said {
            Said::Begins { number, connection, what } => {
                Some(match self.begins(number, &connection, &what).await {
                    Some(()) => Told::Noted { number },
                    None => Told::Refused { number },
                })
            }
            Said::Known { number, what } => {
                self.known(number, &what).await;
                None
            }
            Said::Gone { number } => {
                if let Some(Noted { id, .. }) = self.open.remove(&number)
                    && let Err(error) = self.store.leftover_is_gone(id).await
                {
                    // It is looked for once more, and nothing found.
                    tracing::warn!(query = %self.query, %error, "a leftover was not struck");
                }
                None
            }
        }
    }

    async fn begins(&mut self, number: u64, connection: &str, what: &str) -> Option<()> {
        let refused = |why| {
            tracing::error!(query = %self.query, "what a walk begins is refused: {why}");
        };
        if self.open.len() >= OPEN || self.open.contains_key(&number) {
            refused("there are too many");
            return None;
        }
        let what = leftover_of_text(what).ok();
        let found = self.connections.iter().find(|it| it.id.to_string() == connection);
        let (Some(what), Some(connection)) = (what, found) else {
            refused("its query does not use that connection");
            return None;
        };
        if !lies_within(connection, &what) {
            refused("it does not lie behind the connection");
            return None;
        }
        match self.store.note_leftover(self.query, connection, &what).await {
            Ok(id) => {
                let connection = connection.id;
                self.open.insert(number, Noted { id, connection, what });
                Some(())
            }
            Err(error) => {
                tracing::error!(query = %self.query, %error, "what begins was not written down");
                None
            }
        }
    }

    /// The name of what was said to begin in the same place.
    async fn known(&mut self, number: u64, what: &str) {
        let (Some(noted), Ok(what)) = (self.open.get_mut(&number), leftover_of_text(what)) else {
            return;
        };
        let connection = self.connections.iter().find(|it| it.id == noted.connection);
        let is_same = match (&noted.what, &what) {
            (
                Leftover::Execution { bucket, folder, id: None },
                Leftover::Execution { bucket: same, folder: place, id: Some(_) },
            ) => (bucket, folder) == (same, place),
            _ => false,
        };
        if !is_same || !connection.is_some_and(|it| lies_within(it, &what)) {
            tracing::error!(query = %self.query, "a walk calls something else by another's name");
            return;
        }
        match self.store.amend_leftover(noted.id, &what).await {
            Ok(()) => noted.what = what,
            Err(error) => tracing::warn!(query = %self.query, %error, "a name was not written"),
        }
    }
}

/// The next line; none at the end, and none that is too long or broke off.
async fn line(voice: &mut (impl AsyncBufRead + Unpin)) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    voice.take(LONGEST).read_until(b'\n', &mut line).await.ok()?;
    (line.last() == Some(&b'\n')).then_some(line)
}

#[cfg(test)]
mod tests;
