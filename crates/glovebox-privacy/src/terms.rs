//! What data owners demand for reading their tables.

use std::collections::BTreeMap;

use glovebox_model::{AccountId, PrivacyTerms};

/// The owners' terms. Thresholds belong to the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The budget that each owner offers for differential privacy in the collaboration.
    pub budgets: BTreeMap<AccountId, PrivacyTerms>,
}
