//! Queries as they are written, and what Spark answered.

use std::path::Path;

use serde_json::Value;

/// One query with Spark's answer.
pub(super) struct Case {
    /// `CONSTRUCT: case`, unique within its topic.
    pub(super) name: String,
    /// The text, which both engines read.
    pub(super) sql: String,
    /// Whether the order of rows is part of the answer.
    pub(super) ordered: bool,
    /// What Spark did.
    pub(super) outcome: Outcome,
}

/// What Spark did with a query.
pub(super) enum Outcome {
    /// It failed; the class of the error.
    Fails(String),
    /// Types in Spark's words, and rows of texts, nulls and lists.
    Answers { types: Vec<String>, rows: Vec<Vec<Value>> },
}

/// The recorded answers of a topic.
pub(super) fn read(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap();
    let cases = read.as_array().unwrap().iter().map(|it| {
        let outcome = match it.get("fails") {
            Some(class) => Outcome::Fails(class.as_str().unwrap().to_owned()),
            None => Outcome::Answers {
                types: it["types"].as_array().unwrap().iter().map(text_of).collect(),
                rows: it["rows"].as_array().unwrap().iter().map(row_of).collect(),
            },
        };
        Case {
            name: text_of(&it["name"]),
            sql: text_of(&it["sql"]),
            ordered: it["ordered"].as_bool().unwrap(),
            outcome,
        }
    });
    cases.collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn row_of(value: &Value) -> Vec<Value> {
    value.as_array().unwrap().clone()
}

/// Name, whether ordered, and text of each query of a file: the grammar of `record.py`.
pub(super) fn written(path: &Path) -> Vec<(String, bool, String)> {
    let mut found: Vec<(String, bool, String)> = Vec::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        if line == "-- ordered" {
            found.last_mut().unwrap().1 = true;
        } else if let Some(name) = line.strip_prefix("-- ").filter(|it| it.contains(": ")) {
            found.push((name.to_owned(), false, String::new()));
        } else {
            let text = &mut found.last_mut().unwrap().2;
            text.push_str(line);
            text.push('\n');
        }
    }
    for (_, _, text) in &mut found {
        *text = text.trim().trim_end_matches(';').trim().to_owned();
    }
    found
}
