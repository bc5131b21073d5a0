//! The aggregation rule over the statement (AWS user guide, "Aggregation analysis rule").

mod aggregates;
mod filter;
mod forms;
mod groups;
mod having;
mod order;
mod outputs;
mod roles;
mod scalars;

pub(crate) use aggregates::granted_name;
pub(crate) use filter::is_listed;

use crate::Refusal;
use crate::join::{self, JoinKinds};
use crate::query::Query;

/// Every no of the aggregation rule. All tables of the query have one.
pub(crate) fn judge(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    forms::forms(acc, query);
    if query.is_opaque() {
        return;
    }
    outputs::outputs(acc, query);
    outputs::has_an_aggregate(acc, query);
    join::joins(acc, query, &JoinKinds::AGGREGATION);
    for scan in &query.statement.scans {
        if query.aggregation_rule(&scan.table).is_none_or(|it| it.join_required()) {
            join::required(acc, query, scan, &JoinKinds::AGGREGATION);
        }
    }
    if let Some(filter) = &query.statement.filter {
        filter::filter(acc, query, filter);
    }
    for group in &query.statement.groups {
        groups::group(acc, query, group);
    }
    if let Some(having) = &query.statement.having {
        having::having(acc, query, having);
    }
    for order in &query.statement.order {
        order::order(acc, query, order);
    }
}
