//! What depends on NULLs that are no NULLs any more.

use glovebox_model::{ColumnName, Span};

use super::Encrypted;
use super::value::Cipher;
use crate::{Refusal, RefusalKind};

// Refusal: GB0508 encrypted-nulls
//
// Unless the collaboration was made with preserveNulls, a NULL is encrypted like any value, each
// time as another text. So a test for NULL is never true, COUNT counts NULLs, COUNT(DISTINCT)
// counts each of them as one more value, and GROUP BY makes a group of each. Whether two
// fingerprints are equal, in ON and WHERE, is the same with and without. An owner who knows that a
// column held no NULL can say so (`withoutNulls`): then all of these are exact.
//
// ```
// SELECT COUNT(DISTINCT phone) FROM theirs
// ```
// ->
// ```
// SELECT COUNT(DISTINCT email) FROM theirs
// ```

/// Judges a use (`what`) in which a NULL is not like other values.
pub(super) fn nulls<'a>(
    acc: &mut Vec<Refusal>,
    of: &Encrypted<'a>,
    span: Span,
    (cipher, what): (&Cipher<'a>, &str),
) {
    for base in of.lost_nulls(cipher) {
        let text =
            format!("{} stands in {what}, and its NULLs are encrypted like values", of.words(base));
        let help = "join on it, or show it; count rows by COUNT(*), or by a column without NULLs";
        let mut refusal = of.no(RefusalKind::EncryptedNulls, span, base, text).help(help);
        if let Ok(column) = ColumnName::new(base.column) {
            refusal = refusal.ask(format!(
                "declare `{column}` under encryption.withoutNulls, if none of its values was NULL"
            ));
        }
        acc.push(refusal);
    }
}
