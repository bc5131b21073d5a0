//! What a private query would cost and how wrong its numbers would be, as lines for a terminal.

use std::fmt::Write as _;

use anyhow::Result;
use glovebox_model::escape;
use serde_json::{Value, json};

use crate::{Client, native};

/// What a server says of a private query before it runs; nothing when it is not private.
pub fn preview(client: &Client, collaboration: &str, sql: &str) -> Result<Option<String>> {
    let answer = native::explain(client, collaboration, &json!({ "queryString": sql }))?;
    Ok(answer.get("privacy").map(lines))
}

/// Cost, errors, groups, and what would help.
pub(crate) fn lines(privacy: &Value) -> String {
    let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_f64);
    let mut text = String::new();
    let share = number(privacy, "budgetShare").unwrap_or(0.0) * 100.0;
    let owner = privacy.get("ownerAccountId").and_then(Value::as_str).unwrap_or_default();
    let _ = writeln!(text, "takes {share:.1} % of the privacy budget of {}", escape(owner));
    for column in privacy.get("columns").and_then(Value::as_array).into_iter().flatten() {
        let name = column.get("name").and_then(Value::as_str).unwrap_or_default();
        let error = match number(column, "halfWidth95") {
            Some(half) => format!("within {} of the truth in 95 of 100 answers", round(half)),
            None => "as exact as there are rows in the group".to_owned(),
        };
        let _ = writeln!(text, "{}: {error}", escape(name));
    }
    let groups = privacy.get("groups").unwrap_or(&Value::Null);
    if let Some(most) = number(groups, "usersToAppear95Percent") {
        let least = number(groups, "usersToAppear5Percent").unwrap_or(0.0);
        let _ = writeln!(
            text,
            "groups of fewer than {least:.0} users hardly ever appear, of {most:.0} nearly always"
        );
    }
    if let Some(seconds) = number(privacy, "answerAfterSeconds") {
        let _ = writeln!(text, "the answer comes {seconds:.0} s after it begins, not before");
    }
    for advice in privacy.get("advice").and_then(Value::as_array).into_iter().flatten() {
        let advice = advice.as_str().unwrap_or_default();
        let _ = writeln!(text, "its owner could help with {}", escape(advice));
    }
    text
}

/// Three digits that matter.
pub(crate) fn round(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_says_what_it_costs_and_how_wrong_it_is() {
        let privacy = json!({
            "budgetShare": 0.25, "ownerAccountId": "111111111111",
            "columns": [
                {"name": "count(DISTINCT t.uid)", "halfWidth95": 58.0},
                {"name": "avg(t.x)", "halfWidth95": null},
            ],
            "answerAfterSeconds": 15,
            "groups": {"public": false, "usersToAppear5Percent": 90, "usersToAppear95Percent": 180},
            "advice": ["publicKeys for city: every group appears"],
        });
        let text = lines(&privacy);
        assert!(text.contains("takes 25.0 % of the privacy budget of 111111111111"));
        assert!(text.contains("count(DISTINCT t.uid): within 58.000 of the truth"));
        assert!(text.contains("avg(t.x): as exact as"));
        assert!(text.contains("fewer than 90 users hardly ever appear, of 180 nearly always"));
        assert!(text.contains("the answer comes 15 s after it begins"));
        assert!(text.contains("its owner could help with publicKeys for city"));
    }
}
