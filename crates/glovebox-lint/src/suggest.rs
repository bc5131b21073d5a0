//! Rule from a query: the smallest rules that admit it. Nothing is written anywhere.

mod read;
mod shrink;

use std::collections::BTreeMap;

use glovebox_fixture::Room;
use glovebox_model::{AccountId, Extension, Finding, Rule, RuleKind, TableName, Timestamp};
use glovebox_policy::{Rules, clear};
use glovebox_sql::{Facts, Schema, bind};

/// The minimum that is proposed where a rule needs one: AWS's own examples use it.
pub const DEFAULT_MINIMUM: u32 = 100;

/// What the owners of a query's tables could write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The type of all the rules.
    pub kind: RuleKind,
    /// One rule for each table of the query.
    pub rules: BTreeMap<TableName, Rule>,
    /// What each rule lets through, in words.
    pub risks: BTreeMap<TableName, Vec<String>>,
}

/// Why no rule is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRule {
    /// The text does not bind, whatever the rules say.
    Unbound(Vec<Finding>),
    /// No rule of that type admits it; what the widest one says.
    Refused(RuleKind, Vec<Finding>),
}

/// Proposes rules of that type, or of the narrowest type that admits the query.
///
/// The judge decides: a rule is proposed only when it admits the query and every item of it is
/// needed for that, or narrows it.
///
/// # Errors
///
/// When the text does not bind, or no rule admits it.
pub fn suggest(
    room: &Room,
    runner: AccountId,
    sql: &str,
    kind: Option<RuleKind>,
    now: Timestamp,
) -> Result<Suggestion, NoRule> {
    let question = Question { schema: room.schema(), rules: room.rules(runner), sql, now };
    let bound = bind(sql, &question.schema, now)
        .map_err(|it| NoRule::Unbound(it.into_iter().map(Finding::from).collect()))?;
    let facts = bound.facts().clone();
    let kinds = match kind {
        Some(kind) => vec![kind],
        None => vec![RuleKind::Aggregation, RuleKind::List, RuleKind::Custom],
    };
    let mut last = NoRule::Refused(RuleKind::Custom, Vec::new());
    for kind in kinds {
        match question.of_kind(kind, &facts) {
            Ok(rules) => {
                let risks = rules.iter().map(|(table, rule)| (table.clone(), read::risks(rule)));
                return Ok(Suggestion { kind, risks: risks.collect(), rules });
            }
            Err(findings) => last = NoRule::Refused(kind, findings),
        }
    }
    Err(last)
}

/// A query and what it is asked of.
struct Question<'a> {
    schema: Schema,
    rules: Rules,
    sql: &'a str,
    now: Timestamp,
}

impl Question<'_> {
    /// The widest rules that the query speaks of, made as small as they can be.
    fn of_kind(
        &self,
        kind: RuleKind,
        facts: &Facts,
    ) -> Result<BTreeMap<TableName, Rule>, Vec<Finding>> {
        let widest = match kind {
            RuleKind::Aggregation => read::aggregation(facts),
            RuleKind::Custom => read::custom(facts, self.rules.runner),
            RuleKind::List => read::list(facts),
        };
        let widest = widest.ok_or_else(Vec::new)?;
        self.judge(&widest)?;
        Ok(shrink::smallest(widest, &self.schema, &|it| self.judge(it).is_ok()))
    }

    fn judge(&self, proposed: &BTreeMap<TableName, Rule>) -> Result<(), Vec<Finding>> {
        let mut rules = self.rules.clone();
        for (name, table) in &mut rules.tables {
            table.rule = proposed.get(name).cloned();
            table.extension = Extension::default();
        }
        let bound = bind(self.sql, &self.schema, self.now)
            .map_err(|it| it.into_iter().map(Finding::from).collect::<Vec<_>>())?;
        clear(bound, &rules).map(drop).map_err(glovebox_policy::Refusals::into_findings)
    }
}
