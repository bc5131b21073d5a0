//! The AWS API: one handler per operation, `parse -> room -> output`.

mod association_rules;
mod associations;
mod budgets;
mod changes;
mod collaborations;
mod consolidated;
mod custom_rules;
mod memberships;
mod output;
mod payments;
mod queries;
mod results;
mod rules;
mod schemas;
mod tables;
mod tags;
mod templates;
mod words;

use glovebox_aws_api::{
    ApiError, FieldError, Input, Labels, Listing, Operation, Timestamp, Wire as _,
};
use glovebox_model::{AccountId, Arn, Id, PageRequest, Resource};
use glovebox_room::{Caller, Room};
use serde_json::Value;

use crate::answer::Answer;
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

/// A verified request for one operation.
pub(crate) struct Ask<'a> {
    house: &'a House,
    call: &'a Call,
    operation: Operation,
    labels: &'a Labels,
}

/// Answers a request for an operation.
pub(crate) async fn answer(
    house: &House,
    call: &Call,
    operation: Operation,
    labels: &Labels,
) -> Answer {
    let ask = Ask { house, call, operation, labels };
    match carry_out(&ask).await {
        Ok(output) => Answer::json(operation.facts().success, &output),
        Err(Refused(error)) => error.into(),
    }
}

/// Answers the native view of starting a query or of looking at one.
pub(crate) async fn recorded(
    house: &House,
    call: &Call,
    (operation, labels): (Operation, &Labels),
    (from, intervals): (Option<u64>, bool),
) -> Result<Value, Refused> {
    let ask = Ask { house, call, operation, labels };
    match operation {
        Operation::StartProtectedQuery => {
            queries::start_recorded(&ask, ask.input()?, (from, intervals)).await
        }
        Operation::GetProtectedQuery => queries::get_recorded(&ask, ask.input()?, from).await,
        other => Err(ApiError::unknown_operation(Some(other.name())).into()),
    }
}

macro_rules! handlers {
    ($($operation:ident $handler:path,)*) => {
        /// Every operation that has a handler.
        #[cfg(test)]
        const HANDLED: &[Operation] = &[$(Operation::$operation,)*];

        async fn carry_out(ask: &Ask<'_>) -> Result<Value, Refused> {
            match ask.operation {
                $(Operation::$operation => {
                    let output = Box::pin($handler(ask, ask.input()?)).await?;
                    Ok(output.to_json())
                })*
                other => Err(ApiError::unknown_operation(Some(other.name())).into()),
            }
        }
    };
}

handlers! {
    BatchGetCollaborationAnalysisTemplate templates::batch,
    BatchGetSchema schemas::batch,
    BatchGetSchemaAnalysisRule schemas::batch_rules,
    CreateAnalysisTemplate templates::create,
    CreateCollaboration collaborations::create,
    CreateCollaborationChangeRequest changes::create,
    CreateConfiguredTable tables::create,
    CreateConfiguredTableAnalysisRule rules::create,
    CreateConfiguredTableAssociation associations::create,
    CreateConfiguredTableAssociationAnalysisRule association_rules::create,
    CreateMembership memberships::create,
    CreatePrivacyBudgetTemplate budgets::create,
    DeleteAnalysisTemplate templates::delete,
    DeleteCollaboration collaborations::delete,
    DeleteConfiguredTable tables::delete,
    DeleteConfiguredTableAnalysisRule rules::delete,
    DeleteConfiguredTableAssociation associations::delete,
    DeleteConfiguredTableAssociationAnalysisRule association_rules::delete,
    DeleteMember collaborations::delete_member,
    DeleteMembership memberships::delete,
    DeletePrivacyBudgetTemplate budgets::delete,
    GetAnalysisTemplate templates::get,
    GetCollaboration collaborations::get,
    GetCollaborationAnalysisTemplate templates::get_shared,
    GetCollaborationChangeRequest changes::get,
    GetCollaborationPrivacyBudgetTemplate budgets::get_shared,
    GetConfiguredTable tables::get,
    GetConfiguredTableAnalysisRule rules::get,
    GetConfiguredTableAssociation associations::get,
    GetConfiguredTableAssociationAnalysisRule association_rules::get,
    GetMembership memberships::get,
    GetPrivacyBudgetTemplate budgets::get,
    GetProtectedQuery queries::get,
    GetSchema schemas::get,
    GetSchemaAnalysisRule schemas::get_rule,
    ListAnalysisTemplates templates::list,
    ListCollaborationAnalysisTemplates templates::list_shared,
    ListCollaborationChangeRequests changes::list,
    ListCollaborationPrivacyBudgetTemplates budgets::list_shared,
    ListCollaborationPrivacyBudgets budgets::list_shared_budgets,
    ListCollaborations collaborations::list,
    ListConfiguredTableAssociations associations::list,
    ListConfiguredTables tables::list,
    ListMembers collaborations::members,
    ListMemberships memberships::list,
    ListPrivacyBudgetTemplates budgets::list,
    ListPrivacyBudgets budgets::list_budgets,
    ListProtectedQueries queries::list,
    ListSchemas schemas::list,
    ListTagsForResource tags::list,
    PreviewPrivacyImpact budgets::preview,
    StartProtectedQuery queries::start,
    TagResource tags::tag,
    UntagResource tags::untag,
    UpdateAnalysisTemplate templates::update,
    UpdateCollaboration collaborations::update,
    UpdateCollaborationChangeRequest changes::update,
    UpdateConfiguredTable tables::update,
    UpdateConfiguredTableAnalysisRule rules::update,
    UpdateConfiguredTableAssociation associations::update,
    UpdateConfiguredTableAssociationAnalysisRule association_rules::update,
    UpdateMembership memberships::update,
    UpdatePrivacyBudgetTemplate budgets::update,
    UpdateProtectedQuery queries::update,
}

impl Ask<'_> {
    fn input<I: Input>(&self) -> Result<I, Refused> {
        Ok(I::parse(self.labels, &self.call.query, self.call.body.bytes())?)
    }

    fn room(&self) -> &Room {
        &self.house.room
    }

    fn caller(&self) -> &Caller {
        &self.call.caller
    }

    /// The long name of something that `account` owns.
    fn arn(&self, account: AccountId, resource: Resource) -> Arn {
        Arn { region: self.house.region.to_string(), account, resource }
    }

    /// Where a list goes on. `scope` is the path's labels and the filters, in a fixed order: a
    /// token is good for the same list only.
    fn page(
        &self,
        scope: &[&str],
        token: Option<String>,
        most: Option<i32>,
    ) -> Result<PageRequest, Refused> {
        let after = match token {
            None => None,
            Some(token) => {
                let position = self.house.pages.position(&self.listing(scope), &token)?;
                Some(position.parse().map_err(|_| ApiError::internal())?)
            }
        };
        let limit = most.and_then(|it| u32::try_from(it).ok()).unwrap_or(PageRequest::MAX);
        Ok(PageRequest { after, limit: limit.min(PageRequest::MAX) })
    }

    /// The token of the page after this one.
    fn next(&self, scope: &[&str], next: Option<i64>) -> Option<String> {
        next.map(|it| self.house.pages.token(&self.listing(scope), &it.to_string()))
    }

    fn listing<'b>(&'b self, scope: &'b [&'b str]) -> Listing<'b> {
        Listing { operation: self.operation, caller: self.caller().account.as_str(), scope }
    }
}

/// One field at fault.
fn fault(name: &str, message: impl Into<String>) -> Refused {
    let (name, message) = (name.to_owned(), message.into());
    Refused(ApiError::fields(vec![FieldError { name, message }]))
}

fn id<K>(name: &str, text: &str) -> Result<Id<K>, Refused> {
    text.parse().map_err(|_| fault(name, "Member must be a UUID in lower case"))
}

fn account(name: &str, text: &str) -> Result<AccountId, Refused> {
    text.parse().map_err(|_| fault(name, "Member must be an account id of twelve digits"))
}

fn time(moment: glovebox_model::Timestamp) -> Timestamp {
    Timestamp(moment.as_millis())
}

#[cfg(test)]
mod tests {
    use glovebox_room::Action;

    use super::*;

    #[test]
    fn every_essential_operation_has_a_handler_and_no_other() {
        let handled: Vec<&str> = HANDLED.iter().map(|it| it.name()).collect();
        let essential = Action::ALL.iter().filter(|it| it.is_implemented());
        assert_eq!(handled, essential.map(|it| it.name()).collect::<Vec<_>>());
        assert_eq!(handled.len(), 64);
    }
}
