//! Schemas: what is read, what is refused and how.

use super::{cases, faults};
use crate::{ColumnKind, DataType, Header, Pad, Plan, PlanError, Schema, Settings, ValueType};

#[test]
fn schemas_are_read_as_the_java_client_reads_them() {
    let cases = cases(include_str!("../../tests/vectors/unit/schema_parsing.json"));
    assert_eq!(cases.len(), 43);
    for case in cases {
        let text = case["json"].as_str().expect("text");
        let read = Schema::parse(text.as_bytes());
        if faults::is_fault("schema_parsing", text) {
            continue;
        }
        let expected = &case["result"];
        let Some(columns) = expected["columns"].as_array() else {
            assert!(read.is_err(), "{text}");
            continue;
        };
        let schema = read.unwrap_or_else(|it| panic!("{text}: {it}"));
        assert_eq!(schema.positions().is_none(), expected["headerRow"], "{text}");
        let seen: Vec<_> = schema.columns().iter().map(|it| {
            let (kind, pad) = match it.kind {
                ColumnKind::Sealed(Pad::None) => ("sealed", Some(("NONE", None))),
                ColumnKind::Sealed(Pad::Fixed(n)) => ("sealed", Some(("FIXED", Some(n)))),
                ColumnKind::Sealed(Pad::Max(n)) => ("sealed", Some(("MAX", Some(n)))),
                ColumnKind::Fingerprint => ("fingerprint", None),
                ColumnKind::Cleartext => ("cleartext", None),
            };
            let pad = pad.map(|(name, length)| serde_json::json!({"type": name, "length": length}));
            serde_json::json!({
                "source": it.source.as_str(), "target": it.target.as_str(), "type": kind, "pad": pad,
            })
        }).collect();
        assert_eq!(&seen, columns, "{text}");
        let again = Schema::parse(schema.to_json().as_bytes());
        assert_eq!(again, Ok(schema), "{text}");
    }
}

fn refusal(text: &str) -> String {
    Schema::parse(text.as_bytes()).expect_err("refused").to_string()
}

#[test]
fn a_refused_schema_says_what_and_where() {
    let one = |column: &str| refusal(&format!("{{\"headerRow\": true, \"columns\": [{column}]}}"));
    assert_eq!(refusal(""), "the schema is empty");
    assert_eq!(refusal("{}"), "headerRow: is missing: true or false");
    assert_eq!(
        one("{\"sourceHeader\": \"a.b\", \"type\": \"cleartext\"}"),
        "columns[0].sourceHeader: \"a.b\": character 2 of a column's name is not allowed there: \
         names are of a-z, 0-9, _, and inside also blank and single hyphens, but not as the \
         second character"
    );
    assert_eq!(
        one("{\"sourceHeader\": \"a\", \"type\": \"sealed\"}"),
        "columns[0]: pad is missing, which sealed columns need: {\"type\": \"none\"}, {\"type\": \
         \"fixed\", \"length\": n} or {\"type\": \"max\", \"length\": n}"
    );
    assert_eq!(
        one("{\"sourceHeader\": \"a\", \"type\": \"sealed\", \"pad\": {\"type\": \"max\", \
             \"length\": 10001}}"),
        "columns[0].pad.length: must be 0 to 10000"
    );
    assert_eq!(
        one("{\"sourceHeader\": \"a\", \"type\": \"[sealed|fingerprint|cleartext]\"}"),
        "columns[0].type: must be sealed, fingerprint or cleartext"
    );
    assert_eq!(
        one("{sourceHeader: a, type: cleartext}, {sourceHeader: b, targetHeader: ' A', \
             type: cleartext}"),
        "columns: two target columns are called `a`"
    );
    assert_eq!(
        refusal("{headerRow: false, columns: [[], [{targetHeader: a, type: sealed, pad: 3}]]}"),
        "columns[1][0].pad: must be an object in braces"
    );
    let long = "x".repeat(120);
    assert!(one(&format!("{{sourceHeader: {long}, type: fingerprint}}")).contains("targetHeader"));
    assert_eq!(
        Schema::parse(b"{\"headerRow\": \xff}").unwrap_err().to_string(),
        "the schema is not UTF-8 (byte 14)"
    );
}

fn plan(schema: &str, input: &[(&str, DataType)], settings: Settings) -> Result<Plan, PlanError> {
    let header = |it: &str| Header::new(it).expect("a name");
    let input: Vec<_> =
        input.iter().map(|(name, it)| (header(name), ValueType::plain(*it))).collect();
    Plan::new(&Schema::parse(schema.as_bytes()).expect("a schema"), &input, settings)
}

#[test]
fn a_plan_reads_only_what_is_used_and_each_column_once() {
    let schema = "{headerRow: true, columns: [{sourceHeader: c, type: fingerprint}, \
                  {sourceHeader: a, type: sealed, pad: {type: none}}, \
                  {sourceHeader: c, type: sealed, pad: {type: none}}]}";
    let input = [("a", DataType::String), ("b", DataType::Unknown), ("c", DataType::Int)];
    let plan = plan(schema, &input, Settings::default()).expect("a plan");
    assert_eq!(plan.used(), [2, 0]);
    let slots: Vec<_> = plan.columns().iter().map(|it| it.slot).collect();
    assert_eq!(slots, [0, 1, 0]);
}

#[test]
fn a_schema_that_does_not_fit_is_refused() {
    let clear = "{headerRow: true, columns: [{sourceHeader: a, type: cleartext}]}";
    let hash = "{headerRow: true, columns: [{sourceHeader: a, type: fingerprint}]}";
    let by_place = "{headerRow: false, columns: [[{targetHeader: a, type: fingerprint}], []]}";
    let open = Settings { allow_cleartext: true, ..Settings::default() };
    let text = |it: Result<Plan, PlanError>| it.unwrap_err().to_string();
    let string = ("a", DataType::String);
    assert_eq!(
        text(plan(clear, &[string], Settings::default())),
        "the collaboration does not allow cleartext columns, and the schema has: a"
    );
    assert_eq!(
        text(plan(clear, &[("b", DataType::String)], open)),
        "the input has no column `a`, which the schema names as a source"
    );
    assert!(text(plan(clear, &[string, string], open)).contains("two columns that are both `a`"));
    assert_eq!(
        text(plan(by_place, &[string], open)),
        "the schema has places for 2 columns, and the input has 1"
    );
    assert!(text(plan(hash, &[("a", DataType::Double)], open)).contains("DOUBLE"));
    assert!(plan(clear, &[("a", DataType::Unknown)], open).is_ok());
    assert!(plan(hash, &[("a", DataType::Unknown)], open).is_err());
}
