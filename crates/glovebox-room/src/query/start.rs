//! `StartProtectedQuery`: everything that can be known before judgement is checked here.

use std::collections::BTreeSet;

use glovebox_catalog::AccountFolders;
use glovebox_model::{
    AccountId, Collaboration, Destination, Id, Member, MemberAbility, MemberStatus, Membership,
    MembershipStatus, NewQuery, OutputLocation, OutputPlace, ProtectedQuery, QueryOutput, S3Output,
};
use glovebox_store::{Submission, Tx};

use super::intervals;
use super::text::{Named, must_receive};
use crate::authorize::OwnMembership;
use crate::{Action, Caller, Room, RoomError};

/// `StartProtectedQuery` as sent.
#[derive(Debug, Clone, Default)]
pub struct StartQuery {
    /// `sqlParameters.queryString`
    pub query_string: Option<String>,
    /// `sqlParameters.analysisTemplateArn`
    pub analysis_template_arn: Option<String>,
    /// `sqlParameters.parameters`
    pub parameters: Vec<(String, String)>,
    /// `resultConfiguration.outputConfiguration`
    pub output: Option<StartOutput>,
    /// `computeConfiguration` as JSON. Stored and echoed.
    pub compute: Option<String>,
    /// `queryComputePayerAccountId`
    pub payer: Option<AccountId>,
    /// Whether intervals shall stand beside private numbers; no word of AWS.
    pub intervals: bool,
}

/// The places that a request can name.
#[derive(Debug, Clone)]
pub enum StartOutput {
    /// `s3`
    S3(S3Output),
    /// `member`
    Member(AccountId),
    /// `distribute`
    Distribute(Vec<OutputLocation>),
    /// `intermediateTable`: not built yet.
    IntermediateTable,
}

impl Room {
    /// `StartProtectedQuery`: always answers `SUBMITTED`; what judgement says comes later.
    pub async fn start_protected_query(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        start: StartQuery,
    ) -> Result<ProtectedQuery, RoomError> {
        self.start_query(caller, Action::StartProtectedQuery, membership, start).await
    }

    pub(super) async fn start_query(
        &self,
        caller: &Caller,
        action: Action,
        membership: Id<Membership>,
        start: StartQuery,
    ) -> Result<ProtectedQuery, RoomError> {
        let mut tx = self.store.begin().await?;
        let authorized =
            self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let own = authorized.resource;
        if own.collaboration.deleted {
            return Err(RoomError::access_denied());
        }
        let asked = asked(&mut tx, own.collaboration.id, start).await?;
        let members = tx.members(own.collaboration.id).await?;
        payer(&members, &asked)?;
        distinct(&asked, authorized.account)?;
        let mut receivers = Vec::new();
        for place in asked.places(authorized.account) {
            let destination = destination(&mut tx, &own, &members, place).await?;
            if !is_connected(&mut tx, &destination).await? {
                self.bucket_exists(&destination, &asked, authorized.account).await?;
            }
            receivers.push(destination.account);
        }
        intervals::may_be_asked(&asked, authorized.account, &receivers)?;
        let quotas = self.quotas();
        let most_open =
            quotas.running_queries_per_membership + quotas.waiting_queries_per_membership;
        let submission = Submission {
            collaboration: own.collaboration.id,
            membership,
            runner: authorized.account,
            key: authorized.access_key_id,
            asked,
            receivers,
            most_open: u32::try_from(most_open).unwrap_or(u32::MAX),
        };
        let query = tx.submit(submission).await?.map_err(|_| RoomError::QuotaExceeded {
            name: "Concurrent queries per membership",
            value: most_open,
        })?;
        self.commit(tx, caller).await?;
        Ok(query)
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

async fn asked(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    start: StartQuery,
) -> Result<NewQuery, RoomError> {
    let StartQuery {
        query_string,
        analysis_template_arn,
        parameters,
        output,
        compute,
        payer,
        intervals,
    } = start;
    let named = Named { query_string, analysis_template_arn, parameters };
    let (text, template) = named.text(tx, collaboration, "sqlParameters.").await?;
    let output = asked_output(output)?;
    Ok(NewQuery { text, template, output, compute, payer, intervals })
}

fn asked_output(output: Option<StartOutput>) -> Result<Option<QueryOutput>, RoomError> {
    match output {
        None => Ok(None),
        Some(StartOutput::S3(output)) => Ok(Some(QueryOutput::S3(output))),
        Some(StartOutput::Member(account)) => Ok(Some(QueryOutput::Member(account))),
        Some(StartOutput::Distribute(locations)) => Ok(Some(QueryOutput::Distribute(locations))),
        Some(StartOutput::IntermediateTable) => Err(RoomError::field(
            "resultConfiguration.outputConfiguration.intermediateTable",
            "intermediate tables are not built yet: send s3 or member",
        )),
    }
}

/// Whoever pays must be an active member; without anybody flagged the runner pays.
fn payer(members: &[Member], asked: &NewQuery) -> Result<(), RoomError> {
    let field = "queryComputePayerAccountId";
    let flagged: Vec<&Member> =
        members.iter().filter(|it| it.terms.payment.query_compute).collect();
    let paying: Vec<&Member> = match asked.payer {
        None => flagged,
        Some(payer) if flagged.is_empty() => members
            .iter()
            .filter(|it| it.account == payer && it.terms.may(MemberAbility::CanQuery))
            .collect(),
        Some(payer) => flagged.into_iter().filter(|it| it.account == payer).collect(),
    };
    if asked.payer.is_some() && paying.is_empty() {
        return Err(RoomError::field(field, "this account is not asked to pay for queries"));
    }
    match paying.iter().find(|it| it.status != MemberStatus::Active) {
        None => Ok(()),
        Some(absent) => Err(RoomError::field(
            field,
            format!("account {} pays for queries and is not an active member", absent.account),
        )),
    }
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
