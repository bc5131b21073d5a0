//! Comparisons: fingerprints match fingerprints, and sealed values match nothing.

use glovebox_model::{EncryptedKind, Span, TableName};

use super::value::Cipher;
use super::walk::{Place, Walk};
use super::{Encrypted, computed, literal, names, nulls};
use crate::RefusalKind;

/// One side of a comparison.
pub(super) enum Side<'a> {
    /// An encrypted value.
    Cipher(Cipher<'a>),
    /// Anything else.
    Other,
}

// Refusal: GB0505 sealed-compared
//
// Every cell of a sealed column is another text, also where the values were the same: no two are
// ever equal, and a join on such a column finds nothing without saying so. What shall be joined
// must be encrypted as a fingerprint; the same column of the file can be both, under two names.
//
// ```
// SELECT COUNT(*) FROM ours o JOIN theirs t ON o.name = t.name
// ```
// ->
// ```
// SELECT COUNT(*) FROM ours o JOIN theirs t ON o.email = t.email
// ```

/// Judges one comparison; `equals` when it is plainly true where both are the same.
pub(super) fn compared<'a>(
    walk: &mut Walk<'_, 'a>,
    span: Span,
    sides: Vec<Side<'a>>,
    (equals, place): (bool, Place<'_>),
) {
    let n_sides = sides.len();
    let ciphers: Vec<Cipher<'a>> = sides
        .into_iter()
        .filter_map(|it| match it {
            Side::Cipher(cipher) => Some(cipher),
            Side::Other => None,
        })
        .collect();
    let Some(first) = ciphers.first() else { return };
    let of = walk.of;
    if let Some(sealed) = ciphers.iter().find(|it| it.kind == EncryptedKind::Sealed) {
        let text =
            format!("{} is compared, and no two of its cells are equal", of.words(sealed.first));
        let help = "join and compare columns that are encrypted as fingerprints";
        let refusal = of.no(RefusalKind::SealedCompared, span, sealed.first, text).help(help);
        return walk.acc.push(refusal);
    }
    if ciphers.len() < n_sides {
        return literal::literal(walk.acc, of, span, first);
    }
    names::names(walk.acc, of, span, &ciphers);
    match place {
        // Whether a NULL equals or does not is the same to ON and WHERE, unless it meets itself.
        Place::Condition { negated: false } if equals => {
            for cipher in ciphers.iter().filter(|_| meets_itself(of, &ciphers)) {
                nulls::nulls(walk.acc, of, span, (cipher, "a comparison of a table with itself"));
            }
        }
        Place::Condition { .. } => {
            for cipher in &ciphers {
                nulls::nulls(walk.acc, of, span, (cipher, "a comparison that is not only `=`"));
            }
        }
        Place::Aggregate(_)
        | Place::Count { .. }
        | Place::Key(_)
        | Place::NullTest
        | Place::Order(_)
        | Place::Output
        | Place::Value(_) => {
            let what = "a comparison outside ON and WHERE";
            computed::computed(walk.acc, of, span, (first, what));
        }
    }
}

/// Whether two sides are from one table: then an encrypted NULL equals itself.
fn meets_itself<'a>(of: &Encrypted<'a>, sides: &[Cipher<'a>]) -> bool {
    let mut seen: Vec<&TableName> = Vec::new();
    for side in sides {
        let own: Vec<&TableName> = side.bases.iter().filter_map(|it| of.table(*it)).collect();
        if own.iter().any(|it| seen.iter().any(|other| of.rules.same_table(it, other))) {
            return true;
        }
        seen.extend(own);
    }
    false
}
