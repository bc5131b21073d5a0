//! Values of template parameters: whatever is given, the text around it means what it meant.

use glovebox_fixture::Room;
use glovebox_model::{Parameter, ParameterType, Timestamp};
use glovebox_policy::clear;
use glovebox_sql::{Facts, bind_template};

/// Values to begin with.
pub(super) fn values() -> Vec<Vec<u8>> {
    [
        "7",
        "-7",
        "true",
        "2026-01-01",
        "2026-01-01 00:00:00",
        "1.5",
        "1e308",
        "'; DROP TABLE t",
        "' OR 1 = 1 --",
        "\\'",
        "\u{202e}",
        ":p",
        "NULL",
        "(SELECT 1)",
        "0x41",
        "a\0b",
    ]
    .iter()
    .map(|it| it.as_bytes().to_vec())
    .collect()
}

/// Words that mean something in values and in SQL.
pub(super) const WORDS: &[&str] =
    &["'", "\\", "--", "/*", ":p", "NULL", "1e9", "-", ".", "T", "Z", " OR ", "(", ")", "\n"];

/// A type of each sort.
const KINDS: [ParameterType; 6] = [
    ParameterType::Bigint,
    ParameterType::Boolean,
    ParameterType::Date,
    ParameterType::Decimal,
    ParameterType::Double,
    ParameterType::Varchar,
];

/// A place for each parameter, by what it meets.
const TEXTS: [&str; 3] = [
    "SELECT COUNT(*) AS n FROM users WHERE name = :p",
    "SELECT gender, COUNT(*) AS n FROM users WHERE age > :p GROUP BY gender",
    "SELECT COUNT(*) AS n FROM users WHERE CAST(:p AS STRING) LIKE 'a%'",
];

/// Judges each text with the value as every type, and with a plain value of that type: facts and
/// verdict are the same.
pub(super) fn run(input: &[u8], room: &Room) -> Result<bool, String> {
    let Ok(value) = str::from_utf8(input) else { return Ok(false) };
    let Some(runner) = room.runner() else { return Ok(false) };
    let (schema, rules) = (room.schema(), room.rules(runner.account));
    let judged = |text: &str, kind: ParameterType, value: &str| {
        let parameter = Parameter { name: "p".to_owned(), kind, value: value.to_owned() };
        let now = Timestamp::from_millis(0);
        let bound = bind_template(text, &schema, now, &[parameter]).ok()?;
        let facts: Facts = bound.facts().clone();
        let allowed = clear(bound, &rules).map_err(|it| it.to_string()).map(|_| ());
        Some((facts.statement, facts.blocks, allowed))
    };
    let mut accepted = false;
    // One of each sort; one place by the length of the value.
    let text = TEXTS.get(input.len() % TEXTS.len()).copied().unwrap_or_default();
    for kind in &KINDS {
        if kind.literal(value).is_none() {
            continue;
        }
        accepted = true;
        let plain = ["7", "true", "2026-01-01", "2026-01-01 00:00:00"];
        let Some(plain) = plain.into_iter().find(|it| kind.literal(it).is_some()) else { continue };
        if judged(text, *kind, value) != judged(text, *kind, plain) {
            return Err(format!("a value of {} changes what is judged", kind.aws_name()));
        }
    }
    Ok(accepted)
}
