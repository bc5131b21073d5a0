//! Accounts' bucket folders: objects are plain files, keys are paths, nothing beside them.
//!
//! An object is written whole: bytes go to a staging file of the account, are made durable,
//! and are moved to their place in one step. There are no sidecar files, so content types and
//! user metadata are not kept. The ETag is no MD5: it is 32 hex digits over inode, size and
//! time of change, with `-1` behind as S3 marks ETags that are not one, and changes whenever
//! the object is replaced or edited in place.

mod account;
mod key;
mod list;
mod object;
mod upload;

pub use account::{AccountFolders, BucketEntry, Buckets};
pub use key::{check_bucket_name, check_key};
pub use list::{ListRequest, Listing};
pub use object::{ObjectHead, ObjectReader, Publish, Staged};
pub use upload::{Part, UploadId};

/// Why an operation on a bucket was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// Not a name that a bucket may have.
    #[error("a bucket name has 3 to 63 lower-case letters, digits, `.` and `-`")]
    BadBucketName,
    /// Not a key that an object may have.
    #[error(
        "a key has 1 to 1024 bytes in segments of at most 255, none empty, `.` or `..`, without NUL"
    )]
    BadKey,
    /// The parts named do not make the object.
    #[error("the parts must exist and be named in rising order")]
    BadParts,
    /// There is a bucket of that name.
    #[error("the bucket exists already")]
    BucketExists,
    /// Only empty buckets are deleted.
    #[error("the bucket is not empty")]
    BucketNotEmpty,
    /// The disk said no.
    #[error("the folder could not be read or written")]
    Io(#[from] std::io::Error),
    /// A key and a longer key below it, or a link or device in the way.
    #[error("keys are paths here: `a` and `a/b` cannot both be objects")]
    KeyConflict,
    /// The account has no such bucket.
    #[error("the bucket does not exist")]
    NoSuchBucket,
    /// The bucket has no such object.
    #[error("the key does not exist")]
    NoSuchKey,
    /// The account has no such upload under way.
    #[error("the upload does not exist")]
    NoSuchUpload,
    /// An object is there, and it was asked that none be.
    #[error("the key exists already")]
    ObjectExists,
    /// The logs bucket cannot be changed.
    #[error("the bucket is read-only")]
    ReadOnly,
    /// More entries in one folder than the limit.
    #[error("a folder of the bucket has more than {0} entries")]
    TooManyEntries(usize),
}
