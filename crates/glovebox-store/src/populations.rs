//! Populations: where user identifiers are from, and which tables lie over one source.

use glovebox_model::{
    AccountId, Accountant, ColumnName, ConfiguredTable, Extension, Id, TableReference, TableRule,
    WrittenRule,
};

use crate::rows::parsed;
use crate::{StoreError, Tx};

const CORRUPT: StoreError = StoreError::Corrupt { what: "populations" };

/// Whose identifiers a source has, fixed when it was first queried with differential privacy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedPopulation {
    /// The population.
    pub population: String,
    /// The column of the user identifier.
    pub identifier: ColumnName,
}

/// What the rule of a table says of its users, as far as a pool is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Users {
    /// The column that tells them apart, and the population that they are from.
    pub fixed: FixedPopulation,
    /// How loss is added up.
    pub accountant: Accountant,
    /// The greatest epsilon over all periods and collaborations.
    pub lifetime_epsilon: Option<u32>,
}

impl Users {
    /// What a rule with differential privacy says; `None` for every other rule.
    pub fn of(rule: &TableRule, extension: &Extension) -> Option<Self> {
        let identifier = match &rule.written {
            WrittenRule::Custom(custom) => custom.differential_privacy.as_ref()?.first()?.clone(),
            WrittenRule::Aggregation(_) | WrittenRule::List(_) => return None,
        };
        let declared = &extension.declared;
        let population = declared.population_name().to_owned();
        Some(Self {
            fixed: FixedPopulation { population, identifier },
            accountant: declared.accountant,
            lifetime_epsilon: declared.lifetime_epsilon,
        })
    }
}

/// The data behind a configured table, under whatever id it was configured: the folder of its
/// owner's tables if it is not the usual one, database and table.
pub(crate) async fn source(tx: &mut Tx, table: &ConfiguredTable) -> Result<String, StoreError> {
    let owner = tx.account(table.owner).await?.ok_or(CORRUPT)?;
    let TableReference { kind: _, region: _, database, table, connection: _ } = &table.reference;
    serde_json::to_string(&(owner.tables, database, table)).map_err(|_| CORRUPT)
}

impl Tx {
    /// The population of a table's source, once it was queried with differential privacy.
    pub async fn fixed_population(
        &mut self,
        table: &ConfiguredTable,
    ) -> Result<Option<FixedPopulation>, StoreError> {
        let source = source(self, table).await?;
        let sql = "SELECT population, identifier FROM populations WHERE owner = ?1 AND source = ?2";
        let row = sqlx::query_as::<_, (String, String)>(sql)
            .bind(table.owner.to_string())
            .bind(source)
            .fetch_optional(self.connection())
            .await?;
        let fixed = |(population, identifier): (String, String)| {
            let identifier = ColumnName::new(&identifier).map_err(|_| CORRUPT)?;
            Ok(FixedPopulation { population, identifier })
        };
        row.map(fixed).transpose()
    }

    /// Fixes the population of a table's source for ever; false when it is fixed as another.
    pub(crate) async fn fix_population(
        &mut self,
        table: &ConfiguredTable,
        population: &FixedPopulation,
    ) -> Result<bool, StoreError> {
        let source = source(self, table).await?;
        sqlx::query(
            "INSERT INTO populations (owner, source, population, identifier)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        )
        .bind(table.owner.to_string())
        .bind(source)
        .bind(&population.population)
        .bind(population.identifier.as_str())
        .execute(self.connection())
        .await?;
        Ok(self.fixed_population(table).await?.as_ref() == Some(population))
    }

    /// The name of another table of the same owner over the same source whose rule says something
    /// else of its users, or nothing while this one's says something.
    pub(crate) async fn at_odds(
        &mut self,
        table: &ConfiguredTable,
        users: Option<&Users>,
    ) -> Result<Option<String>, StoreError> {
        for other in self.over_one_source(table).await? {
            let Some(rule) = self.rule(other).await? else { continue };
            let extension = self.extension_in_force(other).await?;
            if Users::of(&rule, &extension).as_ref() != users {
                return Ok(self.table(other).await?.map(|it| it.name));
            }
        }
        Ok(None)
    }

    /// The least `lifetimeEpsilon` that an owner declares for a population, on any table.
    pub async fn lifetime_epsilon(
        &mut self,
        owner: AccountId,
        population: &str,
    ) -> Result<Option<u32>, StoreError> {
        let ids = sqlx::query("SELECT id FROM configured_tables WHERE owner = ?1")
            .bind(owner.to_string())
            .fetch_all(self.connection())
            .await?;
        let mut least = None;
        for row in &ids {
            let Some(extension) = self.extension(parsed(row, "id")?).await? else { continue };
            let declared = extension.declared;
            if declared.population_name() == population {
                least = least.into_iter().chain(declared.lifetime_epsilon).min();
            }
        }
        Ok(least)
    }

    /// The other configured tables over the source of `table`, oldest first.
    async fn over_one_source(
        &mut self,
        table: &ConfiguredTable,
    ) -> Result<Vec<Id<ConfiguredTable>>, StoreError> {
        let rows = sqlx::query(OTHERS)
            .bind(table.owner.to_string())
            .bind(&table.reference.database)
            .bind(&table.reference.table)
            .bind(table.id.to_string())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| parsed(row, "id")).collect()
    }
}

/// All tables of one account lie below one folder: database and table tell their sources apart.
const OTHERS: &str = "SELECT id FROM configured_tables WHERE owner = ?1
    AND json_extract(document, '$.v1.reference.database') = ?2
    AND json_extract(document, '$.v1.reference.table') = ?3 AND id <> ?4 ORDER BY seq";
