//! Forecasts of privacy budgets, as JSON.

use glovebox_model::{PrivacyTerms, Timestamp};
use glovebox_room::{Affordable, Forecast, Outlook, Spending};
use serde_json::{Map, Value, json};

use super::{fault, id};
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

/// When the privacy budgets of a collaboration will be spent.
pub(super) async fn get(house: &House, call: &Call, collaboration: &str) -> Result<Value, Refused> {
    let asked = (number(call, "epsilon", 1, 20)?, number(call, "usersNoisePerQuery", 10, 100)?);
    let what_if = match asked {
        (None, None) => None,
        (Some(epsilon), Some(noise)) => Some((epsilon, noise)),
        (Some(_), None) => return Err(fault("usersNoisePerQuery", "Member must go with epsilon")),
        (None, Some(_)) => return Err(fault("epsilon", "Member must go with usersNoisePerQuery")),
    };
    let id = id("collaborationIdentifier", collaboration)?;
    let found = house.room.budget_forecast(&call.caller, id, what_if).await?;
    let budgets: Vec<Value> = found.iter().map(shown).collect();
    Ok(json!({ "collaborationId": collaboration, "budgets": budgets }))
}

/// The one whole number of that name in the request.
fn number(call: &Call, name: &str, least: u32, most: u32) -> Result<Option<u32>, Refused> {
    let wrong = || fault(name, &format!("Member must be one whole number from {least} to {most}"));
    match call.query.all(name) {
        [] => Ok(None),
        [text] => {
            let number = text.parse().ok().filter(|it| (least..=most).contains(it));
            number.map(Some).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn shown(forecast: &Forecast) -> Value {
    let Forecast { template, terms, period, outlook, runners, charges, what_if } = forecast;
    let PrivacyTerms { epsilon, users_noise, auto_refresh, accountant, delta_atto } = terms;
    let runner = |(account, (n_queries, share)): (&_, &(u64, f64))| {
        let account: &glovebox_model::AccountId = account;
        json!({ "accountId": account.as_str(), "queries": n_queries, "share": share })
    };
    let charge = |it: &Spending| {
        json!({
            "protectedQueryId": it.query.to_string(),
            "accountId": it.runner.as_str(),
            "population": it.population,
            "share": it.share,
            "time": seconds(it.charged),
        })
    };
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
    put("privacyBudgetTemplateId", json!(template.id.to_string()));
    put("creatorAccountId", json!(template.account.as_str()));
    put("epsilon", json!(epsilon));
    put("usersNoisePerQuery", json!(users_noise));
    put("autoRefresh", json!(auto_refresh.aws_name()));
    put("accountant", json!(accountant.aws_name()));
    put("deltaAtto", json!(delta_atto));
    put("period", json!(period.0));
    put("periodEnds", json!(period.1.map(seconds)));
    for (name, value) in looks(outlook) {
        put(name, value);
    }
    put("runners", runners.iter().map(runner).collect());
    put("charges", charges.iter().map(charge).collect());
    if let Some((epsilon, users_noise, outlook)) = what_if {
        let mut other = Map::new();
        other.insert("epsilon".to_owned(), json!(epsilon));
        other.insert("usersNoisePerQuery".to_owned(), json!(users_noise));
        for (name, value) in looks(outlook) {
            other.insert(name.to_owned(), value);
        }
        put("whatIf", Value::Object(other));
    }
    Value::Object(all)
}

fn looks(outlook: &Outlook) -> [(&'static str, Value); 4] {
    let Outlook { spent, per_day, exhausted, affordable } = outlook;
    let aggregation = |it: &Affordable| {
        json!({
            "type": it.aggregation.aws_name(),
            "maxCount": it.maximum,
            "remainingCount": it.remaining,
        })
    };
    [
        ("spentShare", json!(spent)),
        ("sharePerDay", json!(per_day)),
        ("exhaustedAt", json!(exhausted.map(seconds))),
        ("aggregations", affordable.iter().map(aggregation).collect()),
    ]
}

fn seconds(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(1000)
}
