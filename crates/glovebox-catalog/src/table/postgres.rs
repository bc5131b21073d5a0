//! Tables of a PostgreSQL server, its schemas being the databases. What is read lies in the
//! server, whose own snapshot pins it: one moment for all tables that a query reads there.
//!
//! Views, and tables whose rows a policy chooses, are computed by each statement that reads them,
//! so nothing pins them: a query that must read one in two steps fails as if it had changed.

mod asked;
mod copied;
mod copying;
mod faults;
mod guard;
mod kind;
mod numeric;
mod relation;
mod server;
mod session;
mod snapshot;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use glovebox_model::Column;

use super::described::Described;
use super::manifest::token;
use super::names::NAMES;
use super::source::{Listed, Opening, Reach, Readable};
use super::stop::Stop;
use super::{Manifest, Unavailable};

use copying::Table;
use kind::Stored;
use relation::Relation;
use server::Server;
use snapshot::Snapshot;

pub use snapshot::Moment;

/// A table that was found.
#[derive(Debug)]
pub(super) struct Found {
    snapshot: Arc<Snapshot>,
    relation: Relation,
    /// Never twice the same; of what the snapshot does not pin.
    token: Option<String>,
}

/// Finds a table by the names of its schema and of itself, exactly as the server has them.
pub(super) fn find(
    reach: &Reach,
    (schema, table): (&str, &str),
    stop: &Stop,
) -> Result<Found, Unavailable> {
    let server = Server::of(reach).ok_or(Unavailable::NoConnector("postgresql"))?;
    seen_by(&reach.moment, server, (schema, table), stop)
}

/// Some tables of a schema.
pub(super) fn names(reach: &Reach, schema: &str, stop: &Stop) -> Result<Vec<String>, Unavailable> {
    let server = Server::of(reach).ok_or(Unavailable::NoConnector("postgresql"))?;
    let question = relation::list(schema, NAMES)?;
    let snapshot = reach.moment.snapshot(server, stop)?;
    let answers = snapshot.ask(&question, (schema, stop))?;
    relation::listed(answers, schema)
}

fn seen_by(
    moment: &Moment,
    server: Server,
    (schema, table): (&str, &str),
    stop: &Stop,
) -> Result<Found, Unavailable> {
    let path = format!("{schema}.{table}");
    let question = relation::question(schema, table)?;
    let snapshot = moment.snapshot(server, stop)?;
    let answers = snapshot.ask(&question, (&path, stop))?;
    let relation = Relation::of(&answers, (schema, table))?;
    let token = if relation.is_pinned { None } else { Some(token()?) };
    Ok(Found { snapshot, relation, token })
}

impl Found {
    /// Whether it is still the table that the snapshot knows by this name, the columns have the
    /// types, and the rows are there: statements name what is there now. From then on nobody
    /// changes them, while the snapshot lives.
    fn check_types(&self, columns: &[&Stored], stop: &Stop) -> Result<(), Unavailable> {
        let path = self.relation.path();
        let question = asked::types(self.relation.names(), columns);
        let question = question.ok_or(Unavailable::BadLocation)?;
        let answers = self.snapshot.ask(&question, (&path, stop))?;
        let cells = answers.first().and_then(|it| it.split_first());
        let cells = cells.filter(|it| it.1.len() == columns.len());
        let (oid, kinds) =
            cells.ok_or_else(|| Unavailable::Corrupt { path: path.clone(), row_group: None })?;
        if oid.as_ref() != Some(&self.relation.oid) {
            return Err(Unavailable::Changed { path });
        }
        match columns.iter().zip(kinds).find(|it| it.1.as_ref() != Some(&it.0.oid)) {
            Some((Stored { column, .. }, _)) => {
                Err(Unavailable::SchemaChanged { path, column: column.name.clone() })
            }
            None => self.check_places(stop),
        }
    }

    /// Whether what was locked by asking for types, this and what lies beneath it, is still where
    /// the snapshot knows it: of what was truncated or rewritten since, the snapshot sees no row,
    /// and the server would say nothing.
    fn check_places(&self, stop: &Stop) -> Result<(), Unavailable> {
        let path = self.relation.path();
        let answers = self.snapshot.ask(asked::REWRITTEN, (&path, stop))?;
        let count = answers.first().and_then(|it| it.first()).and_then(Option::as_deref);
        match count {
            Some("0") => Ok(()),
            Some(_) => Err(Unavailable::Changed { path }),
            None => Err(Unavailable::Corrupt { path, row_group: None }),
        }
    }
}

impl Listed for Found {
    /// Equal only if the snapshots are equal: no transaction that wrote anything has ended in
    /// between, in any database of the server. What that does not pin is never equal, also not
    /// at one moment: a view may choose its rows by the statement that asks for them.
    fn manifest(&self) -> Manifest {
        if let Some(token) = &self.token {
            return Manifest::unfixed(&format!("glovebox manifest 1\npostgresql {token}\n"));
        }
        let Snapshot { server, sees, .. } = &*self.snapshot;
        let (path, server) = (self.relation.path(), server.place());
        let length = path.len();
        let text = format!("glovebox manifest 1\npostgresql {sees} {length} {path} {server}\n");
        Manifest::new(&text, 0, 0)
    }

    fn describe(&self, _: &Stop) -> Result<Described, Unavailable> {
        let columns = self.relation.columns.iter().map(|it| it.column.clone()).collect();
        Ok(Described { columns, partition_keys: Vec::new(), format: None })
    }

    fn open(self: Box<Self>, opening: Opening<'_>) -> Result<Arc<dyn Readable>, Unavailable> {
        let stored = |column: &Column| {
            let found = self.relation.columns.iter().find(|it| it.column == *column);
            found.ok_or_else(|| Unavailable::SchemaChanged {
                path: self.relation.path(),
                column: column.name.clone(),
            })
        };
        let configured: Vec<&Stored> =
            opening.configured.iter().map(stored).collect::<Result<_, _>>()?;
        self.check_types(&configured, &opening.stop)?;
        let columns = opening.columns()?;
        let stored: Vec<Stored> =
            columns.iter().map(|it| stored(it).cloned()).collect::<Result<_, _>>()?;
        let Opening { recorder, stop, .. } = opening;
        let Self { snapshot, relation, token: _ } = *self;
        Ok(Arc::new(Table { snapshot, relation, columns, stored, recorder, stop }))
    }
}
