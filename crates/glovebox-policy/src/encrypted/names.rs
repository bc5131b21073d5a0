//! Fingerprints of columns with different names.

use std::collections::BTreeSet;

use glovebox_model::Span;

use super::Encrypted;
use super::value::Cipher;
use crate::{Refusal, RefusalKind};

// Refusal: GB0507 fingerprint-names
//
// Unless the collaboration was made with allowJoinsOnColumnsWithDifferentNames, the name of a
// column is part of its fingerprints: the same value in columns of two names has two fingerprints,
// and they never match. What counts is the name in the owner's table; an alias changes nothing.
//
// ```
// SELECT COUNT(*) FROM ours o JOIN theirs t ON o.email = t.phone
// ```
// ->
// ```
// SELECT COUNT(*) FROM ours o JOIN theirs t ON o.email = t.email
// ```

/// Judges fingerprints that meet.
pub(super) fn names<'a>(
    acc: &mut Vec<Refusal>,
    of: &Encrypted<'a>,
    span: Span,
    ciphers: &[Cipher<'a>],
) {
    let bases = || ciphers.iter().flat_map(|it| &it.bases);
    let names: BTreeSet<&str> = bases().map(|it| it.column).collect();
    let allowed = of.rules.encryption.allow_joins_on_columns_with_different_names;
    let Some(first) = bases().next().copied().filter(|_| names.len() > 1 && !allowed) else {
        return;
    };
    let Some(other) = bases().copied().find(|it| it.column != first.column) else { return };
    let text = format!(
        "{} meets {}: fingerprints of columns with different names never match here",
        of.words(first),
        of.words(other)
    );
    let help = "join columns of the same name in both tables; only a collaboration made with \
                allowJoinsOnColumnsWithDifferentNames joins others";
    let ask = format!("encrypt the column under the name `{}`", first.column);
    acc.push(of.no(RefusalKind::FingerprintNames, span, other, text).help(help).ask(ask));
}
