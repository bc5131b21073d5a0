//! Rows on their way from workers to the output: encrypted, in parts of bounded size.

use glovebox_c3r::parquet::Raw;
use glovebox_c3r::{ColumnKind, Nonce, Plan};

use crate::Failed;
use crate::ordered::{Emit, PART};
use crate::random::Random;
use crate::shuffle::Run;

/// Some rows as they are written, one after the other.
pub(super) struct Part {
    pub(super) bytes: Vec<u8>,
    pub(super) rows: u64,
}

/// What encrypts buckets of rows on one thread: `row` appends one, and finds as many random
/// portions as there are fingerprints.
pub(super) fn worker(
    plan: &Plan,
    mut row: impl FnMut(&Nonce, &[Raw<'_>], &mut Random, &mut Vec<u8>) -> Result<(), Failed> + Send,
) -> impl FnMut(Vec<u8>, &mut Emit<'_, Part>) -> Result<(), Failed> + Send {
    let mut random = Random::new();
    let n_values = plan.used().len();
    let fingerprints =
        plan.columns().iter().filter(|it| it.kind == ColumnKind::Fingerprint).count();
    move |records, emit| {
        // Ciphertext has some four times the bytes of short values.
        let capacity = (records.len() * 4).min(PART + PART / 8);
        let empty = || Part { bytes: Vec::with_capacity(capacity), rows: 0 };
        let mut part = empty();
        Run::sorted(records)?.each(n_values, &mut |nonce, values| {
            random.ensure(fingerprints)?;
            row(nonce, values, &mut random, &mut part.bytes)?;
            random.check()?;
            part.rows += 1;
            if part.bytes.len() >= PART {
                return emit(std::mem::replace(&mut part, empty()));
            }
            Ok(())
        })?;
        emit(part)
    }
}
