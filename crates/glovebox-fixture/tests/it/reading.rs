//! What a room says, and what it is told when it is wrong.

use glovebox_fixture::{Expected, Room, RoomError, parse};
use glovebox_model::{Code, EncryptedKind, EncryptionMetadata, Mode, Rule};

const ROOM: &str = r#"//- room: two members
# the partner
member "Seller Ltd" 222222222222
  table "re-turns" (hash text, state text, amount decimal(10,2), hidden kind text)
  rule aggregation
    aggregate sum(amount), count(distinct hash), sum(distinct amount)
    dimension state   join hash required   operators and, or
    scalar UPPER, cast
    threshold hash 100, kind 2
member brand can query, can receive, pays
  table audience (hash text, "distinct" text)
  rule list join hash list "distinct" operators none
  table bare (a int)

//- query: first
SELECT 1 -- a comment
//- allowed

//- query: second
SELECT 2;
//- refused GB0112 GB0101
golden text
  in two lines

//- query: third
SELECT 3
//- refused
"#;

fn errors(text: &str) -> String {
    let lines: Vec<String> =
        parse(text).expect_err(text).iter().map(RoomError::to_string).collect();
    lines.join("\n")
}

#[test]
fn a_room_is_read() {
    let room = parse(ROOM).unwrap();
    assert_eq!(room.title, "two members");
    assert_eq!(room.runner().unwrap().name, "brand");
    assert_eq!(room.members[0].account.as_str(), "222222222222");
    assert_eq!(room.members[1].account.as_str(), "000000000002");
    let table = &room.members[0].tables[0];
    assert_eq!((table.name.as_str(), table.columns.len(), table.hidden.len()), ("re-turns", 3, 1));
    let Some(Rule::Aggregation(rule)) = &table.rule else { panic!("{table:?}") };
    assert!(rule.join_required() && rule.join_operators().or);
    assert_eq!(rule.aggregates().len(), 3);
    assert_eq!(rule.output_constraints()[1].minimum, 2);
    let Some(Rule::List(rule)) = &room.members[1].tables[0].rule else { panic!() };
    assert!(!rule.join_operators().and && !rule.join_operators().or);
    assert!(room.members[1].tables[1].rule.is_none());
    let sql: Vec<&str> = room.cases.iter().map(|it| it.sql.as_str()).collect();
    assert_eq!(sql, ["SELECT 1 -- a comment", "SELECT 2;", "SELECT 3"]);
    assert_eq!(room.cases[0].expected, Expected::Allowed);
    assert_eq!(room.cases[1].expected, Expected::Refused(vec![Code(112), Code(101)]));
    assert_eq!(room.cases[1].golden, "golden text\n  in two lines");
    assert!(ROOM[room.cases[1].verdict.clone()].starts_with("//- refused GB0112"));
    assert_eq!(room.cases[2].expected, Expected::Refused(vec![]));
}

#[test]
fn aws_json_says_the_same_as_words() {
    let words = parse(
        "member a can query table t (h text, d text, n int) rule aggregation aggregate sum(n) \
         dimension d join h required operators none scalar TRUNC threshold h 2",
    );
    let json = r#"member a can query table t (h text, d text, n int) rule json
      {"analysisRuleType": "AGGREGATION", "analysisRulePolicy": {"v1": {"aggregation": {
        "aggregateColumns": [{"columnNames": ["N"], "function": "SUM"}], "joinColumns": ["h"],
        "joinRequired": ["QUERY_RUNNER"], "allowedJoinOperators": [], "dimensionColumns": ["d"],
        "scalarFunctions": ["TRUNC"], "outputConstraints":
          [{"columnName": "h", "minimum": 2, "type": "COUNT_DISTINCT"}]}}}}
      table second (a int) rule json {"list": {"joinColumns": ["a"], "listColumns": []}}"#;
    let json: Room = parse(json).unwrap();
    assert_eq!(words.unwrap().members[0].tables[0].rule, json.members[0].tables[0].rule);
    assert!(matches!(json.members[0].tables[1].rule, Some(Rule::List(_))));
}

#[test]
fn faults_come_with_their_line_and_what_to_write() {
    assert_eq!(errors(""), "line 1: exactly one member must have `can query`");
    assert_eq!(errors("\ntable t"), "line 2: expected `member NAME`, found `table`");
    assert_eq!(
        errors("member a can query\n table t (a blob)"),
        "line 2: the type is not one of string, bigint, int, smallint, tinyint, double, float, \
         boolean, date, timestamp, binary, decimal(p,s)"
    );
    assert_eq!(
        errors("member a can query\n table t (a int)\nrule aggregation aggregate max(a)"),
        "line 3: an aggregate is sum(c), sum(distinct c), count(c), count(distinct c) or avg(c)"
    );
    assert_eq!(
        errors("member a can query table t (a int, hidden b int) rule list join b list c"),
        "line 1: the rule names `b`, not an allowed column of the table\n\
         line 1: the rule names `c`, not an allowed column of the table"
    );
    assert_eq!(
        errors("member a can query\n//- query: x\nSELECT 1\n//- query: y\nSELECT 2\n//- fine"),
        "line 2: the query has no verdict: end it with `//- allowed` or `//- refused GBnnnn`\n\
         line 6: write `//- query: title`, `//- allowed` or `//- refused GBnnnn ...`"
    );
    assert_eq!(
        errors("member a can query table t (a int) rule json {\"custom\": {}}"),
        "line 1: a custom rule must have `allowedAnalyses`; an empty list means nobody"
    );
    assert_eq!(
        errors("member a can query table t (a int) rule json {\"other\": {}}"),
        "line 1: `other` is not one of aggregation, custom, list"
    );
}

#[test]
fn names_that_fold_together_are_the_same_name() {
    let text = "member a can query table T (a int, A int) table t (b int) member A";
    assert_eq!(errors(text), "line 1: column `a` is there twice");
    let text = "member a can query table T (a int) table t (b int) member A";
    assert_eq!(errors(text), "line 1: table `t` is there twice\nline 1: member `A` is there twice");
}

#[test]
fn a_custom_rule_reads_like_its_json() {
    let room = parse(
        r#"
member seller
  table orders (id text, city text, amount bigint)
  rule custom any query by brand disallow output city
    threshold id 100 expressions output city 5
    literals city columns none receivers brand additional analyses allowed
    mode aws distinct runner rows
  table told (id text, city text, amount bigint)
  rule json {"v1": {"custom": {
    "allowedAnalyses": ["ANY_QUERY"], "allowedAnalysisProviders": ["000000000002"],
    "disallowedOutputColumns": ["city"],
    "aggregationThresholds": [{"identityColumns": ["id"], "minimumIdentityCount": 100,
      "type": "COUNT_DISTINCT", "allowedAggregateExpressionType": "ANY_EXPRESSION",
      "outputColumnThresholds": [{"outputColumnName": "city", "minimumIdentityCount": 5}]}],
    "comparisonControls": {"allowedLiteralComparisonColumns": ["city"],
      "allowedColumnComparisonColumns": []},
    "allowedResultReceivers": ["000000000002"], "additionalAnalyses": "ALLOWED"}}}
member brand can query
//- query of template spend by seller (since date, city varchar): a template
SELECT 1
//- refused
golden
//- aws allowed
"#,
    )
    .unwrap();
    let tables = &room.members[0].tables;
    assert!(matches!(tables[0].rule, Some(Rule::Custom(_))));
    assert_eq!(tables[0].rule, tables[1].rule);
    assert_eq!(tables[0].extension.mode, Mode::Aws);
    assert!(tables[0].extension.distinct_runner_rows && !tables[1].extension.distinct_runner_rows);
    let case = &room.cases[0];
    assert_eq!(case.golden, "golden");
    assert_eq!(case.expected_in(Mode::Aws), &Expected::Allowed);
    assert_eq!(case.expected_in(Mode::Strict), &Expected::Refused(vec![]));
    assert_eq!(case.template.as_ref().unwrap().parameters.len(), 2);
}

#[test]
fn what_an_owner_declares_for_privacy_is_read() {
    let text = r#"
member airline can query
member lab
  table flights (tail text, carrier text, delay int)
  rule custom any query by airline user tail
    bounds delay "-60" to "600.5" groups per user 3 rows per group 20 minimum users 5
    keys carrier ("AA", UA) population aircraft declared users 4000 accountant pure
    lifetime epsilon 40 groups per identity 2 notice suppression public for privacy
"#;
    let room = parse(text).unwrap();
    let table = &room.members[1].tables[0];
    let Some(Rule::Custom(rule)) = &table.rule else { panic!("a custom rule") };
    assert_eq!(rule.user_identifier().unwrap().as_str(), "tail");
    let declared = &table.extension.declared;
    let (column, bounds) = declared.bounds.first_key_value().unwrap();
    assert_eq!(
        (column.as_str(), bounds.low.to_string(), bounds.high.to_string()),
        ("delay", "-60".into(), "600.5".into())
    );
    assert_eq!((declared.max_groups_per_user, declared.max_rows_per_group), (3, 20));
    assert_eq!(declared.public_keys.first_key_value().unwrap().1, &["AA", "UA"]);
    assert_eq!(table.extension.max_groups_per_identity, Some(2));
    assert!(table.extension.public_for_privacy && table.extension.suppression_notice);
    let reversed = text.replace("\"-60\" to \"600.5\"", "5 to 4").replace("user tail", "");
    assert!(errors(&reversed).contains("bounds.delay: low must not be greater than high"));
    let both = text.replace("user tail", "user tail threshold tail 5");
    assert!(errors(&both).contains("differentialPrivacy cannot go with aggregationThresholds"));
}

#[test]
fn a_room_says_what_is_encrypted() {
    let text = |settings: &str, declared: &str| {
        format!(
            "{settings} member a can query table t (email text, name text, n int, hidden h text)
             rule custom any query by a {declared}"
        )
    };
    let room = |settings, declared| parse(&text(settings, declared)).unwrap();
    assert_eq!(room("", "").encryption, None);
    let closed = room("encryption", "sealed name, h fingerprint email without nulls email");
    assert_eq!(closed.encryption, Some(EncryptionMetadata::default()));
    let encryption = &closed.members[0].tables[0].extension.encryption;
    assert_eq!(encryption.kind("email"), Some(EncryptedKind::Fingerprint));
    assert_eq!(encryption.kind("h"), Some(EncryptedKind::Sealed));
    assert!(encryption.is_without_nulls("email") && !encryption.is_without_nulls("name"));
    let open =
        "encryption allow cleartext, allow duplicates, allow different names, preserve nulls";
    let all = EncryptionMetadata {
        allow_cleartext: true,
        allow_duplicates: true,
        allow_joins_on_columns_with_different_names: true,
        preserve_nulls: true,
    };
    assert_eq!(room(open, "").encryption, Some(all));
    for (settings, declared) in [
        ("encryption allow everything", ""),
        ("", "sealed n"),
        ("", "sealed missing"),
        ("", "sealed name fingerprint name"),
        ("", "without nulls name"),
        ("", "sealed name threshold name 10"),
        ("", "user name sealed name"),
    ] {
        assert!(parse(&text(settings, declared)).is_err(), "{settings} {declared}");
    }
}
