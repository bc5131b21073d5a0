//! The functions that a query can name, and what they mean.
//!
//! Spark 3's meaning (not ANSI) where Spark has the function, Redshift's where only Redshift
//! has it. No function can fail on a row: where there is no answer, the answer is NULL.
//! `docs/functions.md` is the table of them all; a test runs its examples.

mod accept;
mod arrays;
mod bytes;
mod calendar;
mod cast;
mod clock;
mod codec;
mod compare;
mod conditional;
mod cut;
mod days;
mod decimal;
mod digest;
mod drawn;
mod find;
mod fold;
mod integers;
mod java_regex;
mod json;
mod json_text;
mod kind;
mod letters;
mod lower;
mod matching;
mod math;
mod moment;
mod moment_format;
mod multiset;
#[cfg(test)]
mod never_fails;
mod number_format;
mod number_text;
mod operators;
mod ordered;
mod pairs;
mod pattern;
mod powers;
mod properties;
mod renamed;
mod scalar;
mod sketch;
mod spark_hash;
mod split;
mod spread;
mod sum;
mod text;
#[cfg(test)]
pub(crate) mod trial;
#[cfg(test)]
mod trial_aggregates;
mod truths;
mod value;
mod window;
mod zones;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use datafusion::common::{Result, ScalarValue};
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::functions_aggregate::min_max::{max_udaf, min_udaf};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use glovebox_model::{ScalarFunction, Timestamp};

pub(crate) use cast::castable;
use drawn::{Drawn, What};
use fold::Folded;
pub(crate) use kind::{Kind, compared, wider};
pub use lower::lower_statement;
pub use properties::{AggregateClass, Family, aggregate_class, canonical, family, is_volatile};
pub use renamed::takes_unit;
use scalar::{Definition, Scalar};
use sum::{Total, Totals};
pub use window::{is_our_window, window};

/// The scalar functions of AWS's enum, and the operators.
static BASIC: &[&Definition] = &[
    &cast::CAST,
    &cast::COERCE,
    &cast::CONVERT,
    &cast::TRY_CAST,
    &math::ABS,
    &math::BROUND,
    &math::CEILING,
    &math::FLOOR,
    &math::LN,
    &math::LOG,
    &math::ROUND,
    &math::SQRT,
    &math::TRUNC,
    &moment::CURRENT_DATE,
    &moment::DATEADD,
    &moment::EXTRACT,
    &moment::GETDATE,
    &moment::TO_CHAR,
    &moment::TO_DATE,
    &moment::TO_NUMBER,
    &moment::TO_TIMESTAMP,
    &operators::ADD,
    &operators::DIVIDE,
    &operators::MODULO,
    &operators::MULTIPLY,
    &operators::NEGATE,
    &operators::NORMAL,
    &operators::SUBTRACT,
    &text::COALESCE,
    &text::CONCAT,
    &text::LENGTH,
    &text::LIKE,
    &text::LIKE_ALL,
    &text::LIKE_ANY,
    &text::LOWER,
    &text::LTRIM,
    &text::RTRIM,
    &text::SUBSTRING,
    &text::TRIM,
    &text::UPPER,
];

/// The functions beyond them, by families.
static FAMILIES: &[(Family, &[Definition])] = &[
    (Family::Array, arrays::ALL),
    (Family::Basic, cast::BY_TYPE),
    (Family::Bytes, bytes::ALL),
    (Family::Calendar, clock::ALL),
    (Family::Calendar, days::ALL),
    (Family::Calendar, zones::ALL),
    (Family::Conditional, conditional::ALL),
    (Family::Digest, digest::ALL),
    (Family::Json, json::ALL),
    (Family::Math, integers::ALL),
    (Family::Math, powers::ALL),
    (Family::Regex, matching::ALL),
    (Family::Regex, split::ALL),
    (Family::Text, cut::ALL),
    (Family::Text, find::ALL),
    (Family::Text, letters::ALL),
    (Family::Text, number_text::ALL),
];

/// Second names: what is written, and the function that it is.
const ALIASES: &[(&str, &str)] = &[
    ("cardinality", "size"),
    ("ceil", "ceiling"),
    ("char", "chr"),
    ("char_length", "length"),
    ("character_length", "length"),
    ("charindex", "locate"),
    ("curdate", "current_date"),
    ("current_timestamp", "getdate"),
    ("date_add", "dateadd"),
    ("date_diff", "datediff"),
    ("date_part", "extract"),
    ("datepart", "extract"),
    ("dayofmonth", "day"),
    ("ifnull", "coalesce"),
    ("lcase", "lower"),
    ("len", "length"),
    ("localtimestamp", "getdate"),
    ("mod", "__gb_modulo"),
    ("negative", "__gb_negate"),
    ("now", "getdate"),
    ("nvl", "coalesce"),
    ("position", "locate"),
    ("pow", "power"),
    ("random", "rand"),
    ("regexp", "rlike"),
    ("regexp_like", "rlike"),
    ("sha1", "sha"),
    ("signum", "sign"),
    ("strpos", "instr"),
    ("substr", "substring"),
    ("sysdate", "getdate"),
    ("timestampadd", "dateadd"),
    ("timestampdiff", "datediff"),
    ("to_unix_timestamp", "unix_timestamp"),
    ("try_add", "__gb_add"),
    ("try_divide", "__gb_divide"),
    ("try_multiply", "__gb_multiply"),
    ("try_subtract", "__gb_subtract"),
    ("ucase", "upper"),
];

/// Every scalar function, by its own name.
fn definitions() -> impl Iterator<Item = &'static Definition> {
    BASIC.iter().copied().chain(FAMILIES.iter().flat_map(|(_, all)| all.iter()))
}

static SCALARS: LazyLock<BTreeMap<&'static str, Arc<ScalarUDF>>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for definition in definitions() {
        all.insert(definition.name, Arc::new(ScalarUDF::from(Scalar::new(definition))));
    }
    all.insert("rand", Arc::new(ScalarUDF::from(Drawn::new(What::Number))));
    all.insert("uuid", Arc::new(ScalarUDF::from(Drawn::new(What::Uuid))));
    for (alias, name) in ALIASES {
        if let Some(function) = all.get(name).cloned() {
            all.insert(alias, function);
        }
    }
    all
});

/// The aggregate functions beyond those of AWS's enum, by families.
static FOLDS: &[&[fold::Definition]] =
    &[ordered::ALL, pairs::ALL, sketch::ALL, spread::ALL, truths::ALL];

/// Second names of aggregate functions.
const AGGREGATE_ALIASES: &[(&str, &str)] = &[
    ("any", "bool_or"),
    ("approx_distinct", "approx_count_distinct"),
    ("array_agg", "collect_list"),
    ("every", "bool_and"),
    ("first", "any_value"),
    ("last", "any_value"),
    ("mean", "avg"),
    ("percentile_approx", "approx_percentile"),
    ("percentile_cont", "percentile"),
    ("percentile_disc", "approx_percentile"),
    ("some", "bool_or"),
    ("std", "stddev_samp"),
    ("stddev", "stddev_samp"),
    ("string_agg", "listagg"),
    ("variance", "var_samp"),
];

static AGGREGATES: LazyLock<BTreeMap<&'static str, Arc<AggregateUDF>>> = LazyLock::new(|| {
    let mut all = BTreeMap::from([
        ("avg", Arc::new(AggregateUDF::from(Totals::new(Total::Average)))),
        ("count", count_udaf()),
        ("max", max_udaf()),
        ("min", min_udaf()),
        ("sum", Arc::new(AggregateUDF::from(Totals::new(Total::Sum)))),
    ]);
    for definition in FOLDS.iter().copied().flatten() {
        all.insert(definition.name, Arc::new(AggregateUDF::from(Folded::new(definition))));
    }
    for (alias, name) in AGGREGATE_ALIASES {
        if let Some(function) = all.get(name).cloned() {
            all.insert(alias, function);
        }
    }
    all
});

/// Every name of a function, of any sort.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCALARS.keys().chain(AGGREGATES.keys()).copied().chain(window::names())
}

/// The scalar function of that folded name, also those of our own that no query can name
/// (their names start with `__gb_`).
pub fn scalar(name: &str) -> Option<Arc<ScalarUDF>> {
    SCALARS.get(name).cloned()
}

/// The aggregate function of that folded name.
///
/// MIN and MAX are here so that a rule, not the binder, says no to them.
pub fn aggregate(name: &str) -> Option<Arc<AggregateUDF>> {
    AGGREGATES.get(name).cloned()
}

/// Whether the folded name is that of an aggregate function.
pub fn is_aggregate(name: &str) -> bool {
    AGGREGATES.contains_key(name)
}

/// The function of AWS's enum that a folded name spells, as it is written in a query.
pub fn aws_scalar(name: &str) -> Option<ScalarFunction> {
    match name {
        "ceil" => Some(ScalarFunction::Ceiling),
        "substr" => Some(ScalarFunction::Substring),
        _ => ScalarFunction::from_name(name),
    }
}

/// What an analyst calls a function or operator of the plan: `+` for `__gb_add`. `None` for
/// what nobody wrote, such as a coercion.
pub fn spoken(name: &str) -> Option<&str> {
    Some(match name {
        "__gb_add" => "+",
        "__gb_divide" => "/",
        "__gb_like" => "like",
        "__gb_like_all" => "like all",
        "__gb_like_any" => "like any",
        "__gb_modulo" => "%",
        "__gb_multiply" => "*",
        "__gb_negate" | "__gb_subtract" => "-",
        name if name.starts_with("__gb_") => return None,
        name => name,
    })
}

/// Whether a name is that of a type that values can be cast to.
pub fn is_type(name: &str) -> bool {
    Kind::named(name).is_some_and(|kind| kind != Kind::Null)
}

/// Whether a function is one of ours, not one of the same name.
pub(crate) fn is_ours(function: &ScalarUDF) -> bool {
    function.inner().is::<Scalar>() || function.inner().is::<Drawn>()
}

/// A constant as another kind; NULL when it cannot be cast.
pub(crate) fn cast_scalar(scalar: &ScalarValue, to: Kind) -> Result<ScalarValue> {
    let array = scalar.to_array()?;
    let mut writer = value::Writer::new(to);
    let from = Kind::of(array.data_type()).unwrap_or(Kind::Null);
    let reader = value::Reader::constant(array);
    writer.push(cast::cast(reader.get(0), from, to));
    ScalarValue::try_from_array(&writer.finish(), 0)
}

/// A constant number with the other sign, where it has one.
pub(crate) fn negated(scalar: &ScalarValue) -> Option<ScalarValue> {
    match scalar {
        ScalarValue::Int64(Some(it)) => Some(ScalarValue::Int64(Some(it.checked_neg()?))),
        ScalarValue::Float64(Some(it)) => Some(ScalarValue::Float64(Some(value::normal(-it)))),
        ScalarValue::Decimal128(Some(it), precision, scale) => {
            Some(ScalarValue::Decimal128(Some(-it), *precision, *scale))
        }
        _ => None,
    }
}

/// The day of a moment, in days since the epoch.
pub(crate) fn today(now: Timestamp) -> i32 {
    calendar::day_of(now.as_millis().saturating_mul(1000)).unwrap_or(0)
}

/// The second of a moment, in microseconds since the epoch: `GETDATE()` has no fraction.
pub(crate) fn second(now: Timestamp) -> i64 {
    now.as_millis().div_euclid(1000).saturating_mul(calendar::MICROS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_enum_is_there() {
        for function in ScalarFunction::ALL {
            let name = function.aws_name().to_lowercase();
            assert!(scalar(&name).is_some(), "{name}");
            assert_eq!(aws_scalar(&name), Some(*function));
        }
    }

    #[test]
    fn what_nobody_wrote_has_no_name() {
        assert_eq!(spoken("__gb_coerce"), None);
        assert_eq!(spoken("__gb_normal"), None);
        assert_eq!(spoken("__gb_add"), Some("+"));
        assert_eq!(spoken("upper"), Some("upper"));
    }
}
