//! `glovebox explain`: the verdict on a query, offline, without any data.

use std::path::Path;

use glovebox_fixture::RoomError;
use glovebox_model::{Finding, Timestamp, escape};
use glovebox_policy::{Cleared, Rules, clear};
use glovebox_sql::{Schema, bind};
use serde_json::{Value, json};

use crate::render;

/// The longest query file that is read, in bytes: four for each character of AWS's limit.
pub(crate) const MAX_SQL_BYTES: u64 = 2_000_000;

/// What the judge says of one query in one room.
#[expect(clippy::large_enum_variant, reason = "one value, made once and printed")]
#[derive(Debug)]
pub(crate) enum Explanation {
    /// Every rule allows it, under these thresholds.
    Allowed(Cleared),
    /// The noes, in text order.
    Refused {
        /// What an analyst reads.
        findings: Vec<Finding>,
        /// What the gates of judgement disagree about: a bug, for the operator.
        internal: Option<String>,
    },
}

/// Why there is nothing to explain.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unexplained {
    /// The room cannot be read.
    #[error("the room cannot be read")]
    Room(Vec<RoomError>),
    /// The room has no such member.
    #[error("the room has no member `{0}`")]
    Runner(String),
}

/// Judges `sql` in the room that `room` describes, as run by `runner` (the member who can query
/// when `None`) at the moment `now`.
pub(crate) fn explain(
    room: &str,
    sql: &str,
    runner: Option<&str>,
    now: Timestamp,
) -> Result<Explanation, Unexplained> {
    let room = glovebox_fixture::parse(room).map_err(Unexplained::Room)?;
    let runner = match runner {
        Some(name) => room.member(name).ok_or_else(|| Unexplained::Runner(name.into()))?,
        None => room.runner().ok_or_else(|| Unexplained::Runner("with `can query`".into()))?,
    };
    Ok(judge(&room.schema(), &room.rules(runner.account), sql, now))
}

/// Judges `sql` by rules at hand.
pub(crate) fn judge(schema: &Schema, rules: &Rules, sql: &str, now: Timestamp) -> Explanation {
    let bound = match bind(sql, schema, now) {
        Ok(bound) => bound,
        Err(unbound) => {
            let findings = unbound.into_iter().map(Finding::from).collect();
            return Explanation::Refused { findings, internal: None };
        }
    };
    match clear(bound, rules) {
        Ok(cleared) => Explanation::Allowed(cleared),
        Err(refusals) => Explanation::Refused {
            internal: refusals.internal().map(str::to_owned),
            findings: refusals.into_findings(),
        },
    }
}

impl Explanation {
    /// Whether the query may run.
    pub(crate) fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// For people. `origin` names where the query is from; the plan is shown on demand.
    pub(crate) fn text(&self, sql: &str, origin: &str, with_plan: bool, colour: bool) -> String {
        match self {
            Self::Allowed(cleared) => allowed(cleared, with_plan),
            Self::Refused { findings, internal } => {
                let mut text = render::findings(findings, sql, origin, colour);
                let count = findings.len();
                let word = if count == 1 { "reason" } else { "reasons" };
                text.push_str(&format!("refused for {count} {word}\n"));
                if let Some(internal) = internal {
                    text.push_str(&format!("please report this: {}\n", escape(internal)));
                }
                text
            }
        }
    }

    /// For programs.
    pub(crate) fn json(&self, sql: &str) -> Value {
        match self {
            Self::Allowed(cleared) => {
                let guards: Vec<Value> = cleared
                    .guards()
                    .iter()
                    .map(|it| {
                        json!({
                            "table": it.table.as_str(),
                            "alias": it.alias,
                            "column": it.column.as_str(),
                            "minimum": it.minimum,
                        })
                    })
                    .collect();
                let encrypted = cleared.encrypted_outputs().iter();
                let encrypted: Vec<Value> = encrypted
                    .map(|(name, kind)| json!({ "name": name, "encryption": kind.aws_name() }))
                    .collect();
                json!({
                    "verdict": "allowed",
                    "outputs": cleared.output_names(),
                    "encryptedColumns": encrypted,
                    "guards": guards,
                    "plan": cleared.plan().display_indent().to_string(),
                })
            }
            Self::Refused { findings, internal } => json!({
                "verdict": "refused",
                "findings": render::findings_json(findings, sql),
                "internal": internal,
            }),
        }
    }
}

/// A line about a column of a result that is encrypted, in the words of the extension.
pub(crate) fn encrypted_column(name: &str, encryption: &str) -> String {
    let what = match encryption {
        "fingerprint" => "holds fingerprints, which nobody can decrypt",
        "sealed" => "is sealed: decrypt the result by `glovebox c3r decrypt`",
        _ => "is encrypted",
    };
    format!("the column `{}` {what}\n", escape(name))
}

fn allowed(cleared: &Cleared, with_plan: bool) -> String {
    let mut text = String::from("allowed\n");
    let names: Vec<String> =
        cleared.output_names().iter().map(|it| format!("`{}`", escape(it))).collect();
    text.push_str(&format!("the result has the columns {}\n", names.join(", ")));
    for (name, kind) in cleared.encrypted_outputs() {
        text.push_str(&encrypted_column(name, kind.aws_name()));
    }
    for guard in cleared.guards() {
        text.push_str(&format!("{guard}\n"));
    }
    if cleared.guards().is_empty() {
        text.push_str("no threshold stands on it\n");
    }
    if with_plan {
        let plan = cleared.plan().display_indent().to_string();
        text.push_str(&format!("\n{}\n", glovebox_model::escape_lines(&plan)));
    }
    text
}

/// What `glovebox explain` was asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The `.room` file.
    pub room: &'a Path,
    /// The SQL file; `-` is standard input.
    pub sql: &'a Path,
    /// Which member runs the query; the one who can query when absent.
    pub runner: Option<&'a str>,
    /// Whether to show the plan.
    pub plan: bool,
    /// Whether to print JSON.
    pub json: bool,
    /// The moment that `GETDATE()` tells.
    pub now: Timestamp,
    /// Whether standard output is a terminal that shows colours.
    pub colour: bool,
}

/// What `glovebox explain` prints and its exit code: 0 allowed, 1 refused, 2 bad input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// For standard output.
    pub output: String,
    /// For standard error.
    pub errors: String,
    /// The exit code.
    pub code: u8,
}

/// The command, without its printing.
pub fn answer(question: &Question<'_>) -> Answer {
    let bad = |errors: String| Answer { output: String::new(), errors, code: 2 };
    let room = match read(question.room, glovebox_fixture::MAX_BYTES as u64) {
        Ok(text) => text,
        Err(error) => return bad(format!("{error:#}\n")),
    };
    let sql = match read(question.sql, MAX_SQL_BYTES) {
        Ok(text) => text,
        Err(error) => return bad(format!("{error:#}\n")),
    };
    let explanation = match explain(&room, &sql, question.runner, question.now) {
        Ok(explanation) => explanation,
        Err(Unexplained::Room(errors)) => {
            let path = question.room.display().to_string();
            let lines =
                errors.iter().map(|it| format!("{}: {}\n", escape(&path), escape(&it.to_string())));
            return bad(lines.collect());
        }
        Err(error @ Unexplained::Runner(_)) => {
            return bad(format!("{}\n", escape(&error.to_string())));
        }
    };
    let code = u8::from(!explanation.is_allowed());
    let output = if question.json {
        format!("{:#}\n", explanation.json(&sql))
    } else {
        let origin = question.sql.display().to_string();
        explanation.text(&sql, &origin, question.plan, question.colour)
    };
    Answer { output, errors: String::new(), code }
}

pub(crate) fn read(path: &Path, most: u64) -> anyhow::Result<String> {
    use std::io::Read;

    use anyhow::{Context, ensure};
    let mut text = String::new();
    let name = path.display().to_string();
    let name = escape(&name);
    let read = if path == Path::new("-") {
        std::io::stdin().take(most + 1).read_to_string(&mut text)
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("cannot open {name}"))?;
        file.take(most + 1).read_to_string(&mut text)
    };
    let read = read.with_context(|| format!("cannot read {name} as UTF-8 text"))?;
    ensure!(read as u64 <= most, "{name} has more than {most} bytes");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const ROOM: &str = include_str!("../../../corpus/standard.room");

    fn check(sql: &str, expected: &Expect) {
        let explanation = explain(ROOM, sql, None, Timestamp::from_millis(0)).unwrap();
        expected.assert_eq(&explanation.text(sql, "query.sql", false, false));
    }

    #[test]
    fn a_refused_query_is_shown_with_every_reason() {
        check(
            "SELECT r.hashedemail, SUM(r.returned)\nFROM returns r\nGROUP BY r.hashedemail",
            &expect![[r#"
                refused[GB0103]: column `hashedemail` of table `returns` cannot stand in SELECT
                 --> query.sql:1:8
                  |
                1 | SELECT r.hashedemail, SUM(r.returned)
                  |        ^^^^^^^^^^^^^ output-column
                  |
                  = AWS: Column(s) [hashedemail] is not allowed in select
                  = note: table `returns` belongs to brand
                  = help: it can stand in ON and inside COUNT_DISTINCT; the dimension columns of this table are `productline`, `returndate`, `state`

                refused[GB0112]: table `returns` must be joined to a table of the member who runs the query
                 --> query.sql:2:6
                  |
                2 | FROM returns r
                  |      ^^^^^^^ join-required
                  |
                  = AWS: Inner join to query runner table required for table returns
                  = note: table `returns` belongs to brand
                  = help: join it by [INNER] JOIN ... ON to `left_or` or `sales`
                  = help: or ask the owner to leave joinRequired out

                refused[GB0119]: column `hashedemail` of table `returns` cannot stand in GROUP BY
                 --> query.sql:3:10
                  |
                3 | GROUP BY r.hashedemail
                  |          ^^^^^^^^^^^^^ group-column
                  |
                  = note: table `returns` belongs to brand
                  = help: it can stand in ON and inside COUNT_DISTINCT; the dimension columns of this table are `productline`, `returndate`, `state`

                refused for 3 reasons
            "#]],
        );
    }

    #[test]
    fn an_allowed_query_is_shown_with_its_thresholds() {
        check(
            "SELECT r.state, SUM(r.returned) AS \"The Sum\" FROM sales s JOIN returns r \
             ON s.hashedemail = r.hashedemail GROUP BY r.state",
            &expect![[r#"
                allowed
                the result has the columns `state`, `The Sum`
                each row stands for at least 2 distinct `hashedemail` of `sales` (`s`)
                each row stands for at least 100 distinct `hashedemail` of `returns` (`r`)
                each row stands for at least 2 distinct `producttype` of `returns` (`r`)
            "#]],
        );
        check(
            "SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2",
            &expect![[r#"
            allowed
            the result has the columns `seg3`
            no threshold stands on it
        "#]],
        );
    }

    #[test]
    fn a_text_that_does_not_bind_is_shown_the_same_way() {
        check(
            "SELECT SUM(purchase) FROM sales",
            &expect![[r#"
            refused[GB0009]: there is no column `purchase` here
             --> query.sql:1:12
              |
            1 | SELECT SUM(purchase) FROM sales
              |            ^^^^^^^^ unknown-column
              |
              = help: use a column that the collaboration's schema lists

            refused for 1 reason
        "#]],
        );
    }

    #[test]
    fn the_runner_can_be_another_member() {
        let sql = "SELECT SUM(r.returned) FROM sales s JOIN returns r \
                   ON s.hashedemail = r.hashedemail";
        let now = Timestamp::from_millis(0);
        assert!(explain(ROOM, sql, Some("Retailer"), now).unwrap().is_allowed());
        assert!(
            explain(ROOM, "SELECT SUM(returned) FROM returns", Some("brand"), now)
                .is_ok_and(|it| !it.is_allowed())
        );
        assert!(matches!(explain(ROOM, sql, Some("nobody"), now), Err(Unexplained::Runner(_))));
    }

    #[test]
    fn the_exit_code_tells_allowed_refused_and_bad_input() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let room = write("a.room", ROOM);
        let sql = write("a.sql", "SELECT SUM(purchases) FROM sales");
        let question = Question {
            room: &room,
            sql: &sql,
            runner: None,
            plan: true,
            json: false,
            now: Timestamp::from_millis(0),
            colour: false,
        };
        let allowed = answer(&question);
        assert_eq!(allowed.code, 0);
        assert!(allowed.output.contains("TableScan: sales"), "{}", allowed.output);
        let json = answer(&Question { json: true, ..question });
        let json: Value = serde_json::from_str(&json.output).unwrap();
        assert_eq!(json["guards"][0]["minimum"], 2);
        let refused = write("b.sql", "SELECT MAX(purchases) FROM sales");
        let question = Question { sql: &refused, ..question };
        assert_eq!(answer(&question).code, 1);
        let json = answer(&Question { json: true, ..question });
        let json: Value = serde_json::from_str(&json.output).unwrap();
        assert_eq!(json["findings"][0]["code"], "GB0106");
        let bad = write("b.room", "member a\n  table t (x blob)");
        let bad = answer(&Question { room: &bad, ..question });
        assert_eq!(bad.code, 2);
        assert!(bad.errors.contains("b.room: line 2: the type is not one of"), "{}", bad.errors);
        let missing = folder.path().join("missing");
        assert_eq!(answer(&Question { sql: &missing, ..question }).code, 2);
        let binary = folder.path().join("binary");
        std::fs::write(&binary, [0xff, 0xfe]).unwrap();
        assert_eq!(answer(&Question { sql: &binary, ..question }).code, 2);
    }
}
