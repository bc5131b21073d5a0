//! Text to bound plan and facts: the only crate that matches on DataFusion's plan nodes.

mod facts;
mod schema;

pub use facts::{
    AggregateCall, Expression, ExpressionKind, Facts, Form, FormKind, Join, Lineage, Literal,
    Operator, Output, PlanAggregate, PlanGuard, PlanJoin, PlanOutput, PlanScan, PlanUse, Scan,
    ScanId, Source, Statement,
};
pub use schema::{Schema, TableSchema};
