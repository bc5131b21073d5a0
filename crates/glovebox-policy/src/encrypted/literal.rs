//! Fingerprints compared with something that is no fingerprint.

use glovebox_model::Span;

use super::Encrypted;
use super::value::Cipher;
use crate::{Refusal, RefusalKind};

// Refusal: GB0506 fingerprint-compared
//
// A fingerprint can be compared with another fingerprint only. A literal, a parameter, a column in
// clear text and anything computed never equal one, so that the answer would be empty without a
// word; and whoever has the key could make the fingerprint of a guess and ask whether a certain
// person is in the table.
//
// ```
// SELECT COUNT(*) FROM theirs WHERE email = 'a@b.example'
// ```
// ->
// ```
// SELECT COUNT(*) FROM theirs t JOIN ours o ON t.email = o.email
// ```
pub(super) fn literal<'a>(
    acc: &mut Vec<Refusal>,
    of: &Encrypted<'a>,
    span: Span,
    cipher: &Cipher<'a>,
) {
    let text =
        format!("{} is compared with something that is no fingerprint", of.words(cipher.first));
    let help = "compare it with a fingerprint column of another table; to ask for some values, \
                encrypt them into a table of your own and join that";
    acc.push(of.no(RefusalKind::FingerprintCompared, span, cipher.first, text).help(help));
}
