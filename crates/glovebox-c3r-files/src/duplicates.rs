//! Values that a fingerprint column holds more than once, where the collaboration forbids it.
//!
//! What is compared are keyed hashes of 128 bits, sorted in buckets on disk if there are many, so
//! that memory is bounded. A failure names columns and rows, never values.

use std::hash::Hasher;
use std::path::Path;

use glovebox_c3r::{ColumnKind, Plan, Value};
use siphasher::sip128::{Hasher128, SipHasher24};
use zeroize::Zeroize;

use crate::Failed;
use crate::spill::{Budget, Records, Spill};

/// Looks for duplicates while rows go by.
pub(crate) struct Duplicates {
    /// Places of fingerprint columns, and the slot of each.
    columns: Vec<(usize, usize)>,
    names: Vec<String>,
    hasher: SipHasher24,
    spill: Spill,
    /// The row of the first NULL of each column, where NULLs become values.
    nulls: Option<Vec<Option<u64>>>,
    scratch: Vec<u8>,
}

impl Duplicates {
    /// `None` if the collaboration allows duplicates, or nothing is fingerprinted.
    pub(crate) fn of(plan: &Plan, folder: &Path, budget: Budget) -> Result<Option<Self>, Failed> {
        if plan.settings().allow_duplicates {
            return Ok(None);
        }
        let is_fingerprint = |kind| kind == ColumnKind::Fingerprint;
        let columns: Vec<_> = plan
            .columns()
            .iter()
            .enumerate()
            .filter(|(_, it)| is_fingerprint(it.kind))
            .map(|(place, it)| (place, it.slot))
            .collect();
        if columns.is_empty() {
            return Ok(None);
        }
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(|_| Failed::new("the system gives no random bytes"))?;
        let hasher = SipHasher24::new_with_key(&key);
        key.zeroize();
        let n_columns = columns.len();
        Ok(Some(Self {
            columns,
            names: plan.columns().iter().map(|it| it.target.to_string()).collect(),
            hasher,
            spill: Spill::new(folder, budget),
            nulls: (!plan.settings().preserve_nulls).then(|| vec![None; n_columns]),
            scratch: Vec::new(),
        }))
    }

    /// Looks at a row.
    pub(crate) fn see(&mut self, row: u64, values: &[Value<'_>]) -> Result<(), Failed> {
        for (index, (place, slot)) in self.columns.iter().enumerate() {
            let Some(value) = values.get(*slot) else { continue };
            if value.is_null() {
                let first = self.nulls.as_mut().and_then(|it| it.get_mut(index));
                match first {
                    Some(Some(first)) => {
                        let name = self.names.get(*place).map(String::as_str).unwrap_or_default();
                        return Err(null_twice(name, *first, row));
                    }
                    Some(first) => *first = Some(row),
                    None => {}
                }
                continue;
            }
            self.scratch.clear();
            let bytes = match value {
                // As it is fingerprinted: what is not UTF-8 is not replaced.
                Value::String(text) | Value::Char(text) | Value::Varchar { text, .. } => *text,
                _ => {
                    value.encode(&mut self.scratch).map_err(|it| Failed::new(it.to_string()))?;
                    &self.scratch
                }
            };
            let mut hasher = self.hasher;
            hasher.write_usize(*place);
            hasher.write(bytes);
            let hash = hasher.finish128().as_bytes();
            let column = (*place as u64).to_le_bytes();
            self.spill.add(&hash, &[&column, &row.to_le_bytes()])?;
        }
        Ok(())
    }

    /// All rows were seen.
    pub(crate) fn finish(self) -> Result<(), Failed> {
        // By column: the row in which a value first came again, and the row before it.
        let mut found: Vec<Option<(u64, u64)>> = vec![None; self.names.len()];
        let mut repeated: u64 = 0;
        self.spill.drain(&mut |run| {
            // Hash, column, row: big-endian order does not matter, equal ones stand together.
            let mut seen: Vec<([u8; 24], u64)> = Records::of(&run).filter_map(parts).collect();
            seen.sort_unstable();
            for pair in seen.windows(2) {
                let [(hash, before), (other, row)] = pair else { continue };
                if hash != other {
                    continue;
                }
                repeated += 1;
                let place = hash.last_chunk::<8>().map_or(0, |it| u64::from_le_bytes(*it));
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                if let Some(found) = found.get_mut(place)
                    && found.is_none_or(|(second, _)| *row < second)
                {
                    *found = Some((*row, *before));
                }
            }
            Ok(())
        })?;
        let columns: Vec<String> = self
            .names
            .iter()
            .zip(&found)
            .filter_map(|(name, found)| {
                found.map(|(row, before)| format!("`{name}` (rows {before} and {row})"))
            })
            .collect();
        if columns.is_empty() {
            return Ok(());
        }
        Err(Failed::new(format!(
            "values stand more than once in fingerprint columns, and allowDuplicates is false: {}; \
             {repeated} in all",
            columns.join(", ")
        ))
        .help("remove the repeated rows, or leave the column out of the schema"))
    }
}

fn parts(record: &[u8]) -> Option<([u8; 24], u64)> {
    let (hash, row) = record.split_first_chunk::<24>()?;
    Some((*hash, u64::from_le_bytes(*row.first_chunk()?)))
}

fn null_twice(name: &str, first: u64, row: u64) -> Failed {
    Failed::new(format!(
        "fingerprint column `{name}` holds NULL more than once (rows {first} and {row}), and \
         allowDuplicates and preserveNulls are false"
    ))
    .help("remove the rows, give them a value, or leave the column out of the schema")
}
