//! `:name`, a parameter of an analysis template: opaque to rules, a typed literal to the planner.
//!
//! A value never becomes text of the query: it stands as one string literal inside the
//! planner's own coercion to the declared type.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::ast::{Expr, Value};
use glovebox_model::{ColumnType, Parameter, Span};

use super::binder::Binder;
use super::call::call;
use super::expression::nothing;
use crate::error::Fault;
use crate::facts::{Expression, ExpressionKind, FormKind};

/// What a placeholder can stand for.
#[derive(Debug)]
pub(super) enum Parameters<'a> {
    /// Nothing: an ordinary query has none.
    None,
    /// Anything: only the names matter, which are collected.
    Named(Vec<String>),
    /// The values of one run, by name.
    Given(BTreeMap<&'a str, &'a Parameter>),
}

impl<'a> Parameters<'a> {
    pub(super) fn given(parameters: &'a [Parameter]) -> Self {
        Self::Given(parameters.iter().map(|it| (it.name.as_str(), it)).collect())
    }
}

impl Binder<'_> {
    /// `:name`, which stands alone in `node`.
    pub(super) fn parameter(&mut self, node: &mut Expr, typed: &str, span: Span) -> Expression {
        let Some(name) = typed.strip_prefix(':').map(str::to_owned) else {
            return self.no("a placeholder without a name", span);
        };
        let unknown = Fault::UnknownParameter { name: name.clone() };
        let literal = match &mut self.parameters {
            Parameters::None => return self.no("a parameter", span),
            Parameters::Named(names) => {
                if !names.contains(&name) {
                    names.push(name.clone());
                }
                Ok(Expr::Value(Value::Null.with_empty_span()))
            }
            Parameters::Given(given) => match given.get(name.as_str()) {
                Some(it) => literal(it).ok_or_else(|| Fault::WrongParameter { name: name.clone() }),
                None => Err(unknown),
            },
        };
        match literal {
            Ok(literal) => *node = literal,
            Err(fault) => {
                self.fault(fault, span);
                return nothing(span);
            }
        }
        self.form(FormKind::Parameter, span);
        Expression { kind: ExpressionKind::Parameter { name }, span }
    }
}

/// The literal that stands for a value of its type.
fn literal(parameter: &Parameter) -> Option<Expr> {
    let kind = parameter.kind.literal(&parameter.value)?;
    let text = |it: String| Expr::Value(Value::SingleQuotedString(it).with_empty_span());
    let value = text(parameter.value.clone());
    Some(match kind {
        ColumnType::String => value,
        kind => call("__gb_coerce", vec![value, text(kind.to_string())]),
    })
}
