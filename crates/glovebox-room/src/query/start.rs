//! `StartProtectedQuery`: everything that can be known before judgement is checked here.

use glovebox_model::{
    AccountId, Collaboration, Id, Member, MemberAbility, MemberStatus, Membership, NewQuery,
    OutputLocation, ProtectedQuery, QueryOutput, S3Output,
};
use glovebox_store::{Submission, Tx};

use super::intervals;
use super::text::Named;
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
        let receivers = self.receivers(&mut tx, &own, &members, &asked).await?;
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
