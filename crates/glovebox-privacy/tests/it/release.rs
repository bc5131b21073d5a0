//! The check at release: rows that are not what was judged are withheld, all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema as ArrowSchema, SchemaRef};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, UnboundedMemoryPool};
use glovebox_model::{
    Aggregate, AggregateFunction, AggregationDraft, AggregationRule, Column, ColumnName, Digest,
    Extension, Id, OutputConstraint, Rule, TableName, Timestamp,
};
use glovebox_policy::{RuledTable, Rules, clear};
use glovebox_privacy::{
    Cost, Draw, NotDrawn, Priced, Ratio, Released, Reserved, Rows, SecureDraw, Terms, Withheld,
    price, release,
};
use glovebox_sql::{Schema, TableSchema, bind};

/// `SELECT region, SUM(amount) AS total`, in groups of at least three persons.
fn priced() -> Priced {
    priced_under(Extension::default())
}

fn priced_under(extension: Extension) -> Priced {
    let name = |it: &str| ColumnName::new(it).unwrap();
    let column = |it: &str, kind: &str| Column { name: name(it), kind: kind.parse().unwrap() };
    let table = TableName::new("orders").unwrap();
    let columns = vec![column("region", "string"), column("amount", "int")];
    let hidden = vec![column("person", "string")];
    let schema =
        Schema { tables: BTreeMap::from([(table.clone(), TableSchema { columns, hidden })]) };
    let sql = "SELECT region, SUM(amount) AS total FROM orders GROUP BY region";
    let bound = bind(sql, &schema, Timestamp::from_millis(0)).unwrap();
    let rule = AggregationRule::new(AggregationDraft {
        aggregates: vec![Aggregate { function: AggregateFunction::Sum, column: name("amount") }],
        dimensions: vec![name("region")],
        join_columns: vec![],
        output_constraints: vec![OutputConstraint { column: name("person"), minimum: 3 }],
        ..AggregationDraft::default()
    });
    let ruled = RuledTable {
        owner: "111111111111".parse().unwrap(),
        owner_name: "Seller".into(),
        configured_table: None,
        rule: Some(Rule::Aggregation(rule.unwrap())),
        extension,
    };
    let rules = Rules {
        runner: "222222222222".parse().unwrap(),
        analysis: glovebox_policy::Analysis::Direct,
        encryption: glovebox_model::EncryptionMetadata::default(),
        tables: BTreeMap::from([(table, ruled)]),
    };
    price(clear(bound, &rules).unwrap(), &Terms::default()).unwrap()
}

fn reserved() -> Reserved {
    #[expect(clippy::disallowed_methods, reason = "this test stands in for the store")]
    Reserved::assertion(priced())
}

/// The schema of the judged plan.
fn judged(reserved: &Reserved) -> Vec<Field> {
    reserved
        .plan()
        .schema()
        .fields()
        .iter()
        .map(|it| it.as_ref().clone().with_nullable(true))
        .collect()
}

/// A column of the type of `field`.
fn column(field: &Field, values: &[Option<i64>]) -> ArrayRef {
    let numbers: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
    datafusion::arrow::compute::cast(&numbers, field.data_type()).unwrap()
}

/// Releases two groups whose hidden counts are these, after `change` to schema and columns.
fn released(
    counts: [Option<i64>; 2],
    change: impl FnOnce(&mut Vec<Field>, &mut Vec<ArrayRef>),
) -> Result<Released, Withheld> {
    let reserved = reserved();
    let mut fields = judged(&reserved);
    assert_eq!(fields.len(), 3, "region, total and one hidden count");
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec!["eu", "us"])),
        column(&fields[1], &[Some(7), Some(8)]),
        column(&fields[2], &counts),
    ];
    change(&mut fields, &mut columns);
    let schema: SchemaRef = Arc::new(ArrowSchema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), columns).unwrap();
    let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
    let memory = MemoryConsumer::new("test").register(&pool);
    let rows = Rows { schema, batches: vec![batch], inputs: Digest::of(b"inputs"), memory };
    release(reserved.seal(rows, None), &mut SecureDraw::new().unwrap())
}

fn withheld(outcome: Result<Released, Withheld>) -> Option<Withheld> {
    outcome.err()
}

#[test]
fn groups_that_meet_their_threshold_are_released_without_the_hidden_count() {
    let released = released([Some(3), Some(4)], |_, _| {}).ok().unwrap();
    let encoded = released.encode(Id::from_random([1; 16]), |schema, batches| {
        assert_eq!(schema.fields().len(), 2);
        assert_eq!((batches[0].num_columns(), batches[0].num_rows()), (2, 2));
        assert!(schema.fields().iter().all(|it| !it.name().contains("guard")));
        Ok::<_, NotDrawn>(Vec::new())
    });
    assert_eq!(encoded.unwrap().files().inputs, Digest::of(b"inputs"));
}

#[test]
fn one_group_below_its_threshold_withholds_the_whole_result() {
    for counts in [[Some(3), Some(2)], [Some(0), Some(9)], [Some(-1), Some(9)], [None, Some(9)]] {
        assert_eq!(withheld(released(counts, |_, _| {})), Some(Withheld::Threshold), "{counts:?}");
    }
}

#[test]
fn columns_that_were_not_judged_withhold_the_result() {
    let good = [Some(3), Some(3)];
    let renamed = released(good, |fields, _| fields[0] = fields[0].clone().with_name("person"));
    assert_eq!(withheld(renamed), Some(Withheld::Columns));
    let dropped = released(good, |fields, columns| {
        fields.pop();
        columns.pop();
    });
    assert_eq!(withheld(dropped), Some(Withheld::Columns));
    let added = released(good, |fields, columns| {
        fields.push(fields[2].clone());
        columns.push(columns[2].clone());
    });
    assert_eq!(withheld(added), Some(Withheld::Columns));
    let swapped = released(good, |fields, columns| {
        fields.swap(1, 2);
        columns.swap(1, 2);
    });
    assert_eq!(withheld(swapped), Some(Withheld::Columns));
    let retyped = released(good, |fields, columns| {
        fields[2] = Field::new(fields[2].name(), DataType::Int32, true);
        columns[2] = column(&fields[2], &[Some(3), Some(3)]);
    });
    assert_eq!(withheld(retyped), Some(Withheld::Columns));
}

#[test]
fn a_query_without_privacy_budget_costs_nothing_and_draws_no_noise() {
    struct Silent;
    impl Draw for Silent {
        fn discrete_gaussian(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
            panic!("noise was drawn");
        }

        fn discrete_laplace(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
            panic!("noise was drawn");
        }
    }
    assert_eq!(priced().cost(), Cost::ZERO);
    let reserved = reserved();
    let schema: SchemaRef = Arc::new(ArrowSchema::new(judged(&reserved)));
    let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
    let memory = MemoryConsumer::new("test").register(&pool);
    let rows = Rows { schema, batches: vec![], inputs: Digest::of(b""), memory };
    assert!(release(reserved.seal(rows, None), &mut Silent).is_ok());
}

#[test]
fn equal_queries_have_equal_digests() {
    assert_eq!(priced().plan_digest(), priced().plan_digest());
    assert_eq!(priced().tables().count(), 1);
    assert_eq!(priced().rule_digests().len(), 1);
}

/// Rows of (region, total, hidden count) of a query whose owner lets the result tell of withheld
/// groups.
fn rows_of(
    reserved: &Reserved,
    values: &[(Option<&str>, i64, Option<i64>)],
    nullable: bool,
) -> Rows {
    let mut fields = judged(reserved);
    fields[0] = fields[0].clone().with_nullable(nullable);
    let regions: Vec<Option<&str>> = values.iter().map(|it| it.0).collect();
    let totals: Vec<Option<i64>> = values.iter().map(|it| Some(it.1)).collect();
    let counts: Vec<Option<i64>> = values.iter().map(|it| it.2).collect();
    let columns = vec![
        Arc::new(StringArray::from(regions)) as ArrayRef,
        column(&fields[1], &totals),
        column(&fields[2], &counts),
    ];
    let schema: SchemaRef = Arc::new(ArrowSchema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), columns).unwrap();
    let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
    let memory = MemoryConsumer::new("test").register(&pool);
    Rows { schema, batches: vec![batch], inputs: Digest::of(b"inputs"), memory }
}

#[test]
fn the_row_for_withheld_groups_is_checked_like_every_row_and_comes_last() {
    let told = Extension { suppression_notice: true, ..Extension::default() };
    let one = |count| vec![(None, 9, count)];
    let two = vec![(None, 9, Some(3)), (None, 9, Some(3))];
    for (other, expected) in [
        (Some(one(Some(3))), Ok(true)),
        (Some(vec![]), Ok(false)),
        (Some(one(Some(2))), Err(Withheld::Threshold)),
        (Some(one(None)), Err(Withheld::Threshold)),
        (Some(two), Err(Withheld::Remainder)),
        (None, Err(Withheld::Remainder)),
    ] {
        #[expect(clippy::disallowed_methods, reason = "this test stands in for the store")]
        let reserved = Reserved::assertion(priced_under(told.clone()));
        let rows = rows_of(&reserved, &[(Some("eu"), 7, Some(3))], false);
        let other = other.map(|it| rows_of(&reserved, &it, true));
        let outcome = release(reserved.seal(rows, other), &mut SecureDraw::new().unwrap());
        let found = outcome.map(|released| {
            let encoded = released.encode(Id::from_random([1; 16]), |schema, batches| {
                let n_rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
                assert_eq!(n_rows, batches.len(), "one batch for each row");
                assert_eq!(schema.field(0).is_nullable(), n_rows == 2, "the key may be NULL now");
                assert_eq!(batches.last().unwrap().column(0).null_count(), n_rows - 1);
                Ok::<_, NotDrawn>(Vec::new())
            });
            encoded.unwrap().other_row()
        });
        assert_eq!(found.map_err(|it| it.to_string()), expected.map_err(|it| it.to_string()));
    }
    // Where the owner did not agree there is no such row to hand on.
    let reserved = reserved();
    let rows = rows_of(&reserved, &[(Some("eu"), 7, Some(3))], false);
    let other = rows_of(&reserved, &one(Some(3)), true);
    let outcome = release(reserved.seal(rows, Some(other)), &mut SecureDraw::new().unwrap());
    assert_eq!(withheld(outcome), Some(Withheld::Remainder));
}
