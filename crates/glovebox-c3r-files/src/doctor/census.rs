//! What is counted while the file goes by: values by their hashes, never the values themselves.

use std::collections::BTreeMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hasher};

/// Only ever counted or sorted: its order is not seen.
type HashMap<K, V> = hashbrown::HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// How many different values, lengths or pairs are counted; beyond, only known ones are.
const MOST: usize = 250_000;

/// The longest beginning of a value that is kept to be shown, in bytes.
const SHOWN: usize = 48;

/// How often each value was seen.
#[derive(Default)]
pub(super) struct Counts {
    seen: HashMap<u64, u64>,
    shown: HashMap<u64, String>,
    /// There were more different values than are counted.
    pub(super) overflowed: bool,
    /// Values that are not NULL.
    pub(super) total: u64,
}

impl Counts {
    fn add(&mut self, value: &[u8], hash: u64, keep: bool) {
        self.total += 1;
        if let Some(count) = self.seen.get_mut(&hash) {
            *count += 1;
        } else if self.seen.len() < MOST {
            self.seen.insert(hash, 1);
            if keep {
                let start = value.get(..SHOWN).unwrap_or(value);
                self.shown.insert(hash, String::from_utf8_lossy(start).into_owned());
            }
        } else {
            self.overflowed = true;
        }
    }

    /// How many different values were counted.
    pub(super) fn distinct(&self) -> usize {
        self.seen.len()
    }

    /// Counts in descending order, with the value's beginning if it was kept.
    pub(super) fn ranks(&self, most: usize) -> Vec<(u64, Option<&str>)> {
        let mut ranks: Vec<_> = self.seen.iter().map(|(hash, count)| (*count, *hash)).collect();
        ranks.sort_unstable_by(|a, b| b.cmp(a));
        ranks.truncate(most);
        let shown = |hash| self.shown.get(hash).map(String::as_str);
        ranks.iter().map(|(count, hash)| (*count, shown(hash))).collect()
    }

    /// The count of the most frequent value.
    pub(super) fn top(&self) -> u64 {
        self.seen.values().copied().max().unwrap_or_default()
    }

    /// How many bits a value tells on average, as far as was counted.
    pub(super) fn entropy_bits(&self) -> f64 {
        let total: u64 = self.seen.values().sum();
        let part = |count: u64| share(count, total);
        // Sorted, so that the sum is the same in every run.
        let mut counts: Vec<u64> = self.seen.values().copied().collect();
        counts.sort_unstable();
        counts.iter().map(|it| -part(*it) * part(*it).log2()).sum::<f64>().max(0.0)
    }
}

/// What is known of a source column.
#[derive(Default)]
pub(super) struct Column {
    /// The values.
    pub(super) counts: Counts,
    /// How many NULLs.
    pub(super) nulls: u64,
    /// How often each length in bytes was seen.
    pub(super) lengths: BTreeMap<usize, u64>,
}

/// Two columns side by side.
pub(super) struct Pair {
    /// Places of the two columns.
    pub(super) columns: (usize, usize),
    seen: HashMap<(u64, u64), u64>,
    /// There were more different pairs than are counted: nothing is said of this one.
    pub(super) overflowed: bool,
}

/// All of it.
pub(super) struct Census {
    /// By the place of the source column among those that are read.
    pub(super) columns: Vec<Column>,
    /// Pairs that were asked for.
    pub(super) pairs: Vec<Pair>,
    /// How many rows went by.
    pub(super) rows: u64,
    keep: bool,
    hashes: Vec<Option<u64>>,
}

impl Census {
    /// Counts `columns` columns and the given pairs of them; `keep` the beginnings of values.
    pub(super) fn new(columns: usize, pairs: &[(usize, usize)], keep: bool) -> Self {
        let pair = |columns: &(usize, usize)| Pair {
            columns: *columns,
            seen: HashMap::default(),
            overflowed: false,
        };
        Self {
            columns: (0..columns).map(|_| Column::default()).collect(),
            pairs: pairs.iter().map(pair).collect(),
            rows: 0,
            keep,
            hashes: Vec::new(),
        }
    }

    /// Looks at a row.
    pub(super) fn see<'v>(&mut self, row: impl Iterator<Item = Option<&'v [u8]>>) {
        self.rows += 1;
        self.hashes.clear();
        for (column, value) in self.columns.iter_mut().zip(row) {
            let Some(value) = value else {
                column.nulls += 1;
                self.hashes.push(None);
                continue;
            };
            let hash = hash(value);
            column.counts.add(value, hash, self.keep);
            if column.lengths.len() < MOST || column.lengths.contains_key(&value.len()) {
                *column.lengths.entry(value.len()).or_default() += 1;
            }
            self.hashes.push(Some(hash));
        }
        for pair in self.pairs.iter_mut().filter(|it| !it.overflowed) {
            let at = |index: usize| self.hashes.get(index).copied().flatten();
            let (Some(a), Some(b)) = (at(pair.columns.0), at(pair.columns.1)) else { continue };
            if pair.seen.len() >= MOST && !pair.seen.contains_key(&(a, b)) {
                pair.overflowed = true;
                pair.seen = HashMap::default();
                continue;
            }
            *pair.seen.entry((a, b)).or_default() += 1;
        }
    }
}

impl Pair {
    /// The share of rows in which the second value is what it mostly is beside the first, and the
    /// share that one would guess without looking at the first.
    pub(super) fn first_tells_second(&self) -> (f64, f64) {
        self.told(|(a, b)| (*a, *b))
    }

    /// The other way round.
    pub(super) fn second_tells_first(&self) -> (f64, f64) {
        self.told(|(a, b)| (*b, *a))
    }

    fn told(&self, turn: impl Fn(&(u64, u64)) -> (u64, u64)) -> (f64, f64) {
        let mut best: HashMap<u64, u64> = HashMap::default();
        let mut alone: HashMap<u64, u64> = HashMap::default();
        let mut total = 0;
        for (pair, count) in &self.seen {
            let (known, guessed) = turn(pair);
            let most = best.entry(known).or_default();
            *most = (*most).max(*count);
            *alone.entry(guessed).or_default() += count;
            total += count;
        }
        let most = alone.values().copied().max().unwrap_or_default();
        (share(best.values().sum(), total), share(most, total))
    }
}

/// A part of a whole.
#[expect(clippy::cast_precision_loss, reason = "shares of counts, shown with one digit")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn hash(value: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(value);
    hasher.finish()
}
