//! Tags.

use glovebox_aws_api::ApiError;
use glovebox_aws_api::shapes::{
    ListTagsForResourceInput, ListTagsForResourceOutput, ResourceType, TagResourceInput,
    TagResourceOutput, UntagResourceInput, UntagResourceOutput,
};
use glovebox_model::Arn;

use super::Ask;
use crate::errors::Refused;

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Refused> {
    let ListTagsForResourceInput { resource_arn } = input;
    let tags = ask.room().list_tags_for_resource(ask.caller(), arn(ask, &resource_arn)?).await?;
    Ok(ListTagsForResourceOutput { tags })
}

pub(super) async fn tag(
    ask: &Ask<'_>,
    input: TagResourceInput,
) -> Result<TagResourceOutput, Refused> {
    let TagResourceInput { resource_arn, tags } = input;
    ask.room().tag_resource(ask.caller(), arn(ask, &resource_arn)?, tags).await?;
    Ok(TagResourceOutput {})
}

pub(super) async fn untag(
    ask: &Ask<'_>,
    input: UntagResourceInput,
) -> Result<UntagResourceOutput, Refused> {
    let UntagResourceInput { resource_arn, tag_keys } = input;
    ask.room().untag_resource(ask.caller(), arn(ask, &resource_arn)?, tag_keys).await?;
    Ok(UntagResourceOutput {})
}

/// An ARN of another region or of a kind that is not here names nothing.
fn arn(ask: &Ask<'_>, text: &str) -> Result<Arn, Refused> {
    let here = |it: &Arn| *it.region == *ask.house.region;
    text.parse().ok().filter(here).ok_or_else(|| {
        let message = format!("resource {text} was not found");
        Refused(ApiError::not_found(ResourceType::Collaboration, text, message))
    })
}
