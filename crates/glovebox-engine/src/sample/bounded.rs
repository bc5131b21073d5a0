//! The groups of users, bounded, and their sums.

use std::hash::Hasher as _;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, RecordBatch};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Schema, SchemaRef};
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use glovebox_sql::Partial;
use siphasher::sip::SipHasher24;

use super::Sample;
use super::chosen::{Chosen, ChosenGroups};
use super::intern::Interner;
use crate::Cause;

const BROKEN: Cause = Cause::Internal("a private plan has other columns");
const TOO_MANY: Cause = Cause::Memory;

/// The users of one partition with their groups.
pub(super) struct Bounded {
    sample: Sample,
    /// What a row adds to each partial sum.
    by_row: Arc<[Partial]>,
    keys: RowConverter,
    user: RowConverter,
    groups: Interner,
    users: Interner,
    chosen: ChosenGroups,
    /// By place: the keyed hash, once it is needed.
    hashes: Vec<Option<u64>>,
    /// By place, so many as there are partial sums.
    partials: Vec<i128>,
}

fn converter(schema: &Schema, places: std::ops::Range<usize>) -> Result<RowConverter, Cause> {
    let fields = schema.fields().get(places).ok_or(BROKEN)?;
    let fields = fields.iter().map(|it| SortField::new(it.data_type().clone())).collect();
    RowConverter::new(fields).map_err(|_| BROKEN)
}

impl Bounded {
    pub(super) fn new(
        sample: Sample,
        by_row: Arc<[Partial]>,
        schema: &Schema,
    ) -> Result<Self, Cause> {
        let n_keys = sample.n_keys;
        Ok(Self {
            keys: converter(schema, 0..n_keys)?,
            user: converter(schema, n_keys..n_keys + 1)?,
            sample,
            by_row,
            groups: Interner::new(),
            users: Interner::new(),
            chosen: ChosenGroups::default(),
            hashes: Vec::new(),
            partials: Vec::new(),
        })
    }

    /// Adds rows.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), Cause> {
        let n_keys = self.sample.n_keys;
        let columns = batch.columns();
        let of_keys = columns.get(..n_keys).ok_or(BROKEN)?;
        let keys = match n_keys {
            0 => None,
            _ => Some(self.keys.convert_columns(of_keys).map_err(|_| BROKEN)?),
        };
        let of_user = columns.get(n_keys..=n_keys).ok_or(BROKEN)?;
        let users = self.user.convert_columns(of_user).map_err(|_| BROKEN)?;
        let values = columns.get(n_keys + 1..).ok_or(BROKEN)?;
        let partials = self.by_row.iter().map(|it| Added::of(*it, values));
        let partials = partials.collect::<Result<Vec<_>, _>>()?;
        let n_rows = batch.num_rows();
        let groups = match &keys {
            Some(keys) => self.groups.intern_all(rows(keys)),
            None => Some(vec![self.groups.intern(&[]).ok_or(TOO_MANY)?; n_rows]),
        };
        let (named, users) = (&users, self.users.intern_all(rows(&users)).ok_or(TOO_MANY)?);
        // Looks at all users before it needs one: memory answers many at a time.
        std::hint::black_box(users.iter().map(|it| self.chosen.see(*it)).max());
        for (row, (user, group)) in users.into_iter().zip(groups.ok_or(TOO_MANY)?).enumerate() {
            let user = (user, named.row(row).data());
            let Some(place) = self.place(user, group)? else { continue };
            let sums = self.partials.get_mut(sums_at(place, partials.len())).ok_or(BROKEN)?;
            for (sum, added) in sums.iter_mut().zip(&partials) {
                // Never overflows (sample.proof.md); if it did, the order of rows would not show.
                *sum = sum.wrapping_add(added.by(row));
            }
        }
        Ok(())
    }

    /// Where the user's contributions to the group are added up; `None` if it is left out.
    /// Another group may be left out for it, once and for all.
    fn place(&mut self, (user, named): (u32, &[u8]), group: u32) -> Result<Option<u32>, Cause> {
        if let Some(place) = self.chosen.place(user, group) {
            return Ok(Some(place));
        }
        let n_own = self.chosen.see(user) as usize;
        if self.sample.max_groups.is_some_and(|most| n_own >= most) {
            return self.instead((user, named), group);
        }
        let place = u32::try_from(self.hashes.len()).ok().filter(|it| *it != u32::MAX);
        let place = place.ok_or(TOO_MANY)?;
        self.hashes.push(None);
        self.partials.resize(self.partials.len() + self.by_row.len(), 0);
        self.chosen.push(user, Chosen { group, place }).ok_or(TOO_MANY)?;
        Ok(Some(place))
    }

    /// The place of the user's last group by rank, if this one is before it.
    fn instead(&mut self, (user, named): (u32, &[u8]), group: u32) -> Result<Option<u32>, Cause> {
        let Self { sample, by_row, groups, chosen, hashes, partials, .. } = self;
        let hash_of = |group| rank(&sample.key, named, groups.get(group));
        let hash = hash_of(group);
        if chosen.is_behind(user, hash) {
            return Ok(None);
        }
        let mut last = None;
        for Chosen { group, place } in chosen.of(user) {
            let hash = hashes.get_mut(place as usize).ok_or(BROKEN)?;
            let hash = *hash.get_or_insert_with(|| hash_of(group));
            last = last.max(Some((hash, groups.get(group), group, place)));
        }
        let Some((greatest, name, old, place)) = last else { return Ok(None) };
        if (hash, groups.get(group)) >= (greatest, name) {
            chosen.greatest(user, greatest);
            return Ok(None);
        }
        chosen.replace(user, old, group).ok_or(BROKEN)?;
        *hashes.get_mut(place as usize).ok_or(BROKEN)? = Some(hash);
        partials.get_mut(sums_at(place, by_row.len())).ok_or(BROKEN)?.fill(0);
        Ok(Some(place))
    }

    /// The sums of all that was chosen.
    pub(super) fn groups(self) -> Groups {
        let (n_units, n_partials) = (self.sample.units.len(), self.by_row.len());
        let mut sums = vec![vec![0_i128; n_units + 1]; self.groups.len()];
        for Chosen { group, place } in self.chosen.all() {
            let Some(sums) = sums.get_mut(group as usize) else { continue };
            let own = self.partials.get(sums_at(place, n_partials)).unwrap_or_default();
            let units = self.sample.units.iter().map(|it| it.contribution(own));
            for (sum, value) in sums.iter_mut().zip(std::iter::once(1).chain(units)) {
                *sum = sum.saturating_add(value);
            }
        }
        Groups { groups: self.groups, sums, n_units }
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.groups.size()
            + self.users.size()
            + self.partials.capacity() * 16
            + self.chosen.bytes()
            + self.hashes.capacity() * size_of::<Option<u64>>()
    }
}

fn rows(rows: &Rows) -> impl Iterator<Item = &[u8]> + Clone {
    (0..rows.num_rows()).map(|it| rows.row(it).data())
}

/// Where the partial sums of a place are, so many for each.
fn sums_at(place: u32, n_partials: usize) -> std::ops::Range<usize> {
    let start = place as usize * n_partials;
    start..start + n_partials
}

/// What the rows of a batch add to a partial sum.
enum Added {
    Row,
    Count(Option<NullBuffer>),
    Sum(Decimal128Array),
}

impl Added {
    fn of(partial: Partial, values: &[ArrayRef]) -> Result<Self, Cause> {
        match partial {
            Partial::Row => Ok(Self::Row),
            Partial::Count(column) => {
                Ok(Self::Count(values.get(column).ok_or(BROKEN)?.logical_nulls()))
            }
            Partial::Sum(column) => {
                let column = values.get(column).ok_or(BROKEN)?;
                let whole = matches!(column.data_type(), DataType::Decimal128(_, 0));
                let column = column.as_primitive_opt::<Decimal128Type>().filter(|_| whole);
                column.cloned().map(Self::Sum).ok_or(BROKEN)
            }
        }
    }

    fn by(&self, row: usize) -> i128 {
        match self {
            Self::Row => 1,
            Self::Count(nulls) => nulls.as_ref().is_none_or(|it| it.is_valid(row)).into(),
            Self::Sum(values) if values.is_null(row) => 0,
            Self::Sum(values) => values.value(row),
        }
    }
}

/// The rank of a group among those of a user: SipHash-2-4 under the secret of the query, of both
/// with their lengths before them.
fn rank(key: &[u8; 16], user: &[u8], group: &[u8]) -> u64 {
    let mut hasher = SipHasher24::new_with_key(key);
    for part in [user, group] {
        hasher.write(&(part.len() as u64).to_le_bytes());
        hasher.write(part);
    }
    hasher.finish()
}

/// The sums of groups: users, then units.
pub(super) struct Groups {
    groups: Interner,
    sums: Vec<Vec<i128>>,
    n_units: usize,
}

impl Groups {
    pub(super) fn new(sample: &Sample) -> Self {
        Self { groups: Interner::new(), sums: Vec::new(), n_units: sample.units.len() }
    }

    /// Adds the sums of other users; a group that cannot be numbered is never left out.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Cause> {
        for (number, added) in other.sums.iter().enumerate() {
            // A group of which nobody was chosen is none.
            if added.first() == Some(&0) {
                continue;
            }
            let number = u32::try_from(number).map_err(|_| TOO_MANY)?;
            let own = self.groups.intern(other.groups.get(number)).ok_or(TOO_MANY)? as usize;
            if own >= self.sums.len() {
                self.sums.resize_with(own + 1, || vec![0; self.n_units + 1]);
            }
            if let Some(sums) = self.sums.get_mut(own) {
                for (sum, added) in sums.iter_mut().zip(added) {
                    *sum = sum.saturating_add(*added);
                }
            }
        }
        Ok(())
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.groups.size() + self.sums.capacity() * (self.n_units + 1) * 16
    }

    /// The columns of the groups, then users and units as whole decimals; in the order of keys.
    pub(super) fn batch(
        &self,
        sample: &Sample,
        schema: &Schema,
    ) -> Result<(SchemaRef, RecordBatch), Cause> {
        let mut order: Vec<u32> =
            (0..u32::try_from(self.groups.len()).map_err(|_| TOO_MANY)?).collect();
        order.sort_by_key(|it| self.groups.get(*it));
        let mut columns: Vec<ArrayRef> = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        if sample.n_keys > 0 {
            let keys = converter(schema, 0..sample.n_keys)?;
            let parser = keys.parser();
            let rows = order.iter().map(|it| parser.parse(self.groups.get(*it)));
            columns.extend(keys.convert_rows(rows).map_err(|_| BROKEN)?);
            let shown = schema.fields().iter().take(sample.n_keys);
            fields.extend(shown.map(|it| it.as_ref().clone().with_nullable(true)));
        }
        for unit in 0..=self.n_units {
            let of = |it: &u32| self.sums.get(*it as usize).and_then(|it| it.get(unit)).copied();
            let values: Option<Vec<i128>> = order.iter().map(of).collect();
            let values = Decimal128Array::from(values.ok_or(BROKEN)?);
            let values = values.with_precision_and_scale(38, 0).map_err(|_| BROKEN)?;
            columns.push(Arc::new(values));
            fields.push(Field::new(format!("__gb_sum_{unit}"), DataType::Decimal128(38, 0), false));
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|_| BROKEN)?;
        Ok((schema, batch))
    }
}

#[cfg(test)]
mod tests;
