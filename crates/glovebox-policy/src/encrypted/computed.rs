//! Functions, arithmetic, casts, CASE and everything else that computes.

use glovebox_model::Span;

use super::Encrypted;
use super::value::Cipher;
use crate::custom::Base;
use crate::{Refusal, RefusalKind};

// Refusal: GB0502 encrypted-computed
//
// The room cannot read encrypted values, so it cannot compute with them: not in functions, casts,
// LIKE, arithmetic, CASE or COALESCE. An encrypted column can be shown as it is, counted, and, if
// its cells are fingerprints, joined in ON and WHERE and grouped.
//
// ```
// SELECT UPPER(name) FROM theirs
// ```
// ->
// ```
// SELECT name AS sealed_name FROM theirs
// ```

/// Judges an encrypted value in something that computes, called `what`.
pub(super) fn computed<'a>(
    acc: &mut Vec<Refusal>,
    of: &Encrypted<'a>,
    span: Span,
    (cipher, what): (&Cipher<'a>, &str),
) {
    let shown = if what.contains(' ') { what.to_owned() } else { what.to_ascii_uppercase() };
    let text = format!(
        "{} stands in {shown}, and the room cannot read its values",
        of.words(cipher.first)
    );
    acc.push(of.no(RefusalKind::EncryptedComputed, span, cipher.first, text).help(HELP));
}

/// Judges what was made of encrypted values further inside, or cannot be followed.
pub(super) fn mixed<'a>(
    acc: &mut Vec<Refusal>,
    of: &Encrypted<'a>,
    span: Span,
    base: Option<Base<'a>>,
) {
    acc.push(match base {
        Some(base) => {
            let text = format!("something is made of {} here", of.words(base));
            of.no(RefusalKind::EncryptedComputed, span, base, text).help(HELP)
        }
        None => {
            let text = "a value that may be encrypted cannot be followed through this query";
            Refusal::new(RefusalKind::EncryptedComputed, span, text).help(HELP)
        }
    });
}

const HELP: &str = "show it as it is and compute when it is decrypted; fingerprints are compared in \
                    ON and WHERE only";
