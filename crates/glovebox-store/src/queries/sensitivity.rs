//! How the aggregates of private queries were bounded.

use glovebox_model::{Bounds, Id, PrivateAggregation, Query, Sensitivity};
use serde::{Deserialize, Serialize};

use super::CORRUPT;
use crate::{StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SensitivityV1 {
    aggregation: String,
    expression: String,
    user_contribution_limit: u32,
    bounds: Option<(String, String)>,
}

impl Tx {
    /// Keeps what the runner of a query may see of how it was bounded.
    pub async fn put_sensitivity(
        &mut self,
        query: Id<Query>,
        sensitivity: &[Sensitivity],
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE queries SET sensitivity = ?2 WHERE id = ?1")
            .bind(query.to_string())
            .bind(to_text(sensitivity)?)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

fn to_text(sensitivity: &[Sensitivity]) -> Result<String, StoreError> {
    let form = |it: &Sensitivity| {
        let Sensitivity { aggregation, expression, user_contribution_limit, bounds } = it;
        SensitivityV1 {
            aggregation: aggregation.aws_name().to_owned(),
            expression: expression.clone(),
            user_contribution_limit: *user_contribution_limit,
            bounds: bounds.map(|it| (it.low.to_string(), it.high.to_string())),
        }
    };
    let forms: Vec<SensitivityV1> = sensitivity.iter().map(form).collect();
    serde_json::to_string(&forms).map_err(|_| CORRUPT)
}

pub(super) fn parse(text: &str) -> Result<Vec<Sensitivity>, StoreError> {
    let forms: Vec<SensitivityV1> = serde_json::from_str(text).map_err(|_| CORRUPT)?;
    let noun = |it: SensitivityV1| {
        let SensitivityV1 { aggregation, expression, user_contribution_limit, bounds } = it;
        let bounds = match bounds {
            Some((low, high)) => Some(Bounds { low: low.parse().ok()?, high: high.parse().ok()? }),
            None => None,
        };
        let aggregation = PrivateAggregation::from_aws_name(&aggregation)?;
        Some(Sensitivity { aggregation, expression, user_contribution_limit, bounds })
    };
    forms.into_iter().map(noun).collect::<Option<_>>().ok_or(CORRUPT)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn what_was_shown_stays_readable() {
        let bounds = Bounds { low: "-60".parse().unwrap(), high: "600.5".parse().unwrap() };
        let shown = vec![
            Sensitivity {
                aggregation: PrivateAggregation::Avg,
                expression: "AVG(delay)".into(),
                user_contribution_limit: 3,
                bounds: Some(bounds),
            },
            Sensitivity {
                aggregation: PrivateAggregation::CountDistinct,
                expression: "COUNT(DISTINCT tailnum)".into(),
                user_contribution_limit: 1,
                bounds: None,
            },
        ];
        let text = to_text(&shown).unwrap();
        expect![[r#"[{"aggregation":"AVG","expression":"AVG(delay)","userContributionLimit":3,"bounds":["-60","600.5"]},{"aggregation":"COUNT_DISTINCT","expression":"COUNT(DISTINCT tailnum)","userContributionLimit":1,"bounds":null}]"#]]
        .assert_eq(&text);
        assert_eq!(parse(&text).unwrap(), shown);
        assert!(parse(&text.replace("AVG\"", "MAX\"")).is_err());
    }
}
