//! `a[0]`: an item of an array, or NULL when there is none.

use datafusion::sql::sqlparser::ast::{AccessExpr, Expr, Subscript};

use super::binder::{Binder, Place};
use super::call::call;
use super::text::union;
use crate::facts::Expression;

impl Binder<'_> {
    /// A value with subscripts behind it. Each becomes a call of `get`.
    pub(super) fn path(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        let whole = self.text.whole();
        let Expr::CompoundFieldAccess { root, access_chain } = node else {
            return self.no("a path into a value", whole);
        };
        // `t.a[0]`: what is before the first subscript is a name.
        let mut names: Vec<_> = match root.as_ref() {
            Expr::Identifier(ident) => vec![ident.clone()],
            Expr::CompoundIdentifier(idents) => idents.clone(),
            _ => Vec::new(),
        };
        let is_named = !names.is_empty();
        let mut rest = access_chain.iter_mut().peekable();
        while is_named
            && let Some(AccessExpr::Dot(Expr::Identifier(ident))) =
                rest.next_if(|it| matches!(it, AccessExpr::Dot(Expr::Identifier(_))))
        {
            names.push(ident.clone());
        }
        let mut value = match names.as_slice() {
            [] => (**root).clone(),
            [one] => Expr::Identifier(one.clone()),
            _ => Expr::CompoundIdentifier(names),
        };
        let mut bound = self.level(&mut value, place);
        let mut depth = place;
        for access in rest {
            depth = depth.deeper();
            if self.too_deep(depth.depth, bound.span) {
                break;
            }
            let AccessExpr::Subscript(Subscript::Index { index }) = access else {
                return self.no("a path into a value", bound.span);
            };
            let item = self.level(index, place);
            let span = self.text.with_next(union(bound.span, item.span));
            value = call("get", vec![value, index.clone()]);
            bound = self.special("get", vec![bound, item], span);
        }
        *node = value;
        bound
    }
}
