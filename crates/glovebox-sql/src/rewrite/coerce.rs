//! Spark's coercions, written into expressions before DataFusion would add its own.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::expr::{Alias, ScalarFunction};
use datafusion::logical_expr::{Expr, ExprSchemable, lit};

use crate::functions::{self, Kind};

/// Calls one of our functions.
pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Result<Expr> {
    match functions::scalar(name) {
        Some(function) => Ok(Expr::ScalarFunction(ScalarFunction::new_udf(function, arguments))),
        None => plan_err!("there is no function {name}"),
    }
}

/// The kind of an expression over these columns. A whole number that fits is an int, as in
/// Spark, though DataFusion reads it as a bigint.
pub(super) fn kind_of(expr: &Expr, schema: &DFSchema) -> Result<Kind> {
    if let Expr::Literal(ScalarValue::Int64(Some(number)), _) = bare(expr)
        && i32::try_from(*number).is_ok()
    {
        return Ok(Kind::Int);
    }
    match Kind::of(&expr.get_type(schema)?) {
        Some(kind) => Ok(kind),
        None => plan_err!("a value of this type cannot be used here"),
    }
}

/// The expression behind its aliases.
pub(crate) fn bare(expr: &Expr) -> &Expr {
    let mut inner = expr;
    while let Expr::Alias(Alias { expr, .. }) = inner {
        inner = expr;
    }
    inner
}

/// The expression as another kind: a literal is cast here and now, everything else by a call.
pub(super) fn coerce(expr: Expr, to: Kind, schema: &DFSchema) -> Result<Expr> {
    let own = expr.get_type(schema)?;
    if own == to.arrow() {
        return Ok(expr);
    }
    if let Expr::Literal(scalar, _) = &expr {
        return Ok(lit(functions::cast_scalar(scalar, to)?));
    }
    if !Kind::of(&own).is_some_and(|from| functions::castable(from, to)) {
        return plan_err!("values of these types do not meet");
    }
    call("__gb_coerce", vec![expr, lit(to.name())])
}

/// Two operands of a comparison, of one type; floats with one zero and one NaN.
pub(super) fn compared(left: Expr, right: Expr, schemas: [&DFSchema; 2]) -> Result<(Expr, Expr)> {
    let [left_schema, right_schema] = schemas;
    let kinds = (kind_of(&left, left_schema)?, kind_of(&right, right_schema)?);
    let Some(kind) = functions::compared(kinds.0, kinds.1) else {
        return plan_err!("values of these types cannot be compared");
    };
    let left = normal(coerce(left, kind, left_schema)?, left_schema)?;
    Ok((left, normal(coerce(right, kind, right_schema)?, right_schema)?))
}

/// All items as the kind that they meet in.
pub(super) fn together(items: Vec<Expr>, schema: &DFSchema) -> Result<Vec<Expr>> {
    let kinds = items.iter().map(|it| kind_of(it, schema)).collect::<Result<Vec<_>>>()?;
    let Some(kind) = functions::wider(&kinds) else {
        return plan_err!("values of these types do not meet");
    };
    items.into_iter().map(|it| coerce(it, kind, schema)).collect()
}

/// A float with one zero and one NaN; what our own functions answer already is.
pub(super) fn normal(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    let settled = matches!(bare(&expr), Expr::ScalarFunction(_) | Expr::Literal(..));
    if settled || !matches!(expr.get_type(schema)?, DataType::Float32 | DataType::Float64) {
        return Ok(expr);
    }
    call("__gb_normal", vec![expr])
}

/// Something that is true, false or NULL, as it is.
pub(super) fn condition(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    let surely = match bare(&expr) {
        Expr::BinaryExpr(binary) => !binary.op.is_numerical_operators(),
        Expr::Not(_) | Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::InList(_) => true,
        _ => false,
    };
    if surely {
        return Ok(expr);
    }
    match kind_of(&expr, schema)? {
        Kind::Boolean => Ok(expr),
        Kind::Null => coerce(expr, Kind::Boolean, schema),
        _ => plan_err!("a condition must be true or false"),
    }
}

/// Arguments as the function takes them.
pub(super) fn arguments(call: ScalarFunction, schema: &DFSchema) -> Result<ScalarFunction> {
    let ScalarFunction { func, args } = call;
    let args = fitted(args, schema, |types| func.coerce_types(types))?;
    Ok(ScalarFunction { func, args })
}

/// Arguments as the types that `wanted` makes of theirs.
pub(super) fn fitted(
    args: Vec<Expr>,
    schema: &DFSchema,
    wanted: impl FnOnce(&[DataType]) -> Result<Vec<DataType>>,
) -> Result<Vec<Expr>> {
    let types = args.iter().map(|it| type_of(it, schema)).collect::<Result<Vec<_>>>()?;
    let wanted = wanted(&types)?;
    let pairs = args.into_iter().zip(wanted);
    pairs
        .map(|(arg, wanted)| match Kind::of(&wanted) {
            Some(kind) => coerce_unless(arg, &wanted, kind, schema),
            None => plan_err!("a value of this type cannot be used here"),
        })
        .collect()
}

/// The type of an argument; a whole number is an int where it fits.
fn type_of(expr: &Expr, schema: &DFSchema) -> Result<DataType> {
    match kind_of(expr, schema)? {
        Kind::Int => Ok(DataType::Int32),
        _ => expr.get_type(schema),
    }
}

/// Leaves alone what is already of the type that the function takes.
fn coerce_unless(expr: Expr, wanted: &DataType, kind: Kind, schema: &DFSchema) -> Result<Expr> {
    if expr.get_type(schema)? == *wanted { Ok(expr) } else { coerce(expr, kind, schema) }
}

/// Operands of arithmetic: beside a decimal, a whole number is a decimal of its own digits.
pub(super) fn operands(left: Expr, right: Expr, schema: &DFSchema) -> Result<Vec<Expr>> {
    let kinds = (kind_of(&left, schema)?, kind_of(&right, schema)?);
    let left = sized(left, kinds.1);
    let right = sized(right, kinds.0);
    Ok(vec![left, right])
}

fn sized(expr: Expr, other: Kind) -> Expr {
    if let Expr::Literal(ScalarValue::Int64(Some(number)), _) = &expr
        && other.is_decimal()
    {
        let digits = number.unsigned_abs().to_string().len();
        let precision = u8::try_from(digits).unwrap_or(19);
        return lit(ScalarValue::Decimal128(Some((*number).into()), precision, 0));
    }
    expr
}
