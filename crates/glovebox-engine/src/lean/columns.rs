//! Which columns of a plan hold the same values, and what is done with them.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, DFSchema, Result, plan_err};
use datafusion::logical_expr::{Aggregate, Expr, Join, JoinType, LogicalPlan};

use super::aggregate::counted;

/// The output columns of all nodes of a plan, in classes of those that pass the same values on or
/// that are compared with each other.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// For each column the next one of its class, or itself.
    nexts: Vec<usize>,
    uses: Vec<Use>,
    scans: Vec<Vec<usize>>,
    aggregates: Vec<Vec<usize>>,
}

/// What is done with the values of a class.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    /// They are needed as they are: shown, ordered, cut, cast.
    is_shown: bool,
    /// Some come from elsewhere than a scan.
    is_computed: bool,
    /// Some are not text.
    is_other: bool,
    /// They are looked up: joined, grouped, counted once.
    is_key: bool,
    /// The greatest number that they are compared with to see whether they reach it.
    minimum: Option<i64>,
}

impl Use {
    fn and(self, other: Self) -> Self {
        Self {
            is_shown: self.is_shown || other.is_shown,
            is_computed: self.is_computed || other.is_computed,
            is_other: self.is_other || other.is_other,
            is_key: self.is_key || other.is_key,
            minimum: self.minimum.max(other.minimum),
        }
    }
}

impl Columns {
    /// All columns of a plan, of whose outputs `guards` are compared with numbers and the others
    /// shown.
    ///
    /// # Errors
    /// A plan with subqueries in its expressions, or with columns that are not there.
    pub(super) fn of(plan: &LogicalPlan, guards: &[(usize, i64)]) -> Result<Self> {
        let mut columns = Self::default();
        for (index, column) in columns.walk(plan)?.into_iter().enumerate() {
            match guards.iter().find(|it| it.0 == index) {
                Some((_, minimum)) => columns.reach(column, *minimum),
                None => columns.show(column),
            }
        }
        Ok(columns)
    }

    /// For each scan, in the order of the plan from its leaves on, which of its columns are text
    /// that is looked up and never shown.
    pub(super) fn scans(&self) -> impl Iterator<Item = Vec<bool>> {
        let is_opaque = |it: &usize| {
            let Use { is_shown, is_computed, is_other, is_key, minimum } = self.used(*it);
            is_key && minimum.is_none() && !is_shown && !is_computed && !is_other
        };
        self.scans.iter().map(move |scan| scan.iter().map(is_opaque).collect())
    }

    /// For each aggregation, in the same order, and each of its aggregates: the greatest minimum,
    /// if all that is asked of it is whether it reaches one.
    pub(super) fn aggregates(&self) -> impl Iterator<Item = Vec<Option<i64>>> {
        let minimum = |it: &usize| {
            let used = self.used(*it);
            used.minimum.filter(|_| !used.is_shown && !used.is_key)
        };
        self.aggregates.iter().map(move |node| node.iter().map(minimum).collect())
    }

    fn used(&self, column: usize) -> Use {
        self.uses.get(self.first(column)).copied().unwrap_or_default()
    }

    fn first(&self, mut column: usize) -> usize {
        while let Some(next) = self.nexts.get(column).filter(|it| **it != column) {
            column = *next;
        }
        column
    }

    fn change(&mut self, column: usize, change: impl FnOnce(&mut Use)) {
        let first = self.first(column);
        if let Some(it) = self.uses.get_mut(first) {
            change(it);
        }
    }

    pub(super) fn show(&mut self, column: usize) {
        self.change(column, |it| it.is_shown = true);
    }

    pub(super) fn reach(&mut self, column: usize, minimum: i64) {
        self.change(column, |it| it.minimum = it.minimum.max(Some(minimum)));
    }

    pub(super) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        let both = self.used(one).and(self.used(other));
        if let Some(next) = self.nexts.get_mut(one) {
            *next = other;
        }
        self.change(other, |it| *it = both);
    }

    pub(super) fn key(&mut self, column: usize) {
        self.change(column, |it| it.is_key = true);
    }

    fn add(&mut self, kind: &DataType, is_computed: bool) -> usize {
        let column = self.nexts.len();
        self.nexts.push(column);
        let is_other = *kind != DataType::Utf8;
        self.uses.push(Use { is_computed, is_other, ..Use::default() });
        column
    }

    fn add_all(&mut self, schema: &DFSchema, is_computed: bool) -> Vec<usize> {
        schema.fields().iter().map(|it| self.add(it.data_type(), is_computed)).collect()
    }

    /// The output columns of a node, after all below it.
    fn walk(&mut self, plan: &LogicalPlan) -> Result<Vec<usize>> {
        match plan {
            LogicalPlan::TableScan(_) => {
                let columns = self.add_all(plan.schema(), false);
                self.scans.push(columns.clone());
                Ok(columns)
            }
            LogicalPlan::Projection(it) => {
                let inputs = self.walk(&it.input)?;
                it.expr.iter().map(|expr| self.output(expr, it.input.schema(), &inputs)).collect()
            }
            LogicalPlan::Filter(it) => {
                let inputs = self.walk(&it.input)?;
                self.visit(&it.predicate, it.input.schema(), &inputs)?;
                Ok(inputs)
            }
            LogicalPlan::Sort(it) => {
                let inputs = self.walk(&it.input)?;
                for sort in &it.expr {
                    self.visit(&sort.expr, it.input.schema(), &inputs)?;
                }
                Ok(inputs)
            }
            LogicalPlan::SubqueryAlias(it) => self.walk(&it.input),
            LogicalPlan::Limit(it) => self.walk(&it.input),
            LogicalPlan::Join(it) => self.joined(it),
            LogicalPlan::Aggregate(it) => self.aggregated(it),
            other => {
                for input in other.inputs() {
                    self.walk(input)?.into_iter().for_each(|it| self.show(it));
                }
                Ok(self.add_all(other.schema(), true))
            }
        }
    }

    /// The column that an expression gives.
    fn output(&mut self, expr: &Expr, schema: &DFSchema, inputs: &[usize]) -> Result<usize> {
        match expr {
            Expr::Alias(it) => self.output(&it.expr, schema, inputs),
            Expr::Column(column) => place(column, schema, inputs),
            other => {
                self.visit(other, schema, inputs)?;
                Ok(self.add(&DataType::Null, true))
            }
        }
    }

    fn joined(&mut self, join: &Join) -> Result<Vec<usize>> {
        let (left, right) = (self.walk(&join.left)?, self.walk(&join.right)?);
        let (left_schema, right_schema) = (join.left.schema(), join.right.schema());
        for (one, other) in &join.on {
            if let (Expr::Column(one), Expr::Column(other)) = (one, other) {
                let one = place(one, left_schema, &left)?;
                self.join(one, place(other, right_schema, &right)?);
                self.key(one);
            } else {
                self.visit(one, left_schema, &left)?;
                self.visit(other, right_schema, &right)?;
            }
        }
        let both: Vec<usize> = left.iter().chain(&right).copied().collect();
        if let Some(filter) = &join.filter {
            self.visit(filter, &left_schema.join(right_schema)?, &both)?;
        }
        let with_mark = |columns: &mut Self, mut inputs: Vec<usize>| {
            inputs.push(columns.add(&DataType::Boolean, true));
            inputs
        };
        Ok(match join.join_type {
            JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => both,
            JoinType::LeftSemi | JoinType::LeftAnti => left,
            JoinType::RightSemi | JoinType::RightAnti => right,
            JoinType::LeftMark => with_mark(self, left),
            JoinType::RightMark => with_mark(self, right),
        })
    }

    fn aggregated(&mut self, node: &Aggregate) -> Result<Vec<usize>> {
        let (inputs, schema) = (self.walk(&node.input)?, node.input.schema());
        let mut outputs = Vec::new();
        for group in &node.group_expr {
            if let Expr::GroupingSet(_) = group {
                inputs.iter().for_each(|it| self.show(*it));
                outputs = self.add_all(&node.schema, true);
                self.aggregates.push(Vec::new());
                return Ok(outputs);
            }
            let output = self.output(group, schema, &inputs)?;
            self.key(output);
            outputs.push(output);
        }
        let mut aggregates = Vec::new();
        for expr in &node.aggr_expr {
            match counted(expr) {
                Some(it) => {
                    let column = place(it.column, schema, &inputs)?;
                    if it.is_distinct {
                        self.key(column);
                    }
                    if let Some(filter) = it.filter {
                        self.visit(filter, schema, &inputs)?;
                    }
                }
                None => self.visit(expr, schema, &inputs)?,
            }
            aggregates.push(self.add(&DataType::Int64, true));
        }
        outputs.extend(&aggregates);
        self.aggregates.push(aggregates);
        Ok(outputs)
    }
}

/// The column of a node's input that an expression names.
pub(super) fn place(column: &Column, schema: &DFSchema, inputs: &[usize]) -> Result<usize> {
    let index = schema.index_of_column(column)?;
    match inputs.get(index) {
        Some(it) => Ok(*it),
        None => plan_err!("a column is not there"),
    }
}
