//! Where values are put in order.

use glovebox_model::Span;

use super::Encrypted;
use super::value::Cipher;
use crate::{Refusal, RefusalKind};

// Refusal: GB0503 encrypted-order
//
// Encrypted texts have an order that has nothing to do with that of the values: ORDER BY, `<`,
// BETWEEN and the order of a window would give something else without a word.
//
// ```
// SELECT name FROM theirs ORDER BY name
// ```
// ->
// ```
// SELECT name FROM theirs
// ```

/// Judges an encrypted value that `what` puts in order.
pub(super) fn ordered<'a>(
    acc: &mut Vec<Refusal>,
    of: &Encrypted<'a>,
    span: Span,
    (cipher, what): (&Cipher<'a>, &str),
) {
    let text = format!(
        "{} stands in {what}, and the order of encrypted texts means nothing",
        of.words(cipher.first)
    );
    let help = "leave the order out, and sort what you receive when it is decrypted";
    acc.push(of.no(RefusalKind::EncryptedOrder, span, cipher.first, text).help(help));
}
