//! What strict mode refuses besides ORDER BY: two values of a column that may not be shown, put
//! in order with each other, rank those whose values they are.

use std::collections::BTreeSet;

use glovebox_model::Span;
use glovebox_sql::{Expression, ExpressionKind, Operator};

use super::Custom;
use super::flow::{Base, Flow, Way};
use super::lineage::expressions;
use crate::{Refusal, RefusalKind};

const VALUES: Way = Way::VALUE.and(Way::AGGREGATED).and(Way::ORDER);

/// How an expression holds values against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// It tells which is the greater.
    Ordered,
    /// It tells whether they are equal: a rank only where one of them is an extreme.
    Equal,
}

/// Every place where such values are put in order.
pub(crate) fn ranked<'a>(acc: &mut Vec<Refusal>, custom: &Custom<'a>) {
    for (_, block) in custom.all_blocks() {
        for expression in expressions(block) {
            visit(acc, custom, expression);
        }
    }
}

fn visit<'a>(acc: &mut Vec<Refusal>, custom: &Custom<'a>, expression: &'a Expression) {
    let flows = |all: &'a [Expression]| all.iter().map(|it| custom.trace.flow(it)).collect();
    match &expression.kind {
        ExpressionKind::Operator { operator, operands } => match operator {
            Operator::Between
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::Less
            | Operator::LessOrEqual => {
                check(acc, custom, expression.span, flows(operands), Held::Ordered);
            }
            Operator::Equal | Operator::In | Operator::Is | Operator::NotEqual => {
                check(acc, custom, expression.span, flows(operands), Held::Equal);
            }
            Operator::Add
            | Operator::And
            | Operator::Divide
            | Operator::IsNull
            | Operator::Like
            | Operator::Modulo
            | Operator::Multiply
            | Operator::Not
            | Operator::Or
            | Operator::Subtract => {}
        },
        ExpressionKind::Scalar { name, arguments, .. }
            if matches!(name.as_str(), "greatest" | "least") =>
        {
            check(acc, custom, expression.span, flows(arguments), Held::Ordered);
        }
        ExpressionKind::Subquery { operand: Some(operand), block, .. } => {
            let sides = vec![
                custom.trace.flow(operand),
                Flow::join(custom.trace.outputs(*block).iter().cloned()),
            ];
            check(acc, custom, expression.span, sides, Held::Equal);
        }
        _ => {}
    }
    for part in expression.parts() {
        visit(acc, custom, part);
    }
}

fn check(acc: &mut Vec<Refusal>, custom: &Custom<'_>, at: Span, sides: Vec<Flow<'_>>, held: Held) {
    let secret = |base: &Base<'_>| {
        let rule = custom.rule_of(*base).map(|(_, rule)| rule);
        rule.is_some_and(|it| it.disallowed_output().iter().any(|it| it.as_str() == base.column))
    };
    let holding: Vec<BTreeSet<Base<'_>>> =
        sides.iter().map(|it| it.by(VALUES).filter(secret).collect()).collect();
    let n_holding = holding.iter().filter(|it| !it.is_empty()).count();
    let picked = Way::AGGREGATED.and(Way::ORDER);
    let extreme = sides.iter().any(|it| it.by(picked).any(|it| secret(&it)));
    if n_holding < 2 || (held == Held::Equal && !extreme) {
        return;
    }
    let Some(base) = holding.iter().flatten().next() else { return };
    let Some((table, rule)) = custom.rule_of(*base) else { return };
    let text = format!(
        "values of column `{}` of table `{table}` are put in order with each other",
        base.column
    );
    let mut refusal = Refusal::new(RefusalKind::DisallowedOrder, at, text)
        .of(table)
        .help("match it with columns of others only");
    if let Some(column) = rule.disallowed_output().iter().find(|it| it.as_str() == base.column) {
        refusal = refusal.about(column).ask(format!(
            "take `{column}` out of disallowedOutputColumns, or to set the mode of all tables to \
             aws"
        ));
    }
    acc.push(refusal);
}
