//! Where results go.

use crate::AccountId;

/// The format of result files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResultFormat {
    /// RFC 4180, with a header; NULL is empty and unquoted, an empty string is quoted.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// One place in one receiver's own storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The receiver.
    pub account: AccountId,
    /// A bucket of that account.
    pub bucket: String,
    /// The prefix of the keys, without a slash at either end; may be empty.
    pub key_prefix: String,
    /// CSV or Parquet.
    pub format: ResultFormat,
    /// Whether the result must be exactly one object.
    pub single_file: bool,
}

/// `ProtectedQueryS3OutputConfiguration` as written: stored and shown again, word for word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Output {
    /// A bucket of the receiver.
    pub bucket: String,
    /// The prefix of the keys, as given.
    pub key_prefix: Option<String>,
    /// CSV or Parquet.
    pub format: ResultFormat,
    /// Whether the result must be exactly one object.
    pub single_file: bool,
}

/// A key prefix with an empty segment, `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a key prefix has no empty segment, `.` or `..` between its slashes")]
pub struct BadKeyPrefix;

impl S3Output {
    /// The place in the storage of `account`; one slash at the end of the prefix is dropped.
    pub fn destination(&self, account: AccountId) -> Result<Destination, BadKeyPrefix> {
        let Self { bucket, key_prefix, format, single_file } = self;
        let given = key_prefix.as_deref().unwrap_or_default();
        let prefix = given.strip_suffix('/').unwrap_or(given);
        let unsafe_segment = |it: &str| matches!(it, "" | "." | "..");
        if !given.is_empty() && prefix.split('/').any(unsafe_segment) {
            return Err(BadKeyPrefix);
        }
        Ok(Destination {
            account,
            bucket: bucket.clone(),
            key_prefix: prefix.to_owned(),
            format: *format,
            single_file: *single_file,
        })
    }
}

impl ResultFormat {
    /// The word as AWS writes it.
    pub fn aws_name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Parquet => "PARQUET",
        }
    }

    /// The format of that spelling.
    pub fn from_aws_name(text: &str) -> Option<Self> {
        [Self::Csv, Self::Parquet].into_iter().find(|it| it.aws_name() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_prefix_cannot_climb() {
        let output = |prefix: &str| S3Output {
            bucket: "results".into(),
            key_prefix: Some(prefix.into()),
            format: ResultFormat::Csv,
            single_file: false,
        };
        let account = "123456789012".parse().unwrap();
        for (given, kept) in [("", ""), ("a", "a"), ("a/", "a"), ("a/b", "a/b"), (".a", ".a")] {
            assert_eq!(output(given).destination(account).unwrap().key_prefix, kept);
        }
        for bad in ["/", "/a", "a//b", "..", "a/../b", "a/.", "./a", "a//", "//"] {
            assert_eq!(output(bad).destination(account), Err(BadKeyPrefix), "{bad}");
        }
    }
}
