//! What rules ask about a function, beside what it means.

use super::{AGGREGATES, FAMILIES, SCALARS, is_aggregate, window};

/// What an aggregate function tells about single rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AggregateClass {
    /// Of truths or bits: BOOL_AND, BIT_OR.
    Bits,
    /// The values themselves: COLLECT_LIST, COLLECT_SET, LISTAGG.
    Collector,
    /// How many: COUNT, COUNT_IF.
    Count,
    /// How values are spread or hang together: STDDEV, SKEWNESS, CORR.
    Moment,
    /// A value of one row, or one between two rows: MIN, MEDIAN, PERCENTILE, MODE, ANY_VALUE.
    OrderStatistic,
    /// How many distinct values, nearly: APPROX_COUNT_DISTINCT.
    Sketch,
    /// All rows together: SUM, AVG.
    Total,
}

/// The families of scalar functions beyond AWS's enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Arrays.
    Array,
    /// AWS's enum of scalar functions, casts and operators.
    Basic,
    /// Bytes and how they are written.
    Bytes,
    /// Moments, days and intervals.
    Calendar,
    /// Choices between values.
    Conditional,
    /// Hashes and digests.
    Digest,
    /// JSON.
    Json,
    /// Numbers.
    Math,
    /// Regular expressions.
    Regex,
    /// Text.
    Text,
}

/// The class of the aggregate function of that folded name, also of its second names.
pub fn aggregate_class(name: &str) -> Option<AggregateClass> {
    Some(match AGGREGATES.get(name)?.name() {
        "avg" | "sum" => AggregateClass::Total,
        "__gb_count_all" | "count" | "count_if" => AggregateClass::Count,
        "approx_count_distinct" => AggregateClass::Sketch,
        "collect_list" | "collect_set" | "listagg" => AggregateClass::Collector,
        "bit_and" | "bit_or" | "bit_xor" | "bool_and" | "bool_or" => AggregateClass::Bits,
        "corr" | "covar_pop" | "covar_samp" | "kurtosis" | "skewness" | "stddev_pop"
        | "stddev_samp" | "var_pop" | "var_samp" => AggregateClass::Moment,
        // Whatever is added later gives away a row until somebody says otherwise.
        _ => AggregateClass::OrderStatistic,
    })
}

/// The family of the scalar function of that folded name, also of its second names.
pub fn family(name: &str) -> Option<Family> {
    let own = SCALARS.get(name)?.name();
    let found = FAMILIES.iter().find(|(_, all)| all.iter().any(|it| it.name == own));
    Some(found.map_or(Family::Basic, |(family, _)| *family))
}

/// The own name of a function of any sort that a folded name spells: `substr` is `substring`.
pub fn canonical(name: &str) -> Option<&'static str> {
    if is_aggregate(name) {
        return AGGREGATES.get(name).map(|it| it.name());
    }
    SCALARS
        .get(name)
        .map(|it| it.name())
        .or_else(|| window(name).and_then(|_| window::own_name(name)))
}

/// Whether two calls of the function with the same arguments may differ. Those of the query's
/// time do not: they are one literal in the whole query.
pub fn is_volatile(name: &str) -> bool {
    matches!(name, "rand" | "random" | "randn" | "uuid" | "shuffle")
}

#[cfg(test)]
mod tests {
    use super::super::FOLDS;
    use super::*;

    #[test]
    fn every_aggregate_function_has_a_class() {
        for definition in FOLDS.iter().copied().flatten() {
            assert!(aggregate_class(definition.name).is_some(), "{}", definition.name);
        }
        assert_eq!(aggregate_class("percentile_approx"), Some(AggregateClass::OrderStatistic));
        assert_eq!(aggregate_class("array_agg"), Some(AggregateClass::Collector));
        assert_eq!(aggregate_class("upper"), None);
    }

    #[test]
    fn every_scalar_function_has_a_family() {
        assert_eq!(family("upper"), Some(Family::Basic));
        assert_eq!(family("sha1"), Some(Family::Digest));
        assert_eq!(family("count"), None);
        assert_eq!(canonical("substr"), Some("substring"));
        assert_eq!(canonical("string_agg"), Some("listagg"));
        assert_eq!(canonical("lag"), Some("lag"));
        assert_eq!(canonical("nothing"), None);
    }
}
