//! What opening a query takes from budgets, in the transaction that opens it.

// Proof: reserve.proof.md

use glovebox_model::{Accountant, Association, Id, TableName, Timestamp};
use glovebox_privacy::Charge;
use serde::Serialize;

use super::NotReserved;
use crate::calendar::{Period, Span};
use crate::charges::Pool;
use crate::claim::Order;
use crate::populations::Users;
use crate::snapshot::{Snapshot, SnapshotTable};
use crate::{StoreError, Tx};

const CORRUPT: StoreError = StoreError::Corrupt { what: "the charge of a query" };

/// The greatest sums of loss (billionths) and delta (10^-18) that `(accountant, epsilon,
/// delta_atto)` allows.
pub(crate) type Allowance = fn(Accountant, u32, u64) -> (u64, u64);

/// What was taken.
pub(super) struct Debit {
    /// The number of the charge in this house.
    pub(super) number: u64,
    /// What the ledger says of it, to the owner and the runner.
    pub(super) told: String,
}

/// That a budget affords a charge, in the transaction that says so and in no later one.
pub(super) struct Affords {
    period: String,
    at: Timestamp,
}

/// Takes one from the access budget of every table that is touched.
pub(super) async fn access(
    tx: &mut Tx,
    order: &Order,
    snapshot: &Snapshot,
    tables: &[TableName],
) -> Result<Result<(), NotReserved>, StoreError> {
    let at = tx.moment_of_charge().await?;
    for name in tables {
        let association: Id<Association> = table(snapshot, name)?.association.id;
        if !tx.take_access(association, order.id(), at).await? {
            return Ok(Err(NotReserved::AccessUsedUp { table: name.clone() }));
        }
    }
    Ok(Ok(()))
}

/// Whether the budget, and the lifetime budget, afford the charge.
pub(super) async fn affords(
    tx: &mut Tx,
    order: &Order,
    snapshot: &Snapshot,
    (charge, allowance): (&Charge, Allowance),
) -> Result<Result<Affords, NotReserved>, StoreError> {
    let at = tx.moment_of_charge().await?;
    let (query, owner) = (order.query(), charge.owner);
    let budget = tx.privacy_budgets(query.collaboration).await?.remove(&owner);
    if budget != snapshot.budgets.get(&owner).cloned() {
        return Ok(Err(NotReserved::Changed));
    }
    let Some(budget) = budget else { return Ok(Err(NotReserved::NoBudget { owner })) };
    let terms = budget.terms;
    if terms.accountant != charge.accountant {
        return Ok(Err(NotReserved::OtherAccountant { owner }));
    }
    if let Err(table) = fix_populations(tx, snapshot, charge).await? {
        return Ok(Err(NotReserved::OtherPopulation { table }));
    }
    let allowed = allowance(terms.accountant, terms.epsilon, terms.delta_atto);
    let period = Period::of(terms.auto_refresh, at);
    let collaboration = Some(query.collaboration);
    let pool = Pool { collaboration, owner, population: &charge.population };
    let affords = tx.spent_in(pool, charge.accountant, period.span).await?;
    let mut affords = affords.is_some_and(|it| it.affords(charge, allowed));
    if let Some(lifetime) = tx.lifetime_epsilon(owner, &charge.population).await? {
        let allowed = allowance(terms.accountant, lifetime, terms.delta_atto);
        let pool = Pool { collaboration: None, ..pool };
        let spent = tx.spent_in(pool, charge.accountant, Span::EVER).await?;
        affords &= spent.is_some_and(|it| it.affords(charge, allowed));
    }
    if !affords {
        return Ok(Err(NotReserved::Exhausted { owner }));
    }
    Ok(Ok(Affords { period: period.name, at }))
}

/// Takes from its pool a charge that the budget affords.
pub(super) async fn take(
    tx: &mut Tx,
    order: &Order,
    charge: &Charge,
    affords: &Affords,
) -> Result<Debit, StoreError> {
    let Affords { period, at } = affords;
    tx.write_charge(order.query(), charge, (period, *at)).await?;
    let number = tx.next_charge_number().await?;
    Ok(Debit { number, told: text(charge, period, false)? })
}

/// What the ledger says of a query that is charged later, if no stored release answers it.
pub(super) fn later(charge: &Charge, affords: &Affords) -> Result<String, StoreError> {
    text(charge, &affords.period, true)
}

/// What the ledger says of a query that a stored release has answered.
pub(super) fn nothing(charge: &Charge) -> Result<String, StoreError> {
    let charge = Charge { loss_nano: 0, delta_atto: 0, ..charge.clone() };
    text(&charge, "", false)
}

/// Fixes the population of every source that is read; `Err` names a table over one that is fixed
/// as another, or whose rule is not that of the pool.
async fn fix_populations(
    tx: &mut Tx,
    snapshot: &Snapshot,
    charge: &Charge,
) -> Result<Result<(), TableName>, StoreError> {
    for name in &charge.tables {
        let SnapshotTable { table, users, .. } = table(snapshot, name)?;
        let fits = |it: &&Users| {
            table.owner == charge.owner
                && it.fixed.population == charge.population
                && it.accountant == charge.accountant
        };
        let Some(users) = users.as_ref().filter(fits) else { return Ok(Err(name.clone())) };
        if !tx.fix_population(table, &users.fixed).await? {
            return Ok(Err(name.clone()));
        }
    }
    Ok(Ok(()))
}

fn table<'a>(snapshot: &'a Snapshot, name: &TableName) -> Result<&'a SnapshotTable, StoreError> {
    snapshot.tables.get(name).ok_or(CORRUPT)
}

/// What stands behind the commitment in the ledger.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    owner: &'a str,
    population: &'a str,
    period: &'a str,
    accountant: &'a str,
    loss_nano: u64,
    delta_atto: u64,
    /// Said of what is charged later, if at all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    later: bool,
}

fn text(charge: &Charge, period: &str, later: bool) -> Result<String, StoreError> {
    let Charge { owner, population, accountant, loss_nano, delta_atto, tables: _ } = charge;
    let told = Told {
        owner: owner.as_str(),
        population,
        period,
        accountant: accountant.aws_name(),
        loss_nano: *loss_nano,
        delta_atto: *delta_atto,
        later,
    };
    serde_json::to_string(&told).map_err(|_| CORRUPT)
}
