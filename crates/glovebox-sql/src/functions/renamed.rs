//! Calls whose written form says something beside the name: units, orders, windows.

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectNamePart,
    OrderByExpr,
};

use super::lower::{call, number, text};

/// Brings a call into the form that functions have here.
pub(super) fn rename(function: &mut Function) {
    name_unit(function);
    name_moment(function);
    name_count(function);
    name_order(function);
    name_window(function);
}

/// Whether the first of three arguments of the function is a unit of time: a word, not a column.
pub fn takes_unit(name: &str) -> bool {
    matches!(
        name,
        "date_add" | "date_diff" | "dateadd" | "datediff" | "timestampadd" | "timestampdiff"
    )
}

/// `UNIX_TIMESTAMP()` is that of the query's time, which is also the seed of `RAND()`.
fn name_moment(function: &mut Function) {
    let [ObjectNamePart::Identifier(name)] = function.name.0.as_slice() else { return };
    let timed = ["rand", "random", "unix_timestamp", "uuid"];
    if timed.iter().any(|it| name.value.eq_ignore_ascii_case(it))
        && let FunctionArguments::List(list) = &mut function.args
        && list.args.is_empty()
    {
        let now = call("getdate", Vec::new());
        list.args.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(now)));
    }
}

/// `PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)` is `PERCENTILE_CONT(x, p)`.
fn name_order(function: &mut Function) {
    if let [ObjectNamePart::Identifier(name)] = function.name.0.as_slice()
        && ["percentile_cont", "percentile_disc"]
            .iter()
            .any(|it| name.value.eq_ignore_ascii_case(it))
        && let FunctionArguments::List(list) = &mut function.args
        && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(at))] = list.args.as_mut_slice()
        && let [OrderByExpr { expr, options, with_fill: None }] = function.within_group.as_slice()
    {
        if options.asc == Some(false) {
            *at = call("__gb_subtract", vec![number("1"), at.clone()]);
        }
        list.args.insert(0, FunctionArg::Unnamed(FunctionArgExpr::Expr(expr.clone())));
        function.within_group.clear();
    }
}

/// `FIRST(x) OVER` and `LAST(x) OVER` are those of the window, not any value of a group.
fn name_window(function: &mut Function) {
    if function.over.is_none() {
        return;
    }
    if let [ObjectNamePart::Identifier(name)] = function.name.0.as_mut_slice() {
        match name.value.to_ascii_lowercase().as_str() {
            "first" => *name = Ident::new("first_value"),
            "last" => *name = Ident::new("last_value"),
            _ => {}
        }
    }
}

/// `COUNT(a, b)` counts the rows in which neither is NULL.
fn name_count(function: &mut Function) {
    if let [ObjectNamePart::Identifier(name)] = function.name.0.as_mut_slice()
        && name.value.eq_ignore_ascii_case("count")
        && let FunctionArguments::List(list) = &function.args
        && list.args.len() > 1
    {
        *name = Ident::new("__gb_count_all");
    }
}

/// `DATEADD(month, 1, d)`: the unit is a word, not a column.
fn name_unit(function: &mut Function) {
    let [ObjectNamePart::Identifier(name)] = function.name.0.as_slice() else { return };
    if !takes_unit(&name.value.to_ascii_lowercase()) {
        return;
    }
    if let FunctionArguments::List(list) = &mut function.args
        && list.args.len() == 3
        && let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(unit))) = list.args.first_mut()
        && let Expr::Identifier(Ident { value, .. }) = unit
    {
        *unit = text(value);
    }
}
