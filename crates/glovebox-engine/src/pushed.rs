//! What the text of a query rules out of each table, known before a table is listed.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::TableReference;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{
    Expr, LogicalPlan, TableProviderFilterPushDown, TableSource, TableType,
};
use glovebox_catalog::Hint;
use glovebox_model::TableName;
use glovebox_sql::rewrite::substitute;

/// The hints of each table, by its name.
pub(crate) type Hints = BTreeMap<TableName, Vec<Hint>>;

/// A table of which nothing is known but its columns.
#[derive(Debug)]
struct Unlisted(SchemaRef);

impl TableSource for Unlisted {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.0)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }
}

/// The hints that hold for every scan of a table, once the plan is optimised as it will be when
/// it runs. They are a function of the plan alone.
pub(crate) fn hints(plan: &LogicalPlan, state: &SessionState) -> Option<Hints> {
    let mut sources: BTreeMap<TableName, Arc<dyn TableSource>> = BTreeMap::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Some(name) = name(&scan.table_name)
        {
            sources.insert(name, Arc::new(Unlisted(scan.source.schema())));
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .ok()?;
    let plan = state.optimize(&substitute(plan.clone(), &sources).ok()?).ok()?;
    let mut hints = Hints::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Some(name) = name(&scan.table_name)
        {
            let these: Vec<Hint> = scan.filters.iter().filter_map(Hint::of).collect();
            // A table that is read twice is listed once: for both.
            let before = hints.remove(&name);
            let kept = match before {
                Some(before) => before.into_iter().filter(|it| these.contains(it)).collect(),
                None => these,
            };
            hints.insert(name, kept);
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .ok()?;
    Some(hints)
}

fn name(reference: &TableReference) -> Option<TableName> {
    match reference {
        TableReference::Bare { table } => TableName::new(table).ok(),
        TableReference::Partial { .. } | TableReference::Full { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    use datafusion::datasource::empty::EmptyTable;
    use datafusion::prelude::SessionContext;
    use glovebox_catalog::Hint;

    use super::*;
    use crate::session::{Profile, Share, session};

    /// The hints of `t` in a query over `t(day, n)` and `o(day, v)`.
    async fn hints_of(sql: &str) -> Vec<Hint> {
        let context = SessionContext::new();
        for (name, other) in [("t", "n"), ("o", "v")] {
            let field = |it: &str| Field::new(it, DataType::Int64, true);
            let schema = Arc::new(Schema::new(vec![field("day"), field(other)]));
            context.register_table(name, Arc::new(EmptyTable::new(schema))).unwrap();
        }
        let plan = context.sql(sql).await.unwrap().into_unoptimized_plan();
        let share = Share {
            memory_bytes: 1 << 20,
            spill_bytes: 0,
            spill_folder: std::env::temp_dir(),
            partitions: 1,
        };
        let state = session(&share, Profile::Hash).unwrap();
        hints(&plan, &state).unwrap().remove(&TableName::new("t").unwrap()).unwrap()
    }

    #[tokio::test]
    async fn hints_are_what_literals_of_the_text_say_of_every_scan() {
        let day = |it: i64| {
            let filter = datafusion::prelude::col("day").eq(datafusion::prelude::lit(it));
            Hint::of(&filter).unwrap()
        };
        assert_eq!(hints_of("select n from t where day = 3 and n + 1 = 2").await, [day(3)]);
        let joined = "select sum(n) from t join o on t.day = o.day where o.day = 4 and v > n";
        assert_eq!(hints_of(joined).await, [day(4)], "equal to what a literal is equal to");
        let twice = "select a.n from t a join t b on a.n = b.n where a.day = 5 and b.day = 6";
        assert_eq!(hints_of(twice).await, [], "what one scan leaves out another may need");
        let both = "select a.n from t a join t b on a.n = b.n where a.day = 5 and b.day = 5";
        assert_eq!(hints_of(both).await, [day(5)]);
        assert_eq!(hints_of("select n from t where day in (select day from o)").await, []);
        assert_eq!(hints_of("select n from t where day = (select max(day) from o)").await, []);
    }
}
