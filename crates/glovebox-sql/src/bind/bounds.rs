//! Bounds on texts that parser and planner would chew on for hours, seen from the tokens alone.
//!
//! The parser tries some words as special syntax, and when anything inside fails, once more as
//! a call of that name: nested, each level doubles the time. The planner compares every item of
//! a list with every other.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::Token;

use crate::error::Fault;

/// How often the innermost part of a text may be read.
const MAX_READINGS: u32 = 64;

/// Commas in one text, those of lists of literals behind `IN` aside.
const MAX_COMMAS: usize = 2_000;

/// The most commas in `IN` lists of literals, in all.
const MAX_LITERALS: usize = 50_000;

/// Words that the parser reads twice before a parenthesis.
const RETRIED: [Keyword; 22] = [
    Keyword::ARRAY,
    Keyword::CASE,
    Keyword::CAST,
    Keyword::CEIL,
    Keyword::CONVERT,
    Keyword::CURRENT_DATE,
    Keyword::CURRENT_TIME,
    Keyword::CURRENT_TIMESTAMP,
    Keyword::EXISTS,
    Keyword::EXTRACT,
    Keyword::FLOOR,
    Keyword::LOCALTIME,
    Keyword::LOCALTIMESTAMP,
    Keyword::MAP,
    Keyword::NOT,
    Keyword::OVERLAY,
    Keyword::SAFE_CAST,
    Keyword::SUBSTR,
    Keyword::SUBSTRING,
    Keyword::TRIM,
    Keyword::TRY_CAST,
    Keyword::TRY_CONVERT,
];

/// The first thing that is too much, and the token where it is.
pub(super) fn exceeded(tokens: &[&Token]) -> Option<(Fault, usize)> {
    let word = |index: usize| match tokens.get(index) {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.keyword,
        _ => Keyword::NoKeyword,
    };
    let is_open = |index: usize| tokens.get(index) == Some(&&Token::LParen);
    let before = |index: usize| index.checked_sub(1).map_or(Keyword::NoKeyword, word);
    let mut outer: Vec<(u32, bool)> = Vec::new();
    // Readings of this group, and whether it is a list of literals behind `IN`.
    let mut group = (1_u32, false);
    let (mut commas, mut literals) = (0, 0);
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::LParen => {
                outer.push(group);
                let query = matches!(
                    word(index + 1),
                    Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::FROM
                );
                let doubled = query && index.checked_sub(1).is_some_and(is_open);
                let times = match before(index) {
                    Keyword::POSITION => 3,
                    found if RETRIED.contains(&found) || doubled => 2,
                    _ => 1,
                };
                group = (group.0.saturating_mul(times), before(index) == Keyword::IN && !query);
            }
            Token::RParen => group = outer.pop().unwrap_or(group),
            // Read twice wherever it stands; what is inside it ends nobody knows where.
            Token::Word(_) if word(index) == Keyword::INTERVAL => {
                let named = index.checked_sub(1).and_then(|it| tokens.get(it));
                if named != Some(&&Token::Period) {
                    group.0 = group.0.saturating_mul(2);
                    outer.iter_mut().for_each(|it| it.0 = it.0.saturating_mul(2));
                }
            }
            Token::Comma if group.1 => literals += 1,
            Token::Comma => commas += 1,
            _ => {}
        }
        if group.0 > MAX_READINGS {
            return Some((Fault::TooDeep, index));
        }
        if literals > MAX_LITERALS {
            let construct = "IN lists of more than 50000 items in all";
            return Some((Fault::Unsupported { construct }, index));
        }
        if commas > MAX_COMMAS {
            let construct = "lists of more than 2000 items in all";
            return Some((Fault::Unsupported { construct }, index));
        }
    }
    None
}
