//! Places in object stores.

/// Buckets of an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objects {
    /// Whose protocol it speaks.
    pub protocol: ObjectProtocol,
    /// The region of the buckets (`s3`), or the storage account (`azure`).
    pub region: String,
    /// Another address than the provider's own.
    pub endpoint: Option<String>,
    /// What may be read: at least one.
    pub roots: Vec<ObjectRoot>,
    /// How results that are written there are encrypted; `None` leaves it to the bucket.
    pub encryption: Option<ServerSideEncryption>,
}

/// How S3 encrypts what is written into it: `x-amz-server-side-encryption`.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerSideEncryption {
    /// `AES256`: with keys of S3.
    Aes256,
    /// `aws:kms`
    Kms {
        /// `x-amz-server-side-encryption-aws-kms-key-id`; absent: the account's default.
        key: Option<String>,
    },
}

/// The protocols of object stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectProtocol {
    /// Amazon S3, and what is compatible with it.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
}

/// A bucket, or what lies below a prefix in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectRoot {
    /// The bucket; `container` of Azure.
    pub bucket: String,
    /// Without slashes at its ends; empty for all of the bucket.
    pub prefix: String,
}

/// The text names no bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a root is s3://, gs:// or az://, a bucket and perhaps a prefix")]
pub struct BadRoot;

impl ObjectProtocol {
    /// What its addresses begin with.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gcs => "gs",
            Self::Azure => "az",
        }
    }
}

impl ServerSideEncryption {
    /// AWS's word and the key, if one is named.
    pub fn words(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Aes256 => ("AES256", None),
            Self::Kms { key } => ("aws:kms", key.as_deref()),
        }
    }

    /// Reads the words.
    pub fn from_words(word: &str, key: Option<String>) -> Option<Self> {
        match (word, key) {
            ("AES256", None) => Some(Self::Aes256),
            ("aws:kms", key) => Some(Self::Kms { key }),
            _ => None,
        }
    }
}

impl ObjectRoot {
    /// Reads `s3://bucket/prefix`.
    pub fn parse(text: &str) -> Result<(ObjectProtocol, Self), BadRoot> {
        let (scheme, rest) = text.split_once("://").ok_or(BadRoot)?;
        let protocol = [ObjectProtocol::S3, ObjectProtocol::Gcs, ObjectProtocol::Azure];
        let protocol = protocol.into_iter().find(|it| it.scheme() == scheme).ok_or(BadRoot)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '$');
        let is_bucket = (1..=255).contains(&bucket.len())
            && bucket.chars().all(legal)
            && !matches!(bucket, "." | "..");
        let is_segment =
            |it: &str| !matches!(it, "" | "." | "..") && !it.contains(char::is_control);
        if !is_bucket || (!prefix.is_empty() && !prefix.split('/').all(is_segment)) {
            return Err(BadRoot);
        }
        Ok((protocol, Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() }))
    }

    /// Its address.
    pub fn address(&self, protocol: ObjectProtocol) -> String {
        let Self { bucket, prefix } = self;
        let slash = if prefix.is_empty() { "" } else { "/" };
        format!("{}://{bucket}{slash}{prefix}", protocol.scheme())
    }

    /// Whether `key` lies below it; a prefix ends at a slash.
    pub fn holds(&self, key: &str) -> bool {
        let below = |it: &str| it.starts_with('/');
        self.prefix.is_empty() || key.strip_prefix(self.prefix.as_str()).is_some_and(below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_read_from_its_address_and_shown_as_it() {
        for good in ["s3://acme-data", "s3://acme-data/a/b", "gs://b/x", "az://container"] {
            let (protocol, root) = ObjectRoot::parse(good).unwrap();
            assert_eq!(root.address(protocol), good);
        }
        let (_, root) = ObjectRoot::parse("s3://b/a/").unwrap();
        assert_eq!(root.prefix, "a");
        for bad in
            ["", "s3://", "b/a", "file:///etc", "s3:///a", "s3://b//a", "s3://b/../c", "s3://../b"]
        {
            assert_eq!(ObjectRoot::parse(bad), Err(BadRoot), "{bad}");
        }
    }

    #[test]
    fn a_root_ends_at_a_slash() {
        let root = ObjectRoot { bucket: "b".into(), prefix: "data/sales".into() };
        assert!(root.holds("data/sales/a.parquet"));
        assert!(!root.holds("data/sales2/a.parquet"));
        assert!(!root.holds("data/sales"));
        assert!(ObjectRoot { bucket: "b".into(), prefix: String::new() }.holds("x"));
    }
}
