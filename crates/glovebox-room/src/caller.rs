//! Who asks.

use glovebox_model::{AccessKeyId, AccountId};
use glovebox_store::AnswerClaim;

/// Who asks: an account, and the key it signed with. Made by the door that checked the signature.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The key.
    pub access_key_id: AccessKeyId,
    /// What makes the request the same if it comes again: what it does and that it was done are
    /// one transaction. Empty if it is carried out each time it comes.
    pub claims: Vec<AnswerClaim>,
}

impl Caller {
    /// A caller whose request is carried out each time it comes.
    pub fn new(account: AccountId, access_key_id: AccessKeyId) -> Self {
        Self { account, access_key_id, claims: Vec::new() }
    }
}
