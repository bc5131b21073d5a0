//! `OVER`: windows, written in place or named.

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, NamedWindowDefinition, NamedWindowExpr, OrderByExpr, Value, WindowFrame,
    WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};
use glovebox_model::Span;

use super::binder::{Binder, Place};
use super::call::call;
use super::interval::micros;
use super::text::union;
use crate::facts::{AggregateCall, Expression, ExpressionKind, FormKind};

/// Where windows may not stand.
pub(super) const MISPLACED_WINDOW: &str =
    "a window function outside SELECT, QUALIFY and ORDER BY, or inside another";

/// A window of `WINDOW`.
#[derive(Debug, Clone)]
pub(super) struct NamedWindow {
    /// Folded.
    name: String,
    spec: WindowSpec,
    span: Span,
}

impl Binder<'_> {
    /// Brings the windows of one `SELECT` into sight; gives those that were before.
    pub(super) fn named_windows(
        &mut self,
        definitions: &mut Vec<NamedWindowDefinition>,
    ) -> Vec<NamedWindow> {
        let mut windows: Vec<NamedWindow> = Vec::new();
        for NamedWindowDefinition(ident, definition) in std::mem::take(definitions) {
            let span = self.text.through_next_group(self.text.ident(&ident));
            let name = self.new_name(&ident);
            let twice = windows.iter().any(|it| it.name == name);
            self.refuse(twice, "a name for two windows", span);
            match definition {
                NamedWindowExpr::WindowSpec(spec) => {
                    windows.push(NamedWindow { name, spec, span });
                }
                NamedWindowExpr::NamedWindow(_) => self.unsupported("a window of a window", span),
            }
        }
        std::mem::replace(&mut self.windows, windows)
    }

    /// Binds `call OVER window`.
    pub(super) fn window(
        &mut self,
        call: Expression,
        window: &mut WindowType,
        place: Place<'_>,
    ) -> Expression {
        let span = match window {
            WindowType::WindowSpec(_) => self.text.through_next_group(call.span),
            WindowType::NamedWindow(ident) => {
                let span = union(call.span, self.text.ident(ident));
                match self.spec(ident) {
                    Some(spec) => *window = WindowType::WindowSpec(spec),
                    None => return self.no("a window without a definition", span),
                }
                span
            }
        };
        let WindowType::WindowSpec(spec) = window else { return call };
        let WindowSpec { window_name, partition_by, order_by, window_frame } = spec;
        self.refuse(window_name.is_some(), "a window of a window", span);
        let distinct =
            matches!(call.kind, ExpressionKind::Aggregate(AggregateCall { distinct: true, .. }));
        self.refuse(distinct, "DISTINCT over a window", span);
        self.form(FormKind::Window, span);
        let partition = partition_by.iter_mut().map(|it| self.level(it, place)).collect();
        let order = self.sorts(order_by, place);
        let framed = window_frame.is_some();
        if let Some(frame) = window_frame {
            self.frame_of_time(frame, order_by, span);
        }
        if let Some(WindowFrame { units: _, start_bound, end_bound }) = window_frame {
            for bound in [Some(start_bound), end_bound.as_mut()].into_iter().flatten() {
                match bound {
                    WindowFrameBound::CurrentRow
                    | WindowFrameBound::Preceding(None)
                    | WindowFrameBound::Following(None) => {}
                    WindowFrameBound::Preceding(Some(expr))
                    | WindowFrameBound::Following(Some(expr)) => {
                        let literal = matches!(**expr, Expr::Value(_));
                        self.refuse(!literal, "a computed window frame", span);
                    }
                }
            }
        }
        let kind = ExpressionKind::Window { call: Box::new(call), partition, order, framed };
        Expression { kind, span }
    }

    /// `RANGE INTERVAL 1 HOUR PRECEDING`: a range of microseconds over the same order.
    /// `RANGE 7 PRECEDING` is of days, when the order is.
    fn frame_of_time(&mut self, frame: &mut WindowFrame, order: &mut [OrderByExpr], span: Span) {
        let WindowFrame { units, start_bound, end_bound } = frame;
        let distances: Vec<&mut Expr> = [Some(start_bound), end_bound.as_mut()]
            .into_iter()
            .flatten()
            .filter_map(|it| match it {
                WindowFrameBound::Preceding(Some(expr))
                | WindowFrameBound::Following(Some(expr)) => Some(expr.as_mut()),
                WindowFrameBound::CurrentRow
                | WindowFrameBound::Preceding(None)
                | WindowFrameBound::Following(None) => None,
            })
            .collect();
        if !distances.iter().any(|it| matches!(it, Expr::Interval(_))) {
            if let (WindowFrameUnits::Range, [OrderByExpr { expr: key, .. }], [_, ..]) =
                (*units, order, distances.as_slice())
            {
                *key = call("__gb_range", vec![key.clone()]);
            }
            return;
        }
        let micros: Option<Vec<i64>> = distances.iter().map(|it| micros(it)).collect();
        let (WindowFrameUnits::Range, [OrderByExpr { expr: key, .. }], Some(micros)) =
            (*units, order, micros)
        else {
            // One refusal is enough.
            distances.into_iter().for_each(|it| *it = number(0));
            let construct =
                "a window frame of INTERVALs other than a RANGE of days or less over moments";
            return self.unsupported(construct, span);
        };
        for (distance, micros) in distances.into_iter().zip(micros) {
            *distance = number(micros);
        }
        *key = call("__gb_micros", vec![key.clone()]);
    }

    fn spec(&mut self, ident: &Ident) -> Option<WindowSpec> {
        let name = ident.value.to_ascii_lowercase();
        let found = self.windows.iter().find(|it| it.name == name)?.clone();
        let words = self.text.words_within(found.span);
        self.substitute(words).then_some(found.spec)
    }
}

fn number(number: i64) -> Expr {
    Expr::Value(Value::Number(number.to_string(), false).with_empty_span())
}

/// Whether a window stands anywhere in it.
pub(super) fn has_window(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Window { .. })
        || expression.parts().into_iter().any(has_window)
}
