//! Conditional requests: `If-Match` and its like against what the object is now.

use std::time::{Duration, SystemTime};

use glovebox_catalog::ObjectHead;
use glovebox_model::Timestamp;
use s3s::dto::{self, ETag, ETagCondition};
use s3s::{S3ErrorCode, S3Result, s3_error};

/// The conditions of a request that reads.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub(super) matches: Option<ETagCondition>,
    pub(super) none_match: Option<ETagCondition>,
    pub(super) modified_since: Option<dto::Timestamp>,
    pub(super) unmodified_since: Option<dto::Timestamp>,
}

impl Conditions {
    /// In the order of RFC 9110, 13.2.2: a condition on the ETag outweighs the one on the time.
    pub(super) fn check(&self, head: &ObjectHead) -> S3Result<()> {
        let modified = whole_seconds(head.modified);
        match (&self.matches, &self.unmodified_since) {
            (Some(condition), _) if !holds(condition, head) => return Err(failed()),
            (None, Some(since)) if modified > *since => return Err(failed()),
            _ => {}
        }
        match (&self.none_match, &self.modified_since) {
            (Some(condition), _) if holds(condition, head) => Err(unchanged()),
            (None, Some(since)) if modified <= *since => Err(unchanged()),
            _ => Ok(()),
        }
    }
}

/// Whether the object has the ETag that is asked for.
pub(super) fn holds(condition: &ETagCondition, head: &ObjectHead) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(tag) => tag.value() == head.etag,
    }
}

/// The ETag of an object.
pub(super) fn etag(head: &ObjectHead) -> ETag {
    ETag::Strong(head.etag.clone())
}

/// A moment as S3 tells it.
pub(super) fn moment(timestamp: Timestamp) -> dto::Timestamp {
    let millis = u64::try_from(timestamp.as_millis()).unwrap_or_default();
    dto::Timestamp::from(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
}

/// HTTP dates know no fractions: a date that we told must compare as equal to itself.
fn whole_seconds(timestamp: Timestamp) -> dto::Timestamp {
    moment(Timestamp::from_millis(timestamp.as_millis().div_euclid(1000) * 1000))
}

fn failed() -> s3s::S3Error {
    s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
}

fn unchanged() -> s3s::S3Error {
    s3s::S3Error::new(S3ErrorCode::NotModified)
}
