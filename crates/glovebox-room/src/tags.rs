//! Tags on things that the caller owns.

use std::collections::BTreeMap;

use glovebox_model::Arn;

use crate::authorize::OwnResource;
use crate::{Action, Caller, Room, RoomError};

impl Room {
    /// `ListTagsForResource`
    pub async fn list_tags_for_resource(
        &self,
        caller: &Caller,
        arn: Arn,
    ) -> Result<BTreeMap<String, String>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListTagsForResource;
        let authorized = self.authorize::<OwnResource>(&mut tx, caller, action, arn).await?;
        let OwnResource(resource) = authorized.resource;
        Ok(tx.tags(resource).await?)
    }

    /// `TagResource`: a tag of the same key gets the new value.
    pub async fn tag_resource(
        &self,
        caller: &Caller,
        arn: Arn,
        tags: BTreeMap<String, String>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::TagResource;
        let authorized = self.authorize::<OwnResource>(&mut tx, caller, action, arn).await?;
        let OwnResource(resource) = authorized.resource;
        let mut all = tx.tags(resource).await?;
        all.extend(tags.clone());
        self.check_tags(&all)?;
        tx.put_tags(resource, &tags).await?;
        self.commit(tx, caller).await
    }

    /// `UntagResource`: tags that are not there are passed over.
    pub async fn untag_resource(
        &self,
        caller: &Caller,
        arn: Arn,
        keys: Vec<String>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UntagResource;
        let authorized = self.authorize::<OwnResource>(&mut tx, caller, action, arn).await?;
        let OwnResource(resource) = authorized.resource;
        tx.remove_tags(resource, &keys).await?;
        self.commit(tx, caller).await
    }

    /// Whether a thing may have these tags. `aws:` belongs to AWS.
    pub(crate) fn check_tags(&self, tags: &BTreeMap<String, String>) -> Result<(), RoomError> {
        if tags.len() as u64 > self.quotas.tags_per_resource {
            let message = format!("a resource has at most {} tags", self.quotas.tags_per_resource);
            return Err(RoomError::field("tags", message));
        }
        let reserved = |key: &String| key.to_ascii_lowercase().starts_with("aws:");
        if tags.keys().any(reserved) {
            return Err(RoomError::field("tags", "keys that begin with `aws:` are reserved"));
        }
        Ok(())
    }
}
