//! Reads an analysis rule: in the words of the room language, or as AWS's JSON.

use glovebox_model::{
    Aggregate, AggregateFunction, AggregationDraft, AggregationRule, ColumnName, CustomRule,
    JoinOperators, ListRule, OutputConstraint, Rule, RuleFault, ScalarFunction,
};

use crate::parse::Parser;
use crate::token::Kind;
use crate::{RoomError, custom, json};

/// Reads from the word `rule`. `None` when the rule cannot exist; the faults are noted.
pub(crate) fn rule(parser: &mut Parser<'_>) -> Result<Option<Rule>, RoomError> {
    parser.step()?;
    let line = parser.token.line;
    let made = if parser.take_word("aggregation")? {
        let draft = aggregation(parser)?;
        AggregationRule::new(draft).map(Rule::Aggregation).map_err(texts)
    } else if parser.take_word("custom")? {
        let written = custom::custom(parser)?;
        CustomRule::new(&written).map(Rule::Custom).map_err(texts)
    } else if parser.take_word("list")? {
        let draft = list(parser)?;
        ListRule::new(draft.join_columns, draft.operators, draft.list_columns)
            .map(Rule::List)
            .map_err(texts)
    } else if parser.is_word("json") {
        json::embedded(parser)?
    } else {
        return Err(parser
            .expected("`rule aggregation`, `rule custom`, `rule list` or `rule json { ... }`"));
    };
    match made {
        Ok(rule) => Ok(Some(rule)),
        Err(texts) => {
            parser.errors.extend(texts.into_iter().map(|it| RoomError::new(line, it)));
            Ok(None)
        }
    }
}

pub(crate) fn texts(faults: Vec<RuleFault>) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

fn aggregation(parser: &mut Parser<'_>) -> Result<AggregationDraft, RoomError> {
    let mut draft = AggregationDraft::default();
    loop {
        if parser.take_word("aggregate")? {
            many(parser, &mut draft.aggregates, aggregate)?;
        } else if parser.take_word("dimension")? {
            many(parser, &mut draft.dimensions, Parser::column_name)?;
        } else if parser.take_word("join")? {
            many(parser, &mut draft.join_columns, Parser::column_name)?;
            draft.join_required |= parser.take_word("required")?;
        } else if parser.take_word("operators")? {
            draft.join_operators = operators(parser)?;
        } else if parser.take_word("scalar")? {
            many(parser, &mut draft.scalar_functions, scalar)?;
        } else if parser.take_word("threshold")? {
            many(parser, &mut draft.output_constraints, threshold)?;
        } else {
            return Ok(draft);
        }
    }
}

#[derive(Default)]
struct ListDraft {
    join_columns: Vec<ColumnName>,
    operators: JoinOperators,
    list_columns: Vec<ColumnName>,
}

fn list(parser: &mut Parser<'_>) -> Result<ListDraft, RoomError> {
    let mut draft = ListDraft::default();
    loop {
        if parser.take_word("join")? {
            many(parser, &mut draft.join_columns, Parser::column_name)?;
        } else if parser.take_word("operators")? {
            draft.operators = operators(parser)?;
        } else if parser.take_word("list")? {
            many(parser, &mut draft.list_columns, Parser::column_name)?;
        } else {
            return Ok(draft);
        }
    }
}

/// One item, then more after commas.
pub(crate) fn many<'a, T>(
    parser: &mut Parser<'a>,
    items: &mut Vec<T>,
    one: impl Fn(&mut Parser<'a>) -> Result<T, RoomError>,
) -> Result<(), RoomError> {
    items.push(one(parser)?);
    while parser.take_mark(',')? {
        items.push(one(parser)?);
    }
    Ok(())
}

fn aggregate(parser: &mut Parser<'_>) -> Result<Aggregate, RoomError> {
    let line = parser.token.line;
    let name = parser.text("an aggregate such as `sum(amount)`")?.to_ascii_lowercase();
    parser.expect_mark('(')?;
    let mut first = parser.column_name()?;
    let mut distinct = false;
    if first.as_str() == "distinct" && parser.token.kind != Kind::Mark(')') {
        distinct = true;
        first = parser.column_name()?;
    }
    parser.expect_mark(')')?;
    let function = match (name.as_str(), distinct) {
        ("avg", false) => AggregateFunction::Avg,
        ("count", false) => AggregateFunction::Count,
        ("count", true) => AggregateFunction::CountDistinct,
        ("sum", false) => AggregateFunction::Sum,
        ("sum", true) => AggregateFunction::SumDistinct,
        _ => {
            return Err(RoomError::new(
                line,
                "an aggregate is sum(c), sum(distinct c), count(c), count(distinct c) or avg(c)",
            ));
        }
    };
    Ok(Aggregate { function, column: first })
}

fn operators(parser: &mut Parser<'_>) -> Result<JoinOperators, RoomError> {
    if parser.take_word("none")? {
        return Ok(JoinOperators { and: false, or: false });
    }
    let mut words = Vec::new();
    many(parser, &mut words, |it| {
        if it.take_word("and")? {
            Ok("and")
        } else if it.take_word("or")? {
            Ok("or")
        } else {
            Err(it.expected("`and`, `or` or `none`"))
        }
    })?;
    Ok(JoinOperators { and: words.contains(&"and"), or: words.contains(&"or") })
}

fn scalar(parser: &mut Parser<'_>) -> Result<ScalarFunction, RoomError> {
    let line = parser.token.line;
    let name = parser.text("the name of a scalar function")?;
    ScalarFunction::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = ScalarFunction::ALL.iter().map(|it| it.aws_name()).collect();
        RoomError::new(line, format!("a scalar function is one of {}", known.join(", ")))
    })
}

fn threshold(parser: &mut Parser<'_>) -> Result<OutputConstraint, RoomError> {
    let column = parser.column_name()?;
    let line = parser.token.line;
    let minimum = parser.text("the minimum, a number")?;
    let minimum = minimum
        .parse()
        .map_err(|_| RoomError::new(line, "the minimum must be a number from 2 to 100000"))?;
    Ok(OutputConstraint { column, minimum })
}
