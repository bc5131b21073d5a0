//! Aggregates other than counts.

use glovebox_model::{EncryptedKind, Span};

use super::Encrypted;
use super::value::Cipher;
use crate::{Refusal, RefusalKind};

// Refusal: GB0501 encrypted-aggregate
//
// The room does not have the key. It can count encrypted values, and nothing else: a sum, an
// average, a minimum or a maximum would be of encrypted texts. What shall be added up must be
// brought in clear text beside the encrypted columns (allowCleartext).
//
// ```
// SELECT MAX(email) FROM theirs
// ```
// ->
// ```
// SELECT COUNT(email) FROM theirs
// ```

/// Judges an encrypted value in the aggregate function of that name.
pub(super) fn aggregated<'a>(
    acc: &mut Vec<Refusal>,
    of: &Encrypted<'a>,
    span: Span,
    (cipher, name): (&Cipher<'a>, &str),
) {
    let text = format!(
        "{} stands in {}, and the room cannot read its values",
        of.words(cipher.first),
        name.to_ascii_uppercase()
    );
    let help = match cipher.kind {
        EncryptedKind::Fingerprint => "use COUNT or COUNT(DISTINCT), or a column in clear text",
        EncryptedKind::Sealed => "use COUNT, or a column in clear text",
    };
    acc.push(of.no(RefusalKind::EncryptedAggregate, span, cipher.first, text).help(help));
}
