//! What may be known of a private query before it runs, as JSON.

use glovebox_room::{Accuracy, AtNoise, ColumnAccuracy, GroupsPreview, PrivatePreview, SIZES};
use serde_json::{Value, json};

/// Cost, errors, and which groups will appear.
pub(super) fn shown(preview: &PrivatePreview) -> Value {
    let PrivatePreview {
        owner,
        population,
        accountant,
        cost,
        budget,
        max_groups_per_user,
        columns,
        groups,
        advice,
        users_noise,
        accuracy,
        edge_millis,
    } = preview;
    let share = cost.loss_nano as f64 / budget.loss_nano.max(1) as f64;
    let columns = columns.iter().map(|it| {
        json!({
            "name": it.name,
            "noiseStandardDeviation": it.standard_deviation,
            "halfWidth95": it.half_width,
        })
    });
    let groups = match groups {
        GroupsPreview::Public { count } => json!({ "public": true, "count": count }),
        GroupsPreview::Relation => json!({ "public": true, "count": null }),
        GroupsPreview::Noisy { seldom, mostly } => json!({
            "public": false,
            "usersToAppear5Percent": seldom,
            "usersToAppear95Percent": mostly,
        }),
    };
    json!({
        "ownerAccountId": owner.as_str(),
        "population": population,
        "accountant": accountant.aws_name(),
        "lossNano": cost.loss_nano,
        "deltaAtto": cost.delta_atto,
        "budgetLossNano": budget.loss_nano,
        "budgetShare": share,
        "maxGroupsPerUser": max_groups_per_user,
        "columns": columns.collect::<Vec<_>>(),
        "groups": groups,
        "advice": advice,
        "usersNoisePerQuery": users_noise,
        "answerAfterSeconds": edge_millis / 1000,
        "accuracy": accuracy.iter().map(at_share).collect::<Vec<_>>(),
    })
}

/// What the query would be like at one share of the budget.
fn at_share(accuracy: &Accuracy) -> Value {
    let Accuracy { share_percent, at } = accuracy;
    let Some(AtNoise { users_noise, cost, columns, appears }) = at else {
        return json!({ "sharePercent": share_percent, "usersNoisePerQuery": null });
    };
    let columns = columns.iter().map(|ColumnAccuracy { error, by_rows }| {
        let by_rows = SIZES.iter().zip(by_rows);
        let by_rows = by_rows.map(|(rows, half)| json!({ "rows": rows, "halfWidth95": half }));
        json!({
            "name": error.name,
            "noiseStandardDeviation": error.standard_deviation,
            "halfWidth95": error.half_width,
            "halfWidth95ByRows": by_rows.collect::<Vec<_>>(),
        })
    });
    json!({
        "sharePercent": share_percent,
        "usersNoisePerQuery": users_noise,
        "canBeOffered": (10..=100).contains(users_noise),
        "lossNano": cost.loss_nano,
        "deltaAtto": cost.delta_atto,
        "columns": columns.collect::<Vec<_>>(),
        "usersToAppear5Percent": appears.map(|it| it[0]),
        "usersToAppear95Percent": appears.map(|it| it[1]),
    })
}
