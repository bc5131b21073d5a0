//! Where members' data lies: their tables to read, their buckets to deliver into.

mod beneath;
mod buckets;
mod table;

pub use beneath::{Entry, EntryKind, Folder, Identity};
pub use buckets::{
    AccountFolders, BucketEntry, BucketError, Buckets, ListRequest, Listing, ObjectHead,
    ObjectReader, Part, Publish, Staged, UploadId, check_bucket_name, check_key,
};
pub use table::{
    CHECKED_ROWS, CHECKED_ROWS_OF_TABLE, CellsFault, Described, Format, Manifest, Opened, Pinned,
    ReadRecorder, Reading, TableLocation, Unavailable, arrow_type, check_cells, describe, pin,
};
