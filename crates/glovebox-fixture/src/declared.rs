//! Reads what an owner declares for differential privacy.

use glovebox_model::{Accountant, Bounds, Declared, Number};

use crate::RoomError;
use crate::custom::{number, word};
use crate::parse::Parser;
use crate::rule::many;

/// Reads one declaration, if one stands here.
pub(crate) fn declaration(
    parser: &mut Parser<'_>,
    declared: &mut Declared,
) -> Result<bool, RoomError> {
    if parser.take_word("bounds")? {
        let mut bounds = Vec::new();
        many(parser, &mut bounds, |it| {
            let column = it.column_name()?;
            let low = decimal(it)?;
            word(it, "to")?;
            Ok((column, Bounds { low, high: decimal(it)? }))
        })?;
        declared.bounds.extend(bounds);
    } else if parser.take_word("rows")? {
        word(parser, "per")?;
        word(parser, "group")?;
        declared.max_rows_per_group = number(parser, "a number of rows")?;
    } else if parser.take_word("minimum")? {
        word(parser, "users")?;
        declared.minimum_users = Some(number(parser, "a number of users")?);
    } else if parser.take_word("keys")? {
        let column = parser.column_name()?;
        let mut keys = Vec::new();
        parser.expect_mark('(')?;
        many(parser, &mut keys, |it| it.text("a key").map(str::to_owned))?;
        parser.expect_mark(')')?;
        declared.public_keys.insert(column, keys);
    } else if parser.take_word("population")? {
        declared.population = Some(parser.text("the name of a population")?.to_owned());
    } else if parser.take_word("declared")? {
        word(parser, "users")?;
        declared.declared_users = Some(number(parser, "a number of users")?.into());
    } else if parser.take_word("accountant")? {
        declared.accountant = if parser.take_word("pure")? {
            Accountant::Pure
        } else {
            word(parser, "zcdp")?;
            Accountant::Zcdp
        };
    } else if parser.take_word("lifetime")? {
        word(parser, "epsilon")?;
        declared.lifetime_epsilon = Some(number(parser, "an epsilon")?);
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn decimal(parser: &mut Parser<'_>) -> Result<Number, RoomError> {
    let line = parser.token.line;
    let text = parser.text("a number; one with a sign or a point stands in quotes")?;
    text.parse().map_err(|it: glovebox_model::BadNumber| RoomError::new(line, it.to_string()))
}
