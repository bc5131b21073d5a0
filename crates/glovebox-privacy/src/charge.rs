//! What a query takes from the privacy budget of an owner.

use glovebox_model::{AccountId, Accountant, TableName};

/// A charge of one pool: the tables of one owner over one population. Whole numbers, rounded up,
/// a function of the plan alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Whose budget.
    pub owner: AccountId,
    /// The population of the user identifiers, as the owner declares it.
    pub population: String,
    /// How loss is added up.
    pub accountant: Accountant,
    /// Billionths of rho or epsilon, by the accountant.
    pub loss_nano: u64,
    /// 10^-18 of delta.
    pub delta_atto: u64,
    /// The tables of the pool that the query reads.
    pub tables: Vec<TableName>,
}
