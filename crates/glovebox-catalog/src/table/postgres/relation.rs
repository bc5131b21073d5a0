//! What the server's catalog says of a table. Nothing of its rows is read.

use std::collections::BTreeSet;

use datafusion::common::stats::Precision;
use glovebox_model::{Column, ColumnName};

use super::asked::constant;
use super::kind::{Stored, kind};
use super::session::Row;
use crate::table::Unavailable;

/// A table, partitioned table, view or materialized view.
#[derive(Debug)]
pub(super) struct Relation {
    pub(super) schema: String,
    pub(super) name: String,
    /// Its number in the server: another table of this name has another.
    pub(super) oid: String,
    /// The columns that the user may read.
    pub(super) columns: Vec<Stored>,
    pub(super) rows: Precision<usize>,
    /// Whether equal snapshots see equal rows of it: not of views, which may call anything, nor
    /// of what is lost in a crash, nor under policies of rows.
    pub(super) is_pinned: bool,
}

/// The questions for a table. Each row of the answers begins with a word that says of what.
pub(super) fn question(schema: &str, table: &str) -> Result<String, Unavailable> {
    let schema = constant(schema).ok_or(Unavailable::BadLocation)?;
    let table = constant(table).ok_or(Unavailable::BadLocation)?;
    let of = format!(
        "SELECT c.oid FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname::text = {schema}::text AND c.relname::text = {table}::text \
         AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    );
    Ok(format!(
        "SELECT 'schema', pg_catalog.has_schema_privilege(n.oid, 'USAGE')::text \
         FROM pg_catalog.pg_namespace n WHERE n.nspname::text = {schema}::text; \
         SELECT 'relation', c.relkind::text, pg_catalog.row_security_active(c.oid)::text, \
         c.oid::text \
         FROM pg_catalog.pg_class c WHERE c.oid = ({of}); \
         WITH RECURSIVE part(oid) AS ({of} UNION SELECT i.inhrelid \
         FROM pg_catalog.pg_inherits i JOIN part ON i.inhparent = part.oid) \
         SELECT 'parts', pg_catalog.bool_or(c.relkind = 'f')::text, \
         pg_catalog.bool_and(c.relpersistence = 'p')::text, \
         pg_catalog.bool_or(c.relkind IN ('r', 'm') AND c.relpages = 0)::text, \
         pg_catalog.sum(CASE WHEN c.relkind IN ('r', 'm') THEN c.reltuples ELSE 0 END)\
         ::numeric(38,0)::text \
         FROM pg_catalog.pg_class c JOIN part ON part.oid = c.oid; \
         SELECT 'column', a.attname::text, t.oid::text, t.typname::text, t.typtype::text, \
         (t.typnamespace = s.oid)::text, a.atttypmod::text, \
         pg_catalog.format_type(a.atttypid, a.atttypmod), \
         pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')::text, \
         coalesce(pg_catalog.to_jsonb(l.*) ->> 'collisdeterministic', 'true') \
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
         JOIN pg_catalog.pg_namespace s ON s.nspname = 'pg_catalog' \
         LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation \
         WHERE a.attrelid = ({of}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    ))
}

/// The questions for the names of some tables of a schema that the user may read.
pub(super) fn list(schema: &str, most: usize) -> Result<String, Unavailable> {
    let schema = constant(schema).ok_or(Unavailable::BadLocation)?;
    Ok(format!(
        "SELECT 'schema', pg_catalog.has_schema_privilege(n.oid, 'USAGE')::text \
         FROM pg_catalog.pg_namespace n WHERE n.nspname::text = {schema}::text; \
         SELECT 'table', c.relname::text FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname::text = {schema}::text AND c.relkind IN ('r', 'p', 'v', 'm') \
         AND NOT c.relispartition AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT') \
         ORDER BY c.relname LIMIT {most}"
    ))
}

/// The names in the answers to that.
pub(super) fn listed(answers: Vec<Row>, schema: &str) -> Result<Vec<String>, Unavailable> {
    let mut may_look = None;
    let mut names = Vec::new();
    for row in answers {
        let [Some(word), Some(cell)] = <[Option<String>; 2]>::try_from(row).unwrap_or_default()
        else {
            continue;
        };
        match word.as_str() {
            "schema" => may_look = Some(cell == "true"),
            _ => names.push(cell),
        }
    }
    match may_look {
        Some(true) => Ok(names),
        Some(false) => Err(Unavailable::Denied { path: schema.to_owned() }),
        None => Err(Unavailable::NotInCatalog { what: "schema", name: schema.to_owned() }),
    }
}

impl Relation {
    /// The table of which the answers tell.
    pub(super) fn of(answers: &[Row], (schema, name): (&str, &str)) -> Result<Self, Unavailable> {
        let path = format!("{schema}.{name}");
        let is = |it: &&str| *it == "true";
        let rows = |word: &'static str| {
            answers.iter().filter_map(move |it| {
                let (first, rest) = it.split_first()?;
                (first.as_deref() == Some(word)).then_some(rest)
            })
        };
        let cell = |row: &'static str, index: usize| {
            rows(row).next().and_then(|it| it.get(index)?.as_deref())
        };
        let Some(may_look) = cell("schema", 0) else {
            return Err(Unavailable::NotInCatalog { what: "schema", name: schema.to_owned() });
        };
        if !is(&may_look) {
            return Err(Unavailable::Denied { path });
        }
        let Some(class) = cell("relation", 0) else {
            return Err(Unavailable::NotInCatalog { what: "table", name: path });
        };
        if class == "f" || cell("parts", 0).is_some_and(|it| is(&it)) {
            let what =
                "a foreign table, or has foreign partitions, whose rows lie on another server";
            return Err(Unavailable::Unsupported { table: path, what: what.to_owned() });
        }
        let oid = cell("relation", 2).unwrap_or_default().to_owned();
        let columns = columns(rows("column"), &path)?;
        let is_pinned = matches!(class, "r" | "p" | "m")
            && cell("relation", 1) == Some("false")
            && cell("parts", 1) == Some("true");
        // Zero pages are a table that nobody has counted yet, or an empty one.
        let counted = cell("parts", 2) == Some("false") && class != "v";
        let count = cell("parts", 3).filter(|_| counted).and_then(|it| it.parse().ok());
        let rows = count.map_or(Precision::Absent, Precision::Inexact);
        let (schema, name) = (schema.to_owned(), name.to_owned());
        Ok(Self { schema, name, oid, columns, rows, is_pinned })
    }

    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// The names by which the server is asked.
    pub(super) fn names(&self) -> (&str, &str) {
        (&self.schema, &self.name)
    }
}

/// The columns that may be read; each must have a name and a type that columns can have.
fn columns<'a>(
    rows: impl Iterator<Item = &'a [Option<String>]>,
    path: &str,
) -> Result<Vec<Stored>, Unavailable> {
    let mut columns = Vec::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        let cells: Option<Vec<&str>> = row.iter().map(Option::as_deref).collect();
        // The server has no answer for a column that the snapshot sees, and that is gone.
        let cells = cells.ok_or_else(|| Unavailable::Changed { path: path.to_owned() })?;
        let cells = <[&str; 9]>::try_from(cells).ok();
        let corrupt = || Unavailable::Corrupt { path: path.to_owned(), row_group: None };
        let [name, oid, kind_name, class, is_own, modifier, shown, may_read, by_bytes] =
            cells.ok_or_else(corrupt)?;
        if may_read != "true" {
            continue;
        }
        let (Ok(modifier), [class]) = (modifier.parse(), class.as_bytes()) else {
            return Err(corrupt());
        };
        let class = char::from(*class);
        // A base type of somebody else may have the name of one of the server's own.
        let known =
            if class == 'e' || is_own == "true" { kind(kind_name, class, modifier) } else { None };
        let Some((kind, form)) = known else {
            let (column, kind) = (name.to_owned(), shown.to_owned());
            return Err(Unavailable::NoType { path: path.to_owned(), column, kind });
        };
        let bad = |cause| Unavailable::BadName { name: name.to_owned(), cause };
        let column = Column { name: ColumnName::new(name).map_err(bad)?, kind };
        if !seen.insert(column.name.clone()) {
            return Err(Unavailable::Clash { path: path.to_owned(), column: column.name });
        }
        let (name, oid, by_bytes) = (name.to_owned(), oid.to_owned(), by_bytes == "true");
        columns.push(Stored { name, column, form, oid, by_bytes });
    }
    if columns.is_empty() {
        return Err(Unavailable::Denied { path: path.to_owned() });
    }
    Ok(columns)
}
