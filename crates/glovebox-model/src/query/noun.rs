//! A protected query as its runner asked for it and as the house answers for it.

use crate::ability::words;
use crate::{
    AccessKeyId, AccountId, Collaboration, Delivery, Id, Membership, Query, QueryOutput,
    QueryStatus, Sensitivity, TableName, TemplateUse, Timestamp,
};

/// What StartProtectedQuery asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct NewQuery {
    /// The SQL text: the runner's own, or that of a template.
    pub text: String,
    /// The template that the text is from, with the values of its parameters.
    pub template: Option<TemplateUse>,
    /// Where the result goes; `None` is the runner's default place.
    pub output: Option<QueryOutput>,
    /// `computeConfiguration` as JSON. Stored and echoed.
    pub compute: Option<String>,
    /// `queryComputePayerAccountId`
    pub payer: Option<AccountId>,
    /// Whether the runner, who receives the result, wants an interval beside each private number.
    pub intervals: bool,
}

/// A protected query.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtectedQuery {
    /// Names it.
    pub id: Id<Query>,
    /// The collaboration in which it runs.
    pub collaboration: Id<Collaboration>,
    /// The runner's membership.
    pub membership: Id<Membership>,
    /// Who runs it.
    pub runner: AccountId,
    /// The access key that started it.
    pub key: AccessKeyId,
    /// What was asked for.
    pub asked: NewQuery,
    /// Who receives the result, by account.
    pub receivers: Vec<AccountId>,
    /// What became of each receiver's copy, once that is known.
    pub deliveries: Vec<Delivery>,
    /// Where it stands.
    pub status: QueryStatus,
    /// When it was accepted.
    pub created: Timestamp,
    /// When it reached its final status.
    pub finished: Option<Timestamp>,
    /// `s3://bucket/prefix/id/`, once delivered into a bucket of the runner.
    pub location: Option<String>,
    /// Why it failed.
    pub failure: Option<QueryFailure>,
    /// How its aggregates were bounded, if it is private and was opened.
    pub sensitivity: Option<Vec<Sensitivity>>,
    /// Its position in lists.
    pub position: i64,
}

/// Why a query failed, in words for the analyst that depend on nothing hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFailure {
    /// The code that programs look at.
    pub code: QueryErrorCode,
    /// The text, 4 KiB at most.
    pub message: String,
}

words! {
    /// `ProtectedQueryError.code`: those that this house gives.
    QueryErrorCode {
        /// Something failed; which data it met does not show.
        InternalError "INTERNAL_ERROR",
        /// The query breaks a rule or is no query.
        MalformedQuery "MALFORMED_QUERY",
        /// A right was lost on the way.
        ResourceAccessDenied "RESOURCE_ACCESS_DENIED",
    }
}

impl ProtectedQuery {
    /// Milliseconds from acceptance to the final status, rounded up to a public bucket: how long
    /// it took can depend on data.
    pub fn duration_millis(&self) -> Option<i64> {
        let millis = self.finished?.as_millis() - self.created.as_millis();
        Some(bucket(millis))
    }
}

/// The least of 1, 2, 4, 8... seconds that is not less than `millis`.
fn bucket(millis: i64) -> i64 {
    let seconds = u64::try_from(millis).unwrap_or(0).div_ceil(1000).max(1);
    let bucket = seconds.checked_next_power_of_two().unwrap_or(u64::MAX);
    i64::try_from(bucket).ok().and_then(|it| it.checked_mul(1000)).unwrap_or(i64::MAX)
}

impl std::fmt::Debug for NewQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { text: _, template, output, compute: _, payer, intervals } = self;
        f.debug_struct("NewQuery")
            .field("template", template)
            .field("output", output)
            .field("payer", payer)
            .field("intervals", intervals)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ProtectedQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProtectedQuery")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl QueryFailure {
    /// No receiver's store took the result.
    pub fn unreached() -> Self {
        Self {
            code: QueryErrorCode::InternalError,
            message: "GB0902 the result could not be written to the receiver's bucket: check that \
                      the bucket is there and run the query again"
                .into(),
        }
    }

    /// The one text for everything that happens after rows of members may have met: memory,
    /// decoding, time, a lost process, a withheld result.
    pub fn generic() -> Self {
        Self {
            code: QueryErrorCode::InternalError,
            message: "GB0900 the query could not be finished: run it again, or ask the owners of \
                      its tables"
                .into(),
        }
    }

    /// A key of the runner's own table stands in more groups than an owner allows. No other table
    /// had been opened by then.
    pub fn crowded(table: &TableName, limit: u32) -> Self {
        Self {
            code: QueryErrorCode::MalformedQuery,
            message: format!(
                "GB0098 a key of your table `{table}` stands in more than {limit} of its groups, \
                 which the owner of another table of this query limits: group by fewer columns, \
                 or bring a table with one group per key"
            ),
        }
    }

    /// A right that the query needs was lost on the way.
    pub fn access_lost() -> Self {
        Self {
            code: QueryErrorCode::ResourceAccessDenied,
            message: "GB0901 a right that this query needs was withdrawn before it ended: check \
                      the members, associations and analysis rules of the collaboration"
                .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn durations_tell_their_bucket_only() {
        let pairs = [(-5, 1000), (0, 1000), (1, 1000), (1000, 1000), (1001, 2000), (5000, 8000)];
        for (millis, shown) in pairs {
            assert_eq!(bucket(millis), shown, "{millis}");
        }
        assert_eq!(bucket(i64::MAX), i64::MAX);
    }
}
