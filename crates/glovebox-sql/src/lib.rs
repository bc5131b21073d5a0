//! Text to bound plan and facts: the only crate that matches on DataFusion's plan nodes.

mod bind;
mod bound;
mod digest;
mod error;
mod extract;
mod facts;
pub mod functions;
mod limits;
mod lineage;
mod private;
pub mod rewrite;
mod schema;

pub use bind::{
    Outline, PlanTable, arrow_schema, arrow_type, bind, bind_template, template_outline,
};
pub use bound::{Bound, CrowdingCheck, HiddenGuard};
pub use digest::{digest, question_digest};
pub use error::{Fault, Unbound};
pub use facts::{
    AggregateCall, Block, BlockId, BlockJoin, Blocks, Body, Expression, ExpressionKind, Facts,
    Form, FormKind, Join, JoinKind, Lineage, Literal, Operator, Output, PlanAggregate,
    PlanComparison, PlanGuard, PlanJoin, PlanOutput, PlanScan, PlanSide, PlanUse, Relation,
    RelationId, RelationOrigin, Scan, ScanId, SelectBlock, SetOperator, Source, Statement,
};
pub use limits::{MAX_CHARACTERS, MAX_DEPTH, MAX_FINDINGS, MAX_TABLES, MAX_WORDS};
pub use private::{
    Cell, CellKind, Grid, Partial, PrivateFault, PrivateKey, PrivatePlan, PrivateRequest,
    PrivateTable, RELEASED, Unit, WithIntervals, contributing, private, released_column,
};
pub use schema::{Schema, TableSchema};
