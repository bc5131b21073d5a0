//! The child's side of what is begun in members' accounts: it is told to the house, which writes it
//! down.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use glovebox_catalog::{Notebook, Unavailable};
use glovebox_model::{Connection, Id, Leftover};
use glovebox_store::leftover_to_text;
use tokio::sync::oneshot;

use super::lines::Said;

/// Says what begins into a pipe, and waits until the house has written it down.
pub(super) struct Notes {
    pipe: Mutex<Pipe>,
    waiting: Mutex<BTreeMap<u64, oneshot::Sender<bool>>>,
}

struct Pipe {
    last: u64,
    writer: Box<dyn Write + Send>,
}

const REFUSED: Unavailable =
    Unavailable::Unusable("the house did not write down what was to begin there");

impl Notes {
    pub(super) fn new(writer: Box<dyn Write + Send>) -> Self {
        Self { pipe: Mutex::new(Pipe { last: 0, writer }), waiting: Mutex::default() }
    }

    /// The house has answered.
    pub(super) fn answered(&self, number: u64, is_noted: bool) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = waiting.remove(&number) {
            let _ = waiting.send(is_noted);
        }
    }
}

impl Pipe {
    fn say(&mut self, said: &Said) -> Option<()> {
        let line = said.to_line()?;
        self.writer.write_all(line.as_bytes()).ok()?;
        self.writer.flush().ok()
    }
}

impl Notebook for Notes {
    fn note(
        &self,
        connection: Id<Connection>,
        what: &Leftover,
    ) -> (u64, BoxFuture<'static, Result<(), Unavailable>>) {
        let (sender, answer) = oneshot::channel();
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        pipe.last = pipe.last.saturating_add(1);
        let number = pipe.last;
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sender);
        let said = leftover_to_text(what).ok().and_then(|what| {
            pipe.say(&Said::Begins { number, connection: connection.to_string(), what })
        });
        if said.is_none() {
            self.answered(number, false);
        }
        let noted = answer.map(|it| if it == Ok(true) { Ok(()) } else { Err(REFUSED) });
        (number, noted.boxed())
    }

    fn amend(&self, number: u64, what: &Leftover) {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        // The house finds it without, if need be.
        let said = leftover_to_text(what).ok();
        said.and_then(|what| pipe.say(&Said::Known { number, what }));
    }

    fn strike(&self, number: u64) {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        // The house finds nothing there, if need be.
        pipe.say(&Said::Gone { number });
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notes")
    }
}
