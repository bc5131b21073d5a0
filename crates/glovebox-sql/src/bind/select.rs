//! `SELECT`: one block, clause by clause.

use datafusion::sql::sqlparser::ast::{Distinct, GroupByExpr, Select, SelectFlavor};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Place};
use super::body::{Made, Rows};
use super::grouping;
use super::join::ids;
use super::scope::Scope;
use crate::facts::{Body, FormKind, SelectBlock, Statement};

impl Binder<'_> {
    /// Binds one block.
    pub(super) fn select(
        &mut self,
        select: &mut Select,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Rows {
        let Select {
            select_token,
            optimizer_hints,
            distinct,
            select_modifiers,
            top: _,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor,
        } = select;
        let anchor = self.text.span(select_token.0.span).unwrap_or_else(|| self.text.whole());
        self.refuse(!optimizer_hints.is_empty(), "a hint", anchor);
        self.refuse(select_modifiers.is_some(), "a modifier after SELECT", anchor);
        self.refuse(exclude.is_some(), "EXCLUDE", anchor);
        self.refuse(into.is_some(), "INTO", anchor);
        self.refuse(!lateral_views.is_empty(), "LATERAL VIEW", anchor);
        self.refuse(prewhere.is_some(), "PREWHERE", anchor);
        self.refuse(!connect_by.is_empty(), "CONNECT BY", anchor);
        self.refuse(!cluster_by.is_empty(), "CLUSTER BY", anchor);
        self.refuse(!distribute_by.is_empty(), "DISTRIBUTE BY", anchor);
        self.refuse(!sort_by.is_empty(), "SORT BY", anchor);
        self.refuse(value_table_mode.is_some(), "SELECT AS", anchor);
        self.refuse(*flavor != SelectFlavor::Standard, "FROM before SELECT", anchor);
        self.refuse(projection.is_empty(), "an empty select list", anchor);

        let from = self.from(from, statement, place);
        let scope = Scope { relations: &from.relations, outer: place.scope.outer };
        let rows = Place {
            scope: &scope,
            aliases: &[],
            lateral: &[],
            aggregates: false,
            windows: false,
            ..place
        };
        let outer_windows = self.named_windows(named_window);
        self.distinct(distinct, anchor, statement);
        if let Some(expr) = selection {
            statement.filter = Some(self.level(expr, rows));
        }
        let grouping = Place { aggregates: true, ..rows };
        let items = self.projection(projection, Place { windows: true, ..grouping }, statement);
        self.group_by(group_by, &items, rows, statement);
        if let Some(expr) = having {
            let inside = Place { aliases: &items, ..grouping };
            statement.having = Some(self.level(expr, inside));
        }
        let qualify = qualify.as_mut().map(|expr| {
            let inside = Place { aliases: &items, windows: true, ..grouping };
            let bound = self.level(expr, inside);
            let span = self.text.with_keywords_before(bound.span, &[Keyword::QUALIFY]);
            self.form(FormKind::Qualify, span);
            bound
        });
        let grouped = grouping::is_grouped(statement)
            || qualify.as_ref().is_some_and(grouping::aggregates)
            || !matches!(group_by, GroupByExpr::Expressions(list, _) if list.is_empty());
        self.windows = outer_windows;
        let select = SelectBlock {
            distinct: statement.distinct,
            relations: ids(&from.relations),
            joins: from.joins,
            outputs: statement.outputs.clone(),
            filter: statement.filter.clone(),
            groups: statement.groups.clone(),
            grouped,
            having: statement.having.clone(),
            qualify,
        };
        let body = Made::Open(Body::Select(Box::new(select)));
        let span = self.text.branch(anchor);
        Rows { items, relations: from.relations, grouped, body, span }
    }

    fn distinct(
        &mut self,
        distinct: &mut Option<Distinct>,
        anchor: Span,
        statement: &mut Statement,
    ) {
        match distinct {
            None | Some(Distinct::All) => {}
            Some(Distinct::Distinct) => {
                statement.distinct = Some(self.text.next(anchor));
            }
            Some(Distinct::On(_)) => {
                let span = self.text.through_next_group(self.text.next(anchor));
                self.unsupported("DISTINCT ON", span);
            }
        }
    }
}
