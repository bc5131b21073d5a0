//! What a query begins in a member's account, and leaves there if its process is killed.

/// Something in a member's account that a query began and has to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leftover {
    /// A query of Athena, with what it writes into a folder that no other one writes into.
    Execution {
        /// The bucket of its result.
        bucket: String,
        /// The folder of its result: a key without a slash at its end.
        folder: String,
        /// Athena's name for it, once that is known.
        id: Option<String>,
    },
    /// An upload in parts that was not finished.
    Upload {
        /// The bucket.
        bucket: String,
        /// The key of the object that it would have become.
        key: String,
        /// The store's name for it.
        upload: String,
    },
}

impl Leftover {
    /// The bucket in which it lies.
    pub fn bucket(&self) -> &str {
        match self {
            Self::Execution { bucket, .. } | Self::Upload { bucket, .. } => bucket,
        }
    }

    /// Where in the bucket.
    pub fn key(&self) -> &str {
        match self {
            Self::Execution { folder: key, .. } | Self::Upload { key, .. } => key,
        }
    }
}
