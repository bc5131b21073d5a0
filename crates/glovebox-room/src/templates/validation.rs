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

/// What is known now; nothing for a template that names no table with differential privacy.
pub(super) async fn validation(
    tx: &mut Tx,
    template: &AnalysisTemplate,
) -> Result<Option<PrivacyValidation>, RoomError> {
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
    Ok(if is_private { Some(judged(template)) } else { None })
}

/// What judgement says of a template over tables with differential privacy.
fn judged(_template: &AnalysisTemplate) -> PrivacyValidation {
    let reason = "whether the template satisfies differential privacy is judged when it is run";
    PrivacyValidation::UnableToValidate(vec![reason.to_owned()])
}
