//! The list rule over the statement (AWS user guide, "List analysis rule").

mod clauses;
mod filter;
mod forms;
mod outputs;

use crate::Refusal;
use crate::join::{self, JoinKinds};
use crate::query::Query;

/// Every no of the list rule. All tables of the query have one.
pub(crate) fn judge(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    forms::forms(acc, query);
    if query.is_opaque() {
        return;
    }
    outputs::distinct_required(acc, query);
    outputs::outputs(acc, query);
    join::joins(acc, query, &JoinKinds::LIST);
    for scan in &query.statement.scans {
        join::required(acc, query, scan, &JoinKinds::LIST);
    }
    if let Some(filter) = &query.statement.filter {
        filter::filter(acc, query, filter);
    }
    clauses::clauses(acc, query);
    clauses::limit(acc, query);
}
