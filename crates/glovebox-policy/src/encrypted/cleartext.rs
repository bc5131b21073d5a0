//! Columns in clear text where the collaboration agreed on none.

use glovebox_model::Encryption;
use glovebox_sql::{Expression, RelationOrigin};

use super::{Encrypted, encryption};
use crate::custom::Base;
use crate::{Refusal, RefusalKind};

// Refusal: GB0511 cleartext-column
//
// The members of this collaboration agreed that encrypted tables hold no column in clear text
// (allowCleartext is false, which is also how a collaboration without dataEncryptionMetadata is
// read). A table with encrypted columns can then be used by these only. Tables in which nothing is
// declared as encrypted are not concerned.
//
// ```
// SELECT SUM(amount) FROM theirs
// ```
// ->
// ```
// SELECT COUNT(*) FROM theirs
// ```
pub(super) fn column<'a>(acc: &mut Vec<Refusal>, of: &Encrypted<'a>, expression: &'a Expression) {
    if of.rules.encryption.allow_cleartext {
        return;
    }
    let Some((relation, column)) = of.blocks.column(expression) else { return };
    let Some(RelationOrigin::Table(table)) = of.blocks.relation(relation).map(|it| &it.origin)
    else {
        return;
    };
    let is_clear = |it: &Encryption| !it.is_empty() && it.kind(column).is_none();
    if !encryption(of.rules, table).is_some_and(is_clear) {
        return;
    }
    let base = Base { relation, column };
    let text = format!(
        "column `{column}` of table `{table}` is in clear text, which this collaboration does not \
         allow beside encrypted columns"
    );
    let help = "use the encrypted columns of the table; only a collaboration made with \
                allowCleartext has others";
    let ask = format!("encrypt `{column}`, and to declare it under encryption.columns");
    acc.push(of.no(RefusalKind::CleartextColumn, expression.span, base, text).help(help).ask(ask));
}
