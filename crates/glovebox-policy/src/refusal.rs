//! A rule's no: kinds with stable codes, and all refusals of one query in text order.

use std::fmt;

use glovebox_model::{Code, ColumnName, Finding, Span, TableName};
use glovebox_sql::MAX_FINDINGS;

use crate::Rules;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $code:literal $title:literal,)*) => {
        /// Why a rule says no. The page of each is in `docs/refusals/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum RefusalKind {
            $($(#[$doc])* $variant,)*
        }

        impl RefusalKind {
            /// Every kind, by code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code.
            pub fn code(self) -> Code {
                match self { $(Self::$variant => Code($code),)* }
            }

            /// The stable short name.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

kinds! {
    /// A table that nobody may query.
    TableWithoutRule 91 "table-without-rule",
    /// Tables of different rule types.
    MixedRuleTypes 92 "mixed-rule-types",
    /// No table at all.
    NoTable 93 "no-table",
    /// The two gates of judgement do not agree: our fault, refused to be safe.
    Disagreement 99 "judgement-uncertain",

    /// No aggregate in the select list.
    NoAggregate 101 "no-aggregate",
    /// A select item that is no column, granted function, literal or aggregate.
    OutputExpression 102 "output-expression",
    /// A column in the select list that is no dimension.
    OutputColumn 103 "output-column",
    /// `*` in the select list.
    OutputStar 104 "output-star",
    /// `SELECT DISTINCT`
    OutputDistinct 105 "output-distinct",
    /// An aggregate that the owner does not grant on that column.
    AggregateNotGranted 106 "aggregate-not-granted",
    /// An aggregate over something else than one column.
    AggregateArgument 107 "aggregate-argument",
    /// `FILTER`, `OVER`, `WITHIN GROUP`
    AggregateForm 108 "aggregate-form",
    /// A select item that is not in `GROUP BY`.
    OutputNotGrouped 109 "output-not-grouped",
    /// Something else than `[INNER] JOIN ... ON`.
    JoinKind 111 "join-kind",
    /// A table that must be joined to one of the runner's.
    JoinRequired 112 "join-required",
    /// A leaf of `ON` that is no `column = column`.
    JoinMatch 113 "join-match",
    /// A column in `ON` that is no join column.
    JoinColumn 114 "join-column",
    /// A leaf of `ON` that does not match two tables across the join.
    JoinSides 115 "join-sides",
    /// `AND` or `OR` in `ON` where the owner does not grant it.
    JoinOperator 116 "join-operator",
    /// A column in `WHERE` that is no dimension.
    FilterColumn 117 "filter-column",
    /// Something in `WHERE` that cannot stand there.
    FilterExpression 118 "filter-expression",
    /// A column in `GROUP BY` that is no dimension.
    GroupColumn 119 "group-column",
    /// Something in `GROUP BY` that cannot stand there.
    GroupExpression 120 "group-expression",
    /// Something in `HAVING` that is no aggregate compared with a number.
    HavingExpression 121 "having-expression",
    /// Something in `ORDER BY` that is no grouping item and no aggregate.
    OrderExpression 122 "order-expression",
    /// A scalar function that the owner does not grant.
    ScalarNotGranted 124 "scalar-not-granted",
    /// A function inside a function.
    ScalarNested 125 "scalar-nested",
    /// An argument that a scalar function cannot take here.
    ScalarArgument 126 "scalar-argument",
    /// `LIMIT`, `OFFSET`, `TOP`
    RowLimit 127 "row-limit",
    /// A query inside or beside the query.
    NestedQuery 128 "nested-query",
    /// Another construct that the rule does not know.
    Construct 129 "construct",

    /// No `DISTINCT`.
    ListDistinctRequired 201 "distinct-required",
    /// No overlap with a table of the runner.
    ListJoinRequired 202 "list-join-required",
    /// A select item that is no column.
    ListOutputExpression 203 "list-output-expression",
    /// A column in the select list that is no list column.
    ListOutputColumn 204 "list-output-column",
    /// `*` in the select list.
    ListOutputStar 205 "list-output-star",
    /// Something else than `[INNER] JOIN ... ON`.
    ListJoinKind 206 "list-join-kind",
    /// A leaf of `ON` that is no `column = column`.
    ListJoinMatch 207 "list-join-match",
    /// A column in `ON` that is no join column.
    ListJoinColumn 208 "list-join-column",
    /// A leaf of `ON` that does not match two tables across the join.
    ListJoinSides 209 "list-join-sides",
    /// `AND` or `OR` in `ON` where the owner does not grant it.
    ListJoinOperator 210 "list-join-operator",
    /// A column in `WHERE` that is no list column.
    ListFilterColumn 211 "list-filter-column",
    /// Something in `WHERE` that cannot stand there.
    ListFilterExpression 212 "list-filter-expression",
    /// A scalar function.
    ListScalar 213 "list-scalar",
    /// An aggregate function.
    ListAggregate 214 "list-aggregate",
    /// `GROUP BY`, `HAVING`, `ORDER BY`
    ListClause 215 "list-clause",
    /// `LIMIT` without a positive integer.
    ListLimit 216 "list-limit",
    /// `OFFSET`, `TOP`
    ListOffset 217 "list-offset",
    /// A query inside or beside the query.
    ListNestedQuery 218 "list-nested-query",
    /// Another construct that the rule does not know.
    ListConstruct 219 "list-construct",

    /// An analysis that the owner does not admit.
    AnalysisNotAllowed 301 "analysis-not-allowed",
    /// A direct result where the owner demands further analyses.
    DirectResult 302 "direct-result",
    /// A column that may not reach the output, in the output.
    DisallowedOutput 303 "disallowed-output",
    /// A column that may not reach the output, compared with a literal.
    DisallowedLiteral 304 "disallowed-literal",
    /// A column that may not reach the output, as what orders or groups it.
    DisallowedOrder 305 "disallowed-order",
    /// A column in the output that is compared with one that may not reach it.
    DisallowedEquated 306 "disallowed-equated",
    /// A construct that restricted rules do not know.
    RestrictedConstruct 310 "restricted-construct",
    /// A kind of join or set operation that restricted rules do not know.
    RestrictedJoin 311 "restricted-join",
    /// A scalar function that restricted rules do not know.
    RestrictedScalar 313 "restricted-scalar",
    /// An aggregate function that restricted rules do not know.
    RestrictedAggregate 314 "restricted-aggregate",
    /// A window function that restricted rules do not know.
    RestrictedWindow 315 "restricted-window",
    /// The identity column compared with a literal.
    IdentityLiteral 320 "identity-literal",
    /// An aggregate over something else than a column.
    AggregateExpression 321 "aggregate-expression",
    /// An order statistic or collector without an average, count or sum beside it.
    AggregateUnpaired 322 "aggregate-unpaired",
    /// Rows of single people in the output.
    RowLevelOutput 323 "row-level-output",
    /// A row limit over rows of single people.
    LimitBelowThreshold 324 "limit-below-threshold",
    /// A volatile function over rows of single people.
    VolatileBelowThreshold 325 "volatile-below-threshold",
    /// A window that mixes the rows of several people.
    WindowBelowThreshold 326 "window-below-threshold",
    /// An aggregate that gives away single values.
    AggregateBelowThreshold 327 "aggregate-below-threshold",
    /// A subquery over rows of single people.
    SubqueryBelowThreshold 328 "subquery-below-threshold",
    /// People cannot be counted through this shape.
    ThresholdShape 329 "threshold-shape",
    /// A column compared with a literal that the owner does not list.
    LiteralComparison 330 "literal-comparison",
    /// A column compared with a column that the owner does not list.
    ColumnComparison 331 "column-comparison",
    /// A `LIMIT` or `OFFSET` that is no number of rows.
    RowCount 332 "row-count",
    /// A shape in which the groups of a key cannot be counted.
    CraftedShape 333 "crafted-shape",

    /// Rows of single users in the output.
    PrivateNotAggregated 401 "private-not-aggregated",
    /// An inner query whose rows are not about one user each.
    PrivateNotUserLevel 402 "private-not-user-level",
    /// A join that does not keep users apart.
    PrivateJoin 403 "private-join",
    /// A window over several users.
    PrivateWindow 404 "private-window",
    /// A row limit over rows of users.
    PrivateLimit 405 "private-limit",
    /// A set operation of aggregates, or of users with others.
    PrivateSetOperation 406 "private-set-operation",
    /// An aggregate without a noisy form.
    PrivateAggregate 407 "private-aggregate",
    /// An argument without bounds.
    PrivateBounds 408 "private-bounds",
    /// A table that is neither public nor of these users.
    PrivateTable 420 "private-table",
    /// Users of several populations.
    PrivatePopulations 421 "private-populations",
    /// A volatile function beside rows of users.
    PrivateVolatile 422 "private-volatile",
    /// A subquery in an expression over rows of users.
    PrivateSubquery 423 "private-subquery",
    /// A floating-point group key.
    PrivateFloatKey 424 "private-float-key",
    /// Another construct without a private form.
    PrivateConstruct 425 "private-construct",
    /// An argument that is no number, or too wide a one.
    PrivateNumber 426 "private-number",

    /// An aggregate over an encrypted column that is no count.
    EncryptedAggregate 501 "encrypted-aggregate",
    /// An encrypted column in something that computes.
    EncryptedComputed 502 "encrypted-computed",
    /// An encrypted column where values are put in order.
    EncryptedOrder 503 "encrypted-order",
    /// A sealed column where equal values are put together.
    SealedKey 504 "sealed-key",
    /// A sealed column in a comparison.
    SealedCompared 505 "sealed-compared",
    /// A fingerprint compared with something that is none.
    FingerprintCompared 506 "fingerprint-compared",
    /// Fingerprints of columns with different names.
    FingerprintNames 507 "fingerprint-names",
    /// A use that depends on NULLs which are encrypted.
    EncryptedNulls 508 "encrypted-nulls",
    /// A set operation of encrypted values with others.
    EncryptedMixed 509 "encrypted-mixed",
    /// People counted by an encrypted column that cannot tell them apart.
    EncryptedIdentity 510 "encrypted-identity",
    /// A column in clear text where the collaboration allows none.
    CleartextColumn 511 "cleartext-column",
}

/// One no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule says it.
    pub kind: RefusalKind,
    /// Where in the text.
    pub span: Option<Span>,
    /// The table whose owner says it.
    pub table: Option<TableName>,
    /// The column it is about.
    pub column: Option<ColumnName>,
    /// What is wrong, one sentence without a period.
    pub text: String,
    /// How to mend it.
    pub help: String,
    /// The smallest change of the rule to ask the owner for, when only the owner could allow it.
    pub ask_owner: Option<String>,
    /// The real service's wording, where it is known.
    pub aws_text: Option<String>,
}

impl Refusal {
    pub(crate) fn new(kind: RefusalKind, span: Span, text: impl Into<String>) -> Self {
        Self {
            kind,
            span: Some(span),
            table: None,
            column: None,
            text: text.into(),
            help: String::new(),
            ask_owner: None,
            aws_text: None,
        }
    }

    pub(crate) fn of(mut self, table: &TableName) -> Self {
        self.table = Some(table.clone());
        self
    }

    pub(crate) fn about(mut self, column: &ColumnName) -> Self {
        self.column = Some(column.clone());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// What the owner could change; reads on after "ask the owner to".
    pub(crate) fn ask(mut self, change: impl Into<String>) -> Self {
        self.ask_owner = Some(change.into());
        self
    }

    pub(crate) fn aws(mut self, text: impl Into<String>) -> Self {
        self.aws_text = Some(text.into());
        self
    }

    fn finding(self, rules: &Rules) -> Finding {
        let owner = self.table.as_ref().and_then(|it| rules.tables.get(it));
        Finding {
            code: self.kind.code(),
            title: self.kind.title(),
            aws_text: self.aws_text,
            text: self.text,
            span: self.span,
            owner: owner.map(|it| it.owner_name.clone()),
            table: self.table,
            help: Some(self.help).filter(|it| !it.is_empty()),
            ask_owner: self.ask_owner,
        }
    }
}

/// Every no of one query, in text order; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusals {
    findings: Vec<Finding>,
    disagreement: Option<String>,
}

impl Refusals {
    /// Sorted by place, then code; each said once; at most [`MAX_FINDINGS`].
    pub(crate) fn new(refusals: Vec<Refusal>, rules: &Rules) -> Self {
        let mut findings: Vec<Finding> = refusals.into_iter().map(|it| it.finding(rules)).collect();
        let key = |it: &Finding| {
            let start = it.span.map(|it| it.start);
            let end = it.span.map(|it| it.end);
            (start.is_none(), start, it.code, end, it.table.clone(), it.text.clone())
        };
        findings.sort_by_cached_key(key);
        findings.dedup();
        findings.truncate(MAX_FINDINGS);
        Self { findings, disagreement: None }
    }

    /// The judgement cannot be trusted: refuses without saying more to the analyst.
    pub(crate) fn disagreement(cause: String) -> Self {
        let finding = Finding {
            code: RefusalKind::Disagreement.code(),
            title: RefusalKind::Disagreement.title(),
            aws_text: None,
            text: "the query could not be judged with certainty".into(),
            span: None,
            table: None,
            owner: None,
            help: Some("write the query in a simpler way, and tell the operator".into()),
            ask_owner: None,
        };
        Self { findings: vec![finding], disagreement: Some(cause) }
    }

    /// The findings in text order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The findings in text order.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// What the two gates of judgement disagree about: a bug of ours, for the operator's log.
    /// It speaks of the plan's shape only.
    pub fn internal(&self) -> Option<&str> {
        self.disagreement.as_deref()
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<String> = self.findings.iter().map(|it| it.code.to_string()).collect();
        write!(f, "the query is refused: {}", codes.join(" "))
    }
}

impl std::error::Error for Refusals {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_titles_are_unique_and_in_order() {
        let codes: Vec<Code> = RefusalKind::ALL.iter().map(|it| it.code()).collect();
        assert!(codes.is_sorted_by(|one, other| one < other), "{codes:?}");
        let titles: std::collections::BTreeSet<_> =
            RefusalKind::ALL.iter().map(|it| it.title()).collect();
        assert_eq!(titles.len(), codes.len());
    }
}
