//! What a query asks of each table: the widest rule that it speaks of.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{
    ANY_QUERY, AccountId, Aggregate, AggregateFunction, AggregationDraft, AggregationRule,
    ColumnName, CustomRule, JoinOperators, ListRule, OutputConstraint, Rule, ScalarFunction,
    TableName, WrittenCustom,
};
use glovebox_sql::{AggregateCall, Expression, ExpressionKind, Facts, Operator, ScanId, Statement};

use super::DEFAULT_MINIMUM;

/// What one table is used for.
#[derive(Default)]
struct Uses {
    aggregates: BTreeSet<Aggregate>,
    join: BTreeSet<ColumnName>,
    plain: BTreeSet<ColumnName>,
    scalars: BTreeSet<ScalarFunction>,
    or: bool,
}

/// One aggregation rule for each table; `None` when one cannot exist.
pub(super) fn aggregation(facts: &Facts) -> Option<BTreeMap<TableName, Rule>> {
    let uses = uses(&facts.statement);
    let rule = |(table, uses): (TableName, Uses)| {
        let identity = counted(&uses)?;
        let draft = AggregationDraft {
            aggregates: uses.aggregates.into_iter().collect(),
            join_required: !uses.join.is_empty(),
            join_columns: uses.join.into_iter().collect(),
            join_operators: JoinOperators { and: true, or: uses.or },
            dimensions: uses.plain.into_iter().collect(),
            scalar_functions: uses.scalars.into_iter().collect(),
            output_constraints: vec![OutputConstraint {
                column: identity,
                minimum: DEFAULT_MINIMUM,
            }],
        };
        Some((table, Rule::Aggregation(AggregationRule::new(draft).ok()?)))
    };
    uses.into_iter().map(rule).collect()
}

/// One list rule for each table; `None` when one cannot exist.
pub(super) fn list(facts: &Facts) -> Option<BTreeMap<TableName, Rule>> {
    let rule = |(table, uses): (TableName, Uses)| {
        let operators = JoinOperators { and: true, or: uses.or };
        let (join, plain) = (uses.join.into_iter().collect(), uses.plain.into_iter().collect());
        Some((table, Rule::List(ListRule::new(join, operators, plain).ok()?)))
    };
    uses(&facts.statement).into_iter().map(rule).collect()
}

/// `ANY_QUERY` by the runner for each table, with nothing else said.
pub(super) fn custom(facts: &Facts, runner: AccountId) -> Option<BTreeMap<TableName, Rule>> {
    let written = WrittenCustom {
        allowed_analyses: vec![ANY_QUERY.into()],
        allowed_analysis_providers: Some(vec![runner]),
        ..WrittenCustom::default()
    };
    let rule = Rule::Custom(CustomRule::new(&written).ok()?);
    Some(facts.lineage.scans.iter().map(|it| (it.table.clone(), rule.clone())).collect())
}

/// What a rule lets through by design.
pub(super) fn risks(rule: &Rule) -> Vec<String> {
    let mut risks = Vec::new();
    match rule {
        Rule::Aggregation(rule) => {
            if !rule.dimensions().is_empty() {
                risks.push(
                    "two queries that differ by one filter can be subtracted (differencing)".into(),
                );
            }
            if !rule.join_columns().is_empty() {
                risks.push(
                    "the runner chooses whom its own table holds: a crafted one isolates a person"
                        .into(),
                );
            }
        }
        Rule::Custom(rule) => {
            if rule.threshold().is_none() {
                risks.push("rows of single people can be given out: no threshold".into());
            }
            if rule.comparisons().is_none() {
                risks.push("any column can be compared with any value".into());
            }
        }
        Rule::List(_) => {
            risks.push("whether a person is in the table can be asked (membership probing)".into());
        }
    }
    risks
}

/// The column that tells people apart, as far as the query shows.
fn counted(uses: &Uses) -> Option<ColumnName> {
    let distinct =
        uses.aggregates.iter().find(|it| it.function == AggregateFunction::CountDistinct);
    let first = distinct.map(|it| &it.column).or(uses.join.first());
    first.or(uses.aggregates.first().map(|it| &it.column)).cloned()
}

fn uses(statement: &Statement) -> BTreeMap<TableName, Uses> {
    let mut reader = Reader { statement, uses: BTreeMap::new() };
    for scan in &statement.scans {
        reader.uses.entry(scan.table.clone()).or_default();
    }
    for join in &statement.joins {
        if let Some(condition) = &join.condition {
            reader.join(condition, false);
        }
    }
    let outputs = statement.outputs.iter().map(|it| &it.expression);
    let others = statement.filter.iter().chain(&statement.groups).chain(&statement.having);
    for expression in outputs.chain(others).chain(&statement.order) {
        reader.read(expression);
    }
    reader.uses
}

struct Reader<'a> {
    statement: &'a Statement,
    uses: BTreeMap<TableName, Uses>,
}

impl Reader<'_> {
    fn of(&mut self, scan: ScanId) -> Option<&mut Uses> {
        self.uses.get_mut(&self.statement.scans.get(scan.0)?.table)
    }

    fn join(&mut self, condition: &Expression, or: bool) {
        let is_or =
            matches!(condition.kind, ExpressionKind::Operator { operator: Operator::Or, .. });
        if let ExpressionKind::Column { scan, column } = &condition.kind
            && let Some(uses) = self.of(*scan)
        {
            uses.join.insert(column.clone());
            uses.or |= or;
        }
        for part in condition.parts() {
            self.join(part, or || is_or);
        }
    }

    fn read(&mut self, expression: &Expression) {
        match &expression.kind {
            ExpressionKind::Aggregate(call) => return self.aggregate(call),
            ExpressionKind::Column { scan, column } => {
                if let Some(uses) = self.of(*scan) {
                    uses.plain.insert(column.clone());
                }
            }
            ExpressionKind::Scalar { function: Some(function), .. } => {
                for scan in columns(expression) {
                    if let Some(uses) = self.of(scan) {
                        uses.scalars.insert(*function);
                    }
                }
            }
            _ => {}
        }
        for part in expression.parts() {
            self.read(part);
        }
    }

    fn aggregate(&mut self, call: &AggregateCall) {
        let function = match (call.name.as_str(), call.distinct) {
            ("avg", false) => AggregateFunction::Avg,
            ("count", false) => AggregateFunction::Count,
            ("count", true) => AggregateFunction::CountDistinct,
            ("sum", false) => AggregateFunction::Sum,
            ("sum", true) => AggregateFunction::SumDistinct,
            _ => return,
        };
        if let [Expression { kind: ExpressionKind::Column { scan, column }, .. }] =
            call.arguments.as_slice()
            && let Some(uses) = self.of(*scan)
        {
            uses.aggregates.insert(Aggregate { function, column: column.clone() });
        }
    }
}

fn columns(expression: &Expression) -> Vec<ScanId> {
    match &expression.kind {
        ExpressionKind::Column { scan, .. } => vec![*scan],
        _ => expression.parts().into_iter().flat_map(columns).collect(),
    }
}
