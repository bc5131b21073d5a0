//! Where equal values are put together: groups, DISTINCT, windows.

use glovebox_model::{EncryptedKind, Span};

use super::value::Cipher;
use super::{Encrypted, nulls};
use crate::{Refusal, RefusalKind};

// Refusal: GB0504 sealed-key
//
// Every cell of a sealed column is another text, also where the values were the same. GROUP BY
// makes a group of every row, DISTINCT leaves all rows, COUNT(DISTINCT) counts rows.
//
// ```
// SELECT COUNT(DISTINCT name) FROM theirs
// ```
// ->
// ```
// SELECT COUNT(DISTINCT email) FROM theirs
// ```

/// Judges a key of `what` puts equal values together.
pub(super) fn key<'a>(
    acc: &mut Vec<Refusal>,
    of: &Encrypted<'a>,
    span: Span,
    (cipher, what): (&Cipher<'a>, &str),
) {
    match cipher.kind {
        EncryptedKind::Fingerprint => nulls::nulls(acc, of, span, (cipher, what)),
        EncryptedKind::Sealed => {
            let text = format!(
                "{} stands in {what}, and no two of its cells are equal",
                of.words(cipher.first)
            );
            let help = "use a column that is encrypted as a fingerprint; a sealed one can be shown \
                        and counted row by row";
            acc.push(of.no(RefusalKind::SealedKey, span, cipher.first, text).help(help));
        }
    }
}
