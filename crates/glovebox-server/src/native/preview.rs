//! What may be known of a private query before it runs, as JSON.

use glovebox_room::{GroupsPreview, PrivatePreview};
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
    })
}
