//! Tests only: no function fails, whatever it is given.

use datafusion::arrow::array::Array;
use proptest::prelude::*;
use proptest::sample::select;

use super::cast::{cast, castable};
use super::kind::{Kind, MAX_DIGITS};
use super::scalar::{Call, Definition};
use super::value::{Value, Writer, ten_to};
use super::{FOLDS, definitions, fold};

fn kinds() -> impl Strategy<Value = Kind> {
    let decimal = (1..=MAX_DIGITS)
        .prop_flat_map(|precision| (Just(precision), 0..=precision))
        .prop_map(|(precision, scale)| Kind::Decimal { precision, scale });
    let plain = select(vec![
        Kind::Bigint,
        Kind::Binary,
        Kind::Boolean,
        Kind::Date,
        Kind::Double,
        Kind::Float,
        Kind::Int,
        Kind::Null,
        Kind::Smallint,
        Kind::String,
        Kind::Timestamp,
        Kind::Tinyint,
    ]);
    let flat = prop_oneof![4 => plain, 1 => decimal];
    let array = flat.clone().prop_map(|it| it.array().unwrap());
    prop_oneof![5 => flat, 1 => array]
}

fn texts() -> impl Strategy<Value = String> {
    let odd = select(vec![
        "",
        " ",
        "-",
        "+",
        ".",
        "1e",
        "1e309",
        "-1e-400",
        "9e999999999",
        "NaN",
        "Infinity",
        "9223372036854775808",
        "-9223372036854775808",
        "0x1p3",
        "99999-99-99",
        "2024-02-30",
        "294247-01-10 04:00:54.775807",
        "0000-00-00",
        "9999999-12-31",
        "-9999999-01-01",
        "2024-02-29 23:59:59.9999999999+18:00",
        "month",
        "year",
        "second",
        "int",
        "decimal(38,38)",
        "both",
        "YYYY-MM-DD",
        "yyyy-MM-dd",
        "SSSSSSSSS",
        "HH12:MI:SS.US",
        "Month Day IYYY-IW DDD",
        "999D99S",
        "FM9,999.00",
        "$999MI",
        "999PR",
        "S0",
        "\\",
        "%\\",
        "é%_",
        "\u{0}",
        "ﬀ\u{130}",
    ]);
    prop_oneof![3 => odd.prop_map(str::to_owned), 1 => ".{0,12}", 1 => "[-+0-9.e: ]{0,14}"]
}

fn value(kind: Kind) -> BoxedStrategy<Value<'static>> {
    let integer = |least: i64, most: i64| {
        prop_oneof![Just(least), Just(most), -3..3_i64, least..=most]
            .prop_map(Value::Integer)
            .boxed()
    };
    let some = match kind {
        Kind::Array(item) => {
            proptest::collection::vec(value(item.kind()), 0..4).prop_map(Value::List).boxed()
        }
        Kind::Bigint => integer(i64::MIN, i64::MAX),
        Kind::Int => integer(i32::MIN.into(), i32::MAX.into()),
        Kind::Smallint => integer(i16::MIN.into(), i16::MAX.into()),
        Kind::Tinyint => integer(i8::MIN.into(), i8::MAX.into()),
        Kind::Binary => any::<Vec<u8>>().prop_map(|it| Value::Bytes(it.into())).boxed(),
        Kind::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Kind::Date => prop_oneof![Just(i32::MIN), Just(i32::MAX), -1000..30_000, any::<i32>()]
            .prop_map(Value::Date)
            .boxed(),
        Kind::Decimal { precision, scale } => {
            let most = i128::try_from(ten_to(precision) - 1).unwrap();
            prop_oneof![Just(most), Just(-most), Just(0), -most..=most]
                .prop_map(move |it| Value::Decimal(it, scale))
                .boxed()
        }
        Kind::Double | Kind::Float => prop_oneof![
            any::<f64>(),
            select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, f64::MIN, f64::MAX, 5e-324, 9.3e18]),
        ]
        .prop_map(Value::Floating)
        .boxed(),
        Kind::Null => Just(Value::Null).boxed(),
        Kind::String => texts().prop_map(Value::text).boxed(),
        Kind::Timestamp => {
            prop_oneof![Just(i64::MIN), Just(i64::MAX), 0..2_000_000_000_000_000_i64, any::<i64>()]
                .prop_map(Value::Moment)
                .boxed()
        }
    };
    prop_oneof![9 => some, 1 => Just(Value::Null)].boxed()
}

fn calls() -> impl Strategy<Value = (&'static Definition, Vec<Kind>, Vec<Vec<Value<'static>>>)> {
    let definition = select(definitions().collect::<Vec<_>>());
    let kinds = proptest::collection::vec(kinds(), 0..4);
    (definition, kinds).prop_flat_map(|(definition, kinds)| {
        // Where the kinds do not fit, nothing is called.
        let wanted = (definition.accepts)(&kinds).unwrap_or_default();
        let row: Vec<_> = wanted.iter().map(|it| value(*it)).collect();
        (Just(definition), Just(wanted), proptest::collection::vec(row, 1..4))
    })
}

/// A row of arguments, and how often it is there.
type Repeated = (Vec<Value<'static>>, u64);

fn folds() -> impl Strategy<Value = (&'static fold::Definition, Vec<Kind>, Vec<Repeated>)> {
    let definition = select(FOLDS.iter().copied().flatten().collect::<Vec<_>>());
    let kinds = proptest::collection::vec(kinds(), 1..4);
    (definition, kinds).prop_flat_map(|(definition, kinds)| {
        let wanted = (definition.accepts)(&kinds).unwrap_or_default();
        let row: Vec<_> = wanted.iter().map(|it| value(*it)).collect();
        let times = prop_oneof![4 => 1..3_u64, 1 => Just(u64::MAX)];
        (Just(definition), Just(wanted), proptest::collection::vec((row, times), 0..6))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_cast_panics((from, to, value) in (kinds(), kinds()).prop_flat_map(|(from, to)| {
        (Just(from), Just(to), value(from))
    })) {
        if castable(from, to) {
            let mut writer = Writer::new(to);
            let answer = cast(value.clone(), from, to);
            writer.push(answer.clone());
            let array = writer.finish();
            prop_assert_eq!(array.data_type(), &to.arrow());
            // What was cast is of its kind: writing it loses nothing.
            prop_assert_eq!(array.is_null(0), answer == Value::Null && to != Kind::Null);
        }
    }

    #[test]
    fn no_function_panics_and_every_answer_is_of_its_kind((definition, kinds, rows) in calls()) {
        let constants: Vec<Option<Value<'_>>> = match rows.first() {
            Some(row) => row.iter().cloned().map(Some).collect(),
            None => Vec::new(),
        };
        if let Some(result) = (definition.returns)(&kinds, &constants) {
            let call = Call { arguments: &kinds, result };
            let mut writer = Writer::new(result);
            for row in &rows {
                writer.push((definition.row)(&call, row));
            }
            let array = writer.finish();
            prop_assert_eq!(array.len(), rows.len());
            prop_assert_eq!(array.data_type(), &result.arrow());
        }
    }

    #[test]
    fn no_aggregate_panics_and_every_answer_is_of_its_kind((definition, kinds, rows) in folds()) {
        let result = (definition.returns)(&kinds).filter(|_| !kinds.is_empty());
        if let Some(result) = result {
            let (mut whole, mut part) = ((definition.start)(&kinds), (definition.start)(&kinds));
            for (row, times) in &rows {
                whole.add(row, *times);
                part.add(row, 1);
            }
            whole.merge(&part.state());
            let mut writer = Writer::new(result);
            let answer = whole.answer();
            writer.push(answer.clone());
            let array = writer.finish();
            prop_assert_eq!(array.data_type(), &result.arrow());
            prop_assert_eq!(array.is_null(0), answer == Value::Null && result != Kind::Null);
        }
    }

    #[test]
    fn no_state_panics(state: Vec<u8>, definition in select(FOLDS.iter().copied().flatten().collect::<Vec<_>>())) {
        for kinds in [vec![Kind::Bigint], vec![Kind::Double; 2], vec![Kind::Boolean]] {
            if let Some(kinds) = (definition.accepts)(&kinds) {
                let mut fold = (definition.start)(&kinds);
                fold.merge(&state);
                fold.answer();
            }
        }
    }
}
