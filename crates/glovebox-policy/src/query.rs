//! One query with its rules: what each check looks at.

use glovebox_model::{AggregationRule, CustomRule, ListRule, Rule, TableName};
use glovebox_sql::{FormKind, Scan, ScanId, Statement};

use crate::{Refusal, RefusalKind, Rules};

/// The statement gate's view.
#[derive(Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) statement: &'a Statement,
    pub(crate) rules: &'a Rules,
}

impl<'a> Query<'a> {
    /// The scan of that number.
    pub(crate) fn scan(&self, id: ScanId) -> Option<&'a Scan> {
        self.statement.scans.get(id.0)
    }

    /// The table of that scan.
    pub(crate) fn table(&self, id: ScanId) -> Option<&'a TableName> {
        self.scan(id).map(|it| &it.table)
    }

    /// Every table once, in order of name.
    pub(crate) fn tables(&self) -> Vec<&'a TableName> {
        let mut tables: Vec<&TableName> = self.statement.scans.iter().map(|it| &it.table).collect();
        tables.sort();
        tables.dedup();
        tables
    }

    pub(crate) fn aggregation_rule(&self, table: &TableName) -> Option<&'a AggregationRule> {
        match self.rules.tables.get(table)?.rule.as_ref()? {
            Rule::Aggregation(rule) => Some(rule),
            Rule::Custom(_) | Rule::List(_) => None,
        }
    }

    pub(crate) fn custom_rule(&self, table: &TableName) -> Option<&'a CustomRule> {
        match self.rules.tables.get(table)?.rule.as_ref()? {
            Rule::Custom(rule) => Some(rule),
            Rule::Aggregation(_) | Rule::List(_) => None,
        }
    }

    pub(crate) fn list_rule(&self, table: &TableName) -> Option<&'a ListRule> {
        match self.rules.tables.get(table)?.rule.as_ref()? {
            Rule::List(rule) => Some(rule),
            Rule::Aggregation(_) | Rule::Custom(_) => None,
        }
    }

    /// Whether the outermost block reads from queries, so that it says little by itself.
    pub(crate) fn is_opaque(&self) -> bool {
        self.statement.forms.iter().any(|it| match it.kind {
            FormKind::CacheTable
            | FormKind::Cte
            | FormKind::DerivedTable
            | FormKind::SetOperation
            | FormKind::Values => true,
            FormKind::Between
            | FormKind::Case
            | FormKind::CommaJoin
            | FormKind::CrossJoin
            | FormKind::Exists
            | FormKind::FilterClause
            | FormKind::GroupByAll
            | FormKind::GroupingSets
            | FormKind::InSubquery
            | FormKind::LikeQuantified
            | FormKind::Limit
            | FormKind::NaturalJoin
            | FormKind::Offset
            | FormKind::Parameter
            | FormKind::OuterJoin
            | FormKind::Qualify
            | FormKind::ScalarSubquery
            | FormKind::SemiJoin
            | FormKind::Star
            | FormKind::StringConcat
            | FormKind::Top
            | FormKind::Using
            | FormKind::Window
            | FormKind::WithinGroup => false,
        })
    }
}

/// A form in SQL words, for messages.
pub(crate) fn form_words(kind: FormKind) -> &'static str {
    match kind {
        FormKind::Between => "BETWEEN",
        FormKind::CacheTable => "CACHE TABLE",
        FormKind::Case => "CASE",
        FormKind::CommaJoin => "a comma between tables",
        FormKind::CrossJoin => "a join without ON",
        FormKind::Cte => "WITH",
        FormKind::DerivedTable => "a subquery in FROM",
        FormKind::Exists => "EXISTS",
        FormKind::FilterClause => "FILTER",
        FormKind::GroupByAll => "GROUP BY ALL",
        FormKind::GroupingSets => "ROLLUP, CUBE or GROUPING SETS",
        FormKind::InSubquery => "IN with a subquery",
        FormKind::LikeQuantified => "LIKE with ANY or ALL",
        FormKind::Limit => "LIMIT",
        FormKind::NaturalJoin => "NATURAL JOIN",
        FormKind::Offset => "OFFSET",
        FormKind::Parameter => "a parameter",
        FormKind::OuterJoin => "an outer join",
        FormKind::Qualify => "QUALIFY",
        FormKind::ScalarSubquery => "a subquery",
        FormKind::SemiJoin => "a semi or anti join",
        FormKind::SetOperation => "UNION, INTERSECT or EXCEPT",
        FormKind::Star => "`*`",
        FormKind::StringConcat => "`||`",
        FormKind::Top => "TOP",
        FormKind::Using => "USING",
        FormKind::Values => "VALUES",
        FormKind::Window => "OVER",
        FormKind::WithinGroup => "WITHIN GROUP",
    }
}

/// AWS names all columns refused in the select list at once: every such refusal carries it.
pub(crate) fn say_it_like_aws(found: &mut [Refusal], kind: RefusalKind) {
    let mut columns: Vec<String> = Vec::new();
    for refusal in found.iter().filter(|it| it.kind == kind) {
        let name = refusal.column.as_ref().map(ToString::to_string).unwrap_or_default();
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let text = format!("Column(s) [{}] is not allowed in select", columns.join(", "));
    for refusal in found.iter_mut().filter(|it| it.kind == kind) {
        refusal.aws_text = Some(text.clone());
    }
}
