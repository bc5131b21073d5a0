//! Rules from queries: they admit the query, and nothing of them can be left out.

use glovebox_fixture::{Room, parse};
use glovebox_lint::{NoRule, Suggestion, policy, suggest};
use glovebox_model::{Rule, RuleKind, TableName, Timestamp};

const ROOM: &str = "
member brand can query, can receive
  table audience (hash text, segment text, spend bigint)
member seller
  table orders (buyer text, region text, day date, amount bigint)
";

fn room() -> Room {
    parse(ROOM).unwrap()
}

fn suggested(sql: &str, kind: Option<RuleKind>) -> Result<Suggestion, NoRule> {
    let room = room();
    let runner = room.runner().unwrap().account;
    suggest(&room, runner, sql, kind, Timestamp::from_millis(0))
}

fn shown(suggestion: &Suggestion, table: &str) -> String {
    policy(&suggestion.rules[&TableName::new(table).unwrap()]).to_string()
}

#[test]
fn an_aggregation_query_needs_exactly_what_it_names() {
    let sql = "SELECT o.region, SUM(o.amount) FROM orders o JOIN audience a ON o.buyer = a.hash \
               WHERE a.segment = 'x' GROUP BY o.region";
    let found = suggested(sql, None);
    // The runner's own table grants nothing that is aggregated, so no aggregation rule exists.
    assert!(matches!(found, Ok(Suggestion { kind: RuleKind::Custom, .. })), "{found:?}");
    let sql = "SELECT o.region, SUM(o.amount), COUNT(DISTINCT a.hash) FROM orders o JOIN \
               audience a ON o.buyer = a.hash WHERE a.segment = 'x' GROUP BY o.region";
    let found = suggested(sql, None).unwrap();
    assert_eq!(found.kind, RuleKind::Aggregation);
    assert_eq!(
        shown(&found, "orders"),
        r#"{"v1":{"aggregation":{"aggregateColumns":[{"columnNames":["amount"],"function":"SUM"}],"joinColumns":["buyer"],"joinRequired":"QUERY_RUNNER","allowedJoinOperators":[],"dimensionColumns":["region"],"scalarFunctions":[],"outputConstraints":[{"columnName":"buyer","minimum":100,"type":"COUNT_DISTINCT"}]}}}"#
    );
    assert!(shown(&found, "audience").contains(r#""dimensionColumns":["segment"]"#));
    assert!(found.risks.values().any(|it| it.iter().any(|it| it.contains("differencing"))));
}

#[test]
fn a_list_query_gets_a_list_rule() {
    let sql = "SELECT DISTINCT o.region FROM orders o JOIN audience a ON o.buyer = a.hash";
    let found = suggested(sql, None).unwrap();
    assert_eq!(found.kind, RuleKind::List);
    assert_eq!(
        shown(&found, "orders"),
        r#"{"v1":{"list":{"joinColumns":["buyer"],"allowedJoinOperators":[],"listColumns":["region"]}}}"#
    );
    assert_eq!(
        shown(&found, "audience"),
        r#"{"v1":{"list":{"joinColumns":["hash"],"allowedJoinOperators":[],"listColumns":[]}}}"#
    );
}

#[test]
fn a_custom_rule_is_narrowed_as_far_as_the_query_lets_it() {
    let sql = "SELECT region, COUNT(DISTINCT buyer) AS buyers, SUM(amount) AS total FROM orders \
               WHERE day >= '2026-01-01' GROUP BY region";
    let found = suggested(sql, Some(RuleKind::Custom)).unwrap();
    let Rule::Custom(rule) = &found.rules[&TableName::new("orders").unwrap()] else { panic!() };
    let threshold = rule.threshold().unwrap();
    assert_eq!(threshold.minimum, 100);
    let controls = rule.comparisons().unwrap();
    let names = |it: &std::collections::BTreeSet<glovebox_model::ColumnName>| {
        it.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names(&controls.literal_columns), ["day"]);
    assert_eq!(names(&controls.column_columns), [""; 0]);
    let disallowed = names(rule.disallowed_output());
    assert!(!disallowed.contains(&"region".to_owned()), "{disallowed:?}");
}

#[test]
fn what_no_rule_admits_is_said() {
    assert!(matches!(suggested("SELECT nothing FROM orders", None), Err(NoRule::Unbound(_))));
    let sql = "SELECT amount FROM orders";
    let found = suggested(sql, Some(RuleKind::Aggregation));
    assert!(matches!(found, Err(NoRule::Refused(RuleKind::Aggregation, _))), "{found:?}");
}
