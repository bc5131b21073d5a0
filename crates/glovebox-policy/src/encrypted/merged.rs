//! UNION, INTERSECT and EXCEPT: what meets in one column.

use glovebox_model::{EncryptedKind, Span};
use glovebox_sql::{BlockId, SetOperator};

use super::value::Value;
use super::walk::Walk;
use super::{keys, names};
use crate::RefusalKind;

// Refusal: GB0509 encrypted-mixed
//
// A column of a result is encrypted in one way or not at all. UNION, INTERSECT and EXCEPT put
// values of both sides into one column: where one side is encrypted, the other must be so in the
// same way.
//
// ```
// SELECT email FROM theirs UNION ALL SELECT name FROM ours
// ```
// ->
// ```
// SELECT email FROM theirs UNION ALL SELECT email FROM ours
// ```

/// Judges a set operation, column by column.
pub(super) fn merged(
    walk: &mut Walk<'_, '_>,
    span: Span,
    (operator, all): (SetOperator, bool),
    (left, right): (BlockId, BlockId),
) {
    let of = walk.of;
    let pairs = of.trace.outputs(left).iter().zip(of.trace.outputs(right));
    for (one, other) in pairs {
        let (one, other) = match (of.value(one), of.value(other)) {
            (Value::Clear, Value::Clear) => continue,
            (Value::Cipher(one), Value::Cipher(other)) if one.kind == other.kind => (one, other),
            (Value::Cipher(it), _) | (_, Value::Cipher(it)) => {
                let text = format!(
                    "{} meets values that are not encrypted in the same way",
                    of.words(it.first)
                );
                let help = "give sides that are encrypted in the same way, or query them apart";
                let refusal = of.no(RefusalKind::EncryptedMixed, span, it.first, text).help(help);
                walk.acc.push(refusal);
                continue;
            }
            // What was made of encrypted values was refused where it was made.
            (Value::Mixed(base), _) | (_, Value::Mixed(base)) => {
                super::computed::mixed(walk.acc, of, span, base);
                continue;
            }
        };
        let both = [one, other];
        let [one, other] = &both;
        if one.kind == EncryptedKind::Fingerprint {
            names::names(walk.acc, of, span, &both);
        }
        let what = match operator {
            SetOperator::Union if all => continue,
            SetOperator::Union => "UNION without ALL",
            SetOperator::Intersect => "INTERSECT",
            SetOperator::Except => "EXCEPT",
        };
        for cipher in [one, other] {
            keys::key(walk.acc, of, span, (cipher, what));
        }
    }
}
