//! Where results would go if they went now: every place that a start names, and those of members.

use std::collections::BTreeSet;

use glovebox_catalog::AccountFolders;
use glovebox_model::{
    AccountId, Destination, Member, MembershipStatus, NewQuery, OutputLocation, OutputPlace,
    QueryOutput,
};
use glovebox_store::Tx;

use super::text::must_receive;
use crate::authorize::OwnMembership;
use crate::{Room, RoomError};

impl Room {
    /// Who receives the result, by account: every one of them may, and has a place for it.
    pub(super) async fn receivers(
        &self,
        tx: &mut Tx,
        own: &OwnMembership,
        members: &[Member],
        asked: &NewQuery,
    ) -> Result<Vec<AccountId>, RoomError> {
        let runner = own.membership.account;
        distinct(asked, runner)?;
        let mut receivers = Vec::new();
        for place in asked.places(runner) {
            let destination = destination(tx, own, members, place).await?;
            if !is_connected(tx, &destination).await? {
                self.bucket_exists(&destination, asked, runner).await?;
            }
            receivers.push(destination.account);
        }
        Ok(receivers)
    }

    async fn bucket_exists(
        &self,
        destination: &Destination,
        asked: &NewQuery,
        runner: AccountId,
    ) -> Result<(), RoomError> {
        let folders = AccountFolders::new(self.store.directory());
        let Destination { account, bucket, .. } = destination.clone();
        let name = bucket.clone();
        let found = tokio::task::spawn_blocking(move || {
            folders.buckets(&account).and_then(|buckets| buckets.bucket_exists(&name))
        })
        .await
        .map_err(|error| RoomError::Internal(Box::new(error)))?;
        if found.unwrap_or(false) {
            return Ok(());
        }
        if account != runner {
            // How another account calls its buckets is its own affair.
            return Err(RoomError::field(
                match &asked.output {
                    Some(QueryOutput::Distribute(_)) => LOCATIONS,
                    Some(QueryOutput::Member(_) | QueryOutput::S3(_)) | None => {
                        "resultConfiguration.outputConfiguration.member.accountId"
                    }
                },
                format!("account {account} has no bucket for results where it wants them"),
            ));
        }
        Err(RoomError::field(
            "resultConfiguration.outputConfiguration.s3.bucket",
            format!("account {account} has no bucket `{bucket}`: create it before the query"),
        ))
    }
}

/// Whether a connection of the receiver takes results there; it comes before a bucket of the house
/// that has the same name.
async fn is_connected(tx: &mut Tx, destination: &Destination) -> Result<bool, RoomError> {
    let connections = tx.connections_of(destination.account).await?;
    Ok(super::destination::takes(&connections, destination).is_some())
}

/// The places of several receivers.
const LOCATIONS: &str = "resultConfiguration.outputConfiguration.distribute.locations";

/// Whether several receivers are several: one place of the runner's own, which is no member's, and
/// no member twice.
fn distinct(asked: &NewQuery, runner: AccountId) -> Result<(), RoomError> {
    let Some(QueryOutput::Distribute(locations)) = &asked.output else { return Ok(()) };
    let wrong = |message: String| Err(RoomError::field(LOCATIONS, message));
    let (mut named, mut places) = (BTreeSet::new(), 0);
    for location in locations {
        match location {
            OutputLocation::S3(_) => places += 1,
            OutputLocation::Member(account) if *account == runner => {
                return wrong("the account that runs the query receives by s3, not member".into());
            }
            OutputLocation::Member(account) if !named.insert(*account) => {
                return wrong(format!("account {account} stands in two locations"));
            }
            OutputLocation::Member(_) => {}
        }
    }
    match (places, named.len()) {
        (0, 0) => wrong("at least one location is needed".into()),
        (0 | 1, _) => Ok(()),
        _ => wrong("at most one location is s3: that of the account that runs the query".into()),
    }
}

/// Where the result would go, if it went now.
async fn destination(
    tx: &mut Tx,
    own: &OwnMembership,
    members: &[Member],
    OutputPlace { receiver, named }: OutputPlace<'_>,
) -> Result<Destination, RoomError> {
    const FIELD: &str = "resultConfiguration";
    must_receive(members, receiver, FIELD)?;
    let default = match named {
        Some(output) => Some(output.clone()),
        None => {
            let membership = tx.membership_in(own.collaboration.id, receiver).await?;
            membership
                .filter(|it| it.status == MembershipStatus::Active)
                .and_then(|it| it.terms.default_result)
                .map(|it| it.output)
        }
    };
    let Some(output) = default else {
        let message = format!(
            "account {receiver} has no default result configuration: say where the result goes"
        );
        return Err(RoomError::field(FIELD, message));
    };
    output.destination(receiver).map_err(|error| {
        RoomError::field("resultConfiguration.outputConfiguration.s3.keyPrefix", error.to_string())
    })
}
