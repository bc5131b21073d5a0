//! What the text of a query rules out of each table, known before a table is listed.

use std::collections::BTreeMap;

use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use glovebox_catalog::Hint;
use glovebox_model::TableName;
use glovebox_sql::rewrite::scan_filters;

/// The hints of each table, by its name.
pub(crate) type Hints = BTreeMap<TableName, Vec<Hint>>;

/// The hints that hold for every scan of a table, once the plan is optimised as it will be when
/// it runs: a table that is read twice is listed once, for both.
pub(crate) fn hints(plan: &LogicalPlan, state: &SessionState) -> Option<Hints> {
    let scans = scan_filters(plan, |it| state.optimize(it)).ok()?;
    let common = |scans: Vec<Vec<_>>| {
        let mut scans = scans.iter().map(|it| it.iter().filter_map(Hint::of).collect::<Vec<_>>());
        let first = scans.next().unwrap_or_default();
        scans.fold(first, |kept, these| kept.into_iter().filter(|it| these.contains(it)).collect())
    };
    Some(scans.into_iter().map(|(table, scans)| (table, common(scans))).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    use datafusion::datasource::empty::EmptyTable;
    use datafusion::prelude::SessionContext;

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
