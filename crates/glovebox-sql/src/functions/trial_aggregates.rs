//! Tests only: what aggregate functions answer, beside what Apache Spark 3.5 does.

use glovebox_model::ColumnType;

use super::trial::{Table, answer, planned};

fn table() -> Table {
    Table {
        columns: vec![
            ("g", ColumnType::String),
            ("i", ColumnType::Bigint),
            ("t", ColumnType::Tinyint),
            ("d", ColumnType::Decimal { precision: 5, scale: 2 }),
            ("f", ColumnType::Double),
            ("s", ColumnType::String),
            ("b", ColumnType::Boolean),
        ],
        rows: vec![
            vec!["a", "1", "10", "1.50", "0.5", "x", "true"],
            vec!["a", "2", "20", "2.50", "2.5", "y", "false"],
            vec!["a", "4", "20", "9.99", "-1.0", "x", "NULL"],
            vec!["a", "NULL", "7", "NULL", "3.5", "NULL", "true"],
            vec!["b", "7", "1", "5.00", "1.25", "z", "true"],
            vec!["c", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"],
        ],
    }
}

/// An expression, its type, and its answers for the groups a, b and c: Spark's own.
#[rustfmt::skip]
const ANSWERS: &[(&str, &str, [&str; 3])] = &[
        ("stddev(i)", "double", ["1.5275252316519465", "NULL", "NULL"]),
        ("stddev_samp(f)", "double", ["2.0155644370746373", "NULL", "NULL"]),
        ("stddev_pop(f)", "double", ["1.7455300054711176", "0.0", "NULL"]),
        ("std(t)", "double", ["6.751543033509698", "NULL", "NULL"]),
        ("variance(f)", "double", ["4.0625", "NULL", "NULL"]),
        ("var_samp(d)", "double", ["21.530033333333332", "NULL", "NULL"]),
        ("var_pop(d)", "double", ["14.353355555555554", "0.0", "NULL"]),
        ("skewness(f)", "double", ["-0.14322297480788657", "NULL", "NULL"]),
        ("kurtosis(f)", "double", ["-1.5351479289940828", "NULL", "NULL"]),
        ("skewness(s)", "double", ["NULL", "NULL", "NULL"]),
        ("corr(i, f)", "double", ["-0.5903012777011399", "NULL", "NULL"]),
        ("covar_pop(f, t)", "double", ["-4.71875", "0.0", "NULL"]),
        ("covar_samp(f, t)", "double", ["-6.291666666666667", "NULL", "NULL"]),
        ("count_if(b)", "bigint", ["2", "1", "0"]),
        ("count_if(i > 1)", "bigint", ["2", "1", "0"]),
        ("bool_and(b)", "boolean", ["false", "true", "NULL"]),
        ("every(b)", "boolean", ["false", "true", "NULL"]),
        ("bool_or(b)", "boolean", ["true", "true", "NULL"]),
        ("some(b)", "boolean", ["true", "true", "NULL"]),
        ("any(b)", "boolean", ["true", "true", "NULL"]),
        ("bit_and(t)", "tinyint", ["0", "1", "NULL"]),
        ("bit_or(t)", "tinyint", ["31", "1", "NULL"]),
        ("bit_xor(t)", "tinyint", ["13", "1", "NULL"]),
        ("approx_count_distinct(s)", "bigint", ["2", "1", "0"]),
        ("approx_count_distinct(t, 0.05)", "bigint", ["3", "1", "0"]),
        ("median(t)", "double", ["15.0", "1.0", "NULL"]),
        ("median(d)", "double", ["2.5", "5.0", "NULL"]),
        ("percentile(f, 0.25)", "double", ["0.125", "1.25", "NULL"]),
        ("percentile(t, array(0.0, 0.5, 1.0))", "array<double>", ["[7.0, 15.0, 20.0]", "[1.0, 1.0, 1.0]", "NULL"]),
        ("percentile(t, 0.5, 2)", "double", ["15.0", "1.0", "NULL"]),
        ("percentile(t, 0.5, t)", "double", ["20.0", "1.0", "NULL"]),
        ("percentile(i, 0.3)", "double", ["1.6", "7.0", "NULL"]),
        ("approx_percentile(t, 0.5)", "tinyint", ["10", "1", "NULL"]),
        ("approx_percentile(d, 0.5, 100)", "decimal(5,2)", ["2.50", "5.00", "NULL"]),
        ("percentile_approx(i, array(0.25, 0.5, 0.75))", "array<bigint>", ["[1, 2, 4]", "[7, 7, 7]", "NULL"]),
        ("approx_percentile(f, 0.9)", "double", ["3.5", "1.25", "NULL"]),
        ("max_by(s, i)", "string", ["x", "z", "NULL"]),
        ("min_by(s, f)", "string", ["x", "z", "NULL"]),
        ("mode(t)", "tinyint", ["20", "1", "NULL"]),
        ("mode(s)", "string", ["x", "z", "NULL"]),
        ("sort_array(collect_list(s))", "array<string>", ["[x, x, y]", "[z]", "[]"]),
        ("sort_array(collect_set(t))", "array<tinyint>", ["[7, 10, 20]", "[1]", "[]"]),
        ("array_join(sort_array(collect_list(s)), ',')", "string", ["x,x,y", "z", ""]),
        ("size(collect_set(s))", "int", ["2", "1", "0"]),
        ("count(s, b)", "bigint", ["2", "1", "0"]),
        ("count(DISTINCT s, i)", "bigint", ["3", "1", "0"]),
        ("count(DISTINCT t)", "bigint", ["3", "1", "0"]),
        ("stddev(DISTINCT t)", "double", ["6.8068592855540455", "NULL", "NULL"]),
        ("sort_array(collect_list(DISTINCT s))", "array<string>", ["[x, y]", "[z]", "[]"]),
        ("count_if(DISTINCT b)", "bigint", ["1", "1", "0"]),
        ("percentile(DISTINCT t, 0.5)", "double", ["10.0", "1.0", "NULL"]),
];

#[test]
fn aggregates_answer_as_spark_does() {
    let mut wrong = Vec::new();
    for (expression, kind, answers) in ANSWERS {
        let sql = format!("SELECT {expression} AS v FROM n GROUP BY g ORDER BY g");
        let found = answer(&sql, &[("n", &table())]).map(|it| it.concat());
        let own = planned(&sql, &[("n", &table())])
            .map(|it| super::Kind::of(it.schema().field(0).data_type()).map(super::Kind::name));
        if found != Ok(answers.map(str::to_owned).to_vec()) || own != Ok(Some((*kind).to_owned())) {
            wrong.push(format!("{expression}: {found:?} {own:?}, not {answers:?} {kind}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_percentage_outside_of_its_range_is_null() {
    for expression in ["percentile(t, 1.5)", "percentile(t, NULL)", "approx_percentile(t, -1)"] {
        let sql = format!("SELECT {expression} AS v FROM n");
        assert_eq!(answer(&sql, &[("n", &table())]).unwrap().concat(), ["NULL"], "{expression}");
    }
}

#[test]
fn arguments_that_do_not_fit_are_refused_before_any_row_is_read() {
    for expression in
        ["stddev(b)", "count_if(i)", "corr(i)", "bit_and(f)", "percentile(i)", "mode(i, t)"]
    {
        let sql = format!("SELECT {expression} AS v FROM n");
        assert!(planned(&sql, &[("n", &table())]).is_err(), "{expression}");
    }
}
