//! Calls of functions, casts and literals.

use datafusion::sql::sqlparser::ast::{
    DataType, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentList, FunctionArguments, ObjectName, OrderByExpr, TypedString, Value,
    ValueWithSpan,
};
use glovebox_model::Span;

use super::binder::{Binder, Place, exact, single};
use super::expression::{nothing, other, text};
use super::grouping_id::is_grouping;
use super::text::union;
use super::window::MISPLACED_WINDOW;
use crate::error::Fault;
use crate::facts::{AggregateCall, Expression, ExpressionKind, FormKind, Literal};
use crate::functions;

impl Binder<'_> {
    /// A call by name.
    pub(super) fn function(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        let Expr::Function(call) = node else { return nothing(self.text.whole()) };
        let Function {
            name,
            uses_odbc_syntax,
            parameters,
            args,
            filter,
            null_treatment,
            over,
            within_group,
        } = call;
        let named = self.object(name);
        let bare = matches!(args, FunctionArguments::None);
        let span = if bare { named } else { self.text.through_next_group(named) };
        self.refuse(*uses_odbc_syntax, "{fn ...}", span);
        self.refuse(!matches!(parameters, FunctionArguments::None), "two argument lists", span);
        let typed = name.to_string();
        let folded = single(name).map(|it| it.value.to_ascii_lowercase());
        let folded = folded.filter(|it| !it.starts_with("__gb")).unwrap_or_default();
        if is_grouping(&folded) {
            let at = (folded.as_str(), span);
            return self.grouping_call(node, at, place);
        }
        let windowed = over.is_some();
        let is_aggregate = functions::aggregate(&folded).is_some();
        let is_window = functions::window(&folded).is_some();
        if !is_aggregate && !is_window && functions::scalar(&folded).is_none() {
            self.fault(Fault::UnknownFunction { name: typed }, named);
        }
        let alone = is_window && !is_aggregate && !windowed;
        self.refuse(alone, "a window function without OVER", span);
        let plain = windowed && !is_aggregate && !is_window;
        self.refuse(plain, "OVER behind a function that is no aggregate or window function", span);
        let nulls = null_treatment.is_some() && !(windowed && is_window);
        self.refuse(nulls, "IGNORE NULLS or RESPECT NULLS", span);
        *name = ObjectName::from(vec![exact(&folded)]);
        let inside = if is_aggregate && !windowed {
            if !place.aggregates {
                self.fault(Fault::AggregateMisplaced, span);
            }
            Place { aggregates: false, windows: false, aliases: &[], ..place }
        } else {
            place
        };
        let inside = if windowed {
            self.refuse(!place.windows, MISPLACED_WINDOW, span);
            Place { windows: false, ..inside }
        } else {
            inside
        };
        let mut bound = match args {
            FunctionArguments::None => self.call(&folded, is_aggregate, Vec::new(), span),
            FunctionArguments::Subquery(_) => self.no("a subquery as an argument", span),
            FunctionArguments::List(list) if is_aggregate => {
                self.aggregate(&folded, list, span, inside)
            }
            FunctionArguments::List(list) => {
                let arguments = self.arguments(&folded, list, span, inside);
                self.call(&folded, false, arguments, span)
            }
        };
        if !within_group.is_empty() {
            self.form(FormKind::WithinGroup, span);
            let mut parts = vec![bound];
            parts.extend(self.sorts(within_group, inside));
            self.within_group(&folded, args, within_group, span);
            bound = other(FormKind::WithinGroup, parts, span);
        }
        if let Some(filter) = filter {
            let condition = self.level(filter, inside);
            let span = self.text.with_next(union(span, condition.span));
            self.form(FormKind::FilterClause, span);
            bound = other(FormKind::FilterClause, vec![bound, condition], span);
        }
        match over {
            None => bound,
            Some(window) => self.window(bound, window, inside),
        }
    }

    fn call(
        &mut self,
        name: &str,
        is_aggregate: bool,
        arguments: Vec<Expression>,
        span: Span,
    ) -> Expression {
        if is_aggregate {
            self.fault(Fault::WrongArguments, span);
        }
        self.special(name, arguments, span)
    }

    /// A call of a scalar function, whatever its syntax.
    pub(super) fn special(
        &mut self,
        name: &str,
        arguments: Vec<Expression>,
        span: Span,
    ) -> Expression {
        let function = functions::aws_scalar(name);
        Expression {
            kind: ExpressionKind::Scalar { name: name.to_owned(), function, arguments },
            span,
        }
    }

    fn aggregate(
        &mut self,
        name: &str,
        list: &mut FunctionArgumentList,
        span: Span,
        place: Place<'_>,
    ) -> Expression {
        let FunctionArgumentList { duplicate_treatment, args, clauses } = list;
        self.refuse(!clauses.is_empty(), "a clause inside an aggregate function", span);
        let distinct = *duplicate_treatment == Some(DuplicateTreatment::Distinct);
        let star = matches!(args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]);
        let arguments = if star {
            if name != "count" || distinct {
                self.fault(Fault::WrongArguments, span);
            }
            let one = Value::Number("1".to_owned(), false).with_empty_span();
            *args = vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(one)))];
            Vec::new()
        } else {
            if args.is_empty() {
                self.fault(Fault::WrongArguments, span);
            }
            self.unnamed(args, span, place)
        };
        let call = AggregateCall { name: name.to_owned(), distinct, arguments, star };
        Expression { kind: ExpressionKind::Aggregate(call), span }
    }

    fn arguments(
        &mut self,
        name: &str,
        list: &mut FunctionArgumentList,
        span: Span,
        place: Place<'_>,
    ) -> Vec<Expression> {
        let FunctionArgumentList { duplicate_treatment, args, clauses } = list;
        self.refuse(!clauses.is_empty(), "a clause inside a function", span);
        self.refuse(duplicate_treatment.is_some(), "DISTINCT in a scalar function", span);
        let unit = match args.as_slice() {
            // A unit of time looks like a column.
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(ident))), _, _]
                if functions::takes_unit(name) =>
            {
                Some(ident.clone())
            }
            _ => None,
        };
        let Some(unit) = unit else { return self.unnamed(args, span, place) };
        let literal = Expression {
            kind: text(&unit.value.to_ascii_lowercase()),
            span: self.text.ident(&unit),
        };
        let rest = args.get_mut(1..).unwrap_or_default();
        let mut bound = vec![literal];
        bound.extend(self.unnamed(rest, span, place));
        bound
    }

    fn unnamed(
        &mut self,
        args: &mut [FunctionArg],
        span: Span,
        place: Place<'_>,
    ) -> Vec<Expression> {
        let mut bound = Vec::new();
        for arg in args {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => {
                    bound.push(self.level(expr, place));
                }
                FunctionArg::Unnamed(
                    FunctionArgExpr::QualifiedWildcard(_)
                    | FunctionArgExpr::Wildcard
                    | FunctionArgExpr::WildcardWithOptions(_),
                ) => self.unsupported("`*` as an argument", span),
                FunctionArg::Named { .. } | FunctionArg::ExprNamed { .. } => {
                    self.unsupported("a named argument", span);
                }
            }
        }
        bound
    }

    /// `WITHIN GROUP` behind a function whose answer follows from the values it orders:
    /// percentiles, and a list in the order of what it lists, which it always has here.
    fn within_group(
        &mut self,
        name: &str,
        args: &FunctionArguments,
        order: &mut Vec<OrderByExpr>,
        span: Span,
    ) {
        let FunctionArguments::List(FunctionArgumentList { args, .. }) = args else { return };
        let [OrderByExpr { expr, options, with_fill: _ }] = order.as_slice() else {
            return self.unsupported("WITHIN GROUP with several expressions", span);
        };
        match (name, args.as_slice()) {
            ("percentile_cont" | "percentile_disc", [_]) => {}
            (
                "listagg" | "string_agg",
                [FunctionArg::Unnamed(FunctionArgExpr::Expr(value)), ..],
            ) => {
                let same = value == expr && options.asc != Some(false);
                self.refuse(!same, "LISTAGG in another order than that of its values", span);
                order.clear();
            }
            _ => self.unsupported("WITHIN GROUP behind this function", span),
        }
    }

    /// Expressions of an `ORDER BY` inside a call.
    pub(super) fn sorts(&mut self, sorts: &mut [OrderByExpr], place: Place<'_>) -> Vec<Expression> {
        let mut bound = Vec::new();
        for OrderByExpr { expr, options: _, with_fill } in sorts {
            let one = self.level(expr, place);
            self.refuse(with_fill.is_some(), "WITH FILL", one.span);
            bound.push(one);
        }
        bound
    }

    /// `CAST`, `TRY_CAST`, `::` and `CONVERT(type, value)`.
    pub(super) fn cast(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        use datafusion::sql::sqlparser::ast::CastKind;
        match node {
            Expr::Cast { kind, expr, data_type, array, format } => {
                let value = self.level(expr, place);
                let span = match kind {
                    CastKind::DoubleColon => self.text.through_double_colon(value.span),
                    CastKind::Cast | CastKind::TryCast | CastKind::SafeCast => {
                        self.text.enclosing_call(value.span)
                    }
                };
                self.refuse(*array, "ARRAY", span);
                self.refuse(format.is_some(), "FORMAT in CAST", span);
                let kind = self.data_type(data_type, span);
                self.special("cast", vec![value, kind], span)
            }
            Expr::Convert { is_try, expr, data_type, charset, target_before_value, styles } => {
                let value = self.level(expr, place);
                let span = self.text.enclosing_call(value.span);
                self.refuse(*is_try, "TRY_CONVERT", span);
                self.refuse(charset.is_some() || !*target_before_value, "USING in CONVERT", span);
                self.refuse(!styles.is_empty(), "a style in CONVERT", span);
                let Some(data_type) = data_type else { return self.no("CONVERT like this", span) };
                let kind = self.data_type(data_type, span);
                self.special("convert", vec![kind, value], span)
            }
            _ => nothing(self.text.whole()),
        }
    }

    /// A type, as a literal: only those that columns can have.
    fn data_type(&mut self, data_type: &DataType, span: Span) -> Expression {
        let name = data_type.to_string().to_ascii_lowercase();
        self.refuse(!functions::is_type(&name), "this type", span);
        Expression { kind: text(&name), span }
    }

    /// `DATE '...'`, `TIMESTAMP '...'`.
    pub(super) fn typed_string(&mut self, typed: &mut TypedString) -> Expression {
        let TypedString { data_type, value, uses_odbc_syntax } = typed;
        let literal = self.value(value);
        let span = self.text.with_previous(literal.span);
        self.refuse(*uses_odbc_syntax, "{d ...}", span);
        let plain = matches!(
            data_type,
            DataType::Date | DataType::Timestamp(None, _) | DataType::TimestampNtz(None)
        );
        self.refuse(!plain, "a literal of this type", span);
        Expression { span, ..literal }
    }

    /// `X'1F'`: bytes.
    pub(super) fn hexadecimal(
        &mut self,
        node: &mut Expr,
        digits: String,
        span: Span,
    ) -> Expression {
        let whole = digits.len().is_multiple_of(2);
        let plain = whole && digits.bytes().all(|it| it.is_ascii_hexdigit());
        self.refuse(!plain, "a literal of this form", span);
        let literal = Expression { kind: text(&digits), span };
        let digits = Value::SingleQuotedString(digits).with_empty_span();
        *node = call("unhex", vec![Expr::Value(digits)]);
        literal
    }

    /// A literal.
    pub(super) fn value(&mut self, value: &mut ValueWithSpan) -> Expression {
        let ValueWithSpan { value, span } = value;
        let span = self.text.span(*span).unwrap_or_else(|| self.text.whole());
        let literal = match value {
            Value::Number(number, long) => {
                *long = false;
                let fits = number_fits(number);
                self.refuse(!fits, "a number of this size or form", span);
                Literal::Number(number.clone())
            }
            Value::SingleQuotedString(text) => {
                self.refuse(text.contains('\0'), "a NUL character", span);
                Literal::Text(text.clone())
            }
            Value::Boolean(value) => Literal::Boolean(*value),
            Value::Null => Literal::Null,
            Value::DollarQuotedString(_)
            | Value::TripleSingleQuotedString(_)
            | Value::TripleDoubleQuotedString(_)
            | Value::EscapedStringLiteral(_)
            | Value::UnicodeStringLiteral(_)
            | Value::SingleQuotedByteStringLiteral(_)
            | Value::DoubleQuotedByteStringLiteral(_)
            | Value::TripleSingleQuotedByteStringLiteral(_)
            | Value::TripleDoubleQuotedByteStringLiteral(_)
            | Value::SingleQuotedRawStringLiteral(_)
            | Value::DoubleQuotedRawStringLiteral(_)
            | Value::TripleSingleQuotedRawStringLiteral(_)
            | Value::TripleDoubleQuotedRawStringLiteral(_)
            | Value::NationalStringLiteral(_)
            | Value::QuoteDelimitedStringLiteral(_)
            | Value::NationalQuoteDelimitedStringLiteral(_)
            | Value::HexStringLiteral(_)
            | Value::DoubleQuotedString(_) => return self.no("a literal of this form", span),
            Value::Placeholder(_) => return self.no("a parameter", span),
        };
        Expression { kind: ExpressionKind::Literal(literal), span }
    }
}

/// Whether a number is a bigint, or a decimal of at most 38 digits.
fn number_fits(number: &str) -> bool {
    if number.chars().all(|c| c.is_ascii_digit()) {
        return number.parse::<i64>().is_ok();
    }
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let plain = mantissa.chars().all(|c| c.is_ascii_digit() || c == '.');
    let digits = mantissa.chars().filter(char::is_ascii_digit).count();
    let shift = exponent.parse::<i16>().map_or(usize::MAX, |it| it.unsigned_abs().into());
    plain && (1..=38).contains(&digits.saturating_add(shift))
}

/// A call for the planner, of a function that the text may not name.
pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let arguments = arguments.into_iter().map(|it| FunctionArg::Unnamed(FunctionArgExpr::Expr(it)));
    Expr::Function(Function {
        name: ObjectName::from(vec![exact(name)]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments.collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}
