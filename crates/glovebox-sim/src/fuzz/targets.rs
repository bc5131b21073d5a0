//! What is fuzzed: each target takes any bytes.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use glovebox_aws_api::shapes::{
    CreateAnalysisTemplateInput, CreateCollaborationInput, CreateConfiguredTableAnalysisRuleInput,
    CreateConfiguredTableAssociationAnalysisRuleInput, StartProtectedQueryInput,
};
use glovebox_aws_api::sigv4::{API, Claim, Request, S3, gates};
use glovebox_aws_api::{Input, Query, route};
use glovebox_fixture::{Room, parse};
use glovebox_model::{Mode, Timestamp};
use glovebox_policy::clear;
use glovebox_sql::bind;

use super::{c3r, parameters};

/// One reader of strangers' words.
#[derive(Debug)]
pub struct Target {
    /// What it is called.
    pub name: &'static str,
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words that mean something to it.
    pub words: &'static [&'static str],
    /// Whether the input was accepted, or what is wrong with *us*.
    pub run: fn(&[u8]) -> Result<bool, String>,
}

/// Everything that is fuzzed.
pub const TARGETS: &[Target] = &[
    Target { name: "sql", seeds: queries, words: SQL, run: sql },
    Target { name: "rule", seeds: rules, words: JSON, run: rule },
    Target { name: "body", seeds: bodies, words: JSON, run: body },
    Target { name: "sigv4", seeds: signed, words: HEADERS, run: sigv4 },
    Target { name: "parameter", seeds: parameters::values, words: parameters::WORDS, run: value },
    Target { name: "c3r-cell", seeds: c3r::cells, words: c3r::CELLS, run: c3r::cell },
    Target { name: "c3r-csv", seeds: c3r::files, words: c3r::CSV, run: c3r::file },
    Target { name: "c3r-schema", seeds: c3r::schemas, words: c3r::SCHEMA, run: c3r::schema },
    Target { name: "room", seeds: rooms_as_text, words: ROOM, run: room },
];

const SQL: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "LIMIT 1",
    "OFFSET 1",
    "DISTINCT",
    "JOIN",
    "LEFT JOIN",
    "FULL JOIN",
    "CROSS JOIN",
    "NATURAL JOIN",
    "ON",
    "USING (",
    "UNION ALL",
    "INTERSECT",
    "EXCEPT",
    "WITH x AS (",
    "(SELECT",
    ")",
    "EXISTS (",
    "IN (",
    "CASE WHEN",
    "THEN",
    "ELSE",
    "END",
    "OVER (",
    "PARTITION BY",
    "ROWS BETWEEN",
    "FILTER (WHERE",
    "QUALIFY",
    "VALUES (1)",
    "COUNT(*)",
    "COUNT(DISTINCT",
    "SUM(",
    "AVG(",
    "MAX(",
    "ROW_NUMBER()",
    "CAST(",
    "AS",
    "NULL",
    "TRUE",
    "0",
    "1",
    "-1",
    "9223372036854775808",
    "1e400",
    "'x'",
    "'''",
    "\"",
    "--",
    "/*",
    "*/",
    "*",
    ",",
    ".",
    ";",
    ":p",
    "::",
    "||",
    "=",
    "<>",
    "<=>",
    "LIKE",
    "RLIKE",
    "BETWEEN",
    "AND",
    "OR",
    "NOT",
    "IS NULL",
    "INTERVAL '1' DAY",
    "DATE '2020-01-01'",
    "LATERAL",
    "UNNEST(",
    "ROLLUP (",
    "user_id",
    "campaign_id",
    "hashedemail",
    "\u{212a}",
    "\u{0}",
    "\u{202e}",
];

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "null",
    "true",
    "-1",
    "1e999",
    "100001",
    "\"\"",
    "\"ANY_QUERY\"",
    "\"custom\"",
    "\"aggregation\"",
    "\"list\"",
    "\"v1\"",
    "\"COUNT_DISTINCT\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
];

const HEADERS: &[&str] = &[
    "AWS4-HMAC-SHA256",
    "Credential=",
    "SignedHeaders=",
    "Signature=",
    "host;x-amz-date",
    "/",
    "aws4_request",
    "cleanrooms",
    "s3",
    "%2F",
    "%",
    "=",
    ",",
    "20260101T000000Z",
    "\n",
    "..",
];

const ROOM: &[&str] = &[
    "member",
    "table",
    "rule custom",
    "rule list",
    "rule json {",
    "any query by",
    "threshold",
    "literals none",
    "//- query:",
    "//- allowed",
    "//- aws refused",
    "//- refused GB0301",
    "(",
    ")",
    ",",
    "\"",
    "#",
    "mode aws",
    "hidden",
];

/// 2026-01-01.
const NOW: i64 = 1_767_225_600_000;

/// The rooms of the corpus that the fuzzed queries are judged in, in both modes.
static ROOMS: LazyLock<Vec<Room>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../../corpus/standard.room"),
        include_str!("../../../../corpus/custom/examples.room"),
        include_str!("../../../../corpus/aggregation/examples.room"),
        include_str!("../../../../corpus/private/examples.room"),
    ];
    let rooms = texts.iter().filter_map(|it| parse(it).ok());
    rooms.flat_map(|it| [it.in_mode(Mode::Strict), it.in_mode(Mode::Aws)]).collect()
});

fn sql(input: &[u8]) -> Result<bool, String> {
    let Ok(text) = str::from_utf8(input) else { return Ok(false) };
    let mut bound_once = false;
    for room in ROOMS.iter() {
        let Some(runner) = room.runner() else { continue };
        let Ok(bound) = bind(text, &room.schema(), Timestamp::from_millis(NOW)) else { continue };
        bound_once = true;
        if let Err(refusals) = clear(bound, &room.rules(runner.account))
            && let Some(cause) = refusals.internal()
        {
            return Err(format!("the two gates disagree: {cause}"));
        }
    }
    Ok(bound_once)
}

/// In the first room, which has tables of every sort.
fn value(input: &[u8]) -> Result<bool, String> {
    ROOMS.first().map_or(Ok(false), |room| parameters::run(input, room))
}

fn rule(input: &[u8]) -> Result<bool, String> {
    let Ok(json) = str::from_utf8(input) else { return Ok(false) };
    let text = format!(
        "member a can query\n table t (user_id text, campaign_id text, amount bigint, age int)\n \
         rule json {json}\n"
    );
    let Ok(room) = parse(&text) else { return Ok(false) };
    let Some(runner) = room.runner() else { return Ok(false) };
    // Whatever rule was made, it judges.
    for query in
        ["SELECT campaign_id, COUNT(*) FROM t GROUP BY campaign_id", "SELECT user_id FROM t"]
    {
        let bound = bind(query, &room.schema(), Timestamp::from_millis(NOW));
        let bound = bound.map_err(|it| format!("a plain query does not bind: {it:?}"))?;
        if let Err(refusals) = clear(bound, &room.rules(runner.account))
            && let Some(cause) = refusals.internal()
        {
            return Err(format!("the two gates disagree: {cause}"));
        }
    }
    Ok(true)
}

fn body(input: &[u8]) -> Result<bool, String> {
    let Some(query) = Query::parse("") else { return Ok(false) };
    let mut read = false;
    let id = "00000000-0000-4000-8000-000000000000";
    let paths = [
        "/collaborations".to_owned(),
        format!("/configuredTables/{id}/analysisRule"),
        format!("/memberships/{id}/protectedQueries"),
        format!("/memberships/{id}/analysistemplates"),
        format!("/memberships/{id}/configuredTableAssociations/{id}/analysisRule"),
    ];
    for path in &paths {
        let Some((_, labels)) = route("POST", path) else {
            return Err(format!("no operation at {path}"));
        };
        read |= CreateCollaborationInput::parse(&labels, &query, input).is_ok();
        read |= CreateConfiguredTableAnalysisRuleInput::parse(&labels, &query, input).is_ok();
        read |= StartProtectedQueryInput::parse(&labels, &query, input).is_ok();
        read |= CreateAnalysisTemplateInput::parse(&labels, &query, input).is_ok();
        read |= CreateConfiguredTableAssociationAnalysisRuleInput::parse(&labels, &query, input)
            .is_ok();
    }
    Ok(read)
}

/// Lines: path, query, authorization, date.
fn sigv4(input: &[u8]) -> Result<bool, String> {
    let mut lines = input.splitn(4, |it| *it == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (path, query, authorization, date) = (line(), line(), line(), line());
    let (Ok(path), Ok(query)) = (str::from_utf8(path), str::from_utf8(query)) else {
        return Ok(false);
    };
    let headers: [(&str, &[u8]); 3] =
        [("host", b"h"), ("authorization", authorization), ("x-amz-date", date)];
    let mut claimed = false;
    for method in ["GET", "POST"] {
        let request = Request { method, path, query, headers: &headers };
        if let Ok(claim) = Claim::of(&request) {
            claimed = true;
            let _ = gates(&API, &claim, &request, NOW / 1000);
            let _ = gates(&S3, &claim, &request, NOW / 1000);
        }
    }
    Ok(claimed)
}

fn room(input: &[u8]) -> Result<bool, String> {
    Ok(str::from_utf8(input).is_ok_and(|it| parse(it).is_ok()))
}

/// Every file of the corpus with that ending.
fn files(ending: &str) -> Vec<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == ending) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().filter_map(|it| std::fs::read_to_string(it).ok()).collect()
}

/// All queries of the corpus; those of the rooms that they are judged in, many times.
fn queries() -> Vec<Vec<u8>> {
    let rooms = files("room");
    let others = rooms.iter().filter_map(|it| parse(it).ok()).flat_map(|it| it.cases);
    let own = (0..20).flat_map(|_| ROOMS.iter().flat_map(|it| it.cases.clone()));
    others.chain(own).map(|it| it.sql.into_bytes()).filter(|it| it.len() < 4_096).collect()
}

fn rooms_as_text() -> Vec<Vec<u8>> {
    files("room")
        .into_iter()
        .map(|it| it.chars().take(3_000).collect::<String>().into_bytes())
        .collect()
}

fn rules() -> Vec<Vec<u8>> {
    [
        r#"{"v1":{"custom":{"allowedAnalyses":["ANY_QUERY"],"allowedAnalysisProviders":["000000000001"],"disallowedOutputColumns":["age"],"aggregationThresholds":[{"identityColumns":["user_id"],"minimumIdentityCount":100,"type":"COUNT_DISTINCT","allowedAggregateExpressionType":"COLUMNS_ONLY","outputColumnThresholds":[{"outputColumnName":"campaign_id","minimumIdentityCount":0}]}],"comparisonControls":{"allowedLiteralComparisonColumns":["campaign_id"],"allowedColumnComparisonColumns":["user_id"]}}}}"#,
        r#"{"v1":{"aggregation":{"aggregateColumns":[{"columnNames":["amount"],"function":"SUM"}],"joinColumns":["user_id"],"joinRequired":"QUERY_RUNNER","allowedJoinOperators":["AND"],"dimensionColumns":["campaign_id"],"scalarFunctions":["UPPER"],"outputConstraints":[{"columnName":"user_id","minimum":2,"type":"COUNT_DISTINCT"}]}}}"#,
        r#"{"v1":{"list":{"joinColumns":["user_id"],"listColumns":["campaign_id"]}}}"#,
        r#"{"analysisRuleType":"CUSTOM","analysisRulePolicy":{"v1":{"custom":{"allowedAnalyses":[]}}}}"#,
    ]
    .iter()
    .map(|it| it.as_bytes().to_vec())
    .collect()
}

fn bodies() -> Vec<Vec<u8>> {
    let policies = rules();
    let policy = str::from_utf8(&policies[0]).unwrap_or_default();
    [
        r#"{"name":"n","description":"d","members":[{"accountId":"000000000002","memberAbilities":["CAN_QUERY"],"displayName":"b"}],"creatorMemberAbilities":["CAN_RECEIVE_RESULTS"],"creatorDisplayName":"a","queryLogStatus":"ENABLED","tags":{"k":"v"}}"#.to_owned(),
        format!(r#"{{"analysisRuleType":"CUSTOM","analysisRulePolicy":{policy}}}"#),
        r#"{"type":"SQL","sqlParameters":{"queryString":"SELECT 1"},"resultConfiguration":{"outputConfiguration":{"s3":{"resultFormat":"CSV","bucket":"abc","keyPrefix":"p"}}}}"#.to_owned(),
        r#"{"name":"t","format":"SQL","source":{"text":"SELECT :p"},"analysisParameters":[{"name":"p","type":"VARCHAR","defaultValue":"x"}]}"#.to_owned(),
        r#"{"analysisRuleType":"CUSTOM","analysisRulePolicy":{"v1":{"custom":{"allowedResultReceivers":["000000000002"],"allowedAdditionalAnalyses":[]}}}}"#.to_owned(),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect()
}

fn signed() -> Vec<Vec<u8>> {
    let header = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/cleanrooms/aws4_request, SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000";
    let presigned = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=0000000000000000000000000000000000000000000000000000000000000000";
    vec![
        format!("/collaborations\n\n{header}\n20260101T000000Z").into_bytes(),
        format!("/bucket/key\n{presigned}\n\n").into_bytes(),
    ]
}
