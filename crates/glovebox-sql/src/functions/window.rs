//! Window functions: DataFusion's own, whose places are ints as in Spark.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, UInt64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::functions_window::{cume_dist, lead_lag, nth_value, ntile, rank, row_number};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::window_state::WindowAggState;
use datafusion::logical_expr::{
    LimitEffect, PartitionEvaluator, Signature, WindowUDF, WindowUDFImpl,
};
use datafusion::physical_expr::PhysicalExpr;

static WINDOWS: LazyLock<BTreeMap<&'static str, Arc<WindowUDF>>> = LazyLock::new(|| {
    BTreeMap::from([
        ("cume_dist", cume_dist::cume_dist_udwf()),
        ("dense_rank", placed(rank::dense_rank_udwf())),
        ("first", nth_value::first_value_udwf()),
        ("first_value", nth_value::first_value_udwf()),
        ("lag", lead_lag::lag_udwf()),
        ("last", nth_value::last_value_udwf()),
        ("last_value", nth_value::last_value_udwf()),
        ("lead", lead_lag::lead_udwf()),
        ("nth_value", nth_value::nth_value_udwf()),
        ("ntile", placed(ntile::ntile_udwf())),
        ("percent_rank", rank::percent_rank_udwf()),
        ("rank", placed(rank::rank_udwf())),
        ("row_number", placed(row_number::row_number_udwf())),
    ])
});

/// The window function of that folded name; aggregate functions are not among them.
///
/// Those with numbers (`ntile(n)`, `nth_value(x, n)`, the offset and default of `lag` and
/// `lead`) take them as literals, and say no to one that does not fit before a row is read.
pub fn window(name: &str) -> Option<Arc<WindowUDF>> {
    WINDOWS.get(name).cloned()
}

/// Every name of a window function.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    WINDOWS.keys().copied()
}

/// The name under which a window function is known here.
pub(super) fn own_name(name: &str) -> Option<&'static str> {
    WINDOWS.get_key_value(name).map(|(own, _)| *own)
}

/// Whether a window function is one of ours, not one of the same name.
pub fn is_our_window(function: &WindowUDF) -> bool {
    WINDOWS.values().any(|it| it.as_ref() == function)
}

fn placed(inner: Arc<WindowUDF>) -> Arc<WindowUDF> {
    Arc::new(WindowUDF::from(Placed { inner }))
}

/// A function that answers in unsigned 64 bits, made to answer in ints.
struct Placed {
    inner: Arc<WindowUDF>,
}

impl fmt::Debug for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.inner.name())
    }
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

impl Eq for Placed {}

impl Hash for Placed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.name().hash(state);
    }
}

impl WindowUDFImpl for Placed {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn partition_evaluator(
        &self,
        args: PartitionEvaluatorArgs<'_>,
    ) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Places { inner: self.inner.partition_evaluator_factory(args)? }))
    }

    fn field(&self, args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(args.name(), DataType::Int32, true)))
    }

    fn limit_effect(&self, args: &[Arc<dyn PhysicalExpr>]) -> LimitEffect {
        self.inner.inner().limit_effect(args)
    }
}

#[derive(Debug)]
struct Places {
    inner: Box<dyn PartitionEvaluator>,
}

/// Places that an int does not hold are NULL.
fn ints(places: &ArrayRef) -> ArrayRef {
    match places.as_primitive_opt::<UInt64Type>() {
        Some(places) => {
            let int = |it: u64| i32::try_from(it).ok();
            Arc::new(places.iter().map(|it| it.and_then(int)).collect::<Int32Array>())
        }
        None => Arc::new(Int32Array::new_null(places.len())),
    }
}

impl PartitionEvaluator for Places {
    fn memoize(&mut self, state: &mut WindowAggState) -> Result<()> {
        self.inner.memoize(state)
    }

    fn get_range(&self, index: usize, rows: usize) -> Result<Range<usize>> {
        self.inner.get_range(index, rows)
    }

    fn is_causal(&self) -> bool {
        self.inner.is_causal()
    }

    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        self.inner.evaluate_all(values, rows).map(|it| ints(&it))
    }

    fn evaluate(&mut self, values: &[ArrayRef], range: &Range<usize>) -> Result<ScalarValue> {
        let place = self.inner.evaluate(values, range)?;
        Ok(ScalarValue::Int32(match place {
            ScalarValue::UInt64(Some(place)) => i32::try_from(place).ok(),
            _ => None,
        }))
    }

    fn evaluate_all_with_rank(&self, rows: usize, ranks: &[Range<usize>]) -> Result<ArrayRef> {
        self.inner.evaluate_all_with_rank(rows, ranks).map(|it| ints(&it))
    }

    fn supports_bounded_execution(&self) -> bool {
        self.inner.supports_bounded_execution()
    }

    fn uses_window_frame(&self) -> bool {
        self.inner.uses_window_frame()
    }

    fn include_rank(&self) -> bool {
        self.inner.include_rank()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::Int64Array;
    use datafusion::arrow::record_batch::RecordBatch;
    use datafusion::prelude::SessionContext;

    use super::*;

    #[test]
    fn places_are_ints() {
        let context = SessionContext::new_with_state(
            datafusion::execution::SessionStateBuilder::new()
                .with_default_features()
                .with_window_functions(WINDOWS.values().cloned().collect())
                .build(),
        );
        let values: ArrayRef = Arc::new(Int64Array::from(vec![3, 1, 2, 2]));
        let batch = RecordBatch::try_from_iter([("v", values)]).unwrap();
        context.register_batch("t", batch).unwrap();
        let sql = "SELECT v, row_number() OVER (ORDER BY v) AS a, rank() OVER (ORDER BY v) AS b, \
                   dense_rank() OVER (ORDER BY v) AS c, ntile(2) OVER (ORDER BY v) AS d \
                   FROM t ORDER BY a";
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let batches = runtime.block_on(async { context.sql(sql).await.unwrap().collect().await });
        let batches = batches.unwrap();
        let column = |index: usize| -> Vec<i32> {
            let parts = batches.iter().map(|it| it.column(index).as_primitive().clone());
            parts.flat_map(|it: Int32Array| it.values().to_vec()).collect()
        };
        assert_eq!(column(1), [1, 2, 3, 4]);
        assert_eq!(column(2), [1, 2, 2, 4]);
        assert_eq!(column(3), [1, 2, 2, 3]);
        assert_eq!(column(4), [1, 1, 2, 2]);
    }
}
