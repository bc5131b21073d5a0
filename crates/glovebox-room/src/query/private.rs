//! What may be known of a private query before it runs: all of it follows from its plan and from
//! what its owner declares.

use glovebox_model::{AccountId, Accountant, Bounds, Number, PrivateAggregation, Sensitivity};
use glovebox_privacy::{Accuracy, Allowance, CellError, Cost, Groups, Noising, Priced};
use glovebox_sql::{Cell, CellKind, Grid, Unit};
use glovebox_store::Snapshot;

/// The cost of a private query and the errors of its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct PrivatePreview {
    /// Whose budget pays.
    pub owner: AccountId,
    /// The population of its users; empty when the owner names none.
    pub population: String,
    /// How loss is added up.
    pub accountant: Accountant,
    /// What the query takes.
    pub cost: Cost,
    /// What the whole budget of a period is.
    pub budget: Cost,
    /// At most so many groups count for one user; `None` when nobody can be in two.
    pub max_groups_per_user: Option<u32>,
    /// How wrong each number is.
    pub columns: Vec<CellError>,
    /// Which groups appear.
    pub groups: GroupsPreview,
    /// What declarations would make the answer better or cheaper.
    pub advice: Vec<String>,
    /// Of the noise that the budget template asks for.
    pub users_noise: u32,
    /// How wrong each number would be at other shares of the budget.
    pub accuracy: Vec<Accuracy>,
    /// How long after it was opened it is told what it came to, in milliseconds.
    pub edge_millis: i64,
}

/// Which groups appear.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupsPreview {
    /// These, whatever the data; one without groups.
    Public {
        /// How many.
        count: usize,
    },
    /// Those of a public relation, whatever the protected data; one that is read when it runs.
    Relation,
    /// Those of enough users.
    Noisy {
        /// A group of so many users appears with 5 %.
        seldom: u64,
        /// A group of so many users appears with 95 %.
        mostly: u64,
    },
}

/// What may be known of a query, when it is private.
pub(super) fn preview(priced: &Priced, snapshot: &Snapshot) -> Option<PrivatePreview> {
    let (charge, noising) = (priced.charge()?, priced.noising()?);
    let terms = snapshot.budgets.get(&charge.owner)?.terms;
    let allowance = Allowance::new(terms.accountant, terms.epsilon, terms.delta_atto);
    let groups = match &noising.groups {
        Groups::Public(keys) => GroupsPreview::Public { count: keys.len() },
        Groups::Relation => GroupsPreview::Relation,
        Groups::Noisy(threshold) => GroupsPreview::Noisy {
            seldom: threshold.group_size(0.05),
            mostly: threshold.group_size(0.95),
        },
    };
    Some(PrivatePreview {
        owner: charge.owner,
        population: charge.population.clone(),
        accountant: charge.accountant,
        cost: noising.cost(),
        budget: allowance.total,
        max_groups_per_user: noising.max_groups,
        columns: noising.errors(),
        groups,
        advice: advice(noising),
        users_noise: terms.users_noise,
        accuracy: priced.accuracy(&terms),
        edge_millis: snapshot.edge_millis(priced)?,
    })
}

fn advice(noising: &Noising) -> Vec<String> {
    let mut advice = Vec::new();
    if matches!(noising.groups, Groups::Noisy(_)) {
        let keys: Vec<&str> = noising.keys.iter().map(|it| it.name.as_str()).collect();
        advice.push(format!(
            "publicKeys for {}: every group appears, and the threshold costs nothing",
            keys.join(", ")
        ));
    }
    if noising.max_groups.is_some_and(|it| it > 1) {
        advice.push("a smaller maxGroupsPerUser: the cost is proportional to it".to_owned());
    }
    let rows = |it: &Unit| matches!(it, Unit::Count { most, .. } if *most > 1);
    if noising.units.iter().any(rows) {
        advice.push("a smaller maxRowsPerGroup: the noise of counts is proportional".to_owned());
    }
    advice
}

/// How its aggregates were bounded, as AWS tells it after the query.
pub(super) fn sensitivity(priced: &Priced) -> Option<Vec<Sensitivity>> {
    let noising = priced.noising()?;
    Some(noising.cells.iter().map(|it| of_cell(noising, it)).collect())
}

fn of_cell(noising: &Noising, cell: &Cell) -> Sensitivity {
    let aggregation = match cell.kind {
        CellKind::Average => PrivateAggregation::Avg,
        CellKind::Moment { .. } => PrivateAggregation::Stddev,
        CellKind::Rows => PrivateAggregation::Count,
        CellKind::Sum => PrivateAggregation::Sum,
        CellKind::Users => PrivateAggregation::CountDistinct,
    };
    let bounds = match cell.kind {
        CellKind::Rows | CellKind::Users => None,
        CellKind::Average | CellKind::Moment { .. } | CellKind::Sum => {
            number(cell.low, cell.grid).zip(number(cell.high, cell.grid))
        }
    };
    let limit = match aggregation {
        PrivateAggregation::CountDistinct => 1,
        _ => noising.max_rows,
    };
    Sensitivity {
        aggregation,
        expression: cell.name.clone(),
        user_contribution_limit: limit,
        bounds: bounds.map(|(low, high)| Bounds { low, high }),
    }
}

/// So many steps, as a decimal; the nearest that there is.
fn number(steps: i128, grid: Grid) -> Option<Number> {
    let nano = match grid {
        Grid::Decimal(scale) => {
            let power = 10_i128.checked_pow(9_u32.checked_sub(scale.into())?)?;
            steps.checked_mul(power)?
        }
        Grid::Binary(_) => (steps as f64 * grid.step() * 1e9).round() as i128,
    };
    Number::of_nano(nano).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_reason_for_having_no_price_has_a_page() {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/refusals");
        let titles = ["no-privacy-budget", "other-accountant", "not-calibrated"];
        for (code, title) in (430..).zip(titles) {
            let page = fs::read_to_string(pages.join(format!("GB{code:04}.md"))).unwrap();
            assert!(page.starts_with(&format!("# GB{code:04} {title}\n")), "{code}");
        }
    }
}
