//! The columns beside released numbers: 95 % intervals, from noisy integers and declarations.
//!
//! What they say is about noise alone: over all draws, 95 % of the intervals of a cell hold the
//! exact answer over the rows as bounded. Among groups that appear only because their noise was
//! great, fewer do. Nothing here is drawn, and nothing exact is looked at.

// Proof: release.proof.md

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use glovebox_sql::{Cell, CellKind};

use crate::noising::Noising;
use crate::noisy_rows::half_range;
use crate::{Average, Interval, Scale, Spread, Withheld};

/// Beyond this a double does not hold every whole number.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Of each cell a column of low ends and one of high ends.
pub(crate) fn columns(
    noising: &Noising,
    groups: &[(Vec<u8>, Vec<i128>)],
) -> Result<Vec<ArrayRef>, Withheld> {
    let mut columns: Vec<ArrayRef> = Vec::new();
    for cell in &noising.cells {
        let own = groups.iter().map(|(_, units)| interval(noising, cell, units));
        let own = own.collect::<Result<Vec<Interval>, Withheld>>()?;
        let ends = |end: fn(&Interval) -> f64| -> ArrayRef {
            Arc::new(own.iter().map(|it| Some(end(it))).collect::<Float64Array>())
        };
        columns.push(ends(|it| it.low));
        columns.push(ends(|it| it.high));
    }
    Ok(columns)
}

/// The interval of one cell in the unit of its column.
fn interval(noising: &Noising, cell: &Cell, units: &[i128]) -> Result<Interval, Withheld> {
    let own = units.get(cell.units.clone()).ok_or(Withheld::Columns)?;
    let scales = noising.scales.get(cell.units.clone()).ok_or(Withheld::Columns)?;
    let step = cell.grid.step();
    let half_range = half_range(cell);
    let found = match (cell.kind, own, scales) {
        (CellKind::Users | CellKind::Rows | CellKind::Sum, &[whole], &[scale]) => {
            around(whole, scale)
        }
        (CellKind::Average, &[total, number], &[sum, count]) => {
            let average = Average { middle: cell.middle as f64, half_range, sum, count };
            average.interval(total, number)
        }
        (
            CellKind::Moment { root, sample },
            &[of_squares, total, number],
            &[squares, sum, count],
        ) => {
            let spread = Spread { half_range, squares, sum, count };
            let Interval { low, high } = spread.variance_interval(of_squares, total, number);
            // Divided by one less than the count: by as much as the least count allows.
            let least = number.saturating_sub(half_width(count)).max(2) as f64;
            let high = if sample { high * least / (least - 1.0) } else { high };
            let scaled = Interval { low: low * step * step, high: high * step * step };
            return Ok(rounded(if root { scaled.map(f64::sqrt) } else { scaled }, cell));
        }
        _ => return Err(Withheld::Columns),
    };
    Ok(rounded(found.map(|it| it * step), cell))
}

fn half_width(scale: Scale) -> i128 {
    i128::try_from(scale.half_width()).unwrap_or(i128::MAX)
}

/// A whole number and its noise, outward where a double has gaps.
fn around(whole: i128, scale: Scale) -> Interval {
    let half = half_width(scale);
    let (low, high) = (whole.saturating_sub(half) as f64, whole.saturating_add(half) as f64);
    Interval {
        low: if low.abs() > WHOLE { low.next_down() } else { low },
        high: if high.abs() > WHOLE { high.next_up() } else { high },
    }
}

/// An average or a deviation as a decimal is rounded to its last digit; so is the exact one.
fn rounded(interval: Interval, cell: &Cell) -> Interval {
    let is_whole = matches!(cell.kind, CellKind::Users | CellKind::Rows | CellKind::Sum);
    match cell.released {
        DataType::Decimal128(_, scale) if !is_whole => {
            let half = 0.5 * 10f64.powi(-i32::from(scale));
            Interval { low: interval.low - half, high: interval.high + half }
        }
        _ => interval,
    }
}

impl Interval {
    fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Self { low: change(self.low), high: change(self.high) }
    }
}
