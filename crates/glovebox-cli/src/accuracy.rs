//! Error against share of the privacy budget, as a table for a terminal.

use serde_json::Value;

use crate::preview::round;
use crate::table;

/// The size of a group for which averages are shown, in rows.
const ROWS: f64 = 1_000.0;

/// A line for each share: the noise it means, the half width of each column, who appears.
pub(crate) fn text(privacy: &Value) -> String {
    let shares = privacy.get("accuracy").and_then(Value::as_array);
    let shares = shares.map(Vec::as_slice).unwrap_or_default();
    let known = shares.iter().find_map(|it| it.get("columns")?.as_array());
    let Some(columns) = known else { return String::new() };
    let mut header = vec![Some("budget".to_owned()), Some("noise (users)".to_owned())];
    header.extend(columns.iter().map(|it| {
        let name = it.get("name").and_then(Value::as_str).unwrap_or_default();
        let is_average = number(it, "halfWidth95").is_none();
        Some(format!("{name} +/-{}", if is_average { " at 1000 rows" } else { "" }))
    }));
    header.push(Some("groups appear from".to_owned()));
    let mut rows = vec![header];
    rows.extend(shares.iter().map(|it| line(it, columns.len())));
    let mut text =
        String::from("\nnoise at other shares of the whole budget, 95 of 100 answers:\n");
    text.push_str(&table::render(&rows));
    if shares.iter().any(|it| it.get("canBeOffered").and_then(Value::as_bool) == Some(false)) {
        text.push_str("  *: a budget template offers noise of 10 to 100 users only\n");
    }
    text
}

fn line(share: &Value, n_columns: usize) -> Vec<Option<String>> {
    let percent = number(share, "sharePercent").unwrap_or_default();
    let mut cells = vec![Some(format!("{percent:.0} %"))];
    let Some(noise) = number(share, "usersNoisePerQuery") else {
        cells.extend(std::iter::repeat_n(Some("-".to_owned()), n_columns + 2));
        return cells;
    };
    let offered = share.get("canBeOffered").and_then(Value::as_bool) == Some(true);
    cells.push(Some(format!("{noise:.0}{}", if offered { "" } else { "*" })));
    let columns = share.get("columns").and_then(Value::as_array).into_iter().flatten();
    cells.extend(columns.map(|it| Some(half_width(it).map_or_else(|| "-".to_owned(), round))));
    cells.push(Some(match number(share, "usersToAppear95Percent") {
        Some(users) => format!("{users:.0} users"),
        None => "all".to_owned(),
    }));
    cells
}

/// Of a number; of an average what a group of a thousand rows has.
fn half_width(column: &Value) -> Option<f64> {
    let of_average = || {
        let by_rows = column.get("halfWidth95ByRows")?.as_array()?;
        let same = |it: &&Value| number(it, "rows").is_some_and(|it| (it - ROWS).abs() < 0.5);
        number(by_rows.iter().find(same)?, "halfWidth95")
    };
    number(column, "halfWidth95").or_else(of_average)
}

fn number(value: &Value, name: &str) -> Option<f64> {
    value.get(name)?.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::text;

    #[test]
    fn every_share_has_a_line_with_noise_errors_and_group_size() {
        let columns = |half: f64| {
            json!([
                {"name": "count", "halfWidth95": half, "halfWidth95ByRows": []},
                {"name": "avg", "halfWidth95": null, "halfWidth95ByRows": [
                    {"rows": 100, "halfWidth95": 9.0}, {"rows": 1000, "halfWidth95": 0.5}]},
            ])
        };
        let privacy = json!({"accuracy": [
            {"sharePercent": 1, "usersNoisePerQuery": 213, "canBeOffered": false,
             "columns": columns(417.0), "usersToAppear95Percent": 1620},
            {"sharePercent": 50, "usersNoisePerQuery": 30, "canBeOffered": true,
             "columns": columns(58.0), "usersToAppear95Percent": null},
            {"sharePercent": 100, "usersNoisePerQuery": null},
        ]});
        let text = text(&privacy);
        for part in ["1 %", "213*", "417", "0.500", "1620 users", "50 %", "58.000", "all", "100 %"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.contains("avg +/- at 1000 rows"));
        assert!(text.contains("10 to 100 users only"));
        assert_eq!(super::text(&json!({})), "");
    }
}
