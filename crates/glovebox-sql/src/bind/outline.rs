//! What a text names without any schema: its tables and its parameters.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Ident, ObjectName, ObjectNamePart, Query, Value, ValueWithSpan, Visit as _, Visitor,
};

use super::parse;
use super::text::Text;
use crate::error::Unbound;
use crate::limits::with_stack;

/// What a text names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Tables outside the text, folded to lower case.
    pub tables: BTreeSet<String>,
    /// Parameters, without the colon; case counts.
    pub parameters: BTreeSet<String>,
    /// Placeholders that are no `:name`.
    pub other_placeholders: BTreeSet<String>,
}

/// Reads one `SELECT` and says what it names. The text is not bound: names may lead nowhere.
///
/// # Errors
///
/// The text is not one `SELECT` that can be read here.
pub fn outline(text: &str) -> Result<Outline, Unbound> {
    with_stack(|| {
        let (read, tokens) = Text::read(text)?;
        let query = parse(&read, tokens)?;
        let mut reader = Reader::default();
        let ControlFlow::Continue(()) = query.visit(&mut reader);
        Ok(reader.outline)
    })
}

#[derive(Default)]
struct Reader {
    outline: Outline,
    frames: Vec<Frame>,
}

/// The named queries of one `WITH`, and how many of them can be seen from where the reader is.
struct Frame {
    named: Vec<(String, *const Query)>,
    visible: usize,
}

fn folded(ident: &Ident) -> String {
    ident.value.to_lowercase()
}

impl Reader {
    /// The place of a query among the named ones of the `WITH` that it stands in.
    fn place(&self, query: &Query) -> Option<usize> {
        self.frames.last()?.named.iter().position(|it| std::ptr::eq(it.1, query))
    }

    fn is_named(&self, name: &str) -> bool {
        self.frames.iter().any(|it| it.named.iter().take(it.visible).any(|it| it.0 == name))
    }
}

impl Visitor for Reader {
    type Break = std::convert::Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        if let Some(place) = self.place(query)
            && let Some(frame) = self.frames.last_mut()
        {
            frame.visible = place;
        }
        let with = query.with.iter().flat_map(|it| &it.cte_tables);
        let named = with.map(|it| (folded(&it.alias.name), std::ptr::from_ref(&*it.query)));
        self.frames.push(Frame { named: named.collect(), visible: 0 });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        self.frames.pop();
        if let Some(place) = self.place(query)
            && let Some(frame) = self.frames.last_mut()
        {
            frame.visible = place + 1;
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<Self::Break> {
        if let Some(ObjectNamePart::Identifier(ident)) = relation.0.last() {
            let name = folded(ident);
            if relation.0.len() > 1 || !self.is_named(&name) {
                self.outline.tables.insert(name);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> ControlFlow<Self::Break> {
        if let Value::Placeholder(text) = &value.value {
            match text.strip_prefix(':') {
                Some(name) => self.outline.parameters.insert(name.to_owned()),
                None => self.outline.other_placeholders.insert(text.clone()),
            };
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn tables_and_parameters_are_named_once() {
        let text = "SELECT a, :p FROM Sales s JOIN returns r ON s.k = r.k
                    WHERE a > :least AND b IN (SELECT b FROM panel WHERE c = :p) LIMIT 5";
        let found = outline(text).unwrap();
        assert_eq!(names(&found.tables), ["panel", "returns", "sales"]);
        assert_eq!(names(&found.parameters), ["least", "p"]);
    }

    #[test]
    fn named_queries_are_no_tables_but_inside_themselves_their_name_is_one() {
        let text = "WITH x AS (SELECT 1 AS a FROM t), y AS (SELECT a FROM x),
                         u AS (SELECT b FROM u) SELECT a FROM y, u";
        assert_eq!(names(&outline(text).unwrap().tables), ["t", "u"]);
        let later = "WITH x AS (SELECT a FROM y), y AS (SELECT a FROM t) SELECT a FROM x";
        assert_eq!(names(&outline(later).unwrap().tables), ["t", "y"]);
    }

    #[test]
    fn what_is_no_select_has_no_outline() {
        for bad in ["", "DROP TABLE t", "SELECT 1; SELECT 2", "SELECT FROM WHERE", "SELECT ':p"] {
            assert!(outline(bad).is_err(), "{bad}");
        }
        let quoted = outline("SELECT ':p' FROM t -- :q").unwrap();
        assert!(quoted.parameters.is_empty());
    }
}
