//! The fixtures of the AWS example queries, with types.

use std::collections::BTreeMap;

use glovebox_model::{Column, ColumnName, TableName, Timestamp};
use glovebox_sql::{Bound, Schema, TableSchema, Unbound};

/// 2026-01-01T00:00:00Z
pub(crate) const NOW: i64 = 1_767_225_600_000;

pub(crate) fn columns(text: &str) -> Vec<Column> {
    let column = |it: &str| {
        let (name, kind) = it.rsplit_once(' ').unwrap();
        Column { name: ColumnName::new(name).unwrap(), kind: kind.parse().unwrap() }
    };
    text.split(", ").filter(|it| !it.is_empty()).map(column).collect()
}

pub(crate) fn table(shown: &str, hidden: &str) -> TableSchema {
    TableSchema { columns: columns(shown), hidden: columns(hidden) }
}

pub(crate) fn schema() -> Schema {
    let tables = [
        (
            "sales",
            table(
                "identifier string, hashedemail string, purchases double, demoseg string, \
                 purchasedate date, productline string",
                "secret string",
            ),
        ),
        (
            "returns",
            table(
                "hashedemail string, returned int, state string, returndate date, \
                 productline string, price_dim int",
                "producttype string",
            ),
        ),
        ("panel", table("hashedemail string, region string", "")),
        ("crm", table("id1 string, id2 string, internalid string, seg1 string, cat string", "")),
        ("seg", table("id2 string, seg3 string, seg4 int", "")),
        ("third", table("id1 string, id2 string", "")),
        ("odd name-x", table("a b string, n bigint, d decimal(10,2), t timestamp", "")),
    ];
    let named = |(name, it): (&str, TableSchema)| (TableName::new(name).unwrap(), it);
    Schema { tables: tables.into_iter().map(named).collect::<BTreeMap<_, _>>() }
}

pub(crate) fn bind(text: &str) -> Result<Bound, Vec<Unbound>> {
    glovebox_sql::bind(text, &schema(), Timestamp::from_millis(NOW))
}

pub(crate) fn bound(text: &str) -> Bound {
    bind(text).unwrap_or_else(|faults| panic!("{text}\n{}", show(text, &faults)))
}

/// Each finding as a line, with the text it points at.
pub(crate) fn show(text: &str, faults: &[Unbound]) -> String {
    let line = |it: &Unbound| {
        let (code, title) = it.fault.code();
        let at = it.span.map_or("-", |span| text.get(span.start..span.end).unwrap_or("BAD SPAN"));
        format!("{code} {title} at `{at}`: {}\n", it.fault)
    };
    faults.iter().map(line).collect()
}

pub(crate) fn refusal(text: &str) -> String {
    match bind(text) {
        Ok(bound) => format!("bound: {:?}\n", bound.output_names()),
        Err(faults) => show(text, &faults),
    }
}
