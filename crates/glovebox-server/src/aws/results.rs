//! Where results go and where they are, as AWS says it.

use glovebox_aws_api::shapes::{
    ProtectedQueryDistributeOutput, ProtectedQueryDistributeOutputConfiguration,
    ProtectedQueryDistributeOutputConfigurationLocation, ProtectedQueryMemberOutputConfiguration,
    ProtectedQueryOutput, ProtectedQueryOutputConfiguration, ProtectedQueryResult,
    ProtectedQueryResultConfiguration, ProtectedQueryS3Output, ProtectedQuerySingleMemberOutput,
};
use glovebox_model::{self as model, DeliveryState, OutputLocation, QueryOutput, QueryStatus};
use glovebox_room::StartOutput;

use super::{account, output};
use crate::errors::Refused;

pub(super) fn place(
    configuration: ProtectedQueryResultConfiguration,
) -> Result<StartOutput, Refused> {
    let ProtectedQueryResultConfiguration { output_configuration } = configuration;
    Ok(match output_configuration {
        ProtectedQueryOutputConfiguration::S3(s3) => StartOutput::S3(output::of_wire(s3)),
        ProtectedQueryOutputConfiguration::Member(member) => {
            let ProtectedQueryMemberOutputConfiguration { account_id } = member;
            let name = "resultConfiguration.outputConfiguration.member.accountId";
            StartOutput::Member(account(name, &account_id)?)
        }
        ProtectedQueryOutputConfiguration::Distribute(all) => {
            StartOutput::Distribute(locations(all)?)
        }
        ProtectedQueryOutputConfiguration::IntermediateTable(_) => StartOutput::IntermediateTable,
    })
}

fn locations(
    all: ProtectedQueryDistributeOutputConfiguration,
) -> Result<Vec<OutputLocation>, Refused> {
    use ProtectedQueryDistributeOutputConfigurationLocation::{Member, S3};
    let read = |(index, location)| {
        Ok(match location {
            S3(s3) => OutputLocation::S3(output::of_wire(s3)),
            Member(ProtectedQueryMemberOutputConfiguration { account_id }) => {
                let root = "resultConfiguration.outputConfiguration.distribute.locations";
                let name = format!("{root}[{index}].member.accountId");
                OutputLocation::Member(account(&name, &account_id)?)
            }
        })
    };
    all.locations.into_iter().enumerate().map(read).collect()
}

pub(super) fn configuration(place: QueryOutput) -> ProtectedQueryResultConfiguration {
    let output_configuration = match place {
        QueryOutput::S3(s3) => ProtectedQueryOutputConfiguration::S3(output::to_wire(s3)),
        QueryOutput::Member(account) => {
            let account_id = account.to_string();
            let member = ProtectedQueryMemberOutputConfiguration { account_id };
            ProtectedQueryOutputConfiguration::Member(member)
        }
        QueryOutput::Distribute(all) => {
            let locations = all.into_iter().map(location).collect();
            let distribute = ProtectedQueryDistributeOutputConfiguration { locations };
            ProtectedQueryOutputConfiguration::Distribute(distribute)
        }
    };
    ProtectedQueryResultConfiguration { output_configuration }
}

fn location(location: OutputLocation) -> ProtectedQueryDistributeOutputConfigurationLocation {
    use ProtectedQueryDistributeOutputConfigurationLocation::{Member, S3};
    match location {
        OutputLocation::S3(s3) => S3(output::to_wire(s3)),
        OutputLocation::Member(account) => {
            let account_id = account.to_string();
            Member(ProtectedQueryMemberOutputConfiguration { account_id })
        }
    }
}

/// Where the result is: a place for the runner's own, the receivers' names for others'. Only those
/// are named who have it.
pub(super) fn result(query: &model::ProtectedQuery) -> Option<ProtectedQueryResult> {
    if query.status != QueryStatus::Success {
        return None;
    }
    let s3 = query.location.clone().map(|location| ProtectedQueryS3Output { location });
    let several = matches!(query.asked.output, Some(QueryOutput::Distribute(_)));
    let has = |it: &&model::Delivery| {
        let by_name = !several || it.receiver != query.runner;
        it.state == DeliveryState::Delivered && by_name
    };
    let named = query.deliveries.iter().filter(has).map(|it| it.receiver.to_string());
    let members: Vec<ProtectedQuerySingleMemberOutput> =
        named.map(|account_id| ProtectedQuerySingleMemberOutput { account_id }).collect();
    let output = match s3 {
        s3 if several => {
            let member_list = Some(members).filter(|it| !it.is_empty());
            ProtectedQueryOutput::Distribute(ProtectedQueryDistributeOutput { s3, member_list })
        }
        Some(s3) => ProtectedQueryOutput::S3(s3),
        None => ProtectedQueryOutput::MemberList(members),
    };
    Some(ProtectedQueryResult { output })
}
