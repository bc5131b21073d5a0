//! `glovebox budget forecast`: when privacy budgets will be spent, as a chart for a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use glovebox_model::{Timestamp, escape};
use serde_json::Value;

use crate::{Client, Endpoint, Surroundings, native, output};

/// What can be done with budgets.
#[derive(Debug, Subcommand)]
pub enum BudgetCommand {
    /// See what was spent by whom, how fast, and when nothing will be left
    #[command(after_help = "Examples:\n  glovebox budget forecast --endpoint-url \
                            http://127.0.0.1:8930 --collaboration 1f0c...\n  glovebox budget \
                            forecast --collaboration 1f0c... --epsilon 5 --users-noise 60 --json")]
    Forecast(ForecastArgs),
}

/// The arguments of `budget forecast`.
#[derive(Debug, Args)]
pub struct ForecastArgs {
    #[command(flatten)]
    endpoint: Endpoint,
    /// The collaboration whose budgets they are
    #[arg(long, value_name = "ID")]
    collaboration: String,
    /// What if the budget had this epsilon (1 to 20)
    #[arg(long, value_name = "E", requires = "users_noise")]
    epsilon: Option<u32>,
    /// What if the noise were that of so many users (10 to 100)
    #[arg(long, value_name = "N", requires = "epsilon")]
    users_noise: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Characters of a full bar.
const WIDTH: usize = 40;
/// Days that are charted, the newest.
const DAYS: usize = 14;

/// Runs one of the budget commands.
pub fn run(command: &BudgetCommand, surroundings: &Surroundings) -> Result<ExitCode> {
    let BudgetCommand::Forecast(arguments) = command;
    let client = arguments.endpoint.client(surroundings)?;
    let query = match (arguments.epsilon, arguments.users_noise) {
        (Some(epsilon), Some(noise)) => format!("epsilon={epsilon}&usersNoisePerQuery={noise}"),
        _ => String::new(),
    };
    let found = native::forecast(&client, &arguments.collaboration, &query)?;
    if arguments.json {
        output::json(&found);
        return Ok(ExitCode::SUCCESS);
    }
    let budgets = drawn(&found)?;
    if budgets.is_empty() {
        output::line("nobody offers a privacy budget in this collaboration");
    }
    output::text(&budgets);
    Ok(ExitCode::SUCCESS)
}

/// The budgets of a collaboration as charts.
pub fn charts(client: &Client, collaboration: &str) -> Result<String> {
    drawn(&native::forecast(client, collaboration, "")?)
}

fn drawn(forecast: &Value) -> Result<String> {
    let budgets = forecast.get("budgets").and_then(Value::as_array);
    let budgets = budgets.context("the server's forecast cannot be read")?;
    Ok(budgets.iter().map(chart).collect())
}

/// A budget as lines of text.
fn chart(budget: &Value) -> String {
    let mut text = String::new();
    let ends = match date(budget, "periodEnds") {
        Some(day) => format!(", renews {day}"),
        None => String::new(),
    };
    let _ = writeln!(
        text,
        "{}: epsilon {}, noise of {} users, {}; period {}{ends}",
        word(budget, "creatorAccountId"),
        budget["epsilon"],
        budget["usersNoisePerQuery"],
        word(budget, "accountant"),
        word(budget, "period"),
    );
    outlook(&mut text, budget);
    for runner in items(budget, "runners") {
        let _ = writeln!(
            text,
            "  {}  {} queries, {}",
            word(runner, "accountId"),
            runner["queries"],
            percent(share(runner, "share")),
        );
    }
    let days = by_day(budget);
    let most = days.values().copied().fold(0.0, f64::max);
    for (day, taken) in days.iter().skip(days.len().saturating_sub(DAYS)) {
        let _ = writeln!(text, "  {day}  {:<WIDTH$}  {}", bar(taken / most), percent(*taken));
    }
    if let Some(other) = budget.get("whatIf") {
        let _ = writeln!(
            text,
            "  with epsilon {} and noise of {} users:",
            other["epsilon"], other["usersNoisePerQuery"]
        );
        outlook(&mut text, other);
    }
    text
}

fn outlook(text: &mut String, of: &Value) {
    let (spent, pace) = (share(of, "spentShare"), share(of, "sharePerDay"));
    let rest = WIDTH - filled(spent);
    let _ = writeln!(text, "  spent  [{}{}] {}", bar(spent), ".".repeat(rest), percent(spent));
    let when = match date(of, "exhaustedAt") {
        Some(day) => format!("; nothing left on {day}"),
        None => String::new(),
    };
    let _ = writeln!(text, "  pace   {} a day{when}", percent(pace));
    let left = items(of, "aggregations")
        .map(|it| format!("{} {} of {}", word(it, "type"), it["remainingCount"], it["maxCount"]));
    let _ = writeln!(text, "  left   {}", left.collect::<Vec<_>>().join(", "));
}

/// What was charged on each day, of the charges that the reader may see.
fn by_day(budget: &Value) -> BTreeMap<String, f64> {
    let mut days = BTreeMap::new();
    for charge in items(budget, "charges") {
        if let Some(day) = date(charge, "time") {
            *days.entry(day).or_insert(0.0) += share(charge, "share");
        }
    }
    days
}

fn items<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn word(of: &Value, name: &str) -> String {
    escape(of.get(name).and_then(Value::as_str).unwrap_or_default()).into_owned()
}

fn share(of: &Value, name: &str) -> f64 {
    of.get(name).and_then(Value::as_f64).unwrap_or(0.0).max(0.0)
}

fn date(of: &Value, name: &str) -> Option<String> {
    let seconds = of.get(name)?.as_i64()?;
    Some(Timestamp::from_millis(seconds.saturating_mul(1000)).date())
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn bar(share: f64) -> String {
    "#".repeat(filled(share))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "between nothing and the width of a bar"
)]
fn filled(share: f64) -> usize {
    (share.clamp(0.0, 1.0) * WIDTH as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_budget_is_drawn() {
        let left = json!([{"type": "COUNT", "maxCount": 220, "remainingCount": 83}]);
        let charge = |day: i64, share: f64| json!({"time": day * 86_400, "share": share});
        let budget = json!({
            "creatorAccountId": "111111111111", "epsilon": 3, "usersNoisePerQuery": 30,
            "accountant": "zcdp", "period": "2026-11", "periodEnds": 20_789 * 86_400,
            "spentShare": 0.625, "sharePerDay": 0.125, "exhaustedAt": 20_782 * 86_400,
            "aggregations": left,
            "runners": [{"accountId": "222222222222", "queries": 3, "share": 0.625}],
            "charges": [charge(20_778, 0.5), charge(20_779, 0.1), charge(20_779, 0.025)],
            "whatIf": {
                "epsilon": 10, "usersNoisePerQuery": 30, "spentShare": 1.5, "sharePerDay": 0.0,
                "exhaustedAt": null, "aggregations": left,
            },
        });
        expect![[r#"
            111111111111: epsilon 3, noise of 30 users, zcdp; period 2026-11, renews 2026-12-02
              spent  [#########################...............] 62.5 %
              pace   12.5 % a day; nothing left on 2026-11-25
              left   COUNT 83 of 220
              222222222222  3 queries, 62.5 %
              2026-11-21  ########################################  50.0 %
              2026-11-22  ##########                                12.5 %
              with epsilon 10 and noise of 30 users:
              spent  [########################################] 150.0 %
              pace   0.0 % a day
              left   COUNT 83 of 220
        "#]]
        .assert_eq(&chart(&budget));
    }
}
