//! Error against budget share: how wrong the same query would be if it took more or less of the
//! budget.
//!
//! What a query takes and how wrong it is are both decided by `usersNoisePerQuery`, `N`. For each
//! share of the whole budget this is the smallest `N` that takes no more than the share, and what
//! it does to every column and to the groups. All of it follows from the plan, from declarations
//! and from the budget: nothing is read, nothing is charged.

use glovebox_model::PrivacyTerms;
use glovebox_policy::PrivateQuery;
use glovebox_sql::{Cell, CellKind};

use crate::noising::Groups;
use crate::noisy_rows::half_range;
use crate::{
    Allowance, Average, Calibration, CellError, Cost, LARGEST_USERS_NOISE, Noising, Priced, Spread,
};

/// The shares of the whole budget that are shown, in hundredths.
pub const SHARES: [u32; 7] = [1, 2, 5, 10, 20, 50, 100];

/// Sizes of groups, in rows, for which the error of averages is shown.
pub const SIZES: [u32; 3] = [100, 1_000, 10_000];

/// How wrong a query would be at one share of the budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Accuracy {
    /// Hundredths of the whole budget that the query may take.
    pub share_percent: u32,
    /// The noise that takes no more; `None` when even the largest that is allowed takes more.
    pub at: Option<AtNoise>,
}

/// How wrong a query is under one `usersNoisePerQuery`.
#[derive(Debug, Clone, PartialEq)]
pub struct AtNoise {
    /// `usersNoisePerQuery`
    pub users_noise: u32,
    /// What the query takes then.
    pub cost: Cost,
    /// How wrong each column is.
    pub columns: Vec<ColumnAccuracy>,
    /// The sizes of groups that appear with 5 % and with 95 %; `None` when all keys are public.
    pub appears: Option<[u64; 2]>,
}

/// How wrong one column is.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnAccuracy {
    /// The column.
    pub error: CellError,
    /// For averages and deviations, half the width of the interval at most, for each of
    /// [`SIZES`].
    pub by_rows: Vec<f64>,
}

impl Priced {
    /// Error against share of the whole budget; nothing without differential privacy.
    pub fn accuracy(&self, budget: &PrivacyTerms) -> Vec<Accuracy> {
        let (Some(query), Some(noising)) = (self.private_query(), self.noising()) else {
            return Vec::new();
        };
        let allowance = Allowance::new(budget.accountant, budget.epsilon, budget.delta_atto);
        let whole = allowance.total.loss_nano;
        let accuracy = |share_percent: u32| {
            let most = u128::from(whole) * u128::from(share_percent) / 100;
            let most = u64::try_from(most).unwrap_or(u64::MAX);
            Accuracy { share_percent, at: at_cost(query, noising, budget, most) }
        };
        SHARES.map(accuracy).to_vec()
    }
}

/// The least noise that takes no more than `most`.
fn at_cost(
    query: &PrivateQuery,
    noising: &Noising,
    budget: &PrivacyTerms,
    most: u64,
) -> Option<AtNoise> {
    let groups = noising.max_groups.unwrap_or(1);
    let fits = |users_noise: &u32| {
        let calibration = Calibration::new(budget.accountant, *users_noise, groups);
        calibration.is_ok_and(|it| it.loss_nano(noising.n_vectors) <= most)
    };
    let users_noise = (1..=LARGEST_USERS_NOISE).find(fits)?;
    let noising = Noising::new(query, &PrivacyTerms { users_noise, ..*budget }).ok()?;
    let appears = match &noising.groups {
        Groups::Public(_) | Groups::Relation => None,
        Groups::Noisy(it) => Some([it.group_size(0.05), it.group_size(0.95)]),
    };
    let column = |(cell, error): (&Cell, CellError)| {
        let by_rows = SIZES.map(|rows| expected(&noising, cell, rows));
        ColumnAccuracy { error, by_rows: by_rows.into_iter().flatten().collect() }
    };
    let columns = noising.cells.iter().zip(noising.errors()).map(column).collect();
    Some(AtNoise { users_noise, cost: noising.cost(), columns, appears })
}

/// Half the width of the interval to expect of an average or a deviation over so many rows.
fn expected(noising: &Noising, cell: &Cell, rows: u32) -> Option<f64> {
    let (rows, step, half_range) = (f64::from(rows), cell.grid.step(), half_range(cell));
    match (cell.kind, noising.scales.get(cell.units.clone())?) {
        (CellKind::Average, &[sum, count]) => {
            let average = Average { middle: 0.0, half_range, sum, count };
            Some(average.expected_half_width(rows) * step)
        }
        (CellKind::Moment { root, sample: _ }, &[squares, sum, count]) => {
            let spread = Spread { half_range, squares, sum, count };
            let variance = spread.expected_half_width(rows) * step * step;
            // Two roots are no farther apart than the root of the distance.
            Some(if root { variance.sqrt() } else { variance })
        }
        _ => None,
    }
}
