//! What queries have taken from budgets: sums of the charges that were written when they opened.

use glovebox_model::{
    AccountId, Accountant, Association, AutoRefresh, Collaboration, Id, Query, Timestamp,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::rows::{moment, parsed, word};
use crate::{StoreError, Tx};

/// What was taken from one pool: the users of one population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolSpent {
    /// The population; empty if its owner names none.
    pub population: String,
    /// How it was added up.
    pub accountant: Accountant,
    /// Billionths of rho or epsilon.
    pub loss_nano: u64,
    /// 10^-18 of delta.
    pub delta_atto: u64,
}

/// What one query took from one pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivacyCharge {
    /// The query.
    pub query: Id<Query>,
    /// Who ran it.
    pub runner: AccountId,
    /// The population; empty if its owner names none.
    pub population: String,
    /// How it was added up.
    pub accountant: Accountant,
    /// Billionths of rho or epsilon.
    pub loss_nano: u64,
    /// 10^-18 of delta.
    pub delta_atto: u64,
    /// When.
    pub charged: Timestamp,
}

const CORRUPT: StoreError = StoreError::Corrupt { what: "privacy charges" };

/// The charges of the running period, under whichever template they were made: a budget that is
/// deleted and made anew with another way of renewing begins where the old one ended.
const RUNNING: &str = "collaboration = ?1 AND owner = ?2 AND charged >= ?3";

impl Tx {
    /// What was taken in the running period from each pool of an owner.
    pub async fn privacy_spent(
        &mut self,
        collaboration: Id<Collaboration>,
        owner: AccountId,
        refresh: AutoRefresh,
    ) -> Result<Vec<PoolSpent>, StoreError> {
        let began = self.began(refresh);
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT population, accountant, sum(loss_nano) AS loss_nano,
                 sum(delta_atto) AS delta_atto
             FROM privacy_charges WHERE {RUNNING}
             GROUP BY population, accountant ORDER BY population, accountant"
        )))
        .bind(collaboration.to_string())
        .bind(owner.to_string())
        .bind(began)
        .fetch_all(self.connection())
        .await?;
        let pool = |row: &SqliteRow| {
            Ok(PoolSpent {
                population: row.try_get("population")?,
                accountant: word(row, "accountant", Accountant::from_aws_name)?,
                loss_nano: count(row, "loss_nano")?,
                delta_atto: count(row, "delta_atto")?,
            })
        };
        rows.iter().map(pool).collect()
    }

    /// Each charge of the running period against an owner's pools, oldest first.
    pub async fn privacy_charges(
        &mut self,
        collaboration: Id<Collaboration>,
        owner: AccountId,
        refresh: AutoRefresh,
    ) -> Result<Vec<PrivacyCharge>, StoreError> {
        let began = self.began(refresh);
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT query, runner, population, accountant, loss_nano, delta_atto, charged
             FROM privacy_charges WHERE {RUNNING} ORDER BY charged, query, population"
        )))
        .bind(collaboration.to_string())
        .bind(owner.to_string())
        .bind(began)
        .fetch_all(self.connection())
        .await?;
        let charge = |row: &SqliteRow| {
            Ok(PrivacyCharge {
                query: parsed(row, "query")?,
                runner: parsed(row, "runner")?,
                population: row.try_get("population")?,
                accountant: word(row, "accountant", Accountant::from_aws_name)?,
                loss_nano: count(row, "loss_nano")?,
                delta_atto: count(row, "delta_atto")?,
                charged: moment(row, "charged")?,
            })
        };
        rows.iter().map(charge).collect()
    }

    /// Whether anything was ever taken from an owner's pools in a collaboration.
    pub async fn privacy_was_spent(
        &mut self,
        collaboration: Id<Collaboration>,
        owner: AccountId,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM privacy_charges
                   WHERE collaboration = ?1 AND owner = ?2)";
        let found: i64 = sqlx::query_scalar(sql)
            .bind(collaboration.to_string())
            .bind(owner.to_string())
            .fetch_one(self.connection())
            .await?;
        Ok(found > 0)
    }

    /// When a table had its first budget of queries, whatever became of it.
    pub async fn first_access_budget(
        &mut self,
        table: Id<Association>,
    ) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(created) FROM budget_templates WHERE association = ?1";
        let first: Option<i64> =
            sqlx::query_scalar(sql).bind(table.to_string()).fetch_one(self.connection()).await?;
        Ok(first.map(Timestamp::from_millis))
    }

    /// When the running period began.
    fn began(&self, refresh: AutoRefresh) -> i64 {
        refresh.span(self.now()).map_or(i64::MIN, |(from, _)| from.as_millis())
    }
}

fn count(row: &SqliteRow, column: &'static str) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| CORRUPT)
}
