//! Whether a template can run over the tables with differential privacy that it names.

use glovebox_model::{AnalysisTemplate, TableName};
use glovebox_store::Tx;

use crate::RoomError;
use crate::rules::user_identifier;
use crate::schemas::visible;

/// What is known of a template over tables with differential privacy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivacyValidation {
    /// It breaks what differential privacy asks for: why.
    Invalid(Vec<String>),
    /// It could not be judged: why.
    UnableToValidate(Vec<String>),
    /// It can run.
    Valid,
}

/// Whether a template names a table with differential privacy that is there now.
pub(super) async fn is_private(
    tx: &mut Tx,
    template: &AnalysisTemplate,
) -> Result<bool, RoomError> {
    let mut is_private = false;
    for name in &template.parts.tables {
        let Ok(name) = TableName::new(name) else { continue };
        let association = match visible(tx, template.collaboration, &name).await {
            Ok(it) => it,
            Err(RoomError::NotFound { .. }) => continue,
            Err(error) => return Err(error),
        };
        let rule = tx.rule(association.table).await?;
        is_private |= rule.is_some_and(|it| user_identifier(&it.written).is_some());
    }
    Ok(is_private)
}
