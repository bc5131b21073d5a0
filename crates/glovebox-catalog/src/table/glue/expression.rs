//! Hints about partition keys, as the catalog's expressions.

use datafusion::common::ScalarValue;
use glovebox_model::{Column, ColumnType};

use super::super::hint::{Comparison, Hint, Test};
use super::reserved;

/// What `Expression` of GetPartitions takes.
/// <https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html>
const LONGEST: usize = 2_048;

/// The hints about keys that the catalog understands as the engine does; the others it is not
/// asked.
pub(super) fn of(hints: &[Hint], keys: &[Column]) -> Option<String> {
    let one = |hint: &Hint| {
        let key = keys.iter().find(|it| it.name == hint.column)?;
        condition(key, &hint.test)
    };
    let conditions: Vec<String> = hints.iter().filter_map(one).collect();
    let text = conditions.join(" AND ");
    (!text.is_empty() && text.len() <= LONGEST).then_some(text)
}

fn condition(key: &Column, test: &Test) -> Option<String> {
    let name = key.name.as_str();
    // Anything else would need quotes that the catalog does not know.
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || reserved::is_word(name) {
        return None;
    }
    match test {
        Test::Compare(comparison, value) => {
            let operator = operator(*comparison, key.kind)?;
            Some(format!("{name} {operator} {}", literal(key.kind, value)?))
        }
        Test::In(values) => {
            let values: Option<Vec<String>> =
                values.iter().map(|it| literal(key.kind, it)).collect();
            Some(format!("{name} IN ({})", values?.join(", ")))
        }
        Test::IsNull | Test::IsNotNull => None,
    }
}

/// How texts are ordered is the catalog's own affair: they are compared for equality only.
fn operator(comparison: Comparison, kind: ColumnType) -> Option<&'static str> {
    let is_known = comparison == Comparison::Equal || kind != ColumnType::String;
    is_known.then(|| comparison.operator())
}

fn literal(kind: ColumnType, value: &ScalarValue) -> Option<String> {
    match (kind, value) {
        (ColumnType::String, ScalarValue::Utf8(Some(text))) => {
            let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '\'' | '"' | '\\');
            text.chars().all(plain).then(|| format!("'{text}'"))
        }
        (ColumnType::Bigint, ScalarValue::Int64(Some(it))) => Some(it.to_string()),
        (ColumnType::Int, ScalarValue::Int32(Some(it))) => Some(it.to_string()),
        (ColumnType::Smallint, ScalarValue::Int16(Some(it))) => Some(it.to_string()),
        (ColumnType::Tinyint, ScalarValue::Int8(Some(it))) => Some(it.to_string()),
        (ColumnType::Date, ScalarValue::Date32(Some(_))) => Some(format!("'{value}'")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{Expr, col, lit};
    use glovebox_model::ColumnName;

    use super::*;

    fn expression(filters: &[Expr]) -> Option<String> {
        let key = |name: &str, kind: &str| Column {
            name: ColumnName::new(name).unwrap(),
            kind: kind.parse().unwrap(),
        };
        let keys = [key("region", "string"), key("n", "int"), key("day", "date")];
        let hints: Vec<Hint> = filters.iter().filter_map(Hint::of).collect();
        of(&hints, &keys)
    }

    #[test]
    fn what_the_catalog_is_asked() {
        let day = lit(ScalarValue::Date32(Some(19_723)));
        let filters = [
            col("region").eq(lit("eu-1")),
            col("n").in_list(vec![lit(1_i32), lit(2_i32)], false),
            lit(3_i32).lt(col("n")),
            col("day").lt_eq(day),
            col("other").eq(lit(1_i32)),
        ];
        let expected = "region = 'eu-1' AND n IN (1, 2) AND n > 3 AND day <= '2024-01-01'";
        assert_eq!(expression(&filters).as_deref(), Some(expected));
    }

    #[test]
    fn keys_that_the_catalog_takes_for_words_of_its_own_are_not_asked_for() {
        let of_key = |name: &str| {
            let kind = "int".parse().unwrap();
            let keys = [
                Column { name: ColumnName::new(name).unwrap(), kind },
                Column { name: ColumnName::new("n").unwrap(), kind },
            ];
            let filters = [col(format!("\"{name}\"")).gt(lit(1_i32)), col("n").eq(lit(2_i32))];
            let hints: Vec<Hint> = filters.iter().filter_map(Hint::of).collect();
            assert_eq!(hints.len(), 2, "{name}");
            of(&hints, &keys)
        };
        for name in ["order", "Group", "value", "partition", "end", "offset", "connect_by_root"] {
            assert_eq!(of_key(name).as_deref(), Some("n = 2"), "{name}");
        }
        for name in ["year", "month", "day", "hour", "date", "dt", "orders", "region"] {
            let expected = format!("{name} > 1 AND n = 2");
            assert_eq!(of_key(name).as_deref(), Some(expected.as_str()), "{name}");
        }
    }

    #[test]
    fn texts_that_could_say_more_and_orders_of_texts_are_not_asked() {
        for text in ["a' OR '1'='1", "a\\", "a\"b", "ä", "a b"] {
            assert_eq!(expression(&[col("region").eq(lit(text))]), None, "{text}");
        }
        assert_eq!(expression(&[col("region").gt(lit("a"))]), None);
        assert_eq!(expression(&[col("n").eq(lit(1_i64))]), None, "of another type");
        let many = (0..1_000).map(lit).collect();
        assert_eq!(expression(&[col("n").in_list(many, false)]), None, "longer than it may be");
    }
}
