//! Joins of rows of users with public rows and with each other.

use std::sync::Arc;

use datafusion::common::{Column, JoinType};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Join, LogicalPlan, Operator};

use super::PrivateFault;
use super::expression::is_identifier;
use super::typing::{Rows, Typed, built, present};

/// Joins what was typed.
pub(super) fn join(node: &Join, left: Typed, right: Typed) -> Result<Typed, PrivateFault> {
    let mut made = node.clone();
    made.left = Arc::new(left.plan.clone());
    made.right = Arc::new(right.plan.clone());
    let plan = built(LogicalPlan::Join(made).recompute_schema())?;
    let kind = node.join_type;
    let (identifiers, population) = match (left.rows, right.rows) {
        (Rows::Public, Rows::Public) => return Ok(Typed::public(plan)),
        (Rows::Users { identifiers, population }, Rows::Public) => match kind {
            JoinType::Inner
            | JoinType::Left
            | JoinType::Right
            | JoinType::Full
            | JoinType::LeftSemi
            | JoinType::LeftAnti => (identifiers, population),
            JoinType::LeftMark
            | JoinType::RightSemi
            | JoinType::RightAnti
            | JoinType::RightMark => return Err(not_of_users()),
        },
        (Rows::Public, Rows::Users { identifiers, population }) => match kind {
            JoinType::Inner
            | JoinType::Left
            | JoinType::Right
            | JoinType::Full
            | JoinType::RightSemi
            | JoinType::RightAnti => (identifiers, population),
            JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark | JoinType::RightMark => {
                return Err(not_of_users());
            }
        },
        (
            Rows::Users { identifiers: one, population },
            Rows::Users { identifiers: other, population: second },
        ) => {
            if population != second {
                return Err(PrivateFault::Populations);
            }
            if !meets_on_users(node, &one, &other) {
                return Err(PrivateFault::Join);
            }
            let identifiers = match kind {
                JoinType::Inner => one.into_iter().chain(other).collect(),
                JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti => one,
                JoinType::Right | JoinType::RightSemi | JoinType::RightAnti => other,
                JoinType::Full => {
                    return Err(PrivateFault::JoinSide("a FULL JOIN of two tables of users"));
                }
                JoinType::LeftMark | JoinType::RightMark => return Err(not_of_users()),
            };
            (identifiers, population)
        }
    };
    // On the side that an outer join fills with NULL there is no user.
    present(Typed { plan, rows: Rows::Users { identifiers, population } })
}

fn not_of_users() -> PrivateFault {
    PrivateFault::JoinSide("public rows that are chosen by rows of users")
}

/// Whether rows of both sides meet only when they are about the same user.
fn meets_on_users(node: &Join, left: &[Column], right: &[Column]) -> bool {
    let both = |one: &Expr, other: &Expr| {
        (is_identifier(one, left) && is_identifier(other, right))
            || (is_identifier(other, left) && is_identifier(one, right))
    };
    let keys = node.on.iter().any(|(one, other)| both(one, other));
    let filters = node.filter.iter().flat_map(split_conjunction).any(|it| match it {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => both(left, right),
        _ => false,
    });
    keys || filters
}
