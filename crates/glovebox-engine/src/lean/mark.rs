//! Marks the first row of each value in each group, so that a distinct count is a count of marked
//! rows (Trino calls it MarkDistinct).
//!
//! Rows with the same value come to the same partition: each marks for itself, and what it counts
//! is added up. Where memory is short the rows come sorted instead, and nothing is remembered but
//! the row before.

mod exec;
mod planner;
mod seen;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Column, DFSchema, DFSchemaRef, Result, plan_err};
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, UserDefinedLogicalNodeCore};

use super::Known;
use super::fingerprint::FingerprintKey;
use crate::session::Profile;
pub(crate) use planner::Planner;

/// The logical node: its input, and one more column that says whether a row is marked.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    input: Arc<LogicalPlan>,
    /// The value, and then the groups.
    columns: Vec<Expr>,
    name: String,
    /// Whether the rows come sorted.
    is_sorted: bool,
    key: FingerprintKey,
    schema: DFSchemaRef,
}

impl Mark {
    pub(super) fn new(
        input: Arc<LogicalPlan>,
        (value, groups, name): (Column, Vec<Column>, String),
        how: &Known<'_>,
    ) -> Result<Self> {
        let columns = std::iter::once(value).chain(groups).map(Expr::Column).collect();
        let schema = marked(&input, &name)?;
        let is_sorted = how.profile == Profile::Spilling;
        Ok(Self { input, columns, name, is_sorted, key: how.key, schema })
    }

    pub(super) fn input(&self) -> &LogicalPlan {
        &self.input
    }

    /// The column that says whether a row is marked.
    pub(super) fn column(&self) -> Column {
        Column::new_unqualified(&self.name)
    }

    pub(super) fn into_plan(self) -> LogicalPlan {
        LogicalPlan::Extension(Extension { node: Arc::new(self) })
    }
}

fn marked(input: &LogicalPlan, name: &str) -> Result<DFSchemaRef> {
    let mark = Arc::new(Field::new(name, DataType::Boolean, false));
    let fields = input.schema().iter().map(|(it, field)| (it.cloned(), Arc::clone(field)));
    let fields = fields.chain([(None, mark)]).collect();
    let schema = DFSchema::new_with_metadata(fields, input.schema().metadata().clone())?;
    Ok(Arc::new(schema))
}

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.columns, &self.input) == (&other.name, &other.columns, &other.input)
    }
}

impl Eq for Mark {}

impl Hash for Mark {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.name, &self.columns, &self.input).hash(state);
    }
}

impl PartialOrd for Mark {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.name.partial_cmp(&other.name).filter(|it| it.is_ne() || self == other)
    }
}

impl UserDefinedLogicalNodeCore for Mark {
    fn name(&self) -> &str {
        "MarkDistinct"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        self.columns.clone()
    }

    fn fmt_for_explain(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MarkDistinct: {}", self.name)
    }

    fn with_exprs_and_inputs(&self, columns: Vec<Expr>, inputs: Vec<LogicalPlan>) -> Result<Self> {
        let Ok([input]) = <[LogicalPlan; 1]>::try_from(inputs) else {
            return plan_err!("rows to mark come from one input");
        };
        let schema = marked(&input, &self.name)?;
        Ok(Self { input: Arc::new(input), columns, schema, ..self.clone() })
    }
}
