//! The door out: thresholds are checked once more, hidden columns dropped.
//!
//! Precondition: the rows came out of the judged plan, whose guards filter groups below their
//! thresholds. Postcondition: every row handed on stands, by its own hidden counts, for at least
//! the minimum of every guard, also the one row for withheld groups; no hidden column is handed on; columns have the names and types
//! that were judged. The plan and this check are independent: rows that pass one and not the
//! other mean a bug, and nothing is handed on at all.

use std::sync::Arc;

use datafusion::arrow::array::{Array, Int64Array, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use glovebox_model::Digest;
use glovebox_policy::Guard;

use crate::{Draw, Executed, NotDrawn, Priced, Released, Rows, noisy_rows};

/// The result is held back: the rows are not what was judged. Always a bug of the house, to be
/// logged loudly; the analyst sees the one text of all failures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Withheld {
    /// Names, types or number of columns differ from the judged plan.
    #[error("the columns of the result are not those that were judged")]
    Columns,
    /// The columns of the guards are not where they were put.
    #[error("a hidden count is missing or has another type")]
    Guards,
    /// A row stands for fewer than its guard demands.
    #[error("a row does not meet its threshold")]
    Threshold,
    /// What stands for withheld groups is not the one row that was judged.
    #[error("the row for withheld groups is missing where it was judged, or is not one")]
    Remainder,
    /// There was no noise.
    #[error("the noise could not be drawn")]
    Noise,
}

impl From<NotDrawn> for Withheld {
    fn from(_: NotDrawn) -> Self {
        Self::Noise
    }
}

/// Checks every guard on every row and hands on the visible columns.
///
/// With differential privacy the noise is drawn here, once, and what is handed on are noisy
/// numbers, of which the rest of the query is still to be computed.
///
/// # Errors
/// [`Withheld`] when anything differs from what was judged; the rows are gone.
pub fn release(executed: Executed, draw: &mut dyn Draw) -> Result<Released, Withheld> {
    let Executed { priced, rows, other } = executed;
    let Rows { schema, batches, inputs, memory } = rows;
    if let (Some(noising), Some(upper)) = (priced.noising(), priced.upper()) {
        let with_intervals = priced.interval_names().is_some();
        let relation = match (priced.remainder(), &other) {
            (Some(_), Some(rows)) => Some(rows.batches.as_slice()),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(Withheld::Remainder),
        };
        let rows = (batches.as_slice(), relation);
        let (schema, noisy) = noisy_rows::noisy(noising, rows, with_intervals, draw)?;
        let rest = (upper.clone(), shown(&priced));
        return Ok(Released::new(schema, vec![noisy], inputs, memory).with_rest(rest));
    }
    check_columns(&priced, &schema)?;
    check_guards(&priced)?;
    let visible = priced.output_names().len();
    let fields: Vec<_> = schema.fields().iter().take(visible).cloned().collect();
    let shown: SchemaRef = Arc::new(Schema::new(fields));
    let mut released = Vec::with_capacity(batches.len());
    for batch in batches {
        released.push(checked(&batch, &schema, &shown, priced.guards())?);
    }
    match other_row(&priced, other, inputs)? {
        Some(other) => {
            let (shown, released) = with_last(&shown, released, other)?;
            Ok(Released::new(shown, released, inputs, memory).with_other_row())
        }
        None => Ok(Released::new(shown, released, inputs, memory)),
    }
}

/// The visible columns of the row for withheld groups, when there is one: it has the columns of
/// the result, comes from the same inputs, and meets every threshold by counts that are there.
fn other_row(
    priced: &Priced,
    other: Option<Rows>,
    read: Digest,
) -> Result<Option<RecordBatch>, Withheld> {
    let (Some(_), Some(other)) = (priced.remainder(), &other) else {
        let agree = priced.remainder().is_none() && other.is_none();
        return if agree { Ok(None) } else { Err(Withheld::Remainder) };
    };
    let Rows { schema, batches, inputs, memory: _ } = other;
    check_columns(priced, schema)?;
    let full: Vec<&RecordBatch> = batches.iter().filter(|it| it.num_rows() > 0).collect();
    let one = match full.as_slice() {
        _ if *inputs != read => return Err(Withheld::Remainder),
        [] => return Ok(None),
        [one] if one.num_rows() == 1 => one,
        _ => return Err(Withheld::Remainder),
    };
    let present = |it: &Guard| Guard { may_be_absent: false, minimum: it.keyless, ..it.clone() };
    let guards: Vec<Guard> = priced.guards().iter().map(present).collect();
    let fields = schema.fields().iter().take(priced.output_names().len());
    let shown: SchemaRef = Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>()));
    checked(one, schema, &shown, &guards).map(Some)
}

/// The result with this row behind it, in columns that may be NULL where that row is.
fn with_last(
    shown: &SchemaRef,
    mut batches: Vec<RecordBatch>,
    last: RecordBatch,
) -> Result<(SchemaRef, Vec<RecordBatch>), Withheld> {
    let own = last.schema();
    let fields = shown.fields().iter().zip(own.fields()).map(|(own, last)| {
        own.as_ref().clone().with_nullable(own.is_nullable() || last.is_nullable())
    });
    let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    batches.push(last);
    let widened = batches.into_iter().map(|it| it.with_schema(Arc::clone(&schema)));
    let widened = widened.collect::<Result<_, _>>().map_err(|_| Withheld::Columns)?;
    Ok((schema, widened))
}

/// The visible columns that were judged, and those of intervals, if they are asked for.
fn shown(priced: &Priced) -> SchemaRef {
    let fields = priced.judged().schema().fields().iter().take(priced.output_names().len());
    let ends = priced.interval_names().unwrap_or_default().iter();
    let ends = ends.map(|it| Arc::new(Field::new(it, DataType::Float64, true)));
    Arc::new(Schema::new(fields.cloned().chain(ends).collect::<Vec<_>>()))
}

/// The judged columns and the executed ones must agree in number, names and types.
fn check_columns(priced: &Priced, schema: &Schema) -> Result<(), Withheld> {
    let judged = priced.plan().schema().fields();
    let same = judged.len() == schema.fields().len()
        && judged.len() == priced.output_names().len() + priced.guards().len()
        && judged.iter().zip(schema.fields()).all(|(judged, executed)| {
            judged.name() == executed.name() && judged.data_type() == executed.data_type()
        })
        && priced.output_names().iter().zip(schema.fields()).all(|(it, field)| it == field.name());
    if same { Ok(()) } else { Err(Withheld::Columns) }
}

/// The guards' columns are exactly those behind the visible ones, each once.
fn check_guards(priced: &Priced) -> Result<(), Withheld> {
    let mut places: Vec<usize> = priced.guards().iter().map(|it| it.output_index).collect();
    places.sort_unstable();
    let first = priced.output_names().len();
    if places.into_iter().eq(first..first + priced.guards().len()) {
        Ok(())
    } else {
        Err(Withheld::Guards)
    }
}

/// A count that may be absent and is stands for no row of the guarded table.
fn holds(guard: &Guard, count: Option<i64>) -> bool {
    count.map_or(guard.may_be_absent, |it| it >= i64::from(guard.minimum))
}

fn checked(
    batch: &RecordBatch,
    schema: &Schema,
    shown: &SchemaRef,
    guards: &[Guard],
) -> Result<RecordBatch, Withheld> {
    let typed = batch.num_columns() == schema.fields().len()
        && batch
            .columns()
            .iter()
            .zip(schema.fields())
            .all(|(column, field)| column.data_type() == field.data_type());
    if !typed {
        return Err(Withheld::Columns);
    }
    for guard in guards {
        let column = batch.columns().get(guard.output_index).ok_or(Withheld::Guards)?;
        let counts = column
            .as_any()
            .downcast_ref::<Int64Array>()
            .filter(|it| *it.data_type() == DataType::Int64)
            .ok_or(Withheld::Guards)?;
        if counts.iter().any(|it| !holds(guard, it)) {
            return Err(Withheld::Threshold);
        }
    }
    let columns = batch.columns().iter().take(shown.fields().len()).cloned().collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(shown), columns, &options)
        .map_err(|_| Withheld::Columns)
}
