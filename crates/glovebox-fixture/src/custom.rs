//! Reads a custom rule, and what an owner says beyond AWS's shapes.

use glovebox_model::{
    ANY_QUERY, AccountId, AdditionalAnalyses, AggregateExpressions, AggregationThreshold,
    ColumnName, Extension, Mode, WrittenComparisons, WrittenCustom,
};

use crate::declared::declaration;
use crate::encryption;
use crate::parse::Parser;
use crate::rule::many;
use crate::{RoomError, Template};

/// Reads behind `rule custom`. Members are named; their accounts are known already, so a member
/// must stand above the rules that name it or be written as twelve digits.
pub(crate) fn custom(parser: &mut Parser<'_>) -> Result<WrittenCustom, RoomError> {
    let mut rule = WrittenCustom::default();
    loop {
        if parser.take_word("any")? {
            word(parser, "query")?;
            rule.allowed_analyses.push(ANY_QUERY.into());
            if parser.take_word("by")? {
                let providers = rule.allowed_analysis_providers.get_or_insert_default();
                many(parser, providers, Parser::account)?;
            }
        } else if parser.take_word("templates")? {
            many(parser, &mut rule.allowed_analyses, |it| {
                it.text("the name of a template").map(Template::arn)
            })?;
        } else if parser.take_word("disallow")? {
            word(parser, "output")?;
            let columns = rule.disallowed_output_columns.get_or_insert_default();
            many(parser, columns, Parser::column_name)?;
        } else if parser.take_word("threshold")? {
            let threshold = threshold(parser)?;
            rule.aggregation_thresholds.get_or_insert_default().push(threshold);
        } else if parser.take_word("literals")? {
            let controls = rule.comparison_controls.get_or_insert_default();
            columns(parser, &mut controls.literal_columns)?;
        } else if parser.take_word("columns")? {
            let controls: &mut WrittenComparisons =
                rule.comparison_controls.get_or_insert_default();
            columns(parser, &mut controls.column_columns)?;
        } else if parser.take_word("user")? {
            let users = rule.differential_privacy.get_or_insert_default();
            many(parser, users, Parser::column_name)?;
        } else if parser.take_word("receivers")? {
            let receivers = rule.allowed_result_receivers.get_or_insert_default();
            if !parser.take_word("none")? {
                many(parser, receivers, Parser::account)?;
            }
        } else if parser.take_word("additional")? {
            word(parser, "analyses")?;
            rule.additional_analyses = Some(additional(parser)?);
        } else {
            return Ok(rule);
        }
    }
}

/// Reads what may follow a rule of any type.
pub(crate) fn extension(parser: &mut Parser<'_>) -> Result<Extension, RoomError> {
    let mut extension = Extension::default();
    loop {
        let line = parser.token.line;
        if parser.take_word("mode")? {
            extension.mode = if parser.take_word("aws")? {
                Mode::Aws
            } else {
                word(parser, "strict")?;
                Mode::Strict
            };
        } else if parser.take_word("groups")? {
            word(parser, "per")?;
            if parser.take_word("user")? {
                extension.declared.max_groups_per_user = number(parser, "a number of groups")?;
            } else {
                word(parser, "identity")?;
                extension.max_groups_per_identity = Some(number(parser, "a number of groups")?);
            }
        } else if parser.take_word("distinct")? {
            word(parser, "runner")?;
            word(parser, "rows")?;
            extension.distinct_runner_rows = true;
        } else if parser.take_word("notice")? {
            word(parser, "suppression")?;
            extension.suppression_notice = true;
        } else if parser.take_word("public")? {
            word(parser, "for")?;
            word(parser, "privacy")?;
            extension.public_for_privacy = true;
        } else if !encryption::columns(parser, &mut extension.encryption)?
            && !declaration(parser, &mut extension.declared)?
        {
            let faults = extension.declared.check().err().unwrap_or_default();
            let faults = faults.into_iter().map(|it| RoomError::new(line, it.to_string()));
            parser.errors.extend(faults);
            return Ok(extension);
        }
    }
}

fn threshold(parser: &mut Parser<'_>) -> Result<AggregationThreshold, RoomError> {
    let identity = parser.column_name()?;
    let minimum = number(parser, "the minimum, a number")?;
    let mut threshold = AggregationThreshold {
        identity,
        minimum,
        output_columns: Vec::new(),
        expressions: AggregateExpressions::ColumnsOnly,
    };
    loop {
        if parser.take_word("bare")? {
            word(parser, "columns")?;
            threshold.expressions = AggregateExpressions::ColumnsOnly;
        } else if parser.take_word("expressions")? {
            threshold.expressions = AggregateExpressions::AnyExpression;
        } else if parser.take_word("output")? {
            many(parser, &mut threshold.output_columns, |it| {
                Ok((it.column_name()?, number(it, "the minimum, a number")?))
            })?;
        } else {
            return Ok(threshold);
        }
    }
}

/// `none`, or names.
fn columns(parser: &mut Parser<'_>, names: &mut Vec<ColumnName>) -> Result<(), RoomError> {
    if parser.take_word("none")? { Ok(()) } else { many(parser, names, Parser::column_name) }
}

fn additional(parser: &mut Parser<'_>) -> Result<AdditionalAnalyses, RoomError> {
    if parser.take_word("allowed")? {
        return Ok(AdditionalAnalyses::Allowed);
    }
    if parser.take_word("required")? {
        return Ok(AdditionalAnalyses::Required);
    }
    word(parser, "forbidden").map(|()| AdditionalAnalyses::NotAllowed)
}

pub(crate) fn word(parser: &mut Parser<'_>, word: &str) -> Result<(), RoomError> {
    if parser.take_word(word)? { Ok(()) } else { Err(parser.expected(&format!("`{word}`"))) }
}

pub(crate) fn number(parser: &mut Parser<'_>, what: &str) -> Result<u32, RoomError> {
    let line = parser.token.line;
    let text = parser.text(what)?;
    text.parse().map_err(|_| RoomError::new(line, "a number must stand here"))
}

impl Parser<'_> {
    /// A member by name, or twelve digits.
    pub(crate) fn account(&mut self) -> Result<AccountId, RoomError> {
        let line = self.token.line;
        let name = self.text("the name of a member")?;
        if let Some(account) = self.accounts.get(&name.to_ascii_lowercase()) {
            return Ok(*account);
        }
        let text = format!("`{}` is no member of this room", name.escape_debug());
        name.parse().map_err(|_| RoomError::new(line, text))
    }
}
