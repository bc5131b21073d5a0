//! Whether a template has a private answer, judged by the tables and declarations of this moment.

use glovebox_model::{
    AccountId, AnalysisTemplate, Finding, MemberAbility, Parameter, ParameterType, TableName,
    TemplateParts, Timestamp,
};
use glovebox_policy::private_answer;
use glovebox_privacy::has_price;
use glovebox_store::Snapshot;

use super::consent::Asked;
use super::judge::{rules, schema, terms, too_long};
use super::turns::{LONGEST, in_time};
use crate::worker::aside;
use crate::{Caller, PrivacyValidation, Room, RoomError};

/// Of an owner that offers no budget: the query is not at fault.
const NO_BUDGET: u16 = 430;

impl Room {
    /// Judges a template for whoever looks at it, in the time and as often as texts are explained.
    pub(crate) async fn validated(
        &self,
        caller: &Caller,
        template: &AnalysisTemplate,
    ) -> Result<PrivacyValidation, RoomError> {
        let asked = match self.turns.ask(caller.account, self.store.now()) {
            Ok(asked) => asked.turn().await,
            Err(throttled) => Err(throttled),
        };
        let Ok(turn) = asked else { return Ok(unable("too many texts are judged: ask again")) };
        let place = template.collaboration;
        let runner = {
            let mut tx = self.store.read().await?;
            let members = tx.members(place).await?;
            members.iter().find(|it| it.terms.may(MemberAbility::CanQuery)).map(|it| it.account)
        };
        let Some(runner) = runner else { return Ok(unable("nobody can run queries")) };
        let snapshot = self.store.snapshot_for(place, runner, &caller.access_key_id).await?;
        let (parts, now) = (template.parts.clone(), self.store.now());
        // A hostile text may take long: never on a thread that serves others.
        let judging = aside(move || {
            let _turn = turn;
            judged(&parts, &snapshot, runner, now)
        });
        match in_time(LONGEST, judging).await {
            Ok(judged) => judged.ok_or_else(RoomError::fallen),
            Err(_) => Ok(unable("judging this text takes too long")),
        }
    }
}

fn unable(reason: &str) -> PrivacyValidation {
    PrivacyValidation::UnableToValidate(vec![reason.to_owned()])
}

/// What differential privacy alone says of the text, as run by `runner`. Whether its owners admit
/// it is no part of it.
fn judged(
    parts: &TemplateParts,
    snapshot: &Snapshot,
    runner: AccountId,
    now: Timestamp,
) -> PrivacyValidation {
    let here = |it: &&String| TableName::new(it).is_ok_and(|it| snapshot.tables.contains_key(&it));
    let missing = parts.tables.iter().filter(|it| !here(it));
    let missing: Vec<String> =
        missing.map(|it| format!("the collaboration has no table `{it}` now")).collect();
    if !missing.is_empty() {
        return PrivacyValidation::UnableToValidate(missing);
    }
    let Some((parameters, are_known)) = values(parts) else {
        return unable("a parameter has a type for which there is no value here");
    };
    let text = &parts.text;
    let reasons = |findings: &[Finding]| findings.iter().map(|it| it.line(text)).collect();
    let bound = glovebox_sql::bind_template(text, &schema(snapshot), now, &parameters);
    let bound = match bound {
        Ok(bound) => bound,
        Err(unbound) => {
            let findings: Vec<Finding> = unbound.into_iter().map(Finding::from).collect();
            // The stand-in for a value may be what does not fit.
            return match are_known {
                true => PrivacyValidation::Invalid(reasons(&findings)),
                false => PrivacyValidation::UnableToValidate(reasons(&findings)),
            };
        }
    };
    let asked = Asked { runner, receivers: &[], template: None };
    let query = match private_answer(bound, &rules(snapshot, &asked)) {
        Ok(Some(query)) => query,
        Ok(None) => return unable("the text reads no table with differential privacy"),
        Err(refusals) => match refusals.internal() {
            Some(cause) => {
                tracing::error!(cause, "a template could not be judged");
                return unable("the text could not be judged");
            }
            None => return PrivacyValidation::Invalid(reasons(&refusals.into_findings())),
        },
    };
    if let Some(finding) = too_long(text) {
        return PrivacyValidation::Invalid(reasons(&[finding]));
    }
    match has_price(&query, &terms(snapshot)) {
        Ok(()) => PrivacyValidation::Valid,
        Err(finding) if finding.code.0 == NO_BUDGET => {
            PrivacyValidation::UnableToValidate(reasons(&[*finding]))
        }
        Err(finding) => PrivacyValidation::Invalid(reasons(&[*finding])),
    }
}

/// A value of each parameter: its default, else a stand-in of its type; and whether all of them
/// are defaults.
fn values(parts: &TemplateParts) -> Option<(Vec<Parameter>, bool)> {
    let mut values = Vec::new();
    for it in &parts.parameters {
        let value = match &it.default {
            Some(value) => value.clone(),
            None => stand_in(it.kind)?.to_owned(),
        };
        it.kind.literal(&value)?;
        values.push(Parameter { name: it.name.clone(), kind: it.kind, value });
    }
    Some((values, parts.parameters.iter().all(|it| it.default.is_some())))
}

fn stand_in(kind: ParameterType) -> Option<&'static str> {
    let some = ["1", "true", "2020-01-01", "2020-01-01 00:00:00"];
    some.into_iter().find(|it| kind.literal(it).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_parameter_that_can_be_used_has_a_stand_in() {
        for (kind, value) in [
            (ParameterType::Bigint, "1"),
            (ParameterType::Decimal, "1"),
            (ParameterType::Double, "1"),
            (ParameterType::Boolean, "true"),
            (ParameterType::Date, "2020-01-01"),
            (ParameterType::String, "1"),
        ] {
            assert_eq!(stand_in(kind), Some(value), "{kind:?}");
        }
        assert!(stand_in(ParameterType::Timestamp).is_some());
        assert_eq!(stand_in(ParameterType::Binary), None);
    }
}
