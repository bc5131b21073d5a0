//! Charges of access budgets: every opened query takes one from every table that it touches,
//! whether there is a budget or not.

use glovebox_model::{AccessLimit, AccessTerms, Association, BudgetTerms, Id, Query, Timestamp};
use sqlx::Row as _;

use crate::calendar::{Span, access_period};
use crate::document::{self, BudgetDocument};
use crate::{StoreError, Tx};

impl Tx {
    /// The access budget of a table; `None` when it has none.
    pub async fn access_terms(
        &mut self,
        association: Id<Association>,
    ) -> Result<Option<AccessTerms>, StoreError> {
        let text: Option<String> = sqlx::query_scalar(
            "SELECT document FROM budget_templates
             WHERE association = ?1 AND kind = 'ACCESS_BUDGET' AND deleted = 0",
        )
        .bind(association.to_string())
        .fetch_optional(self.connection())
        .await?;
        match text.as_deref().map(document::read::<BudgetDocument>).transpose()? {
            None => Ok(None),
            Some(BudgetTerms::Access(terms)) => Ok(Some(terms)),
            Some(BudgetTerms::Privacy(_)) => {
                Err(StoreError::Corrupt { what: "privacy budget templates" })
            }
        }
    }

    /// How many queries count against a limit at a moment: those of the present period, or of all
    /// time where it does not renew, since the table first had an access budget. A template that
    /// is deleted and made anew goes on with what was taken.
    pub async fn access_used(
        &mut self,
        association: Id<Association>,
        limit: AccessLimit,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let Span { from, until } =
            if limit.auto_refresh { access_period(limit.period, at) } else { Span::EVER };
        let row = sqlx::query(
            "SELECT count(*) FROM access_charges
             WHERE association = ?1 AND charged >= ?2 AND charged < ?3 AND charged >= (
                 SELECT min(created) FROM budget_templates
                 WHERE association = ?1 AND kind = 'ACCESS_BUDGET'
             )",
        )
        .bind(association.to_string())
        .bind(from)
        .bind(until)
        .fetch_one(self.connection())
        .await?;
        Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
    }

    /// Takes one from a table for a query; false, and nothing is taken, when a limit is used up.
    pub(crate) async fn take_access(
        &mut self,
        association: Id<Association>,
        query: Id<Query>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let terms = self.access_terms(association).await?;
        for limit in terms.into_iter().flat_map(|it| it.limits) {
            if self.access_used(association, limit, at).await? >= u64::from(limit.budget) {
                return Ok(false);
            }
        }
        sqlx::query("INSERT INTO access_charges (query, association, charged) VALUES (?1, ?2, ?3)")
            .bind(query.to_string())
            .bind(association.to_string())
            .bind(at.as_millis())
            .execute(self.connection())
            .await?;
        Ok(true)
    }
}
