//! Private queries as trees, and a small interpreter of them that is no one else's.
//!
//! It reads the generator's tree, never the text, and shares no code with the typing, the bounding
//! or the engine: neither DataFusion nor `glovebox-sql`. What it says of a query (may it run, by
//! how much can one person change what, what does it cost) is computed anew from the published
//! rules (`docs/differential-privacy.md`), and what it says of data by nested loops.

mod alike;
mod bound;
mod claim;
mod eval;
mod grow;
mod price;
mod print;
mod rows;
mod siphash;
mod tree;

pub use alike::{renamed, turned};
pub use bound::{Contribution, Sums, contributions, sums};
pub use claim::{Claim, Declared, Step, claimed};
pub use grow::{Data, grown};
pub use price::{Budget, loss_nano, threshold_delta_atto};
pub use print::printed;
pub use tree::{
    Call, Cell, Condition, Expr, Function, Inner, Item, Join, JoinKind, Kind, Plan, Relation,
    Select, Shape, Source, TABLES, Table, Value, Window,
};
