//! The physical node.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, internal_err};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{
    Distribution, EquivalenceProperties, LexOrdering, OrderingRequirements, PhysicalExpr,
    PhysicalSortExpr,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    InputDistributionRequirements, PlanProperties,
};
use futures::StreamExt;

use super::super::fingerprint::FingerprintKey;
use super::seen::Seen;

/// Adds the column that says whether a row is the first with its value in its group.
#[derive(Debug)]
pub(super) struct MarkExec {
    input: Arc<dyn ExecutionPlan>,
    /// The value, and then the groups.
    columns: Vec<Arc<dyn PhysicalExpr>>,
    is_sorted: bool,
    key: FingerprintKey,
    properties: Arc<PlanProperties>,
}

impl MarkExec {
    pub(super) fn new(
        input: Arc<dyn ExecutionPlan>,
        columns: Vec<Arc<dyn PhysicalExpr>>,
        schema: SchemaRef,
        (is_sorted, key): (bool, FingerprintKey),
    ) -> Result<Self> {
        // The columns of the input keep their places: what holds for them goes on to hold.
        let equal = input.equivalence_properties();
        let mut properties = EquivalenceProperties::new(schema);
        properties.add_equivalence_group(equal.eq_group().clone())?;
        if !is_sorted {
            properties.add_orderings(equal.oeq_class().iter().cloned());
        }
        let properties = PlanProperties::new(
            properties,
            input.output_partitioning().clone(),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Ok(Self { input, columns, is_sorted, key, properties: Arc::new(properties) })
    }
}

impl DisplayAs for MarkExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_sorted { "MarkExec: sorted" } else { "MarkExec" })
    }
}

impl ExecutionPlan for MarkExec {
    fn name(&self) -> &str {
        "MarkExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        let value = self.columns.first().cloned().into_iter().collect();
        InputDistributionRequirements::new(vec![Distribution::KeyPartitioned(value)])
    }

    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        let sort = |it: &Arc<dyn PhysicalExpr>| {
            PhysicalSortExpr::new(Arc::clone(it), SortOptions::default())
        };
        let ordering = LexOrdering::new(self.columns.iter().map(sort));
        vec![ordering.filter(|_| self.is_sorted).map(OrderingRequirements::from)]
    }

    /// Were it to say that sorted rows stay so, the sort of a mark above would be moved below it,
    /// and take the place of its own.
    fn maintains_input_order(&self) -> Vec<bool> {
        vec![!self.is_sorted]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let mut recursion = TreeNodeRecursion::Continue;
        for column in &self.columns {
            recursion = f(column)?;
        }
        Ok(recursion)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Ok([input]) = <[Arc<dyn ExecutionPlan>; 1]>::try_from(children) else {
            return internal_err!("rows to mark come from one input");
        };
        let how = (self.is_sorted, self.key);
        Ok(Arc::new(Self::new(input, self.columns.clone(), self.schema(), how)?))
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, Arc::clone(&context))?;
        let memory = MemoryConsumer::new("marked").register(context.memory_pool());
        let marks = if self.is_sorted {
            Marks::Sorted { before: None }
        } else {
            Marks::Seen { seen: Seen::new(), memory }
        };
        let (columns, key, schema) = (self.columns.clone(), self.key, self.schema());
        let mut marker = Marker { columns, key, schema: Arc::clone(&schema), marks };
        let marked = input.map(move |batch| marker.marked(&batch?));
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, marked)))
    }
}

/// Rows whose places are fetched at once.
const FETCHED: usize = 32;

/// Marks the rows of one partition. Not `Debug`: it holds data.
struct Marker {
    columns: Vec<Arc<dyn PhysicalExpr>>,
    key: FingerprintKey,
    schema: SchemaRef,
    marks: Marks,
}

enum Marks {
    /// By what was seen before.
    Seen { seen: Seen, memory: MemoryReservation },
    /// By the row before.
    Sorted { before: Option<u128> },
}

impl Marker {
    fn marked(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        let rows = self.rows(batch)?;
        let marks: BooleanArray = match &mut self.marks {
            Marks::Seen { seen, memory } => {
                memory.try_resize(seen.bytes_with(rows.len()))?;
                seen.reserve(rows.len());
                memory.try_resize(seen.bytes())?;
                let mut marks = Vec::with_capacity(rows.len());
                for some in rows.chunks(FETCHED) {
                    seen.fetch(some);
                    marks.extend(some.iter().map(|it| it.is_some_and(|it| seen.insert(it))));
                }
                marks.into()
            }
            Marks::Sorted { before } => {
                let mut is_new = |row: &Option<u128>| {
                    let is_new = row.is_some() && *before != *row;
                    *before = *row;
                    Some(is_new)
                };
                rows.iter().map(&mut is_new).collect()
            }
        };
        let columns = batch.columns().iter().cloned().chain([Arc::new(marks) as ArrayRef]);
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns.collect())?)
    }

    /// A fingerprint for each row, over its value and its group; none where there is no value.
    ///
    /// It is the sum of the fingerprints of the columns, each times an odd number of its own. The
    /// fingerprints of different values are independent, so those of different rows are equal with
    /// a probability of 2^-120 at most.
    fn rows(&self, batch: &RecordBatch) -> Result<Vec<Option<u128>>> {
        let mut columns = self.columns.iter().zip((1_u128..).step_by(2));
        let Some((value, _)) = columns.next() else { return internal_err!("no value to mark") };
        let mut rows = self.fingerprints(value, batch)?;
        for (group, factor) in columns {
            for (row, group) in rows.iter_mut().zip(self.fingerprints(group, batch)?) {
                // No group is a group too.
                let group = group.unwrap_or(NO_GROUP).wrapping_mul(factor);
                *row = row.map(|it| it.wrapping_add(group));
            }
        }
        Ok(rows)
    }

    fn fingerprints(
        &self,
        column: &Arc<dyn PhysicalExpr>,
        batch: &RecordBatch,
    ) -> Result<Vec<Option<u128>>> {
        self.key.of(&column.evaluate(batch)?.into_array(batch.num_rows())?)
    }
}

/// What stands for NULL among groups: a number that is no fingerprint but by chance.
const NO_GROUP: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
