//! Rows in random order: sorted by nonces, which are drawn here.
//!
//! A first pass draws the nonce of every row and drops the row into a bucket; a second takes the
//! buckets in order, and whoever works on one sorts it: it is small enough to stay in a core's
//! cache. The order of the output is that of the nonces, as the Java client has it, and says
//! nothing about the order of the input.

use std::ops::Range;
use std::path::Path;

use glovebox_c3r::Nonce;
use glovebox_c3r::parquet::Raw;

use crate::ordered::Jobs;
use crate::random::Random;
use crate::spill::{Budget, Spill, Usage};
use crate::{Failed, codec};

/// Rows on their way into random order.
#[derive(Debug)]
pub(crate) struct Shuffle {
    spill: Spill,
    random: Random,
}

impl Shuffle {
    /// Empty; what does not fit into memory goes to `folder`.
    pub(crate) fn new(folder: &Path, budget: Budget) -> Self {
        Self { spill: Spill::new(folder, budget), random: Random::new() }
    }

    /// Adds a row and draws its nonce.
    pub(crate) fn add(&mut self, row: &[u8]) -> Result<(), Failed> {
        self.random.ensure(1)?;
        let nonce = self.random.take().ok_or_else(|| Failed::new("no random bytes were left"))?;
        self.spill.add(&nonce, &[row])
    }

    /// What went to disk so far.
    pub(crate) fn usage(&self) -> Usage {
        self.spill.usage()
    }

    /// Gives all rows to workers, in runs of which each is in order when it is sorted.
    pub(crate) fn give(self, jobs: &mut Jobs<Vec<u8>>) -> Result<Usage, Failed> {
        self.spill.drain(&mut |records| Ok(jobs.give(records)?))
    }
}

/// What looks at a row and its nonce.
pub(crate) type SeeRow<'a> = dyn FnMut(&Nonce, &[Raw<'_>]) -> Result<(), Failed> + 'a;

/// A bucket's rows in order.
#[derive(Debug)]
pub(crate) struct Run {
    records: Vec<u8>,
    /// The beginning of each row's nonce, and where the row stands.
    order: Vec<(u64, Range<usize>)>,
}

impl Run {
    /// Sorts rows by their nonces.
    pub(crate) fn sorted(records: Vec<u8>) -> Result<Self, Failed> {
        let mut order = Vec::new();
        let mut rest: &[u8] = &records;
        let mut at: usize = 0;
        while let Some((frame, _)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_le_bytes(*frame)).unwrap_or(usize::MAX);
            let from = at + 4;
            let Some(to) = from.checked_add(length).filter(|it| *it <= records.len()) else {
                return Err(Failed::new("a temporary row is damaged"));
            };
            let record = records.get(from..to).unwrap_or_default();
            let start = record.first_chunk::<8>().map_or(0, |it| u64::from_be_bytes(*it));
            order.push((start, from..to));
            at = to;
            rest = records.get(at..).unwrap_or_default();
        }
        let nonce = |row: &Range<usize>| records.get(row.start..row.start + 32);
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| nonce(&a.1).cmp(&nonce(&b.1))));
        let is_same = |pair: &[(u64, Range<usize>)]| matches!(pair, [a, b] if a.0 == b.0 && nonce(&a.1) == nonce(&b.1));
        if order.windows(2).any(is_same) {
            // Two rows under one key and nonce could be opened by everybody.
            return Err(Failed::new("the system gave the same random bytes twice"));
        }
        Ok(Self { records, order })
    }

    /// Shows every row with its nonce: that many values.
    pub(crate) fn each(&self, n_values: usize, see: &mut SeeRow<'_>) -> Result<(), Failed> {
        let damaged = || Failed::new("a temporary row is damaged");
        let mut values = Vec::with_capacity(n_values);
        for (_, row) in &self.order {
            let record = self.records.get(row.clone()).ok_or_else(damaged)?;
            let (nonce, mut rest) = record.split_first_chunk::<32>().ok_or_else(damaged)?;
            values.clear();
            for _ in 0..n_values {
                values.push(codec::read(&mut rest).ok_or_else(damaged)?);
            }
            see(&Nonce(*nonce), &values)?;
        }
        Ok(())
    }
}
