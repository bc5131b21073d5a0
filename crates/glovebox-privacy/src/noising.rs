//! The noise of one query: what it costs, how much there is of it, and how it is drawn.
//!
//! Everything but the draws is a function of plan, declarations and budget: an analyst may see it.

use glovebox_model::PrivacyTerms;
use glovebox_policy::PrivateQuery;
use glovebox_sql::{Cell, CellKind, PrivateKey, Unit};

use crate::{Allowance, Calibration, Cost, Draw, NotDrawn, Scale, Threshold, Uncalibrated};

/// The noise of one query.
#[derive(Debug, Clone)]
pub struct Noising {
    /// The columns of a group.
    pub keys: Vec<PrivateKey>,
    /// The released columns.
    pub cells: Vec<Cell>,
    /// The integers behind them.
    pub units: Vec<Unit>,
    /// The noise of each integer.
    pub scales: Vec<Scale>,
    /// At most so many groups count for one user; `None` when nobody can be in two.
    pub max_groups: Option<u32>,
    /// Which groups appear.
    pub groups: Groups,
    /// At most so many rows of one user count in one group.
    pub max_rows: u32,
    /// How many vectors are released, the one that decides about groups included.
    pub n_vectors: u32,
    cost: Cost,
}

/// Which groups appear.
#[derive(Debug, Clone)]
pub enum Groups {
    /// These and no others, whatever the data.
    Public(Vec<Vec<String>>),
    /// Those whose noisy number of users passes.
    Noisy(Threshold),
    /// Those of a public relation, whatever the protected data.
    Relation,
}

impl Noising {
    pub(crate) fn new(query: &PrivateQuery, budget: &PrivacyTerms) -> Result<Self, Uncalibrated> {
        let plan = &query.plan;
        let max_groups = (!plan.one_group).then_some(query.max_groups);
        let groups = max_groups.unwrap_or(1);
        let calibration = Calibration::new(budget.accountant, budget.users_noise, groups)?;
        let scale = |unit: &Unit| calibration.scale(unit.sensitivity().unsigned_abs().max(1));
        let scales = plan.units.iter().map(scale).collect::<Result<_, _>>()?;
        let asked = u32::try_from(plan.units.len()).unwrap_or(u32::MAX);
        let (n_units, delta_atto, groups) = match &query.public_keys {
            Some(keys) => (asked, 0, Groups::Public(keys.clone())),
            None if plan.key_relation.is_some() => (asked, 0, Groups::Relation),
            None => {
                let (epsilon, delta) = (budget.epsilon, budget.delta_atto);
                let allowance = Allowance::new(budget.accountant, epsilon, delta);
                let delta = allowance.threshold_delta_atto(budget.users_noise)?;
                let threshold = Threshold::new(calibration, delta, query.minimum_users)?;
                let counted = plan.units.contains(&Unit::Presence { count: None });
                (asked + u32::from(!counted), delta, Groups::Noisy(threshold))
            }
        };
        let (keys, cells, units) = (plan.keys.clone(), plan.cells.clone(), plan.units.clone());
        let cost = calibration.cost(n_units, delta_atto);
        let (max_rows, n_vectors) = (query.max_rows, n_units);
        Ok(Self { keys, cells, units, scales, max_groups, groups, max_rows, n_vectors, cost })
    }

    /// What the query takes from the pool.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// The noisy integers of one group, or `None` when it does not appear. `users` is the exact
    /// number of its users, `exact` its bounded sums.
    pub(crate) fn noisy(
        &self,
        users: u64,
        exact: &[i128],
        draw: &mut dyn Draw,
    ) -> Result<Option<Vec<i128>>, NotDrawn> {
        let counted = match &self.groups {
            Groups::Public(_) | Groups::Relation => None,
            Groups::Noisy(threshold) => match threshold.admit(users, draw)? {
                Some(noisy) => Some(noisy),
                None => return Ok(None),
            },
        };
        let mut counted = counted.into_iter();
        let mut all = Vec::with_capacity(exact.len());
        for ((unit, scale), exact) in self.units.iter().zip(&self.scales).zip(exact) {
            // The number of users that the threshold has seen is released as it was drawn.
            let known = match unit {
                Unit::Presence { count: None } => counted.next(),
                _ => None,
            };
            all.push(match known {
                Some(noisy) => noisy,
                None => scale.noisy(*exact, draw)?,
            });
        }
        Ok(Some(all))
    }

    /// How wrong each released column is, before anything is drawn.
    pub fn errors(&self) -> Vec<CellError> {
        self.cells.iter().map(|it| self.error(it)).collect()
    }

    fn error(&self, cell: &Cell) -> CellError {
        let scales = self.scales.get(cell.units.clone()).unwrap_or_default();
        let step = cell.grid.step();
        let first = scales.first().copied();
        let deviation = first.map_or(0.0, Scale::standard_deviation) * step;
        let half_width = first.map_or(0.0, |it| it.half_width() as f64) * step;
        let is_number = matches!(cell.kind, CellKind::Users | CellKind::Rows | CellKind::Sum);
        CellError {
            name: cell.name.clone(),
            kind: cell.kind,
            standard_deviation: deviation,
            half_width: is_number.then_some(half_width),
        }
    }
}

/// How wrong a released column is; functions of the plan and of what is declared.
#[derive(Debug, Clone, PartialEq)]
pub struct CellError {
    /// What the query calls it.
    pub name: String,
    /// What it is.
    pub kind: CellKind,
    /// The standard deviation of the noise of its first integer, in units of the column; for an
    /// average, of the sum behind it.
    pub standard_deviation: f64,
    /// 95 % of released numbers are within so much of the bounded truth; for averages and
    /// deviations it depends on the released count.
    pub half_width: Option<f64>,
}
