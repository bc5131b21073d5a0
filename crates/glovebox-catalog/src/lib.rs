//! Where members' data lies: their tables to read, their buckets to deliver into.

mod aws;
mod beneath;
mod buckets;
mod egress;
mod leftover;
mod outside;
mod probe;
mod space;
mod table;
mod upload;

pub use aws::{Assumed, Held, Operator, assume_role};
pub use beneath::{Entry, EntryKind, Folder, Identity};
pub use buckets::{
    AccountFolders, BucketEntry, BucketError, Buckets, ListRequest, Listing, ObjectHead,
    ObjectReader, Part, Publish, Staged, UploadId, check_bucket_name, check_key,
};
pub use egress::{BadListed, Barred, Egress, Listed, NoEgress};
pub use leftover::{Cleaned, Notebook, clean, lies_within};
pub use outside::{EgressTerms, Outside, Proven};
pub use probe::{Probed, Step, probe};
pub use space::{Gauge, Space};
pub use table::{
    CHECKED_ROWS, CHECKED_ROWS_OF_TABLE, CellsFault, Connected, Described, FolderLocation, Format,
    Hint, Manifest, Moment, NotSpooled, Opened, Pinned, Reach, ReadRecorder, Reading, Spooled,
    Stop, TableLocation, Unavailable, arrow_type, check_cells, describe, pin, pin_some,
};
pub use upload::{Upload, holds, is_same_bucket};
