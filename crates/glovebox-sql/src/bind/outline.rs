//! What a text asks for, seen before any table is known.

use std::collections::BTreeMap;

use glovebox_model::TableName;

use super::binder::Binder;
use super::parameter::Parameters;
use super::{Parsed, parse_text};
use crate::error::{Fault, Unbound};
use crate::facts::Statement;
use crate::limits::with_stack;
use crate::schema::Schema;

/// What the text of an analysis template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The names behind the colons, as typed, each once, in order of name.
    pub parameters: Vec<String>,
    /// The tables, each once, in order of name; names of `WITH` and of `CACHE TABLE` are not
    /// among them.
    pub tables: Vec<TableName>,
}

/// Reads the text of an analysis template.
///
/// # Errors
///
/// What is wrong with the text whatever its tables are: syntax, constructs, functions.
pub fn template_outline(text: &str) -> Result<Outline, Vec<Unbound>> {
    with_stack(|| outline(text))
}

fn outline(text: &str) -> Result<Outline, Vec<Unbound>> {
    let Parsed { read, mut query, n_cached: _ } = parse_text(text).map_err(|it| vec![it])?;
    let schema = Schema { tables: BTreeMap::new() };
    let mut binder = Binder::new(read, &schema, Parameters::Named(Vec::new()));
    binder.outermost(&mut query, &mut Statement::default());
    let mut tables = Vec::new();
    let mut faults = Vec::new();
    for Unbound { fault, span } in binder.faults {
        match fault {
            Fault::UnknownTable { ref name } => match TableName::new(&name.to_ascii_lowercase()) {
                Ok(table) => tables.push(table),
                Err(_) => faults.push(Unbound { fault, span }),
            },
            // Those of unknown tables are unknown.
            Fault::AmbiguousColumn { .. }
            | Fault::DuplicateOutput { .. }
            | Fault::OrdinalOutOfRange { .. }
            | Fault::UnknownColumn { .. } => {}
            fault => faults.push(Unbound { fault, span }),
        }
    }
    tables.sort();
    tables.dedup();
    let mut parameters = match binder.parameters {
        Parameters::Named(names) => names,
        Parameters::None | Parameters::Given(_) => Vec::new(),
    };
    parameters.sort();
    faults.sort_by_key(|it| it.span.map_or((0, 0), |span| (span.start, span.end)));
    if faults.is_empty() { Ok(Outline { parameters, tables }) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> (String, String) {
        let Outline { parameters, tables } = template_outline(text).unwrap();
        let tables: Vec<String> = tables.iter().map(ToString::to_string).collect();
        (parameters.join(" "), tables.join(" "))
    }

    fn is(text: &str, parameters: &str, tables: &str) {
        assert_eq!(names(text), (parameters.to_owned(), tables.to_owned()), "{text}");
    }

    #[test]
    fn tables_and_parameters_are_named_once() {
        is(
            "SELECT a, :p AS x FROM Sales s JOIN returns r ON s.k = r.k
             WHERE a > :least AND b IN (SELECT b FROM panel WHERE c = :p) GROUP BY 1, 2 LIMIT 5",
            "least p",
            "panel returns sales",
        );
    }

    #[test]
    fn named_queries_are_no_tables_but_inside_themselves_their_name_is_one() {
        is("WITH x AS (SELECT 1 AS a FROM t), y AS (SELECT a FROM x) SELECT a FROM y", "", "t");
        is("WITH u AS (SELECT b FROM u) SELECT b FROM u", "", "u");
        is("WITH x AS (SELECT a FROM y), y AS (SELECT a FROM t) SELECT a FROM x", "", "t y");
        is("SELECT x.c FROM (SELECT * FROM t) x JOIN u USING (k)", "", "t u");
    }

    #[test]
    fn a_text_that_can_never_run_has_no_outline() {
        for bad in [
            "",
            "DROP TABLE t",
            "SELECT 1; SELECT 2",
            "SELECT FROM WHERE",
            "SELECT ':p",
            "SELECT nosuch(a) FROM t",
            "SELECT a FROM db.t",
            "SELECT a FROM t WHERE b = ?",
            "SELECT SUM(SUM(a)) FROM t",
        ] {
            assert!(template_outline(bad).is_err(), "{bad}");
        }
        is("SELECT ':p' AS x FROM t -- :q", "", "t");
    }
}
