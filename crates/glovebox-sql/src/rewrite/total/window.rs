//! Window functions.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::common::{DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::expr::{Sort, WindowFunction, WindowFunctionParams};
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{
    AggregateUDF, Expr, ExprSchemable, WindowFrame, WindowFrameBound, WindowFrameUnits,
    WindowFunctionDefinition,
};

use super::expression::aggregate_arguments;
use crate::functions;
use crate::rewrite::coerce::{coerce, condition, kind_of, normal};

/// A call over a window, whose parts are total already.
pub(super) fn function(function: WindowFunction, schema: &DFSchema) -> Result<Expr> {
    let WindowFunction { fun, params } = function;
    let WindowFunctionParams {
        args,
        partition_by,
        order_by,
        window_frame,
        filter,
        null_treatment,
        distinct,
    } = params;
    if distinct {
        return plan_err!("DISTINCT over a window");
    }
    let partition_by: Vec<Expr> =
        partition_by.into_iter().map(|it| normal(it, schema)).collect::<Result<_>>()?;
    let order_by: Vec<Sort> = order_by
        .into_iter()
        .map(|it| Ok(Sort { expr: normal(it.expr, schema)?, ..it }))
        .collect::<Result<_>>()?;
    bounds(&window_frame, &order_by, schema)?;
    let args = match &fun {
        WindowFunctionDefinition::AggregateUDF(func) => {
            if null_treatment.is_some() {
                return plan_err!("an aggregate function over a window with IGNORE NULLS");
            }
            let args = aggregate_arguments(func, args, false, schema)?;
            if !window_frame.start_bound.is_unbounded() {
                moves(func, &args, schema)?;
            }
            args
        }
        WindowFunctionDefinition::WindowUDF(func) => {
            if !functions::is_our_window(func) || filter.is_some() {
                return plan_err!("this window function has no settled meaning");
            }
            shifted(func.name(), args, schema)?
        }
    };
    let filter = match filter {
        Some(filter) => Some(Box::new(condition(*filter, schema)?)),
        None => None,
    };
    let params = WindowFunctionParams {
        args,
        partition_by,
        order_by,
        window_frame,
        filter,
        null_treatment,
        distinct,
    };
    Ok(Expr::WindowFunction(Box::new(WindowFunction { fun, params })))
}

/// The default of `LAG` and `LEAD` is of the value's kind.
fn shifted(name: &str, mut args: Vec<Expr>, schema: &DFSchema) -> Result<Vec<Expr>> {
    if matches!(name, "lag" | "lead") && args.len() == 3 {
        let kind = match args.first() {
            Some(value) => kind_of(value, schema)?,
            None => return Ok(args),
        };
        let default = args.pop().map(|it| coerce(it, kind, schema)).transpose()?;
        args.extend(default);
    }
    Ok(args)
}

/// Rows of a frame that an int counts.
const MOST_ROWS: u64 = i32::MAX as u64;

/// Whether the bounds of a frame are such that no value can make them fail.
fn bounds(frame: &WindowFrame, order: &[Sort], schema: &DFSchema) -> Result<()> {
    for bound in [&frame.start_bound, &frame.end_bound] {
        let distance = match bound {
            WindowFrameBound::CurrentRow => continue,
            WindowFrameBound::Following(it) | WindowFrameBound::Preceding(it) if it.is_null() => {
                continue;
            }
            WindowFrameBound::Following(it) | WindowFrameBound::Preceding(it) => it,
        };
        match frame.units {
            WindowFrameUnits::Rows => {
                if rows(distance).is_none_or(|it| it > MOST_ROWS) {
                    return plan_err!("a frame of so many rows");
                }
            }
            WindowFrameUnits::Range => {
                let [key] = order else {
                    return plan_err!("a range over several columns");
                };
                let kind = kind_of(&key.expr, schema)?;
                if !kind.is_integer() && !kind.is_floating() {
                    return plan_err!("a range over something that is no number");
                }
            }
            WindowFrameUnits::Groups => return plan_err!("a frame of groups"),
        }
    }
    if frame.units == WindowFrameUnits::Groups {
        return plan_err!("a frame of groups");
    }
    Ok(())
}

fn rows(distance: &ScalarValue) -> Option<u64> {
    match distance {
        ScalarValue::UInt64(rows) => *rows,
        ScalarValue::Utf8(Some(rows)) => rows.parse().ok(),
        _ => None,
    }
}

/// Refuses an aggregate function that cannot let go of rows that leave the frame.
fn moves(func: &Arc<AggregateUDF>, args: &[Expr], schema: &DFSchema) -> Result<()> {
    let fields = args
        .iter()
        .map(|it| Ok(Arc::new(Field::new("value", it.get_type(schema)?, true))))
        .collect::<Result<Vec<_>>>()?;
    let accumulator = func.create_sliding_accumulator(AccumulatorArgs {
        return_field: func.return_field(&fields)?,
        schema: &Schema::empty(),
        ignore_nulls: false,
        order_bys: &[],
        is_reversed: false,
        name: func.name(),
        is_distinct: false,
        exprs: &[],
        expr_fields: &fields,
    })?;
    if accumulator.supports_retract_batch() {
        Ok(())
    } else {
        plan_err!("{} over a frame that moves", func.name())
    }
}
