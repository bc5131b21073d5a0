//! Exact sums of groups to noisy columns.
//!
//! Precondition: each row is one group, its sums made of contributions within the sensitivities
//! of their units, each user in at most so many groups as the noise is for. Postcondition: every
//! number handed on went through one draw of the declared noise and post-processing of such
//! numbers only; which groups are handed on is decided by declarations or by noise.

// Proof: release.proof.md

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Schema, SchemaRef};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::ScalarValue;
use glovebox_sql::{Cell, CellKind, released_column};

use crate::noising::{Groups, Noising};
use crate::{Average, Draw, Spread, Withheld, intervals};

/// The exact sums of a group: its users, then its units.
struct Exact {
    users: u64,
    units: Vec<i128>,
}

/// Draws the noise of every group that appears, in the order of their keys.
pub(crate) fn noisy(
    noising: &Noising,
    (batches, relation): (&[RecordBatch], Option<&[RecordBatch]>),
    with_intervals: bool,
    draw: &mut dyn Draw,
) -> Result<(SchemaRef, RecordBatch), Withheld> {
    let fields = noising.keys.iter().map(|it| SortField::new(it.kind.clone())).collect();
    let keys = RowConverter::new(fields).map_err(|_| Withheld::Columns)?;
    let mut exact = exact(noising, batches, &keys)?;
    let mut chosen: Vec<(Vec<u8>, Vec<i128>)> = Vec::new();
    match &noising.groups {
        Groups::Noisy(_) => {
            for (key, Exact { users, units }) in exact {
                if let Some(noisy) = noising.noisy(users, &units, draw)? {
                    chosen.push((key, noisy));
                }
            }
        }
        Groups::Public(_) | Groups::Relation => {
            for key in listed(noising, relation, &keys)? {
                let zero = || Exact { users: 0, units: vec![0; noising.units.len()] };
                let Exact { users, units } = exact.remove(&key).unwrap_or_else(zero);
                let noisy = noising.noisy(users, &units, draw)?.ok_or(Withheld::Noise)?;
                chosen.push((key, noisy));
            }
        }
    }
    assembled(noising, &keys, &chosen, with_intervals)
}

fn exact(
    noising: &Noising,
    batches: &[RecordBatch],
    keys: &RowConverter,
) -> Result<BTreeMap<Vec<u8>, Exact>, Withheld> {
    let (n_keys, n_units) = (noising.keys.len(), noising.units.len());
    let mut all = BTreeMap::new();
    for batch in batches {
        if batch.num_columns() != n_keys + 1 + n_units {
            return Err(Withheld::Columns);
        }
        let columns = batch.columns();
        let of_keys = columns.get(..n_keys).unwrap_or_default();
        let sums = columns.get(n_keys..).unwrap_or_default();
        let sums = sums.iter().map(|it| it.as_primitive_opt::<Decimal128Type>());
        let sums = sums.collect::<Option<Vec<_>>>().ok_or(Withheld::Columns)?;
        if sums.iter().any(|it| it.null_count() > 0) {
            return Err(Withheld::Columns);
        }
        let rows = match n_keys {
            0 => None,
            _ => Some(keys.convert_columns(of_keys).map_err(|_| Withheld::Columns)?),
        };
        for row in 0..batch.num_rows() {
            let key = rows.as_ref().map_or_else(Vec::new, |it| it.row(row).as_ref().to_vec());
            let mut sums = sums.iter().map(|it| it.value(row));
            let users = sums.next().and_then(|it| u64::try_from(it).ok());
            let exact = Exact { users: users.ok_or(Withheld::Columns)?, units: sums.collect() };
            if all.insert(key, exact).is_some() {
                return Err(Withheld::Columns);
            }
        }
    }
    Ok(all)
}

/// The public keys as rows, each once and in their order.
fn listed(
    noising: &Noising,
    relation: Option<&[RecordBatch]>,
    keys: &RowConverter,
) -> Result<Vec<Vec<u8>>, Withheld> {
    let batches = match (&noising.groups, relation) {
        (Groups::Public(declared), None) => return public(noising, declared, keys),
        (Groups::Relation, Some(batches)) => batches,
        _ => return Err(Withheld::Remainder),
    };
    let mut all = Vec::new();
    for batch in batches {
        let kinds = batch.columns().iter().map(|it| it.data_type());
        if !kinds.eq(noising.keys.iter().map(|it| &it.kind)) {
            return Err(Withheld::Columns);
        }
        let rows = keys.convert_columns(batch.columns()).map_err(|_| Withheld::Columns)?;
        all.extend(rows.iter().map(|it| it.as_ref().to_vec()));
    }
    all.sort();
    all.dedup();
    Ok(all)
}

/// The declared keys as rows, each once.
fn public(
    noising: &Noising,
    declared: &[Vec<String>],
    keys: &RowConverter,
) -> Result<Vec<Vec<u8>>, Withheld> {
    if noising.keys.is_empty() {
        return Ok(vec![Vec::new()]);
    }
    let mut all = Vec::new();
    for key in declared {
        let parsed = noising.keys.iter().zip(key).map(|(column, text)| {
            let value = ScalarValue::try_from_string(text.clone(), &column.kind).ok()?;
            value.to_array().ok()
        });
        // A text that is no value of the type is the key of no row.
        let Some(columns) = parsed.collect::<Option<Vec<ArrayRef>>>() else { continue };
        let rows = keys.convert_columns(&columns).map_err(|_| Withheld::Columns)?;
        all.push(rows.row(0).as_ref().to_vec());
    }
    all.sort();
    all.dedup();
    Ok(all)
}

fn assembled(
    noising: &Noising,
    keys: &RowConverter,
    chosen: &[(Vec<u8>, Vec<i128>)],
    with_intervals: bool,
) -> Result<(SchemaRef, RecordBatch), Withheld> {
    let mut columns: Vec<ArrayRef> = Vec::new();
    if !noising.keys.is_empty() {
        let parser = keys.parser();
        let rows = chosen.iter().map(|(key, _)| parser.parse(key));
        columns.extend(keys.convert_rows(rows).map_err(|_| Withheld::Columns)?);
    }
    for cell in &noising.cells {
        let values = chosen.iter().map(|(_, units)| released(noising, cell, units));
        let values = values.collect::<Result<Vec<ScalarValue>, Withheld>>()?;
        columns.push(match values.is_empty() {
            true => datafusion::arrow::array::new_empty_array(&cell.released),
            false => ScalarValue::iter_to_array(values).map_err(|_| Withheld::Columns)?,
        });
    }
    if with_intervals {
        columns.extend(intervals::columns(noising, chosen)?);
    }
    let kinds = columns.iter().map(|it| it.data_type().clone()).enumerate();
    let fields = kinds.map(|(index, kind)| Field::new(released_column(index), kind, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns);
    Ok((schema, batch.map_err(|_| Withheld::Columns)?))
}

/// The number of one cell, by post-processing of noisy integers.
fn released(noising: &Noising, cell: &Cell, units: &[i128]) -> Result<ScalarValue, Withheld> {
    let own = units.get(cell.units.clone()).ok_or(Withheld::Columns)?;
    let scales = noising.scales.get(cell.units.clone()).ok_or(Withheld::Columns)?;
    let step = cell.grid.step();
    let half_range = half_range(cell);
    match (cell.kind, own, scales) {
        (CellKind::Users | CellKind::Rows | CellKind::Sum, &[whole], _) => exactly(whole, cell),
        (CellKind::Average, &[total, number], &[sum, count]) => {
            let average = Average { middle: cell.middle as f64, half_range, sum, count };
            real(average.estimate(total, number) * step, cell)
        }
        (
            CellKind::Moment { root, sample },
            &[of_squares, total, number],
            &[squares, sum, count],
        ) => {
            let spread = Spread { half_range, squares, sum, count };
            let n = number.max(2) as f64;
            let correction = if sample { n / (n - 1.0) } else { 1.0 };
            let variance = spread.variance(of_squares, total, number) * correction * step * step;
            real(if root { variance.sqrt() } else { variance }, cell)
        }
        _ => Err(Withheld::Columns),
    }
}

/// Half the distance between the declared bounds, in steps.
pub(crate) fn half_range(cell: &Cell) -> f64 {
    (cell.high - cell.middle).max(cell.middle - cell.low) as f64
}

/// A whole number of steps, as near as its type has it.
fn exactly(whole: i128, cell: &Cell) -> Result<ScalarValue, Withheld> {
    match cell.released {
        DataType::Int64 => {
            let near = whole.clamp(i64::MIN.into(), i64::MAX.into());
            Ok(ScalarValue::Int64(i64::try_from(near).ok()))
        }
        DataType::Decimal128(precision, scale) => {
            let most = 10_i128.pow(u32::from(precision)) - 1;
            Ok(ScalarValue::Decimal128(Some(whole.clamp(-most, most)), precision, scale))
        }
        DataType::Float64 => Ok(ScalarValue::Float64(Some(whole as f64 * cell.grid.step()))),
        _ => Err(Withheld::Columns),
    }
}

fn real(value: f64, cell: &Cell) -> Result<ScalarValue, Withheld> {
    match cell.released {
        DataType::Float64 => Ok(ScalarValue::Float64(Some(value))),
        DataType::Decimal128(precision, scale) => {
            let most = 10_i128.pow(u32::from(precision)) - 1;
            let digits = (value * 10f64.powi(scale.into())).round() as i128;
            Ok(ScalarValue::Decimal128(Some(digits.clamp(-most, most)), precision, scale))
        }
        _ => Err(Withheld::Columns),
    }
}
