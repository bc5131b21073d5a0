//! Lean plans answer what the plans answer that they come from.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::MemTable;
use datafusion::execution::SessionState;
use datafusion::physical_plan::{collect, displayable};
use datafusion::prelude::SessionContext;

use super::*;
use crate::session::{Share, session};

const KEY: FingerprintKey = FingerprintKey::new([7; 16]);

/// `n` rows of a table: a key that is NULL at times, a group, a number.
fn table(prefix: &str, n: i64, people: i64) -> MemTable {
    let batch = |from: i64, to: i64| {
        let rows = from..to;
        let key = |it: i64| (it % 13 != 0).then(|| format!("person {}", it * 7 % people));
        let group = |it: i64| (it % 11 != 0).then(|| format!("group {}", it % 5));
        let columns: [(&str, ArrayRef); 3] = [
            ("uid", Arc::new(rows.clone().map(key).collect::<StringArray>())),
            ("kind", Arc::new(rows.clone().map(group).collect::<StringArray>())),
            ("n", Arc::new(rows.map(|it| it % 17).collect::<Int64Array>())),
        ];
        let columns = columns.map(|(name, it)| (format!("{prefix}{name}"), it, true));
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    };
    let parts: Vec<Vec<RecordBatch>> = (0..3)
        .map(|part| {
            let at = |it: i64| n * it / 6;
            vec![batch(at(part * 2), at(part * 2 + 1)), batch(at(part * 2 + 1), at(part * 2 + 2))]
        })
        .collect();
    MemTable::try_new(parts[0][0].schema(), parts).unwrap()
}

fn state(profile: Profile, partitions: usize) -> SessionState {
    let share = Share {
        memory_bytes: 64 << 20,
        spill_bytes: 64 << 20,
        spill_folder: std::env::temp_dir(),
        partitions,
    };
    session(&share, profile).unwrap()
}

async fn optimised(sql: &str, state: &SessionState) -> LogicalPlan {
    let context = SessionContext::new();
    context.remove_optimizer_rule("single_distinct_aggregation_to_group_by");
    context.register_table("a", Arc::new(table("", 700, 120))).unwrap();
    context.register_table("b", Arc::new(table("", 400, 90))).unwrap();
    context.register_table("c", Arc::new(table("c_", 90, 40))).unwrap();
    let plan = context.sql(sql).await.unwrap().into_optimized_plan().unwrap();
    state.optimize(&plan).unwrap()
}

async fn answer(plan: &LogicalPlan, state: &SessionState) -> (String, String) {
    let physical = state.query_planner().create_physical_plan(plan, state).await.unwrap();
    let shown = displayable(physical.as_ref()).indent(false).to_string();
    let batches = collect(physical, state.task_ctx()).await.unwrap();
    let text = pretty_format_batches(&batches).unwrap().to_string();
    let mut lines: Vec<&str> = text.lines().filter(|it| !it.starts_with('+')).collect();
    lines.sort_unstable();
    (lines.join("\n"), shown)
}

/// Queries, and what stands in their lean plans.
const QUERIES: [(&str, &[&str]); 22] = [
    (
        "select a.kind, count(distinct a.uid) n from a join b on a.uid = b.uid group by a.kind",
        &["fingerprint(", "MarkDistinct"],
    ),
    (
        "select b.kind, count(distinct a.uid) x, count(distinct b.uid) y, sum(a.n) s from a join b on a.uid = b.uid group by b.kind having count(distinct b.uid) >= 3",
        &["fingerprint(", "MarkDistinct"],
    ),
    (
        "select b.kind, sum(a.n) s from a join b on a.uid = b.uid group by b.kind having count(distinct a.uid) >= 20 and count(distinct b.uid) > 12",
        &["fingerprint(", "count_at_least"],
    ),
    (
        "select sum(n) s from a having count(distinct uid) >= 100",
        &["fingerprint(", "count_at_least"],
    ),
    ("select sum(n) s from a having count(distinct uid) >= 1000", &["count_at_least"]),
    ("select sum(n) s from a having count(distinct uid) < 111", &["count_at_least"]),
    ("select sum(n) s from a having 110 >= count(distinct uid)", &["count_at_least"]),
    ("select count(distinct uid) n from a", &["fingerprint("]),
    (
        "select count(distinct uid) n, count(distinct kind) k, count(distinct n) m, count(*) c, count(uid) d from a",
        &[],
    ),
    ("select kind, n, count(distinct uid) c from a group by kind, n", &["MarkDistinct"]),
    ("select uid, count(distinct kind) c from a group by uid", &["MarkDistinct"]),
    ("select upper(kind) k, count(distinct uid) c from a group by upper(kind)", &["fingerprint("]),
    (
        "select kind, count(distinct uid) c from a where uid like '%1%' group by kind",
        &["MarkDistinct"],
    ),
    (
        "select kind, count(distinct uid) filter (where n > 3) c, count(distinct uid) d from a group by kind",
        &["MarkDistinct"],
    ),
    ("select kind, count(distinct uid) c from a group by rollup(kind)", &[]),
    (
        "select a.kind, count(*) c from a left join b on a.uid = b.uid where b.uid is null group by a.kind",
        &["fingerprint("],
    ),
    (
        "select a.kind, count(distinct b.uid) c, count(distinct a.uid) d from a full join b on a.uid = b.uid group by a.kind",
        &["fingerprint(", "MarkDistinct"],
    ),
    (
        "select kind, count(distinct uid) c from a where uid in (select uid from b) and uid not in (select c_uid from c where c_uid is not null) group by kind",
        &["MarkDistinct"],
    ),
    (
        "select a.kind, count(distinct c.c_uid) x from a join b on a.uid = b.uid join c on b.uid = c.c_uid and c.c_n >= a.n group by a.kind",
        &["fingerprint(", "MarkDistinct"],
    ),
    (
        "select kind, count(distinct uid) c from (select uid, kind from a union all select uid, kind from b) t group by kind",
        &["MarkDistinct"],
    ),
    (
        "select x.kind from (select kind, count(distinct uid) c from a group by kind) x join (select kind, count(distinct uid) c from b group by kind) y on x.c = y.c or x.kind = y.kind",
        &[],
    ),
    ("select distinct a.uid, b.kind from a join b on a.uid = b.uid where a.kind <> b.kind", &[]),
];

fn lean(plan: LogicalPlan, profile: Profile, key: FingerprintKey) -> LogicalPlan {
    super::lean(plan, Known { profile, key, guards: &[], techniques: &Technique::ALL })
}

#[tokio::test]
async fn a_threshold_that_stands_behind_the_outputs_stops_at_its_minimum() {
    let sql = "select kind, sum(n) s, count(distinct uid) g from a group by kind
        having count(distinct uid) >= 2";
    for profile in [Profile::Hash, Profile::Spilling] {
        let state = state(profile, 3);
        let plan = optimised(sql, &state).await;
        let known = Known { profile, key: KEY, guards: &[(2, 3)], techniques: &Technique::ALL };
        let lean = super::lean(plan.clone(), known);
        let text = lean.display_indent().to_string();
        assert!(text.contains("count_at_least"), "{text}");
        let stopped = format!("select kind, s, least(g, 3) g from ({sql}) t");
        let stopped = optimised(&stopped, &state).await;
        assert_eq!(answer(&lean, &state).await.0, answer(&stopped, &state).await.0);
        // Shown as well, it is needed as it is.
        let text = super::lean(plan, Known { guards: &[], ..known }).display_indent().to_string();
        assert!(!text.contains("count_at_least"), "{text}");
    }
}

#[tokio::test]
async fn lean_plans_answer_the_same_in_every_profile_and_over_any_partitions() {
    for profile in [Profile::Hash, Profile::Spilling] {
        for partitions in [1, 3] {
            let state = state(profile, partitions);
            for (sql, held) in QUERIES {
                let plan = optimised(sql, &state).await;
                let lean = lean(plan.clone(), profile, KEY);
                let text = lean.display_indent().to_string();
                held.iter().for_each(|it| assert!(text.contains(it), "{sql}\n{text}"));
                let (expected, _) = answer(&plan, &state).await;
                let (found, physical) = answer(&lean, &state).await;
                assert_eq!(found, expected, "{sql}\n{text}\n{physical}");
            }
        }
    }
}

#[tokio::test]
async fn text_that_is_shown_ordered_or_cut_stands_as_it_is() {
    let state = state(Profile::Hash, 2);
    for sql in [
        "select uid, count(*) c from a group by uid",
        "select a.kind, count(*) c from a join b on a.uid = b.uid group by a.kind order by min(a.uid)",
        "select kind, count(*) c from a where uid < 'person 3' group by kind",
        "select substr(a.uid, 1, 3) s, count(*) c from a join b on a.uid = b.uid group by 1",
        "select a.n, count(*) c from a join b on a.uid = lower(b.uid) group by a.n",
    ] {
        let plan = optimised(sql, &state).await;
        let text = lean(plan, Profile::Hash, KEY).display_indent().to_string();
        assert!(!text.contains("fingerprint(a.uid)"), "{sql}\n{text}");
    }
}

#[tokio::test]
async fn counts_that_are_shown_or_compared_with_others_are_not_stopped() {
    let state = state(Profile::Hash, 2);
    for sql in [
        "select count(distinct uid) c from a having count(distinct uid) >= 3",
        "select sum(n) s from a having count(distinct uid) >= count(distinct kind)",
        "select sum(n) s from a having count(distinct uid) = 7",
        "select sum(n) s from a having count(distinct uid) + 1 >= 7",
        "select sum(n) s from a having count(distinct uid) >= 20000",
    ] {
        let plan = optimised(sql, &state).await;
        let text = lean(plan, Profile::Hash, KEY).display_indent().to_string();
        assert!(!text.contains("count_at_least"), "{sql}\n{text}");
    }
}

#[tokio::test]
async fn a_single_group_is_counted_without_marks_unless_memory_is_short() {
    for (profile, marks) in [(Profile::Hash, 0), (Profile::Spilling, 1)] {
        let state = state(profile, 2);
        let plan = optimised("select count(distinct uid) n from a", &state).await;
        let text = lean(plan, profile, KEY).display_indent().to_string();
        assert_eq!(text.matches("MarkDistinct").count(), marks, "{text}");
    }
}

#[tokio::test]
async fn equal_columns_of_an_inner_join_are_counted_once() {
    let state = state(Profile::Hash, 2);
    let sql = "select a.kind, count(distinct a.uid) x, count(distinct b.uid) y from a join b on a.uid = b.uid group by a.kind";
    let plan = optimised(sql, &state).await;
    let text = lean(plan, Profile::Hash, KEY).display_indent().to_string();
    assert_eq!(text.matches("MarkDistinct").count(), 1, "{text}");
    let sql = sql.replace("join b", "left join b");
    let text = lean(optimised(&sql, &state).await, Profile::Hash, KEY).display_indent().to_string();
    assert_eq!(text.matches("MarkDistinct").count(), 2, "{text}");
}

#[tokio::test]
async fn marking_is_done_where_the_join_brought_equal_values_together() {
    let mut state = state(Profile::Hash, 3);
    let options = state.config_mut().options_mut();
    options.optimizer.hash_join_single_partition_threshold = 0;
    options.optimizer.hash_join_single_partition_threshold_rows = 0;
    let sql =
        "select b.kind, count(distinct a.uid) x from a join b on a.uid = b.uid group by b.kind";
    let lean = lean(optimised(sql, &state).await, Profile::Hash, KEY);
    let (_, physical) = answer(&lean, &state).await;
    let above = physical.split("HashJoinExec").next().unwrap();
    assert!(above.contains("MarkExec"), "{physical}");
    assert_eq!(above.matches("RepartitionExec").count(), 1, "of groups only:\n{physical}");
}

#[tokio::test]
async fn what_a_merge_join_gives_is_sorted_above_it() {
    let sql = "select b.uid, b.n from a join b on a.uid = b.uid order by b.uid, b.n";
    let mut answers = Vec::new();
    for profile in [Profile::Hash, Profile::Spilling] {
        let state = state(profile, 3);
        assert!(state.physical_optimizers().iter().any(|it| it.name() == crate::unordered::BEFORE));
        let plan = optimised(sql, &state).await;
        let physical = state.query_planner().create_physical_plan(&plan, &state).await.unwrap();
        let rows = collect(physical, state.task_ctx()).await.unwrap();
        answers.push(pretty_format_batches(&rows).unwrap().to_string());
    }
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn values_are_equal_just_when_their_fingerprints_are() {
    let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some("b"), Some("a")]));
    let found = KEY.of(&texts).unwrap();
    assert_eq!(found[0], found[3]);
    assert_ne!(found[0], found[2]);
    assert_eq!(found[1], None);
    let as_array: ArrayRef = Arc::new(fingerprint::array(found.clone()));
    assert_eq!(*as_array.data_type(), fingerprint::FINGERPRINT);
    assert_eq!(KEY.of(&as_array).unwrap(), found, "those of fingerprints are they themselves");
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![5, -5, 5]));
    let found = KEY.of(&numbers).unwrap();
    assert_eq!((found[0], found[0] == found[1]), (found[2], false));
    assert!(!fingerprint::can(&DataType::Float64), "zeros are equal and their bytes are not");
    assert!(
        KEY.of(&(Arc::new(datafusion::arrow::array::Float64Array::from(vec![0.0])) as _)).is_err()
    );
    assert_eq!(format!("{KEY:?}"), "FingerprintKey");
}
