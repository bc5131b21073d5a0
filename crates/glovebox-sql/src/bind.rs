//! One `SELECT`, all names resolved, or everything that is wrong with it.

mod binder;
mod blame;
mod body;
mod bounds;
mod cached;
mod call;
mod dialect;
mod escapes;
mod exact;
mod exists;
mod expression;
mod from;
mod group_by;
mod grouping;
mod grouping_id;
mod interval;
mod join;
mod name;
mod operator;
mod outline;
mod parameter;
mod path;
mod planner;
mod predicate;
mod projection;
mod query;
mod rows;
mod scope;
mod select;
mod special;
mod text;
mod window;

use std::collections::BTreeSet;

use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};
use glovebox_model::{Digest, Parameter, Span, Timestamp};

use crate::bound::Bound;
use crate::error::{Fault, Unbound};
use crate::extract;
use crate::facts::{Facts, FormKind, Statement};
use crate::functions;
use crate::limits::{MAX_DEPTH, with_stack};
use crate::rewrite::total;
use crate::schema::Schema;
use binder::Binder;
use dialect::GloveboxDialect;
pub use outline::{Outline, template_outline};
use parameter::Parameters;
pub use planner::{PlanTable, arrow_schema, arrow_type};
use text::Text;

/// Binds `text` to the tables of `schema`, as of `now`.
///
/// # Errors
///
/// Everything that is wrong with the text, in text order. Nothing in it depends on columns that
/// the schema hides, or on data.
pub fn bind(text: &str, schema: &Schema, now: Timestamp) -> Result<Bound, Vec<Unbound>> {
    with_stack(|| bind_here(text, schema, now, Parameters::None))
}

/// Binds the text of an analysis template with the values of one run.
///
/// The facts hold the names of the parameters only, so that no verdict depends on a value; the
/// plan holds each value as a literal of its type.
///
/// # Errors
///
/// As [`bind`]; also placeholders without a parameter and values that their type does not
/// accept, by name, never by value.
pub fn bind_template(
    text: &str,
    schema: &Schema,
    now: Timestamp,
    parameters: &[Parameter],
) -> Result<Bound, Vec<Unbound>> {
    with_stack(|| bind_here(text, schema, now, Parameters::given(parameters)))
}

fn bind_here(
    text: &str,
    schema: &Schema,
    now: Timestamp,
    parameters: Parameters<'_>,
) -> Result<Bound, Vec<Unbound>> {
    let Parsed { read, mut query, n_cached } = parse_text(text).map_err(|it| vec![it])?;
    let mut binder = Binder::new(read, schema, parameters);
    binder.n_cached = n_cached;
    let mut statement = Statement::default();
    binder.outermost(&mut query, &mut statement);
    let Binder { text: read, mut faults, mut forms, blocks, .. } = binder;
    forms.sort_by_key(|it| (it.span.start, it.span.end, it.kind));
    forms.dedup();
    statement.forms = forms;
    if faults.is_empty() {
        faults.extend(grouping::check(&blocks));
    }
    if !faults.is_empty() {
        faults.sort_by_key(|it| it.span.map_or((0, 0), |span| (span.start, span.end)));
        faults.dedup();
        return Err(faults);
    }
    let mut lowered = ast::Statement::Query(query);
    exists::counted(&mut lowered);
    functions::lower_statement(&mut lowered);
    let plan = planned(&lowered, &statement, schema, now)
        .map_err(|(fault, span)| vec![fault.at(span.unwrap_or_else(|| read.whole()))])?;
    let extracted = extract::lineage(&plan, &BTreeSet::new())
        .map_err(|it| vec![Fault::Unsupported { construct: it.0 }.at(read.whole())])?;
    let names: Vec<String> = statement.outputs.iter().map(|it| it.name.clone()).collect();
    if !plan.schema().fields().iter().map(|it| it.name()).eq(names.iter()) {
        let construct = "a query without a select list";
        return Err(vec![Fault::Unsupported { construct }.at(read.whole())]);
    }
    let facts = Facts { statement, blocks, lineage: extracted.lineage };
    Ok(Bound::new(plan, facts, names, now, Digest::of(text.as_bytes()), schema.clone()))
}

/// Plans a statement whose names are resolved; else tells what is wrong, and where.
///
/// What the planner says may name things that the analyst does not know of: never passed on.
fn planned(
    lowered: &ast::Statement,
    statement: &Statement,
    schema: &Schema,
    now: Timestamp,
) -> Result<LogicalPlan, (Fault, Option<Span>)> {
    let plans = |it: ast::Statement| {
        let plan = grouping_id::resolved(planner::plan(it, schema)?)?;
        // Whether its types meet is known only once it is total.
        total(plan.clone(), now)?;
        Ok(plan)
    };
    plans(lowered.clone()).map_err(|error| match named(&error, statement) {
        Some((construct, span)) => (Fault::Unsupported { construct }, Some(span)),
        None => {
            let place = blame::blame(lowered, statement, &|it| plans(it).is_ok());
            (Fault::WrongArguments, place)
        }
    })
}

/// The constructs that have no settled meaning, by what the rewrite `total` says of each.
const UNSETTLED: [(&str, &str, FormKind); 6] = [
    (
        "a subquery that stands for a value must have one row: aggregate it",
        "a subquery that stands for a value and may have several rows",
        FormKind::ScalarSubquery,
    ),
    ("a subquery cannot stand here", "a subquery in this place", FormKind::InSubquery),
    ("a frame of groups", "a window frame of GROUPS", FormKind::Window),
    ("a range over several columns", "a RANGE over several columns", FormKind::Window),
    (
        "a range over something that is no number",
        "a RANGE over something that is no number",
        FormKind::Window,
    ),
    (
        "copies of rows cannot be counted",
        "INTERSECT ALL or EXCEPT ALL of these columns",
        FormKind::SetOperation,
    ),
];

/// The construct that the rewrite `total` refuses, when it is one of those above.
fn named(error: &DataFusionError, statement: &Statement) -> Option<(&'static str, Span)> {
    let DataFusionError::Plan(said) = error else { return None };
    let (_, construct, kind) = UNSETTLED.iter().find(|it| it.0 == said)?;
    let place = statement.forms.iter().find(|it| it.kind == *kind).or(statement.forms.first())?;
    Some((construct, place.span))
}

/// A text that has been read.
struct Parsed {
    read: Text,
    query: Box<ast::Query>,
    /// How many of the first names of its `WITH` are those of `CACHE TABLE`.
    n_cached: usize,
}

/// Reads and parses a text.
fn parse_text(text: &str) -> Result<Parsed, Unbound> {
    let (read, mut tokens) = Text::read(text)?;
    escapes::respell(&mut tokens, text, &read)?;
    let (query, n_cached) = parse(&read, tokens)?;
    Ok(Parsed { read, query, n_cached })
}

/// Parses one `SELECT`, which `CACHE TABLE` may stand before.
fn parse(text: &Text, tokens: Vec<TokenWithSpan>) -> Result<(Box<ast::Query>, usize), Unbound> {
    let (first, span) = text.first_word();
    let caches_only = first == Some(Keyword::CACHE) && !text.has_several_statements();
    let begins = [Keyword::SELECT, Keyword::WITH, Keyword::VALUES, Keyword::CACHE];
    if caches_only || !first.is_some_and(|it| begins.contains(&it)) {
        return Err(Fault::NotSelect.at(span));
    }
    if let Some(span) = text.doubled_parentheses() {
        return Err(Fault::TooDeep.at(span));
    }
    if let Some(span) = text.long_name() {
        let construct = "a name of more than two parts";
        return Err(Fault::Unsupported { construct }.at(span));
    }
    let dialect = GloveboxDialect::default();
    let mut parser = Parser::new(&dialect)
        .with_recursion_limit(4 * MAX_DEPTH)
        .with_tokens_with_locations(tokens);
    let query = cached::tables(&mut parser).and_then(|cached| {
        let n_cached = cached.len();
        Ok((cached::named(parser.parse_query()?, cached), n_cached))
    });
    let next = parser.peek_token();
    let place = text.span(next.span).unwrap_or_else(|| {
        let whole = text.whole();
        Span { start: whole.end, end: whole.end }
    });
    let query = query.map_err(|error| match error {
        ParserError::RecursionLimitExceeded => Fault::TooDeep.at(place),
        ParserError::ParserError(_) | ParserError::TokenizerError(_) => Fault::Syntax.at(place),
    })?;
    match next.token {
        Token::EOF => Ok(query),
        Token::SemiColon => {
            parser.next_token();
            let rest = parser.peek_token();
            match (rest.token, text.span(rest.span)) {
                (Token::EOF, _) => Ok(query),
                (_, Some(span)) => Err(Fault::SeveralStatements.at(span)),
                (_, None) => Err(Fault::SeveralStatements.whole()),
            }
        }
        _ => Err(Fault::Syntax.at(place)),
    }
}
