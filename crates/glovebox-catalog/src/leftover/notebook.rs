//! Who writes down what is begun.

use std::fmt;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use glovebox_model::{Connection, Id, Leftover};

use crate::table::Unavailable;

/// Writes down what a query begins in members' accounts, in a place that outlives its process.
pub trait Notebook: fmt::Debug + Send + Sync {
    /// Writes down what is begun behind a connection: its number, and an answer once it stands
    /// there. From the call on it counts as begun, whether anybody waits for the answer or not.
    fn note(
        &self,
        connection: Id<Connection>,
        what: &Leftover,
    ) -> (u64, BoxFuture<'static, Result<(), Unavailable>>);

    /// More is known of it now.
    fn amend(&self, number: u64, what: &Leftover);

    /// Nothing is left of it.
    fn strike(&self, number: u64);
}

/// What was written down, if anybody writes. Clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note(Option<(Arc<dyn Notebook>, u64)>);

/// Done once the note stands.
pub(crate) type Noted = BoxFuture<'static, Result<(), Unavailable>>;

impl Note {
    /// Writes it down where somebody writes.
    pub(crate) fn of(
        notebook: Option<&Arc<dyn Notebook>>,
        connection: Id<Connection>,
        what: &Leftover,
    ) -> (Self, Noted) {
        let Some(notebook) = notebook else {
            return (Self::default(), std::future::ready(Ok(())).boxed());
        };
        let (number, noted) = notebook.note(connection, what);
        (Self(Some((Arc::clone(notebook), number))), noted)
    }

    pub(crate) fn amend(&self, what: &Leftover) {
        if let Some((notebook, number)) = &self.0 {
            notebook.amend(*number, what);
        }
    }

    pub(crate) fn strike(&self) {
        if let Some((notebook, number)) = &self.0 {
            notebook.strike(*number);
        }
    }
}
