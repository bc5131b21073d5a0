//! Bounding against its definition.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::StringArray;
use glovebox_sql::Unit;

use super::*;

#[test]
fn ranks_tell_pairs_apart_however_they_are_cut() {
    let key = [7; 16];
    assert_ne!(rank(&key, b"ab", b"c"), rank(&key, b"a", b"bc"));
    assert_ne!(rank(&key, b"ab", b"c"), rank(&[8; 16], b"ab", b"c"));
    assert_eq!(rank(&key, b"ab", b"c"), rank(&key, b"ab", b"c"));
}

type Row = (String, String, Option<i128>);

/// Rows of 12 users in 30 groups, from a generator of our own (Marsaglia's xorshift).
fn rows(seed: u64, n_rows: usize) -> Vec<Row> {
    let mut state = seed;
    let mut draw = |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    let mut row = || {
        let value = (draw(10) > 0).then(|| i128::from(draw(100)) - 50);
        (format!("g{}", draw(30)), format!("user {}", draw(12)), value)
    };
    (0..n_rows).map(|_| row()).collect()
}

fn batch(rows: &[Row]) -> RecordBatch {
    let fields = [("g", DataType::Utf8), ("u", DataType::Utf8), ("x", DataType::Decimal128(38, 0))];
    let fields = fields.map(|(name, kind)| Field::new(name, kind, true));
    let text = |it: fn(&Row) -> &String| {
        Arc::new(rows.iter().map(|row| Some(it(row))).collect::<StringArray>()) as ArrayRef
    };
    let values: Decimal128Array = rows.iter().map(|it| it.2).collect();
    let values = Arc::new(values.with_precision_and_scale(38, 0).unwrap());
    let columns: Vec<ArrayRef> = vec![text(|it| &it.0), text(|it| &it.1), values];
    RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), columns).unwrap()
}

/// A text as the row format has it.
fn bytes(text: &str) -> Vec<u8> {
    let converter = RowConverter::new(vec![SortField::new(DataType::Utf8)]).unwrap();
    let column: ArrayRef = Arc::new(StringArray::from(vec![text]));
    converter.convert_columns(&[column]).unwrap().row(0).data().to_vec()
}

/// What the definition says: users, rows, sum for each group.
fn defined(sample: &Sample, rows: &[Row]) -> BTreeMap<Vec<u8>, Vec<i128>> {
    let mut of_users: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for (group, user, _) in rows {
        of_users.entry(user).or_default().insert(group);
    }
    let mut sums: BTreeMap<Vec<u8>, Vec<i128>> = BTreeMap::new();
    for (user, groups) in of_users {
        let mut ranked: Vec<&String> = groups.into_iter().collect();
        ranked.sort_by_key(|it| (rank(&sample.key, &bytes(user), &bytes(it)), bytes(it)));
        for group in ranked.into_iter().take(sample.max_groups.unwrap_or(usize::MAX)) {
            let own = rows.iter().filter(|it| (&it.0, &it.1) == (group, user));
            let partials = [own.clone().count() as i128, own.filter_map(|it| it.2).sum()];
            let units = sample.units.iter().map(|it| it.contribution(&partials));
            let sums = sums.entry(bytes(group)).or_insert_with(|| vec![0; 3]);
            sums.iter_mut().zip(std::iter::once(1).chain(units)).for_each(|(sum, it)| *sum += it);
        }
    }
    sums
}

#[test]
fn whatever_the_order_and_the_limit_of_groups_the_sums_are_the_defined_ones() {
    let units: Arc<[Unit]> =
        Arc::new([Unit::Count { count: 0, most: 4 }, Unit::Sum { sum: 1, low: -60, high: 60 }]);
    let limits = [Some(1), Some(3), Some(4), Some(5), Some(11), Some(29), None];
    for (seed, max_groups) in (1..).zip(limits) {
        let sample =
            Sample { n_keys: 1, units: Arc::clone(&units), max_groups, key: [seed as u8; 16] };
        let mut rows = rows(seed, 700);
        let expected = defined(&sample, &rows);
        for size in [700, 64] {
            rows.reverse();
            let by_row = Arc::new([Partial::Row, Partial::Sum(0)]);
            let schema = batch(&rows).schema();
            let mut bounded = Bounded::new(sample.clone(), by_row, &schema).unwrap();
            rows.chunks(size).for_each(|it| bounded.add(&batch(it)).unwrap());
            let mut found = Groups::new(&sample);
            found.merge(&bounded.groups()).unwrap();
            let of = |number| found.groups.get(number as u32).to_vec();
            let found: BTreeMap<Vec<u8>, Vec<i128>> =
                found.sums.iter().enumerate().map(|(it, sums)| (of(it), sums.clone())).collect();
            assert_eq!(found, expected, "at most {max_groups:?} groups, batches of {size}");
        }
    }
}
