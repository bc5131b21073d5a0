//! The text that a request is about: written out, or a template with its values.

use glovebox_model::{
    AccountId, AnalysisTemplate, Collaboration, Id, Member, MemberAbility, MemberStatus,
    ParameterFault, TemplateUse,
};
use glovebox_store::Tx;

use crate::RoomError;
use crate::error::FieldFault;

/// The longest SQL text, in characters.
const MAX_CHARACTERS: usize = 500_000;

/// A text or a template, as a request names it.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    /// `queryString`
    pub(super) query_string: Option<String>,
    /// `analysisTemplateArn`
    pub(super) analysis_template_arn: Option<String>,
    /// `parameters`
    pub(super) parameters: Vec<(String, String)>,
}

impl Named {
    /// The text, and the template that it is from. `within` is the field of the request that
    /// holds the names, with a dot, or nothing.
    pub(super) async fn text(
        self,
        tx: &mut Tx,
        collaboration: Id<Collaboration>,
        within: &str,
    ) -> Result<(String, Option<TemplateUse>), RoomError> {
        let Self { query_string, analysis_template_arn, parameters } = self;
        let (text, used) = match (query_string, analysis_template_arn) {
            (Some(text), None) if parameters.is_empty() => (text, None),
            (Some(_), None) => {
                let message = "parameters belong to analysis templates";
                return Err(RoomError::field(format!("{within}parameters"), message));
            }
            (None, Some(arn)) => {
                let (text, used) = template(tx, collaboration, (arn, parameters), within).await?;
                (text, Some(used))
            }
            (Some(_), Some(_)) | (None, None) => {
                let whole = within.strip_suffix('.').unwrap_or("queryString");
                let message = "exactly one of queryString and analysisTemplateArn must be given";
                return Err(RoomError::field(whole, message));
            }
        };
        if text.is_empty() || text.chars().count() > MAX_CHARACTERS {
            let message = "the text must have 1 to 500000 characters";
            return Err(RoomError::field(format!("{within}queryString"), message));
        }
        Ok((text, used))
    }
}

/// The text of a template of the collaboration, with the values of its parameters.
async fn template(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    (arn, given): (String, Vec<(String, String)>),
    within: &str,
) -> Result<(String, TemplateUse), RoomError> {
    let found = crate::templates::visible(tx, collaboration, &arn).await?;
    let found = found.ok_or_else(|| {
        let message = "the collaboration has no such analysis template";
        RoomError::field(format!("{within}analysisTemplateArn"), message)
    })?;
    let named = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let parameters = found.parts.parameters_of(named).map_err(|faults| {
        let fault = |it: &ParameterFault| FieldFault {
            name: format!("{within}parameters.{}", it.name()),
            message: it.to_string(),
        };
        RoomError::fields(faults.iter().map(fault).collect())
    })?;
    let AnalysisTemplate { id, author, parts, .. } = found;
    Ok((parts.text, TemplateUse { template: id, arn, author, given, parameters }))
}

/// Whether results can go to this account: an active member that receives them.
pub(super) fn must_receive(
    members: &[Member],
    receiver: AccountId,
    field: &str,
) -> Result<(), RoomError> {
    let receives = members.iter().any(|it| {
        it.account == receiver
            && it.status == MemberStatus::Active
            && it.terms.may(MemberAbility::CanReceiveResults)
    });
    if receives {
        return Ok(());
    }
    let message = format!("account {receiver} is not an active member that receives results");
    Err(RoomError::field(field, message))
}
