//! Charges of privacy budgets: what queries have taken from pools. Written once, never given back.

use std::collections::BTreeMap;

use glovebox_model::{
    AccountId, Accountant, BudgetTerms, Collaboration, Id, PrivacyTerms, ProtectedQuery, Timestamp,
};
use glovebox_privacy::Charge;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::calendar::{Period, Span};
use crate::document::{self, BudgetDocument};
use crate::rows::parsed;
use crate::{StoreError, Tx};

const CORRUPT: StoreError = StoreError::Corrupt { what: "privacy charges" };

/// The budget that an owner offers in a collaboration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivacyBudget {
    /// What it offers.
    pub terms: PrivacyTerms,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// A pool: all tables of one owner over one population.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool<'a> {
    /// In one collaboration; `None` for all of them together.
    pub collaboration: Option<Id<Collaboration>>,
    /// Whose tables.
    pub owner: AccountId,
    /// Whose identifiers.
    pub population: &'a str,
}

/// What was taken from a pool, as one accountant adds it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Billionths of rho or epsilon.
    pub loss_nano: u128,
    /// 10^-18 of delta.
    pub delta_atto: u128,
}

impl Spent {
    /// Whether so much more may be taken when both sums may grow to `allowed`.
    pub(crate) fn affords(self, charge: &Charge, allowed: (u64, u64)) -> bool {
        let loss = self.loss_nano.checked_add(charge.loss_nano.into());
        let delta = self.delta_atto.checked_add(charge.delta_atto.into());
        loss.is_some_and(|it| it <= allowed.0.into())
            && delta.is_some_and(|it| it <= allowed.1.into())
    }
}

impl Tx {
    /// The privacy budgets of a collaboration, by owner.
    pub async fn privacy_budgets(
        &mut self,
        collaboration: Id<Collaboration>,
    ) -> Result<BTreeMap<AccountId, PrivacyBudget>, StoreError> {
        let rows = sqlx::query(
            "SELECT account, version, document FROM budget_templates
             WHERE collaboration = ?1 AND kind = 'DIFFERENTIAL_PRIVACY' AND deleted = 0",
        )
        .bind(collaboration.to_string())
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| Ok((parsed(row, "account")?, budget(row)?))).collect()
    }

    /// What was taken from a pool in the period of a budget in which `at` lies. `None` when it
    /// cannot be added up: rho was taken, and `accountant` counts epsilon.
    ///
    /// A period of `CALENDAR_MONTH` holds all charges of that month and one of `NONE` holds all
    /// charges, under whichever template they were made.
    pub async fn spent(
        &mut self,
        pool: Pool<'_>,
        terms: PrivacyTerms,
        at: Timestamp,
    ) -> Result<Option<Spent>, StoreError> {
        let period = Period::of(terms.auto_refresh, at);
        self.spent_in(pool, terms.accountant, period.span).await
    }

    /// The same over a span of time.
    pub(crate) async fn spent_in(
        &mut self,
        pool: Pool<'_>,
        accountant: Accountant,
        span: Span,
    ) -> Result<Option<Spent>, StoreError> {
        let Pool { collaboration, owner, population } = pool;
        if self.is_closed(owner, span.from).await? {
            // What was charged between an older copy and its loss is not known: all of it.
            return Ok(Some(Spent { loss_nano: u64::MAX.into(), delta_atto: u64::MAX.into() }));
        }
        let collaboration = collaboration.map(|it| it.to_string());
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{SUMS} {OF_POOL} AND accountant = ?6")))
            .bind(owner.to_string())
            .bind(population)
            .bind(&collaboration)
            .bind(span.from)
            .bind(span.until)
            .bind(accountant.aws_name())
            .fetch_one(self.connection())
            .await?;
        let mut spent = Spent { loss_nano: whole(&row, 0)?, delta_atto: whole(&row, 2)? };
        let others =
            sqlx::query(sqlx::AssertSqlSafe(format!("{ROWS} {OF_POOL} AND accountant <> ?6")))
                .bind(owner.to_string())
                .bind(population)
                .bind(&collaboration)
                .bind(span.from)
                .bind(span.until)
                .bind(accountant.aws_name())
                .fetch_all(self.connection())
                .await?;
        for row in others {
            let (loss, delta): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            match accountant {
                Accountant::Zcdp => {
                    spent.loss_nano += rho_nano(loss.unsigned_abs());
                    spent.delta_atto += u128::from(delta.unsigned_abs());
                }
                Accountant::Pure => return Ok(None),
            }
        }
        Ok(Some(spent))
    }

    /// The newest moment that this house has recorded.
    pub(crate) async fn newest_moment(&mut self) -> Result<i64, StoreError> {
        let newest: Option<i64> = sqlx::query_scalar(
            "SELECT max(at) FROM (
                 SELECT max(charged) AS at FROM privacy_charges
                 UNION ALL SELECT max(json_extract(head, '$.at')) FROM ledger_trees
             )",
        )
        .fetch_one(self.connection())
        .await?;
        Ok(newest.unwrap_or(i64::MIN))
    }

    /// The moment of a charge: by the clock, and never before anything recorded, so that no
    /// period opens again. A clock that jumped far charges nothing: see clock_halt.rs.
    pub(crate) async fn moment_of_charge(&mut self) -> Result<Timestamp, StoreError> {
        let (newest, now) = (self.newest_moment().await?, self.now().as_millis());
        Ok(Timestamp::from_millis(newest.max(now)))
    }

    /// Writes what a query takes.
    pub(crate) async fn write_charge(
        &mut self,
        query: &ProtectedQuery,
        charge: &Charge,
        (period, at): (&str, Timestamp),
    ) -> Result<(), StoreError> {
        let amount = |it: u64| i64::try_from(it).map_err(|_| CORRUPT);
        sqlx::query(
            "INSERT INTO privacy_charges (query, collaboration, owner, population, period,
                 accountant, runner, loss_nano, delta_atto, charged)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )
        .bind(query.id.to_string())
        .bind(query.collaboration.to_string())
        .bind(charge.owner.to_string())
        .bind(&charge.population)
        .bind(period)
        .bind(charge.accountant.aws_name())
        .bind(query.runner.to_string())
        .bind(amount(charge.loss_nano)?)
        .bind(amount(charge.delta_atto)?)
        .bind(at.as_millis())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

/// In two halves: a sum of halves of 64 bits does not overflow.
const SUMS: &str = "SELECT
    coalesce(sum(loss_nano >> 32), 0), coalesce(sum(loss_nano & 4294967295), 0),
    coalesce(sum(delta_atto >> 32), 0), coalesce(sum(delta_atto & 4294967295), 0)
    FROM privacy_charges";
const ROWS: &str = "SELECT loss_nano, delta_atto FROM privacy_charges";
const OF_POOL: &str = "WHERE owner = ?1 AND population = ?2
    AND (?3 IS NULL OR collaboration = ?3) AND charged >= ?4 AND charged < ?5";

fn whole(row: &SqliteRow, place: usize) -> Result<u128, StoreError> {
    let (high, low): (i64, i64) = (row.try_get(place)?, row.try_get(place + 1)?);
    Ok((u128::from(high.unsigned_abs()) << 32) + u128::from(low.unsigned_abs()))
}

/// Pure epsilon as rho, rounded up: epsilon-DP is (epsilon^2 / 2)-zCDP.
fn rho_nano(epsilon_nano: u64) -> u128 {
    let epsilon = u128::from(epsilon_nano);
    (epsilon * epsilon).div_ceil(2_000_000_000)
}

fn budget(row: &SqliteRow) -> Result<PrivacyBudget, StoreError> {
    match document::read::<BudgetDocument>(row.try_get("document")?)? {
        BudgetTerms::Privacy(terms) => {
            Ok(PrivacyBudget { terms, version: row.try_get("version")? })
        }
        BudgetTerms::Access(_) => Err(StoreError::Corrupt { what: "privacy budget templates" }),
    }
}

#[cfg(test)]
mod tests {
    use super::rho_nano;

    #[test]
    fn epsilon_becomes_rho_rounded_up() {
        for (epsilon, rho) in [
            (0, 0),
            (1, 1),
            (1_000_000_000, 500_000_000),
            (2_000_000_000, 2_000_000_000),
            (44_722, 2),
        ] {
            assert_eq!(rho_nano(epsilon), rho, "{epsilon}");
        }
        assert!(rho_nano(u64::MAX) > u128::from(u64::MAX));
    }
}
