//! From where a table lies to its files or rows: one file for each kind of source.

use std::fmt;
use std::sync::Arc;

use datafusion::common::stats::Precision;
use glovebox_model::{Column, ColumnName, Connection, Leftover, Place, Secret, Secrets};

use super::described::Described;
use super::folder::{self, FolderLocation};
use super::glue::{self, Catalog};
use super::hint::Hint;
use super::postgres::Moment;
use super::reading::ReadRecorder;
use super::stop::Stop;
use super::work::Work;
use super::{Manifest, Unavailable};
use crate::leftover::{Note, Noted};
use crate::{Egress, Held, Notebook};

/// Where a table lies.
#[derive(Debug, Clone)]
pub enum TableLocation {
    /// In a folder of this machine.
    Folder(FolderLocation),
    /// Where a connection of its owner reaches.
    Connected(Connected),
    /// Nowhere now: why, for its owner.
    Lost(Unavailable),
}

/// A table behind a connection.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The connection.
    pub reach: Arc<Reach>,
    /// `databaseName`: one that the connection serves.
    pub database: String,
    /// `tableName`
    pub table: String,
}

/// A connection with all that is needed to use it: for one query, or one act of its owner. The
/// tables of a database that are read through it are read as they were at one moment.
#[derive(Debug, Clone)]
pub struct Reach {
    /// What it reaches.
    pub connection: Connection,
    /// With what.
    pub credentials: Held,
    /// What its catalog is shown, if it has a token of its own.
    pub catalog_token: Option<Secret>,
    /// Through which gate.
    pub egress: Egress,
    /// At which moment, of a database: shared by all tables that one query reads through it.
    pub moment: Moment,
    /// Who writes down what is begun there, if anybody does.
    pub notebook: Option<Arc<dyn Notebook>>,
}

impl Reach {
    /// A connection with credentials that can be shown.
    pub fn new(connection: Connection, secrets: Secrets, egress: Egress) -> Self {
        let Secrets { credentials, catalog_token } = secrets;
        let (credentials, moment) = (Held::new(credentials), Moment::default());
        Self { connection, credentials, catalog_token, egress, moment, notebook: None }
    }

    /// Writes down what is begun behind the connection.
    pub(crate) fn note(&self, what: &Leftover) -> (Note, Noted) {
        Note::of(self.notebook.as_ref(), self.connection.id, what)
    }
}

/// A table that was found: listed, and nothing of its rows read.
pub(crate) trait Listed: fmt::Debug + Send {
    /// What was found.
    fn manifest(&self) -> Manifest;

    /// Its schema, for its owner.
    fn describe(&self, stop: &Stop) -> Result<Described, Unavailable>;

    /// Makes it ready to be read as it was found.
    fn open(self: Box<Self>, opening: Opening<'_>) -> Result<Arc<dyn Readable>, Unavailable>;
}

/// How a table shall be opened.
#[derive(Debug)]
pub(crate) struct Opening<'a> {
    /// All columns that must be there, as they were configured.
    pub(crate) configured: &'a [Column],
    /// The columns that can be read, in this order.
    pub(crate) shown: &'a [ColumnName],
    pub(crate) recorder: Option<Arc<dyn ReadRecorder>>,
    pub(crate) stop: Stop,
}

/// A table that can be read, several times.
pub(crate) trait Readable: fmt::Debug + Send + Sync {
    /// The columns shown.
    fn columns(&self) -> &[Column];

    /// How many rows there are about.
    fn rows(&self) -> Precision<usize>;

    /// What one scan reads.
    fn scan(self: Arc<Self>, scan: Scan) -> Box<dyn Work>;

    /// Takes away what reading left at the source; nothing is read after. Blocks, also when the
    /// query was told to stop.
    fn close(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

/// What one scan needs.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Indices into the columns shown; the batches have these columns.
    pub(crate) projection: Vec<usize>,
    /// Rows for which one of these does not hold may be left out.
    pub(crate) hints: Vec<Hint>,
    /// Parts that are read at the same time, at most.
    pub(crate) partitions: usize,
    /// Rows of a batch at most.
    pub(crate) batch_rows: usize,
}

impl TableLocation {
    /// A table at `root/database/table`.
    pub fn folder(
        root: impl Into<std::path::PathBuf>,
        database: impl Into<String>,
        table: impl Into<String>,
    ) -> Self {
        let (root, database, table) = (root.into(), database.into(), table.into());
        Self::Folder(FolderLocation { root, database, table })
    }
}

impl TableLocation {
    /// Whether somebody else than the house sees when it is read.
    pub fn is_watched(&self) -> bool {
        matches!(self, Self::Connected(_))
    }

    /// Ends what is held open between readings at its source; what is read there afterwards is
    /// read as it is then.
    pub fn leave(&self) {
        if let Self::Connected(connected) = self {
            connected.reach.moment.end();
        }
    }

    /// Whether less is listed when it is known what a query rules out.
    pub fn takes_hints(&self) -> bool {
        match self {
            Self::Folder(_) | Self::Lost(_) => false,
            Self::Connected(connected) => {
                let place = &connected.reach.connection.place;
                matches!(place, Place::Glue { .. } | Place::Athena { .. })
            }
        }
    }
}

/// Finds a table; reads none of its rows.
///
/// Where a catalog can leave out what the hints rule out, it does.
pub(crate) fn find(
    location: &TableLocation,
    hints: &[Hint],
    stop: &Stop,
) -> Result<Box<dyn Listed>, Unavailable> {
    let Connected { reach, database, table } = match location {
        TableLocation::Folder(location) => return Ok(Box::new(folder::find(location)?)),
        TableLocation::Connected(connected) => connected,
        TableLocation::Lost(why) => return Err(why.clone()),
    };
    match &reach.connection.place {
        Place::Files(objects) => {
            let (root, bucket) = super::stores::first(objects, reach)?;
            let name = (database.as_str(), table.as_str());
            let found = stop.wait(super::objects::find(&bucket, &root, name))?;
            Ok(Box::new(found))
        }
        Place::Delta(objects) => {
            Ok(Box::new(super::delta::find(objects, reach, (database, table), stop)?))
        }
        Place::Glue { service, catalog_id, data } => {
            let catalog = Catalog::new(reach, service, catalog_id.clone());
            glue::find(&catalog, data, (database, table), hints, stop)
        }
        Place::Athena { service, workgroup, results } => {
            let place = (service, workgroup.as_str(), results);
            let name = (database.as_str(), table.as_str());
            Ok(Box::new(super::athena::find(place, reach, name, hints, stop)?))
        }
        Place::Iceberg { uri, warehouse, data } => {
            let catalog = (uri.as_str(), warehouse.as_deref());
            let name = (database.as_str(), table.as_str());
            Ok(Box::new(super::iceberg::find(catalog, data, reach, name, stop)?))
        }
        Place::Postgresql { .. } => {
            Ok(Box::new(super::postgres::find(reach, (database, table), stop)?))
        }
    }
}
