//! Looking at a table or a connection for its owner, in a process of its own: what files unpack to,
//! how deep they are nested and what a decoder makes of them ends that process, and never the house.

mod child;
mod forms;
mod tried;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use glovebox_catalog::{
    CellsFault, Described, EgressTerms, Reach, Stop, TableLocation, Unavailable, check_cells,
    describe, probe,
};
use glovebox_model::{Encryption, TableSchema};
use tokio::io::AsyncReadExt as _;
use tokio::sync::{mpsc, oneshot};

pub use self::child::{Look, look_child, receive_look};
use self::forms::{LookV1, SeenV1};
pub use self::tried::{TriedStatus, TriedStep};
use super::SupervisorConfig;
use super::caps::aside;
use super::process::{self, End, Lines};

/// How long a look may take, as long as one within this process.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it looks by itself: then it says what it has seen, before it is killed.
const ANSWER: Duration = Duration::from_secs(25);
/// Bytes of what was seen: a thousand columns, and what is wrong with one.
const LONGEST: u64 = 4 << 20;

/// What an owner wishes to know of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Whether encrypted columns of a table with this schema hold encrypted cells.
    Cells { schema: TableSchema, encryption: Encryption },
    /// Its schema.
    Describe,
}

/// What is looked at.
#[derive(Debug, Clone)]
pub(crate) enum Sight {
    /// A connection, step by step; of the table that is named, else of the first that is found,
    /// the schema.
    Connection(Arc<Reach>, Option<(String, String)>),
    /// A table, and what is wished to be known of it.
    Table(TableLocation, Wish),
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Its schema.
    Described(TableSchema),
    /// What is wrong: with a column, or with the table.
    Fault { column: Option<String>, text: String },
    /// Nothing is wrong.
    Good,
    /// What the steps of a connection came to.
    Tried(Vec<TriedStep>),
}

/// Looks, in whatever process this is. Blocks.
pub(crate) fn see(sight: &Sight, stop: &Stop) -> Seen {
    match sight {
        Sight::Connection(reach, table) => {
            let steps = probe(reach, table.clone(), stop);
            Seen::Tried(steps.into_iter().map(TriedStep::from).collect())
        }
        Sight::Table(location, wish) => see_table(location, wish, stop),
    }
}

/// Looks no longer than this: of what does not answer by then, that it did not.
async fn see_within(longest: Duration, sight: Sight) -> Option<Seen> {
    let stop = Stop::default();
    let told = stop.clone();
    let mut looking = pin!(aside(move || see(&sight, &told)));
    match tokio::time::timeout(longest, &mut looking).await {
        Ok(seen) => seen,
        Err(_) => {
            stop.stop();
            looking.await
        }
    }
}

/// What a table is called, for its owner.
fn name(location: &TableLocation) -> String {
    match location {
        TableLocation::Folder(it) => format!("{}.{}", it.database, it.table),
        TableLocation::Connected(it) => format!("{}.{}", it.database, it.table),
        TableLocation::Lost(_) => "the table".to_owned(),
    }
}

fn see_table(location: &TableLocation, wish: &Wish, stop: &Stop) -> Seen {
    let fault = |it: Unavailable| {
        let text = it.or_late(&name(location), stop).to_string();
        Seen::Fault { column: None, text }
    };
    match wish {
        Wish::Describe => match describe(location, stop) {
            Ok(Described { columns, partition_keys, format: _ }) => {
                Seen::Described(TableSchema { columns, partition_keys })
            }
            Err(unavailable) => fault(unavailable),
        },
        Wish::Cells { schema, encryption } => {
            match check_cells(location, schema, encryption, stop) {
                Ok(()) => Seen::Good,
                Err(CellsFault::Unavailable(unavailable)) => fault(unavailable),
                Err(cell @ CellsFault::Cell { .. }) => {
                    let column = cell.column().map(ToString::to_string);
                    Seen::Fault { column, text: cell.to_string() }
                }
            }
        }
    }
}

/// What is said of what the process that looked at it came to its end by.
fn unseen(sight: &Sight) -> Seen {
    let end = "its files are damaged, or they take more memory or time than a look may";
    match sight {
        Sight::Connection(_, table) => {
            let about = table.as_ref().map(|(database, table)| format!("{database}.{table}"));
            let text = format!("the connection could not be tried to its end: of a table, {end}");
            let about = about.as_deref().unwrap_or("a table");
            Seen::Tried(vec![TriedStep::failed("read", about, text)])
        }
        Sight::Table(..) => {
            let text = format!("the table could not be looked at: {end}");
            Seen::Fault { column: None, text }
        }
    }
}

/// Looks, in a process that is started for it, which reaches what lies there and nothing else.
pub(crate) async fn look(
    config: &SupervisorConfig,
    terms: Option<&EgressTerms>,
    sight: &Sight,
) -> std::io::Result<Seen> {
    if let Sight::Table(TableLocation::Lost(why), _) = sight {
        return Ok(Seen::Fault { column: None, text: why.to_string() });
    }
    let broken = || std::io::Error::from(std::io::ErrorKind::InvalidInput);
    let kernel = config.caps.kernel(PATIENCE);
    let line = LookV1::of(kernel, terms, sight).and_then(|it| it.to_line());
    let line = line.ok_or_else(broken)?;
    let (walking, mut voice) = process::start(config)?;
    // Both ends live as long as the process: what is dropped before would end it.
    let ((tell, told), (_kill, killed)) = (mpsc::channel(1), oneshot::channel());
    let (_answers, words) = mpsc::channel(1);
    tell.send(line).await.map_err(|_| broken())?;
    let answer = async {
        let mut text = String::new();
        let read = (&mut voice).take(LONGEST).read_to_string(&mut text).await;
        read.ok().map(|_| text)
    };
    let end = walking.end(PATIENCE, killed, Lines { told, words });
    let (end, answer) = tokio::join!(end, answer);
    if end == End::Overgrown {
        tracing::warn!("the process that looked at a table took more memory than it may");
    }
    let seen = answer.and_then(|it| SeenV1::parse(&it)?.read());
    Ok(seen.unwrap_or_else(|| unseen(sight)))
}

#[cfg(test)]
mod tests;
