//! Where the result of a query goes: each receiver, and the place that was named for it.

use crate::ability::words;
use crate::{AccountId, NewQuery, S3Output, Timestamp};

/// `resultConfiguration.outputConfiguration`, as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryOutput {
    /// To several receivers, each at a place of its own.
    Distribute(Vec<OutputLocation>),
    /// To another receiver, at that member's default place.
    Member(AccountId),
    /// Into a bucket of the runner.
    S3(S3Output),
}

/// `ProtectedQueryDistributeOutputConfigurationLocation`, as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputLocation {
    /// To another receiver, at that member's default place.
    Member(AccountId),
    /// Into a bucket of the runner.
    S3(S3Output),
}

/// A receiver, and the place that the query names for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputPlace<'a> {
    /// Who receives.
    pub receiver: AccountId,
    /// Only the runner's own place can be named; `None` is the receiver's default place.
    pub named: Option<&'a S3Output>,
}

/// What became of one receiver's copy of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Whose copy.
    pub receiver: AccountId,
    /// What became of it.
    pub state: DeliveryState,
    /// When that was recorded.
    pub at: Timestamp,
}

words! {
    /// What a receiver's copy of a result came to, for good.
    DeliveryState {
        /// The receiver has every object of it.
        Delivered "DELIVERED",
        /// The receiver's store did not take it as often as it was tried.
        Unreachable "UNREACHABLE",
        /// A right that it needs was withdrawn before it was delivered.
        Withheld "WITHHELD",
    }
}

impl NewQuery {
    /// Every receiver with the place that is named for it, by account: in whatever order they were
    /// named, the same receivers are the same.
    pub fn places(&self, runner: AccountId) -> Vec<OutputPlace<'_>> {
        let at = |receiver, named| OutputPlace { receiver, named };
        let mut places = match &self.output {
            None => vec![at(runner, None)],
            Some(QueryOutput::S3(output)) => vec![at(runner, Some(output))],
            Some(QueryOutput::Member(account)) => vec![at(*account, None)],
            Some(QueryOutput::Distribute(locations)) => locations
                .iter()
                .map(|it| match it {
                    OutputLocation::S3(output) => at(runner, Some(output)),
                    OutputLocation::Member(account) => at(*account, None),
                })
                .collect(),
        };
        places.sort_by_key(|it| it.receiver);
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ResultFormat;

    #[test]
    fn a_place_is_named_for_nobody_but_the_runner() {
        let account = |it: &str| it.parse::<AccountId>().unwrap();
        let (runner, other) = (account("222222222222"), account("111111111111"));
        let output = S3Output {
            bucket: "results".into(),
            key_prefix: None,
            format: ResultFormat::Csv,
            single_file: false,
        };
        let query = |output| NewQuery {
            text: String::new(),
            template: None,
            output,
            compute: None,
            payer: None,
            intervals: false,
        };
        let all = vec![OutputLocation::S3(output.clone()), OutputLocation::Member(other)];
        for locations in [all.clone(), all.into_iter().rev().collect()] {
            let query = query(Some(QueryOutput::Distribute(locations)));
            let named: Vec<(AccountId, bool)> =
                query.places(runner).iter().map(|it| (it.receiver, it.named.is_some())).collect();
            assert_eq!(named, [(other, false), (runner, true)]);
        }
        let alone = query(Some(QueryOutput::Member(other)));
        assert_eq!(alone.places(runner), [OutputPlace { receiver: other, named: None }]);
        assert_eq!(query(None).places(runner)[0].receiver, runner);
    }
}
